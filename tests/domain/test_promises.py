"""Promises: what is shortened, what it saves, and under which text it is published first."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.casework.case_facts import ItemKind
from app.domain.decision import Result
from app.domain.items.activation import Readiness
from app.domain.items.gap import Lacking, Standing, gaps_of
from app.domain.items.guide_sheet import sheet
from app.domain.items.guide_version import GuideContent
from app.domain.items.item import ServiceItem
from app.domain.items.item_chapter import ItemChapter
from app.domain.items.promise import is_public, is_shortened
from app.domain.items.publication import Channel
from tests.domain.asking import BOOKS
from tests.rows import row

DAY = date(2025, 10, 9)
ITEM = ServiceItem(
    id=UUID(int=1),
    name="食品经营许可",
    kind=ItemKind.PROMISED,
    statutory_days=20,
    promised_days=20,
    licence=False,
    exclusions_in_guide=(),
)


def chapter(regulation: str = "erdos-hitech") -> ItemChapter:
    return BOOKS.in_force(regulation, DAY).items


@pytest.mark.parametrize(
    ("promised", "was", "shortened"),
    [
        (20, None, False),
        (19, None, True),
        (21, None, False),
        (0, None, True),
        (None, None, False),
        (10, 20, True),
        (10, 10, False),
        (15, 10, False),  # longer than before is not shortened again
        (25, 30, True),  # above the statutory limit, and still less than before
        (10, None, True),
    ],
)
def test_what_is_less_than_held_before_is_shortened(
    promised: int | None, was: int | None, *, shortened: bool
) -> None:
    item = replace(ITEM, promised_days=promised)
    assert is_shortened(item, replace(ITEM, promised_days=was) if was else None) is shortened


def test_what_had_no_promise_is_held_against_the_statute() -> None:
    item = replace(ITEM, promised_days=10)
    assert is_shortened(item, replace(ITEM, promised_days=None))
    assert is_shortened(item, replace(ITEM, kind=ItemKind.INSTANT, promised_days=0))
    assert not is_shortened(replace(item, statutory_days=None))
    assert not is_shortened(replace(ITEM, kind=ItemKind.INSTANT, promised_days=0))


@row("erdos-hitech/14.5.s3")
@pytest.mark.parametrize(
    ("published", "result"),
    [(10, Result.SATISFIED), (None, Result.VIOLATED), (9, Result.VIOLATED), (20, Result.VIOLATED)],
)
def test_the_very_days_are_public(published: int | None, result: Result) -> None:
    (finding,) = is_public(chapter(), replace(ITEM, promised_days=10), published)
    assert (finding.result, finding.expected, finding.actual) == (result, 10, published)
    assert finding.article == "第十四条（五）"


@row("erdos-hitech/14.5.s3")
@pytest.mark.parametrize("regulation", ["nanchang", "aohan", "shapotou", "tianya"])
def test_a_text_that_is_silent_asks_for_nothing(regulation: str) -> None:
    item = replace(ITEM, promised_days=10)
    assert list(is_public(chapter(regulation), item, None)) == []
    book = BOOKS.in_force(regulation, DAY)
    standing = Standing(item=item, ready=Readiness(), formed=True)
    lacking = {gap.lacking for gap in gaps_of(book.items, book.guide, book.publication, standing)}
    assert Lacking.PROMISE not in lacking


@row("erdos-hitech/14.5.s3")
@pytest.mark.parametrize(("published", "lacks"), [(10, False), (20, True), (None, True)])
def test_a_shortened_promise_that_is_not_public_is_lacking(
    published: int | None, *, lacks: bool
) -> None:
    book = BOOKS.in_force("erdos-hitech", DAY)
    ready = Readiness(windowed=True, guided=True, published_days=published)
    found = Standing(item=replace(ITEM, promised_days=10), ready=ready, formed=True)
    lacking = [gap.lacking for gap in gaps_of(book.items, book.guide, book.publication, found)]
    assert lacking == ([Lacking.PROMISE] if lacks else [])


@pytest.mark.parametrize(
    ("statutory", "promised", "percent"),
    [
        (20, 10, "50.00"),
        (20, 20, "0.00"),
        (3, 2, "33.33"),
        (3, 1, "66.67"),
        (800, 799, "0.13"),  # 0.125, half-up
        (20, 0, "100.00"),
        (20, 30, "-50.00"),
        (0, 0, None),
        (None, 10, None),
        (20, None, None),
    ],
)
def test_the_reduction_is_half_up_to_two_places(
    statutory: int | None, promised: int | None, percent: str | None
) -> None:
    item = replace(ITEM, statutory_days=statutory, promised_days=promised)
    assert item.reduction_percent == (percent and Decimal(percent))
    assert replace(item, kind=ItemKind.INSTANT).reduction_percent is None


@given(st.integers(1, 3660), st.integers(0, 3660))
def test_what_is_shortened_saves_something(statutory: int, promised: int) -> None:
    item = replace(ITEM, statutory_days=statutory, promised_days=promised)
    saved = item.reduction_percent
    assert saved is not None
    assert is_shortened(item) is (saved > 0)


def test_the_sheet_says_the_days_beside_other_words() -> None:
    said = GuideContent(promised_limit="10个工作日", promised_days=10)
    other = replace(said, promised_limit="比法定缩短一半")
    pages = [sheet("事项", each, Channel.HALL).pages[0] for each in (said, other)]
    assert [page.count("10个工作日") for page in pages] == [1, 1]
    assert "比法定缩短一半" in pages[1]
