"""Assessor (考核主体): who assesses whom, and from which length of service on."""

import pytest

from app.domain.day import ImpossibleFact
from app.domain.decision import Outcome, Result
from app.domain.staffing.assessor import AssessorFacts, who_assesses
from tests.domain.asking import Asking, Wire, silent, without
from tests.rows import row

ask = Asking(
    AssessorFacts,
    lambda book, facts, asked, _: who_assesses(book.assessor, facts, asked),
    computed=True,
)

HALL: Wire = {"year": 2025, "posted_on": "2025-01-05", "venue": "hall"}


def assessed(regulation: str, facts: Wire) -> tuple[str | None, bool | None, bool | None]:
    values = ask(regulation, facts).values
    return values.assessor, values.sender_may_assess, values.eligible_for_centre


@row("erdos-hitech/21", "aohan/23", "tianya/4", "shapotou/23", "shapotou/24", "shapotou/25")
@row("nanchang/40")
@pytest.mark.parametrize(
    ("regulation", "change", "expected"),
    [
        ("erdos-hitech", {}, ("党政办", False, True)),
        ("aohan", {}, ("政务中心", True, True)),  # the department decides in the end
        ("tianya", {"venue": "township"}, ("区行政审批服务局", False, False)),
        ("tianya", {"venue": "village"}, ("区行政审批服务局", False, False)),
        ("shapotou", {}, ("政务服务中心", False, True)),
        ("shapotou", {"venue": "township"}, ("乡镇", False, False)),
        ("shapotou", {"venue": "township", "police": True}, ("原派驻单位与乡镇", True, False)),
        ("shapotou", {"venue": "village"}, ("乡镇", False, False)),
        ("nanchang", {}, ("中心管委会", False, True)),
    ],
)
def test_each_text_names_the_assessor(
    regulation: str, change: Wire, expected: tuple[str, bool, bool]
) -> None:
    answered = ask(regulation, {**HALL, **change})
    assert answered.outcome is Outcome.COMPUTED
    assert assessed(regulation, {**HALL, **change}) == expected
    assert {cited.partition("/")[0] for cited in answered.rows} == {regulation}


@row("nanchang/40", "shapotou/23")
@pytest.mark.parametrize(
    ("posted_on", "eligible"),
    [
        ("2025-06-30", True),
        ("2025-07-01", True),  # 07-01 to 12-31 is six months
        ("2025-07-02", False),
        ("2025-12-31", False),
        ("2026-02-01", False),
        ("2019-07-01", True),
    ],
)
@pytest.mark.parametrize(
    ("regulation", "centre", "sender"),
    [("nanchang", "中心管委会", "派出部门"), ("shapotou", "政务服务中心", "派驻单位")],
)
def test_six_months_count_both_end_days(
    regulation: str, centre: str, sender: str, posted_on: str, eligible: bool
) -> None:
    expected = (centre, False, True) if eligible else (sender, True, False)
    assert assessed(regulation, {**HALL, "posted_on": posted_on}) == expected


@row("nanchang/40")
@pytest.mark.parametrize(
    ("left_on", "eligible"),
    [("2025-12-30", False), ("2025-12-31", True), ("2026-01-15", True), (None, True)],
)
def test_nanchang_wants_the_person_at_the_post_at_the_years_end(
    left_on: str | None, eligible: bool
) -> None:
    assert assessed("nanchang", {**HALL, "left_on": left_on})[2] is eligible


@row("shapotou/23")
@pytest.mark.parametrize(
    ("left_on", "eligible"), [("2025-07-03", False), ("2025-07-04", True), ("2025-12-31", True)]
)
def test_shapotou_counts_the_service_up_to_the_day_of_leaving(left_on: str, eligible: bool) -> None:
    assert assessed("shapotou", {**HALL, "left_on": left_on})[2] is eligible


@row("shapotou/23")
@pytest.mark.parametrize(
    ("left_on", "eligible"), [("2024-12-31", False), ("2025-01-01", True), ("2022-05-31", False)]
)
def test_who_left_before_the_year_is_not_assessed_by_the_hall(left_on: str, eligible: bool) -> None:
    long_served = {**HALL, "posted_on": "2020-03-02", "left_on": left_on}
    expected = ("政务服务中心", False, True) if eligible else ("派驻单位", True, False)
    assert assessed("shapotou", long_served) == expected


@pytest.mark.parametrize(
    ("regulation", "name"),
    [
        ("nanchang", "year"),
        ("nanchang", "posted_on"),
        ("shapotou", "year"),
        ("shapotou", "posted_on"),
        ("shapotou", "venue"),
    ],
)
def test_a_needed_fact_is_named(regulation: str, name: str) -> None:
    answered = ask(regulation, without(HALL, name))
    assert (answered.outcome, answered.missing) == (Outcome.UNDETERMINED, (f"facts.{name}",))
    assert assessed(regulation, without(HALL, name)) == (None, None, None)


@pytest.mark.parametrize(
    ("regulation", "facts"),
    [
        ("erdos-hitech", {}),
        ("aohan", {}),
        ("tianya", {}),
        ("nanchang", without(HALL, "venue")),
        ("shapotou", {"venue": "village"}),
    ],
)
def test_a_fact_that_the_text_does_not_need_is_not_missed(regulation: str, facts: Wire) -> None:
    assert ask(regulation, facts).outcome is Outcome.COMPUTED


@row("tianya/2", "erdos-hitech/3", "aohan/1", "nanchang/2")
@pytest.mark.parametrize(
    ("regulation", "venue", "scope"),
    [
        ("tianya", "hall", "tianya/2"),
        ("erdos-hitech", "township", "erdos-hitech/3"),
        ("aohan", "village", "aohan/1"),
        ("nanchang", "village", "nanchang/2"),
    ],
)
def test_a_person_outside_the_scope_has_no_rule(regulation: str, venue: str, scope: str) -> None:
    answered = ask(regulation, {**HALL, "venue": venue})
    assert silent(answered)
    assert answered.rows_that_are(Result.NOT_APPLICABLE) == {scope}


@row("nanchang/55")
def test_nanchang_applies_to_townships_by_reference() -> None:
    assert "applied_by_reference" in ask("nanchang", {**HALL, "venue": "township"}).cautions
    assert ask("nanchang", HALL).cautions == set()


def test_the_national_layer_is_silent() -> None:
    assert silent(ask("national", HALL))


@pytest.mark.parametrize("year", [0, -5, 10000])
def test_a_year_that_no_calendar_has_is_impossible(year: int) -> None:
    with pytest.raises(ImpossibleFact):
        ask("nanchang", {**HALL, "year": year})
