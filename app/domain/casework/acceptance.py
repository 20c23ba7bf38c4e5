"""Acceptance (受理与一次性告知): what a window must answer to an application, and in which form."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from app.domain.asked import Asked
from app.domain.casework.case_facts import ItemKind
from app.domain.casework.denial import Denying
from app.domain.day import ImpossibleFact, local_day
from app.domain.decision import Answer, Caution, Finding
from app.domain.element import Element
from app.domain.provision import Bare, Provision, Written
from app.domain.words import Word


class Form(StrEnum):
    """In which form the window answers."""

    WRITTEN = "written"  # 书面
    ORAL = "oral"  # 口头
    SYSTEM = "system"  # 系统自动生成
    HANDWRITTEN = "handwritten"  # 手工填写


class Channel(StrEnum):
    """How the applicant comes."""

    WINDOW = "window"  # 到窗口
    PHONE = "phone"  # 来电
    ONLINE = "online"  # 网上


class Reply(Word):
    """What the window answers."""

    ACCEPT = "accept", "受理"
    CORRECT_ONCE = "correct_once", "一次性告知补正"
    NOT_ACCEPT = "not_accept", "不予受理"
    DEEMED_ACCEPTED = "deemed_accepted", "视为受理"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replying(Written):
    """How the replies `to` which it applies are given.

    No forms: any form does; no channels: any channel is meant. `exempt` items need no paper. With
    `bars_corrections` nothing more may be asked of the applicant.
    """

    name: str
    to: tuple[Reply, ...]
    document: str | None = None
    must_contain: tuple[Element, ...] = ()
    forms: tuple[Form, ...] = ()
    channels: tuple[Channel, ...] = ()
    exempt: tuple[ItemKind, ...] = ()
    bars_corrections: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AtOnce(Written):
    """The reply is due on the day of receipt; a late one that is `noted` stands, with a warning."""

    name: str
    to: tuple[Reply, ...]
    channels: tuple[Channel, ...] = ()
    noted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices(Written):
    """At most so many notices of what is missing per application."""

    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse(Written):
    """Unanswered within so many working days of receipt (0: on the day itself): accepted as of
    receipt, `beyond_jurisdiction` too."""

    working_days: int
    beyond_jurisdiction: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceChapter(Written):
    """The chapter as a regulation may write it. What is absent, it does not regulate."""

    in_hall: Provision[Bare] | None = None
    one_notice: Provision[Notices] | None = None
    at_once: tuple[Provision[AtOnce], ...] = ()
    silence: Provision[Lapse] | None = None
    replies: tuple[Provision[Replying], ...] = ()
    denial: Provision[Denying] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceFacts(Written):
    """The application and what the window does with it. `notices_given` counts earlier notices."""

    in_jurisdiction: bool | None = None
    competent_authority: str | None = None
    materials_complete: bool | None = None
    corrections: tuple[str, ...] | None = None
    received_at: datetime | None = None
    notified_at: datetime | None = None
    notices_given: int | None = None
    form: Form | None = None
    channel: Channel | None = None
    item_kind: ItemKind | None = None
    outside_hall: bool | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceValues:
    """`answer` is None while it is not known what is called for. `document` is None where no paper
    is due. `provisional`: working days of a year that is not published yet were counted."""

    answer: Reply | None
    document: str | None
    must_contain: tuple[Element, ...]
    provisional: bool


@dataclass(frozen=True, slots=True)
class _Application:
    """The facts with their legal days; `judged_on` is the day of the answer, or of the question."""

    facts: AcceptanceFacts
    received_on: date | None
    notified_on: date | None
    judged_on: date | None
    notices_given: int
    called_for: Reply | None

    @property
    def late(self) -> bool:
        """Whether the day of receipt is over when the first answer is given, or still is not."""
        received, judged = self.received_on, self.judged_on
        return received is not None and judged is not None and judged > received


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A provision on the reply that reaches these facts; `adds` its paper and contents."""

    terms: Replying
    finding: Finding
    adds: bool


