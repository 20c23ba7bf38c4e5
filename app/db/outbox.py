"""Outbox (事件发件箱): one event per ledger entry, read in the order of the commits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
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
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.base import metadata
from app.db.ledger import as_json
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
    PrimaryKeyConstraint("centre_id", "id"),
    CheckConstraint("position >= 1", name="position"),
    Index("ix_outbox_waiting", "centre_id", "id", postgresql_where=text("position IS NULL")),
    Index(
        "ix_outbox_position",
        "centre_id",
        "position",
        unique=True,
        postgresql_where=text("position IS NOT NULL"),
    ),
)
"""`id` and `created_at` are those of the ledger entry (its `id` and `at`): the sequencer finds the
entry by both and then gives the event its position."""

REFUSAL: Final = "cn.guiju.refusal"
_WRITTEN: Final = tuple(column for column in outbox.c if column.name != "position")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What the subscribers of a centre learn: ids, days and field names, never personal values."""

    id: UUID
    case_id: UUID | None
    type: str
    data: Mapping[str, Any]  # Any: JSON of the act's own shape
    created_at: datetime
    position: int


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
    """The events of all centres, always asked for by centre."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def after(self, centre_id: UUID, position: int, *, limit: int) -> list[Event]:
        """Events behind a position. None is ever added in front of one that was read."""
        values = {"centre_id": centre_id, "after": position, "count": limit}
        async with self._engine.connect() as connection:
            return [_event(row) for row in await connection.execute(_AFTER, values)]


# Any: JSON of the act's own shape.
def _event(row: Row[UUID, UUID | None, str, Any, datetime, int | None]) -> Event:
    return Event(
        id=row.id,
        case_id=row.case_id,
        type=row.type,
        data=row.data,
        created_at=row.created_at,
        position=row.position,
    )
