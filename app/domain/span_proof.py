"""Proof of a span (期限推算依据): the day it ends on, and every day on the way with its reason."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from app.domain.calendar import (
    NONE_EXCLUDED,
    DayCount,
    Span,
    Why,
    WorkingCalendar,
    each_day,
    not_counted,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedSpan:
    """`full_on` is the day on which the span is full, `end` the same or, rolled, a working day.

    `provisional`: a year on the way is not published, so that its notice may still move the end.
    `consulted`: the first and last day that the calendar was asked about; none by calendar days.
    """

    start: date
    full_on: date
    end: date
    provisional: bool
    unpublished_years: tuple[int, ...]
    regional_unknown_years: tuple[int, ...]
    consulted: tuple[date, ...]
    proof: tuple[DayCount, ...]


def count_forward(
    calendar: WorkingCalendar,
    start: date,
    span: Span,
    *,
    excluded: Mapping[date, str] = NONE_EXCLUDED,
    count_start: bool = False,
    roll: bool = False,
) -> CountedSpan:
    """Count `span` from `start` as `WorkingCalendar.after` does, and show each day.

    `excluded` gives the reason of each day that does not count. `roll` moves an end on a rest day
    to the next working day (民法典第二百零三条); it never moves the end of working days.
    """
    full_on = calendar.after(start, span, excluded=excluded, count_start=count_start)
    end = calendar.roll(full_on) if roll else full_on
    proof = (
        *_proof_of(calendar, (start, full_on), span, excluded, count_start=count_start),
        *_rolled(calendar, full_on, end),
    )
    # Whether an end has to be rolled is a question to the calendar of its year.
    consulted = (full_on,) if roll else ()
    return _counted(calendar, proof, start=start, full_on=full_on, end=end, consulted=consulted)


def count_backward(
    calendar: WorkingCalendar, end: date, span: Span, *, count_start: bool = False
) -> CountedSpan:
    """The latest start from which `span` is full by `end`, shown day by day from there to `end`."""
    start = calendar.before(end, span, count_start=count_start)
    proof = _proof_of(calendar, (start, end), span, NONE_EXCLUDED, count_start=count_start)
    return _counted(calendar, proof, start=start, full_on=end, end=end, consulted=())


def _counted(
    calendar: WorkingCalendar,
    proof: tuple[DayCount, ...],
    *,
    start: date,
    full_on: date,
    end: date,
    consulted: tuple[date, ...],
) -> CountedSpan:
    # What only counts calendar days cannot be moved by a notice.
    by_calendar = {Why.CALENDAR_DAY, Why.START_DAY, Why.SUSPENDED}
    asked = [line.on for line in proof if line.why not in by_calendar] + list(consulted)
    ends = (min(asked), max(asked)) if asked else ()
    unpublished = calendar.unpublished_years(*ends) if ends else ()
    return CountedSpan(
        start=start,
        full_on=full_on,
        end=end,
        provisional=bool(unpublished),
        unpublished_years=unpublished,
        regional_unknown_years=calendar.regional_unknown_years(*ends) if ends else (),
        consulted=ends,
        proof=proof,
    )


def _proof_of(
    calendar: WorkingCalendar,
    period: tuple[date, date],
    span: Span,
    excluded: Mapping[date, str],
    *,
    count_start: bool,
) -> tuple[DayCount, ...]:
    start, until = period
    starts_counted = count_start and span != Span()
    if not (span.months or span.days):
        return calendar.proof(start, until, excluded=excluded, count_start=starts_counted)
    by_calendar = replace(span, working_days=0)
    change = calendar.after(start, by_calendar, excluded=excluded, count_start=count_start)
    days = _calendar_days(start, min(change, until), excluded, count_start=starts_counted)
    working_days = calendar.proof(change, until, excluded=excluded)[1:]
    return (*days, *working_days)


def _calendar_days(
    start: date, until: date, excluded: Mapping[date, str], *, count_start: bool
) -> Iterator[DayCount]:
    number = 0
    for day in each_day(start, until):
        if day == start and not count_start:
            yield not_counted(day, Why.START_DAY)
        elif day in excluded:
            yield not_counted(day, Why.SUSPENDED, reason=excluded[day])
        else:
            number += 1
            yield DayCount(on=day, counted=True, why=Why.CALENDAR_DAY, number=number)


def _rolled(calendar: WorkingCalendar, full_on: date, end: date) -> Iterator[DayCount]:
    """The rest days behind the last counted day, and the working day that the end is moved to."""
    for day in list(each_day(full_on, end))[1:]:
        if day == end:
            yield not_counted(day, Why.ROLLED_TO)
        else:
            yield calendar.describe(day)
