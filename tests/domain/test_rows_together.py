"""Rows that several provisions serve together: all conditions at once, one process, one limit."""

from datetime import date
from typing import Any

import pytest

from app.domain.casework.acts import Deciding
from app.domain.casework.case import Stage, TransitionRefused, Verdict
from app.domain.casework.case_facts import TimeLimitFacts
from app.domain.casework.time_limit import when_due
from app.domain.casework.weighing import take
from app.domain.decision import Outcome
from app.domain.staffing.dispatch import may_be_dispatched
from app.domain.staffing.dispatch_facts import DispatchFacts
from tests.domain.asking import Asking
from tests.domain.told_cases import decided, law, moment, received
from tests.rows import row

dispatch = Asking(
    DispatchFacts, lambda book, facts, asked, _: may_be_dispatched(book.dispatch, facts, asked)
)
time_limit = Asking(
    TimeLimitFacts,
    lambda book, facts, asked, _: when_due(book.time_limit, facts, asked),
    computed=True,
)
SIX = (  # 高新区第十五条（一）
    "political_conduct",
    "approval_qualification",
    "business_knowledge",
    "teamwork_and_service",
    "accepts_management",
    "pre_post_training",
)
FOUR = (  # 天涯区第十一条
    "computer_skill",
    "speech_and_manner",
    "dress_and_courtesy",
    "patience_and_record",
)


def nominated(regulation: str, conditions: dict[str, str]) -> Outcome:
    candidate: dict[str, Any] = {"conditions": conditions}  # Any: JSON
    place = "community_station"
    if regulation == "erdos-hitech":
        place = "county_hall"
        reviews = ("identity", "enforcement_qualification", "business_knowledge", "computer_skill")
        candidate |= {
            "employment_status": "in_service",
            "reviews": dict.fromkeys(reviews, "pass"),
            "enforcement_qualification_valid_until": "2026-12-31",
        }
    facts = {"unit_type": place, "start_on": "2025-10-09", "candidate": candidate}
    return dispatch(regulation, facts).outcome


@row("erdos-hitech/15", "erdos-hitech/15.1", "tianya/11")
@pytest.mark.parametrize(
    ("regulation", "name"),
    [*(("erdos-hitech", name) for name in SIX), *(("tianya", name) for name in FOUR)],
)
def test_all_conditions_hold_together_and_each_alone_stands_against(
    regulation: str, name: str
) -> None:
    every = dict.fromkeys(SIX if regulation == "erdos-hitech" else FOUR, "met")
    assert nominated(regulation, every) is Outcome.PERMITTED
    assert nominated(regulation, every | {name: "unmet"}) is Outcome.REFUSED
    assert nominated(regulation, every | {name: "unknown"}) is Outcome.UNDETERMINED


@row("erdos-hitech/13", "tianya/9")
@pytest.mark.parametrize("regulation", ["erdos-hitech", "tianya"])
def test_every_case_goes_through_one_process_and_skips_no_stage(regulation: str) -> None:
    text = law(regulation)
    granted = Deciding(verdict=Verdict.GRANTED)
    with pytest.raises(TransitionRefused):
        take(received(text), granted, text, moment("2025-10-09"))
    assert decided(text).stage is Stage.DECIDED


# 第十八条（二）：规定时限或承诺时限
@row("tianya/18.2", "tianya/16.3.2")
@pytest.mark.parametrize(
    ("promised", "statutory", "days", "due"),
    [(5, 20, 5, date(2025, 10, 14)), (None, 3, 3, date(2025, 10, 11))],
)
def test_the_limit_is_the_one_that_the_guide_shows(
    promised: int | None, statutory: int, days: int, due: date
) -> None:
    received_at = "2025-09-30T09:00:00+08:00"
    facts = {
        "item": {"kind": "promised", "promised_days": promised, "statutory_days": statutory},
        "received_at": received_at,
        "materials_complete_at": received_at,
    }
    found = time_limit("tianya", facts)
    assert (found.values.limit_days, found.values.due_on) == (days, due)
    assert {"tianya/18.2", "tianya/16.3.2"} <= found.rows
