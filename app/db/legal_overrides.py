"""Legal overrides (法律另有规定) as they are kept: entered for an item, ended, never rewritten."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Row,
    Table,
    Text,
    Uuid,
    bindparam,
    insert,
    or_,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import entries
from app.db.base import metadata
from app.db.centres import centre
from app.db.items import item
from app.domain.casework.case_facts import LegalLimit
from app.domain.items.legal_override import LegalOverride, LegalOverrideStands

legal_override = Table(
    "legal_override",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("item_id", Uuid, nullable=False),
    Column("rule", Text, nullable=False),
    Column("law", Text, nullable=False),
    Column("article", Text),
    Column("document_number", Text),
    Column("limit_days", Integer, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Column("ended_because", Text),
    Column("version", Integer, nullable=False),
    Column("entered_by", Text, nullable=False),
    Column("entered_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id"], [centre.c.id]),
    ForeignKeyConstraint(["centre_id", "item_id"], [item.c.centre_id, item.c.id]),
    CheckConstraint("rule <> '' AND law <> ''", name="named"),
    CheckConstraint("limit_days >= 1", name="limit_days"),
    CheckConstraint("until >= since - 1", name="until"),
    CheckConstraint("version >= 1", name="version"),
    Index(
        "ix_legal_override_standing",
        "centre_id",
        "item_id",
        "rule",
        "since",
        unique=True,
        postgresql_where=text("until IS NULL OR until >= since"),
    ),
)
"""Whoever writes has locked the item: no two that hold for a rule of it share a day. `until` on the
day before `since` means that the entry never held."""

_HERE: Final = legal_override.c.centre_id == bindparam("centre_id")
_ITEM: Final = legal_override.c.item_id == bindparam("item_id")
_HOLDS: Final = entries.on_day(legal_override)
_LISTED: Final = entries.listed(legal_override, "centre_id", "item_id")
_ON: Final = _LISTED.where(_HOLDS)
_ONE: Final = entries.one(legal_override, "centre_id", "item_id")
_IN_FORCE: Final = (
    select(legal_override.c.law, legal_override.c.article, legal_override.c.limit_days)
    .where(_HERE, _ITEM, _HOLDS)
    .order_by(legal_override.c.limit_days, legal_override.c.id)
    .limit(1)
)
_OVERLAPPING: Final = (
    select(legal_override)
    .where(
        _HERE,
        _ITEM,
        legal_override.c.rule == bindparam("rule"),
        legal_override.c.since <= bindparam("until"),
        or_(legal_override.c.until.is_(None), legal_override.c.until >= bindparam("since")),
        or_(legal_override.c.until.is_(None), legal_override.c.until >= legal_override.c.since),
    )
    .order_by(legal_override.c.since)
    .limit(1)
)
_ENTER: Final = insert(legal_override)
_END: Final = entries.next_version(legal_override, "until", "ended_because")


async def in_force(
    connection: AsyncConnection, centre_id: UUID, item_id: UUID, on: date
) -> LegalLimit | None:
    """What a case of the item that is received on that legal day takes with it; the shortest limit
    where laws displace more than one of its rules."""
    asked = {"centre_id": centre_id, "item_id": item_id, "on": on}
    row = (await connection.execute(_IN_FORCE, asked)).one_or_none()
    if row is None:
        return None
    return LegalLimit(law=row.law, article=row.article, days=row.limit_days)


async def listed(
    connection: AsyncConnection,
    of_item: tuple[UUID, UUID],
    *,
    on: date | None,
    after: UUID | None,
    limit: int,
) -> list[LegalOverride]:
    """The entries of an item (centre, item) in the order in which they were made: those that hold
    on a day, or all that ever were."""
    centre_id, item_id = of_item
    asked = {"centre_id": centre_id, "item_id": item_id}
    if on is None:
        found = await entries.page(connection, _LISTED, after, limit, **asked)
    else:
        found = await entries.page(connection, _ON, after, limit, **asked, on=on)
    return [_override(row) for row in found]


async def get(
    connection: AsyncConnection, centre_id: UUID, item_id: UUID, id_: UUID
) -> LegalOverride:
    """One entry of an item, ended or not. Raises NotFound."""
    asked = {"centre_id": centre_id, "item_id": item_id}
    return _override(await entries.find(connection, _ONE, "法律另有规定", id_, **asked))


async def enter(
    connection: AsyncConnection, centre_id: UUID, new: LegalOverride, entered: tuple[str, object]
) -> None:
    """Keep an entry, by whom and when; the item is locked. Raises LegalOverrideStands."""
    asked = {
        "centre_id": centre_id,
        "item_id": new.item_id,
        "rule": new.rule,
        "since": new.since,
        "until": new.until or date.max,
    }
    other = (await connection.execute(_OVERLAPPING, asked)).one_or_none()
    if other is not None:
        raise LegalOverrideStands(_override(other))
    by, at = entered
    row = {
        "centre_id": centre_id,
        "id": new.id,
        "item_id": new.item_id,
        "rule": new.rule,
        "law": new.law,
        "article": new.article,
        "document_number": new.document_number,
        "limit_days": new.limit_days,
        "since": new.since,
        "until": new.until,
        "version": new.version,
        "entered_by": by,
        "entered_at": at,
    }
    await connection.execute(_ENTER, row)


async def end(connection: AsyncConnection, centre_id: UUID, ended: LegalOverride) -> None:
    """Write its last day beside an entry whose item is locked."""
    new = {"until": ended.until, "ended_because": ended.ended_because}
    await entries.write(connection, _END, centre_id, ended, **new)


def _override(row: Row[Any]) -> LegalOverride:  # Any: a row's columns have types of their own
    return LegalOverride(
        id=row.id,
        item_id=row.item_id,
        rule=row.rule,
        law=row.law,
        article=row.article,
        document_number=row.document_number,
        limit_days=row.limit_days,
        since=row.since,
        until=row.until,
        ended_because=row.ended_because,
        version=row.version,
    )
