"""Delegation (委托代受理): when a comprehensive window may accept for another department."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from app.domain.day import ImpossibleFact
from app.domain.decision import Finding, Result
from app.domain.organisation.approval import Approval
from app.domain.organisation.authority import Body
from app.domain.organisation.delegation import (
    Acceptance,
    Delegation,
    DelegationChapter,
    DelegationEnded,
    EntrustedCase,
    Step,
    StepRefused,
    Taken,
    may_accept_for,
    may_be_entrusted,
    may_be_taken,
)
from tests.domain.asking import BOOKS, ON, REGULATIONS
from tests.rows import row

I1, I2 = UUID(int=1), UUID(int=2)
HELD = Delegation(
    id=UUID(int=7),
    version=1,
    department_id=UUID(int=8),
    window_id=UUID(int=9),
    since=date(2025, 10, 1),
    until=date(2025, 10, 9),
    few_items=True,
    low_frequency=True,
    approval=Approval(by=Body.GOVERNMENT, number="府办〔2025〕7号"),
)
ENTRUSTED = EntrustedCase(
    id=UUID(int=6),
    version=1,
    window_id=HELD.window_id,
    department_id=HELD.department_id,
    item_id=I1,
    case_id=None,
    steps=(Taken(step=Step.ACCEPT, on=ON),),
)
SILENT = [key for key in REGULATIONS if key not in {"nanchang", "aohan"}]


def delegations(regulation: str) -> DelegationChapter:
    return BOOKS.in_force(regulation, ON).delegations


def wanted(item_id: UUID = I1, on: date = ON, window_of: UUID | None = None) -> Acceptance:
    return Acceptance(
        window_id=HELD.window_id,
        window_department_id=window_of,
        department_id=HELD.department_id,
        item_id=item_id,
        on=on,
    )


def met(findings: Iterable[Finding]) -> list[bool]:
    return [one.result is Result.SATISFIED for one in findings]


@row("nanchang/5", "aohan/9")
@pytest.mark.parametrize(
    ("few", "low", "nanchang", "aohan"),
    [
        (True, True, True, True),
        (True, False, False, True),  # 南昌市 第五条: 且; 敖汉旗 第九条: 或者
        (False, True, False, True),
        (False, False, False, False),
    ],
)
def test_the_grounds_are_joined_by_and_in_nanchang_and_by_or_in_aohan(
    few: bool, low: bool, nanchang: bool, aohan: bool
) -> None:
    proposed = replace(HELD, few_items=few, low_frequency=low)
    assert met(may_be_entrusted(delegations("nanchang"), proposed)) == [nanchang]
    assert met(may_be_entrusted(delegations("aohan"), proposed)) == [aohan]


@row("nanchang/5", "aohan/9")
@pytest.mark.parametrize("regulation", ["nanchang", "aohan"])
@pytest.mark.parametrize(
    "approval",
    [None, Approval(by=Body.GOVERNMENT), Approval(by=Body.MANAGEMENT_COMMITTEE, number="1")],
)
def test_only_the_governments_approval_with_its_number_counts(
    regulation: str, approval: Approval | None
) -> None:
    proposed = replace(HELD, approval=approval)
    assert met(may_be_entrusted(delegations(regulation), proposed)) == [False]
    assert met(may_accept_for(delegations(regulation), wanted(), (proposed,))) == [False]


@row("aohan/9")
@pytest.mark.parametrize(
    ("on", "allowed"),
    [
        ("2025-09-30", False),
        ("2025-10-01", True),
        ("2025-10-09", True),
        ("2025-10-10", False),
    ],
)
def test_the_first_and_the_last_day_of_a_delegation_belong_to_it(on: str, allowed: bool) -> None:
    found = may_accept_for(delegations("aohan"), wanted(on=date.fromisoformat(on)), (HELD,))
    assert met(found) == [allowed]


def test_a_delegation_reaches_the_items_it_names_or_all() -> None:
    assert HELD.reaches(I1, ON)
    assert HELD.reaches(I2, ON)
    narrow = replace(HELD, item_ids=(I1,))
    assert (narrow.reaches(I1, ON), narrow.reaches(I2, ON)) == (True, False)
    assert replace(HELD, until=None).reaches(I1, date(2030, 1, 1))


def test_an_approval_of_a_later_day_does_not_hold_yet() -> None:
    later = Approval(by=Body.GOVERNMENT, number="1", issued_on=date(2025, 10, 5))
    held = replace(HELD, approval=later)
    assert not held.reaches(I1, date(2025, 10, 4))
    assert held.reaches(I1, date(2025, 10, 5))


@row("aohan/9")
def test_one_good_delegation_among_others_is_enough() -> None:
    others = (replace(HELD, until=date(2025, 10, 2)), replace(HELD, approval=None))
    chapter = delegations("aohan")
    assert met(may_accept_for(chapter, wanted(), others)) == [False]
    assert met(may_accept_for(chapter, wanted(), (*others, HELD))) == [True]
    assert met(may_accept_for(chapter, wanted(), ())) == [False]


def test_a_delegation_is_one_to_that_window_and_a_departments_own_window_needs_none() -> None:
    elsewhere = replace(HELD, window_id=UUID(int=5))
    assert met(may_accept_for(delegations("aohan"), wanted(), (elsewhere,))) == [False]
    own = wanted(window_of=HELD.department_id)
    assert met(may_accept_for(delegations("aohan"), own, ())) == []


@pytest.mark.parametrize("regulation", SILENT)
def test_a_silent_text_wants_neither_approval_nor_steps(regulation: str) -> None:
    chapter = delegations(regulation)
    assert not tuple(may_be_entrusted(chapter, replace(HELD, approval=None)))
    assert not tuple(may_accept_for(chapter, wanted(), ()))
    assert not tuple(may_be_taken(chapter, ENTRUSTED, Step.COMPLETE))


def after(*steps: Step) -> EntrustedCase:
    one = ENTRUSTED
    for step in steps:
        one = one.after(Taken(step=step, on=ON))
    return one


@row("nanchang/5")
@pytest.mark.parametrize(
    ("done", "step", "missing"),
    [
        ((), Step.TRANSFER, ()),
        ((), Step.SUPERVISE, ("transfer",)),
        ((), Step.FEEDBACK, ("transfer",)),
        ((), Step.COMPLETE, ("transfer", "feedback")),
        ((Step.TRANSFER,), Step.SUPERVISE, ()),
        ((Step.TRANSFER,), Step.FEEDBACK, ()),
        ((Step.TRANSFER,), Step.COMPLETE, ("feedback",)),
        ((Step.TRANSFER, Step.SUPERVISE), Step.COMPLETE, ("feedback",)),
        ((Step.TRANSFER, Step.SUPERVISE, Step.FEEDBACK), Step.COMPLETE, ()),
    ],
)
def test_transfer_and_feedback_are_never_skipped(
    done: tuple[Step, ...], step: Step, missing: tuple[str, ...]
) -> None:
    (found,) = may_be_taken(delegations("nanchang"), after(*done), step)
    assert found.missing == missing
    assert (found.result is Result.SATISFIED) is (not missing)


def test_aohan_wants_approval_and_no_steps() -> None:
    assert not tuple(may_be_taken(delegations("aohan"), ENTRUSTED, Step.COMPLETE))


def test_only_supervision_is_repeated_and_nothing_follows_the_end() -> None:
    done = after(Step.TRANSFER, Step.SUPERVISE, Step.SUPERVISE, Step.FEEDBACK)
    for step in (Step.ACCEPT, Step.TRANSFER, Step.FEEDBACK):
        with pytest.raises(StepRefused):
            done.after(Taken(step=step, on=ON))
    finished = done.after(Taken(step=Step.COMPLETE, on=ON))
    assert (finished.completed_on, finished.version) == (ON, 6)
    with pytest.raises(StepRefused):
        finished.after(Taken(step=Step.SUPERVISE, on=ON))


def test_a_delegation_ends_earlier_and_never_later() -> None:
    ended = HELD.ended(date(2025, 10, 5), "恢复窗口")
    assert (ended.reaches(I1, date(2025, 10, 5)), ended.reaches(I1, ON)) == (True, False)
    with pytest.raises(DelegationEnded):
        HELD.ended(date(2025, 10, 10), "延长")
    never = HELD.ended(date(2025, 9, 30), "登记有误")
    assert not never.reaches(I1, HELD.since)
    with pytest.raises(ImpossibleFact):
        HELD.ended(date(2025, 9, 29), "登记有误")
    first, last = replace(HELD, since=date.min, until=date.min), replace(HELD, until=date.max)
    assert first.ended(date.min, "登记有误").until == date.min
    assert last.reaches(I1, date.max)
