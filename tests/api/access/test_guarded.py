"""Acts that a rulebook may keep for a body (身份): the row names the act, and only that act counts.

The rulebook of the story's centre is rewritten for the test: what the regulations themselves keep
for whom is proved elsewhere.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import pytest

from app.domain.organisation.authority import AuthorityChapter, Body, GuardedAct
from app.domain.rulebook import Rulebook, Rulebooks
from tests.api.access.document import KNOWN, MATRIX, OPERATIONS
from tests.api.access.matrix import PASSES, Place
from tests.api.access.summary import Count
from tests.api.access.trying import Doors, example_of, let_in

Bodies = tuple[Body, ...]
KEEPER: Final = Body.JUSTICE_BUREAU
REFUSED: Final = "403 refused_by_regulation"
NOBODY: Final[Bodies] = ()
THE_KEEPER: Final[Bodies] = (KEEPER,)
EVERYBODY_ELSE: Final[Bodies] = tuple(body for body in Body if body is not KEEPER)
CHANGES: Final = [
    id_
    for id_ in KNOWN
    if OPERATIONS[id_].method != "get" and MATRIX.rows[id_].place is Place.CENTRE
]
GUARDED: Final = [(id_, act) for id_ in CHANGES if (act := MATRIX.rows[id_].act)]


@contextmanager
def kept_for_one(doors: Doors, *acts: GuardedAct) -> Iterator[None]:
    """Every rulebook keeps these acts for one body, and no others."""
    served = doors.hall.app.state
    books: Rulebooks = served.rulebooks
    model = next(rule for book in books.books for rule in book.authority.entitled)
    terms = replace(model.terms, acts=acts, bodies=(KEEPER,), levels=(), police=None)
    chapter = AuthorityChapter(entitled=(replace(model, terms=terms),))

    def rewritten(book: Rulebook) -> Rulebook:
        return replace(book, authority=chapter)

    served.rulebooks = replace(books, books=tuple(map(rewritten, books.books)))
    try:
        yield
    finally:
        served.rulebooks = books


async def asked_for(doors: Doors, id_: str, bodies: Bodies) -> str:
    """What comes of the story's request from a token of the centre that speaks for these."""
    asked = await doors.told(id_, example_of(id_))
    centre = await doors.centre_of(asked)
    token = doors.tokens.issuer.bearer(centres=(centre,), by=replace(asked.by, bodies=bodies))
    return let_in(await asked.sent(doors.hall.client, token))


@pytest.mark.parametrize(("id_", "act"), GUARDED)
async def test_an_act_that_is_kept_for_a_body_is_refused_to_all_others(
    doors: Doors, id_: str, act: str, record_property: Count
) -> None:
    with kept_for_one(doors, GuardedAct(act)):
        got = [
            await asked_for(doors, id_, bodies) for bodies in (NOBODY, EVERYBODY_ELSE, THE_KEEPER)
        ]
    record_property("cells", len(got))
    assert got == [REFUSED, REFUSED, PASSES]


@pytest.mark.parametrize("id_", CHANGES)
async def test_no_other_act_than_that_of_the_row_asks_for_a_body(
    doors: Doors, id_: str, record_property: Count
) -> None:
    act = MATRIX.rows[id_].act
    with kept_for_one(doors, *(each for each in GuardedAct if each != act)):
        got = await asked_for(doors, id_, NOBODY)
    record_property("cells", 1)
    assert got == PASSES
