"""Idempotency (幂等): the stored answers of requests that were carried out, kept for seven days."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    bindparam,
    delete,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.base import metadata

KEPT: Final = timedelta(days=7)
PURGED_AT_ONCE: Final = 1000

idempotency = Table(
    "idempotency",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("client", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("centre_id", "client", "operation", "key"),
    CheckConstraint("octet_length(fingerprint) = 32", name="fingerprint"),
    CheckConstraint("status BETWEEN 200 AND 299", name="status"),
    CheckConstraint("expires_at > created_at", name="expires_after"),
    Index("ix_idempotency_expires_at", "expires_at"),
)
"""The claim of a key is the row itself, written in the transaction of the act; `answer` is sealed
by the edge and opened only there."""

_PRIMARY_KEY = (
    idempotency.c.centre_id,
    idempotency.c.client,
    idempotency.c.operation,
    idempotency.c.key,
)
_EXPIRED = (
    select(*_PRIMARY_KEY)
    .where(idempotency.c.expires_at < bindparam("now"))
    .limit(bindparam("count"))
    .execution_options(every_centre="what has expired is looked for wherever it lies")
)
_PURGE = (
    delete(idempotency)
    .where(tuple_(*_PRIMARY_KEY).in_(_EXPIRED))
    .execution_options(every_centre="what has expired is dropped wherever it lies")
)


async def purge(engine: AsyncEngine, now: datetime, *, most: int = PURGED_AT_ONCE) -> int:
    """Drop at most so many answers that have expired, and say how many there were."""
    async with engine.connect() as connection:
        return (await connection.execute(_PURGE, {"now": now, "count": most})).rowcount
