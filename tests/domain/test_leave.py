"""Leave (请假): who approves it, with whom it is filed, and what has to come before it."""

import pytest

from app.domain.day import ImpossibleFact
from app.domain.decision import Outcome
from app.domain.staffing.leave import LeaveFacts, who_approves
from tests.domain.asking import Asking, Wire, silent, without
from tests.rows import row

ask = Asking(
    LeaveFacts, lambda book, facts, asked, _: who_approves(book.leave, facts, asked), computed=True
)

CLERK: Wire = {"role": "clerk", "half_days": 4}
CHIEF: Wire = {"role": "chief_representative", "half_days": 1}
LEADERS = ("本部门分管领导", "中心分管领导")
STARTS = "2025-10-10T08:30:00+08:00"


@row("nanchang/36")
@pytest.mark.parametrize(
    ("facts", "approvers", "file_with"),
    [
        ({**CLERK, "half_days": 1}, ("首席代表",), ("中心管委会",)),
        (CLERK, ("首席代表",), ("中心管委会",)),
        (without(CLERK, "half_days"), ("首席代表",), ("中心管委会",)),
        (CHIEF, (), ("中心管委会",)),  # exactly half a day is within half a day
        ({**CHIEF, "half_days": 2}, LEADERS, ()),
        ({**CHIEF, "half_days": 20}, LEADERS, ()),
    ],
)
def test_nanchang_routes_by_role_and_length(
    facts: Wire, approvers: tuple[str, ...], file_with: tuple[str, ...]
) -> None:
    answered = ask("nanchang", facts)
    assert answered.outcome is Outcome.COMPUTED
    assert (answered.values.approvers, answered.values.file_with) == (approvers, file_with)
    assert answered.rows == {"nanchang/36"}


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        (without(CHIEF, "role"), ("facts.role",)),
        (without(CHIEF, "half_days"), ("facts.half_days",)),
    ],
)
def test_nanchang_needs_role_and_the_length_of_a_chiefs_leave(
    facts: Wire, missing: tuple[str, ...]
) -> None:
    answered = ask("nanchang", facts)
    assert (answered.outcome, answered.missing) == (Outcome.UNDETERMINED, missing)


@row("shapotou/12.2")
@pytest.mark.parametrize(
    ("requested_at", "reason", "outcome"),
    [
        ("2025-10-10T08:29:59+08:00", None, Outcome.COMPUTED),
        ("2025-10-10T00:29:59Z", None, Outcome.COMPUTED),
        ("2025-10-10T08:30:00+08:00", None, Outcome.REFUSED),  # not before the start
        ("2025-10-10T11:00:00+08:00", None, Outcome.REFUSED),
        ("2025-10-10T11:00:00+08:00", " ", Outcome.REFUSED),
        ("2025-10-10T11:00:00+08:00", "突发疾病", Outcome.COMPUTED),
    ],
)
def test_shapotou_wants_the_request_before_the_start_or_a_reason(
    requested_at: str, reason: str | None, outcome: Outcome
) -> None:
    facts = {"starts_at": STARTS, "requested_at": requested_at, "late_reason": reason}
    answered = ask("shapotou", facts)
    assert answered.outcome is outcome
    assert (answered.values.approvers, answered.values.file_with) == ((), ())
    assert answered.rows == {"shapotou/12.2"}
    assert ("leave_retroactive" in answered.cautions) is (reason == "突发疾病")


@pytest.mark.parametrize("name", ["requested_at", "starts_at"])
def test_shapotou_needs_both_moments(name: str) -> None:
    facts = {"starts_at": STARTS, "requested_at": "2025-10-09T09:00:00+08:00"}
    assert ask("shapotou", without(facts, name)).missing == (f"facts.{name}",)


UNSTAFFED: Wire = {
    "role": "clerk",
    "half_days": 2,
    "starts_at": STARTS,
    "leaves_window_unstaffed": True,
    "reported_on": "2025-10-09",
    "countermeasures_agreed_on": "2025-10-09",
}


@row("tianya/12.s2")
@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({}, Outcome.COMPUTED),
        ({"reported_on": "2025-10-01"}, Outcome.COMPUTED),
        ({"reported_on": "2025-10-10"}, Outcome.REFUSED),
        ({"reported_on": None}, Outcome.REFUSED),
        ({"countermeasures_agreed_on": None}, Outcome.REFUSED),
        ({"countermeasures_agreed_on": "2025-10-10"}, Outcome.COMPUTED),
        ({"countermeasures_agreed_on": "2025-10-11"}, Outcome.REFUSED),
        # 10-09T17:00Z is the 10th in Shanghai: one calendar day after the report.
        ({"starts_at": "2025-10-09T17:00:00Z"}, Outcome.COMPUTED),
        ({"starts_at": "2025-10-09T15:00:00Z"}, Outcome.REFUSED),
        ({"leaves_window_unstaffed": None}, Outcome.UNDETERMINED),
        ({"starts_at": None}, Outcome.UNDETERMINED),
    ],
)
def test_tianya_wants_a_report_a_day_ahead_and_agreed_measures(
    change: Wire, outcome: Outcome
) -> None:
    answered = ask("tianya", {**UNSTAFFED, **change})
    assert answered.outcome is outcome
    assert answered.rows == {"tianya/12.s2"}


@row("tianya/12.s2")
def test_tianya_asks_for_nothing_where_the_window_is_covered() -> None:
    covered = ask("tianya", {"leaves_window_unstaffed": False})
    assert (covered.outcome, covered.values.file_with) == (Outcome.COMPUTED, ())
    assert [found.provision for found in covered.answer.findings] == ["leave.covered"]
    assert ask("tianya", UNSTAFFED).values.file_with == ("区行政审批服务局",)


@pytest.mark.parametrize("facts", [CLERK, CHIEF, UNSTAFFED])
@pytest.mark.parametrize("regulation", ["erdos-hitech", "aohan", "national"])
def test_the_others_have_no_rule_on_leave(regulation: str, facts: Wire) -> None:
    assert silent(ask(regulation, facts))


@pytest.mark.parametrize("half_days", range(6))
@pytest.mark.parametrize("role", ["clerk", "chief_representative"])
def test_every_leave_has_a_route(role: str, half_days: int) -> None:
    answered = ask("nanchang", {"role": role, "half_days": half_days})
    assert answered.outcome is Outcome.COMPUTED


def test_a_leave_is_not_shorter_than_nothing() -> None:
    with pytest.raises(ImpossibleFact):
        ask("nanchang", {"role": "clerk", "half_days": -1})
