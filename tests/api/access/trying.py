"""Trying the doors (逐格核对): every operation with every kind of token, cell by cell."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from app.api.examples.load import EXAMPLES
from app.db import demo
from app.db.repositories import Repositories
from tests.api.access.asking import Asked, Reached, Watched
from tests.api.access.kept import state
from tests.api.access.matrix import PASSES, Kind, Row
from tests.api.access.tokens import Tokens
from tests.api.stories.hall import Hall
from tests.api.stories.told import READ, SENT

NOTHING: Final = "nothing"
_OVERTAKEN: Final = {409, 412}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One thing that was tried: what should come of it, and what came."""

    operation: str
    tried: str
    expected: str
    got: str

    @property
    def right(self) -> bool:
        return self.got == self.expected

    def __str__(self) -> str:
        return f"{self.operation}, {self.tried}: {self.expected} was expected, got {self.got}"


@dataclass
class Doors:
    """The service with its stories, its rows and every kind of token."""

    hall: Hall
    watched: Watched
    tokens: Tokens
    rows: Mapping[str, Row]
    _asked: dict[str, Asked] = field(default_factory=dict)

    @property
    def kept(self) -> Repositories:
        kept: Repositories = self.hall.app.state.repositories
        return kept

    @property
    def engine(self) -> AsyncEngine:
        return self.kept.engine

    async def asked(self, id_: str) -> Asked:
        """The request of the operation as its story makes it, which is told once."""
        if id_ not in self._asked:
            self._asked[id_] = await self.told(id_, example_of(id_))
        return self._asked[id_]

    async def told(self, id_: str, example: str | None) -> Asked:
        """The request of the operation as its story makes it, told anew."""
        story = SENT[id_, example] if example else READ[id_]
        self.watched.awaited = self.hall.operations[id_]
        try:
            await story(self.hall)
        except Reached as reached:
            return reached.asked
        finally:
            self.watched.awaited = None
        raise AssertionError(f"the story of {id_} never comes to it")

    async def centre_of(self, asked: Asked) -> UUID:
        """The centre of the path, or any centre where the path names none."""
        named = asked.path.get("centre")
        return (await self.kept.centres.get(named)).id if named else demo.CENTRES[0].id

    async def answer(self, asked: Asked, kind: Kind, row: Row) -> httpx.Response:
        """What such a caller is answered."""
        token = self.tokens.header(kind, row, await self.centre_of(asked), asked.by)
        return await asked.anew().sent(self.hall.client, token)


def example_of(id_: str) -> str | None:
    """The first of the examples of an operation with a body."""
    return next(iter(EXAMPLES.get(id_, ())), None)


def outcome(answer: httpx.Response) -> str:
    """`passes`, or the status and the code of the refusal."""
    if answer.is_success:
        return PASSES
    return f"{answer.status_code} {answer.json()['code']}"


def let_in(answer: httpx.Response) -> str:
    """The same; and what another story has overtaken was let in, for it stands against nobody."""
    return PASSES if answer.status_code in _OVERTAKEN else outcome(answer)


async def cells(doors: Doors, id_: str) -> AsyncIterator[Cell]:
    """Every cell of one operation: first those that are refused, then those that pass."""
    row, asked = doors.rows[id_], await doors.asked(id_)
    forms, spelled = forms_of(asked), await spelled_of(doors, asked)
    before = await state(doors.engine)
    for kind in Kind:
        if (expected := row.expected(kind)) != PASSES:
            for form, sent in {**forms, **(spelled if kind is Kind.FOREIGN else {})}.items():
                got = outcome(await doors.answer(sent, kind, row))
                yield Cell(operation=id_, tried=f"{kind} {form}", expected=expected, got=got)
    after = await state(doors.engine)
    changed = sorted(table for table in after if after[table] != before[table])
    yield Cell(
        operation=id_,
        tried="written by those who were refused",
        expected=NOTHING,
        got=", ".join(changed) or NOTHING,
    )
    for kind in Kind:
        if row.expected(kind) == PASSES:
            got = let_in(await doors.answer(asked, kind, row))
            yield Cell(operation=id_, tried=kind, expected=PASSES, got=got)
            if asked.operation.method != "get":
                asked = await doors.told(id_, example_of(id_))


def forms_of(asked: Asked) -> Mapping[str, Asked]:
    """A request that is right and one that is not: to whoever may not ask they are the same."""
    return {"as told": asked, "senseless": asked.senseless()}


async def spelled_of(doors: Doors, asked: Asked) -> Mapping[str, Asked]:
    """The centre by its code and by its id."""
    if "centre" not in asked.path:
        return {}
    place = await doors.kept.centres.get(asked.path["centre"])
    by_id = asked.at(centre=str(place.id))
    return {
        "by code": asked.at(centre=place.code),
        "by id": by_id,
        "senseless": by_id.senseless(),
    }
