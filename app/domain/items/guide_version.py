"""Guide version (办事指南的版本): what one version states, and from which day it is in force."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, Self
from uuid import UUID

from app.domain.element import Element
from app.domain.errors import DomainError
from app.domain.items.guide import GuideElements
from app.domain.provision import Written


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalBasis(Written):
    """A law, regulation or rule, and its main clauses (主要条款)."""

    law: str = ""
    main_clauses: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Precondition(Written):
    """A condition of the application. `paid_service`: a service that has to be bought; `provider`:
    the one body that may render it."""

    text: str = ""
    paid_service: bool = False
    provider: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Material(Written):
    """A paper that the applicant hands in. `sample_form_id` is the form that shows how."""

    name: str = ""
    format: str = ""
    quantity: int = 0
    sample_form_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduction(Written):
    """What is told of 三减一透明: recorded, and not weighed, for the text does not define it."""

    materials: int | None = None
    steps: int | None = None
    days: int | None = None
    transparency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideContent(Written):
    """The elements of a guide in words. 无, 不收费, 无特别条件 state an element; nothing, or only
    blanks, does not. `no_materials` says that none is asked for. `promised_days` are the working
    days that are promised, for what a sentence promises cannot be weighed."""

    item_name: str | None = None
    subject: str | None = None
    legal_basis: tuple[LegalBasis, ...] = ()
    statutory_limit: str | None = None
    promised_limit: str | None = None
    promised_days: int | None = None
    procedure_not_counted: str | None = None
    preconditions: tuple[Precondition, ...] = ()
    process: tuple[str, ...] = ()
    materials: tuple[Material, ...] = ()
    no_materials: bool = False
    fee_items: str | None = None
    fee_basis: str | None = None
    fee_standard: str | None = None
    payment_method: str | None = None
    result: str | None = None
    supervision_channel: str | None = None
    content: str | None = None
    standard: str | None = None
    reduction: Reduction | None = None

    def states(self, element: Element) -> bool:
        """Whether the words of this element are there; a sample is no word of the guide."""
        match element:
            case Element.LEGAL_BASIS:
                return _said(basis.law for basis in self.legal_basis)
            case Element.PRECONDITIONS:
                return _said(condition.text for condition in self.preconditions)
            case Element.PROCESS:
                return _said(self.process)
            case Element.MATERIALS:
                return self.no_materials or _said(material.name for material in self.materials)
            case _:
                said = getattr(self, element, None)
                return isinstance(said, str) and _said((said,))

    def elements(self, *, sampled: bool) -> GuideElements:
        """What the guide states, as the chapter on guides asks; `sampled`: a sample is there."""
        stated = {name: self.states(Element(name)) for name in _ELEMENTS}
        return GuideElements(**stated | {Element.FORMS_SAMPLE.value: sampled})


_ELEMENTS = tuple(element.value for element in Element if hasattr(GuideElements(), element))


def _said(texts: Iterable[str]) -> bool:
    told = tuple(texts)
    return bool(told) and all(text.strip() for text in told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publishing:
    """When, by whom and where a version was made public."""

    on: date
    by: str
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """When, by whom and under which number a version was filed (备案)."""

    on: date
    by: str
    number: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """One version of an item's guide, the `number`th. `since` is the first day that it is meant
    for; it is in force from `effective_on`, once it is public and, where the rulebook wants that,
    filed."""

    id: UUID
    item_id: UUID
    number: int
    version: int
    content: GuideContent
    since: date
    published: Publishing | None = None
    filed: Filing | None = None
    effective_on: date | None = None

    def taking_effect(self, *, needs_filing: bool) -> Self:
        """With the day from which it is in force, if all that is needed has been done: no day
        before the last of it."""
        if self.published is None or (needs_filing and self.filed is None):
            return self
        days = [self.since, self.published.on]
        if needs_filing and self.filed is not None:
            days.append(self.filed.on)
        return replace(self, effective_on=self.effective_on or max(days))

    def changed(self) -> Self:
        return replace(self, version=self.version + 1)


class GuidePublished(DomainError):
    """A version that is public is not rewritten."""

    slug: ClassVar[str] = "guide_published"
    title: ClassVar[str] = "该版指南已公布"

    def __init__(self, number: int) -> None:
        super().__init__(f"第{number}版指南已经公布，不能改写；内容有变的，请新增一版。")


class GuideOvertaken(DomainError):
    """A version that a newer one has overtaken."""

    slug: ClassVar[str] = "guide_overtaken"
    title: ClassVar[str] = "该版指南已有更新的版本公布"

    def __init__(self, number: int) -> None:
        super().__init__(f"更新的版本已经公布，第{number}版不再公布；请新增一版。")


class GuideFiled(DomainError):
    """A version is filed once, and as it was filed it stays."""

    slug: ClassVar[str] = "guide_filed"
    title: ClassVar[str] = "该版指南已备案"

    def __init__(self, number: int) -> None:
        super().__init__(f"第{number}版指南已经备案，不再改写或再报；内容有变的，请新增一版。")


def in_force(versions: Iterable[Guide], on: date) -> Guide | None:
    """The version of that legal day: the one that came into force last."""
    begun = [guide for guide in versions if guide.effective_on and guide.effective_on <= on]
    return max(begun, key=lambda guide: (guide.effective_on, guide.number), default=None)


def days_of(versions: Iterable[Guide]) -> Iterator[tuple[Guide, date | None]]:
    """Each version with the last day on which it was in force, newest first; None where it still
    is, or never was."""
    ordered = sorted(versions, key=lambda guide: guide.number, reverse=True)
    for guide in ordered:
        yield guide, _last_day(guide, ordered)


def _last_day(guide: Guide, others: Iterable[Guide]) -> date | None:
    if guide.effective_on is None:
        return None
    later = [
        other.effective_on
        for other in others
        if other.effective_on
        and (other.effective_on, other.number) > (guide.effective_on, guide.number)
    ]
    return date.fromordinal(min(later).toordinal() - 1) if later else None
