"""Delegations (委托代受理) as they are kept: which window accepts for which department."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Boolean,
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
    Uuid,
    bindparam,
    insert,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import entries
from app.db.base import metadata
from app.db.departments import department
from app.db.items import item
from app.db.windows import approval_of, approval_row, window
from app.domain.errors import NotFound
from app.domain.organisation.delegation import Acceptance, Delegation

delegation = Table(
    "delegation",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("department_id", Uuid, nullable=False),
    Column("window_id", Uuid, nullable=False),
    Column("item_ids", ARRAY(Uuid)),
    Column("few_items", Boolean, nullable=False),
    Column("low_frequency", Boolean, nullable=False),
    Column("figures", Text),
    Column("approval_by", Text),
    Column("approval_number", Text),
    Column("approval_document", Text),
    Column("approval_issued_on", Date),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Column("ended_because", Text),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id", "department_id"], [department.c.centre_id, department.c.id]),
    ForeignKeyConstraint(["centre_id", "window_id"], [window.c.centre_id, window.c.id]),
    CheckConstraint("version >= 1", name="version"),
    CheckConstraint("until >= since - 1", name="days"),
    CheckConstraint("cardinality(item_ids) > 0", name="items"),
    CheckConstraint("ended_because IS NULL OR until IS NOT NULL", name="ended"),
    CheckConstraint(
        "approval_by IS NOT NULL"
        " OR num_nonnulls(approval_number, approval_document, approval_issued_on) = 0",
        name="approval",
    ),
    Index("ix_delegation_department", "centre_id", "department_id"),
)
"""A delegation without items is one for all items of the department. One that ends the day before
it begins never held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationQuery:
    """What is asked of the list; what is None is not asked."""

    on: date | None = None
    department_id: UUID | None = None
    window_id: UUID | None = None


_ONE: Final = entries.one(delegation, "centre_id")
_TURN: Final = _ONE.with_for_update(key_share=True)
_LIST: Final = entries.listed(delegation, "centre_id").where(
    or_(entries.DAY.is_(None), entries.on_day(delegation)),
    entries.as_wanted(delegation.c.department_id),
    entries.as_wanted(delegation.c.window_id),
)
_IN_FORCE: Final = (
    select(delegation)
    .where(
        delegation.c.centre_id == bindparam("centre_id"),
        delegation.c.department_id == bindparam("department_id"),
        entries.on_day(delegation),
        or_(
            delegation.c.item_ids.is_(None),
            bindparam("item_id", type_=Uuid) == delegation.c.item_ids.any_(),
        ),
    )
    .order_by(delegation.c.id)
)
_DEPARTMENTS: Final = select(item.c.id, item.c.department_id).where(
    item.c.centre_id == bindparam("centre_id"),
    item.c.id == bindparam("items", type_=ARRAY(Uuid)).any_(),
)
_ADD: Final = insert(delegation)
_END: Final = entries.next_version(delegation, "until", "ended_because")


async def get(connection: AsyncConnection, centre_id: UUID, id_: UUID) -> Delegation:
    """Raises NotFound."""
    return _delegation(await entries.find(connection, _ONE, "委托", id_, centre_id=centre_id))


async def turn(connection: AsyncConnection, centre_id: UUID, id_: UUID) -> Delegation:
    """The same; nobody else changes it until the request ends. Raises NotFound."""
    return _delegation(await entries.find(connection, _TURN, "委托", id_, centre_id=centre_id))


async def listed(
    connection: AsyncConnection,
    centre_id: UUID,
    query: DelegationQuery,
    *,
    after: UUID | None,
    limit: int,
) -> list[Delegation]:
    """Delegations in the order of their ids."""
    asked = {"centre_id": centre_id, **asdict(query)}
    found = await entries.page(connection, _LIST, after, limit, **asked)
    return [_delegation(row) for row in found]


async def in_force(
    connection: AsyncConnection, centre_id: UUID, wanted: Acceptance
) -> tuple[Delegation, ...]:
    """The delegations of the department that reach this item on that day; whether the regulation
    lets the window accept under one of them, `may_accept_for` says."""
    return await reaching(connection, centre_id, wanted.department_id, wanted.item_id, wanted.on)


async def reaching(
    connection: AsyncConnection, centre_id: UUID, department_id: UUID, item_id: UUID, on: date
) -> tuple[Delegation, ...]:
    """The same, whichever window is to accept."""
    values = {
        "centre_id": centre_id,
        "department_id": department_id,
        "item_id": item_id,
        "on": on,
    }
    return tuple(_delegation(row) for row in await connection.execute(_IN_FORCE, values))


async def departments_of(
    connection: AsyncConnection, centre_id: UUID, item_ids: Collection[UUID]
) -> dict[UUID, UUID | None]:
    """The department that each item belongs to, where one is named. Raises NotFound."""
    values = {"centre_id": centre_id, "items": list(item_ids)}
    found = {row.id: row.department_id for row in await connection.execute(_DEPARTMENTS, values)}
    for item_id in item_ids:
        if item_id not in found:
            raise NotFound("事项", item_id)
    return found


async def add(connection: AsyncConnection, centre_id: UUID, made: Delegation) -> None:
    """Enter the delegation."""
    row = {
        "centre_id": centre_id,
        "id": made.id,
        "version": made.version,
        "department_id": made.department_id,
        "window_id": made.window_id,
        "item_ids": None if made.item_ids is None else list(made.item_ids),
        "few_items": made.few_items,
        "low_frequency": made.low_frequency,
        "figures": made.figures,
        "since": made.since,
        "until": made.until,
        **approval_row(made.approval),
    }
    await connection.execute(_ADD, row)


async def end(connection: AsyncConnection, centre_id: UUID, ended: Delegation) -> None:
    """Write the end of a delegation whose turn was taken."""
    new = {"until": ended.until, "ended_because": ended.ended_because}
    await entries.write(connection, _END, centre_id, ended, **new)


def _delegation(row: Row[*tuple[Any, ...]]) -> Delegation:  # Any: columns have their own types
    return Delegation(
        id=row.id,
        version=row.version,
        department_id=row.department_id,
        window_id=row.window_id,
        since=row.since,
        until=row.until,
        item_ids=None if row.item_ids is None else tuple(row.item_ids),
        few_items=row.few_items,
        low_frequency=row.low_frequency,
        figures=row.figures,
        approval=approval_of(row),
        ended_because=row.ended_because,
    )
