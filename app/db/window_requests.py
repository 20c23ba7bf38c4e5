"""Window requests (窗口变动申请) as they are kept: asked, approved or rejected, carried out."""

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
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import entries
from app.db.base import metadata
from app.db.windows import window
from app.domain.organisation.window import WindowChange, WindowEvent, WindowKind
from app.domain.organisation.window_request import RequestPending, RequestStage, WindowRequest

window_request = Table(
    "window_request",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("window_id", Uuid, nullable=False),
    Column("event", Text, nullable=False),
    Column("proposal", JSONB(none_as_null=True)),
    Column("reason", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("submitted_by", Text, nullable=False),
    Column("submitted_on", Date, nullable=False),
    Column("decided_by", Text),
    Column("decided_on", Date),
    Column("decided_because", Text),
    Column("carried_out_on", Date),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id", "window_id"], [window.c.centre_id, window.c.id]),
    CheckConstraint("version >= 1", name="version"),
    CheckConstraint("event IN ('enter', 'adjust', 'withdraw')", name="event"),
    CheckConstraint("stage IN ('submitted', 'approved', 'rejected', 'carried_out')", name="stage"),
    CheckConstraint("(event = 'adjust') = (proposal IS NOT NULL)", name="proposal"),
    CheckConstraint(
        "(stage = 'submitted') = (decided_on IS NULL)"
        " AND (decided_on IS NULL) = (decided_by IS NULL)",
        name="decided",
    ),
    CheckConstraint("stage <> 'rejected' OR decided_because IS NOT NULL", name="rejected"),
    CheckConstraint("(stage = 'carried_out') = (carried_out_on IS NOT NULL)", name="carried_out"),
    Index(
        "ix_window_request_pending",
        "centre_id",
        "window_id",
        "event",
        unique=True,
        postgresql_where=text("stage = 'submitted'"),
    ),
    Index("ix_window_request_window", "centre_id", "window_id", "id"),
)
"""Whoever changes one takes the turn of its window first."""

_ONE: Final = entries.one(window_request, "centre_id", "window_id")
_LIST: Final = entries.listed(window_request, "centre_id", "window_id").where(
    entries.as_wanted(window_request.c.stage)
)
_APPROVED: Final = (
    select(window_request)
    .where(
        window_request.c.centre_id == bindparam("centre_id"),
        window_request.c.window_id == bindparam("window_id"),
        window_request.c.stage == "approved",
    )
    .order_by(window_request.c.id)
)
_ADD: Final = insert(window_request)
_SAVE: Final = entries.next_version(
    window_request, "stage", "decided_by", "decided_on", "decided_because", "carried_out_on"
)


async def get(
    connection: AsyncConnection, centre_id: UUID, window_id: UUID, id_: UUID
) -> WindowRequest:
    """One request of a window. Raises NotFound."""
    of = {"centre_id": centre_id, "window_id": window_id}
    return _request(await entries.find(connection, _ONE, "窗口申请", id_, **of))


async def listed(
    connection: AsyncConnection,
    of: tuple[UUID, UUID],
    stage: RequestStage | None,
    *,
    after: UUID | None,
    limit: int,
) -> list[WindowRequest]:
    """The requests of a window (`of`: centre and window) in the order in which they were made."""
    centre_id, window_id = of
    asked = {"centre_id": centre_id, "window_id": window_id, "stage": stage}
    return [_request(row) for row in await entries.page(connection, _LIST, after, limit, **asked)]


async def approved(
    connection: AsyncConnection, centre_id: UUID, window_id: UUID
) -> tuple[WindowRequest, ...]:
    """What is approved for a window and not carried out yet, the oldest first."""
    values = {"centre_id": centre_id, "window_id": window_id}
    return tuple(_request(row) for row in await connection.execute(_APPROVED, values))


async def add(connection: AsyncConnection, centre_id: UUID, made: WindowRequest) -> None:
    """Raises RequestPending."""
    stated = None
    if made.change is not None:
        stated = {name: str(value) for name, value in made.change.stated.items()}
    row = {
        "centre_id": centre_id,
        "id": made.id,
        "version": made.version,
        "window_id": made.window_id,
        "event": made.event.value,
        "proposal": stated,
        "reason": made.reason,
        "stage": made.stage.value,
        "submitted_by": made.submitted_by,
        "submitted_on": made.submitted_on,
    }
    with entries.refused_as(ix_window_request_pending=RequestPending(made.event)):
        await connection.execute(_ADD, row)


async def save(connection: AsyncConnection, centre_id: UUID, made: WindowRequest) -> None:
    """The next state of a request; only with the turn of its window taken."""
    new = {
        "stage": made.stage.value,
        "decided_by": made.decided_by,
        "decided_on": made.decided_on,
        "decided_because": made.decided_because,
        "carried_out_on": made.carried_out_on,
    }
    await entries.write(connection, _SAVE, centre_id, made, **new)


def _request(row: Row[*tuple[Any, ...]]) -> WindowRequest:  # Any: columns have their own types
    return WindowRequest(
        id=row.id,
        version=row.version,
        window_id=row.window_id,
        event=WindowEvent(row.event),
        change=None if row.proposal is None else _change(row.proposal),
        reason=row.reason,
        stage=RequestStage(row.stage),
        submitted_by=row.submitted_by,
        submitted_on=row.submitted_on,
        decided_by=row.decided_by,
        decided_on=row.decided_on,
        decided_because=row.decided_because,
        carried_out_on=row.carried_out_on,
    )


def _change(stated: dict[str, str]) -> WindowChange:
    kind, department_id = stated.get("kind"), stated.get("department_id")
    return WindowChange(
        name=stated.get("name"),
        number=stated.get("number"),
        kind=WindowKind(kind) if kind else None,
        department_id=UUID(department_id) if department_id else None,
    )
