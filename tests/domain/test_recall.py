"""Recall (退回): which ground holds under which text, who decides, and with what effect."""

from datetime import date
from typing import Any

import pytest

from app.domain.decision import Outcome
from app.domain.staffing.recall import Effect, RecallFacts, may_be_recalled
from tests.domain.asking import REGULATIONS, Asking, Wire, silent, without
from tests.rows import row

ask = Asking(RecallFacts, lambda book, facts, asked, _: may_be_recalled(book.recall, facts, asked))

BREACH: Wire = {"ground": "serious_breach", "decided_by": "bureau", "major_bad_effect": True}
UNLAWFUL: Wire = {"ground": "unlawful_act", "decided_by": "bureau", "evidence": "判决书"}
ERRORS: Wire = {
    "ground": "case_errors",
    "decided_by": "bureau",
    "errors": ["2025-06-03", "2025-03-03", "2025-08-04"],
    "training_on": "2025-08-20",
    "retest": {"on": "2025-09-10", "passed": False},
}
UPHELD: Wire = {
    "ground": "upheld_complaints",
    "decided_by": "bureau",
    "complaints": [{"verified": True, "main_fault": True}] * 3,
    "extremely_bad_effect": True,
}
FAILED: Wire = {
    "ground": "failed_assessment",
    "decided_by": "bureau",
    "assessment": {"result": "不合格", "final": True},
}
OTHER: Wire = {"ground": "other", "decided_by": "bureau", "reason": "泄露申请人材料"}
QUARTERS: Wire = {"ground": "consecutive_failed_quarters", "decided_by": "bureau"}
UNSUITABLE: Wire = {"ground": "unsuitable", "decided_by": "centre", "written": True}
DISOBEDIENT: Wire = {**UNSUITABLE, "ground": "disobedient", "admonitions": 3}
THREE: Wire = {"admonitions_min": 3}


def quarters(*results: tuple[int, int, str]) -> dict[str, Any]:  # Any: JSON
    stated = [
        {"year": year, "quarter": quarter, "result": result} for year, quarter, result in results
    ]
    return {**QUARTERS, "quarters": stated}


RETURN = Effect.MUST_RETURN
TWO_FAILED = quarters((2025, 4, "fail"), (2026, 1, "fail"))
HOLDS = [
    ("tianya", BREACH, Effect.MUST_RETURN, "tianya/14.1"),
    ("tianya", UNLAWFUL, Effect.MUST_RETURN, "tianya/14.2"),
    ("tianya", ERRORS, Effect.MUST_RETURN, "tianya/14.3"),
    ("tianya", UPHELD, Effect.MUST_RETURN, "tianya/14.4"),
    ("tianya", FAILED, Effect.MUST_RETURN, "tianya/14.5"),
    ("tianya", OTHER, Effect.MUST_RETURN, "tianya/14.6"),
    ("shapotou", TWO_FAILED, Effect.MUST_RETURN, "shapotou/29.s2"),  # across the year's end
    ("shapotou", {**TWO_FAILED, "decided_by": "centre"}, Effect.MUST_RETURN, "shapotou/29.s2"),
    ("nanchang", UNSUITABLE, Effect.MUST_RETURN, "nanchang/8.s3"),
    ("nanchang", DISOBEDIENT, Effect.MUST_RETURN, "nanchang/8.s3"),
    ("nanchang", {**BREACH, "decided_by": "centre"}, Effect.MUST_RETURN, "nanchang/53.2"),
    ("erdos-hitech", DISOBEDIENT, Effect.MAY_RETURN, "erdos-hitech/19.1.s1"),
    ("aohan", UNSUITABLE, Effect.MAY_SUGGEST, "aohan/25"),
    ("aohan", {**BREACH, "decided_by": "centre"}, Effect.MAY_SUGGEST, "aohan/25"),
    ("aohan", {**UNLAWFUL, "decided_by": "centre"}, Effect.MAY_SUGGEST, "aohan/25"),
]