def what_to_answer(
    chapter: AcceptanceChapter,
    facts: AcceptanceFacts,
    asked: Asked,
    national: AcceptanceChapter | None = None,
) -> Answer[AcceptanceValues]:
    """What must the window answer to this application, and is what it does lawful?

    Days are local days of receipt and of notice; `as_of` is the receipt where it is not given.
    Silence past the last day is acceptance as of receipt only under a text that says so. Raises
    ImpossibleFact, CalendarMissing.
    """
    layers = (chapter,) if national is None else (chapter, national)
    application = _read(facts)
    lapses = [lapse for layer in layers if (lapse := _last_day(layer.silence, application, asked))]
    lapsed = application.judged_on is not None and any(
        application.judged_on > last for _, last in lapses
    )
    answer = Reply.DEEMED_ACCEPTED if lapsed else application.called_for
    if _needs_receipt(layers, application):
        answer = None
    findings: list[Finding] = []
    weighed: list[_Weighed] = []
    for layer in layers:
        replies = [one for rule in layer.replies if (one := _weigh(rule, answer, facts))]
        weighed += replies
        findings += [*_duties(layer, application), *(one.finding for one in replies)]
    findings += (_kept_in_time(rule, last, application) for rule, last in lapses)
    if unknown := _unknown(layers, answer, application):
        findings.append(unknown)
    if not findings:
        return Answer((), None)
    cautions = (*_counted(lapses, application, asked), *_late(layers, application))
    values = AcceptanceValues(
        answer=answer,
        document=next((w.terms.document for w in weighed if w.adds and w.terms.document), None),
        must_contain=_each_once(e for w in weighed if w.adds for e in w.terms.must_contain),
        provisional=any(caution.code == "calendar_unpublished" for caution in cautions),
    )
    return Answer(tuple(findings), values, cautions)


def _read(facts: AcceptanceFacts) -> _Application:
    given = facts.notices_given or 0
    if given < 0:
        raise ImpossibleFact("facts.notices_given", "次数不能为负")
    notified_on, as_of = _day(facts.notified_at), _day(facts.as_of)
    received_on = _day(facts.received_at)
    return _Application(
        facts=facts,
        received_on=received_on,
        notified_on=notified_on,
        judged_on=notified_on or as_of or received_on,
        notices_given=given,
        called_for=_called_for(facts),
    )


def _called_for(facts: AcceptanceFacts) -> Reply | None:
    match facts.in_jurisdiction, facts.materials_complete:
        case False, _:
            return Reply.NOT_ACCEPT
        case True, True:
            return Reply.ACCEPT
        case True, False:
            return Reply.CORRECT_ONCE
        case _:
            return None


def _last_day(
    rule: Provision[Lapse] | None, application: _Application, asked: Asked
) -> tuple[Provision[Lapse], date] | None:
    """The last day for an answer, where silence past it would be acceptance."""
    if rule is None or application.received_on is None or application.notices_given:
        return None
    if not (rule.terms.beyond_jurisdiction or application.facts.in_jurisdiction):
        return None
    last = asked.calendar.add_working_days(application.received_on, rule.terms.working_days)
    return rule, last


def _kept_in_time(rule: Provision[Lapse], last: date, application: _Application) -> Finding:
    """Silence is accepted by law; what is broken is an answer against it afterwards."""
    notified_on = application.notified_on
    against = notified_on is not None and notified_on > last
    met = not against or application.called_for is Reply.ACCEPT
    return Finding.under(rule, met=met, expected=last, actual=notified_on)


def _duties(layer: AcceptanceChapter, application: _Application) -> Iterator[Finding]:
    """Where the application is taken in, how often and how soon its applicant is told."""
    if place := layer.in_hall:
        outside = application.facts.outside_hall is True
        yield Finding.under(place, met=not outside, actual=outside)
    given = application.notices_given
    if (notices := layer.one_notice) and application.called_for is Reply.CORRECT_ONCE:
        most = notices.terms.most
        yield Finding.under(notices, met=given < most, expected=most, actual=given + 1)
    for rule in layer.at_once:
        if finding := _on_the_day(rule, application):
            yield finding


def _on_the_day(rule: Provision[AtOnce], application: _Application) -> Finding | None:
    terms, facts = rule.terms, application.facts
    reached = application.called_for in terms.to and not application.notices_given
    if not reached or (terms.channels and facts.channel not in (None, *terms.channels)):
        return None
    if application.received_on is None:
        return Finding.unknown(rule, "facts.received_at")
    if application.late and (terms.noted or application.notified_on is None):
        return None  # It stands, or is still to be given: the caution says that it is late.
    if application.late and terms.channels and facts.channel is None:
        return Finding.unknown(rule, "facts.channel")
    return Finding.under(
        rule,
        met=not application.late,
        expected=application.received_on,
        actual=application.notified_on,
    )


