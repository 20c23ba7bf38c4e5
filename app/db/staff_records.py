"""Staff records (人员记录) as they are kept: what is written in them comes here sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Row,
    Table,
    Text,
    Uuid,
    and_,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import entries
from app.db.base import metadata
from app.db.centres import centre
from app.db.postings import COLUMNS as OF_POSTING
from app.db.postings import Entered, posting, posting_of
from app.domain.staffing.posting import Posting
from app.domain.staffing.record import RecordKind, StaffRecord

staff_record = Table(
    "staff_record",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("posting_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("note_sealed", LargeBinary),
    Column("entered_by", Text, nullable=False),
    Column("entered_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id"], [centre.c.id]),
    ForeignKeyConstraint(["centre_id", "posting_id"], [posting.c.centre_id, posting.c.id]),
    CheckConstraint(
        "kind IN ('daily', 'business', 'personnel', 'performance_pay', 'party_relation')",
        name="kind",
    ),
    Index("ix_staff_record_posting", "centre_id", "posting_id", "id"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRecord:
    """A record as the row has it."""

    record: StaffRecord
    entered_by: str
    note_sealed: bytes | None

    @property
    def id(self) -> UUID:
        return self.record.id


_HERE: Final = staff_record.c.centre_id == bindparam("of_centre")
_LIST: Final = entries.listed(staff_record, "centre_id", "posting_id").where(
    entries.as_wanted(staff_record.c.kind)
)
_JOINED: Final = and_(
    posting.c.centre_id == staff_record.c.centre_id, posting.c.id == staff_record.c.posting_id
)
_OF_PERSON: Final = (
    select(staff_record)
    .join(posting, _JOINED)
    .where(
        _HERE,
        posting.c.centre_id == bindparam("of_centre"),
        posting.c.person_id == bindparam("of_person"),
    )
    .order_by(staff_record.c.id.desc())
    .limit(bindparam("count"))
)
_TRANSFERRED: Final = and_(
    _HERE,
    _JOINED,
    staff_record.c.kind == RecordKind.PARTY_RELATION.value,
)
_MEMBERS: Final = (
    select(*OF_POSTING, func.min(staff_record.c.day).label("transferred_on"))
    .outerjoin(staff_record, _TRANSFERRED)
    .where(
        posting.c.centre_id == bindparam("of_centre"),
        posting.c.party_member,
        entries.on_day(posting),
    )
    .group_by(posting.c.centre_id, posting.c.id)
    .order_by(posting.c.id)
)
_ADD: Final = insert(staff_record)
_FORGET: Final = (
    update(staff_record)
    .where(
        _HERE,
        staff_record.c.posting_id.in_(
            select(posting.c.id).where(
                posting.c.centre_id == bindparam("of_centre"),
                posting.c.person_id == bindparam("of_person"),
            )
        ),
    )
    .values(note_sealed=None)
)


async def add(
    connection: AsyncConnection,
    centre_id: UUID,
    new: StaffRecord,
    note_sealed: bytes | None,
    entered: Entered,
) -> None:
    """Put it on record; nothing of it is ever changed."""
    row = {
        "centre_id": centre_id,
        "id": new.id,
        "posting_id": new.posting_id,
        "kind": new.kind.value,
        "code": new.code,
        "day": new.day,
        "note_sealed": note_sealed,
        "entered_by": entered.by,
        "entered_at": entered.at,
    }
    await connection.execute(_ADD, row)


async def listed(
    connection: AsyncConnection,
    place: tuple[UUID, UUID],
    *,
    kind: RecordKind | None,
    after: UUID | None,
    limit: int,
) -> list[KeptRecord]:
    """The records of a posting (centre, posting) in the order in which they were entered."""
    centre_id, posting_id = place
    asked = {"centre_id": centre_id, "posting_id": posting_id, "kind": kind and kind.value}
    return [_record(row) for row in await entries.page(connection, _LIST, after, limit, **asked)]


async def of_person(
    connection: AsyncConnection, centre_id: UUID, person_id: UUID, *, limit: int
) -> list[KeptRecord]:
    """The newest records of a person, of all postings."""
    values = {"of_centre": centre_id, "of_person": person_id, "count": limit}
    return [_record(row) for row in await connection.execute(_OF_PERSON, values)]


async def members(
    connection: AsyncConnection, centre_id: UUID, on: date
) -> Sequence[tuple[Posting, date | None]]:
    """The postings of that day of those who are known as party members, each with the first day on
    which a transfer of the party relation is on record."""
    rows = await connection.execute(_MEMBERS, {"of_centre": centre_id, "on": on})
    return [(posting_of(row), row.transferred_on) for row in rows]


async def forget(connection: AsyncConnection, centre_id: UUID, person_id: UUID) -> None:
    """Take away what was written of somebody who is erased; kind, word and day stay."""
    await connection.execute(_FORGET, {"of_centre": centre_id, "of_person": person_id})


def _record(
    row: Row[*tuple[Any, ...]],
) -> KeptRecord:  # Any: a row's columns have types of their own
    return KeptRecord(
        record=StaffRecord(
            id=row.id,
            posting_id=row.posting_id,
            kind=RecordKind(row.kind),
            code=row.code,
            day=row.day,
        ),
        entered_by=row.entered_by,
        note_sealed=row.note_sealed,
    )
