"""Counting days (期限计算): the vectors of the standards, and a naive count day by day."""

from bisect import bisect_right
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.calendars.load import load
from app.domain.calendar import (
    CalendarMissing,
    DayOutOfRange,
    Notice,
    OrderedDay,
    Span,
    Why,
    WorkingCalendar,
    months_later,
)

ONE_DAY = timedelta(days=1)
CALENDARS = load()
NATIONAL = CALENDARS.national
UNKNOWN_NOTICE = Notice(title="test")

# Some starts lie before the published years end and some behind them.
days = st.dates(min_value=date(2004, 1, 1), max_value=date(2029, 12, 31))
lengths = st.integers(0, 120)
# Exclusions near the start, so that they matter; duplicates and rest days are wanted.
offsets = st.lists(st.integers(-5, 90), max_size=40)


def naive_after(start: date, n: int, excluded: set[date], *, count_start: bool = False) -> date:
    if n == 0:
        return start
    day = start - ONE_DAY if count_start else start
    while n:
        day += ONE_DAY
        if NATIONAL.is_working_day(day) and day not in excluded:
            n -= 1
    return day


def naive_before(end: date, n: int) -> date:
    """The latest working day from which `n` working days have passed by `end`."""
    day = end
    while not (NATIONAL.is_working_day(day) and naive_after(day, n, set()) <= end):
        day -= ONE_DAY
    return day


# start, working days, start not counted, start counted, calendar days, the same rolled (203)
VECTORS = [
    ("2026-09-17", 5, "2026-09-23", "2026-09-22", "2026-09-22", "2026-09-22"),
    ("2026-09-24", 5, "2026-10-09", "2026-10-08", "2026-09-29", "2026-09-29"),
    ("2026-02-13", 5, "2026-02-27", "2026-02-26", "2026-02-18", "2026-02-24"),
    ("2026-04-30", 5, "2026-05-11", "2026-05-09", "2026-05-05", "2026-05-06"),
    ("2026-09-30", 20, "2026-11-03", "2026-11-02", "2026-10-20", "2026-10-20"),
    ("2025-12-31", 20, "2026-01-29", "2026-01-28", "2026-01-20", "2026-01-20"),
    ("2026-11-20", 20, "2026-12-18", "2026-12-17", "2026-12-10", "2026-12-10"),
]


@pytest.mark.parametrize(("start", "n", "due", "due_counted", "by_calendar", "rolled"), VECTORS)
def test_the_published_vectors_come_out(
    start: str, n: int, due: str, due_counted: str, by_calendar: str, rolled: str
) -> None:
    day = date.fromisoformat(start)
    working, plain = Span(working_days=n), Span(days=n)
    answers = [
        NATIONAL.after(day, working),
        NATIONAL.after(day, working, count_start=True),
        NATIONAL.after(day, plain),
        NATIONAL.roll(NATIONAL.after(day, plain)),
    ]
    assert [answer.isoformat() for answer in answers] == [due, due_counted, by_calendar, rolled]


def test_seven_working_days_before_the_golden_week_ends_is_the_monday_before_it() -> None:
    end = date(2026, 10, 8)
    assert NATIONAL.before(end, Span(working_days=7)) == date(2026, 9, 21)
    assert NATIONAL.before(end, Span(days=5)) == date(2026, 10, 3)


def test_a_filing_on_friday_is_seven_working_days_ahead_of_the_monday_after_the_holidays() -> None:
    # 南昌 第八条: 2025-09-26 filed, 2025-10-13 effective; Sunday 28 September was worked.
    assert NATIONAL.after(date(2025, 9, 26), Span(working_days=7)) == date(2025, 10, 13)
    assert NATIONAL.before(date(2025, 10, 13), Span(working_days=7)) == date(2025, 9, 26)


def test_five_days_ahead_are_calendar_days() -> None:
    # 高新区 第十六条: filed 10-05, effective 10-10.
    assert NATIONAL.after(date(2025, 10, 5), Span(days=5)) == date(2025, 10, 10)
    assert NATIONAL.before(date(2025, 10, 10), Span(days=5)) == date(2025, 10, 5)


@pytest.mark.parametrize("makeup", [date(2025, 9, 28), date(2025, 10, 11), date(2026, 2, 28)])
def test_a_makeup_weekend_day_is_a_working_day(makeup: date) -> None:
    assert makeup.weekday() >= 5
    assert NATIONAL.is_working_day(makeup)


