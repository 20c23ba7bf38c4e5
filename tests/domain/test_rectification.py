"""Rectification: a mistake counts as never done, and what rests on it stands in its way."""

from dataclasses import replace
from datetime import date

import pytest

from app.domain.casework.acts import (
    Completion,
    Correction,
    PersonalValue,
    Prolongation,
    Resumption,
    Sealing,
)
from app.domain.casework.case import Act, SetAside, Stage, allowed_at
from app.domain.casework.case_clock import (
    Deadlines,
    Standing,
    as_it_stands,
    clock,
    deadlines,
    proof_of,
    standing,
)
from app.domain.casework.rectification import (
    ActUnknown,
    Glance,
    LaterActRestsOnIt,
    NotRectifiable,
    ReasonMissing,
    Rectification,
    RectifiedAlready,
    SecondPersonRequired,
    told,
)
from app.domain.casework.weighing import enter_silence
from app.domain.decision import Outcome
from tests.domain.mistakes import CLERK, GRANTED, HEARING, Story, accepted, begun
from tests.domain.told_cases import (
    LOCAL,
    PAPERS,
    SOMEBODY,
    acceptance,
    at,
    law,
    notice,
)


def test_an_acceptance_that_is_set_aside_counts_as_never_given() -> None:
    story = accepted()
    untouched = begun(story.law)
    assert story.due_on == date(2025, 10, 14)
    taken = story.rectify(2, "2025-10-09")
    aside = (SetAside(number=2, act=Act.ACCEPT, by=3),)
    assert story.case == replace(untouched.case, version=3, rectified=aside)
    assert deadlines(story.case, story.law) == deadlines(untouched.case, story.law)
    (step,) = taken.steps
    assert isinstance(step.deed, Rectification)
    assert (step.deed.rectifies, step.deed.mistaken) == (2, Act.ACCEPT)
    assert step.deed.before == Glance(stage=Stage.ACCEPTED, due_on=date(2025, 10, 14))
    assert step.deed.after == Glance(stage=Stage.RECEIVED, due_on=None)
    assert [each.number for each in story.record] == [1, 2, 3]


def test_no_text_rules_a_rectification_so_that_nothing_is_cited() -> None:
    decision = accepted().rectify(2, "2025-10-09").decision
    assert (decision.outcome, decision.findings) == (Outcome.NO_RULE, ())


def test_what_was_put_right_may_be_done_again() -> None:
    story = accepted()
    story.rectify(2, "2025-10-09")
    story.do(acceptance(), "2025-10-10")
    assert (story.case.stage, story.case.version) == (Stage.ACCEPTED, 4)
    assert story.due_on == date(2025, 10, 16)
    assert told(PAPERS, story.record) == story.case


# 行政许可法 第三十二条: after five working days silence is acceptance as of the day of receipt.
def test_silence_follows_once_an_acceptance_was_set_aside_too_late() -> None:
    story = accepted(national=True)
    taken = story.rectify(2, "2025-10-17")
    assert story.case.stage is Stage.RECEIVED
    seen = as_it_stands(story.case, story.law, at("2025-10-17"))
    values = clock(story.case, story.law, at("2025-10-17")).values
    assert values
    assert (seen.stage, values.accepted_on) == (Stage.DEEMED_ACCEPTED, date(2025, 9, 30))
    (step,) = taken.steps
    assert isinstance(step.deed, Rectification)
    assert step.deed.after.stage is Stage.DEEMED_ACCEPTED
    story.sweep("2025-10-17")
    assert told(PAPERS, story.record) == story.case


def test_silence_does_not_follow_while_there_is_time_to_answer() -> None:
    story = accepted(national=True)
    story.rectify(2, "2025-10-09")
    assert as_it_stands(story.case, story.law, at("2025-10-09")).stage is Stage.RECEIVED


def test_a_notice_set_aside_after_the_days_for_it_leaves_the_case_accepted_by_silence() -> None:
    story = begun(law("aohan", national=True), complete=False)
    story.do(notice(), "2025-09-30", 11)
    assert story.due_on is None
    story.rectify(2, "2025-10-17")
    assert story.case.notices == 0
    assert story.case.corrections == ()
    values = clock(story.case, story.law, at("2025-10-17")).values
    assert values
    assert (values.deemed_accepted, values.accepted_on) == (True, date(2025, 9, 30))
    assert story.due_on == values.due_on is not None


