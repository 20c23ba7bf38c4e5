"""What the database holds: what was written since, and which ids belong to which centre."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Select, Uuid, literal, select, text, union_all
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.base import metadata
from app.db.centres import centre
from app.db.outbox import REFUSAL

# A refusal is entered, with its event: that is all that may remain of a refused request.
_BUT: Final = {"ledger": "action <> 'refused'", "outbox": f"type <> '{REFUSAL}'"}
_WRITTEN: Final = " UNION ALL ".join(
    f"SELECT '{name}', count(*), max(xmin::text::bigint)"  # noqa: S608 - names of our own tables
    f' FROM "{name}" WHERE {_BUT.get(name, "true")}'
    for name in metadata.tables
)
State = Mapping[str, tuple[int, int | None]]


async def state(engine: AsyncEngine) -> State:
    """Of each table, how many rows it has and the last transaction that wrote one of them."""
    async with engine.connect() as connection:
        rows = await connection.execute(text(_WRITTEN))
        return {name: (count, last) for name, count, last in rows}


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids of everything that belongs to a centre: of which table, of which centre."""

    tables: Mapping[str, str]
    centres: Mapping[str, UUID]

    def foreign(self, to: UUID) -> set[str]:
        """The ids of all other centres' things."""
        return {id_ for id_, place in self.centres.items() if place != to}

    def another(self, id_: str) -> str:
        """An id of the same table that belongs to another centre."""
        table, place = self.tables[id_], self.centres[id_]
        for other, kind in self.tables.items():
            if kind == table and self.centres[other] != place:
                return other
        raise AssertionError(f"only one centre has anything in {table}")


async def ids(engine: AsyncEngine) -> Ids:
    """The ids that are kept now; one that two centres share belongs to neither."""
    found: dict[str, set[tuple[str, UUID]]] = defaultdict(set)
    async with engine.connect() as connection:
        for table, id_, place in await connection.execute(_IDS):
            found[str(id_)].add((table, place))
    alone = {id_: min(kept) for id_, kept in found.items() if len({of for _, of in kept}) == 1}
    return Ids(
        tables={id_: table for id_, (table, _) in alone.items()},
        centres={id_: place for id_, (_, place) in alone.items()},
    )


def _with_ids() -> Iterator[Select[str, UUID, UUID]]:
    yield select(literal(centre.name), centre.c.id, centre.c.id)
    for table in metadata.sorted_tables:
        if "centre_id" in table.c and "id" in table.c and isinstance(table.c.id.type, Uuid):
            yield select(literal(table.name), table.c.id, table.c.centre_id)


_IDS: Final = union_all(*_with_ids()).execution_options(
    every_centre="it tells apart what belongs to each"
)
