"""Publication (公布): where a complete guide is made public, and who files its changes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.domain.decision import Finding
from app.domain.element import Element
from app.domain.items.guide import GuideChapter, GuideElements, Required
from app.domain.items.guide_version import GuideContent
from app.domain.provision import Bare, Provision, Written
from app.domain.words import Word


class Channel(Word):
    """Where a guide is made public."""

    WEBSITE = "website", "门户网站"
    TOUCHSCREEN = "touchscreen", "触摸屏"
    LEAFLET = "leaflet", "印制的办事指南"
    QUERY_SYSTEM = "query_system", "电子政务查询系统"
    HALL = "hall", "政务大厅"


class Detail(Word):
    """What an element has to say beside its bare word."""

    MAIN_CLAUSES = "main_clauses", "主要条款"
    FORMAT = "format", "材料格式"
    QUANTITY = "quantity", "材料数量"
    FEE_ITEMS = "fee_items", "收费项目"
    PAYMENT_METHOD = "payment_method", "缴交方式"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels(Written):
    """The places: all of them, or at least one where the text says 或."""

    channels: tuple[Channel, ...]
    one_is_enough: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Details(Written):
    """What this element says; nothing more where its words are one of `waived_by` (不收费)."""

    name: str
    of: Element
    details: tuple[Detail, ...]
    waived_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeForms(Written):
    """Forms cost nothing. `every_item`: each item has one, or is listed as lacking it."""

    every_item: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationChapter(Written):
    """The chapter as a regulation may write it. What is absent, it does not regulate.

    `filing`: a change of what is public takes effect when it is filed. `as_published`: nothing is
    asked of an applicant beyond the guide. `no_paid_precondition`: no condition is a paid service,
    and none names who has to render it.
    """

    channels: Provision[Channels] | None = None
    details: tuple[Provision[Details], ...] = ()
    filing: Provision[Bare] | None = None
    free_forms: Provision[FreeForms] | None = None
    as_published: Provision[Bare] | None = None
    no_paid_precondition: Provision[Bare] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingPart:
    """A part that is not there: an element, or a detail of one, and the rows that want it."""

    part: Element | Detail
    name: str
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationValues:
    """All that is missing, in the order of the text."""

    missing: tuple[MissingPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Publishable:
    """A version that shall be made public, of an item of this class, on these channels."""

    content: GuideContent
    item_class: str | None
    sampled: bool
    channels: tuple[Channel, ...]


def may_be_made_public(
    guides: GuideChapter, chapter: PublicationChapter, facts: Publishable
) -> Iterator[Finding]:
    """Does the version state all that the text wants, and is it made public where it wants?"""
    stated = facts.content.elements(sampled=facts.sampled)
    for rule in guides.required:
        if not rule.terms.pledge:
            yield _elements(rule, stated, facts.item_class)
    for detail in chapter.details:
        if (finding := _details(detail, facts.content)) is not None:
            yield finding
    if channels := chapter.channels:
        wanted, chosen = channels.terms.channels, set(facts.channels)
        lacking = tuple(channel for channel in wanted if channel not in chosen)
        enough = channels.terms.one_is_enough and len(lacking) < len(wanted)
        yield Finding.under(channels, met=not lacking or enough, expected=wanted, actual=lacking)


def missing_parts(findings: Iterable[Finding]) -> PublicationValues:
    """What the findings on a publication miss, each part once with all rows that want it."""
    rows: dict[Element | Detail, dict[str, None]] = {}
    for finding in findings:
        parts = finding.actual if isinstance(finding.actual, tuple) else ()
        for part in parts:
            if isinstance(part, (Element, Detail)):
                rows.setdefault(part, {}).update(dict.fromkeys(finding.rows))
    return PublicationValues(
        missing=tuple(
            MissingPart(part=part, name=part.chinese, rows=tuple(of)) for part, of in rows.items()
        )
    )


def may_be_asked(chapter: PublicationChapter, content: GuideContent) -> Iterator[Finding]:
    """Are the conditions such as may be put to an applicant?"""
    if rule := chapter.no_paid_precondition:
        against = tuple(
            condition.text
            for condition in content.preconditions
            if condition.paid_service or (condition.provider or "").strip()
        )
        yield Finding.under(rule, met=not against, actual=against)


def beyond_guide(
    chapter: PublicationChapter, guide: GuideContent | None, demanded: Iterable[str]
) -> Iterator[Finding]:
    """Is more demanded than the guide says that was in force when the application was received?
    Where there was none, there is nothing to go beyond."""
    rule = chapter.as_published
    if rule is None:
        return
    if guide is None:
        yield Finding.aside(rule)
        return
    published = tuple(material.name for material in guide.materials)
    beyond = tuple(name for name in demanded if name not in published)
    yield Finding.under(rule, met=not beyond, expected=published, actual=beyond)


def _elements(rule: Provision[Required], stated: GuideElements, item_class: str | None) -> Finding:
    classes = rule.terms.classes
    if classes and item_class is not None and item_class not in classes:
        return Finding.aside(rule)
    lacking = tuple(element for element in rule.terms.elements if not stated.states(element))
    return Finding.under(rule, met=not lacking, expected=tuple(rule.terms.elements), actual=lacking)


def _details(rule: Provision[Details], content: GuideContent) -> Finding | None:
    """None where the element itself is not there: that is found already."""
    terms = rule.terms
    if not content.states(terms.of):
        return None
    said = getattr(content, terms.of)
    if isinstance(said, str) and said.strip() in terms.waived_by:
        return Finding.aside(rule)
    lacking = tuple(detail for detail in terms.details if not _told(content, detail))
    return Finding.under(rule, met=not lacking, expected=terms.details, actual=lacking)


def _told(content: GuideContent, detail: Detail) -> bool:
    match detail:
        case Detail.MAIN_CLAUSES:
            return all(basis.main_clauses.strip() for basis in content.legal_basis)
        case Detail.FORMAT:
            return all(material.format.strip() for material in content.materials)
        case Detail.QUANTITY:
            return all(material.quantity >= 1 for material in content.materials)
        case Detail.FEE_ITEMS:
            return bool((content.fee_items or "").strip())
        case Detail.PAYMENT_METHOD:
            return bool((content.payment_method or "").strip())