def _weigh(
    rule: Provision[Replying], answer: Reply | None, facts: AcceptanceFacts
) -> _Weighed | None:
    terms = rule.terms
    if answer not in terms.to or not _by_channel(terms, facts):
        return None
    if facts.item_kind in terms.exempt:
        return _Weighed(terms, Finding.under(rule, met=True, actual=facts.item_kind), adds=False)
    missing, broken = tuple(_missing(terms, facts)), _broken(terms, facts)
    if missing and (not broken or _REACHING.intersection(missing)):
        return _Weighed(terms, Finding.unknown(rule, *missing), adds=True)
    forms = tuple(terms.forms) or None
    found = Finding.under(rule, met=not broken, expected=forms, actual=facts.form, missing=missing)
    return _Weighed(terms, found, adds=True)


def _broken(terms: Replying, facts: AcceptanceFacts) -> bool:
    """Whether the reply is unlawful whatever else were known of it."""
    return (
        (bool(terms.forms) and facts.form not in {None, *terms.forms})
        or (terms.bars_corrections and bool(facts.corrections))
        or (Element.CORRECTIONS in terms.must_contain and facts.corrections == ())
    )


# Without these it is not known whether the provision reaches the reply at all.
_REACHING: Final = frozenset({"facts.item_kind", "facts.channel"})


def _by_channel(terms: Replying, facts: AcceptanceFacts) -> bool:
    """Where the channel is not known, only a form that the channel may demand matters."""
    if not terms.channels:
        return True
    return bool(terms.forms) if facts.channel is None else facts.channel in terms.channels


def _missing(terms: Replying, facts: AcceptanceFacts) -> Iterator[str]:
    if terms.exempt and facts.item_kind is None:
        yield "facts.item_kind"
    if terms.channels and facts.channel is None and facts.form not in terms.forms:
        yield "facts.channel"
    if terms.forms and facts.form is None:
        yield "facts.form"
    named = (facts.competent_authority or "").strip()
    if Element.COMPETENT_AUTHORITY in terms.must_contain and not named:
        yield "facts.competent_authority"


def _unknown(
    layers: Iterable[AcceptanceChapter], answer: Reply | None, application: _Application
) -> Finding | None:
    """The finding that names what is missing to know what is called for."""
    facts = application.facts
    missing = []
    # A late answer against the acceptance by silence is lawful or not by what was called for.
    if answer is None or (application.called_for is None and application.notified_on):
        missing += ["facts.in_jurisdiction"] if facts.in_jurisdiction is None else []
        missing += ["facts.materials_complete"] if facts.materials_complete is None else []
    rules = [rule for layer in layers for rule in (layer.silence, *layer.replies, layer.in_hall)]
    if _needs_receipt(layers, application):
        missing.append("facts.received_at")
    about = next(filter(None, rules), None)
    return Finding.unknown(about, *missing) if about and missing else None


def _needs_receipt(layers: Iterable[AcceptanceChapter], application: _Application) -> bool:
    """Whether silence may have been acceptance, and the day of receipt would tell."""
    unknown = application.received_on is None and not application.notices_given
    return unknown and any(layer.silence for layer in layers)


def _counted(
    lapses: Iterable[tuple[Provision[Lapse], date]], application: _Application, asked: Asked
) -> Iterator[Caution]:
    for rule, last in lapses:
        if application.received_on and rule.terms.working_days:
            yield from asked.cautions(application.received_on, last)


def _late(layers: Iterable[AcceptanceChapter], application: _Application) -> Iterator[Caution]:
    due = any(application.called_for in rule.terms.to for x in layers for rule in x.at_once)
    if due and application.late and not application.notices_given:
        yield Caution(code="notice_late", message="未在收到申请的当日答复申请人，答复已迟延。")


def _each_once(elements: Iterable[Element]) -> tuple[Element, ...]:
    return tuple(dict.fromkeys(elements))


def _day(instant: datetime | None) -> date | None:
    return None if instant is None else local_day(instant)
