"""Service items (政务服务事项) of a centre as they are kept."""

from collections.abc import Collection
from dataclasses import fields
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
    RowMapping,
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
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.db.base import metadata
from app.db.centres import centre
from app.db.departments import department, department_office
from app.db.engine import constraint_of
from app.domain.casework.approval_step import ApprovalStep
from app.domain.casework.case_facts import ItemKind
from app.domain.casework.limits import ExclusionKind
from app.domain.errors import NotFound
from app.domain.items.item import CodeTaken, ItemQuery, ItemStage, ServiceItem

item = Table(
    "item",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("statutory_days", Integer),
    Column("promised_days", Integer),
    Column("licence", Boolean, nullable=False),
    Column("exclusions_in_guide", ARRAY(Text), nullable=False),
    # What was there before items were entered one by one is served as it was.
    Column("stage", Text, nullable=False, server_default="active"),
    Column("active_since", Date),
    Column("withdrawn_on", Date),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("item_class", Text),
    Column("type_code", Text),
    Column("basic_code", Text),
    Column("implementation_code", Text),
    Column("department_id", Uuid),
    Column("office_id", Uuid),
    Column("flow", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    Column("approval_steps", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id"], [centre.c.id]),
    ForeignKeyConstraint(["centre_id", "department_id"], [department.c.centre_id, department.c.id]),
    ForeignKeyConstraint(
        ["centre_id", "office_id"], [department_office.c.centre_id, department_office.c.id]
    ),
    CheckConstraint("kind IN ('instant', 'promised')", name="kind"),
    CheckConstraint("statutory_days >= 0", name="statutory_days"),
    CheckConstraint("promised_days >= 0", name="promised_days"),
    CheckConstraint("stage IN ('draft', 'active', 'withdrawn')", name="stage"),
    CheckConstraint("(stage = 'withdrawn') = (withdrawn_on IS NOT NULL)", name="withdrawn"),
    CheckConstraint("version >= 1", name="version"),
    CheckConstraint("office_id IS NULL OR department_id IS NOT NULL", name="office"),
    Index("ix_item_department", "centre_id", "department_id", "id"),
    Index(
        "ix_item_implementation_code",
        "centre_id",
        "implementation_code",
        unique=True,
        postgresql_where=text("stage <> 'withdrawn'"),
    ),
)

# A field of ServiceItem each, in its order.
_COLUMNS: Final = tuple(item.c[field.name] for field in fields(ServiceItem))
_HERE: Final = item.c.centre_id == bindparam("centre_id")
_ONE: Final = select(*_COLUMNS).where(_HERE, item.c.id == bindparam("id"))
_LOCKED: Final = _ONE.with_for_update()
_LIST: Final = (
    select(*_COLUMNS)
    .where(_HERE, item.c.id > bindparam("after"))
    .order_by(item.c.id)
    .limit(bindparam("count"))
)
_STAGE: Final = bindparam("stage", type_=Text)
_CLASS: Final = bindparam("item_class", type_=Text)
_DEPARTMENT: Final = bindparam("department_id", type_=Uuid)
_CHOSEN: Final = _LIST.where(
    or_(_STAGE.is_(None), item.c.stage == _STAGE),
    or_(_CLASS.is_(None), item.c.item_class == _CLASS),
    or_(_DEPARTMENT.is_(None), item.c.department_id == _DEPARTMENT),
)
_AMONG: Final = select(*_COLUMNS).where(
    _HERE, item.c.id == bindparam("items", type_=ARRAY(Uuid)).any_()
)
_ADD: Final = insert(item)
_SAVE: Final = (
    update(item)
    .where(item.c.centre_id == bindparam("of_centre"), item.c.id == bindparam("of"))
    .values(
        {
            column.name: bindparam(f"new_{column.name}", type_=column.type)
            for column in _COLUMNS
            if column.name != "id"
        }
    )
)
_FIRST: Final = UUID(int=0)


class Items:
    """The items of all centres, always asked for by centre."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def get(self, centre_id: UUID, item_id: UUID) -> ServiceItem:
        """Raises NotFound."""
        async with self._engine.connect() as connection:
            return await get(connection, centre_id, item_id)


async def get(connection: AsyncConnection, centre_id: UUID, item_id: UUID) -> ServiceItem:
    """Raises NotFound."""
    answer = await connection.execute(_ONE, {"centre_id": centre_id, "id": item_id})
    return _found(answer.mappings().one_or_none(), item_id)


async def lock(connection: AsyncConnection, centre_id: UUID, item_id: UUID) -> ServiceItem:
    """The item, which nobody else changes before this transaction ends. Raises NotFound."""
    answer = await connection.execute(_LOCKED, {"centre_id": centre_id, "id": item_id})
    return _found(answer.mappings().one_or_none(), item_id)


async def chosen(
    connection: AsyncConnection,
    centre_id: UUID,
    query: ItemQuery,
    *,
    after: UUID | None,
    limit: int,
) -> list[ServiceItem]:
    """Items of this stage, class and department in the order of their ids, after one of them."""
    values = {
        "centre_id": centre_id,
        "after": after or _FIRST,
        "count": limit,
        "stage": query.stage,
        "item_class": query.item_class,
        "department_id": query.department_id,
    }
    return [item_of(row) for row in (await connection.execute(_CHOSEN, values)).mappings()]


async def among(
    connection: AsyncConnection, centre_id: UUID, ids: Collection[UUID]
) -> dict[UUID, ServiceItem]:
    """Those of these items that the centre has."""
    found = await connection.execute(_AMONG, {"centre_id": centre_id, "items": list(ids)})
    return {row["id"]: item_of(row) for row in found.mappings()}


async def add(connection: AsyncConnection, centre_id: UUID, new: ServiceItem) -> None:
    """Raises CodeTaken; NotFound for a department or an office that the centre has not."""
    try:
        await connection.execute(_ADD, {"centre_id": centre_id, **_row(new)})
    except IntegrityError as refused:
        raise _translated(refused, new) from None


async def save(connection: AsyncConnection, centre_id: UUID, changed: ServiceItem) -> None:
    """Write an item that was locked. Raises CodeTaken, NotFound."""
    new = {f"new_{name}": value for name, value in _row(changed).items() if name != "id"}
    try:
        await connection.execute(_SAVE, {"of_centre": centre_id, "of": changed.id, **new})
    except IntegrityError as refused:
        raise _translated(refused, changed) from None


def _translated(refused: IntegrityError, of: ServiceItem) -> Exception:
    match constraint_of(refused):
        case "ix_item_implementation_code":
            return CodeTaken()
        case "fk_item_centre_id_department_id_department":
            return NotFound("部门", of.department_id)
        case "fk_item_centre_id_office_id_department_office":
            return NotFound("审批办", of.office_id)
        case _:
            return refused


def _row(of: ServiceItem) -> dict[str, Any]:  # Any: a value for each column
    row = {field.name: getattr(of, field.name) for field in fields(of)}
    return row | {
        "exclusions_in_guide": list(map(str, of.exclusions_in_guide)),
        "flow": list(of.flow),
        "approval_steps": list(map(str, of.approval_steps)),
        "kind": of.kind.value,
        "stage": of.stage.value,
    }


def _found(row: RowMapping | None, item_id: UUID) -> ServiceItem:
    if row is None:
        raise NotFound("事项", item_id)
    return item_of(row)


def item_of(row: RowMapping) -> ServiceItem:
    """The item in this row, whichever other columns it has."""
    known = {field.name: row[field.name] for field in fields(ServiceItem)}
    return ServiceItem(
        **{
            **known,
            "kind": ItemKind(row["kind"]),
            "stage": ItemStage(row["stage"]),
            "exclusions_in_guide": tuple(map(ExclusionKind, row["exclusions_in_guide"])),
            "flow": tuple(row["flow"]),
            "approval_steps": tuple(map(ApprovalStep, row["approval_steps"])),
        }
    )
