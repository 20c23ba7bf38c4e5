"""Windows of an item (事项所在窗口) as they are kept: since when, and until when."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    Uuid,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.base import metadata
from app.db.ids import uuid7
from app.db.items import item
from app.db.windows import window

item_window = Table(
    "item_window",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("item_id", Uuid, nullable=False),
    Column("window_id", Uuid, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id", "item_id"], [item.c.centre_id, item.c.id]),
    ForeignKeyConstraint(["centre_id", "window_id"], [window.c.centre_id, window.c.id]),
    CheckConstraint("until >= since - 1", name="days"),
    Index(
        "ix_item_window_current",
        "centre_id",
        "item_id",
        "window_id",
        unique=True,
        postgresql_where=text("until IS NULL"),
    ),
)
"""A window that is left on its first day was never the item's: it ends the day before it began."""

_HERE: Final = item_window.c.centre_id == bindparam("centre_id")
_THERE: Final = and_(
    item_window.c.since <= bindparam("on"),
    or_(item_window.c.until.is_(None), item_window.c.until >= bindparam("on")),
)
_OF: Final = (
    select(item_window.c.item_id, item_window.c.window_id)
    .where(_HERE, item_window.c.item_id == bindparam("items", type_=ARRAY(Uuid)).any_(), _THERE)
    .order_by(item_window.c.id)
)
_BEGAN: Final = select(func.min(item_window.c.since)).where(
    _HERE, item_window.c.item_id == bindparam("item_id")
)
_ADD: Final = insert(item_window)
_END: Final = (
    update(item_window)
    .where(
        item_window.c.centre_id == bindparam("of_centre"),
        item_window.c.item_id == bindparam("of"),
        item_window.c.window_id != bindparam("staying", type_=ARRAY(Uuid)).all_(),
        item_window.c.until.is_(None),
    )
    .values(until=bindparam("ends_on"))
)
_OPEN: Final = select(window.c.id).where(
    window.c.centre_id == bindparam("centre_id"),
    window.c.id == bindparam("windows", type_=ARRAY(Uuid)).any_(),
    window.c.stage != "closed",
)


async def of_items(
    connection: AsyncConnection, centre_id: UUID, items: Collection[UUID], on: date
) -> dict[UUID, tuple[UUID, ...]]:
    """The windows of each of these items on that day; an item without one is left out."""
    values = {"centre_id": centre_id, "items": list(items), "on": on}
    found: dict[UUID, tuple[UUID, ...]] = {}
    for row in await connection.execute(_OF, values):
        found[row.item_id] = (*found.get(row.item_id, ()), row.window_id)
    return found


async def known(
    connection: AsyncConnection, centre_id: UUID, item_id: UUID, on: date
) -> tuple[UUID, ...]:
    """The windows of the item on that day; on a day before any was entered, the first ones."""
    found = await of_items(connection, centre_id, [item_id], on)
    if item_id in found:
        return found[item_id]
    values = {"centre_id": centre_id, "item_id": item_id}
    began: date | None = (await connection.execute(_BEGAN, values)).scalar_one()
    if began is None or began <= on:
        return ()
    return (await of_items(connection, centre_id, [item_id], began)).get(item_id, ())


async def open_among(
    connection: AsyncConnection, centre_id: UUID, windows: Collection[UUID]
) -> frozenset[UUID]:
    """Those of these windows that the centre has and has not closed."""
    values = {"centre_id": centre_id, "windows": list(windows)}
    return frozenset((await connection.execute(_OPEN, values)).scalars())


async def assign(
    connection: AsyncConnection, centre_id: UUID, item_id: UUID, windows: Collection[UUID], on: date
) -> None:
    """These windows and no others from that day; the item is locked by the caller."""
    now = (await of_items(connection, centre_id, [item_id], on)).get(item_id, ())
    ends = {"of_centre": centre_id, "of": item_id, "staying": list(windows)}
    await connection.execute(_END, {**ends, "ends_on": on - timedelta(days=1)})
    new = [
        {"centre_id": centre_id, "id": uuid7(), "item_id": item_id, "window_id": each, "since": on}
        for each in dict.fromkeys(windows)
        if each not in now
    ]
    if new:
        await connection.execute(_ADD, new)
