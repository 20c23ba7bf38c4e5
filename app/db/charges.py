"""Charges (收费) as they are kept: what was taken, under which published fee, to which account."""

from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
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
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import entries
from app.db.base import metadata
from app.db.case_table import cases
from app.db.centres import centre
from app.db.fees import fee, payee_of
from app.db.items import item
from app.domain.errors import NotFound
from app.domain.items.fee import Charged
from app.domain.special_day import Revocation

charge = Table(
    "charge",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("item_id", Uuid, nullable=False),
    Column("case_id", Uuid),
    Column("fee_id", Uuid, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("amount", Numeric(12, 2), nullable=False),
    Column("payee_kind", Text, nullable=False),
    Column("payee_name", Text),
    Column("payee_fiscal", Boolean),
    Column("charged_on", Date, nullable=False),
    Column("version", Integer, nullable=False),
    Column("entered_by", Text, nullable=False),
    Column("entered_at", DateTime(timezone=True), nullable=False),
    Column("reversed_by", Text),
    Column("reversed_at", DateTime(timezone=True)),
    Column("reversed_because", Text),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id"], [centre.c.id]),
    ForeignKeyConstraint(["centre_id", "item_id"], [item.c.centre_id, item.c.id]),
    ForeignKeyConstraint(["centre_id", "case_id"], [cases.c.centre_id, cases.c.id]),
    ForeignKeyConstraint(["centre_id", "fee_id"], [fee.c.centre_id, fee.c.id]),
    CheckConstraint("quantity >= 1", name="quantity"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint(
        "payee_kind IN ('fiscal_account', 'bank_window', 'centre_cashier', 'other')",
        name="payee_kind",
    ),
    CheckConstraint("version >= 1", name="version"),
    CheckConstraint(
        "(reversed_at IS NULL) = (reversed_by IS NULL)"
        " AND (reversed_at IS NULL) = (reversed_because IS NULL)",
        name="reversed",
    ),
    Index(
        "ix_charge_case",
        "centre_id",
        "case_id",
        "id",
        postgresql_where=text("case_id IS NOT NULL"),
    ),
    Index("ix_charge_item", "centre_id", "item_id", "id"),
)
"""Money that was taken is never rewritten: a mistaken charge is reversed, and entered anew."""

_LISTED: Final = entries.listed(charge, "centre_id").where(
    entries.as_wanted(charge.c.item_id), entries.as_wanted(charge.c.case_id)
)
_ONE: Final = entries.one(charge, "centre_id")
_ITEM_OF_CASE: Final = select(cases.c.item_id).where(
    cases.c.centre_id == bindparam("centre_id"), cases.c.id == bindparam("id")
)
_ENTER: Final = insert(charge)
_REVERSE: Final = entries.next_version(charge, "reversed_by", "reversed_at", "reversed_because")


class Charge(NamedTuple):
    """A charge as it is kept."""

    id: UUID
    charged: Charged
    version: int = 1
    reversed: Revocation | None = None


async def item_of_case(connection: AsyncConnection, centre_id: UUID, case_id: UUID) -> UUID:
    """The item that the case is about. Raises NotFound."""
    asked = {"centre_id": centre_id, "id": case_id}
    found: UUID | None = (await connection.execute(_ITEM_OF_CASE, asked)).scalar_one_or_none()
    if found is None:
        raise NotFound("办件", case_id)
    return found


async def listed(
    connection: AsyncConnection,
    centre_id: UUID,
    *,
    item_id: UUID | None,
    case_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> list[Charge]:
    """The charges of a centre in the order in which they were entered."""
    asked = {"centre_id": centre_id, "item_id": item_id, "case_id": case_id}
    return [_charge(row) for row in await entries.page(connection, _LISTED, after, limit, **asked)]


async def get(connection: AsyncConnection, centre_id: UUID, id_: UUID) -> Charge:
    """One charge, reversed or not. Raises NotFound."""
    return _charge(await entries.find(connection, _ONE, "收费", id_, centre_id=centre_id))


async def enter(
    connection: AsyncConnection, centre_id: UUID, new: Charge, entered: tuple[str, object]
) -> None:
    """Keep a charge, by whom and when."""
    (by, at), charged = entered, new.charged
    row = {
        "centre_id": centre_id,
        "id": new.id,
        "item_id": charged.item_id,
        "case_id": charged.case_id,
        "fee_id": charged.fee_id,
        "quantity": charged.quantity,
        "amount": charged.amount,
        "payee_kind": charged.payee.kind.value,
        "payee_name": charged.payee.name,
        "payee_fiscal": charged.payee.fiscal,
        "charged_on": charged.charged_on,
        "version": new.version,
        "entered_by": by,
        "entered_at": at,
    }
    await connection.execute(_ENTER, row)


async def reverse(connection: AsyncConnection, centre_id: UUID, after: Charge) -> bool:
    """Write beside a charge who reversed it; false where somebody was faster."""
    new = entries.revocation_row("reversed", after.reversed)
    return await entries.write(connection, _REVERSE, centre_id, after, **new)


def _charge(row: Row[Any]) -> Charge:  # Any: a row's columns have types of their own
    charged = Charged(
        item_id=row.item_id,
        case_id=row.case_id,
        fee_id=row.fee_id,
        quantity=row.quantity,
        amount=row.amount,
        payee=payee_of(row),
        charged_on=row.charged_on,
    )
    return Charge(row.id, charged, row.version, entries.revocation_of(row, "reversed"))