def test_a_suspension_is_a_set_of_days_that_do_not_count() -> None:
    # Accepted 09-17, ten working days, stopped from 09-21 to 09-28, both included.
    stopped = [date(2026, 9, 21) + k * ONE_DAY for k in range(8)]
    due = NATIONAL.add_working_days(date(2026, 9, 17), 10, excluded=[*stopped, *stopped[2:5]])
    assert due == date(2026, 10, 14)
    assert NATIONAL.add_working_days(date(2026, 9, 17), 10) == date(2026, 10, 8)


@pytest.mark.parametrize(
    ("start", "months", "full"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-09-01", 1, "2026-10-01"),
        ("2025-08-31", 6, "2026-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2023-02-28", 12, "2024-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
    ],
)
def test_a_month_ends_on_its_day_number_or_on_its_last_day(
    start: str, months: int, full: str
) -> None:
    due = NATIONAL.after(date.fromisoformat(start), Span(months=months))
    assert due == date.fromisoformat(full)


def test_a_month_that_ends_in_the_golden_week_rolls_behind_it() -> None:
    full = NATIONAL.after(date(2026, 9, 1), Span(months=1))
    assert NATIONAL.roll(full) == date(2026, 10, 8)


def test_months_come_before_days_and_days_before_working_days() -> None:
    span = Span(months=1, days=1, working_days=1)
    # 01-31 → 02-28 → 03-01, a Sunday → Monday.
    assert NATIONAL.after(date(2026, 1, 31), span) == date(2026, 3, 2)


def test_a_makeup_saturday_takes_no_roll() -> None:
    assert NATIONAL.roll(date(2026, 2, 28)) == date(2026, 2, 28)


def test_an_empty_span_is_full_on_its_start() -> None:
    sunday = date(2026, 11, 22)
    assert NATIONAL.after(sunday, Span()) == sunday
    assert NATIONAL.after(sunday, Span(), count_start=True, excluded=[sunday]) == sunday
    assert NATIONAL.before(sunday, Span()) == sunday
    assert NATIONAL.add_working_days(sunday, 0) == sunday


def test_a_negative_span_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        Span(working_days=-1)


@settings(max_examples=400)
@given(start=days, n=lengths, shifts=offsets, count_start=st.booleans())
@example(start=date(2004, 1, 1), n=1, shifts=[], count_start=True)
@example(start=date(2026, 12, 31), n=1, shifts=[0, 1], count_start=True)
def test_counting_forward_agrees_with_a_count_day_by_day(
    start: date, n: int, shifts: list[int], count_start: bool
) -> None:
    excluded = {start + shift * ONE_DAY for shift in shifts}
    due = NATIONAL.add_working_days(start, n, excluded=excluded, count_start=count_start)
    assert due == naive_after(start, n, excluded, count_start=count_start)


@settings(max_examples=300)
@given(end=st.dates(date(2005, 1, 1), date(2029, 12, 31)), n=st.integers(1, 60))
def test_counting_backward_agrees_with_a_search_day_by_day(end: date, n: int) -> None:
    assert NATIONAL.before(end, Span(working_days=n)) == naive_before(end, n)


@given(end=st.dates(date(2005, 1, 1), date(2029, 12, 31)), n=st.integers(1, 60))
def test_backward_with_the_start_counted_is_the_latest_working_day_that_does(
    end: date, n: int
) -> None:
    span = Span(working_days=n)
    start = NATIONAL.before(end, span, count_start=True)
    assert NATIONAL.after(start, span, count_start=True) <= end
    later = NATIONAL.next_working_day(start)
    assert NATIONAL.after(later, span, count_start=True) > end


@given(
    end=st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    months=st.integers(0, 40),
    n=st.integers(0, 400),
    count_start=st.booleans(),
)
@example(end=date(2026, 2, 28), months=1, n=0, count_start=False)
@example(end=date(2024, 2, 28), months=1, n=0, count_start=False)
def test_backward_by_calendar_gives_the_latest_day_that_does(
    end: date, months: int, n: int, count_start: bool
) -> None:
    span = Span(months=months, days=n)
    if span == Span():
        return
    start = NATIONAL.before(end, span, count_start=count_start)
    assert NATIONAL.after(start, span, count_start=count_start) <= end
    assert NATIONAL.after(start + ONE_DAY, span, count_start=count_start) > end


@given(start=days, end=days, shifts=offsets)
def test_the_days_between_are_those_counted_one_by_one(
    start: date, end: date, shifts: list[int]
) -> None:
    excluded = {start + shift * ONE_DAY for shift in shifts}
    low, high = min(start, end), max(start, end)
    inside = [low + k * ONE_DAY for k in range(1, (high - low).days + 1)]
    counted = sum(NATIONAL.is_working_day(day) and day not in excluded for day in inside)
    expected = counted if start <= end else -counted
    assert NATIONAL.working_days_between(start, end, excluded=excluded) == expected


@given(start=days, n=st.integers(0, 60), shifts=offsets, count_start=st.booleans())
def test_calendar_days_that_are_excluded_do_not_count(
    start: date, n: int, shifts: list[int], count_start: bool
) -> None:
    excluded = {start + shift * ONE_DAY for shift in shifts}
    day, left = (start - ONE_DAY if count_start and n else start), n
    while left:
        day += ONE_DAY
        left -= day not in excluded
    assert NATIONAL.after(start, Span(days=n), excluded=excluded, count_start=count_start) == day


@given(day=days)
def test_next_and_rolled_days_are_the_first_ones_there_are(day: date) -> None:
    following = NATIONAL.next_working_day(day)
    between = [day + k * ONE_DAY for k in range(1, (following - day).days)]
    assert NATIONAL.is_working_day(following)
    assert not any(map(NATIONAL.is_working_day, between))
    assert NATIONAL.roll(day) == (day if NATIONAL.is_working_day(day) else following)


def test_100_000_spans_agree_with_the_row_of_working_days() -> None:
    first, last = date(2004, 1, 1).toordinal(), date(2031, 12, 31).toordinal()
    row = [o for o in range(first, last + 1) if NATIONAL.is_working_day(date.fromordinal(o))]
    wrong = 0
    for k in range(100_000):
        start, n = first + (k * 7919) % (last - first - 900), 1 + (k * 104_729) % 500
        due = NATIONAL.add_working_days(date.fromordinal(start), n)
        wrong += due.toordinal() != row[bisect_right(row, start) + n - 1]
    assert wrong == 0


def test_behind_the_published_years_weekdays_count_and_the_day_is_provisional() -> None:
    due = NATIONAL.after(date(2026, 12, 31), Span(working_days=1))
    assert due == date(2027, 1, 1)
    assert NATIONAL.provisional(due)
    assert not NATIONAL.covers(due)
    assert NATIONAL.unpublished_years(date(2026, 12, 1), due) == (2027,)
    assert NATIONAL.covers(date(2026, 12, 31))
    assert not NATIONAL.provisional(date(2026, 12, 31))
    assert NATIONAL.unpublished_years(date(2004, 1, 1), date(2026, 12, 31)) == ()


REFUSED: list[Callable[[], object]] = [
    lambda: NATIONAL.is_working_day(date(2003, 12, 31)),
    lambda: NATIONAL.after(date(2003, 12, 31), Span(working_days=1)),
    lambda: NATIONAL.after(date(2003, 12, 31), Span(working_days=1), excluded=[date(2004, 1, 5)]),
    lambda: NATIONAL.after(date(2003, 12, 31), Span(working_days=1), count_start=True),
    lambda: NATIONAL.before(date(2004, 1, 5), Span(working_days=7)),
    lambda: NATIONAL.roll(date(2003, 12, 31)),
    lambda: NATIONAL.working_days_between(date(2003, 12, 31), date(2004, 1, 2)),
    lambda: NATIONAL.working_days_between(date(2004, 1, 2), date(2003, 12, 31)),
    lambda: NATIONAL.proof(date(2003, 12, 31), date(2004, 1, 2)),
    lambda: NATIONAL.is_working_day(date.min),
]


@pytest.mark.parametrize("ask", REFUSED, ids=range(len(REFUSED)))
def test_a_day_before_the_loaded_years_is_refused(ask: Callable[[], object]) -> None:
    with pytest.raises(CalendarMissing) as refused:
        ask()
    assert refused.value.first_day == date(2004, 1, 1)
    assert refused.value.year < 2004


def test_calendar_arithmetic_needs_no_loaded_year() -> None:
    assert NATIONAL.after(date(1998, 8, 31), Span(months=6)) == date(1999, 2, 28)


OUT_OF_RANGE: list[Callable[[], object]] = [
    lambda: NATIONAL.after(date.max, Span(days=1)),
    lambda: NATIONAL.after(date.max, Span(months=1)),
    lambda: NATIONAL.after(date.max, Span(working_days=1)),
    lambda: NATIONAL.after(date(2026, 1, 1), Span(working_days=10**30)),
    lambda: NATIONAL.after(date(2026, 1, 1), Span(months=10**30)),
    lambda: NATIONAL.after(date(2026, 1, 1), Span(days=10**30), excluded=[date(2026, 1, 2)]),
    lambda: NATIONAL.next_working_day(date.max),
    lambda: NATIONAL.before(date.min, Span(days=1)),
    lambda: NATIONAL.before(date.min, Span(months=1)),
    lambda: NATIONAL.after(date.min, Span(days=1), count_start=True),
    lambda: months_later(date(2026, 1, 1), -30_000),
]


@pytest.mark.parametrize("ask", OUT_OF_RANGE, ids=range(len(OUT_OF_RANGE)))
def test_a_day_that_no_calendar_has_is_refused(ask: Callable[[], object]) -> None:
    with pytest.raises(DayOutOfRange):
        ask()


def test_the_proof_shows_why_each_day_counted() -> None:
    stopped = {date(2026, 9, 29): "听证"}
    lines = NATIONAL.proof(date(2026, 9, 18), date(2026, 10, 10), excluded=stopped)
    why = {line.on.isoformat(): (line.why, line.number) for line in lines}
    assert len(lines) == 23
    assert why["2026-09-18"] == (Why.START_DAY, None)
    assert why["2026-09-19"] == (Why.WEEKEND, None)
    assert why["2026-09-20"] == (Why.MAKEUP_WORKDAY, 1)
    assert why["2026-09-21"] == (Why.WORKING_DAY, 2)
    assert why["2026-09-25"] == (Why.HOLIDAY, None)
    assert why["2026-09-29"] == (Why.SUSPENDED, None)
    assert why["2026-10-10"] == (Why.MAKEUP_WORKDAY, 10)


def test_the_proof_names_the_holiday_the_notice_and_the_reason() -> None:
    stopped = {date(2025, 9, 29): "听证"}
    lines = {
        line.on: line
        for line in NATIONAL.proof(date(2025, 9, 27), date(2025, 10, 11), excluded=stopped)
    }
    holiday, makeup = lines[date(2025, 10, 6)], lines[date(2025, 10, 11)]
    assert holiday.name == "国庆节、中秋节"
    assert holiday.notice == makeup.notice
    assert makeup.notice is not None
    assert makeup.notice.number == "国办发明电〔2024〕12号"
    assert lines[date(2025, 9, 29)].reason == "听证"


@given(start=days, n=st.integers(1, 60), shifts=offsets, count_start=st.booleans())
def test_the_proof_ends_with_the_number_that_was_asked_for(
    start: date, n: int, shifts: list[int], count_start: bool
) -> None:
    excluded = {start + shift * ONE_DAY: "中止" for shift in shifts}
    due = NATIONAL.add_working_days(start, n, excluded=excluded, count_start=count_start)
    lines = NATIONAL.proof(start, due, excluded=excluded, count_start=count_start)
    assert lines[-1].number == n
    assert [line.number for line in lines if line.counted] == list(range(1, n + 1))
    assert [line.on for line in lines] == [start + k * ONE_DAY for k in range(len(lines))]


def test_an_unpublished_year_shows_in_the_proof() -> None:
    lines = NATIONAL.proof(date(2026, 12, 31), date(2027, 1, 2))
    assert [line.why for line in lines] == [
        Why.START_DAY,
        Why.UNPUBLISHED_WEEKDAY,
        Why.UNPUBLISHED_WEEKEND,
    ]


def test_the_later_order_for_a_day_stands() -> None:
    # A region closes on a day that the country works, and works another rest day for it.
    closed = OrderedDay(
        on=date(2025, 9, 28), works=False, name="闭馆", notice=UNKNOWN_NOTICE, regional=True
    )
    worked = OrderedDay(
        on=date(2025, 9, 27), works=True, name="闭馆", notice=UNKNOWN_NOTICE, regional=True
    )
    region = WorkingCalendar(
        first_year=2004, last_year=2026, ordered=(*NATIONAL.ordered, closed, worked)
    )
    lines = region.proof(date(2025, 9, 26), date(2025, 9, 28))
    assert [line.why for line in lines[1:]] == [Why.REGIONAL_MAKEUP_WORKDAY, Why.REGIONAL_HOLIDAY]
    assert [line.counted for line in lines] == [False, True, False]


def test_a_day_ordered_behind_the_published_years_counts_as_ordered() -> None:
    closed = OrderedDay(
        on=date(2027, 1, 4), works=False, name="闭馆", notice=UNKNOWN_NOTICE, regional=True
    )
    region = WorkingCalendar(first_year=2026, last_year=2026, ordered=(closed,))
    assert region.after(date(2027, 1, 1), Span(working_days=1)) == date(2027, 1, 5)
    assert region.provisional(date(2027, 1, 4))
    assert region.describe(date(2027, 1, 5)).why is Why.UNPUBLISHED_WEEKDAY
