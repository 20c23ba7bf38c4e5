"""What stands against a clock: ceilings, green channel, exclusions, extensions."""

from datetime import date

import pytest

from app.domain.casework.case_facts import Status
from app.domain.decision import Outcome, missing_in
from tests.domain.timing import (
    LOCAL,
    Json,
    accepted,
    ask,
    outcome,
    promised,
    values,
    violated,
)
from tests.rows import row


@row("shapotou/12.5")
@row("aohan/34")
@pytest.mark.parametrize(
    ("regulation", "rows"), [("shapotou", {"shapotou/12.5"}), ("aohan", {"aohan/34"})]
)
def test_a_promise_above_the_statute_is_refused_and_the_statute_counts(
    regulation: str, rows: set[str]
) -> None:
    facts = accepted("2025-09-30", item=promised(21, 20))
    answer = ask(regulation, facts)
    assert violated(answer) == rows
    assert answer.values.limit_days == 20
    assert violated(ask(regulation, accepted("2025-09-30", item=promised(20, 20)))) == set()


@row("erdos-hitech/14.5.s3")
@pytest.mark.parametrize("regulation", ["erdos-hitech", "nanchang", "tianya"])
def test_the_other_texts_set_no_ceiling_but_the_national_layer_does(regulation: str) -> None:
    facts = accepted("2025-09-30", item=promised(21, 20))
    assert outcome(ask(regulation, facts)) is Outcome.COMPUTED
    assert ask(regulation, facts).values.limit_days == 21
    laid_in = ask(regulation, facts, national=True)
    assert violated(laid_in) == {"national/xk-42.1"}
    assert laid_in.values.limit_days == 20


@row("national/xk-42.1")
def test_the_licensing_law_gives_twenty_days_where_nothing_else_is_set() -> None:
    facts = accepted("2026-09-30", item={"kind": "promised"})
    assert values("national", facts, on="2026-10-09").due_on == date(2026, 11, 3)


@row("nanchang/13.s2")
@row("aohan/13.2")
@pytest.mark.parametrize("regulation", LOCAL)
def test_an_instant_item_is_due_on_the_day_of_acceptance(regulation: str) -> None:
    facts = accepted("2025-10-10", item={"kind": "instant"})
    found = values(regulation, facts, on="2025-10-10")
    assert (found.limit_days, found.due_on) == (0, date(2025, 10, 10))
    assert found.status is Status.DUE_TODAY
    assert values(regulation, facts, on="2025-10-11").status is Status.OVERDUE


@row("nanchang/24")
@pytest.mark.parametrize(
    ("promise", "wanted", "limit", "due", "lawful"),
    [
        (15, None, 7, "2025-10-15", True),
        (15, 7, 7, "2025-10-15", True),
        (15, 8, 7, "2025-10-15", False),
        (10, 5, 5, "2025-10-13", True),
        (10, 6, 5, "2025-10-13", False),
        (1, 0, 0, "2025-09-29", True),
        (1, 1, 0, "2025-09-29", False),
    ],
)
def test_the_green_channel_takes_at_most_half_the_promise(
    promise: int, wanted: int | None, limit: int, due: str, *, lawful: bool
) -> None:
    facts = accepted("2025-09-29", item=promised(promise), green_channel={"limit_days": wanted})
    answer = ask("nanchang", facts)
    assert answer.values.limit_days == limit
    assert answer.values.due_on == date.fromisoformat(due)
    assert violated(answer) == (set() if lawful else {"nanchang/24"})


@row("aohan/40")
def test_no_halving_leaks_out_of_nanchang() -> None:
    for regulation in ("erdos-hitech", "shapotou", "aohan", "tianya"):
        facts = accepted("2025-09-29", item=promised(10), green_channel={})
        assert values(regulation, facts).limit_days == 10


@row("aohan/34")
def test_an_exclusion_counts_out_only_where_the_guide_announced_it() -> None:
    hearing = {"kind": "hearing", "from": "2026-09-21", "to": "2026-09-28"}
    announced = {**hearing, "announced_in_guide": True}
    hidden = {**hearing, "announced_in_guide": False}
    facts = accepted("2026-09-17", item=promised(10))
    stopped = ask("aohan", {**facts, "exclusions": [announced]}, on="2026-09-17")
    assert stopped.values.due_on == date(2026, 10, 14)
    refused = ask("aohan", {**facts, "exclusions": [hidden]}, on="2026-09-17")
    assert violated(refused) == {"aohan/34"}
    assert refused.values.due_on == date(2026, 10, 8)
    unsaid = ask("aohan", {**facts, "exclusions": [hearing]}, on="2026-09-17")
    assert outcome(unsaid) is Outcome.UNDETERMINED
    assert missing_in(unsaid.findings) == ("facts.exclusions.0.announced_in_guide",)


