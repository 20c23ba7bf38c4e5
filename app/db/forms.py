"""Forms and samples (表格与示范文本) as they are kept: references, in versions."""

from collections.abc import Collection
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
    Numeric,
    PrimaryKeyConstraint,
    Row,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    bindparam,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.base import metadata
from app.db.items import item
from app.domain.errors import NotFound
from app.domain.items.form import Form, FormFile, FormKind

item_form = Table(
    "item_form",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("item_id", Uuid, nullable=False),
    Column("form_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("price", Numeric(12, 2), nullable=False),
    Column("since", Date, nullable=False),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id", "item_id"], [item.c.centre_id, item.c.id]),
    UniqueConstraint("centre_id", "form_id", "number"),
    CheckConstraint("number >= 1", name="number"),
    CheckConstraint("kind IN ('form', 'sample')", name="kind"),
    CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
    CheckConstraint("size > 0", name="size"),
    CheckConstraint("price >= 0", name="price"),
    Index("ix_item_form_item", "centre_id", "item_id", "since"),
)

_HERE: Final = item_form.c.centre_id == bindparam("centre_id")
_AMONG: Final = item_form.c.item_id == bindparam("items", type_=ARRAY(Uuid)).any_()
# The newest version of each form that has begun; a version that begins on the same day as the one
# before takes its place.
_CURRENT: Final = (
    select(item_form)
    .ext(distinct_on(item_form.c.item_id, item_form.c.form_id))
    .where(_HERE, _AMONG, item_form.c.since <= bindparam("on"))
    .order_by(
        item_form.c.item_id,
        item_form.c.form_id,
        item_form.c.since.desc(),
        item_form.c.number.desc(),
    )
)
_VERSIONS: Final = (
    select(item_form)
    .where(_HERE, item_form.c.item_id == bindparam("item_id"))
    .order_by(item_form.c.form_id, item_form.c.number)
)
_LAST: Final = select(func.max(item_form.c.number)).where(
    _HERE,
    item_form.c.item_id == bindparam("item_id"),
    item_form.c.form_id == bindparam("form_id"),
)
_ADD: Final = insert(item_form)


async def current(
    connection: AsyncConnection, centre_id: UUID, items: Collection[UUID], on: date
) -> list[Form]:
    """The forms of these items in the version of that legal day."""
    values = {"centre_id": centre_id, "items": list(items), "on": on}
    return [_form(row) for row in await connection.execute(_CURRENT, values)]


async def versions(connection: AsyncConnection, centre_id: UUID, item_id: UUID) -> list[Form]:
    """Every version of every form of an item."""
    values = {"centre_id": centre_id, "item_id": item_id}
    return [_form(row) for row in await connection.execute(_VERSIONS, values)]


async def last_number(
    connection: AsyncConnection, centre_id: UUID, item_id: UUID, form_id: UUID
) -> int:
    """The number of the newest version of a form; the item is locked by the caller. Raises
    NotFound."""
    values = {"centre_id": centre_id, "item_id": item_id, "form_id": form_id}
    number: int | None = (await connection.execute(_LAST, values)).scalar_one()
    if number is None:
        raise NotFound("表格", form_id)
    return number


async def add(connection: AsyncConnection, centre_id: UUID, new: Form) -> None:
    row = {
        "centre_id": centre_id,
        "id": new.id,
        "item_id": new.item_id,
        "form_id": new.form_id,
        "number": new.number,
        "kind": new.kind.value,
        "title": new.title,
        "address": new.file.address,
        "sha256": new.file.sha256,
        "size": new.file.size,
        "price": new.price,
        "since": new.since,
    }
    await connection.execute(_ADD, row)


def _form(row: Row[*tuple[Any, ...]]) -> Form:  # Any: each column has a type of its own
    return Form(
        id=row.id,
        form_id=row.form_id,
        item_id=row.item_id,
        number=row.number,
        kind=FormKind(row.kind),
        title=row.title,
        file=FormFile(address=row.address, sha256=row.sha256, size=row.size),
        price=row.price,
        since=row.since,
    )
