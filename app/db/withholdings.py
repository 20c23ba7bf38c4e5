"""Withholdings (不予公开) as they are kept: entered with a ground, lifted, never rewritten."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    DateTime,
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
    column,
    exists,
    insert,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import entries
from app.db.base import metadata
from app.db.centres import centre
from app.domain.errors import NotFound
from app.domain.items.publicity import Ground, OpenKind, Withholding, WithholdingStands

withholding = Table(
    "withholding",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("resource_id", Uuid, nullable=False),
    Column("ground", Text),
    Column("reason", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("entered_by", Text, nullable=False),
    Column("entered_at", DateTime(timezone=True), nullable=False),
    Column("lifted_by", Text),
    Column("lifted_at", DateTime(timezone=True)),
    Column("lifted_because", Text),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id"], [centre.c.id]),
    CheckConstraint(
        "kind IN ('item', 'guide', 'form', 'fee', 'mandate', 'pledge', 'decision')", name="kind"
    ),
    CheckConstraint(
        "ground IN ('state_secret', 'trade_secret', 'personal_privacy', 'other')", name="ground"
    ),
    CheckConstraint("version >= 1", name="version"),
    CheckConstraint(
        "(lifted_at IS NULL) = (lifted_by IS NULL)"
        " AND (lifted_at IS NULL) = (lifted_because IS NULL)",
        name="lifted",
    ),
    Index(
        "ix_withholding_standing",
        "centre_id",
        "kind",
        "resource_id",
        unique=True,
        postgresql_where=text("lifted_at IS NULL"),
    ),
)
"""What is named here and not lifted is on no list that everybody may read."""

_KEPT_IN: Final[Mapping[OpenKind, tuple[str, str]]] = {
    OpenKind.ITEM: ("item", "事项"),
    OpenKind.GUIDE: ("guide", "办事指南"),
    OpenKind.FORM: ("item_form", "格式文本"),
    OpenKind.FEE: ("fee", "收费标准"),
    OpenKind.MANDATE: ("mandate", "行政委托书"),
    OpenKind.PLEDGE: ("pledge", "服务承诺"),
    OpenKind.DECISION: ("cases", "办件"),
}
_LISTED: Final = entries.listed(withholding, "centre_id").where(
    or_(withholding.c.lifted_at.is_(None), bindparam("lifted_too", type_=Boolean))
)
_ONE: Final = entries.one(withholding, "centre_id")
_ENTER: Final = insert(withholding)
_LIFT: Final = entries.next_version(withholding, "lifted_by", "lifted_at", "lifted_because")


def open_to_all(
    kind: OpenKind, centre_id: ColumnElement[UUID], id_: ColumnElement[UUID]
) -> ColumnElement[bool]:
    """The condition of a list that everybody may read: this thing of a centre is not withheld."""
    return ~exists().where(
        withholding.c.centre_id == centre_id,
        withholding.c.kind == kind.value,
        withholding.c.resource_id == id_,
        withholding.c.lifted_at.is_(None),
    )


def _there(name: str) -> Select[Any]:
    """Whether the thing is in its table, which the modules above this one describe. A form is
    known by what its versions have in common."""
    of = "form_id" if name == "item_form" else "id"
    things = table(name, column("centre_id", Uuid), column(of, Uuid))
    return select(
        exists().where(
            things.c.centre_id == bindparam("centre_id"), things.c[of] == bindparam("id")
        )
    )


_THERE: Final = {kind: _there(name) for kind, (name, _) in _KEPT_IN.items()}


async def require(connection: AsyncConnection, centre_id: UUID, kind: OpenKind, id_: UUID) -> None:
    """Raises NotFound where the centre has no such thing."""
    found = await connection.execute(_THERE[kind], {"centre_id": centre_id, "id": id_})
    if not found.scalar_one():
        raise NotFound(_KEPT_IN[kind][1], id_)


async def listed(
    connection: AsyncConnection,
    centre_id: UUID,
    *,
    lifted_too: bool,
    after: UUID | None,
    limit: int,
) -> list[Withholding]:
    """The entries of a centre in the order in which they were made."""
    asked = {"centre_id": centre_id, "lifted_too": lifted_too}
    return [
        _withholding(row) for row in await entries.page(connection, _LISTED, after, limit, **asked)
    ]


async def get(connection: AsyncConnection, centre_id: UUID, id_: UUID) -> Withholding:
    """One entry, lifted or not. Raises NotFound."""
    return _withholding(
        await entries.find(connection, _ONE, "不予公开登记", id_, centre_id=centre_id)
    )


async def enter(
    connection: AsyncConnection, centre_id: UUID, new: Withholding, entered: tuple[str, object]
) -> None:
    """Keep an entry, by whom and when. Raises WithholdingStands."""
    by, at = entered
    row = {
        "centre_id": centre_id,
        "id": new.id,
        "kind": new.kind.value,
        "resource_id": new.resource_id,
        "ground": new.ground and new.ground.value,
        "reason": new.reason,
        "version": new.version,
        "entered_by": by,
        "entered_at": at,
    }
    with entries.refused_as(ix_withholding_standing=WithholdingStands()):
        await connection.execute(_ENTER, row)


async def lift(connection: AsyncConnection, centre_id: UUID, after: Withholding) -> bool:
    """Write beside an entry who lifted it; false where somebody was faster."""
    new = entries.revocation_row("lifted", after.lifted)
    return await entries.write(connection, _LIFT, centre_id, after, **new)


def _withholding(row: Row[Any]) -> Withholding:  # Any: a row's columns have types of their own
    return Withholding(
        id=row.id,
        kind=OpenKind(row.kind),
        resource_id=row.resource_id,
        ground=Ground(row.ground) if row.ground else None,
        reason=row.reason,
        version=row.version,
        lifted=entries.revocation_of(row, "lifted"),
    )
