"""Clock of a case (办件时钟): what the case's own record says about its days, judged when read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

from app.domain.asked import Asked
from app.domain.calendar import DayCount, WorkingCalendar
from app.domain.casework.acceptance import AcceptanceChapter
from app.domain.casework.acts import DeemedAcceptance
from app.domain.casework.case import Case, Stage
from app.domain.casework.case_facts import (
    GreenChannel,
    Item,
    Status,
    TimeLimitFacts,
    TimeLimitValues,
)
from app.domain.casework.length import pauses_of
from app.domain.casework.limits import Anchor, TimeLimitChapter
from app.domain.casework.seal import SealChapter
from app.domain.casework.time_limit import last_day_to_answer, when_due
from app.domain.day import SHANGHAI, local_day
from app.domain.decision import Answer, Caution

REMEMBERED: Final = 4096  # items on days of receipt
_LAST_MOMENT: Final = time(23, 59, 59, 999999, tzinfo=SHANGHAI)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CaseLaw:
    """The chapters of the edition that a case is under, and of the layer below where it is on.

    `cautions` is what must be said beside any answer of that edition. Equal only to itself, as a
    calendar is.
    """

    regulation: str
    edition: str
    time_limit: TimeLimitChapter
    acceptance: AcceptanceChapter
    seal: SealChapter
    calendar: WorkingCalendar
    national_time_limit: TimeLimitChapter | None = None
    national_acceptance: AcceptanceChapter | None = None
    cautions: tuple[Caution, ...] = ()

    @property
    def layers(self) -> tuple[TimeLimitChapter, ...]:
        below = self.national_time_limit
        return (self.time_limit,) if below is None else (self.time_limit, below)

    @property
    def counts_from_receipt(self) -> bool:
        """Whether the clock of a complete application runs without waiting for acceptance."""
        counting = self.time_limit.counting
        return counting is not None and counting.terms.anchor is Anchor.RECEIPT


class Standing(StrEnum):
    """Where a case stands: the clock's status, and the three stages that have no clock."""

    NOT_STARTED = "not_started"  # 未起算
    RUNNING = "running"  # 办理中
    DUE_TODAY = "due_today"  # 今日到期
    OVERDUE = "overdue"  # 逾期未办结
    SUSPENDED = "suspended"  # 特别程序，不计时
    COMPLETED_ON_TIME = "completed_on_time"  # 按时办结
    COMPLETED_LATE = "completed_late"  # 逾期办结
    DECLINED = "declined"  # 不予受理，无期限
    ANNULLED = "annulled"  # 作废，无期限


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """The days that a case is listed by, as they would be if nobody answered any more.

    `due_on` is None while the clock has not begun, is suspended or has ended; after
    `silent_after_on` silence is acceptance, None where an answer was given or no text says so.
    """

    counts_from_on: date | None = None
    due_on: date | None = None
    silent_after_on: date | None = None


def facts_of(case: Case, as_of: datetime) -> TimeLimitFacts:
    """The facts that a ruling would be asked with. A special procedure that still runs reaches to
    the day of `as_of`; a refusal to accept is an answer as good as a notice."""
    today = local_day(as_of)
    exclusions = tuple(
        e if e.to is not None else replace(e, to=max(today, e.from_ or today))
        for e in case.exclusions
    )
    return TimeLimitFacts(
        item=case.item,
        received_at=case.received_at,
        materials_complete_at=case.materials_complete_at,
        notified_at=case.notified_at or case.declined_at,
        accepted_at=case.accepted_at,
        green_channel=case.green_channel,
        exclusions=exclusions or None,
        extension=case.extension,
        decided_at=case.decided_at,
        sealed_at=case.sealed_at,
        delivered_at=case.completed_at,
        as_of=as_of,
    )


def clock(case: Case, law: CaseLaw, as_of: datetime) -> Answer[TimeLimitValues]:
    """When the case is due, asked as a ruling would be (`when_due`) with the case's own facts.

    A case that was annulled has no clock: nothing is owed, and no provision is asked.
    """
    if case.stage is Stage.ANNULLED:
        return Answer((), None)
    if case.version == 1:
        return _of_receipt(law, _received(case), local_day(as_of))
    asked = Asked(on=local_day(as_of), calendar=law.calendar)
    return when_due(law.time_limit, facts_of(case, as_of), asked, law.national_time_limit)


