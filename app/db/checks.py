"""Checks (检查) as they are kept: where and when, what was found, and how it was followed up."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Row,
    Table,
    Text,
    Uuid,
    and_,
    bindparam,
    exists,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import entries
from app.db.base import metadata
from app.db.centres import centre
from app.domain.organisation.check import Check, CheckFinding

centre_check = Table(
    "centre_check",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("on_day", Date, nullable=False),
    Column("at_centre_id", Uuid, nullable=False),
    Column("entered_by", Text, nullable=False),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id"], [centre.c.id]),
)
check_finding = Table(
    "check_finding",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("check_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("found", Text, nullable=False),
    Column("follow_up", Text),
    Column("closed_on", Date),
    PrimaryKeyConstraint("centre_id", "check_id", "number"),
    ForeignKeyConstraint(["centre_id", "check_id"], [centre_check.c.centre_id, centre_check.c.id]),
    CheckConstraint("number >= 1", name="number"),
    CheckConstraint("(closed_on IS NULL) = (follow_up IS NULL)", name="closed_on"),
)

_ONE: Final = entries.one(centre_check, "centre_id")
_LIST: Final = entries.listed(centre_check, "centre_id")
_OPEN: Final = (
    select(centre_check)
    .where(
        centre_check.c.centre_id == bindparam("centre_id"),
        centre_check.c.on_day <= bindparam("on"),
        exists().where(
            and_(
                check_finding.c.centre_id == centre_check.c.centre_id,
                check_finding.c.check_id == centre_check.c.id,
                or_(
                    check_finding.c.closed_on.is_(None), check_finding.c.closed_on > bindparam("on")
                ),
            )
        ),
    )
    .order_by(centre_check.c.on_day, centre_check.c.id)
)
_FINDINGS: Final = (
    select(check_finding)
    .where(
        check_finding.c.centre_id == bindparam("centre_id"),
        check_finding.c.check_id == bindparam("checks", type_=ARRAY(Uuid)).any_(),
    )
    .order_by(check_finding.c.check_id, check_finding.c.number)
)
_ADD: Final = insert(centre_check)
_FOUND: Final = insert(check_finding)
_FOLLOW_UP: Final = (
    update(check_finding)
    .where(
        check_finding.c.centre_id == bindparam("of_centre"),
        check_finding.c.check_id == bindparam("of"),
        check_finding.c.number == bindparam("place"),
        check_finding.c.closed_on.is_(None),
    )
    .values(follow_up=bindparam("done"), closed_on=bindparam("done_on"))
)


async def get(connection: AsyncConnection, centre_id: UUID, id_: UUID) -> Check:
    """Raises NotFound."""
    row = await entries.find(connection, _ONE, "检查", id_, centre_id=centre_id)
    (found,) = await _with_findings(connection, centre_id, [row])
    return found


async def listed(
    connection: AsyncConnection, centre_id: UUID, *, after: UUID | None, limit: int
) -> list[Check]:
    """Checks in the order in which they were entered."""
    rows = await entries.page(connection, _LIST, after, limit, centre_id=centre_id)
    return await _with_findings(connection, centre_id, rows)


async def open_on(connection: AsyncConnection, centre_id: UUID, on: date) -> list[Check]:
    """The checks of which something was open on that day, the oldest first."""
    values = {"centre_id": centre_id, "on": on}
    return await _with_findings(connection, centre_id, await connection.execute(_OPEN, values))


async def add(connection: AsyncConnection, made: Check) -> None:
    row = {
        "centre_id": made.centre_id,
        "id": made.id,
        "on_day": made.on,
        "at_centre_id": made.at_centre_id,
        "entered_by": made.entered_by,
    }
    await connection.execute(_ADD, row)
    for each in made.findings:
        line = {
            "centre_id": made.centre_id,
            "check_id": made.id,
            "number": each.number,
            "found": each.found,
        }
        await connection.execute(_FOUND, line)


async def follow_up(
    connection: AsyncConnection, made: Check, number: int, done: str, on: date
) -> bool:
    """Whether the finding was open still."""
    values = {
        "of_centre": made.centre_id,
        "of": made.id,
        "place": number,
        "done": done,
        "done_on": on,
    }
    return bool((await connection.execute(_FOLLOW_UP, values)).rowcount)


async def _with_findings(
    connection: AsyncConnection, centre_id: UUID, rows: Iterable[Row[*tuple[Any, ...]]]
) -> list[Check]:  # Any: columns of several types
    found = list(rows)
    values = {"centre_id": centre_id, "checks": [row.id for row in found]}
    findings: dict[UUID, list[CheckFinding]] = {row.id: [] for row in found}
    for row in await connection.execute(_FINDINGS, values):
        findings[row.check_id].append(
            CheckFinding(
                number=row.number,
                found=row.found,
                follow_up=row.follow_up,
                closed_on=row.closed_on,
            )
        )
    return [
        Check(
            centre_id=row.centre_id,
            id=row.id,
            on=row.on_day,
            at_centre_id=row.at_centre_id,
            entered_by=row.entered_by,
            findings=tuple(findings[row.id]),
        )
        for row in found
    ]
