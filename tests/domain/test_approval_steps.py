"""Approval steps: what an ordinary item goes through, and that two people take its steps."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.casework.approval_step import (
    ApprovalStep,
    StepTaken,
    are_different_people,
    are_taken,
    has_its_steps,
)
from app.domain.decision import Result
from app.domain.provision import Breach
from tests.domain.asking import BOOKS
from tests.rows import row

DAY = date(2025, 10, 9)
BOOK = BOOKS.in_force("nanchang", DAY)
REVIEW, VERIFY, SIGN = ApprovalStep.REVIEW, ApprovalStep.VERIFY, ApprovalStep.DIRECTOR_SIGN
APART = (
    ApprovalStep.COLLECTIVE_DISCUSSION,
    ApprovalStep.EXPERT_REVIEW,
    ApprovalStep.HEARING,
)
ORDINARY = (REVIEW, VERIFY)
ANYBODY, OTHER = UUID(int=7), UUID(int=8)
STEPS = st.lists(st.sampled_from(ApprovalStep), max_size=6).map(tuple)


def taken(step: ApprovalStep, person_id: UUID = ANYBODY) -> StepTaken:
    return StepTaken(id=UUID(int=1), case_id=UUID(int=2), step=step, person_id=person_id, on=DAY)


@row("nanchang/13.s1")
@pytest.mark.parametrize(
    ("stated", "result"),
    [
        ((REVIEW, VERIFY), Result.SATISFIED),
        ((REVIEW, VERIFY, SIGN), Result.VIOLATED),
        ((REVIEW,), Result.VIOLATED),
        ((VERIFY,), Result.VIOLATED),
        ((VERIFY, REVIEW), Result.VIOLATED),
        ((REVIEW, REVIEW, VERIFY), Result.VIOLATED),
        ((REVIEW, VERIFY, VERIFY), Result.VIOLATED),
        ((SIGN,), Result.VIOLATED),
    ],
)
def test_an_ordinary_item_has_one_review_and_one_verification(
    stated: tuple[ApprovalStep, ...], result: Result
) -> None:
    (finding,) = has_its_steps(BOOK.items.ordinary, stated)
    assert (finding.result, finding.expected, finding.actual) == (result, ORDINARY, stated)
    assert finding.breach is Breach.UNPROCESSABLE
    assert finding.message.startswith("一般事项一审一核（审、核），所设的审核步骤为")


@row("nanchang/13.s1")
@pytest.mark.parametrize("apart", APART)
def test_an_item_with_one_of_these_is_not_ordinary(apart: ApprovalStep) -> None:
    stated = (REVIEW, apart, VERIFY, SIGN)
    assert list(has_its_steps(BOOK.items.ordinary, stated)) == []
    assert list(are_taken(BOOK.handling.steps, stated, ())) == []
    done = (taken(REVIEW),)
    assert list(are_different_people(BOOK.handling.two_people, stated, done, ANYBODY)) == []


@row("nanchang/13.s1")
def test_an_item_of_which_nothing_is_stated_is_left_alone() -> None:
    assert list(has_its_steps(BOOK.items.ordinary, ())) == []
    assert list(are_taken(BOOK.handling.steps, (), ())) == []
    done = (taken(REVIEW),)
    assert list(are_different_people(BOOK.handling.two_people, (), done, ANYBODY)) == []


@row("nanchang/13.s1")
@given(STEPS)
def test_only_the_two_steps_or_one_that_sets_it_apart_are_let_through(
    stated: tuple[ApprovalStep, ...],
) -> None:
    broken = [f for f in has_its_steps(BOOK.items.ordinary, stated) if f.result is Result.VIOLATED]
    fine = not stated or stated == ORDINARY or not set(stated).isdisjoint(APART)
    assert bool(broken) is not fine


@row("nanchang/13.s1")
@pytest.mark.parametrize(
    ("before", "done", "result"),
    [
        (None, (), Result.VIOLATED),
        (None, (REVIEW,), Result.VIOLATED),
        (None, (VERIFY,), Result.VIOLATED),
        (None, (REVIEW, VERIFY), Result.SATISFIED),
        (VERIFY, (), Result.VIOLATED),
        (VERIFY, (REVIEW,), Result.SATISFIED),
    ],
)
def test_both_steps_come_before_the_decision_and_the_review_before_the_verification(
    before: ApprovalStep | None, done: tuple[ApprovalStep, ...], result: Result
) -> None:
    found = are_taken(BOOK.handling.steps, ORDINARY, map(taken, done), before)
    assert [finding.result for finding in found] == [result]


@row("nanchang/13.s1")
def test_nothing_comes_before_the_review() -> None:
    assert list(are_taken(BOOK.handling.steps, ORDINARY, (), REVIEW)) == []


@row("nanchang/13.s1")
@pytest.mark.parametrize(
    ("person_id", "result"), [(OTHER, Result.SATISFIED), (ANYBODY, Result.OVERRIDABLE)]
)
def test_the_same_person_takes_both_steps_only_with_leave(person_id: UUID, result: Result) -> None:
    done = (taken(REVIEW),)
    (finding,) = are_different_people(BOOK.handling.two_people, ORDINARY, done, person_id)
    assert (finding.result, finding.rows) == (result, ("nanchang/13.s1",))


@row("nanchang/13.s1")
@pytest.mark.parametrize("regulation", ["erdos-hitech", "shapotou", "aohan", "tianya"])
def test_the_other_texts_know_no_such_steps(regulation: str) -> None:
    book = BOOKS.in_force(regulation, DAY)
    known = (book.items.ordinary, book.handling.steps, book.handling.two_people)
    assert known == (None, None, None)
    assert list(has_its_steps(book.items.ordinary, (REVIEW, VERIFY, SIGN))) == []
    assert list(are_taken(book.handling.steps, ORDINARY, ())) == []
