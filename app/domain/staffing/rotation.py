"""Rotation limits (轮换与调换): how long a person stays, and how a change is announced."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.asked import Asked
from app.domain.calendar import Span, WorkingCalendar
from app.domain.decision import Answer, Caution, Finding, Result
from app.domain.provision import Bare, Force, Provision, Written
from app.domain.staffing.rotation_facts import (
    Confirmer,
    Form,
    Ground,
    Role,
    RotationFacts,
    RotationValues,
    Stage,
    Successor,
)


class Excuse(StrEnum):
    """What lets a change through before the minimum stay is full."""

    GROUND = "ground"  # 列明情形之一
    REASON = "reason"  # 说明理由
    APPROVED_REASON = "approved_reason"  # 说明理由并经同意


class Support(StrEnum):
    """The fact on which a ground rests."""

    DEMAND = "demanded_by_centre"  # 中心要求更换
    EVIDENCE = "ground_evidence"  # 证明材料或文号
    REASON = "reason"  # 文字理由


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimumStay(Written):
    """No roles: everybody at the windows. No excuse: nothing lets an earlier change through."""

    name: str
    span: Span
    roles: tuple[Role, ...] = ()
    excuse: Excuse | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedGround(Written):
    """A listed ground, and the fact without which it is only claimed."""

    name: Ground
    requires: Support


@dataclass(frozen=True, slots=True, kw_only=True)
class MaximumStay(Written):
    """After this time the department replaces the person; nobody is removed by it."""

    name: Role
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(Written):
    """The day of filing is not counted, the change may take effect on the last day."""

    lead: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeForm(Written):
    among: tuple[Form, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadowing(Written):
    """`span` binds; fewer working days in it than `working_days` is a warning."""

    span: Span
    working_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver(Written):
    """On these grounds the person may be unable to wait: a recorded reason stands in."""

    excused_by: tuple[Ground, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedBy(Written):
    among: tuple[Confirmer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationChapter(Written):
    """The chapter as a regulation may write it. What is absent, it does not regulate."""

    minimum_stay: tuple[Provision[MinimumStay], ...] = ()
    grounds: tuple[Provision[AcceptedGround], ...] = ()
    police_exemption: Provision[Bare] | None = None
    notice: Provision[Notice] | None = None
    notice_exemption: Provision[Bare] | None = None  # the centre itself demanded the change
    notice_form: Provision[NoticeForm] | None = None
    named_successor: Provision[Bare] | None = None
    maximum_stay: tuple[Provision[MaximumStay], ...] = ()
    shadowing: Provision[Shadowing] | None = None
    shadowing_after_consent: Provision[Bare] | None = None
    consent: Provision[Bare] | None = None
    hand_over: Provision[HandOver] | None = None
    hand_over_confirmed_by: Provision[ConfirmedBy] | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """What one part of the chapter found, and the day that it computes."""

    findings: tuple[Finding, ...] = ()
    day: date | None = None


def may_rotate(
    chapter: RotationChapter, facts: RotationFacts, asked: Asked
) -> Answer[RotationValues]:
    """May this person be changed, and from when?

    The minimum stay is free from the day on which it is full; a notice never rolls. The maximum
    stay is shown, never held against the change. Raises CalendarMissing and DayOutOfRange.
    """
    stay = _minimum_stay(chapter, facts, asked.calendar)
    notice = _notice(chapter, facts, asked.calendar)
    limit = _maximum_stay(chapter, facts, asked.calendar)
    findings = (
        *stay.findings,
        *notice.findings,
        *_announcement(chapter, facts),
        *limit.findings,
        *_shadowing(chapter, facts, asked.calendar),
        *_consent(chapter, facts),
        *_hand_over(chapter, facts),
    )
    if not findings:
        return Answer((), None)
    said = (
        *_counted_notice(chapter, facts, notice.day, asked),
        *_few_working_days(chapter, facts, asked),
    )
    values = RotationValues(
        free_from=stay.day,
        replace_by=limit.day,
        earliest_effective_on=notice.day,
        override_reason_required=_reason_would_help(chapter, facts, stay),
        provisional=any(caution.code == "calendar_unpublished" for caution in said),
    )
    return Answer(findings, values, said)


def _minimum_stay(
    chapter: RotationChapter, facts: RotationFacts, calendar: WorkingCalendar
) -> Weighed:
    if chapter.police_exemption and facts.seconded_by_police:
        return Weighed((Finding.aside(chapter.police_exemption),))
    of_role = [
        stay
        for stay in chapter.minimum_stay
        if not stay.terms.roles or facts.role is None or facts.role in stay.terms.roles
    ]
    findings: list[Finding] = []
    free_from = None
    for stay in of_role:
        needed = ("role",) if stay.terms.roles else ()
        if facts.posted_on and not _absent(facts, *needed):
            free_from = calendar.after(facts.posted_on, stay.terms.span)
        if missing := _absent(facts, *needed, "posted_on", "effective_on"):
            findings.append(Finding.unknown(stay, *missing))
        else:
            findings.extend(_weigh_stay(stay, chapter, facts, free_from))
    return Weighed(tuple(findings), free_from)


def _weigh_stay(
    stay: Provision[MinimumStay],
    chapter: RotationChapter,
    facts: RotationFacts,
    free_from: date | None,
) -> Iterator[Finding]:
    met: bool | None = bool(free_from and facts.effective_on and facts.effective_on >= free_from)
    ground = None
    match stay.terms.excuse if not met else None:
        case Excuse.REASON:
            met = _written(facts.reason)
        case Excuse.APPROVED_REASON:
            met = _written(facts.reason) and facts.approved is True
        case Excuse.GROUND:
            ground = _ground(chapter, facts)
            met = _excuses(ground)
        case None:
            pass
    missing = ground.missing if ground else ()
    yield Finding.under(
        stay, met=met, expected=free_from, actual=facts.effective_on, missing=missing
    )
    if ground:
        yield ground


def _ground(chapter: RotationChapter, facts: RotationFacts) -> Finding | None:
    """The ground that is claimed, weighed by the fact on which it rests."""
    for ground in chapter.grounds:
        if ground.terms.name is facts.ground:
            support = ground.terms.requires
            given: bool | str | None = getattr(facts, support)
            if given is None or (isinstance(given, str) and not _written(given)):
                return Finding.unknown(ground, f"facts.{support}")
            return Finding.under(ground, met=bool(given), actual=facts.ground)
    return None


def _excuses(ground: Finding | None) -> bool | None:
    if ground is None:
        return False
    return None if ground.result is Result.UNKNOWN else ground.result is Result.SATISFIED


def _reason_would_help(chapter: RotationChapter, facts: RotationFacts, stay: Weighed) -> bool:
    """Whether a soft minimum stay is not over and nothing given lets the change through."""
    if stay.day is None or facts.effective_on is None or facts.effective_on >= stay.day:
        return False
    soft = {stay.name for stay in chapter.minimum_stay if stay.force is Force.WAIVABLE}
    return any(
        finding.provision in soft and finding.result is not Result.SATISFIED
        for finding in stay.findings
    )


def _notice(chapter: RotationChapter, facts: RotationFacts, calendar: WorkingCalendar) -> Weighed:
    notice = chapter.notice
    if notice is None:
        return Weighed()
    if (exemption := chapter.notice_exemption) and facts.demanded_by_centre:
        return Weighed((Finding.aside(exemption),))
    earliest = calendar.after(facts.filed_on, notice.terms.lead) if facts.filed_on else None
    if missing := _absent(facts, "filed_on", "effective_on"):
        return Weighed((Finding.unknown(notice, *missing),), earliest)
    met = bool(earliest and facts.effective_on and facts.effective_on >= earliest)
    found = Finding.under(notice, met=met, expected=earliest, actual=facts.effective_on)
    return Weighed((found,), earliest)


def _counted_notice(
    chapter: RotationChapter, facts: RotationFacts, earliest: date | None, asked: Asked
) -> tuple[Caution, ...]:
    if chapter.notice and chapter.notice.terms.lead.working_days and facts.filed_on and earliest:
        return asked.cautions(facts.filed_on, earliest)
    return ()


def _announcement(chapter: RotationChapter, facts: RotationFacts) -> Iterator[Finding]:
    if form := chapter.notice_form:
        if facts.form is None:
            yield Finding.unknown(form, "facts.form")
        else:
            yield Finding.under(form, met=facts.form in form.terms.among, actual=facts.form)
    if named := chapter.named_successor:
        successor = facts.successor or Successor()
        missing = [] if _written(successor.name) else ["facts.successor.name"]
        if successor.basic_facts is None:
            missing.append("facts.successor.basic_facts")
        met = False if successor.basic_facts is False else (None if missing else True)
        yield Finding.under(named, met=met, missing=missing)


def _maximum_stay(
    chapter: RotationChapter, facts: RotationFacts, calendar: WorkingCalendar
) -> Weighed:
    if not chapter.maximum_stay:
        return Weighed()
    if missing := _absent(facts, "role", "posted_on"):
        return Weighed((Finding.unknown(chapter.maximum_stay[0], *missing),))
    for limit in chapter.maximum_stay:
        if limit.terms.name is facts.role and facts.posted_on:
            day = calendar.after(facts.posted_on, limit.terms.span)
            # The duty to replace is the department's: passing the day never forbids a change.
            found = Finding.under(limit, met=True, expected=day, actual=facts.effective_on)
            return Weighed((found,), day)
    return Weighed()


def _shadowing(
    chapter: RotationChapter, facts: RotationFacts, calendar: WorkingCalendar
) -> Iterator[Finding]:
    if facts.stage is Stage.FILE:
        return
    successor = facts.successor or Successor()
    if shadowing := chapter.shadowing:
        if facts.stage is None:
            yield Finding.unknown(shadowing, "facts.stage")
        else:
            yield _weigh_shadowing(shadowing, successor, facts.effective_on, calendar)
    if (after := chapter.shadowing_after_consent) and facts.approved and facts.stage:
        since = successor.shadow_from
        if since and facts.approved_on is None:
            yield Finding.unknown(after, "facts.approved_on")
        elif since and facts.approved_on:
            met = since >= facts.approved_on
            yield Finding.under(after, met=met, expected=facts.approved_on, actual=since)


def _weigh_shadowing(
    shadowing: Provision[Shadowing],
    successor: Successor,
    effective_on: date | None,
    calendar: WorkingCalendar,
) -> Finding:
    if successor.shadow_from is None:
        return Finding.under(shadowing, met=False, actual=effective_on)
    if effective_on is None:
        return Finding.unknown(shadowing, "facts.effective_on")
    full_on = calendar.after(successor.shadow_from, shadowing.terms.span)
    until = successor.shadow_to
    cut_short = until is not None and until.toordinal() + 1 < full_on.toordinal()
    if cut_short:  # no day is late enough for it
        return Finding.under(shadowing, met=False, actual=effective_on)
    met = effective_on >= full_on
    return Finding.under(shadowing, met=met, expected=full_on, actual=effective_on)


def _few_working_days(
    chapter: RotationChapter, facts: RotationFacts, asked: Asked
) -> tuple[Caution, ...]:
    since = facts.successor.shadow_from if facts.successor else None
    if not (chapter.shadowing and facts.successor and since and facts.stage is Stage.EXECUTE):
        return ()
    terms = chapter.shadowing.terms
    full_on = asked.calendar.after(since, terms.span)
    until = facts.successor.shadow_to or date.fromordinal(full_on.toordinal() - 1)
    if until < since:
        return ()
    counted = asked.calendar.working_days_between(since, until)
    counted += asked.calendar.is_working_day(since)
    said = asked.cautions(since, until)
    if counted >= terms.working_days:
        return said
    few = f"熟悉业务期间只有{counted}个工作日，少于{terms.working_days}个。"
    return (*said, Caution(code="shadow_working_days_few", message=few))


def _consent(chapter: RotationChapter, facts: RotationFacts) -> Iterator[Finding]:
    consent = chapter.consent
    if consent is None:
        return
    if facts.stage is None:
        yield Finding.unknown(consent, "facts.stage")
        return
    late = facts.approved_on and facts.effective_on and facts.approved_on > facts.effective_on
    met = facts.stage is Stage.FILE or (facts.approved is True and not late)
    given = (facts.approved and facts.approved_on) or facts.approved
    yield Finding.under(consent, met=met, expected=facts.effective_on, actual=given)


def _hand_over(chapter: RotationChapter, facts: RotationFacts) -> Iterator[Finding]:
    hand_over = chapter.hand_over
    if hand_over is None or facts.stage is Stage.FILE:
        return
    if facts.stage is None:
        yield Finding.unknown(hand_over, "facts.stage")
        return
    successor = facts.successor or Successor()
    confirmed_on = successor.familiar_confirmed_on
    unable = facts.ground in hand_over.terms.excused_by and _written(facts.reason)
    if unable or confirmed_on is None:
        yield Finding.under(hand_over, met=unable, expected=facts.effective_on)
        return
    if facts.effective_on is None:
        yield Finding.unknown(hand_over, "facts.effective_on")
    else:
        in_time = confirmed_on <= facts.effective_on
        yield Finding.under(
            hand_over, met=in_time, expected=facts.effective_on, actual=confirmed_on
        )
    if by := chapter.hand_over_confirmed_by:
        confirmer = successor.familiar_confirmed_by
        if confirmer is None:
            yield Finding.unknown(by, "facts.successor.familiar_confirmed_by")
        else:
            yield Finding.under(by, met=confirmer in by.terms.among, actual=confirmer)


def _absent(facts: RotationFacts, *names: str) -> tuple[str, ...]:
    return tuple(f"facts.{name}" for name in names if getattr(facts, name) is None)


def _written(text: str | None) -> bool:
    return text is not None and text.strip() != ""
