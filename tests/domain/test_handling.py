"""Handling and its papers: at which window, behind which head, on what ground, why denied."""

from uuid import UUID

import pytest

from app.domain.casework.case import Act
from app.domain.casework.denial import Denied, is_reasoned
from app.domain.casework.favour import Favour, FavourChapter, GreenGround, may_be_favoured
from app.domain.casework.handling import (
    HandlingChapter,
    Where,
    is_done_at_its_window,
    is_headed,
    said_of_head,
)
from app.domain.decision import Result
from app.domain.element import Element
from app.domain.rulebook import Rulebook
from app.rulebooks.load import load

BOOKS = {book.regulation: book for book in load().books}
ONE, OTHER, THIRD = (UUID(int=number) for number in (1, 2, 3))


def book(regulation: str) -> Rulebook:
    return BOOKS[regulation]


@pytest.mark.parametrize(
    ("named", "served_at", "result"),
    [
        (ONE, (ONE, OTHER), Result.SATISFIED),
        (OTHER, (ONE, OTHER), Result.SATISFIED),
        (THIRD, (ONE, OTHER), Result.VIOLATED),
        (None, (ONE,), Result.SATISFIED),
        (None, (ONE, OTHER), Result.UNKNOWN),
        (None, (), Result.VIOLATED),
        (ONE, (), Result.VIOLATED),
    ],
)
def test_an_act_is_done_at_a_window_of_the_item(
    named: UUID | None, served_at: tuple[UUID, ...], result: Result
) -> None:
    where = Where(named=named, served_at=served_at)
    for regulation in ("erdos-hitech", "aohan"):
        [found] = is_done_at_its_window(book(regulation).handling, Act.RECEIVE, where)
        assert found.result is result
        assert found.missing == (("window_id",) if result is Result.UNKNOWN else ())


def test_which_acts_and_whether_only_in_the_hall_is_a_term() -> None:
    outside = Where(named=None, served_at=(ONE,), in_hall=False)
    results = {
        (regulation, act): [f.result for f in found]
        for regulation in ("erdos-hitech", "aohan", "nanchang")
        for act in (Act.RECEIVE, Act.COMPLETE, Act.DECIDE)
        if (found := tuple(is_done_at_its_window(book(regulation).handling, act, outside)))
    }
    assert results == {
        ("erdos-hitech", Act.RECEIVE): [Result.SATISFIED],
        ("erdos-hitech", Act.COMPLETE): [Result.SATISFIED],
        ("aohan", Act.RECEIVE): [Result.VIOLATED],
    }


@pytest.mark.parametrize(
    ("headed", "strict", "results", "warned"),
    [
        (True, False, [Result.SATISFIED], False),
        (True, True, [Result.SATISFIED], False),
        (False, False, [], True),
        (False, True, [Result.VIOLATED], False),
    ],
)
def test_a_missing_head_is_warned_of_or_refused_and_never_both(
    headed: bool, strict: bool, results: list[Result], warned: bool
) -> None:
    chapter = book("shapotou").handling
    found = [f.result for f in is_headed(chapter, headed=headed, strict=strict)]
    said = said_of_head(chapter, headed=headed, strict=strict)
    assert (found, bool(said)) == (results, warned)
    silent = HandlingChapter()
    assert list(is_headed(silent, headed=headed, strict=strict)) == []
    assert said_of_head(silent, headed=headed, strict=strict) == ()


@pytest.mark.parametrize("ground", [*GreenGround, None])
def test_aohan_has_two_grounds_for_the_green_channel(ground: GreenGround | None) -> None:
    eligible = ground in (GreenGround.MAJOR_INVESTMENT, GreenGround.SPECIAL_MATTER)
    [found] = may_be_favoured(book("aohan").favour, Favour(green=True, ground=ground))
    assert found.result is (Result.SATISFIED if eligible else Result.VIOLATED)
    assert found.missing == (() if ground else ("green_ground",))
    assert list(may_be_favoured(book("aohan").favour, Favour(ground=ground))) == []
    assert list(may_be_favoured(FavourChapter(), Favour(green=True, full_agency=True))) == []


@pytest.mark.parametrize("project", ["洪重点〔2025〕12号", " ", None])
@pytest.mark.parametrize("ground", [*GreenGround, None])
def test_nanchang_has_two_grounds_and_wants_the_project(
    ground: GreenGround | None, project: str | None
) -> None:
    eligible = ground in (GreenGround.MAJOR_INDUSTRY, GreenGround.KEY_PROJECT)
    named = project is not None and bool(project.strip())
    asked = Favour(green=True, ground=ground, project=project)
    [found] = may_be_favoured(book("nanchang").favour, asked)
    assert found.result is (Result.SATISFIED if eligible and named else Result.VIOLATED)
    assert ("green_ground" in found.missing, "green_project" in found.missing) == (
        ground is None,
        not named,
    )
    assert list(may_be_favoured(book("nanchang").favour, Favour(full_agency=True))) == []


def test_a_blank_says_nothing() -> None:
    rule = book("nanchang").acceptance.denial
    [found] = is_reasoned(rule, Denied(reason=" ", basis="依据", remedies="复议"))
    assert (found.result, found.actual) == (Result.VIOLATED, (Element.REASON,))
    [whole] = is_reasoned(rule, Denied(reason="理由", basis="依据", remedies="复议"))
    assert whole.result is Result.SATISFIED
    assert list(is_reasoned(None, Denied())) == []