@row("national/xk-45")
def test_with_the_national_layer_the_applicant_must_have_been_told_in_writing() -> None:
    hearing = {"kind": "hearing", "from": "2026-09-21", "to": "2026-09-28"}
    told = {**hearing, "applicant_told_in_writing": True}
    facts = accepted("2026-09-17", item=promised(10))
    for regulation in ("erdos-hitech", "shapotou", "nanchang", "tianya"):
        alone = ask(regulation, {**facts, "exclusions": [told]}, on="2026-09-17")
        assert alone.values.due_on == date(2026, 10, 8)
        assert [caution.code for caution in alone.cautions].count("exclusion_without_rule") == 1
        stopped = ask(regulation, {**facts, "exclusions": [told]}, "2026-09-17", national=True)
        assert stopped.values.due_on == date(2026, 10, 14)
        untold = ask(regulation, {**facts, "exclusions": [hearing]}, "2026-09-17", national=True)
        assert violated(untold) == {"national/xk-45"}
        assert untold.values.due_on == date(2026, 10, 8)


def test_under_aohan_and_the_law_both_conditions_hold() -> None:
    hearing = {"kind": "hearing", "from": "2026-09-21", "to": "2026-09-28"}
    announced = {**hearing, "announced_in_guide": True}
    facts = accepted("2026-09-17", item=promised(10), exclusions=[announced])
    answer = ask("aohan", facts, on="2026-09-17", national=True)
    assert violated(answer) == {"national/xk-45"}
    assert answer.values.due_on == date(2026, 10, 8)


@row("aohan/34")
def test_the_promise_is_final_in_aohan_also_where_the_law_would_extend() -> None:
    facts = accepted("2025-09-30", extension={"days": 5, "approved_by": "局长"})
    assert violated(ask("aohan", facts)) == {"aohan/34"}
    assert violated(ask("aohan", facts, national=True)) == {"aohan/34"}
    assert values("aohan", facts, national=True).limit_days == 5


@row("aohan/34")
def test_a_final_promise_is_not_extended_even_before_it_is_known() -> None:
    """The refusal goes before what is missing, and the missing fact is named all the same."""
    facts = accepted("2025-09-30", item=promised(None), extension={"days": 5})
    answer = ask("aohan", facts)
    assert outcome(answer) is Outcome.REFUSED
    assert violated(answer) == {"aohan/34"}
    assert missing_in(answer.findings) == ("facts.item.promised_days",)


@pytest.mark.parametrize("item", [{"kind": "instant"}, promised(None), promised(5)])
@pytest.mark.parametrize("regulation", ["erdos-hitech", "shapotou", "nanchang"])
def test_an_extension_that_no_text_knows_is_always_said(regulation: str, item: Json) -> None:
    extension = {"days": 5, "approved_by": "局长"}
    facts = accepted("2025-09-30", item=item, extension=extension)
    codes = [caution.code for caution in ask(regulation, facts).cautions]
    assert codes.count("exclusion_without_rule") == 1


@row("national/xk-42.1")
@pytest.mark.parametrize(
    ("extension", "limit", "lawful"),
    [
        ({"days": 10, "approved_by": "局长"}, 30, True),
        ({"days": 11, "approved_by": "局长"}, 30, False),
        ({"days": 10, "approved_by": " "}, 20, False),
        ({"days": 10}, 20, False),
    ],
)
def test_the_law_extends_once_by_at_most_ten_days_with_an_approver(
    extension: Json, limit: int, *, lawful: bool
) -> None:
    facts = accepted("2025-09-30", item=promised(20), extension=extension)
    answer = ask("nanchang", facts, national=True)
    assert violated(answer) == (set() if lawful else {"national/xk-42.1"})
    assert answer.values.limit_days == limit
    unknown = ask("nanchang", facts)
    assert unknown.values.limit_days == 20
    assert "exclusion_without_rule" in [caution.code for caution in unknown.cautions]
