"""Fees (收费标准) as they are kept: published with their first day, ended, never rewritten."""

from datetime import date
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
    and_,
    bindparam,
    exists,
    insert,
    or_,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import entries
from app.db.base import metadata
from app.db.centres import centre
from app.db.items import item
from app.db.public_items import SHOWN
from app.db.withholdings import open_to_all
from app.domain.errors import NotFound
from app.domain.items.fee import Fee, FeeStands, FeeTerms, Payee, PayeeKind
from app.domain.items.publicity import OpenKind

fee = Table(
    "fee",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("item_id", Uuid, nullable=False),
    Column("none", Boolean, nullable=False),
    Column("name", Text, nullable=False),
    Column("basis", Text),
    Column("amount", Numeric(12, 2)),
    Column("unit", Text),
    Column("payment_method", Text),
    Column("payee_kind", Text),
    Column("payee_name", Text),
    Column("payee_fiscal", Boolean),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Column("ended_because", Text),
    Column("version", Integer, nullable=False),
    Column("entered_by", Text, nullable=False),
    Column("entered_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id"], [centre.c.id]),
    ForeignKeyConstraint(["centre_id", "item_id"], [item.c.centre_id, item.c.id]),
    CheckConstraint("none = (name = '') AND none = (amount IS NULL)", name="none"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint(
        "payee_kind IN ('fiscal_account', 'bank_window', 'centre_cashier', 'other')",
        name="payee_kind",
    ),
    CheckConstraint("until >= since - 1", name="until"),
    CheckConstraint("version >= 1", name="version"),
    Index(
        "ix_fee_standing",
        "centre_id",
        "item_id",
        "name",
        "since",
        unique=True,
        postgresql_where=text("until IS NULL OR until >= since"),
    ),
)
"""`none` is an explicit 不收费 and has no name. The last day is written beside a fee, and nothing
else of it changes; `until` on the day before `since` means that it never held."""

_newer = fee.alias("newer")
_HERE: Final = fee.c.centre_id == bindparam("centre_id")
_HOLDS: Final = and_(
    entries.on_day(fee),
    ~exists().where(
        _newer.c.centre_id == fee.c.centre_id,
        _newer.c.item_id == fee.c.item_id,
        or_(_newer.c.name == fee.c.name, _newer.c.none, fee.c.none),
        _newer.c.since > fee.c.since,
        _newer.c.since <= entries.DAY,
        or_(_newer.c.until.is_(None), _newer.c.until >= _newer.c.since),
    ),
)
"""Whether a fee holds on the day `on`: a later one of its name has taken its place, and so has a
later 不收费; a later fee takes the place of 不收费."""
_OF_ITEM: Final = entries.listed(fee, "centre_id", "item_id")
_OF_ITEM_ON: Final = _OF_ITEM.where(_HOLDS)
_PUBLIC: Final = (
    entries.listed(fee, "centre_id")
    .add_columns(item.c.name.label("item_name"))
    .join(item, and_(item.c.centre_id == fee.c.centre_id, item.c.id == fee.c.item_id))
    .where(
        entries.as_wanted(fee.c.item_id),
        _HOLDS,
        open_to_all(OpenKind.FEE, fee.c.centre_id, fee.c.id),
        SHOWN,
    )
)
_ONE: Final = entries.one(fee, "centre_id", "item_id")
_ITEM: Final = (
    select(item.c.id)
    .where(item.c.centre_id == bindparam("centre_id"), item.c.id == bindparam("id"))
    .with_for_update(key_share=True)
)
_CONTRADICTED: Final = select(
    exists().where(
        _HERE,
        fee.c.item_id == bindparam("item_id"),
        fee.c.since == bindparam("since"),
        fee.c.none != bindparam("none"),
        or_(fee.c.until.is_(None), fee.c.until >= fee.c.since),
    )
)
_WITHOUT: Final = (
    select(item.c.id)
    .where(
        SHOWN,
        item.c.id > bindparam("after"),
        ~exists().where(fee.c.centre_id == item.c.centre_id, fee.c.item_id == item.c.id, _HOLDS),
    )
    .order_by(item.c.id)
    .limit(bindparam("count"))
)
_PUBLISH: Final = insert(fee)
_END: Final = entries.next_version(fee, "until", "ended_because")
MOST_OF_AN_ITEM: Final = 200


class PublicFee(NamedTuple):
    """A fee as everybody may read it, with the name of its item."""

    fee: Fee
    item_name: str

    @property
    def id(self) -> UUID:
        return self.fee.id


