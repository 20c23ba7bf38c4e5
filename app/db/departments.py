"""Departments (进驻部门) of a centre as they are kept, and the approval office of each."""

from contextlib import AbstractContextManager
from datetime import date
from typing import Any, Final
from uuid import UUID

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
from app.domain.organisation.department import (
    ApprovalOffice,
    Department,
    DepartmentKind,
    DepartmentTaken,
)

department = Table(
    "department",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("credit_code", Text),
    Column("kind", Text, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Column("ended_because", Text),
    Column("version", Integer, nullable=False, server_default=text("1")),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id"], [centre.c.id]),
    CheckConstraint(
        "credit_code ~ '^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-Z]{9}[0-9A-HJ-NPQRTUWXY]$'",
        name="credit_code",
    ),
    CheckConstraint("kind IN ('ordinary', 'police_station', 'village_committee')", name="kind"),
    CheckConstraint("until >= since", name="until"),
    Index(
        "ix_department_standing_name",
        "centre_id",
        "name",
        unique=True,
        postgresql_where=text("until IS NULL"),
    ),
    Index(
        "ix_department_standing_credit_code",
        "centre_id",
        "credit_code",
        unique=True,
        postgresql_where=text("until IS NULL"),
    ),
)
department_office = Table(
    "department_office",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("department_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Column("version", Integer, nullable=False, server_default=text("1")),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id", "department_id"], [department.c.centre_id, department.c.id]),
    CheckConstraint("until >= since - 1", name="until"),
    Index("ix_department_office_centre_id_department_id", "centre_id", "department_id"),
)
"""How many a department may have at once, its regulation says. An office that
ended the day before it began was entered by mistake and never was."""

_ONE: Final = entries.one(department, "centre_id")
_TURN: Final = _ONE.with_for_update(key_share=True)
_LIST: Final = entries.listed(department, "centre_id").where(
    or_(entries.DAY.is_(None), entries.on_day(department)),
    entries.as_wanted(department.c.kind),
)
_ADD: Final = insert(department)
_END: Final = entries.next_version(department, "until", "ended_because")
_RENAME: Final = entries.next_version(department, "name", "credit_code")
_ALL_OFFICES: Final = (
    select(department_office)
    .where(department_office.c.centre_id == bindparam("centre_id"))
    .order_by(department_office.c.id)
)
_OFFICES: Final = _ALL_OFFICES.where(
    department_office.c.department_id == bindparam("department_id")
)
_ADD_OFFICE: Final = insert(department_office)
_END_OFFICE: Final = entries.next_version(department_office, "until")


async def get(connection: AsyncConnection, centre_id: UUID, id_: UUID) -> Department:
    """Raises NotFound."""
    return _department(await entries.find(connection, _ONE, "部门", id_, centre_id=centre_id))


async def turn(connection: AsyncConnection, centre_id: UUID, id_: UUID) -> Department:
    """Take one's turn to change what a department has; it lasts as long as the request. Raises
    NotFound."""
    return _department(await entries.find(connection, _TURN, "部门", id_, centre_id=centre_id))


async def listed(
    connection: AsyncConnection,
    centre_id: UUID,
    *,
    on: date | None = None,
    kind: DepartmentKind | None = None,
    after: UUID | None = None,
    limit: int,
) -> list[Department]:
    """Departments in the order of their ids: those at the centre on that day, or all."""
    asked = {"centre_id": centre_id, "on": on, "kind": kind and kind.value}
    found = await entries.page(connection, _LIST, after, limit, **asked)
    return [_department(row) for row in found]


async def add(connection: AsyncConnection, made: Department) -> None:
    """Raises DepartmentTaken."""
    row = {
        "centre_id": made.centre_id,
        "id": made.id,
        "name": made.name,
        "credit_code": made.credit_code,
        "kind": made.kind.value,
        "since": made.since,
    }
    with _refused_where_taken():
        await connection.execute(_ADD, row)


async def rename(connection: AsyncConnection, renamed: Department) -> bool:
    """Write the names it bears now; false where somebody was faster. Raises DepartmentTaken."""
    new = {"name": renamed.name, "credit_code": renamed.credit_code}
    with _refused_where_taken():
        return await entries.write(connection, _RENAME, renamed.centre_id, renamed, **new)


async def end(connection: AsyncConnection, ended: Department) -> bool:
    """Write its last day beside it; false where somebody was faster."""
    new = {"until": ended.until, "ended_because": ended.ended_because}
    return await entries.write(connection, _END, ended.centre_id, ended, **new)


async def offices(
    connection: AsyncConnection, centre_id: UUID, department_id: UUID
) -> tuple[ApprovalOffice, ...]:
    """All approval offices that a department has or had."""
    values = {"centre_id": centre_id, "department_id": department_id}
    return tuple(_office(row) for row in await connection.execute(_OFFICES, values))


async def all_offices(connection: AsyncConnection, centre_id: UUID) -> tuple[ApprovalOffice, ...]:
    """All approval offices that the departments of a centre have or had."""
    found = await connection.execute(_ALL_OFFICES, {"centre_id": centre_id})
    return tuple(_office(row) for row in found)


async def add_office(connection: AsyncConnection, made: ApprovalOffice) -> None:
    row = {
        "centre_id": made.centre_id,
        "id": made.id,
        "department_id": made.department_id,
        "name": made.name,
        "since": made.since,
    }
    await connection.execute(_ADD_OFFICE, row)


async def end_office(connection: AsyncConnection, ended: ApprovalOffice) -> bool:
    """Write its last day beside it; false where somebody was faster."""
    new = {"until": ended.until}
    return await entries.write(connection, _END_OFFICE, ended.centre_id, ended, **new)


def _refused_where_taken() -> AbstractContextManager[None]:
    """No two departments at the centre bear the same name or code."""
    return entries.refused_as(
        ix_department_standing_name=DepartmentTaken("名称"),
        ix_department_standing_credit_code=DepartmentTaken("统一社会信用代码"),
    )


def _department(row: Row[*tuple[Any, ...]]) -> Department:  # Any: columns have their own types
    return Department(
        centre_id=row.centre_id,
        id=row.id,
        name=row.name,
        credit_code=row.credit_code,
        kind=DepartmentKind(row.kind),
        since=row.since,
        until=row.until,
        ended_because=row.ended_because,
        version=row.version,
    )


def _office(row: Row[*tuple[Any, ...]]) -> ApprovalOffice:
    return ApprovalOffice(
        centre_id=row.centre_id,
        id=row.id,
        department_id=row.department_id,
        name=row.name,
        since=row.since,
        until=row.until,
        version=row.version,
    )
