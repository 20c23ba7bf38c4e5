"""Ledger (留痕) as it is kept: append-only, partitioned by month, chained by one sequencer."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg
from pydantic_core import to_json
from sqlalchemy import (
    BigInteger,
    BindParameter,
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
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.base import metadata
from app.db.engine import Hot
from app.domain.oversight.ledger import Entry

ledger = Table(
    "ledger",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject_kind", Text, nullable=False),
    Column("subject_id", Uuid),
    Column("number", Integer),
    Column("facts", JSONB, nullable=False),
    Column("rows", ARRAY(Text), nullable=False),
    Column("override", JSONB(none_as_null=True)),
    Column("request_id", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("centre_id", "id", "at"),
    CheckConstraint("number >= 1", name="number"),
    CheckConstraint("octet_length(hash) = 32", name="hash"),
    Index("ix_ledger_subject", "centre_id", "subject_id", "number"),
    postgresql_partition_by="RANGE (at)",
)
"""The acts of a case are its entries with `subject_kind` case; `at` is when it was recorded."""

ledger_chain = Table(
    "ledger_chain",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("position", BigInteger, nullable=False, autoincrement=False),
    Column("entry_id", Uuid, nullable=False),
    Column("entry_at", DateTime(timezone=True), nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("chained_hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("centre_id", "position"),
    CheckConstraint("position >= 1", name="position"),
    CheckConstraint("octet_length(chained_hash) = 32", name="chained_hash"),
    Index("ix_ledger_chain_entry", "centre_id", "entry_id"),
)
"""The entries of a centre in the order of their commits, each sealed with all before it; the place
of an entry is found here even when its event is gone."""

_FIELDS: Final = tuple(column for column in ledger.c if column.name != "hash")
_BOUND: Final = tuple((f"ledger_{column.name}", column.name) for column in _FIELDS)
_ACTS = Hot(
    select(*ledger.c)
    .where(
        ledger.c.centre_id == bindparam("centre_id"),
        ledger.c.subject_id == bindparam("subject_id"),
        ledger.c.number > bindparam("after"),
    )
    .order_by(ledger.c.number, ledger.c.id)
    .limit(bindparam("count"))
)


def entry_binds() -> list[BindParameter[Any]]:
    """A parameter for each column of the ledger, to insert with: `ledger_id`, `ledger_at`, …"""
    return [bindparam(f"ledger_{column.name}", type_=column.type) for column in ledger.c]


def entry_arguments(entry: Entry) -> dict[str, Any]:
    """What to call a statement with that was made with `entry_binds`."""
    values = {bind: getattr(entry, name) for bind, name in _BOUND}
    return values | {
        "ledger_rows": list(entry.rows),
        "ledger_facts": as_json(entry.facts),
        "ledger_override": None if entry.override is None else as_json(entry.override),
        "ledger_hash": entry.hash,
    }


def as_json(value: Mapping[str, object]) -> str:
    """JSON for a parameter of a hot statement, which takes it as text."""
    return to_json(value).decode()


def entry_of(row: asyncpg.Record) -> Entry:
    """The entry as it was hashed."""
    values = {column.name: row[column.name] for column in _FIELDS}
    return Entry(**values | {"rows": tuple(row["rows"])})


async def acts(
    engine: AsyncEngine, centre_id: UUID, subject_id: UUID, *, after: int = 0, limit: int = 200
) -> Sequence[Entry]:
    """The acts of a subject in the order of their numbers; refusals have none and are left out."""
    values = {
        "centre_id": centre_id,
        "subject_id": subject_id,
        "after": after,
        "count": limit,
    }
    return [entry_of(row) for row in await _ACTS.all(engine, values)]