async def lock_item(connection: AsyncConnection, centre_id: UUID, item_id: UUID) -> None:
    """Nobody else publishes for this item until the transaction ends; cases are received all the
    same. Raises NotFound."""
    found = await connection.execute(_ITEM, {"centre_id": centre_id, "id": item_id})
    if found.one_or_none() is None:
        raise NotFound("事项", item_id)


async def listed(
    connection: AsyncConnection,
    of_item: tuple[UUID, UUID],
    *,
    on: date | None,
    after: UUID | None = None,
    limit: int = MOST_OF_AN_ITEM,
) -> list[Fee]:
    """The fees of an item (centre, item) in the order in which they were entered: those that hold
    on a day, or all that ever were."""
    centre_id, item_id = of_item
    asked = {"centre_id": centre_id, "item_id": item_id}
    if on is None:
        found = await entries.page(connection, _OF_ITEM, after, limit, **asked)
    else:
        found = await entries.page(connection, _OF_ITEM_ON, after, limit, **asked, on=on)
    return [_fee(row) for row in found]


async def public(
    connection: AsyncConnection,
    centre_id: UUID,
    *,
    on: date,
    item_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> list[PublicFee]:
    """What holds on the day, of one item or of all, but for what is secret or withheld."""
    asked = {"centre_id": centre_id, "item_id": item_id, "on": on}
    rows = await entries.page(connection, _PUBLIC, after, limit, **asked)
    return [PublicFee(_fee(row), row.item_name) for row in rows]


async def items_without(
    connection: AsyncConnection, centre_id: UUID, *, on: date, after: UUID | None, limit: int
) -> list[UUID]:
    """The items that everybody may read of that day and that have neither a fee nor an explicit
    不收费 then."""
    found = await entries.page(connection, _WITHOUT, after, limit, centre_id=centre_id, on=on)
    return list(found.scalars())


async def get(connection: AsyncConnection, centre_id: UUID, item_id: UUID, id_: UUID) -> Fee:
    """One fee of an item, ended or not. Raises NotFound."""
    asked = {"centre_id": centre_id, "item_id": item_id}
    return _fee(await entries.find(connection, _ONE, "收费标准", id_, **asked))


async def publish(
    connection: AsyncConnection, centre_id: UUID, new: Fee, entered: tuple[str, object]
) -> None:
    """Keep a fee, by whom and when; the item is locked. Raises FeeStands."""
    asked = {
        "centre_id": centre_id,
        "item_id": new.item_id,
        "since": new.since,
        "none": new.terms.none,
    }
    if (await connection.execute(_CONTRADICTED, asked)).scalar_one():
        raise FeeStands(new.since)
    by, at = entered
    row = {"centre_id": centre_id, **_row(new), "entered_by": by, "entered_at": at}
    with entries.refused_as(ix_fee_standing=FeeStands(new.since)):
        await connection.execute(_PUBLISH, row)


async def end(connection: AsyncConnection, centre_id: UUID, ended: Fee) -> bool:
    """Write its last day beside a fee; false where somebody was faster."""
    new = {"until": ended.until, "ended_because": ended.ended_because}
    return await entries.write(connection, _END, centre_id, ended, **new)


def _row(new: Fee) -> dict[str, object]:
    terms, payee = new.terms, new.terms.payee
    return {
        "id": new.id,
        "item_id": new.item_id,
        "none": terms.none,
        "name": terms.name or "",
        "basis": terms.basis,
        "amount": terms.amount,
        "unit": terms.unit,
        "payment_method": terms.payment_method,
        "payee_kind": payee and payee.kind.value,
        "payee_name": payee and payee.name,
        "payee_fiscal": payee and payee.fiscal,
        "since": new.since,
        "until": new.until,
        "version": new.version,
    }


def _fee(row: Row[Any]) -> Fee:  # Any: a row's columns have types of their own
    terms = FeeTerms(
        none=row.none,
        name=row.name or None,
        basis=row.basis,
        amount=row.amount,
        unit=row.unit,
        payment_method=row.payment_method,
        payee=payee_of(row) if row.payee_kind else None,
    )
    return Fee(
        id=row.id,
        item_id=row.item_id,
        terms=terms,
        since=row.since,
        until=row.until,
        ended_because=row.ended_because,
        version=row.version,
    )


def payee_of(row: Row[Any]) -> Payee:  # Any: as above
    """The payee in the three columns of a row."""
    return Payee(kind=PayeeKind(row.payee_kind), name=row.payee_name, fiscal=row.payee_fiscal)
