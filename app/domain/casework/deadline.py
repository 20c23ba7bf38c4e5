"""Deadline (一次性期限): the last day of a duty that runs from one event."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.asked import Asked
from app.domain.calendar import Span
from app.domain.day import local_day
from app.domain.decision import Answer, Finding
from app.domain.provision import Provision, Written


class DeadlineKind(StrEnum):
    """Which duty runs; its event in brackets."""

    ONLINE_ENQUIRY_REPLY = "online_enquiry_reply"  # 网上咨询答复（收到咨询）
    ARCHIVE = "archive"  # 立卷归档（出件）
    REPLACEMENT_AFTER_RETURN = "replacement_after_return"  # 退回后调整（意见送达）
    SECONDARY_SIGNING = "secondary_signing"  # 另处签署（送到）
    DELIVERY_OF_DECISION = "delivery_of_decision"  # 颁发送达（作出决定）


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock(Written):
    """The event's day does not count; an empty span is due on that very day.

    With `roll` a last day off moves to the next working day (民法典第二百零三条).
    """

    name: DeadlineKind
    span: Span
    roll: bool = False

    @property
    def counts_working_days(self) -> bool:
        return self.roll or self.span.working_days > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineChapter(Written):
    """The chapter as a regulation may write it. What is absent, it does not regulate."""

    clocks: tuple[Provision[Clock], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineFacts(Written):
    """`from`: the event, as a day or as an instant of which the day in Asia/Shanghai counts."""

    kind: DeadlineKind | None = None
    from_: date | datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineValues:
    due_on: date | None
    provisional: bool


def when_is_it_due(
    chapter: DeadlineChapter,
    facts: DeadlineFacts,
    asked: Asked,
    national: DeadlineChapter | None = None,
) -> Answer[DeadlineValues]:
    """The last day for this duty; the local text first, then the national layer, else silence.

    Raises CalendarMissing, DayOutOfRange.
    """
    clocks = (*chapter.clocks, *(national.clocks if national else ()))
    if facts.kind is not None:
        clocks = tuple(clock for clock in clocks if clock.terms.name is facts.kind)
    if not clocks:
        return Answer((), None)
    rule = clocks[0]
    if facts.kind is None or facts.from_ is None:
        stated = {"facts.kind": facts.kind, "facts.from": facts.from_}
        missing = (name for name, value in stated.items() if value is None)
        values = DeadlineValues(due_on=None, provisional=False)
        return Answer((Finding.unknown(rule, *missing),), values)
    since = _day(facts.from_)
    due = asked.calendar.after(since, rule.terms.span)
    if rule.terms.roll:
        due = asked.calendar.roll(due)
    counted = rule.terms.counts_working_days
    finding = Finding.under(rule, met=True, expected=due, actual=since)
    values = DeadlineValues(due_on=due, provisional=counted and asked.calendar.provisional(due))
    return Answer((finding,), values, asked.cautions(since, due) if counted else ())


def _day(event: date | datetime) -> date:
    return local_day(event) if isinstance(event, datetime) else event
