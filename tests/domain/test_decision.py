"""A decision is as grave as its gravest finding, and lets nothing through that stands
against it."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.decision import (
    Decision,
    DecisionStandsAgainst,
    Finding,
    Outcome,
    OverrideRequired,
    RefusedByRegulation,
    Result,
    Undetermined,
    missing_in,
    outcome_of,
)
from app.domain.provision import Bare, Force, Provision

GRAVITY = [
    Outcome.NO_RULE,
    Outcome.PERMITTED,
    Outcome.OVERRIDE_REQUIRED,
    Outcome.UNDETERMINED,
    Outcome.REFUSED,
]
results = st.sampled_from(Result)


def finding(result: Result) -> Finding:
    return Finding(provision(), result)


def provision(force: Force = Force.BINDING) -> Provision[Bare]:
    return Provision(
        article="第八条",
        rows=("nanchang/8.s1",),
        summary="…",
        message="最早{expected}，拟于{actual}",
        terms=Bare(),
        force=force,
        name="rotation.notice",
    )


def decision(outcome: Outcome, *findings: Finding) -> Decision:
    return Decision(
        question="q",
        rulebook="r",
        edition="e",
        on=date(2025, 10, 9),
        outcome=outcome,
        findings=findings,
    )


@given(st.lists(results), results)
def test_one_more_finding_never_makes_a_decision_lighter(some: list[Result], more: Result) -> None:
    before = outcome_of(map(finding, some))
    after = outcome_of(map(finding, [*some, more]))
    assert GRAVITY.index(after) >= GRAVITY.index(before)


def test_where_nothing_is_found_or_nothing_applies_the_regulation_is_silent() -> None:
    assert outcome_of(()) is Outcome.NO_RULE
    assert outcome_of((finding(Result.NOT_APPLICABLE),), computed=True) is Outcome.NO_RULE


@pytest.mark.parametrize(
    ("results", "outcome"),
    [
        ([Result.SATISFIED, Result.UNKNOWN, Result.VIOLATED], Outcome.REFUSED),
        ([Result.OVERRIDABLE, Result.UNKNOWN], Outcome.UNDETERMINED),
        ([Result.SATISFIED, Result.OVERRIDABLE], Outcome.OVERRIDE_REQUIRED),
        ([Result.SATISFIED, Result.NOT_APPLICABLE], Outcome.PERMITTED),
    ],
)
def test_precedence(results: list[Result], outcome: Outcome) -> None:
    assert outcome_of(map(finding, results)) is outcome


def test_a_soft_provision_is_overridable_and_a_binding_one_is_violated() -> None:
    assert Finding.under(provision(Force.WAIVABLE), met=False).result is Result.OVERRIDABLE
    assert Finding.under(provision(), met=False).result is Result.VIOLATED
    assert Finding.under(provision(), met=None).result is Result.UNKNOWN


def test_missing_facts_are_named_once_in_order() -> None:
    findings = [Finding.unknown(provision(), "facts.b", "facts.a"), finding(Result.SATISFIED)]
    assert missing_in([*findings, Finding.unknown(provision(), "facts.a")]) == (
        "facts.b",
        "facts.a",
    )


def test_the_message_carries_the_typed_facts() -> None:
    day = Finding.under(
        provision(), met=False, expected=date(2025, 10, 13), actual=date(2025, 10, 11)
    )
    assert "2025-10-13" in day.message
    assert "2025-10-11" in day.message


def test_an_instant_is_said_as_the_clock_shows_it_in_shanghai() -> None:
    late = datetime(2025, 10, 14, 16, 30, tzinfo=UTC)
    said = Finding.under(provision(), met=False, actual=late)
    assert "2025-10-15 00:30" in said.message


@pytest.mark.parametrize(
    ("outcome", "raised"),
    [
        (Outcome.REFUSED, RefusedByRegulation),
        (Outcome.UNDETERMINED, Undetermined),
        (Outcome.OVERRIDE_REQUIRED, OverrideRequired),
    ],
)
def test_an_act_needs_a_decision_that_lets_it_through(
    outcome: Outcome, raised: type[DecisionStandsAgainst]
) -> None:
    with pytest.raises(raised):
        decision(outcome, finding(Result.VIOLATED)).require()


@pytest.mark.parametrize("outcome", [Outcome.PERMITTED, Outcome.COMPUTED, Outcome.NO_RULE])
def test_what_nothing_stands_against_passes(outcome: Outcome) -> None:
    passed = decision(outcome)
    assert passed.require() is passed


def test_only_the_gravest_findings_stand_against() -> None:
    violated, soft = finding(Result.VIOLATED), finding(Result.OVERRIDABLE)
    assert list(decision(Outcome.REFUSED, soft, violated).against()) == [violated]
