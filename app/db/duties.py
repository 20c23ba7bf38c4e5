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

from app.db.base import metadata
from app.db.centres import centre
from app.db.postings import Entered, posting
from app.domain.errors import NotFound
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

_COLUMNS: Final = (
    duty.c.id,
    duty.c.posting_id,
    duty.c.title,
    duty.c.window_related,
    duty.c.since,
    duty.c.until,
    duty.c.end_reason,
)
_HERE: Final = duty.c.centre_id == bindparam("of_centre")
_OF_POSTING: Final = (_HERE, duty.c.posting_id == bindparam("of_posting"))
_ONE: Final = select(*_COLUMNS).where(*_OF_POSTING, duty.c.id == bindparam("of_id"))
_DAY: Final = bindparam("on", type_=Date)
_RUNS: Final = and_(duty.c.since <= _DAY, or_(duty.c.until.is_(None), duty.c.until >= _DAY))
_LIST: Final = (
    select(*_COLUMNS)
    .where(*_OF_POSTING, or_(_DAY.is_(None), _RUNS), duty.c.id > bindparam("after"))
    .order_by(duty.c.id)
    .limit(bindparam("count"))
)
_JOINED: Final = and_(
    posting.c.centre_id == duty.c.centre_id,
    posting.c.id == duty.c.posting_id,
    posting.c.centre_id == bindparam("of_centre"),
)
_OUTSIDE: Final = (
    select(*_COLUMNS)
    .join(posting, _JOINED)
    .where(
        _HERE,
        ~duty.c.window_related,
        _RUNS,
        posting.c.since <= _DAY,
        or_(posting.c.until.is_(None), posting.c.until >= _DAY),
    )
    .order_by(duty.c.id)
    .limit(bindparam("count"))
)
_UNFINISHED: Final = select(
    exists()
    .where(_HERE, _JOINED, posting.c.person_id == bindparam("of_person"))
    .where(or_(duty.c.until.is_(None), duty.c.until >= _DAY))
)
_ADD: Final = insert(duty)
_END: Final = (
    update(duty)
    .where(*_OF_POSTING, duty.c.id == bindparam("of_id"))
    .values(until=bindparam("last_day"), end_reason=bindparam("reason"))
)
_FIRST: Final = UUID(int=0)


async def get(
    connection: AsyncConnection, centre_id: UUID, posting_id: UUID, duty_id: UUID
) -> Duty:
    """Raises NotFound."""
    values = {"of_centre": centre_id, "of_posting": posting_id, "of_id": duty_id}
    row = (await connection.execute(_ONE, values)).one_or_none()
    if row is None:
        raise NotFound("交办工作", duty_id)
    return _duty(row)


async def listed(
    connection: AsyncConnection,
    place: tuple[UUID, UUID],
    *,
    on: date | None,
    after: UUID | None,
    limit: int,
) -> list[Duty]:
    """The duties of a posting (centre, posting) in the order in which they were entered."""
    values = {
        "of_centre": place[0],
        "of_posting": place[1],
        "on": on,
        "after": after or _FIRST,
        "count": limit,
    }
    return [_duty(row) for row in await connection.execute(_LIST, values)]


async def outside(
    connection: AsyncConnection, centre_id: UUID, on: date, *, limit: int
) -> list[Duty]:
    """The duties of that day that are not of the window, during postings of that day."""
    values = {"of_centre": centre_id, "on": on, "count": limit}
    return [_duty(row) for row in await connection.execute(_OUTSIDE, values)]


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
    values = {
        "of_centre": centre_id,
        "of_posting": of.posting_id,
        "of_id": of.id,
        "last_day": until,
        "reason": reason,
    }
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