@row("tianya/14", "tianya/14.1", "tianya/14.2", "tianya/14.3", "tianya/14.4", "tianya/14.5")
@row("tianya/14.6", "shapotou/29.s2", "nanchang/8.s3", "nanchang/53.2", "aohan/25")
@row("erdos-hitech/19.1.s1")
@pytest.mark.parametrize(("regulation", "facts", "effect", "cited"), HOLDS)
def test_a_ground_that_holds_has_the_effect_of_its_text(
    regulation: str, facts: Wire, effect: Effect, cited: str
) -> None:
    answered = ask(regulation, facts, settings=THREE)
    assert (answered.outcome, answered.values.effect) == (Outcome.PERMITTED, effect)
    assert cited in answered.rows
    assert {one.partition("/")[0] for one in answered.rows} == {regulation}


GROUNDS = (BREACH, UNLAWFUL, ERRORS, UPHELD, FAILED, OTHER, TWO_FAILED, UNSUITABLE, DISOBEDIENT)
KNOWN = {
    "tianya": {"serious_breach", "unlawful_act", "case_errors", "upheld_complaints"}
    | {"failed_assessment", "other"},
    "shapotou": {"consecutive_failed_quarters"},
    "nanchang": {"unsuitable", "disobedient", "serious_breach"},
    "erdos-hitech": {"disobedient"},
    "aohan": {"unsuitable", "serious_breach", "unlawful_act"},
}
MAY = {
    "tianya": {"bureau"},
    "shapotou": {"bureau", "centre"},
    "nanchang": {"centre"},
    "erdos-hitech": {"centre"},
    "aohan": {"centre"},
}


@row("tianya/14", "aohan/25", "nanchang/8.s3", "shapotou/29.s2", "erdos-hitech/19.1.s1")
@pytest.mark.parametrize("decider", ["bureau", "centre", "community", "department"])
@pytest.mark.parametrize("facts", GROUNDS, ids=lambda facts: str(facts["ground"]))
@pytest.mark.parametrize("regulation", KNOWN)
def test_only_the_named_decider_may_and_only_on_a_listed_ground(
    regulation: str, facts: Wire, decider: str
) -> None:
    answered = ask(regulation, {**facts, "decided_by": decider}, settings=THREE)
    lawful = facts["ground"] in KNOWN[regulation] and decider in MAY[regulation]
    assert answered.outcome is (Outcome.PERMITTED if lawful else Outcome.REFUSED)
    assert (answered.values.effect is Effect.NONE) is not lawful


@pytest.mark.parametrize("facts", GROUNDS)
def test_the_national_layer_is_silent(facts: Wire) -> None:
    assert silent(ask("national", facts))


BROKEN = [
    {**BREACH, "major_bad_effect": False},
    {**ERRORS, "errors": ["2025-03-03", "2025-06-03"]},
    {**ERRORS, "errors": []},
    {**ERRORS, "training_on": "2025-08-04"},  # not after the third error
    {**ERRORS, "training_on": "2025-07-01"},
    {**ERRORS, "retest": {"on": "2025-09-10", "passed": True}},
    {**ERRORS, "retest": {"on": "2025-08-19", "passed": False}},  # before the training
    {**UPHELD, "extremely_bad_effect": False},
    {**UPHELD, "complaints": [{"verified": True, "main_fault": True}] * 2},
    {
        **UPHELD,
        "complaints": [{"verified": True, "main_fault": True}] * 2
        + [{"verified": True, "main_fault": False}, {"verified": False, "main_fault": True}],
    },
    {**FAILED, "assessment": {"result": "合格", "final": True}},
    {**FAILED, "assessment": {"result": "不合格", "final": False}},
]


@row("tianya/14.1", "tianya/14.3", "tianya/14.4", "tianya/14.5")
@pytest.mark.parametrize("facts", BROKEN)
def test_tianya_joins_what_a_ground_asks_for_by_and(facts: Wire) -> None:
    answered = ask("tianya", facts)
    assert (answered.outcome, answered.values.effect) == (Outcome.REFUSED, Effect.NONE)


@row("tianya/14.3")
def test_three_errors_are_three_or_more_and_alone_return_nobody() -> None:
    alone = {"ground": "case_errors", "decided_by": "bureau", "errors": ERRORS["errors"]}
    answered = ask("tianya", alone)
    assert (answered.outcome, answered.values.effect) == (Outcome.UNDETERMINED, None)
    assert answered.missing == ("facts.training_on", "facts.retest")
    # The training follows the third error; a fourth one after it does not undo the ground.
    four = {**ERRORS, "errors": [*ERRORS["errors"], "2025-09-01"]}
    assert ask("tianya", four).values.effect is Effect.MUST_RETURN


