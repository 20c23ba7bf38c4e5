"""Audit (审计) as it is read: the ledger of a centre in the order of its chain, by resource, actor,
action and time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Subquery, and_, null, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.db.ledger import ledger, ledger_chain
from app.db.outbox import outbox
from app.domain.oversight.ledger import Entry

NEAR: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """Whose entries are asked for; `since` (included) and `until` (excluded) are about when they
    were recorded."""

    subject_kind: str | None = None
    subject_id: UUID | None = None
    actor: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """An entry with its seals. One that was committed a moment ago has no place in the chain yet:
    neither position nor chained hash."""

    entry: Entry
    hash: bytes
    position: int | None
    chained_hash: bytes | None


async def listed(
    engine: AsyncEngine, centre_id: UUID, query: AuditQuery, *, after: int, limit: int
) -> list[Audited]:
    """Entries behind a position, in the order of positions; then, as far as there is room, those
    that wait for one, in the order of their ids."""
    where = list(_where(centre_id, query))
    async with engine.connect() as connection:
        found: list[Audited] = []
        if query.subject_id is None:
            # What most entries answer to is found near by; what few do, by looking at all.
            near = _entries(where, _near(centre_id, after)).limit(limit)
            found, after = await _read(connection, near), after + NEAR
        for places in (_behind(centre_id, after), _waiting(centre_id)):
            if (room := limit - len(found)) > 0:
                # What gets its place between two questions comes behind the last position later.
                found += await _read(connection, _entries(where, places).limit(room))
    return found


def _near(centre_id: UUID, after: int) -> Subquery:
    """The next places: few enough for the planner to begin with them, whatever else is asked."""
    return (
        _places(centre_id, after)
        .where(ledger_chain.c.position <= after + NEAR)
        .limit(NEAR)
        .subquery("place")
    )


def _behind(centre_id: UUID, after: int) -> Subquery:
    return _places(centre_id, after).subquery("place")


def _places(centre_id: UUID, after: int) -> Select[Any]:
    """The links of the chain: what has happened is listed also when its event is gone."""
    return select(
        ledger_chain.c.centre_id,
        ledger_chain.c.entry_id,
        ledger_chain.c.entry_at,
        ledger_chain.c.position,
        ledger_chain.c.chained_hash,
    ).where(ledger_chain.c.centre_id == centre_id, ledger_chain.c.position > after)


def _waiting(centre_id: UUID) -> Subquery:
    """The events that are on their way to a place."""
    return (
        select(
            outbox.c.centre_id,
            outbox.c.id.label("entry_id"),
            outbox.c.created_at.label("entry_at"),
            outbox.c.position,
            null().label("chained_hash"),
        )
        .where(outbox.c.centre_id == centre_id, outbox.c.position.is_(None))
        .subquery("place")
    )


def _entries(
    where: Sequence[ColumnElement[bool]], places: Subquery
) -> Select[Any]:  # Any: the ledger's columns
    """The entries at these places, with their seals."""
    same = and_(
        places.c.centre_id == ledger.c.centre_id,
        places.c.entry_id == ledger.c.id,
        places.c.entry_at == ledger.c.at,
    )
    return (
        select(*ledger.c, places.c.position, places.c.chained_hash)
        .select_from(places)
        .join(ledger, same)
        .where(*where)
        .order_by(places.c.position, places.c.entry_id)
    )


def _where(centre_id: UUID, query: AuditQuery) -> Iterator[ColumnElement[bool]]:
    yield ledger.c.centre_id == centre_id
    equal = {
        ledger.c.subject_kind: query.subject_kind,
        ledger.c.subject_id: query.subject_id,
        ledger.c.actor: query.actor,
        ledger.c.action: query.action,
    }
    yield from (column == value for column, value in equal.items() if value is not None)
    if query.since is not None:
        yield ledger.c.at >= query.since
    if query.until is not None:
        yield ledger.c.at < query.until


async def _read(connection: AsyncConnection, statement: Select[Any]) -> list[Audited]:
    return [_audited(row) for row in await connection.execute(statement)]


def _audited(row: Row[Any]) -> Audited:
    names = (column.name for column in ledger.c if column.name != "hash")
    values = {name: getattr(row, name) for name in names}
    return Audited(
        entry=Entry(**values | {"rows": tuple(row.rows)}),
        hash=row.hash,
        position=row.position,
        chained_hash=row.chained_hash,
    )
