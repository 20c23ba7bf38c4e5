"""Leaving the post (离岗): consent, shadowing and hand-over before a change is executed."""

from datetime import date, timedelta

import pytest

from app.domain.decision import Outcome, Result
from app.domain.provision import Breach
from tests.domain.changing import LAWFUL, lawful
from tests.rows import row

PERMITTED, REFUSED = Outcome.PERMITTED, Outcome.REFUSED
UNDETERMINED = Outcome.UNDETERMINED


@pytest.mark.parametrize("regulation", ["erdos-hitech", "shapotou", "tianya"])
def test_consent_is_needed_to_leave_and_not_to_file(regulation: str) -> None:
    assert lawful(regulation, approved=None).outcome is REFUSED
    assert lawful(regulation, approved=False).outcome is REFUSED
    assert lawful(regulation, approved=None, stage="file").outcome is PERMITTED


@pytest.mark.parametrize("regulation", ["erdos-hitech", "shapotou", "tianya"])
def test_consent_after_the_change_is_no_consent(regulation: str) -> None:
    after = date.fromisoformat(LAWFUL[regulation]["effective_on"]) + timedelta(days=1)
    assert lawful(regulation, approved_on=after.isoformat()).outcome is REFUSED


@pytest.mark.parametrize("regulation", ["erdos-hitech", "shapotou"])
def test_consent_on_the_day_itself_will_do(regulation: str) -> None:
    on_the_day = LAWFUL[regulation]["effective_on"]
    assert lawful(regulation, approved_on=on_the_day).outcome is PERMITTED


@pytest.mark.parametrize("regulation", ["nanchang", "aohan"])
def test_filing_needs_no_consent(regulation: str) -> None:
    assert lawful(regulation, approved=False, stage="execute").outcome is PERMITTED


# 高新区 第十八条: the successor is familiar before the person leaves.
@row("erdos-hitech/18")
@pytest.mark.parametrize(
    ("confirmed_on", "by", "expected"),
    [
        ("2025-10-10", "window_head", PERMITTED),
        ("2025-10-10", "centre", PERMITTED),
        ("2025-10-11", "centre", REFUSED),
        ("2025-10-09", "outgoing", REFUSED),
        ("2025-10-09", "incoming", REFUSED),
        ("2025-10-09", None, UNDETERMINED),
        (None, "centre", REFUSED),
        (None, None, REFUSED),
    ],
)
def test_nobody_leaves_before_the_successor_is_familiar(
    confirmed_on: str | None, by: str | None, expected: Outcome
) -> None:
    successor = {"familiar_confirmed_on": confirmed_on, "familiar_confirmed_by": by}
    assert lawful("erdos-hitech", successor=successor).outcome is expected
    assert lawful("erdos-hitech", successor=successor, stage="file").outcome is PERMITTED


@row("erdos-hitech/18")
def test_a_confirmation_by_the_two_persons_is_not_theirs_to_give() -> None:
    by_himself = {"familiar_confirmed_on": "2025-10-09", "familiar_confirmed_by": "incoming"}
    answer = lawful("erdos-hitech", successor=by_himself)
    assert [f.breach for f in answer.answer.findings if f.result is Result.VIOLATED] == [
        Breach.NOT_ENTITLED
    ]


@row("erdos-hitech/18")
@pytest.mark.parametrize(
    ("ground", "reason", "expected"),
    [
        ("health", "住院，由B岗代行", PERMITTED),
        ("left_department", "已赴新单位报到", PERMITTED),
        ("left_department", None, REFUSED),
        ("other", "另有任务", REFUSED),
    ],
)
def test_who_cannot_wait_is_released_with_a_reason(
    ground: str, reason: str | None, expected: Outcome
) -> None:
    answer = lawful("erdos-hitech", successor=None, ground=ground, reason=reason)
    assert answer.outcome is expected


@row("tianya/13.s2", "tianya/13.s3")
@pytest.mark.parametrize(
    ("shadow_from", "shadow_to", "effective_on", "expected"),
    [
        ("2025-10-13", None, "2025-10-19", REFUSED),
        ("2025-10-13", None, "2025-10-20", PERMITTED),
        ("2025-10-13", "2025-10-19", "2025-10-20", PERMITTED),
        ("2025-10-13", "2025-10-18", "2025-10-20", REFUSED),
        ("2025-10-10", None, "2025-10-20", PERMITTED),
        ("2025-10-09", None, "2025-10-20", REFUSED),  # before the consent of the 10th
        (None, None, "2025-10-20", REFUSED),
    ],
)
def test_a_week_at_the_window_after_consent(
    shadow_from: str | None, shadow_to: str | None, effective_on: str, expected: Outcome
) -> None:
    successor = LAWFUL["tianya"]["successor"] | {
        "shadow_from": shadow_from,
        "shadow_to": shadow_to,
    }
    answer = lawful("tianya", successor=successor, effective_on=effective_on, filed_on="2025-09-01")
    assert answer.outcome is expected
    assert answer.violated <= {"tianya/13.s2"}


@row("tianya/13.s2")
@pytest.mark.parametrize(
    ("shadow_from", "warned"),
    [("2025-10-13", False), ("2025-10-01", True), ("2025-09-25", False), ("2025-09-30", True)],
)
def test_a_week_of_holidays_is_a_warning(shadow_from: str, *, warned: bool) -> None:
    successor = LAWFUL["tianya"]["successor"] | {"shadow_from": shadow_from}
    answer = lawful(
        "tianya", successor=successor, approved_on="2025-09-20", effective_on="2025-10-20"
    )
    assert answer.outcome is PERMITTED
    assert ("shadow_working_days_few" in answer.cautions) is warned
