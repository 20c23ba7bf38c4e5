"""Special procedures, extensions, seal and completion: what stops the clock and what ends it."""

from datetime import date

import pytest

from app.domain.casework.acts import (
    Completion,
    OutOfOrder,
    Prolongation,
    Resumption,
    Sealing,
    Suspension,
)
from app.domain.casework.case import (
    Stage,
)
from app.domain.casework.case_clock import (
    clock,
    deadlines,
    proof_of,
    standing,
)
from app.domain.casework.limits import ExclusionKind
from app.domain.casework.weighing import (
    Moment,
    NoRuleForAct,
    take,
)
from app.domain.decision import RefusedByRegulation
from tests.domain.told_cases import (
    SOMEBODY,
    acceptance,
    at,
    decided,
    law,
    moment,
    received,
    rows_of,
)
from tests.rows import row


def hearing(day: str, *, told: bool = True, announced: bool = True) -> Suspension:
    return Suspension(
        kind=ExclusionKind.HEARING,
        from_=date.fromisoformat(day),
        announced_in_guide=announced,
        applicant_told_in_writing=told,
    )


@row("aohan/34")
def test_a_hearing_stops_the_clock_until_it_is_over() -> None:
    text = law("aohan")
    case = take(received(text), acceptance(), text, moment("2025-09-30", 11)).case
    case = take(case, hearing("2025-10-09"), text, moment("2025-10-09")).case
    assert (case.stage, deadlines(case, text).due_on) == (Stage.SUSPENDED, None)
    assert standing(case, clock(case, text, at("2026-01-05")).values) == "suspended"
    case = take(case, Resumption(to=date(2025, 10, 10)), text, moment("2025-10-11")).case
    assert deadlines(case, text).due_on == date(2025, 10, 16)
    reasons = {line.on: line.why for line in proof_of(case, text, at("2025-10-11"))}
    assert reasons[date(2025, 10, 9)] == "suspended" == reasons[date(2025, 10, 10)]


@row("aohan/34")
def test_a_procedure_that_the_guide_does_not_announce_is_refused() -> None:
    text = law("aohan")
    case = take(received(text), acceptance(), text, moment("2025-09-30", 11)).case
    with pytest.raises(RefusedByRegulation) as refused:
        take(case, hearing("2025-10-09", announced=False), text, moment("2025-10-09"))
    assert rows_of(refused) == {"aohan/34"}


@row("national/xk-45")
def test_the_national_layer_asks_that_the_applicant_was_told_in_writing() -> None:
    text = law("nanchang", national=True)
    case = take(received(text), acceptance(), text, moment("2025-09-30", 11)).case
    with pytest.raises(RefusedByRegulation) as refused:
        take(case, hearing("2025-10-09", told=False), text, moment("2025-10-09"))
    assert rows_of(refused) == {"national/xk-45"}


@pytest.mark.parametrize("regulation", ["nanchang", "tianya", "erdos-hitech", "shapotou"])
def test_no_procedure_and_no_extension_where_no_text_knows_one(regulation: str) -> None:
    text = law(regulation)
    case = take(received(text), acceptance(), text, moment("2025-09-30", 11)).case
    with pytest.raises(NoRuleForAct):
        take(case, hearing("2025-10-09"), text, moment("2025-10-09"))
    with pytest.raises(NoRuleForAct):
        take(case, Prolongation(days=1, approver_id=SOMEBODY), text, moment("2025-10-09"))


@row("aohan/34", "national/xk-42.1")
def test_an_extension_is_national_once_and_at_most_ten_days() -> None:
    text = law("nanchang", national=True)
    case = take(received(text), acceptance(), text, moment("2025-09-30", 11)).case
    with pytest.raises(RefusedByRegulation):
        take(case, Prolongation(days=11, approver_id=SOMEBODY), text, moment("2025-10-09"))
    ten = take(case, Prolongation(days=10, approver_id=SOMEBODY), text, moment("2025-10-09")).case
    assert deadlines(ten, text).due_on == date(2025, 10, 28)
    three = Prolongation(days=3, approver_id=SOMEBODY)
    extended = take(case, three, text, moment("2025-10-09")).case
    with pytest.raises(RefusedByRegulation):
        take(extended, three, text, moment("2025-10-10"))
    final = law("aohan", national=True)
    accepted = take(received(final), acceptance(), final, moment("2025-09-30", 11)).case
    with pytest.raises(RefusedByRegulation) as refused:
        take(accepted, Prolongation(days=1, approver_id=SOMEBODY), final, moment("2025-10-09"))
    assert "aohan/34" in rows_of(refused)


@row("aohan/30.s2", "aohan/31", "nanchang/25")
@pytest.mark.parametrize("regulation", ["aohan", "nanchang"])
def test_nothing_leaves_unsealed_where_the_seal_is_needed(regulation: str) -> None:
    text = law(regulation)
    with pytest.raises(RefusedByRegulation):
        take(decided(text), Completion(), text, moment("2025-10-14"))
    sealed = take(decided(text), Sealing(), text, moment("2025-10-14")).case
    assert take(sealed, Completion(), text, moment("2025-10-14", 11)).case.completed_at


@pytest.mark.parametrize("regulation", ["tianya", "erdos-hitech", "shapotou"])
def test_elsewhere_a_decided_case_may_be_completed(regulation: str) -> None:
    text = law(regulation)
    assert take(decided(text), Completion(), text, moment("2025-10-14")).case.completed_at


@row("aohan/31")
def test_under_aohan_the_seal_ends_the_clock_and_not_the_decision() -> None:
    text = law("aohan")
    assert deadlines(decided(text), text).due_on == date(2025, 10, 14)
    late = take(decided(text), Sealing(), text, moment("2025-10-15", 9)).case
    assert standing(late, clock(late, text, at("2025-10-15")).values) == "completed_late"
    assert deadlines(decided(law("tianya")), law("tianya")).due_on is None


@row("aohan/31")
def test_a_seal_before_the_decision_is_refused_citing_the_text() -> None:
    early = Moment(occurred_at=at("2025-10-12"), recorded_at=at("2025-10-14"))
    with pytest.raises(RefusedByRegulation) as refused:
        take(decided(law("aohan")), Sealing(), law("aohan"), early)
    assert rows_of(refused) == {"aohan/31"}
    with pytest.raises(OutOfOrder):
        take(decided(law("tianya")), Sealing(), law("tianya"), early)
