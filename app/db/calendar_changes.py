"""Changes of the calendar (日历变动) as they are kept: each is settled once no late write can be.

A case that was being written while the calendar changed was computed with the old one, and the
change could not see it yet. No statement outlives `STATEMENT_TIMEOUT_MS`: the worker looks through
the open cases once more when that time is over, and only then is the change settled.
"""

from datetime import timedelta
from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Interval,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.db.base import metadata
from app.db.engine import STATEMENT_TIMEOUT_MS, transaction
from app.db.recomputation import Batch, Change, Reckoning, Tally, move, passing
from app.db.uow import UnitOfWork

calendar_change = Table(
    "calendar_change",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("jurisdiction", Text, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True)),
    Column("settled_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("id"),
    CheckConstraint("jurisdiction ~ '^(CN|[0-9]{6})$'", name="jurisdiction"),
    CheckConstraint("settled_at IS NULL OR seen_at IS NOT NULL", name="settled"),
    Index("ix_calendar_change_open", "id", postgresql_where=text("settled_at IS NULL")),
)
"""Shared by all centres. `seen_at` is when the worker first saw the change after its commit."""

LATE: Final = timedelta(milliseconds=STATEMENT_TIMEOUT_MS) + timedelta(seconds=2)
_MADE: Final = insert(calendar_change)
_SEE: Final = (
    update(calendar_change)
    .where(calendar_change.c.settled_at.is_(None), calendar_change.c.seen_at.is_(None))
    .values(seen_at=func.now())
)
_RIPE: Final = (
    select(calendar_change.c.id, calendar_change.c.jurisdiction, calendar_change.c.first_day)
    .where(
        calendar_change.c.settled_at.is_(None),
        calendar_change.c.seen_at <= func.now() - bindparam("late", type_=Interval),
    )
    .order_by(calendar_change.c.id)
)
_SETTLED: Final = (
    update(calendar_change)
    .where(calendar_change.c.id == bindparam("of"))
    .values(settled_at=func.now())
)


async def enter(connection: AsyncConnection, change: Change, by: Reckoning) -> None:
    """Keep the change until the worker has settled it."""
    values = {
        "id": change.id,
        "jurisdiction": change.jurisdiction,
        "first_day": change.first_day,
        "made_at": by.writing.recorded_at,
    }
    await connection.execute(_MADE, values)


async def ripe(engine: AsyncEngine, late: timedelta = LATE) -> list[Change]:
    """The changes that can be settled now; those seen for the first time wait for their turn."""
    async with engine.connect() as connection:
        await connection.execute(_SEE)
        rows = await connection.execute(_RIPE, {"late": late})
        return [
            Change(id=row.id, jurisdiction=row.jurisdiction, first_day=row.first_day)
            for row in rows
        ]


async def settle(engine: AsyncEngine, change: Change, by: Reckoning) -> Tally:
    """Move what the change has not moved yet, a transaction per batch. Raises Busy."""
    async with engine.connect() as connection:
        batches = [batch async for batch in passing(connection, change)]
    tally = Tally()
    for batch in batches:
        tally = tally.and_then(await _settle(engine, change, batch, by))
    async with engine.connect() as connection:
        await connection.execute(_SETTLED, {"of": change.id})
    return tally


async def _settle(engine: AsyncEngine, change: Change, batch: Batch, by: Reckoning) -> Tally:
    async with transaction(engine) as connection:
        return await move(UnitOfWork(connection), change, batch, by)
