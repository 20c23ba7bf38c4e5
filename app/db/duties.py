"""Duties (交办工作) as they are kept, each with the posting during which it runs."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
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
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import entries
from app.db.base import metadata
from app.db.centres import centre
from app.db.postings import Entered, posting
from app.domain.staffing.duty import Duty

duty = Table(
    "duty",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("posting_id", Uuid, nullable=False),
    Column("title", Text, nullable=False),
    Column("window_related", Boolean, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Column("end_reason", Text),
    Column("entered_by", Text, nullable=False),
    Column("entered_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id"], [centre.c.id]),
    ForeignKeyConstraint(["centre_id", "posting_id"], [posting.c.centre_id, posting.c.id]),
    CheckConstraint("until >= since", name="days"),
    CheckConstraint("end_reason IS NULL OR until IS NOT NULL", name="ended"),
    Index("ix_duty_posting", "centre_id", "posting_id", "id"),
    Index(
        "ix_duty_outside", "centre_id", "posting_id", postgresql_where=text("NOT window_related")
    ),
)

_ONE: Final = entries.one(duty, "centre_id", "posting_id")
_LIST: Final = entries.listed(duty, "centre_id", "posting_id").where(
    or_(entries.DAY.is_(None), entries.on_day(duty))
)
_HERE: Final = duty.c.centre_id == bindparam("of_centre")
_JOINED: Final = and_(
    posting.c.centre_id == duty.c.centre_id,
    posting.c.id == duty.c.posting_id,
    posting.c.centre_id == bindparam("of_centre"),
)
_OUTSIDE: Final = (
    select(duty)
    .join(posting, _JOINED)
    .where(_HERE, ~duty.c.window_related, entries.on_day(duty), entries.on_day(posting))
    .order_by(duty.c.id)
    .limit(bindparam("count"))
)
_OUTSIDE_OF: Final = (
    select(duty)
    .join(posting, _JOINED)
    .where(
        _HERE,
        ~duty.c.window_related,
        posting.c.person_id == bindparam("of_person"),
        or_(posting.c.until.is_(None), posting.c.until >= entries.DAY),
        or_(duty.c.until.is_(None), duty.c.until >= entries.DAY),
    )
    .order_by(duty.c.id)
)
_UNFINISHED: Final = select(
    exists()
    .where(_HERE, _JOINED, posting.c.person_id == bindparam("of_person"))
    .where(or_(duty.c.until.is_(None), duty.c.until >= entries.DAY))
)
_ADD: Final = insert(duty)
_END: Final = (
    update(duty)
    .where(_HERE, duty.c.id == bindparam("of"))
    .values(until=bindparam("last_day"), end_reason=bindparam("reason"))
)


async def get(
    connection: AsyncConnection, centre_id: UUID, posting_id: UUID, duty_id: UUID
) -> Duty:
    """Raises NotFound."""
    of = {"centre_id": centre_id, "posting_id": posting_id}
    return _duty(await entries.find(connection, _ONE, "交办工作", duty_id, **of))


async def listed(
    connection: AsyncConnection,
    place: tuple[UUID, UUID],
    *,
    on: date | None,
    after: UUID | None,
    limit: int,
) -> list[Duty]:
    """The duties of a posting (centre, posting) in the order in which they were entered."""
    centre_id, posting_id = place
    asked = {"centre_id": centre_id, "posting_id": posting_id, "on": on}
    return [_duty(row) for row in await entries.page(connection, _LIST, after, limit, **asked)]


async def outside(
    connection: AsyncConnection, centre_id: UUID, on: date, *, limit: int
) -> list[Duty]:
    """The duties of that day that are not of the window, during postings of that day."""
    values = {"of_centre": centre_id, "on": on, "count": limit}
    return [_duty(row) for row in await connection.execute(_OUTSIDE, values)]


async def outside_of(
    connection: AsyncConnection, centre_id: UUID, person_id: UUID, on: date
) -> list[Duty]:
    """The duties of a person that are not of the window and go on that day or later."""
    values = {"of_centre": centre_id, "of_person": person_id, "on": on}
    return [_duty(row) for row in await connection.execute(_OUTSIDE_OF, values)]


async def unfinished(
    connection: AsyncConnection, centre_id: UUID, person_id: UUID, on: date
) -> bool:
    """Whether a duty of the person goes on that day or later."""
    values = {"of_centre": centre_id, "of_person": person_id, "on": on}
    return bool(await connection.scalar(_UNFINISHED, values))


async def add(connection: AsyncConnection, centre_id: UUID, new: Duty, entered: Entered) -> None:
    """Only with the posting taken."""
    row = {
        "centre_id": centre_id,
        "id": new.id,
        "posting_id": new.posting_id,
        "title": new.title,
        "window_related": new.window_related,
        "since": new.since,
        "until": new.until,
        "entered_by": entered.by,
        "entered_at": entered.at,
    }
    await connection.execute(_ADD, row)


async def end(
    connection: AsyncConnection, centre_id: UUID, of: Duty, until: date, reason: str
) -> None:
    """Write the last day; only with the posting taken."""
    values = {"of_centre": centre_id, "of": of.id, "last_day": until, "reason": reason}
    await connection.execute(_END, values)


def _duty(row: Row[*tuple[Any, ...]]) -> Duty:  # Any: a row's columns have types of their own
    return Duty(
        id=row.id,
        posting_id=row.posting_id,
        title=row.title,
        window_related=row.window_related,
        since=row.since,
        until=row.until,
        end_reason=row.end_reason,
    )
