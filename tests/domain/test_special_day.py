"""Special days (特别日): what may be entered, where it holds, and how days are counted with it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.calendars.load import load
from app.calendars.special import laid_over
from app.db.ids import uuid7
from app.domain.calendar import CalendarMissing, Notice, Span, Why, WorkingCalendar
from app.domain.casework.case import LEADS_TO, Act, Stage, allowed_at
from app.domain.casework.case_clock import Deadlines, deadlines
from app.domain.casework.recomputation import Recomputation, recompute
from app.domain.day import ImpossibleFact
from app.domain.special_day import (
    Revocation,
    SpecialDay,
    SpecialDayStands,
    SpecialKind,
    check,
    codes_below,
    places_above,
)
from tests.domain.told_cases import at, law, received

ONE_DAY = timedelta(days=1)
FILES = load()
TODAY = date(2026, 9, 1)
DOCUMENT = Notice(title="关于台风期间临时停办的通告", number="〔2026〕9号", issued_on=TODAY)
NANCHANG, JIANGXI, NINGXIA = "360100", "360000", "640000"


def special(
    on: str | date,
    place: str = NANCHANG,
    kind: SpecialKind = SpecialKind.CLOSURE,
    *,
    completes_year: bool = False,
) -> SpecialDay:
    return SpecialDay(
        id=uuid7(),
        jurisdiction=place,
        on=on if isinstance(on, date) else date.fromisoformat(on),
        works=kind is SpecialKind.MAKEUP,
        kind=kind,
        name="特别日",
        document=DOCUMENT,
        entered_by="platform",
        entered_at=datetime(2026, 9, 1, tzinfo=UTC),
        completes_year=completes_year,
    )


def revoked(day: SpecialDay) -> SpecialDay:
    gone = Revocation(by="platform", at=datetime(2026, 9, 2, tzinfo=UTC), reason="改道")
    return replace(day, revoked=gone)


def naive_after(calendar: WorkingCalendar, start: date, n: int, days: dict[date, bool]) -> date:
    """Day by day, by the files and then by what was entered."""
    day = start
    while n:
        day += ONE_DAY
        n -= days.get(day, calendar.is_working_day(day))
    return day


PLACES = st.sampled_from(["CN", JIANGXI, NANCHANG])
SPAN = st.dates(min_value=date(2026, 1, 1), max_value=date(2027, 12, 31))


@settings(max_examples=100, deadline=None)
@given(SPAN, st.integers(0, 40), st.lists(st.tuples(st.integers(-10, 90), PLACES, st.booleans())))
def test_a_span_with_special_days_is_the_naive_count(
    start: date, n: int, entered: list[tuple[int, str, bool]]
) -> None:
    days: dict[tuple[str, date], SpecialDay] = {}
    for offset, place, opens in entered:
        on = start + timedelta(days=offset)
        kind = SpecialKind.MAKEUP if opens and on.weekday() >= 5 else SpecialKind.CLOSURE
        days[place, on] = special(on, place, kind)
    calendar = laid_over(FILES, days.values()).of("360102")
    # The nearer place's word stands: it is written last.
    order = ("CN", JIANGXI, NANCHANG)
    known = {on: days[place, on].works for place in order for p, on in days if p == place}
    due = calendar.after(start, Span(working_days=n))
    assert due == naive_after(FILES.national, start, n, known)
    assert calendar.working_days_between(start, due) == n
    assert [line.number for line in calendar.proof(start, due) if line.counted] == [
        *range(1, n + 1)
    ]


def test_without_days_the_calendars_are_those_of_the_files() -> None:
    day = special("2026-09-18")
    with_day = laid_over(FILES, [day])
    assert with_day.version != FILES.version
    assert laid_over(with_day, []) is FILES
    assert laid_over(with_day, [revoked(day)]) is FILES
    assert laid_over(with_day, [day]).version == with_day.version


def test_the_version_does_not_depend_on_the_order_of_entry() -> None:
    one, two = special("2026-09-18"), special("2026-09-17")
    assert laid_over(FILES, [one, two]).version == laid_over(FILES, [two, one]).version
    renamed = replace(two, document=replace(DOCUMENT, number=None))
    assert laid_over(FILES, [one, renamed]).version != laid_over(FILES, [one, two]).version


def test_a_closure_shows_its_document_and_holds_below_its_place_only() -> None:
    calendars = laid_over(FILES, [special("2026-09-18")])
    line = calendars.of("360102").describe(date(2026, 9, 18))
    assert (line.counted, line.why, line.notice) == (False, Why.CLOSURE, DOCUMENT)
    assert calendars.of("3601").jurisdiction == NANCHANG
    for elsewhere in ("CN", "36", "360200", "640502"):
        assert calendars.of(elsewhere).is_working_day(date(2026, 9, 18))


def test_a_closure_of_the_country_keeps_the_days_of_its_regions() -> None:
    calendars = laid_over(FILES, [special("2026-09-18", "CN")])
    assert calendars.of(NINGXIA).describe(date(2020, 5, 25)).why is Why.REGIONAL_HOLIDAY
    assert calendars.of(NINGXIA).describe(date(2026, 9, 18)).why is Why.CLOSURE
    assert calendars.of("11").describe(date(2026, 9, 18)).why is Why.CLOSURE


@pytest.mark.parametrize(("says_so", "unknown"), [(True, ()), (False, (2026,))])
def test_a_year_is_known_only_where_an_entry_says_that_it_is_complete(
    says_so: bool, unknown: tuple[int, ...]
) -> None:
    day = special("2026-05-27", NINGXIA, SpecialKind.FESTIVAL, completes_year=says_so)
    calendar = laid_over(FILES, [day]).of("640502")
    assert calendar.describe(day.on).why is Why.REGIONAL_HOLIDAY
    assert calendar.regional_unknown_years(date(2026, 1, 1), date(2026, 12, 31)) == unknown
    assert FILES.of("640502").regional_unknown_years(day.on, day.on) == (2026,)


def test_a_place_without_days_of_its_own_does_not_begin_to_miss_any() -> None:
    calendar = laid_over(FILES, [special("2026-09-18")]).of(NANCHANG)
    assert calendar.regional_unknown_years(date(2026, 1, 1), date(2026, 12, 31)) == ()


def test_an_unpublished_year_stays_provisional() -> None:
    calendar = laid_over(FILES, [special("2027-03-01")]).of(NANCHANG)
    assert not calendar.is_working_day(date(2027, 3, 1))
    assert calendar.provisional(date(2027, 3, 2))
    assert calendar.unpublished_years(date(2027, 1, 1), date(2027, 12, 31)) == (2027,)


@pytest.mark.parametrize(
    ("place", "above", "below"),
    [
        ("CN", ("CN",), ""),
        (JIANGXI, ("CN", JIANGXI), "36"),
        (NANCHANG, ("CN", JIANGXI, NANCHANG), "3601"),
        ("360102", ("CN", JIANGXI, NANCHANG, "360102"), "360102"),
        ("500000", ("CN", "500000"), "50"),
    ],
)
def test_a_place_lies_below_its_city_and_its_province(
    place: str, above: tuple[str, ...], below: str
) -> None:
    assert places_above(place) == above
    assert codes_below(place) == below


FRIDAY, SATURDAY = special("2026-09-18"), special("2026-09-19", kind=SpecialKind.MAKEUP)


@pytest.mark.parametrize(
    "days",
    [
        (special("2026-09-18", kind=SpecialKind.MAKEUP),),
        (replace(FRIDAY, works=True),),
        (replace(SATURDAY, works=False),),
        (FRIDAY, special("2026-09-18")),
        (special("2029-01-01"),),
        (replace(FRIDAY, completes_year=True),),
        (special("2026-09-18", "CN", SpecialKind.FESTIVAL, completes_year=True),),
    ],
)
def test_what_cannot_be_is_not_entered(days: tuple[SpecialDay, ...]) -> None:
    with pytest.raises(ImpossibleFact):
        check(days, (), FILES.national, TODAY)


def test_days_are_entered_beside_those_that_stand_but_not_twice() -> None:
    check((FRIDAY, SATURDAY), (special("2026-09-18", JIANGXI),), FILES.national, TODAY)
    check((FRIDAY,), (revoked(special("2026-09-18")),), FILES.national, TODAY)
    with pytest.raises(SpecialDayStands):
        check((FRIDAY,), (special("2026-09-18"),), FILES.national, TODAY)
    with pytest.raises(CalendarMissing):
        check((special("2003-12-31"),), (), FILES.national, TODAY)


CHANGE = UUID(int=9)


def test_a_case_is_moved_with_its_days_before_and_after() -> None:
    text = law("nanchang")
    case = received(text)
    was = deadlines(case, text)
    closed = laid_over(FILES, [special("2025-10-09")]).of(NANCHANG)
    under_it = replace(text, calendar=closed)
    moved = recompute(case, was, under_it, change_id=CHANGE, at=at("2025-10-01"))
    assert moved is not None
    after = replace(was, due_on=date(2025, 10, 15))
    assert moved.deed == Recomputation(change_id=CHANGE, before=was, after=after)
    assert moved.case == replace(case, version=2)
    assert recompute(case, was, text, change_id=CHANGE, at=at("2025-10-01")) is None


@pytest.mark.parametrize("stage", [Stage.COMPLETED, Stage.DECLINED, Stage.SUSPENDED])
def test_a_clock_that_stands_still_is_not_moved(stage: Stage) -> None:
    text = law("nanchang")
    case = replace(received(text), stage=stage)
    nothing = Deadlines()
    assert recompute(case, nothing, text, change_id=CHANGE, at=at("2025-10-01")) is None


def test_nobody_may_move_a_case_by_an_act() -> None:
    assert all(Act.RECOMPUTED not in allowed_at(stage) for stage in Stage)
    kept = {stage: to for (stage, act), to in LEADS_TO.items() if act is Act.RECOMPUTED}
    assert all(stage is to for stage, to in kept.items())
