"""Item changes and activation: the order of the steps, what a report says, who may be served."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.casework.case_facts import ItemKind
from app.domain.decision import Outcome, Result, outcome_of
from app.domain.errors import DomainError
from app.domain.items.activation import Readiness, may_accept, may_be_activated, may_be_entered
from app.domain.items.item import ItemStage, ServiceItem
from app.domain.items.item_change import (
    ChangeStage,
    ItemChange,
    Proposal,
    Taken,
    awaited,
    effected,
    implemented,
    may_take,
    reviewed,
    steps_for,
)
from app.domain.items.steps import ChangeKind, Step
from app.domain.receivable import check_receivable
from tests.domain.asking import BOOKS
from tests.rows import row

DAY, NEXT = date(2025, 10, 9), date(2025, 10, 10)
ITEM = ServiceItem(
    id=UUID(int=1),
    name="事项",
    kind=ItemKind.PROMISED,
    statutory_days=20,
    promised_days=10,
    licence=False,
    exclusions_in_guide=(),
)
DRAFT = replace(ITEM, stage=ItemStage.DRAFT)
REGULATIONS = ("erdos-hitech", "shapotou", "nanchang", "aohan", "tianya")


def change(kind: ChangeKind, *done: Step, **proposal: Any) -> ItemChange:
    # Any: each field of a proposal has a type of its own.
    return ItemChange(
        id=UUID(int=2),
        item_id=ITEM.id,
        kind=kind,
        stage=ChangeStage.OPEN,
        version=1,
        proposal=Proposal(**proposal),
        reason="梳理",
        submitted_by="x",
        submitted_on=DAY,
        done=tuple(Taken(step=step, on=DAY, by="x") for step in done),
    )


STEPS = {
    ("aohan", ChangeKind.ENTER): ("opinion", "approval", "implementation"),  # 第四条（六）
    ("aohan", ChangeKind.EXIT): ("opinion", "approval", "implementation"),
    ("aohan", ChangeKind.CHANGE): ("clearance", "approval"),  # 第七条
    ("nanchang", ChangeKind.ENTER): ("confirmation",),  # 第三十二条（四）
}


@row("aohan/4.6", "aohan/7", "nanchang/32.4")
@pytest.mark.parametrize("kind", ChangeKind)
@pytest.mark.parametrize("regulation", REGULATIONS)
def test_each_text_has_steps_of_its_own_or_none(regulation: str, kind: ChangeKind) -> None:
    chapter = BOOKS.in_force(regulation, DAY).items
    proposal = Proposal(promised_days=5) if kind is ChangeKind.CHANGE else Proposal()
    rule = steps_for(chapter, kind, proposal, ITEM)
    assert tuple(rule.terms.steps if rule else ()) == STEPS.get((regulation, kind), ())


@row("nanchang/32.4")
def test_a_change_of_the_flow_is_confirmed_and_another_is_not() -> None:
    chapter = BOOKS.in_force("nanchang", DAY).items
    for proposal, confirmed in ((Proposal(flow=("受理",)), True), (Proposal(name="x"), False)):
        assert (steps_for(chapter, ChangeKind.CHANGE, proposal, ITEM) is not None) is confirmed
    assert steps_for(chapter, ChangeKind.CHANGE, Proposal(flow=("受理",)), DRAFT) is None


@row("aohan/4.6", "aohan/7")
@pytest.mark.parametrize("kind", ChangeKind)
def test_every_order_but_the_one_of_the_text_is_refused(kind: ChangeKind) -> None:
    rule = steps_for(BOOKS.in_force("aohan", DAY).items, kind, Proposal(), ITEM)
    assert rule is not None
    for order in permutations(rule.terms.steps):
        passed = True
        under_way = change(kind)
        for step in order:
            found = list(may_take(rule, under_way, step, "核准书"))
            passed = passed and outcome_of(found) is Outcome.PERMITTED
            under_way = under_way.having(Taken(step=step, on=DAY, by="x"))
        assert passed is (order == rule.terms.steps)
        assert awaited(rule, under_way) is None


def test_a_step_is_not_taken_twice_and_not_after_the_end() -> None:
    rule = steps_for(BOOKS.in_force("aohan", DAY).items, ChangeKind.EXIT, Proposal(), ITEM)
    twice = change(ChangeKind.EXIT, Step.OPINION)
    over = twice.ended(ChangeStage.REJECTED, DAY)
    for under_way, slug in ((twice, "item_step_unknown"), (over, "item_change_ended")):
        with pytest.raises(DomainError) as refused:
            list(may_take(rule, under_way, Step.OPINION, None))
        assert refused.value.slug == slug


@row("shapotou/8.3")
@pytest.mark.parametrize(
    ("before", "after", "days", "percent"),
    [
        (10, 7, -3, "-30.00"),
        (7, 10, 3, "42.86"),
        (3, 1, -2, "-66.67"),
        (10, 10, 0, "0.00"),
        (0, 5, 5, None),
        (None, 5, None, None),
    ],
)
def test_a_review_says_how_many_days_and_what_share(
    before: int | None, after: int, days: int | None, percent: str | None
) -> None:
    was = replace(ITEM, promised_days=before)
    line = reviewed(implemented(change(ChangeKind.CHANGE, promised_days=after), was, DAY))
    assert line is not None
    assert (line.days, line.percent) == (days, None if percent is None else Decimal(percent))


def test_a_change_of_the_name_is_no_review() -> None:
    assert reviewed(implemented(change(ChangeKind.CHANGE, name="改名"), ITEM, DAY)) is None


@row("nanchang/32.4", "aohan/4.6")
@pytest.mark.parametrize("regulation", REGULATIONS)
def test_an_application_is_taken_in_from_the_first_day_to_the_day_before_the_last(
    regulation: str,
) -> None:
    book = BOOKS.in_force(regulation, DAY)
    active = effected(DRAFT, change(ChangeKind.ENTER), NEXT)
    gone = effected(active, change(ChangeKind.EXIT), date(2025, 10, 20))
    told = {
        (DRAFT, DAY): False,
        (ITEM, DAY): True,  # served before items were entered one by one
        (active, DAY): False,
        (active, NEXT): True,
        (gone, date(2025, 10, 19)): True,
        (gone, date(2025, 10, 20)): False,
    }
    for (item, on), received in told.items():
        try:
            check_receivable(item, book, on)
        except DomainError:
            assert not received
        else:
            assert received


@row("nanchang/32.4")
def test_what_was_never_confirmed_is_refused_under_the_text() -> None:
    chapter = BOOKS.in_force("nanchang", DAY).items
    (finding,) = may_accept(chapter, DRAFT, DAY)
    assert (finding.result, finding.rows) == (Result.VIOLATED, ("nanchang/32.4",))
    assert list(may_accept(BOOKS.in_force("tianya", DAY).items, DRAFT, DAY)) == []


@row("nanchang/4", "erdos-hitech/14.1", "aohan/8")
@pytest.mark.parametrize("regulation", REGULATIONS)
def test_what_an_item_needs_before_it_is_served(regulation: str) -> None:
    book = BOOKS.in_force(regulation, DAY)
    found = may_be_activated(book.items, DRAFT, Readiness())
    needed = {finding.rows[0] for finding in found if finding.result is Result.VIOLATED}
    assert needed == {
        "erdos-hitech": {"erdos-hitech/14.1", "erdos-hitech/14.5.s3"},
        "nanchang": {"nanchang/4"},
        "aohan": {"aohan/8"},
    }.get(regulation, set())


@row("aohan/8")
def test_outside_the_hall_no_guide_is_needed() -> None:
    chapter = BOOKS.in_force("aohan", DAY).items
    assert list(may_be_activated(chapter, DRAFT, Readiness(in_hall=False))) == []


@row("aohan/34", "shapotou/12.5")
@given(st.integers(0, 60), st.integers(0, 60))
def test_a_promise_is_at_most_the_statute(promised: int, statutory: int) -> None:
    item = replace(ITEM, promised_days=promised, statutory_days=statutory)
    for regulation in ("aohan", "shapotou"):
        book = BOOKS.in_force(regulation, DAY)
        (finding,) = may_be_entered(book.items, (book.time_limit,), item, ())
        assert (finding.result is Result.SATISFIED) is (promised <= statutory)


def test_every_field_that_a_provision_names_can_be_proposed() -> None:
    proposable = {field.name for field in fields(Proposal)}
    for book in BOOKS.books:
        for rule in book.items.steps:
            assert {*rule.terms.fields} <= proposable
            assert {*rule.terms.documented} <= {*rule.terms.steps}
