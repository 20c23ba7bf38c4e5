"""Chains (链的核验) as they are read to be checked: in batches, as they lie there, changing
nothing."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    Row,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    union,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.db.centres import centre
from app.db.ledger import ledger, ledger_chain
from app.db.outbox import outbox
from app.domain.oversight.chain import Broken, Fault, Link
from app.domain.oversight.head import Head
from app.domain.oversight.ledger import PLATFORM, Entry

LINKS_AT_ONCE: Final = 500
ENTRIES_AT_ONCE: Final = 5_000

_AS_TEXT: Final = ("at", "occurred_at", "facts", "override")
"""Read as text and parsed here: what a forger leaves there may be no value of Python's."""
_AS_THEY_LIE: Final = [
    cast(column, Text).label(column.name) if column.name in _AS_TEXT else column
    for column in ledger.c
    if column.name not in ("centre_id", "id", "rows")
]
_LIES: Final = [
    ledger.c.id.label("lies_at"),
    *_AS_THEY_LIE,
    func.to_json(ledger.c.rows).cast(Text).label("rows"),
    # Two writings of one value: a list that counts from elsewhere.
    (func.coalesce(func.array_lower(ledger.c.rows, 1), 1) == literal(1)).label("plain"),
]
_PART: Final = (
    select(ledger_chain)
    .where(
        ledger_chain.c.centre_id == bindparam("centre_id"),
        ledger_chain.c.position > bindparam("after"),
    )
    .order_by(ledger_chain.c.position)
    .limit(bindparam("count"))
    .subquery("part")
)
_LINKS: Final = (
    select(
        _PART.c.position,
        _PART.c.entry_id,
        _PART.c.hash.label("sealed"),
        _PART.c.chained_hash,
        outbox.c.id.is_not(None).label("told"),
        outbox.c.position.label("told_at"),
        *_LIES,
    )
    .select_from(_PART)
    .outerjoin(
        ledger,
        and_(
            ledger.c.centre_id == _PART.c.centre_id,
            ledger.c.id == _PART.c.entry_id,
            ledger.c.at == _PART.c.entry_at,
        ),
    )
    .outerjoin(
        outbox, and_(outbox.c.centre_id == _PART.c.centre_id, outbox.c.id == _PART.c.entry_id)
    )
    .order_by(_PART.c.position)
)
_TOLD: Final = select(outbox.c.id).where(
    outbox.c.centre_id == bindparam("centre_id"), outbox.c.position == bindparam("position")
)
# What may be meant by a link whose entry is not where it says: under its id, or told as its own.
_NEAR: Final = select(*_LIES).where(
    ledger.c.centre_id == bindparam("centre_id"),
    or_(ledger.c.id == bindparam("entry_id"), ledger.c.id == _TOLD.scalar_subquery()),
)
_SOME: Final = (
    select(ledger.c.centre_id, ledger.c.id, ledger.c.at)
    .where(
        ledger.c.centre_id == bindparam("centre_id"),
        tuple_(ledger.c.id, ledger.c.at)
        > tuple_(
            bindparam("after_id", type_=Uuid),
            cast(bindparam("after_at", type_=Text), DateTime(timezone=True)),
        ),
    )
    .order_by(ledger.c.id, ledger.c.at)
    .limit(bindparam("count"))
    .subquery("some")
)
_SEALS: Final = (
    select(func.count().label("links"), func.max(ledger_chain.c.position).label("last"))
    .where(
        ledger_chain.c.centre_id == _SOME.c.centre_id,
        ledger_chain.c.entry_id == _SOME.c.id,
        ledger_chain.c.entry_at == _SOME.c.at,
    )
    .lateral("seals")
)
_ENTRIES: Final = (
    select(
        _SOME.c.id,
        cast(_SOME.c.at, Text).label("at"),
        outbox.c.id.is_not(None).label("told"),
        outbox.c.position,
        _SEALS.c.links,
        _SEALS.c.last,
    )
    .select_from(_SOME)
    .join(_SEALS, true())
    .outerjoin(
        outbox,
        and_(
            outbox.c.centre_id == _SOME.c.centre_id,
            outbox.c.id == _SOME.c.id,
            outbox.c.created_at == _SOME.c.at,
        ),
    )
    .order_by(_SOME.c.id, _SOME.c.at)
)
_PLACE: Final = select(ledger_chain.c.position).where(
    ledger_chain.c.centre_id == bindparam("centre_id"),
    ledger_chain.c.position == bindparam("position"),
)
_EVERY_CENTRE: Final = {"every_centre": "it looks for centres that have a ledger or a chain"}
_NEXT: Final = tuple(
    select(table.c.centre_id)
    .where(table.c.centre_id >= bindparam("since"))
    .order_by(table.c.centre_id)
    .limit(1)
    .execution_options(**_EVERY_CENTRE)
    for table in (ledger_chain, ledger)
)
_LENGTH: Final = select(func.coalesce(func.max(ledger_chain.c.position), 0)).where(
    ledger_chain.c.centre_id == bindparam("centre_id")
)
_ALL: Final = union(select(centre.c.id), select(literal(PLATFORM, Uuid))).subquery("every")
_LAST: Final = (
    select(ledger_chain.c.position, ledger_chain.c.chained_hash)
    .where(ledger_chain.c.centre_id == _ALL.c.id)
    .order_by(ledger_chain.c.position.desc())
    .limit(1)
    .lateral("last")
)
_HEADS: Final = (
    select(_ALL.c.id, _LAST.c.position, _LAST.c.chained_hash)
    .select_from(_ALL.join(_LAST, true()))
    .order_by(_ALL.c.id)
    .execution_options(every_centre="the worker signs the heads of all chains")
)
_ASKED: Final = select(
    func.unnest(bindparam("centres", type_=ARRAY(Uuid))).label("centre_id"),
    func.unnest(bindparam("positions", type_=ARRAY(BigInteger))).label("position"),
).subquery("asked")
_AT: Final = select(
    ledger_chain.c.centre_id,
    ledger_chain.c.position,
    ledger_chain.c.entry_id,
    ledger_chain.c.chained_hash,
).join_from(
    _ASKED,
    ledger_chain,
    and_(
        ledger_chain.c.centre_id == _ASKED.c.centre_id,
        ledger_chain.c.position == _ASKED.c.position,
    ),
)
Begun: TypeAlias = tuple[UUID, str]
"""The last entry of a part that was read: its id, and when it was recorded as the database
writes it."""
BEFORE_ALL: Final[Begun] = (UUID(int=0), "-infinity")


