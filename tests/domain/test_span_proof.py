"""The day a span ends on and its proof are one answer: whatever is shown adds up to it."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.calendars.load import load
from app.domain.calendar import Span, Why
from app.domain.span_proof import CountedSpan, count_backward, count_forward

CALENDARS = load()
NATIONAL = CALENDARS.national
ONE_DAY = timedelta(days=1)

spans = st.builds(
    Span, months=st.integers(0, 3), days=st.integers(0, 40), working_days=st.integers(0, 40)
)
days = st.dates(date(2005, 1, 1), date(2028, 12, 31))


def shown(counted: CountedSpan) -> dict[str, tuple[Why, int | None]]:
    return {line.on.isoformat(): (line.why, line.number) for line in counted.proof}


@given(
    start=days,
    span=spans,
    shifts=st.lists(st.integers(-3, 60), max_size=20),
    count_start=st.booleans(),
    roll=st.booleans(),
)
@example(start=date(2026, 9, 1), span=Span(months=1), shifts=[], count_start=False, roll=True)
def test_the_proof_shows_every_day_once_and_ends_where_the_span_does(
    start: date, span: Span, shifts: list[int], count_start: bool, roll: bool
) -> None:
    excluded = {start + shift * ONE_DAY: "中止" for shift in shifts}
    counted = count_forward(
        NATIONAL, start, span, excluded=excluded, count_start=count_start, roll=roll
    )
    asked = NATIONAL.after(start, span, excluded=excluded, count_start=count_start)
    assert counted.full_on == asked
    assert counted.end == (NATIONAL.roll(asked) if roll else asked)
    length = (counted.end - start).days + 1
    assert [line.on for line in counted.proof] == [start + k * ONE_DAY for k in range(length)]
    if span.working_days and not roll:
        assert counted.proof[-1].number == span.working_days


@given(end=days, n=st.integers(0, 40), by_calendar=st.booleans(), count_start=st.booleans())
def test_the_backward_proof_counts_up_to_the_span(
    end: date, n: int, by_calendar: bool, count_start: bool
) -> None:
    span = Span(days=n) if by_calendar else Span(working_days=n)
    counted = count_backward(NATIONAL, end, span, count_start=count_start)
    numbers = [line.number for line in counted.proof if line.counted]
    assert counted.proof[0].on == counted.start
    assert counted.proof[-1].on == end == counted.end
    if n:
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) == n


def test_a_month_that_ends_on_a_holiday_shows_how_it_was_rolled() -> None:
    counted = count_forward(NATIONAL, date(2026, 9, 1), Span(months=1), roll=True)
    lines = shown(counted)
    assert (counted.full_on, counted.end) == (date(2026, 10, 1), date(2026, 10, 8))
    assert lines["2026-09-01"] == (Why.START_DAY, None)
    assert lines["2026-10-01"] == (Why.CALENDAR_DAY, 30)
    assert lines["2026-10-02"] == (Why.HOLIDAY, None)
    assert lines["2026-10-08"] == (Why.ROLLED_TO, None)


def test_months_and_working_days_are_shown_one_after_the_other() -> None:
    lines = shown(count_forward(NATIONAL, date(2026, 9, 20), Span(days=2, working_days=1)))
    assert lines == {
        "2026-09-20": (Why.START_DAY, None),
        "2026-09-21": (Why.CALENDAR_DAY, 1),
        "2026-09-22": (Why.CALENDAR_DAY, 2),
        "2026-09-23": (Why.WORKING_DAY, 1),
    }


def test_an_excluded_calendar_day_is_shown_with_its_reason() -> None:
    excluded = {date(2026, 9, 22): "鉴定"}
    counted = count_forward(NATIONAL, date(2026, 9, 21), Span(days=2), excluded=excluded)
    assert counted.end == date(2026, 9, 24)
    assert counted.proof[1].reason == "鉴定"


@pytest.mark.parametrize(
    ("start", "span", "roll", "years"),
    [
        (date(2026, 12, 28), Span(working_days=3), False, ()),
        (date(2026, 12, 28), Span(working_days=4), False, (2027,)),
        (date(2026, 12, 28), Span(days=30), False, ()),  # no notice moves a calendar day
        (date(2026, 12, 28), Span(days=30), True, (2027,)),  # but it may move the roll
        (date(2026, 11, 1), Span(days=30), True, ()),
    ],
)
def test_only_what_a_later_notice_may_move_is_provisional(
    start: date, span: Span, roll: bool, years: tuple[int, ...]
) -> None:
    counted = count_forward(NATIONAL, start, span, roll=roll)
    assert counted.unpublished_years == years
    assert counted.provisional == bool(years)


def test_a_region_whose_days_are_not_loaded_is_named() -> None:
    ningxia = CALENDARS.of("640502")
    span = Span(working_days=5)
    assert count_forward(ningxia, date(2026, 9, 1), span).regional_unknown_years == (2026,)
    assert count_forward(ningxia, date(2021, 9, 1), span).regional_unknown_years == ()
    assert count_backward(ningxia, date(2026, 9, 1), span).regional_unknown_years == (2026,)
    assert count_forward(NATIONAL, date(2026, 9, 1), span).regional_unknown_years == ()
