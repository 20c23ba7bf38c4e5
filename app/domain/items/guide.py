"""Guide (办事指南): is it complete enough to be published?"""

from dataclasses import dataclass
from datetime import date

from app.domain.asked import Asked
from app.domain.decision import Answer, Finding
from app.domain.element import Element
from app.domain.provision import Provision, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Required(Written):
    """What the text wants made public; 时限 and 审批时限 are the promised limit.

    `classes`: only for items of these classes, where an item is known. `pledge`: what the pledge of
    service (服务承诺) states, not the guide of an item.
    """

    name: str
    elements: tuple[Element, ...]
    classes: tuple[str, ...] = ()
    pledge: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideChapter(Written):
    """The chapter as a regulation may write it. What is absent, it does not regulate."""

    required: tuple[Provision[Required], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideElements(Written):
    """Which elements the guide states: an explicit 不收费 or 无 states one too."""

    item_name: bool | None = None
    legal_basis: bool | None = None
    statutory_limit: bool | None = None
    promised_limit: bool | None = None
    preconditions: bool | None = None
    process: bool | None = None
    materials: bool | None = None
    fee_basis: bool | None = None
    fee_standard: bool | None = None
    subject: bool | None = None
    result: bool | None = None
    supervision_channel: bool | None = None
    forms_sample: bool | None = None
    procedure_not_counted: bool | None = None
    content: bool | None = None
    standard: bool | None = None

    def states(self, element: Element) -> bool:
        return getattr(self, element) is True


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideFacts(Written):
    elements: GuideElements | None = None
    reviewed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideValues:
    """The elements that are not there, in the order of the text."""

    missing: tuple[Element, ...]


def may_be_published(chapter: GuideChapter, facts: GuideFacts, _: Asked) -> Answer[GuideValues]:
    """Does the guide state all that the text wants made public? An element that is not sent is
    not there."""
    if not chapter.required:
        return Answer((), None)
    stated = facts.elements
    if stated is None:
        unknown = tuple(Finding.unknown(rule, "facts.elements") for rule in chapter.required)
        return Answer(unknown, GuideValues(missing=()))
    findings = []
    missing: dict[Element, None] = {}
    for rule in chapter.required:
        lacking = tuple(one for one in rule.terms.elements if not stated.states(one))
        missing |= dict.fromkeys(lacking)
        findings.append(
            Finding.under(
                rule, met=not lacking, expected=tuple(rule.terms.elements), actual=lacking
            )
        )
    return Answer(tuple(findings), GuideValues(missing=tuple(missing)))
