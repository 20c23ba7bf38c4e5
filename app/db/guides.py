"""Guides (办事指南) as they are kept: every version with the days on which it was in force."""

from collections.abc import Collection
from datetime import date
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Row,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.base import metadata
from app.db.items import item
from app.domain.errors import NotFound
from app.domain.items.guide_version import Filing, Guide, GuideContent, Publishing

guide = Table(
    "guide",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("item_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("content", JSONB, nullable=False),
    Column("since", Date, nullable=False),
    Column("channels", ARRAY(Text), nullable=False),
    Column("published_on", Date),
    Column("published_by", Text),
    Column("filed_on", Date),
    Column("filed_by", Text),
    Column("filing_number", Text),
    Column("effective_on", Date),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id", "item_id"], [item.c.centre_id, item.c.id]),
    UniqueConstraint("centre_id", "item_id", "number"),
    CheckConstraint("number >= 1", name="number"),
    CheckConstraint("version >= 1", name="version"),
    CheckConstraint("(published_on IS NULL) = (published_by IS NULL)", name="published"),
    CheckConstraint("(filed_on IS NULL) = (filed_by IS NULL)", name="filed"),
    CheckConstraint(
        "effective_on IS NULL"
        " OR (effective_on >= since AND effective_on >= published_on AND published_on IS NOT NULL)",
        name="effective",
    ),
    Index(
        "ix_guide_effective",
        "centre_id",
        "item_id",
        "effective_on",
        postgresql_where=text("effective_on IS NOT NULL"),
    ),
)

_HERE: Final = guide.c.centre_id == bindparam("centre_id")
_OF: Final = (
    select(guide)
    .where(_HERE, guide.c.item_id == bindparam("item_id"))
    .order_by(guide.c.number.desc())
)
_BEGUN: Final = (
    select(guide)
    .ext(distinct_on(guide.c.item_id))
    .where(
        _HERE,
        guide.c.item_id == bindparam("items", type_=ARRAY(Uuid)).any_(),
        guide.c.effective_on <= bindparam("on"),
    )
    .order_by(guide.c.item_id, guide.c.effective_on.desc(), guide.c.number.desc())
)
_LAST: Final = select(func.coalesce(func.max(guide.c.number), 0)).where(
    _HERE, guide.c.item_id == bindparam("item_id")
)
_ADD: Final = insert(guide)
_MOVING: Final = (
    "version",
    "content",
    "since",
    "channels",
    "published_on",
    "published_by",
    "filed_on",
    "filed_by",
    "filing_number",
    "effective_on",
)
_SAVE: Final = (
    update(guide)
    .where(guide.c.centre_id == bindparam("of_centre"), guide.c.id == bindparam("of"))
    .values({name: bindparam(f"new_{name}", type_=guide.c[name].type) for name in _MOVING})
)
_CONTENT: Final = TypeAdapter(GuideContent)


async def versions(
    connection: AsyncConnection, centre_id: UUID, item_id: UUID
) -> tuple[Guide, ...]:
    """All versions of an item's guide, the newest first."""
    values = {"centre_id": centre_id, "item_id": item_id}
    return tuple(_guide(row) for row in await connection.execute(_OF, values))


async def get(connection: AsyncConnection, centre_id: UUID, item_id: UUID, guide_id: UUID) -> Guide:
    """One version. Raises NotFound."""
    for found in await versions(connection, centre_id, item_id):
        if found.id == guide_id:
            return found
    raise NotFound("办事指南", guide_id)


async def in_force(
    connection: AsyncConnection, centre_id: UUID, items: Collection[UUID], on: date
) -> dict[UUID, Guide]:
    """The version of that legal day of each of these items; an item without one is left out."""
    values = {"centre_id": centre_id, "items": list(items), "on": on}
    found = await connection.execute(_BEGUN, values)
    return {row.item_id: _guide(row) for row in found}


async def next_number(connection: AsyncConnection, centre_id: UUID, item_id: UUID) -> int:
    """The number of the next version; the item is locked by the caller."""
    values = {"centre_id": centre_id, "item_id": item_id}
    return int((await connection.execute(_LAST, values)).scalar_one()) + 1


async def add(connection: AsyncConnection, centre_id: UUID, new: Guide) -> None:
    row = {"centre_id": centre_id, "id": new.id, "item_id": new.item_id, "number": new.number}
    await connection.execute(_ADD, {**row, **_moving(new)})


async def save(connection: AsyncConnection, centre_id: UUID, changed: Guide) -> None:
    """The version, whose item is locked by the caller."""
    new = {f"new_{name}": value for name, value in _moving(changed).items()}
    await connection.execute(_SAVE, {"of_centre": centre_id, "of": changed.id, **new})


def _moving(of: Guide) -> dict[str, Any]:  # Any: a value for each column
    published, filed = of.published, of.filed
    return {
        "version": of.version,
        "content": _CONTENT.dump_python(of.content, mode="json", by_alias=True),
        "since": of.since,
        "channels": list(published.channels) if published else [],
        "published_on": published and published.on,
        "published_by": published and published.by,
        "filed_on": filed and filed.on,
        "filed_by": filed and filed.by,
        "filing_number": filed and filed.number,
        "effective_on": of.effective_on,
    }


def _guide(row: Row[*tuple[Any, ...]]) -> Guide:  # Any: each column has a type of its own
    published = filed = None
    if row.published_on is not None:
        published = Publishing(
            on=row.published_on, by=row.published_by, channels=tuple(row.channels)
        )
    if row.filed_on is not None:
        filed = Filing(on=row.filed_on, by=row.filed_by, number=row.filing_number)
    return Guide(
        id=row.id,
        item_id=row.item_id,
        number=row.number,
        version=row.version,
        content=_CONTENT.validate_python(row.content),
        since=row.since,
        published=published,
        filed=filed,
        effective_on=row.effective_on,
    )