def test_an_acceptance_by_silence_that_was_entered_stands_when_a_paper_on_it_falls() -> None:
    story = begun(law("nanchang"))
    story.sweep("2025-10-09")
    story.do(acceptance(), "2025-10-09", 11)
    story.rectify(3, "2025-10-10")
    assert (story.case.stage, story.case.accepted_at) == (Stage.DEEMED_ACCEPTED, None)
    values = clock(story.case, story.law, at("2025-10-10")).values
    assert values
    assert values.accepted_on == date(2025, 9, 30)


def test_a_special_procedure_that_was_none_gives_its_days_back() -> None:
    story = accepted()
    story.do(HEARING, "2025-10-09")
    story.do(Resumption(to=date(2025, 10, 10)), "2025-10-11")
    assert story.due_on == date(2025, 10, 16)
    story.rectify(4, "2025-10-11")
    assert story.case.stage is Stage.SUSPENDED
    assert story.due_on is None
    story.rectify(3, "2025-10-11")
    assert (story.case.stage, story.due_on) == (Stage.ACCEPTED, date(2025, 10, 14))
    assert story.case.exclusions == ()
    proof = proof_of(story.case, story.law, at("2025-10-11"))
    assert "suspended" not in {day.why for day in proof}


def test_an_extension_that_was_none_takes_its_days_back() -> None:
    story = accepted("nanchang", national=True)
    before = story.due_on
    story.do(Prolongation(days=3, approver_id=SOMEBODY), "2025-10-09")
    assert story.due_on != before
    story.rectify(3, "2025-10-10")
    assert (story.case.extension, story.due_on) == (None, before)


def completed() -> Story:
    story = accepted("aohan")
    story.do(GRANTED, "2025-10-09")
    story.do(Sealing(), "2025-10-10")
    story.do(Completion(), "2025-10-11")
    return story


@pytest.mark.parametrize(("mistaken", "later"), [(2, 3), (3, 4), (4, 5)])
def test_what_a_later_act_rests_on_is_not_set_aside_before_it(mistaken: int, later: int) -> None:
    story = completed()
    with pytest.raises(LaterActRestsOnIt) as refused:
        story.rectify(mistaken, "2025-10-12")
    assert refused.value.later == later


def test_from_the_last_act_backwards_everything_can_be_set_aside() -> None:
    story = completed()
    stages = []
    for number in (5, 4, 3, 2, 1):
        story.rectify(number, "2025-10-12")
        stages.append(story.case.stage)
        assert told(PAPERS, story.record) == story.case
    assert stages == [
        Stage.SEALED,
        Stage.DECIDED,
        Stage.ACCEPTED,
        Stage.RECEIVED,
        Stage.ANNULLED,
    ]


def test_an_acceptance_rests_on_the_correction_that_made_the_materials_complete() -> None:
    story = begun(law("tianya"), complete=False)
    story.do(Correction(), "2025-10-09")
    story.do(acceptance(), "2025-10-10")
    with pytest.raises(LaterActRestsOnIt) as refused:
        story.rectify(2, "2025-10-11")
    assert refused.value.later == 3


def test_a_delivery_without_the_seal_stands_where_the_text_asks_for_none() -> None:
    story = accepted("tianya")
    story.do(GRANTED, "2025-10-09")
    story.do(Sealing(), "2025-10-10")
    story.do(Completion(), "2025-10-11")
    story.rectify(4, "2025-10-12")
    assert (story.case.stage, story.case.sealed_at) == (Stage.COMPLETED, None)


def test_a_correction_that_came_when_silence_had_accepted_rests_on_the_notice() -> None:
    story = begun(law("aohan", national=True), complete=False)
    story.do(notice(), "2025-09-30", 11)
    story.do(Correction(), "2025-10-17")
    with pytest.raises(LaterActRestsOnIt) as refused:
        story.rectify(2, "2025-10-20")
    assert refused.value.later == 3
    story.rectify(3, "2025-10-20")
    story.rectify(2, "2025-10-20")
    assert as_it_stands(story.case, story.law, at("2025-10-20")).stage is Stage.DEEMED_ACCEPTED


