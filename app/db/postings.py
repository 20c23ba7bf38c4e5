"""Postings (派驻) as they are kept: one open posting a person, and none at the same time as
another."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
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
    Integer,
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
from app.db.centres import centre
from app.db.departments import department
from app.db.persons import person
from app.db.windows import window
from app.domain.errors import NotFound
from app.domain.staffing.posting import Posting, PostingRole

posting = Table(
    "posting",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("department_id", Uuid, nullable=False),
    Column("window_id", Uuid),
    Column("role", Text, nullable=False),
    Column("police", Boolean, nullable=False),
    Column("party_member", Boolean),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Column("end_reason", Text),
    Column("regulation", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("entered_by", Text, nullable=False),
    Column("entered_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id"], [centre.c.id]),
    ForeignKeyConstraint(["centre_id", "person_id"], [person.c.centre_id, person.c.id]),
    ForeignKeyConstraint(["centre_id", "department_id"], [department.c.centre_id, department.c.id]),
    ForeignKeyConstraint(["centre_id", "window_id"], [window.c.centre_id, window.c.id]),
    CheckConstraint(
        "role IN ('window_clerk', 'back_office', 'chief_representative', 'approval_office_head',"
        " 'township_head', 'village_agent')",
        name="role",
    ),
    CheckConstraint("until >= since - 1", name="days"),
    CheckConstraint("(until IS NULL) = (end_reason IS NULL)", name="ended"),
    Index(
        "ix_posting_open",
        "centre_id",
        "person_id",
        unique=True,
        postgresql_where=text("until IS NULL"),
    ),
    Index("ix_posting_person", "centre_id", "person_id", "since"),
    Index("ix_posting_department", "centre_id", "department_id", "id"),
    Index("ix_posting_window", "centre_id", "window_id", "id"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """Under which text it was entered, by whom and when."""

    regulation: str
    edition: str
    digest: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which postings a list is of; what is None does not matter. `on` is a day at the post."""

    person_id: UUID | None = None
    department_id: UUID | None = None
    window_id: UUID | None = None
    on: date | None = None


COLUMNS: Final = (
    posting.c.id,
    posting.c.person_id,
    posting.c.department_id,
    posting.c.window_id,
    posting.c.role,
    posting.c.police,
    posting.c.party_member,
    posting.c.since,
    posting.c.until,
    posting.c.end_reason,
    posting.c.version,
)
_HERE: Final = posting.c.centre_id == bindparam("of_centre")
_ONE: Final = entries.one(posting, "centre_id")
_LOCKED: Final = _ONE.with_for_update()
_LIST: Final = entries.listed(posting, "centre_id").where(
    entries.as_wanted(posting.c.person_id),
    entries.as_wanted(posting.c.department_id),
    entries.as_wanted(posting.c.window_id),
    or_(entries.DAY.is_(None), entries.on_day(posting)),
)
_HISTORY: Final = (
    select(*COLUMNS)
    .where(_HERE, posting.c.person_id == bindparam("of_person"))
    .order_by(posting.c.since.desc())
)
_AMONG: Final = select(*COLUMNS).where(
    _HERE, posting.c.id == bindparam("ids", type_=ARRAY(Uuid)).any_()
)
_ADD: Final = insert(posting)
_END: Final = entries.next_version(posting, "until", "end_reason")
_FORGET: Final = (
    update(posting)
    .where(_HERE, posting.c.person_id == bindparam("of_person"))
    .values(party_member=None)
)


async def get(connection: AsyncConnection, centre_id: UUID, posting_id: UUID) -> Posting:
    """Raises NotFound."""
    row = await entries.find(connection, _ONE, "派驻", posting_id, centre_id=centre_id)
    return posting_of(row)


async def taken(connection: AsyncConnection, centre_id: UUID, posting_id: UUID) -> Posting:
    """The same, for this transaction alone. Raises NotFound."""
    row = await entries.find(connection, _LOCKED, "派驻", posting_id, centre_id=centre_id)
    return posting_of(row)


async def listed(
    connection: AsyncConnection, centre_id: UUID, wanted: Wanted, *, after: UUID | None, limit: int
) -> list[Posting]:
    """Postings in the order in which they were entered."""
    asked = {"centre_id": centre_id, **asdict(wanted)}
    return [posting_of(row) for row in await entries.page(connection, _LIST, after, limit, **asked)]


async def history(
    connection: AsyncConnection, centre_id: UUID, person_id: UUID
) -> Sequence[Posting]:
    """All postings of a person, the newest first; only with the person taken do they stay so."""
    rows = await connection.execute(_HISTORY, {"of_centre": centre_id, "of_person": person_id})
    return [posting_of(row) for row in rows]


async def among(
    connection: AsyncConnection, centre_id: UUID, ids: Collection[UUID]
) -> Mapping[UUID, Posting]:
    """These postings by their ids."""
    rows = await connection.execute(_AMONG, {"of_centre": centre_id, "ids": list(ids)})
    return {row.id: posting_of(row) for row in rows}


async def add(connection: AsyncConnection, centre_id: UUID, new: Posting, entered: Entered) -> None:
    """Raises NotFound for a department or a window that the centre has not."""
    row = {
        "centre_id": centre_id,
        "id": new.id,
        "person_id": new.person_id,
        "department_id": new.department_id,
        "window_id": new.window_id,
        "role": new.role.value,
        "police": new.police,
        "party_member": new.party_member,
        "since": new.since,
        "regulation": entered.regulation,
        "edition": entered.edition,
        "digest": entered.digest,
        "entered_by": entered.by,
        "entered_at": entered.at,
    }
    with entries.refused_as(
        fk_posting_centre_id_department_id_department=NotFound("部门", new.department_id),
        fk_posting_centre_id_window_id_window=NotFound("窗口", new.window_id),
    ):
        await connection.execute(_ADD, row)


async def end(connection: AsyncConnection, centre_id: UUID, ended: Posting) -> None:
    """Write the last day; only with the posting taken."""
    new = {"until": ended.until, "end_reason": ended.end_reason}
    await entries.write(connection, _END, centre_id, ended, **new)


async def forget(connection: AsyncConnection, centre_id: UUID, person_id: UUID) -> None:
    """Take what is personal out of the postings of somebody who is erased."""
    await connection.execute(_FORGET, {"of_centre": centre_id, "of_person": person_id})


def posting_of(
    row: Row[*tuple[Any, ...]],
) -> Posting:  # Any: a row's columns have types of their own
    """The posting of a row that has its COLUMNS."""
    return Posting(
        id=row.id,
        person_id=row.person_id,
        department_id=row.department_id,
        window_id=row.window_id,
        role=PostingRole(row.role),
        police=row.police,
        party_member=row.party_member,
        since=row.since,
        until=row.until,
        end_reason=row.end_reason,
        version=row.version,
    )
