"""Deadline (一次性期限): which text has which clock, and on which day it ends."""

from datetime import date

import pytest

from app.domain.calendar import CalendarMissing
from app.domain.casework.deadline import DeadlineFacts, DeadlineKind, when_is_it_due
from app.domain.decision import Outcome
from tests.domain.asking import REGULATIONS, Asking, Wire, silent, without
from tests.rows import row

ask = Asking(
    DeadlineFacts,
    lambda book, facts, asked, national: when_is_it_due(
        book.deadline, facts, asked, national.deadline if national else None
    ),
    computed=True,
)

KNOWN = {
    ("nanchang", "online_enquiry_reply"): "nanchang/31",
    ("nanchang", "archive"): "nanchang/26",
    ("nanchang", "replacement_after_return"): "nanchang/8.s3",
    ("aohan", "secondary_signing"): "aohan/30.s3",
    ("national", "delivery_of_decision"): "national/xk-44",
}
EACH = [(regulation, kind.value) for regulation in REGULATIONS for kind in DeadlineKind]


def due(regulation: str, kind: str, since: str) -> date | None:
    return ask(regulation, {"kind": kind, "from": since}).values.due_on


@row("nanchang/31", "nanchang/26", "nanchang/8.s3", "aohan/30.s3", "national/xk-44")
@pytest.mark.parametrize(("regulation", "kind"), EACH)
def test_a_clock_runs_only_where_the_text_has_it(regulation: str, kind: str) -> None:
    answered = ask(regulation, {"kind": kind, "from": "2025-09-26"})
    if cited := KNOWN.get((regulation, kind)):
        assert (answered.outcome, answered.rows) == (Outcome.COMPUTED, {cited})
    else:
        assert silent(answered)


@row("nanchang/26", "national/mf-202", "national/mf-203")
@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ("2025-09-30", date(2025, 10, 30)),
        ("2026-01-31", date(2026, 2, 28)),  # clamped; that Saturday is worked
        ("2025-09-05", date(2025, 10, 9)),  # 10-05 is a holiday
        ("2025-08-28", date(2025, 9, 28)),  # a Sunday that is worked
        ("2025-10-22", date(2025, 11, 24)),  # 11-22 is a Saturday
        ("2025-09-29T16:00:00Z", date(2025, 10, 30)),  # the 30th in Shanghai
    ],
)
def test_an_archive_is_due_in_a_month_on_a_working_day(since: str, expected: date) -> None:
    assert due("nanchang", "archive", since) == expected


@row("nanchang/31", "nanchang/8.s3")
def test_working_days_skip_the_golden_week_and_count_makeup_days() -> None:
    assert due("nanchang", "online_enquiry_reply", "2025-09-30") == date(2025, 10, 9)
    assert due("nanchang", "online_enquiry_reply", "2025-10-10") == date(2025, 10, 11)
    assert due("nanchang", "online_enquiry_reply", "2025-10-10T16:00:00Z") == date(2025, 10, 13)
    assert due("nanchang", "replacement_after_return", "2025-09-26") == date(2025, 10, 13)


@row("aohan/30.s3")
@pytest.mark.parametrize("since", ["2025-10-09", "2025-10-04", "2025-10-18"])
def test_a_secondary_signing_is_due_on_the_day_it_arrives_rest_day_or_not(since: str) -> None:
    answered = ask("aohan", {"kind": "secondary_signing", "from": since})
    assert answered.values.due_on == date.fromisoformat(since)
    assert not answered.values.provisional


@row("national/xk-44", "national/xk-82")
@pytest.mark.parametrize("regulation", REGULATIONS)
def test_a_decision_is_delivered_in_ten_working_days_where_the_law_is_laid_below(
    regulation: str,
) -> None:
    facts = {"kind": "delivery_of_decision", "from": "2025-09-26"}
    answered = ask(regulation, facts, settings={"national": True})
    assert (answered.values.due_on, answered.rows) == (date(2025, 10, 16), {"national/xk-44"})


def test_the_law_lends_no_other_clock() -> None:
    facts = {"kind": "archive", "from": "2025-09-26"}
    assert silent(ask("aohan", facts, settings={"national": True}))


@pytest.mark.parametrize(
    ("kind", "since", "provisional"),
    [
        ("archive", "2026-12-30", True),
        ("archive", "2026-11-30", False),
        ("online_enquiry_reply", "2026-12-31", True),
    ],
)
def test_a_day_of_an_unpublished_year_is_provisional(
    kind: str, since: str, provisional: bool
) -> None:
    answered = ask("nanchang", {"kind": kind, "from": since})
    assert answered.values.provisional is provisional
    assert ("calendar_unpublished" in answered.cautions) is provisional


def test_a_same_day_clock_needs_no_calendar() -> None:
    assert due("aohan", "secondary_signing", "2031-01-01") == date(2031, 1, 1)
    assert due("aohan", "secondary_signing", "1999-01-01") == date(1999, 1, 1)
    with pytest.raises(CalendarMissing):
        due("nanchang", "online_enquiry_reply", "1999-01-01")


FACTS: Wire = {"kind": "archive", "from": "2025-09-30"}


@pytest.mark.parametrize("name", FACTS)
def test_kind_and_event_are_needed(name: str) -> None:
    answered = ask("nanchang", without(FACTS, name))
    assert (answered.outcome, answered.missing) == (Outcome.UNDETERMINED, (f"facts.{name}",))
    assert answered.values.due_on is None
