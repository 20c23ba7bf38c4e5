"""Outbox (事件发件箱): one event per ledger entry, read in the order of the commits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    BindParameter,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    PrimaryKeyConstraint,
    Row,
    Table,
    Text,
    Uuid,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.base import metadata
from app.db.ledger import as_json, ledger_chain
from app.domain.errors import DomainError
from app.domain.oversight.ledger import Entry

outbox = Table(
    "outbox",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("case_id", Uuid),
    Column("type", Text, nullable=False),
    Column("data", JSONB, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("position", BigInteger),
    Column("stream", BigInteger),
    PrimaryKeyConstraint("centre_id", "id"),
    CheckConstraint("position >= 1", name="position"),
    CheckConstraint("(stream IS NULL) = (position IS NULL) AND stream >= 1", name="stream"),
    Index("ix_outbox_waiting", "centre_id", "id", postgresql_where=text("position IS NULL")),
    Index(
        "ix_outbox_position",
        "centre_id",
        "position",
        unique=True,
        postgresql_where=text("position IS NOT NULL"),
    ),
    Index(
        "ix_outbox_stream",
        "stream",
        postgresql_where=text("stream IS NOT NULL"),
    ),
)
"""`id` and `created_at` are those of the ledger entry (its `id` and `at`): the sequencer finds the
entry by both and then gives the event its position in the centre, and its place in the stream of
all centres. That no two have one place there is the sequencer's doing: an index that does not
begin with the centre could not be unique where centres are kept apart."""

REFUSAL: Final = "cn.guiju.refusal"
_PLACES: Final = {"position", "stream"}
_WRITTEN: Final = tuple(column for column in outbox.c if column.name not in _PLACES)
_AFTER = (
    select(
        outbox.c.id,
        outbox.c.case_id,
        outbox.c.type,
        outbox.c.data,
        outbox.c.created_at,
        outbox.c.position,
    )
    .where(
        outbox.c.centre_id == bindparam("centre_id"),
        outbox.c.position > bindparam("after"),
    )
    .order_by(outbox.c.position)
    .limit(bindparam("count"))
)
_STREAM = (
    select(
        outbox.c.centre_id,
        outbox.c.id,
        outbox.c.case_id,
        outbox.c.type,
        outbox.c.data,
        outbox.c.created_at,
        outbox.c.position,
        outbox.c.stream,
    )
    .where(outbox.c.stream > bindparam("after"))
    .order_by(outbox.c.stream)
    .limit(bindparam("count"))
    .execution_options(every_centre="the platform reads along with all centres")
)


# Only the beginning of the stream is ever disposed of: what is missing there is gone, not late.
_FLOOR = select(func.min(outbox.c.stream)).execution_options(
    every_centre="the platform reads along with all centres"
)
_LENGTH = select(func.coalesce(func.max(ledger_chain.c.position), 0)).where(
    ledger_chain.c.centre_id == bindparam("centre_id")
)


class EventsDisposed(DomainError):
    """Events behind the place that was read last are gone: to go on in silence would be to skip
    them. `readable` is the place behind which all are there."""

    slug: ClassVar[str] = "events_disposed"
    title: ClassVar[str] = "事件已处置"

    def __init__(self, readable: int) -> None:
        super().__init__(
            f"所要读取的事件已部分处置；从 after={readable} 起可读，此前的见审计（留痕俱在）。"
        )
        self.readable = readable


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What the subscribers of a centre learn: ids, days and field names, never personal values."""

    id: UUID
    case_id: UUID | None
    type: str
    data: Mapping[str, Any]  # Any: JSON of the act's own shape
    created_at: datetime
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Streamed:
    """An event with its centre and its place among those of all centres."""

    centre_id: UUID
    event: Event
    stream: int


def event_columns() -> list[str]:
    """The columns that an event is written with, in the order of `event_binds`."""
    return [column.name for column in _WRITTEN]


def event_binds() -> list[BindParameter[Any]]:
    """A parameter for each column of an event, to insert with: `event_id`, `event_type`, …"""
    return [bindparam(f"event_{column.name}", type_=column.type) for column in _WRITTEN]


def event_arguments(entry: Entry, type_: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """What to call a statement with that was made with `event_binds`: the event of this entry.

    A refusal belongs to no case: nothing happened to it.
    """
    of_case = entry.subject_kind == "case" and type_ != REFUSAL
    return {
        "event_centre_id": entry.centre_id,
        "event_id": entry.id,
        "event_case_id": entry.subject_id if of_case else None,
        "event_type": type_,
        "event_data": as_json(data),
        "event_created_at": entry.at,
    }


class Events:
    """The events of all centres: of one of them, or in the stream of all."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def after(self, centre_id: UUID, position: int, *, limit: int) -> list[Event]:
        """Events behind a position. None is ever added in front of one that was read. Raises
        EventsDisposed."""
        values = {"centre_id": centre_id, "after": position, "count": limit}
        async with self._engine.connect() as connection:
            found = [_event(row) for row in await connection.execute(_AFTER, values)]
            if not found:
                length = (await connection.execute(_LENGTH, {"centre_id": centre_id})).scalar_one()
                if length <= position:
                    return []
                # Either they got their places between the two questions, or they are gone.
                found = [_event(row) for row in await connection.execute(_AFTER, values)]
        readable = found[0].position - 1 if found else length
        if readable > position:
            raise EventsDisposed(readable)
        return found

    async def stream(self, after: int, *, limit: int) -> list[Streamed]:
        """Events of all centres behind a place in the stream; none is added in front later. Raises
        EventsDisposed."""
        values = {"after": after, "count": limit}
        async with self._engine.connect() as connection:
            found = [
                Streamed(centre_id=row.centre_id, event=_event(row), stream=row.stream)
                for row in await connection.execute(_STREAM, values)
            ]
            if found and found[0].stream > after + 1:
                floor = (await connection.execute(_FLOOR)).scalar_one()
                if floor >= found[0].stream:
                    raise EventsDisposed(floor - 1)
        return found


# Any: a row of either statement, with columns of their own types.
def _event(row: Row[*tuple[Any, ...]]) -> Event:
    return Event(
        id=row.id,
        case_id=row.case_id,
        type=row.type,
        data=row.data,
        created_at=row.created_at,
        position=row.position,
    )
