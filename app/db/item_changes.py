"""Item changes (事项进退与变更) as they are kept: what was proposed, and who agreed when."""

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
    Uuid,
    bindparam,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import entries
from app.db.base import metadata
from app.db.items import item
from app.domain.items.item_change import (
    ChangeOpen,
    ChangeStage,
    ItemChange,
    Limits,
    Proposal,
    Taken,
)
from app.domain.items.steps import ChangeKind

item_change = Table(
    "item_change",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("item_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("proposal", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("submitted_by", Text, nullable=False),
    Column("submitted_on", Date, nullable=False),
    Column("done", JSONB, nullable=False),
    Column("before", JSONB(none_as_null=True)),
    Column("ended_on", Date),
    Column("ended_because", Text),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id", "item_id"], [item.c.centre_id, item.c.id]),
    CheckConstraint("kind IN ('enter', 'exit', 'change')", name="kind"),
    CheckConstraint("stage IN ('open', 'implemented', 'rejected', 'retracted')", name="stage"),
    CheckConstraint("version >= 1", name="version"),
    CheckConstraint("(stage = 'open') = (ended_on IS NULL)", name="ended"),
    CheckConstraint("(stage = 'implemented') = (before IS NOT NULL)", name="before"),
    Index(
        "ix_item_change_open",
        "centre_id",
        "item_id",
        unique=True,
        postgresql_where=text("stage = 'open'"),
    ),
    Index("ix_item_change_item", "centre_id", "item_id", "id"),
    Index(
        "ix_item_change_implemented",
        "centre_id",
        "ended_on",
        "id",
        postgresql_where=text("stage = 'implemented'"),
    ),
)

_ONE: Final = entries.one(item_change, "centre_id", "item_id")
_OPEN: Final = select(item_change).where(
    item_change.c.centre_id == bindparam("centre_id"),
    item_change.c.item_id == bindparam("item_id"),
    item_change.c.stage == "open",
)
_LIST: Final = entries.listed(item_change, "centre_id", "item_id")
_IMPLEMENTED: Final = entries.listed(item_change, "centre_id").where(
    item_change.c.stage == "implemented",
    item_change.c.kind == "change",
    item_change.c.ended_on.between(bindparam("since"), bindparam("until")),
)
_REPLACED: Final = (
    select(item_change.c.item_id, item_change.c.before)
    .ext(distinct_on(item_change.c.item_id))
    .where(
        item_change.c.centre_id == bindparam("centre_id"),
        item_change.c.item_id == bindparam("items", type_=ARRAY(Uuid)).any_(),
        item_change.c.stage == "implemented",
        item_change.c.ended_on > bindparam("on"),
    )
    .order_by(item_change.c.item_id, item_change.c.ended_on, item_change.c.id)
)
_ADD: Final = insert(item_change)
_SAVE: Final = (
    update(item_change)
    .where(item_change.c.centre_id == bindparam("of_centre"), item_change.c.id == bindparam("of"))
    .values(
        {
            name: bindparam(f"new_{name}", type_=item_change.c[name].type)
            for name in ("stage", "version", "done", "before", "ended_on", "ended_because")
        }
    )
)
_PROPOSAL: Final = TypeAdapter(Proposal)
_DONE: Final = TypeAdapter(tuple[Taken, ...])
_BEFORE: Final = TypeAdapter(Limits)


class ChangesOf:
    """The changes of one item, which the caller has locked where it writes."""

    def __init__(self, connection: AsyncConnection, centre_id: UUID, item_id: UUID) -> None:
        self._connection = connection
        self._of = {"centre_id": centre_id, "item_id": item_id}

    async def get(self, change_id: UUID) -> ItemChange:
        """Raises NotFound."""
        row = await entries.find(self._connection, _ONE, "事项变更", change_id, **self._of)
        return _change(row)

    async def open(self) -> ItemChange | None:
        """The one that is not over."""
        row = (await self._connection.execute(_OPEN, self._of)).one_or_none()
        return None if row is None else _change(row)

    async def list(self, *, after: UUID | None, limit: int) -> list[ItemChange]:
        """In the order in which they were submitted."""
        found = await entries.page(self._connection, _LIST, after, limit, **self._of)
        return [_change(row) for row in found]

    async def add(self, change: ItemChange) -> None:
        """Raises ChangeOpen."""
        row = {
            **self._of,
            "id": change.id,
            "kind": change.kind.value,
            "proposal": _PROPOSAL.dump_python(change.proposal, mode="json"),
            "reason": change.reason,
            "submitted_by": change.submitted_by,
            "submitted_on": change.submitted_on,
            **_moving(change),
        }
        with entries.refused_as(ix_item_change_open=ChangeOpen()):
            await self._connection.execute(_ADD, row)

    async def save(self, change: ItemChange) -> None:
        new = {f"new_{name}": value for name, value in _moving(change).items()}
        values = {"of_centre": self._of["centre_id"], "of": change.id, **new}
        await self._connection.execute(_SAVE, values)


async def implemented(
    connection: AsyncConnection,
    centre_id: UUID,
    between: tuple[date, date],
    *,
    after: UUID | None,
    limit: int,
) -> list[ItemChange]:
    """The changes of items that took effect on these days (both included)."""
    since, until = between
    asked = {"centre_id": centre_id, "since": since, "until": until}
    found = await entries.page(connection, _IMPLEMENTED, after, limit, **asked)
    return [_change(row) for row in found]


async def replaced_since(
    connection: AsyncConnection, centre_id: UUID, items: Collection[UUID], on: date
) -> dict[UUID, Limits]:
    """The limits that these items had at the end of that day; an item that no later change has
    touched is left out."""
    values = {"centre_id": centre_id, "items": list(items), "on": on}
    found = await connection.execute(_REPLACED, values)
    return {row.item_id: _BEFORE.validate_python(row.before) for row in found}


def _moving(change: ItemChange) -> dict[str, Any]:  # Any: a value for each column
    """The columns that steps change."""
    return {
        "stage": change.stage.value,
        "version": change.version,
        "done": _DONE.dump_python(change.done, mode="json"),
        "before": change.before and _BEFORE.dump_python(change.before, mode="json"),
        "ended_on": change.ended_on,
        "ended_because": change.ended_because,
    }


def _change(row: Row[*tuple[Any, ...]]) -> ItemChange:  # Any: each column has a type of its own
    return ItemChange(
        id=row.id,
        item_id=row.item_id,
        kind=ChangeKind(row.kind),
        stage=ChangeStage(row.stage),
        version=row.version,
        proposal=_PROPOSAL.validate_python(row.proposal),
        reason=row.reason,
        submitted_by=row.submitted_by,
        submitted_on=row.submitted_on,
        done=_DONE.validate_python(row.done),
        before=None if row.before is None else _BEFORE.validate_python(row.before),
        ended_on=row.ended_on,
        ended_because=row.ended_because,
    )