def test_a_correction_that_came_in_time_stands_without_the_notice() -> None:
    story = begun(law("aohan", national=True), complete=False)
    story.do(notice(), "2025-09-30", 11)
    story.do(Correction(), "2025-10-09")
    story.rectify(2, "2025-10-20")
    assert (story.case.stage, story.case.notified_at) == (Stage.RECEIVED, None)
    assert story.case.materials_complete_at == at("2025-10-09")


def test_a_procedure_that_only_silence_would_have_allowed_rests_on_the_acceptance() -> None:
    story = accepted(national=True)
    story.do(replace(HEARING, from_=date(2025, 10, 20)), "2025-10-20")
    with pytest.raises(LaterActRestsOnIt):
        story.rectify(2, "2025-10-21")


def test_what_time_or_the_calendar_did_is_nobodys_mistake() -> None:
    story = begun(law("nanchang"))
    story.sweep("2025-10-09")
    story.recompute("2025-10-10")
    for number in (2, 3):
        with pytest.raises(NotRectifiable):
            story.rectify(number, "2025-10-11")


def test_a_change_of_the_calendar_passes_over_a_clock_that_stands_still_again() -> None:
    story = accepted()
    story.do(HEARING, "2025-10-09")
    story.do(Resumption(to=date(2025, 10, 10)), "2025-10-11")
    story.recompute("2025-10-13")
    story.rectify(4, "2025-10-14")
    assert (story.case.stage, story.case.version) == (Stage.SUSPENDED, 6)
    assert told(PAPERS, story.record) == story.case


def test_neither_the_same_mistake_nor_a_counter_act_is_rectified() -> None:
    story = accepted()
    story.rectify(2, "2025-10-09")
    for number in (2, 3):
        with pytest.raises(RectifiedAlready):
            story.rectify(number, "2025-10-10", by="third")


def test_whoever_entered_the_act_does_not_rectify_it() -> None:
    story = accepted()
    with pytest.raises(SecondPersonRequired):
        story.rectify(2, "2025-10-09", by=CLERK)


def test_an_act_that_the_case_does_not_have_is_named() -> None:
    with pytest.raises(ActUnknown):
        accepted().rectify(3, "2025-10-09")


def test_a_reason_is_given_and_holds_no_number_of_a_person() -> None:
    story = accepted()
    with pytest.raises(ReasonMissing):
        story.rectify(2, "2025-10-09", reason=" \n\u3000")
    with pytest.raises(PersonalValue):
        story.rectify(2, "2025-10-09", reason="把13800138000登成了另一人")


@pytest.mark.parametrize("regulation", LOCAL)
def test_a_receipt_that_was_a_mistake_annuls_the_case(regulation: str) -> None:
    story = begun(law(regulation))
    taken = story.rectify(1, "2025-10-13")
    case, text, now = story.case, story.law, at("2025-10-13")
    assert (case.stage, allowed_at(case.stage)) == (Stage.ANNULLED, ())
    assert deadlines(case, text) == Deadlines()
    assert standing(case, clock(case, text, now).values) is Standing.ANNULLED
    assert proof_of(case, text, now) == ()
    assert enter_silence(case, text, now) is None
    assert as_it_stands(case, text, now) == case == told(PAPERS, story.record)
    assert taken.case.rectified == (SetAside(number=1, act=Act.RECEIVE, by=2),)


def test_an_acceptance_by_silence_falls_with_the_receipt() -> None:
    story = begun(law("nanchang"))
    story.sweep("2025-10-09")
    story.rectify(1, "2025-10-10")
    assert story.case.stage is Stage.ANNULLED
    assert clock(story.case, story.law, at("2025-10-10")).values is None
    assert told(PAPERS, story.record) == story.case


def test_a_receipt_stands_while_anything_else_does() -> None:
    story = accepted()
    with pytest.raises(LaterActRestsOnIt) as refused:
        story.rectify(1, "2025-10-09")
    assert refused.value.later == 2
    story.rectify(2, "2025-10-09")
    story.rectify(1, "2025-10-09")
    assert story.case.stage is Stage.ANNULLED


def test_a_record_that_begins_otherwise_is_none() -> None:
    with pytest.raises(ValueError, match="receipt"):
        told(PAPERS, accepted().record[1:])