def standing(case: Case, values: TimeLimitValues | None) -> Standing:
    """Where the case stands; a text without time limits leaves every case at `not_started`."""
    if case.stage is Stage.DECLINED:
        return Standing.DECLINED
    if case.stage is Stage.ANNULLED:
        return Standing.ANNULLED
    if case.stage is Stage.SUSPENDED:
        return Standing.SUSPENDED
    return Standing((values.status if values else Status.NOT_STARTED).value)


def deadlines(case: Case, law: CaseLaw) -> Deadlines:
    """The days to list the case by. Raises CalendarMissing, DayOutOfRange."""
    if case.stage is Stage.DECLINED:
        return Deadlines(counts_from_on=None, due_on=None, silent_after_on=None)
    received_on = local_day(case.received_at)
    last = _last_day(case, law)
    values = clock(case, law, _judged_at(received_on, last)).values
    silent_after = last if case.stage is Stage.RECEIVED else None
    if values is None:
        return Deadlines(counts_from_on=None, due_on=None, silent_after_on=silent_after)
    ticking = case.stage is not Stage.SUSPENDED and values.completed_on is None
    return Deadlines(
        counts_from_on=values.starts_on,
        due_on=values.due_on if ticking else None,
        silent_after_on=silent_after,
    )


@dataclass(frozen=True, slots=True)
class _Receipt:
    """What the clock of a case goes by that was received and no more: the same for all of one
    item and day."""

    item: Item
    received_on: date
    complete_on: date | None
    green: GreenChannel | None


def _received(case: Case) -> _Receipt:
    complete_at = case.materials_complete_at
    complete_on = None if complete_at is None else local_day(complete_at)
    return _Receipt(case.item, local_day(case.received_at), complete_on, case.green_channel)


@lru_cache(maxsize=REMEMBERED)
def _of_receipt(law: CaseLaw, receipt: _Receipt, judged_on: date) -> Answer[TimeLimitValues]:
    complete_on = receipt.complete_on
    facts = TimeLimitFacts(
        item=receipt.item,
        received_at=end_of(receipt.received_on),
        materials_complete_at=None if complete_on is None else end_of(complete_on),
        green_channel=receipt.green,
        as_of=end_of(judged_on),
    )
    asked = Asked(on=judged_on, calendar=law.calendar)
    return when_due(law.time_limit, facts, asked, law.national_time_limit)


def _judged_at(received_on: date, last: date | None) -> datetime:
    """On the day after the last one for an answer the clock shows what silence brings, or has
    brought where the case went on without an acceptance of its own."""
    return end_of(received_on if last is None else last + timedelta(days=1))


def silence(case: Case, law: CaseLaw, now: datetime) -> DeemedAcceptance | None:
    """What time alone has brought about by now: acceptance because nobody answered (视为受理)."""
    last = _silent_after(case, law)
    if last is None or local_day(now) <= last:
        return None
    return DeemedAcceptance(last_day_to_answer=last)


def as_it_stands(case: Case, law: CaseLaw, now: datetime) -> Case:
    """The case as it is now: with the acceptance that silence has brought, which nobody wrote."""
    deemed = silence(case, law, now)
    if deemed is None:
        return case
    return replace(case.after(deemed, end_of(deemed.last_day_to_answer)), version=case.version)


def proof_of(case: Case, law: CaseLaw, as_of: datetime) -> tuple[DayCount, ...]:
    """Every calendar day from the one that is not counted to the due day, and why each counted.

    Empty while the clock has not begun.
    """
    values = clock(case, law, as_of).values
    if values is None or values.starts_on is None or values.due_on is None:
        return ()
    excluded: Mapping[date, str] = pauses_of(law.layers, facts_of(case, as_of)).days
    return law.calendar.proof(values.starts_on, values.due_on, excluded=excluded)


def end_of(day: date) -> datetime:
    """The last moment of a legal day: a limit ends at 24:00 in Asia/Shanghai."""
    return datetime.combine(day, _LAST_MOMENT)


def _silent_after(case: Case, law: CaseLaw) -> date | None:
    return _last_day(case, law) if case.stage is Stage.RECEIVED else None


def _last_day(case: Case, law: CaseLaw) -> date | None:
    """The last day for an answer, where none is on record."""
    if case.accepted_at is not None or case.notified_at is not None:
        return None
    return _last_day_after(law, local_day(case.received_at))


@lru_cache(maxsize=REMEMBERED)
def _last_day_after(law: CaseLaw, received_on: date) -> date | None:
    return last_day_to_answer(law.time_limit, received_on, law.calendar, law.national_time_limit)
