"""Effective dates (施行日期) as they are kept: entered, revoked, never rewritten."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    PrimaryKeyConstraint,
    Row,
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
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import entries
from app.db.base import metadata
from app.domain.calendar import Notice
from app.domain.effective_date import EffectiveDate, EffectiveDateRevoked, EffectiveDateStands
from app.domain.special_day import Revocation

effective_date = Table(
    "effective_date",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("regulation", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("document_title", Text, nullable=False),
    Column("document_number", Text),
    Column("number_unknown", Boolean, nullable=False),
    Column("issued_on", Date),
    Column("entered_by", Text, nullable=False),
    Column("entered_at", DateTime(timezone=True), nullable=False),
    Column("revoked_by", Text),
    Column("revoked_at", DateTime(timezone=True)),
    Column("revoked_because", Text),
    PrimaryKeyConstraint("id"),
    CheckConstraint("document_title <> ''", name="document"),
    CheckConstraint("number_unknown = (document_number IS NULL)", name="number_unknown"),
    CheckConstraint(
        "(revoked_at IS NULL) = (revoked_by IS NULL)"
        " AND (revoked_at IS NULL) = (revoked_because IS NULL)",
        name="revoked",
    ),
    Index(
        "ix_effective_date_standing",
        "regulation",
        "edition",
        unique=True,
        postgresql_where=text("revoked_at IS NULL"),
    ),
)
"""Small, shared by all centres. The service may write a revocation beside an entry and change
nothing else of it."""

_STANDING: Final = (
    select(effective_date)
    .where(effective_date.c.revoked_at.is_(None))
    .order_by(effective_date.c.id)
)
_LISTED: Final = entries.listed(effective_date, "regulation").where(
    or_(effective_date.c.revoked_at.is_(None), bindparam("revoked_too", type_=Boolean))
)
_ONE: Final = entries.one(effective_date, "regulation")
_ENTER: Final = insert(effective_date)
_REVOKE: Final = (
    update(effective_date)
    .where(effective_date.c.id == bindparam("of"), effective_date.c.revoked_at.is_(None))
    .values(
        revoked_by=bindparam("by"), revoked_at=bindparam("at"), revoked_because=bindparam("reason")
    )
)


async def standing(connection: AsyncConnection) -> tuple[EffectiveDate, ...]:
    """Every day that is entered and not revoked, of all regulations."""
    return tuple(_date(row) for row in await connection.execute(_STANDING))


async def listed(
    connection: AsyncConnection,
    regulation: str,
    *,
    revoked_too: bool,
    after: UUID | None,
    limit: int,
) -> list[EffectiveDate]:
    """The entries of a regulation in the order in which they were made."""
    asked = {"regulation": regulation, "revoked_too": revoked_too}
    return [_date(row) for row in await entries.page(connection, _LISTED, after, limit, **asked)]


async def get(connection: AsyncConnection, regulation: str, id_: UUID) -> EffectiveDate:
    """One entry of a regulation, revoked or not. Raises NotFound."""
    row = await entries.find(connection, _ONE, "施行日期", id_, regulation=regulation)
    return _date(row)


async def enter(connection: AsyncConnection, day: EffectiveDate) -> None:
    """Raises EffectiveDateStands."""
    row = {
        "id": day.id,
        "regulation": day.regulation,
        "edition": day.edition,
        "effective_from": day.effective_from,
        "document_title": day.document.title,
        "document_number": day.document.number,
        "number_unknown": day.document.number is None,
        "issued_on": day.document.issued_on,
        "entered_by": day.entered_by,
        "entered_at": day.entered_at,
    }
    stands = EffectiveDateStands(day.regulation, day.edition)
    with entries.refused_as(ix_effective_date_standing=stands):
        await connection.execute(_ENTER, row)


async def revoke(connection: AsyncConnection, day: EffectiveDate, revocation: Revocation) -> None:
    """Write the revocation beside the entry. Raises EffectiveDateRevoked."""
    values = {
        "of": day.id,
        "by": revocation.by,
        "at": revocation.at,
        "reason": revocation.reason,
    }
    if not (await connection.execute(_REVOKE, values)).rowcount:
        raise EffectiveDateRevoked(day.effective_from)


def _date(row: Row[Any]) -> EffectiveDate:  # Any: a row's columns have types of their own
    return EffectiveDate(
        id=row.id,
        regulation=row.regulation,
        edition=row.edition,
        effective_from=row.effective_from,
        document=Notice(
            title=row.document_title, number=row.document_number, issued_on=row.issued_on
        ),
        entered_by=row.entered_by,
        entered_at=row.entered_at,
        revoked=entries.revocation_of(row, "revoked"),
    )
