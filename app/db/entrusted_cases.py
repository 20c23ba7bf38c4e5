"""Entrusted cases (代受理办件) as they are kept: what a window took in for a department."""

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
    UniqueConstraint,
    Uuid,
    bindparam,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import entries
from app.db.base import metadata
from app.db.case_table import cases
from app.db.departments import department
from app.db.items import item
from app.db.windows import window
from app.domain.errors import NotFound
from app.domain.organisation.delegation import CaseEntrustedBefore, EntrustedCase, Step, Taken

entrusted_case = Table(
    "entrusted_case",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("window_id", Uuid, nullable=False),
    Column("department_id", Uuid, nullable=False),
    Column("item_id", Uuid, nullable=False),
    Column("case_id", Uuid),
    Column("accepted_on", Date, nullable=False),
    Column("completed_on", Date),
    Column("steps", JSONB, nullable=False),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id", "window_id"], [window.c.centre_id, window.c.id]),
    ForeignKeyConstraint(["centre_id", "department_id"], [department.c.centre_id, department.c.id]),
    ForeignKeyConstraint(["centre_id", "item_id"], [item.c.centre_id, item.c.id]),
    ForeignKeyConstraint(["centre_id", "case_id"], [cases.c.centre_id, cases.c.id]),
    UniqueConstraint("centre_id", "case_id"),
    CheckConstraint("version >= 1", name="version"),
    CheckConstraint("jsonb_array_length(steps) > 0", name="steps"),
)
"""The steps in their order, the first of them the acceptance."""

_ONE: Final = entries.one(entrusted_case, "centre_id")
_TURN: Final = _ONE.with_for_update(key_share=True)
_LIST: Final = entries.listed(entrusted_case, "centre_id").where(
    entries.as_wanted(entrusted_case.c.department_id)
)
_ITEM_OF_CASE: Final = select(cases.c.item_id).where(
    cases.c.centre_id == bindparam("centre_id"), cases.c.id == bindparam("id")
)
_OF_CASE: Final = select(entrusted_case).where(
    entrusted_case.c.centre_id == bindparam("centre_id"),
    entrusted_case.c.case_id == bindparam("case_id"),
)
_ADD: Final = insert(entrusted_case)
_STEP: Final = entries.next_version(entrusted_case, "completed_on", "steps")


async def item_of_case(connection: AsyncConnection, centre_id: UUID, case_id: UUID) -> UUID:
    """The item of a case. Raises NotFound."""
    values = {"centre_id": centre_id, "id": case_id}
    found: UUID | None = (await connection.execute(_ITEM_OF_CASE, values)).scalar_one_or_none()
    if found is None:
        raise NotFound("办件", case_id)
    return found


async def of_case(
    connection: AsyncConnection, centre_id: UUID, case_id: UUID
) -> EntrustedCase | None:
    """What was entered of that case, if it was taken in for a department."""
    values = {"centre_id": centre_id, "case_id": case_id}
    found = (await connection.execute(_OF_CASE, values)).one_or_none()
    return None if found is None else _entrusted(found)


async def get(connection: AsyncConnection, centre_id: UUID, id_: UUID) -> EntrustedCase:
    """Raises NotFound."""
    row = await entries.find(connection, _ONE, "代受理办件", id_, centre_id=centre_id)
    return _entrusted(row)


async def turn(connection: AsyncConnection, centre_id: UUID, id_: UUID) -> EntrustedCase:
    """The same; nobody else changes it until the request ends. Raises NotFound."""
    row = await entries.find(connection, _TURN, "代受理办件", id_, centre_id=centre_id)
    return _entrusted(row)


async def listed(
    connection: AsyncConnection,
    centre_id: UUID,
    department_id: UUID | None,
    *,
    after: UUID | None,
    limit: int,
) -> list[EntrustedCase]:
    """What was taken in for a department, or for all, in the order of the ids."""
    asked = {"centre_id": centre_id, "department_id": department_id}
    found = await entries.page(connection, _LIST, after, limit, **asked)
    return [_entrusted(row) for row in found]


async def add(connection: AsyncConnection, centre_id: UUID, made: EntrustedCase) -> None:
    """Raises CaseEntrustedBefore."""
    row = {
        "centre_id": centre_id,
        "id": made.id,
        "version": made.version,
        "window_id": made.window_id,
        "department_id": made.department_id,
        "item_id": made.item_id,
        "case_id": made.case_id,
        "accepted_on": made.accepted_on,
        "steps": _written(made),
    }
    with entries.refused_as(uq_entrusted_case_centre_id_case_id=CaseEntrustedBefore()):
        await connection.execute(_ADD, row)


async def save(connection: AsyncConnection, centre_id: UUID, made: EntrustedCase) -> None:
    """The next state of one whose turn was taken."""
    new = {"completed_on": made.completed_on, "steps": _written(made)}
    await entries.write(connection, _STEP, centre_id, made, **new)


def _written(made: EntrustedCase) -> list[dict[str, str | None]]:
    return [
        {"step": one.step.value, "on": one.on.isoformat(), "note": one.note} for one in made.steps
    ]


def _entrusted(row: Row[*tuple[Any, ...]]) -> EntrustedCase:  # Any: columns have their own types
    return EntrustedCase(
        id=row.id,
        version=row.version,
        window_id=row.window_id,
        department_id=row.department_id,
        item_id=row.item_id,
        case_id=row.case_id,
        steps=tuple(
            Taken(step=Step(one["step"]), on=date.fromisoformat(one["on"]), note=one["note"])
            for one in row.steps
        ),
    )
