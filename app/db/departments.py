"""Departments (进驻部门) of a centre as they are kept, and the approval office of each."""

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
    Select,
    Table,
    Text,
    Uuid,
    bindparam,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.base import metadata
from app.db.centres import centre
from app.db.engine import constraint_of
from app.domain.errors import NotFound
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
    CheckConstraint("until >= since", name="until"),
    Index("ix_department_office_centre_id_department_id", "centre_id", "department_id"),
)
"""How many a department may have at once, its regulation says."""

_TAKEN: Final = {
    "ix_department_standing_name": "名称",
    "ix_department_standing_credit_code": "统一社会信用代码",
}
_FIRST: Final = UUID(int=0)

_ONE: Final = select(department).where(
    department.c.centre_id == bindparam("centre_id"), department.c.id == bindparam("id")
)
_TURN: Final = _ONE.with_for_update(key_share=True)
_LIST: Final = (
    select(department)
    .where(
        department.c.centre_id == bindparam("centre_id"),
        department.c.id > bindparam("after"),
        or_(
            bindparam("on", type_=Date).is_(None),
            department.c.since <= bindparam("on", type_=Date),
        ),
        or_(
            bindparam("on", type_=Date).is_(None),
            department.c.until.is_(None),
            department.c.until >= bindparam("on", type_=Date),
        ),
        or_(
            bindparam("kind", type_=Text).is_(None),
            department.c.kind == bindparam("kind", type_=Text),
        ),
    )
    .order_by(department.c.id)
    .limit(bindparam("count"))
)
_ADD: Final = insert(department)
_END: Final = (
    update(department)
    .where(
        department.c.centre_id == bindparam("of_centre"),
        department.c.id == bindparam("of"),
        department.c.version == bindparam("was"),
    )
    .values(
        until=bindparam("ends_on"),
        ended_because=bindparam("reason"),
        version=department.c.version + 1,
    )
)
_RENAME: Final = (
    update(department)
    .where(
        department.c.centre_id == bindparam("of_centre"),
        department.c.id == bindparam("of"),
        department.c.version == bindparam("was"),
    )
    .values(
        name=bindparam("named"), credit_code=bindparam("coded"), version=department.c.version + 1
    )
)
_OFFICES: Final[Select[Any]] = (  # Any: each column has a type of its own
    select(department_office)
    .where(
        department_office.c.centre_id == bindparam("centre_id"),
        department_office.c.department_id == bindparam("department_id"),
    )
    .order_by(department_office.c.id)
)
_ALL_OFFICES: Final = (
    select(department_office)
    .where(department_office.c.centre_id == bindparam("centre_id"))
    .order_by(department_office.c.id)
)
_ADD_OFFICE: Final = insert(department_office)
_END_OFFICE: Final = (
    update(department_office)
    .where(
        department_office.c.centre_id == bindparam("of_centre"),
        department_office.c.id == bindparam("of"),
        department_office.c.version == bindparam("was"),
    )
    .values(until=bindparam("ends_on"), version=department_office.c.version + 1)
)


async def get(connection: AsyncConnection, centre_id: UUID, id_: UUID) -> Department:
    """Raises NotFound."""
    return _found(
        (await connection.execute(_ONE, {"centre_id": centre_id, "id": id_})).one_or_none(), id_
    )


async def turn(connection: AsyncConnection, centre_id: UUID, id_: UUID) -> Department:
    """Take one's turn to change what a department has; it lasts as long as the request. Raises
    NotFound."""
    return _found(
        (await connection.execute(_TURN, {"centre_id": centre_id, "id": id_})).one_or_none(), id_
    )


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
    values = {
        "centre_id": centre_id,
        "on": on,
        "kind": kind and kind.value,
        "after": after or _FIRST,
        "count": limit,
    }
    return [_department(row) for row in await connection.execute(_LIST, values)]


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
    await _written(connection, _ADD, row)


async def rename(
    connection: AsyncConnection, made: Department, named: str, credit_code: str | None
) -> bool:
    """Whether it was still at that version. Raises DepartmentTaken."""
    values = {**_at(made), "named": named, "coded": credit_code}
    return await _written(connection, _RENAME, values)


async def end(connection: AsyncConnection, made: Department, until: date, reason: str) -> bool:
    """Whether it was still at that version."""
    return await _written(connection, _END, {**_at(made), "ends_on": until, "reason": reason})


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


async def end_office(connection: AsyncConnection, made: ApprovalOffice, until: date) -> bool:
    """Whether it was still at that version."""
    return await _written(connection, _END_OFFICE, {**_at(made), "ends_on": until})


async def _written(connection: AsyncConnection, statement: Any, values: dict[str, Any]) -> bool:
    # Any: an insert or an update, whose values have types of their own.
    try:
        return bool((await connection.execute(statement, values)).rowcount)
    except IntegrityError as refused:
        if what := _TAKEN.get(constraint_of(refused) or ""):
            raise DepartmentTaken(what) from None
        raise


def _at(made: Department | ApprovalOffice) -> dict[str, Any]:
    return {"of_centre": made.centre_id, "of": made.id, "was": made.version}


def _found(row: Row[*tuple[Any, ...]] | None, id_: UUID) -> Department:
    if row is None:
        raise NotFound("部门", id_)
    return _department(row)


def _department(row: Row[*tuple[Any, ...]]) -> Department:
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