MISSING = [
    ("tianya", BREACH, "major_bad_effect"),
    ("tianya", UNLAWFUL, "evidence"),
    ("tianya", ERRORS, "errors"),
    ("tianya", ERRORS, "training_on"),
    ("tianya", ERRORS, "retest"),
    ("tianya", UPHELD, "complaints"),
    ("tianya", UPHELD, "extremely_bad_effect"),
    ("tianya", FAILED, "assessment"),
    ("tianya", OTHER, "reason"),
    ("shapotou", TWO_FAILED, "quarters"),
    ("erdos-hitech", DISOBEDIENT, "admonitions"),
    ("aohan", {**UNLAWFUL, "decided_by": "centre"}, "evidence"),
    *((regulation, UNSUITABLE, "ground") for regulation in ("nanchang", "aohan")),
    ("tianya", OTHER, "ground"),
    ("shapotou", TWO_FAILED, "ground"),
    ("erdos-hitech", DISOBEDIENT, "ground"),
    ("tianya", OTHER, "decided_by"),
    ("shapotou", TWO_FAILED, "decided_by"),
    ("nanchang", UNSUITABLE, "decided_by"),
    ("aohan", UNSUITABLE, "decided_by"),
    ("erdos-hitech", DISOBEDIENT, "decided_by"),
]


@pytest.mark.parametrize(("regulation", "facts", "name"), MISSING)
def test_a_missing_fact_leaves_the_effect_open(regulation: str, facts: Wire, name: str) -> None:
    answered = ask(regulation, without(facts, name), settings=THREE)
    assert (answered.outcome, answered.values.effect) == (Outcome.UNDETERMINED, None)
    assert answered.missing == (f"facts.{name}",)


@row("tianya/14.2", "tianya/14.6")
def test_a_blank_reason_or_document_is_none() -> None:
    assert ask("tianya", {**OTHER, "reason": "  "}).missing == ("facts.reason",)
    assert ask("tianya", {**UNLAWFUL, "evidence": ""}).missing == ("facts.evidence",)


@row("tianya/14.4")
def test_a_complaint_of_which_not_all_is_known_is_neither_counted_nor_dropped() -> None:
    proven = [{"verified": True, "main_fault": True}]
    open_ = ask("tianya", {**UPHELD, "complaints": [*proven, *proven, {"verified": True}]})
    assert (open_.outcome, open_.missing) == (Outcome.UNDETERMINED, ("facts.complaints",))
    enough = ask("tianya", {**UPHELD, "complaints": [*(proven * 3), {"verified": True}]})
    assert enough.outcome is Outcome.PERMITTED


ROWS_OF_QUARTERS = [
    (((2025, 3, "fail"), (2025, 4, "fail")), Effect.MUST_RETURN),
    (((2026, 1, "fail"), (2025, 4, "fail")), Effect.MUST_RETURN),  # in any order
    (((2025, 1, "fail"), (2025, 2, "pass"), (2025, 3, "fail")), Effect.NONE),
    (((2025, 3, "fail"), (2025, 4, "annulled")), Effect.NONE),
    (((2025, 2, "fail"), (2025, 3, "annulled"), (2025, 4, "fail")), Effect.NONE),
    (((2025, 2, "fail"), (2025, 3, "missing"), (2025, 4, "fail")), None),  # for a person
    (((2025, 2, "fail"), (2025, 4, "fail")), None),  # the third is not stated
    (((2025, 2, "fail"), (2025, 3, "missing"), (2025, 4, "pass")), Effect.NONE),
    (((2025, 3, "missing"), (2025, 4, "fail")), Effect.NONE),
    (((2025, 1, "fail"), (2025, 3, "fail"), (2025, 4, "fail")), Effect.MUST_RETURN),
    (((2025, 1, "fail"), (2025, 2, "fail"), (2025, 3, "pass")), Effect.MUST_RETURN),
    (((2025, 4, "fail"),), Effect.NONE),
    ((), Effect.NONE),
]


@row("shapotou/29.s2")
@pytest.mark.parametrize(("results", "effect"), ROWS_OF_QUARTERS)
def test_two_failed_quarters_on_end_and_no_gap_filled_by_itself(
    results: tuple[tuple[int, int, str], ...], effect: Effect | None
) -> None:
    answered = ask("shapotou", quarters(*results))
    assert answered.values.effect is effect
    assert answered.missing == (("facts.quarters",) if effect is None else ())


