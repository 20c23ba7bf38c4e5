"""Special days (特别日) as they are kept: entered with a document, revoked, never rewritten."""

from collections.abc import Sequence
from datetime import date
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
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import entries
from app.db.base import metadata
from app.domain.calendar import Notice
from app.domain.special_day import (
    Revocation,
    SpecialDay,
    SpecialDayRevoked,
    SpecialDayStands,
    SpecialKind,
)

special_day = Table(
    "special_day",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("jurisdiction", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("works", Boolean, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("completes_year", Boolean, nullable=False),
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
    CheckConstraint("jurisdiction ~ '^(CN|[0-9]{6})$'", name="jurisdiction"),
    CheckConstraint("kind IN ('closure', 'festival', 'makeup')", name="kind"),
    CheckConstraint("works = (kind = 'makeup')", name="works"),
    CheckConstraint("NOT works OR extract(isodow FROM day) >= 6", name="weekend"),
    CheckConstraint(
        "NOT completes_year OR (kind = 'festival' AND jurisdiction <> 'CN')",
        name="completes_year",
    ),
    CheckConstraint("name <> '' AND document_title <> ''", name="document"),
    CheckConstraint("number_unknown = (document_number IS NULL)", name="number_unknown"),
    CheckConstraint(
        "(revoked_at IS NULL) = (revoked_by IS NULL)"
        " AND (revoked_at IS NULL) = (revoked_because IS NULL)",
        name="revoked",
    ),
    Index(
        "ix_special_day_standing",
        "jurisdiction",
        "day",
        unique=True,
        postgresql_where=text("revoked_at IS NULL"),
    ),
)
"""Small, shared by all centres. The service may write a revocation beside an entry and change
nothing else of it."""

_STANDING: Final = (
    select(special_day).where(special_day.c.revoked_at.is_(None)).order_by(special_day.c.id)
)
_LISTED: Final = entries.listed(special_day).where(
    special_day.c.jurisdiction == bindparam("places", type_=ARRAY(Text)).any_(),
    or_(special_day.c.revoked_at.is_(None), bindparam("revoked_too", type_=Boolean)),
)
_ONE: Final = entries.one(special_day, "jurisdiction")
_ENTER: Final = insert(special_day)
_REVOKE: Final = (
    update(special_day)
    .where(special_day.c.id == bindparam("of"), special_day.c.revoked_at.is_(None))
    .values(
        revoked_by=bindparam("by"), revoked_at=bindparam("at"), revoked_because=bindparam("reason")
    )
)


async def standing(connection: AsyncConnection) -> tuple[SpecialDay, ...]:
    """Every day that is entered and not revoked, of all places."""
    return tuple(_day(row) for row in await connection.execute(_STANDING))


async def listed(
    connection: AsyncConnection,
    places: Sequence[str],
    *,
    revoked_too: bool,
    after: UUID | None,
    limit: int,
) -> list[SpecialDay]:
    """The entries of these places in the order in which they were made."""
    asked = {"places": list(places), "revoked_too": revoked_too}
    return [_day(row) for row in await entries.page(connection, _LISTED, after, limit, **asked)]


async def get(connection: AsyncConnection, jurisdiction: str, id_: UUID) -> SpecialDay:
    """One entry of a place, revoked or not. Raises NotFound."""
    row = await entries.find(connection, _ONE, "特别日", id_, jurisdiction=jurisdiction)
    return _day(row)


async def add(connection: AsyncConnection, days: Sequence[SpecialDay]) -> None:
    """Enter the days. Raises SpecialDayStands where somebody was faster."""
    with entries.refused_as(ix_special_day_standing=SpecialDayStands(days[0].on)):
        await connection.execute(_ENTER, [_row(day) for day in days])


async def revoke(connection: AsyncConnection, day: SpecialDay, revocation: Revocation) -> None:
    """Write the revocation beside the entry. Raises SpecialDayRevoked."""
    values = {
        "of": day.id,
        "by": revocation.by,
        "at": revocation.at,
        "reason": revocation.reason,
    }
    if not (await connection.execute(_REVOKE, values)).rowcount:
        raise SpecialDayRevoked(day.on)


def _row(day: SpecialDay) -> dict[str, object]:
    number: str | None = day.document.number
    issued_on: date | None = day.document.issued_on
    return {
        "id": day.id,
        "jurisdiction": day.jurisdiction,
        "day": day.on,
        "works": day.works,
        "kind": day.kind.value,
        "name": day.name,
        "completes_year": day.completes_year,
        "document_title": day.document.title,
        "document_number": number,
        "number_unknown": number is None,
        "issued_on": issued_on,
        "entered_by": day.entered_by,
        "entered_at": day.entered_at,
    }


def _day(row: Row[Any]) -> SpecialDay:  # Any: a row's columns have types of their own
    return SpecialDay(
        id=row.id,
        jurisdiction=row.jurisdiction,
        on=row.day,
        works=row.works,
        kind=SpecialKind(row.kind),
        name=row.name,
        document=Notice(
            title=row.document_title, number=row.document_number, issued_on=row.issued_on
        ),
        entered_by=row.entered_by,
        entered_at=row.entered_at,
        completes_year=row.completes_year,
        revoked=entries.revocation_of(row, "revoked"),
    )
