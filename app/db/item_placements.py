"""Placements (进厅与例外) as they are kept: each from a day until the next, with its approval."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Row,
    Table,
    Text,
    Uuid,
    and_,
    bindparam,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.base import metadata
from app.db.items import item
from app.db.windows import approval_of, approval_row
from app.domain.items.exemption import Exemption, Ground, Where
from app.domain.items.placement import Placement

item_placement = Table(
    "item_placement",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("item_id", Uuid, nullable=False),
    Column("placement", Text, nullable=False),
    Column("off_system", Boolean, nullable=False),
    Column("ground", Text),
    Column("approval_by", Text),
    Column("approval_number", Text),
    Column("approval_document", Text),
    Column("approval_issued_on", Date),
    Column("approved_until", Date),
    Column("reason", Text),
    Column("since", Date, nullable=False),
    Column("until", Date),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id", "item_id"], [item.c.centre_id, item.c.id]),
    CheckConstraint("placement IN ('in_hall', 'outside')", name="placement"),
    CheckConstraint("until >= since - 1", name="days"),
    Index(
        "ix_item_placement_current",
        "centre_id",
        "item_id",
        unique=True,
        postgresql_where=text("until IS NULL"),
    ),
    Index("ix_item_placement_item", "centre_id", "item_id", "since"),
)
"""An item of which nothing is written here is in the hall and in the system. What is replaced on
its first day was never so: it ends the day before it began."""

_HERE: Final = item_placement.c.centre_id == bindparam("centre_id")
_THERE: Final = and_(
    item_placement.c.since <= bindparam("on"),
    or_(item_placement.c.until.is_(None), item_placement.c.until >= bindparam("on")),
)
_OF: Final = select(item_placement).where(
    _HERE, item_placement.c.item_id == bindparam("items", type_=ARRAY(Uuid)).any_(), _THERE
)
_EXCEPTED: Final = (
    select(item_placement)
    .where(
        _HERE,
        _THERE,
        or_(item_placement.c.placement == "outside", item_placement.c.off_system),
        item_placement.c.item_id > bindparam("after"),
    )
    .order_by(item_placement.c.item_id)
    .limit(bindparam("count"))
)
_END: Final = (
    update(item_placement)
    .where(
        item_placement.c.centre_id == bindparam("of_centre"),
        item_placement.c.item_id == bindparam("of"),
        item_placement.c.until.is_(None),
    )
    .values(until=bindparam("ends_on"))
)
_ADD: Final = insert(item_placement)
_FIRST: Final = UUID(int=0)


async def of_items(
    connection: AsyncConnection, centre_id: UUID, items: Collection[UUID], on: date
) -> dict[UUID, Placement]:
    """What is written of each of these items for that day."""
    values = {"centre_id": centre_id, "items": list(items), "on": on}
    found = await connection.execute(_OF, values)
    return {row.item_id: _placement(row) for row in found}


async def excepted(
    connection: AsyncConnection, centre_id: UUID, on: date, *, after: UUID | None, limit: int
) -> list[Placement]:
    """What is outside the hall or the system on that day, in the order of the items."""
    values = {"centre_id": centre_id, "on": on, "after": after or _FIRST, "count": limit}
    return [_placement(row) for row in await connection.execute(_EXCEPTED, values)]


async def place(connection: AsyncConnection, centre_id: UUID, placed: Placement) -> None:
    """From its first day in the place of what was there; the item is locked by the caller."""
    ends = {"of_centre": centre_id, "of": placed.item_id}
    await connection.execute(_END, {**ends, "ends_on": placed.since - timedelta(days=1)})
    await connection.execute(_ADD, {"centre_id": centre_id, **_row(placed)})


def _row(placed: Placement) -> dict[str, object]:
    exemption = placed.exemption
    return {
        "id": placed.id,
        "item_id": placed.item_id,
        "placement": placed.where.value,
        "off_system": placed.off_system,
        "ground": exemption and exemption.ground.value,
        "approved_until": exemption and exemption.until,
        "reason": exemption and exemption.reason,
        "since": placed.since,
        "until": placed.until,
        **approval_row(None if exemption is None else exemption.approval),
    }


def _placement(row: Row[*tuple[Any, ...]]) -> Placement:  # Any: each column has a type of its own
    exemption = None
    if row.ground is not None:
        exemption = Exemption(
            ground=Ground(row.ground),
            approval=approval_of(row),
            until=row.approved_until,
            reason=row.reason,
        )
    return Placement(
        id=row.id,
        item_id=row.item_id,
        where=Where(row.placement),
        off_system=row.off_system,
        exemption=exemption,
        since=row.since,
        until=row.until,
    )