@dataclass(frozen=True, slots=True)
class Part:
    """Some entries of a ledger: how many, how many of them wait for a position, the first that is
    not on the chain once and does not wait, and where to go on (None: that was all)."""

    count: int
    waiting: int
    outside: Broken | None
    last: Begun | None


class Chains:
    """The chains of all centres, read for whoever checks or signs them."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def centres(self) -> AsyncIterator[UUID]:
        """Whatever has a chain or a ledger, whether or not there is such a centre."""
        found = await self._next(0)
        while found is not None:
            yield found
            found = await self._next(found.int + 1)

    async def _next(self, since: int) -> UUID | None:
        async with self._engine.connect() as connection:
            values = {"since": UUID(int=since)}
            found = [(await connection.execute(table, values)).scalar() for table in _NEXT]
        return min(filter(None, found), default=None)

    async def length(self, centre_id: UUID) -> int:
        """The last position of a chain; 0 where there is none."""
        async with self._engine.connect() as connection:
            found = await connection.execute(_LENGTH, {"centre_id": centre_id})
            return int(found.scalar_one())

    async def links(self, centre_id: UUID, after: int) -> list[Link]:
        """The next links, in their order, with what the ledger holds of each."""
        values = {"centre_id": centre_id, "after": after, "count": LINKS_AT_ONCE}
        async with self._engine.connect() as connection:
            return [_link(centre_id, row) for row in await connection.execute(_LINKS, values)]

    async def entries(self, centre_id: UUID, after: Begun) -> Part:
        """The next entries, in the order of their ids."""
        values = {
            "centre_id": centre_id,
            "after_id": after[0],
            "after_at": after[1],
            "count": ENTRIES_AT_ONCE,
        }
        async with self._engine.connect() as connection:
            rows = (await connection.execute(_ENTRIES, values)).all()
            astray = next((row for row in rows if _astray(row)), None)
            outside = await _outside(connection, centre_id, astray) if astray else None
        return Part(
            count=len(rows),
            waiting=sum(row.told and row.position is None for row in rows),
            outside=outside,
            last=(rows[-1].id, rows[-1].at) if len(rows) == ENTRIES_AT_ONCE else None,
        )

    async def named(self, centre_id: UUID, fault: Fault, link: Link, position: int) -> Broken:
        """The broken place: was it the entry or the link that was changed?"""
        gap = fault is Fault.LINK_REMOVED
        values = {"centre_id": centre_id, "entry_id": link.entry_id, "position": position}
        async with self._engine.connect() as connection:
            told = (await connection.execute(_TOLD, values)).scalar_one_or_none()
            near = (await connection.execute(_NEAR, values)).all()
        if fault is Fault.ENTRY_REMOVED and any(
            _computed(centre_id, row) == link.sealed for row in near
        ):
            fault = Fault.LINK_CHANGED
        elif fault is Fault.ENTRY_REMOVED and any(row.lies_at == link.entry_id for row in near):
            fault = Fault.ENTRY_CHANGED
        entry_id = told if gap else link.entry_id
        return Broken(fault=fault, centre_id=centre_id, position=position, entry_id=entry_id)

    async def heads(self, at: datetime) -> list[Head]:
        """Where the chain of every centre, and that of the platform, ends at this moment."""
        async with self._engine.connect() as connection:
            return [
                Head(centre_id=row.id, position=row.position, chained_hash=row.chained_hash, at=at)
                for row in await connection.execute(_HEADS)
            ]

    async def sealed(self, places: Sequence[Head]) -> dict[tuple[UUID, int], tuple[UUID, bytes]]:
        """Entry and chained hash at the positions that these heads name, where there are such."""
        values = {
            "centres": [head.centre_id for head in places],
            "positions": [head.position for head in places],
        }
        async with self._engine.connect() as connection:
            return {
                (row.centre_id, row.position): (row.entry_id, row.chained_hash)
                for row in await connection.execute(_AT, values)
            }


# Any: a row's columns have types of their own.
def _link(centre_id: UUID, row: Row[Any]) -> Link:
    there = row.lies_at is not None
    return Link(
        position=row.position,
        entry_id=row.entry_id,
        sealed=row.sealed,
        chained=row.chained_hash,
        there=there,
        stored=row.hash,
        computed=_computed(centre_id, row) if there else None,
        told=row.told,
        told_at=row.told_at,
    )


def _computed(centre_id: UUID, row: Row[Any]) -> bytes | None:
    """The hash of the entry as it lies there; None if it is nothing that we could have written."""
    if not row.plain or row.override == "null":
        return None
    try:
        return Entry(
            centre_id=centre_id,
            id=row.lies_at,
            at=datetime.fromisoformat(row.at),
            occurred_at=datetime.fromisoformat(row.occurred_at),
            actor=row.actor,
            client=row.client,
            action=row.action,
            subject_kind=row.subject_kind,
            subject_id=row.subject_id,
            number=row.number,
            facts=json.loads(row.facts),
            rows=tuple(json.loads(row.rows)),
            override=None if row.override is None else json.loads(row.override),
            request_id=row.request_id,
        ).hash
    except (ValueError, TypeError, RecursionError):
        return None


def _astray(row: Row[Any]) -> bool:
    """An entry is on the chain once; or it waits for that, and its event with it."""
    waits = row.told and row.position is None
    return row.links != 1 and not (row.links == 0 and waits)


async def _outside(connection: AsyncConnection, centre_id: UUID, row: Row[Any]) -> Broken:
    """What is wrong with an entry that is astray."""
    if row.links:
        return _broken(Fault.LINK_CHANGED, centre_id, row, row.last)
    place = {"centre_id": centre_id, "position": row.position}
    cut = row.told and not (await connection.execute(_PLACE, place)).one_or_none()
    fault = Fault.LINK_REMOVED if cut else Fault.ENTRY_OUTSIDE
    return _broken(fault, centre_id, row, row.position)


def _broken(fault: Fault, centre_id: UUID, row: Row[Any], position: int | None) -> Broken:
    return Broken(fault=fault, centre_id=centre_id, position=position, entry_id=row.id)