def test_a_quarter_of_which_not_all_is_known_is_for_a_person() -> None:
    stated = [{"year": 2025, "quarter": 3, "result": "fail"}, {"year": 2025, "quarter": 4}]
    assert ask("shapotou", {**QUARTERS, "quarters": stated}).missing == ("facts.quarters",)


@row("shapotou/29.s2")
@pytest.mark.parametrize(
    ("results", "effect"),
    [
        (((2025, 3, "fail"), (2025, 3, "fail")), Effect.NONE),  # one quarter, said twice
        (((2025, 2, "pass"), (2025, 3, "fail"), (2025, 2, "pass")), Effect.NONE),
        (((2025, 2, "fail"), (2025, 3, "pass"), (2025, 3, "fail")), None),  # which of the two?
        (((2025, 2, "fail"), (2025, 3, "fail"), (2025, 3, "pass")), None),
        (((2025, 2, "fail"), (2025, 3, "fail"), (2025, 3, "annulled")), None),
        (((2025, 1, "fail"), (2025, 2, "fail"), (2025, 3, "fail"), (2025, 3, "pass")), RETURN),
    ],
)
def test_a_quarter_with_two_results_has_none_that_is_known(
    results: tuple[tuple[int, int, str], ...], effect: Effect | None
) -> None:
    for stated in (results, results[::-1]):
        answered = ask("shapotou", quarters(*stated))
        assert answered.values.effect is effect
        assert answered.missing == (("facts.quarters",) if effect is None else ())


@row("erdos-hitech/19.1.s1")
@pytest.mark.parametrize(
    ("settings", "admonitions", "outcome"),
    [
        (THREE, 2, Outcome.REFUSED),
        (THREE, 3, Outcome.PERMITTED),
        (THREE, 4, Outcome.PERMITTED),
        ({"admonitions_min": 2}, 2, Outcome.PERMITTED),
        ({"admonitions_min": 1}, 9, Outcome.UNDETERMINED),  # 多次 is more than once
        (None, 9, Outcome.UNDETERMINED),
    ],
)
def test_how_often_is_often_is_a_setting_of_the_centre(
    settings: Wire | None, admonitions: int, outcome: Outcome
) -> None:
    answered = ask("erdos-hitech", {**DISOBEDIENT, "admonitions": admonitions}, settings=settings)
    assert answered.outcome is outcome
    if outcome is Outcome.UNDETERMINED:
        assert answered.missing == ("settings.admonitions_min",)


@row("nanchang/8.s3")
@pytest.mark.parametrize(
    "facts", [without(UNSUITABLE, "written"), {**DISOBEDIENT, "written": False}]
)
def test_nanchang_demands_in_writing(facts: Wire) -> None:
    assert ask("nanchang", facts).violated == {"nanchang/8.s3"}
    assert ask("nanchang", {**BREACH, "decided_by": "centre"}).outcome is Outcome.PERMITTED


@row("nanchang/8.s3", "nanchang/53.2")
@pytest.mark.parametrize("facts", [UNSUITABLE, {**BREACH, "decided_by": "centre"}])
def test_nanchang_gives_seven_working_days_from_delivery(facts: Wire) -> None:
    values = ask("nanchang", {**facts, "delivered_on": "2025-09-26"}).values
    assert (values.replacement_due_on, values.provisional) == (date(2025, 10, 13), False)
    assert ask("nanchang", facts).values.replacement_due_on is None
    refused = {**facts, "delivered_on": "2025-09-26", "decided_by": "department"}
    assert ask("nanchang", refused).values.replacement_due_on is None


def test_a_deadline_in_an_unpublished_year_is_provisional() -> None:
    answered = ask("nanchang", {**UNSUITABLE, "delivered_on": "2026-12-30"})
    assert answered.values.provisional
    assert "calendar_unpublished" in answered.cautions


@pytest.mark.parametrize(
    "regulation", [name for name in REGULATIONS if name not in ("nanchang", "national")]
)
def test_no_other_text_has_a_deadline_for_the_replacement(regulation: str) -> None:
    facts = next(facts for name, facts, *_ in HOLDS if name == regulation)
    answered = ask(regulation, {**facts, "delivered_on": "2025-09-26"}, settings=THREE)
    assert answered.values.replacement_due_on is None
