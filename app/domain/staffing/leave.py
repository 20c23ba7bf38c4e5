"""Leave (请假): who approves it, with whom it is filed, and what has to be done first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.asked import Asked
from app.domain.calendar import Span
from app.domain.day import ImpossibleFact, local_day
from app.domain.decision import Answer, Caution, Finding
from app.domain.provision import Bare, Provision, Written


class Role(StrEnum):
    """Whose leave it is."""

    CLERK = "clerk"  # 窗口工作人员
    CHIEF_REPRESENTATIVE = "chief_representative"  # 首席代表


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Written):
    """Who approves a leave of this role and with whom it is filed.

    `over` and `most` are half-days: longer than `over`, and no longer than `most`.
    """

    name: str
    role: Role
    over: int | None = None
    most: int | None = None
    approvers: tuple[str, ...] = ()
    file_with: tuple[str, ...] = ()

    @property
    def by_length(self) -> bool:
        return self.over is not None or self.most is not None

    def reaches(self, half_days: int) -> bool:
        return (self.over is None or half_days > self.over) and (
            self.most is None or half_days <= self.most
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAhead(Written):
    """So many calendar days before leaving, where the window is left unstaffed."""

    days: int
    file_with: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveChapter(Written):
    """The chapter as a regulation may write it. What is absent, it does not regulate."""

    in_advance: Provision[Bare] | None = None
    covered: Provision[Bare] | None = None  # somebody else is at the window
    report: Provision[ReportAhead] | None = None
    agreement: Provision[Bare] | None = None
    routes: tuple[Provision[Route], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveFacts(Written):
    """The leave that is asked for; its length is in half-days (半天)."""

    role: Role | None = None
    half_days: int | None = None
    requested_at: datetime | None = None
    starts_at: datetime | None = None
    late_reason: str | None = None
    leaves_window_unstaffed: bool | None = None
    reported_on: date | None = None
    countermeasures_agreed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveValues:
    """Empty where the text names nobody, or where it is not known who is asked."""

    approvers: tuple[str, ...]
    file_with: tuple[str, ...]


def who_approves(chapter: LeaveChapter, facts: LeaveFacts, asked: Asked) -> Answer[LeaveValues]:
    """Who approves this leave, and has been done what must come before it?

    Exactly half a day is within half a day. A report one day ahead is made on the calendar day
    before, at the latest. Raises ImpossibleFact.
    """
    if facts.half_days is not None and facts.half_days < 0:
        raise ImpossibleFact("facts.half_days", "请假时长不能为负")
    findings = list(_duties(chapter, facts, asked))
    route = None
    if chapter.routes:
        finding, route = _route(chapter, facts)
        findings.append(finding)
    if not findings:
        return Answer((), None)
    file_with = route.terms.file_with if route else ()
    if chapter.report and facts.leaves_window_unstaffed:
        file_with = (*file_with, *chapter.report.terms.file_with)
    approvers = route.terms.approvers if route else ()
    values = LeaveValues(approvers=approvers, file_with=file_with)
    return Answer(tuple(findings), values, tuple(_retroactive(chapter, facts)))


def _route(chapter: LeaveChapter, facts: LeaveFacts) -> tuple[Finding, Provision[Route] | None]:
    """Some route reaches every role and length: the rulebook's tests hold it to that."""
    if facts.role is None:
        return Finding.unknown(chapter.routes[0], "facts.role"), None
    mine = [route for route in chapter.routes if route.terms.role is facts.role]
    if facts.half_days is None and mine[0].terms.by_length:
        return Finding.unknown(mine[0], "facts.half_days"), None
    length = facts.half_days or 0
    route = next(route for route in mine if route.terms.reaches(length))
    return Finding.under(route, met=True, actual=facts.half_days), route


def _duties(chapter: LeaveChapter, facts: LeaveFacts, asked: Asked) -> Iterator[Finding]:
    if chapter.in_advance:
        yield _requested(chapter.in_advance, facts)
    if chapter.report and facts.leaves_window_unstaffed is None:
        yield Finding.unknown(chapter.report, "facts.leaves_window_unstaffed")
    elif chapter.report and facts.leaves_window_unstaffed:
        yield _reported(chapter.report, facts, asked)
    elif chapter.covered:
        yield Finding.under(chapter.covered, met=True)
    if chapter.agreement and facts.leaves_window_unstaffed:
        starts_on = local_day(facts.starts_at) if facts.starts_at else None
        agreed_on = facts.countermeasures_agreed_on
        yield _by(chapter.agreement, starts_on, agreed_on)


def _requested(rule: Provision[Bare], facts: LeaveFacts) -> Finding:
    """Before the start; later only with a reason (一般在事前)."""
    if _reason(facts):
        return Finding.under(rule, met=True, expected=facts.starts_at, actual=facts.requested_at)
    stated = {"requested_at": facts.requested_at, "starts_at": facts.starts_at}
    if missing := [f"facts.{name}" for name, value in stated.items() if value is None]:
        return Finding.unknown(rule, *missing)
    late = _late(facts)
    return Finding.under(rule, met=not late, expected=facts.starts_at, actual=facts.requested_at)


def _reported(rule: Provision[ReportAhead], facts: LeaveFacts, asked: Asked) -> Finding:
    ahead = Span(days=rule.terms.days)
    latest = asked.calendar.before(local_day(facts.starts_at), ahead) if facts.starts_at else None
    return _by(rule, latest, facts.reported_on)


def _by(
    rule: Provision[Bare] | Provision[ReportAhead], latest: date | None, done: date | None
) -> Finding:
    """A step that was not taken is missing whatever the day."""
    if done is None:
        return Finding.under(rule, met=False, expected=latest)
    if latest is None:
        return Finding.unknown(rule, "facts.starts_at")
    return Finding.under(rule, met=done <= latest, expected=latest, actual=done)


def _reason(facts: LeaveFacts) -> bool:
    return bool(facts.late_reason and facts.late_reason.strip())


def _late(facts: LeaveFacts) -> bool:
    requested, starts = facts.requested_at, facts.starts_at
    return requested is not None and starts is not None and requested >= starts


def _retroactive(chapter: LeaveChapter, facts: LeaveFacts) -> Iterator[Caution]:
    if chapter.in_advance and _late(facts) and _reason(facts):
        yield Caution(code="leave_retroactive", message="请假手续在事后补办。")
