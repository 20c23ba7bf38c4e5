"""When a case is due under each regulation, and whether it is late."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.casework.case_facts import Status
from app.domain.casework.time_limit import last_day_to_answer
from app.domain.day import ImpossibleFact
from app.domain.decision import Outcome, Result, missing_in
from tests.domain.timing import (
    BOOKS,
    CALENDARS,
    FROM_ACCEPTANCE,
    LOCAL,
    Json,
    accepted,
    ask,
    at,
    outcome,
    promised,
    values,
    violated,
)
from tests.rows import row


@pytest.mark.parametrize(
    ("regulation", "day", "days", "due"),
    [
        pytest.param("erdos-hitech", "2025-09-30", 5, "2025-10-14", marks=row("erdos-hitech/4.s1")),
        pytest.param("shapotou", "2025-09-30", 5, "2025-10-14", marks=row("shapotou/12.5")),
        pytest.param("nanchang", "2025-09-26", 10, "2025-10-16", marks=row("nanchang/22")),
        pytest.param("aohan", "2025-09-30", 5, "2025-10-14", marks=row("aohan/35.s2")),
        pytest.param("tianya", "2025-09-30", 5, "2025-10-14", marks=row("tianya/18.3")),
        pytest.param("tianya", "2025-10-01", 1, "2025-10-09", marks=row("tianya/18.3")),
        pytest.param("tianya", "2025-10-10", 1, "2025-10-11", marks=row("tianya/18.3")),
        pytest.param("tianya", "2025-10-11", 1, "2025-10-13", marks=row("tianya/18.3")),
        pytest.param("national", "2026-09-30", 20, "2026-11-03", marks=row("national/xk-82")),
        pytest.param("national", "2026-02-13", 5, "2026-02-27", marks=row("national/mf-201")),
    ],
)
def test_a_limit_counts_working_days_after_the_anchor(
    regulation: str, day: str, days: int, due: str
) -> None:
    found = values(regulation, accepted(day, item=promised(days)), on=day)
    assert found.due_on == date.fromisoformat(due)
    assert found.starts_on == date.fromisoformat(day)
    assert outcome(ask(regulation, accepted(day, item=promised(days)), on=day)) is Outcome.COMPUTED


@pytest.mark.parametrize(
    ("on", "status", "left"),
    [
        ("2025-10-13", Status.RUNNING, 1),
        ("2025-10-14", Status.DUE_TODAY, 0),
        ("2025-10-15", Status.OVERDUE, -1),
        ("2025-10-18", Status.OVERDUE, -3),
    ],
)
def test_a_case_is_overdue_only_after_its_due_day(on: str, status: Status, left: int) -> None:
    found = values("nanchang", accepted("2025-09-30"), on=on)
    assert (found.status, found.working_days_left) == (status, left)


def test_a_rest_day_after_the_due_day_is_overdue_by_no_working_day() -> None:
    found = values("nanchang", accepted("2025-10-10", item=promised(6)), on="2025-10-18")
    assert found.due_on == date(2025, 10, 17)
    assert (found.status, found.working_days_left) == (Status.OVERDUE, 0)


@row("erdos-hitech/4.s1")
def test_a_decision_on_the_due_day_is_in_time_and_on_the_next_is_late() -> None:
    on_time = values("erdos-hitech", accepted("2025-09-30", decided_at=at("2025-10-14", "23:59")))
    late = values("erdos-hitech", accepted("2025-09-30", decided_at=at("2025-10-15", "00:00")))
    assert (on_time.status, on_time.working_days_left) == (Status.COMPLETED_ON_TIME, 0)
    assert (late.status, late.working_days_left) == (Status.COMPLETED_LATE, -1)


@row("aohan/31")
@pytest.mark.parametrize(
    ("sealed", "status"),
    [
        (at("2025-10-14", "16:00"), Status.COMPLETED_ON_TIME),
        (at("2025-10-15"), Status.COMPLETED_LATE),
        ("2025-10-14T16:30:00Z", Status.COMPLETED_LATE),
        (None, Status.OVERDUE),
    ],
)
def test_the_seal_ends_the_clock_in_aohan(sealed: str | None, status: Status) -> None:
    facts = accepted("2025-09-30", decided_at=at("2025-10-13"), sealed_at=sealed)
    assert values("aohan", facts, on="2025-10-15").status is status


@row("aohan/31")
def test_a_seal_before_the_decision_is_no_completion() -> None:
    facts = accepted("2025-09-30", decided_at=at("2025-10-13"), sealed_at=at("2025-10-10"))
    assert violated(ask("aohan", facts)) == {"aohan/31"}
    assert values("aohan", facts).completed_on is None


@row("aohan/31")
def test_a_seal_before_the_decision_is_shown_with_its_day() -> None:
    facts = accepted("2025-09-30", decided_at=at("2025-10-13"), sealed_at=at("2025-10-10"))
    said = {finding.provision: finding for finding in ask("aohan", facts).findings}
    assert said["time_limit.completion"].actual == date(2025, 10, 10)
    assert "2025-10-10" in said["time_limit.completion"].message


@pytest.mark.parametrize("regulation", ["erdos-hitech", "shapotou", "nanchang", "tianya"])
def test_the_seal_says_nothing_elsewhere(regulation: str) -> None:
    facts = accepted("2025-09-30", sealed_at=at("2025-10-10"))
    assert values(regulation, facts).completed_on is None


@row("nanchang/20.s3")
def test_silence_on_the_day_of_receipt_is_acceptance_in_nanchang() -> None:
    facts = {"item": promised(), "received_at": at("2025-09-30", "15:00")}
    found = values("nanchang", facts)
    assert found.deemed_accepted
    assert found.accepted_on == date(2025, 9, 30)
    assert found.due_on == date(2025, 10, 14)
    assert not values("nanchang", facts, on="2025-09-30").deemed_accepted


@row("nanchang/20.s3")
def test_a_late_answer_is_silence_and_a_timely_one_is_not() -> None:
    facts = {"item": promised(), "received_at": at("2025-09-30")}
    late = {**facts, "notified_at": at("2025-10-09")}
    late_acceptance = {**facts, "accepted_at": at("2025-10-09")}
    timely = {**facts, "notified_at": at("2025-09-30", "15:20")}
    assert values("nanchang", late).deemed_accepted
    assert values("nanchang", late_acceptance).accepted_on == date(2025, 9, 30)
    assert values("nanchang", timely).status is Status.NOT_STARTED
    assert not values("nanchang", timely).deemed_accepted


@pytest.mark.parametrize("regulation", ["erdos-hitech", "shapotou", "aohan", "tianya"])
def test_silence_is_no_acceptance_in_the_other_regulations(regulation: str) -> None:
    facts = {"item": promised(), "received_at": at("2025-09-30")}
    found = values(regulation, facts, on="2025-12-01")
    assert not found.deemed_accepted
    assert (found.status, found.due_on) == (Status.NOT_STARTED, None)


@row("national/xk-32.4")
@pytest.mark.parametrize("regulation", ["erdos-hitech", "shapotou", "aohan", "tianya"])
def test_the_national_layer_accepts_by_silence_after_five_working_days(regulation: str) -> None:
    facts = {"item": promised(), "received_at": at("2026-09-17")}
    before = values(regulation, facts, on="2026-09-23", national=True)
    after = values(regulation, facts, on="2026-09-24", national=True)
    assert not before.deemed_accepted
    assert after.deemed_accepted
    assert after.accepted_on == date(2026, 9, 17)
    assert not values(regulation, facts, on="2026-09-24").deemed_accepted


@row("tianya/18.1", "tianya/18.3")
def test_in_tianya_the_clock_waits_for_complete_materials_not_for_acceptance() -> None:
    incomplete = {"item": promised(), "received_at": at("2025-09-30")}
    completed = {**incomplete, "materials_complete_at": at("2025-10-10")}
    assert values("tianya", incomplete).due_on is None
    assert values("tianya", completed).due_on == date(2025, 10, 16)


@pytest.mark.parametrize("regulation", FROM_ACCEPTANCE)
def test_a_case_that_is_not_accepted_or_not_complete_has_not_begun(regulation: str) -> None:
    for left_out in ("accepted_at", "materials_complete_at"):
        facts = accepted("2025-10-09")
        del facts[left_out]
        answer = ask(regulation, facts)
        assert answer.values.status is Status.NOT_STARTED
        assert outcome(answer) is Outcome.COMPUTED
        assert answer.values.due_on is None


@row("nanchang/26")
@pytest.mark.parametrize(
    ("delivered", "due"),
    [
        ("2025-09-30", "2025-10-30"),
        ("2026-01-31", "2026-02-28"),
        ("2025-09-05", "2025-10-09"),
    ],
)
def test_the_archive_is_due_a_month_after_delivery_in_nanchang_alone(
    delivered: str, due: str
) -> None:
    facts = accepted("2025-08-01", delivered_at=at(delivered))
    assert values("nanchang", facts).archive_due_on == date.fromisoformat(due)
    for regulation in ("erdos-hitech", "shapotou", "aohan", "tianya", "national"):
        assert values(regulation, facts).archive_due_on is None
    assert values("nanchang", accepted("2025-08-01")).archive_due_on is None


@pytest.mark.parametrize(
    ("regulation", "left_out", "missing"),
    [
        ("erdos-hitech", "item", "facts.item"),
        ("shapotou", "item", "facts.item"),
        ("nanchang", "received_at", "facts.received_at"),
        ("tianya", "received_at", "facts.received_at"),
        ("national", "received_at", "facts.received_at"),
    ],
)
def test_a_fact_that_is_needed_is_named(regulation: str, left_out: str, missing: str) -> None:
    facts = accepted("2025-09-30")
    del facts[left_out]
    answer = ask(regulation, facts)
    assert outcome(answer) is Outcome.UNDETERMINED
    assert missing in missing_in(answer.findings)


@pytest.mark.parametrize("regulation", LOCAL)
@pytest.mark.parametrize("left_out", ["item", "received_at"])
def test_a_provision_that_misses_a_fact_is_not_kept_as_well(regulation: str, left_out: str) -> None:
    facts = accepted("2025-09-30")
    del facts[left_out]
    answer = ask(regulation, facts)
    unknown = {f.provision for f in answer.findings if f.result is Result.UNKNOWN}
    assert unknown.isdisjoint(f.provision for f in answer.findings if f.result is Result.SATISFIED)


@pytest.mark.parametrize("regulation", ["erdos-hitech", "shapotou", "aohan"])
def test_receipt_is_not_missed_where_nothing_hangs_on_it(regulation: str) -> None:
    facts = accepted("2025-09-30")
    del facts["received_at"]
    assert outcome(ask(regulation, facts)) is Outcome.COMPUTED
    assert values(regulation, facts).due_on == date(2025, 10, 14)


@pytest.mark.parametrize(
    ("regulation", "item", "missing"),
    [
        ("nanchang", promised(None), ("facts.item.promised_days",)),
        ("shapotou", promised(5, None), ("facts.item.statutory_days",)),
        ("aohan", promised(5, None), ("facts.item.statutory_days",)),
        ("erdos-hitech", promised(5, None), ()),
        ("nanchang", promised(5, None), ()),
        ("tianya", promised(None, 5), ()),
        ("tianya", promised(None, None), ("facts.item.promised_days",)),
    ],
)
def test_a_limit_is_missed_where_the_text_needs_it(
    regulation: str, item: Json, missing: tuple[str, ...]
) -> None:
    answer = ask(regulation, accepted("2025-09-30", item=item))
    assert missing_in(answer.findings) == missing


def test_a_year_that_is_not_published_makes_the_day_provisional() -> None:
    answer = ask("nanchang", accepted("2026-12-30"), on="2026-12-30")
    assert answer.values.provisional
    assert [(c.code, c.year) for c in answer.cautions] == [("calendar_unpublished", 2027)]
    assert not values("nanchang", accepted("2026-12-01"), on="2026-12-01").provisional


def test_days_late_in_a_year_that_is_not_published_say_so() -> None:
    """The due day is certain; by how many days it was missed is not."""
    answer = ask("nanchang", accepted("2026-12-20"), on="2027-01-05")
    assert not answer.values.provisional
    assert [(c.code, c.year) for c in answer.cautions] == [("calendar_unpublished", 2027)]
    assert ask("nanchang", accepted("2026-12-20"), on="2026-12-31").cautions == ()


@row("national/xk-32.4")
@pytest.mark.parametrize(("on", "deemed"), [("2027-01-06", False), ("2027-01-07", True)])
def test_silence_judged_by_a_year_that_is_not_published_is_provisional(
    on: str, *, deemed: bool
) -> None:
    facts = {"item": {"kind": "instant"}, "received_at": at("2026-12-30")}
    answer = ask("national", facts, on=on)
    assert (answer.values.deemed_accepted, answer.values.provisional) == (deemed, True)
    assert [(c.code, c.year) for c in answer.cautions] == [("calendar_unpublished", 2027)]
    known = ask("national", {**facts, "notified_at": at("2026-12-31")}, on=on)
    assert (known.values.provisional, known.cautions) == (False, ())


def test_a_region_with_days_of_its_own_says_where_they_are_not_loaded() -> None:
    codes = [c.code for c in ask("shapotou", accepted("2025-09-30")).cautions]
    assert codes == ["regional_calendar_unknown"]
    assert ask("nanchang", accepted("2025-09-30")).cautions == ()


@pytest.mark.parametrize(
    "facts",
    [
        {"item": promised(-1)},
        {"item": promised(10**9)},
        {"item": promised(5, -1)},
        {"green_channel": {"limit_days": -1}},
        {
            "exclusions": [
                {
                    "kind": "hearing",
                    "from": "2026-09-28",
                    "to": "2026-09-21",
                    "announced_in_guide": True,
                }
            ]
        },
    ],
)
def test_impossible_numbers_are_refused(facts: Json) -> None:
    with pytest.raises(ImpossibleFact):
        ask("aohan", accepted("2025-09-30", **facts))


@given(
    start=st.dates(date(2024, 1, 1), date(2026, 6, 30)),
    days=st.integers(0, 60),
    regulation=st.sampled_from(LOCAL),
)
def test_exactly_the_limit_of_working_days_lies_between_anchor_and_due(
    start: date, days: int, regulation: str
) -> None:
    found = values(regulation, accepted(start.isoformat(), item=promised(days, 100)))
    calendar = CALENDARS.of(BOOKS.in_force(regulation, start).calendar)
    assert found.due_on is not None
    between = (start + timedelta(days=n) for n in range(1, (found.due_on - start).days + 1))
    assert sum(calendar.is_working_day(day) for day in between) == days


@pytest.mark.parametrize("regulation", LOCAL)
def test_no_finding_cites_another_text(regulation: str) -> None:
    facts = accepted(
        "2025-09-30",
        green_channel={"limit_days": 1},
        extension={"days": 1, "approved_by": "局长"},
        exclusions=[
            {
                "kind": "hearing",
                "from": "2025-10-09",
                "to": "2025-10-10",
                "announced_in_guide": True,
            }
        ],
        delivered_at=at("2025-10-14"),
    )
    cited = {r for finding in ask(regulation, facts).findings for r in finding.rows}
    assert all(r.startswith(f"{regulation}/") for r in cited)


def test_last_day_to_answer_is_the_receipt_day_in_nanchang_and_nowhere_else() -> None:
    received = date(2026, 9, 17)
    national = BOOKS.in_force("national", received).time_limit
    for regulation in LOCAL:
        book = BOOKS.in_force(regulation, received)
        calendar = CALENDARS.of(book.calendar)
        alone = last_day_to_answer(book.time_limit, received, calendar)
        laid_in = last_day_to_answer(book.time_limit, received, calendar, national)
        assert alone == (received if regulation == "nanchang" else None)
        assert laid_in == (received if regulation == "nanchang" else date(2026, 9, 23))


def test_an_instant_is_judged_on_its_local_day() -> None:
    facts = {**accepted("2025-09-30"), "accepted_at": "2025-09-30T16:30:00Z"}
    assert values("erdos-hitech", facts).accepted_on == date(2025, 10, 1)
