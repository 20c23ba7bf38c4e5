"""Approval steps (审核步骤) as they are kept: who took which step of a case."""

from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    Row,
    Table,
    Text,
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
from app.db.items import item
from app.db.persons import person
from app.domain.casework.approval_step import ApprovalStep, StepTaken, StepTakenBefore
from app.domain.casework.case import Stage
from app.domain.errors import NotFound

approval_step = Table(
    "approval_step",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("case_id", Uuid, nullable=False),
    Column("step", Text, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("taken_on", Date, nullable=False),
    Column("override", JSONB(none_as_null=True)),
    Column("entered_by", Text, nullable=False),
    Column("entered_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id", "case_id"], [cases.c.centre_id, cases.c.id]),
    ForeignKeyConstraint(["centre_id", "person_id"], [person.c.centre_id, person.c.id]),
    UniqueConstraint("centre_id", "case_id", "step"),
    CheckConstraint("step IN ('review', 'verify')", name="step"),
)

_HERE: Final = approval_step.c.centre_id == bindparam("centre_id")
_OF_CASE: Final = (
    select(approval_step)
    .where(_HERE, approval_step.c.case_id == bindparam("case_id"))
    .order_by(approval_step.c.id)
)
_CASE: Final = select(cases.c.item_id, cases.c.stage, cases.c.regulation, cases.c.edition).where(
    cases.c.centre_id == bindparam("centre_id"), cases.c.id == bindparam("case_id")
)
_TURN: Final = _CASE.with_for_update(key_share=True)
_STATED: Final = select(item.c.approval_steps).where(
    item.c.centre_id == bindparam("centre_id"), item.c.id == bindparam("item_id")
)
_ADD: Final = insert(approval_step)


class CaseAsked(NamedTuple):
    """What a step asks of a case: its item, how far it is, and the text that it is under."""

    item_id: UUID
    stage: Stage
    regulation: str
    edition: str


async def turn(connection: AsyncConnection, centre_id: UUID, case_id: UUID) -> CaseAsked:
    """The case, which nobody else moves until the request ends. Raises NotFound."""
    values = {"centre_id": centre_id, "case_id": case_id}
    found = (await connection.execute(_TURN, values)).one_or_none()
    if found is None:
        raise NotFound("办件", case_id)
    return CaseAsked(found.item_id, Stage(found.stage), found.regulation, found.edition)


async def of_case(
    connection: AsyncConnection, centre_id: UUID, case_id: UUID
) -> tuple[StepTaken, ...]:
    """The steps that were taken of a case, in their order. Raises NotFound."""
    values = {"centre_id": centre_id, "case_id": case_id}
    if (await connection.execute(_CASE, values)).one_or_none() is None:
        raise NotFound("办件", case_id)
    return await taken_of(connection, centre_id, case_id)


async def taken_of(
    connection: AsyncConnection, centre_id: UUID, case_id: UUID
) -> tuple[StepTaken, ...]:
    """The same of a case that is there."""
    found = await connection.execute(_OF_CASE, {"centre_id": centre_id, "case_id": case_id})
    return tuple(_taken(row) for row in found)


async def stated_of(
    connection: AsyncConnection, centre_id: UUID, item_id: UUID
) -> tuple[ApprovalStep, ...]:
    """What the item goes through before it is decided, as it is stated now."""
    found = await connection.execute(_STATED, {"centre_id": centre_id, "item_id": item_id})
    return tuple(map(ApprovalStep, found.scalar_one()))


async def add(
    connection: AsyncConnection, centre_id: UUID, taken: StepTaken, entered: tuple[str, datetime]
) -> None:
    """With by whom and when it is entered. Raises StepTakenBefore."""
    by, at = entered
    row = {
        "centre_id": centre_id,
        "id": taken.id,
        "case_id": taken.case_id,
        "step": taken.step.value,
        "person_id": taken.person_id,
        "taken_on": taken.on,
        "override": taken.override,
        "entered_by": by,
        "entered_at": at,
    }
    known = StepTakenBefore(taken.step)
    with entries.refused_as(uq_approval_step_centre_id_case_id_step=known):
        await connection.execute(_ADD, row)


def _taken(row: Row[*tuple[Any, ...]]) -> StepTaken:  # Any: columns have their own types
    return StepTaken(
        id=row.id,
        case_id=row.case_id,
        step=ApprovalStep(row.step),
        person_id=row.person_id,
        on=row.taken_on,
        override=row.override,
    )
