"""Service pledges (服务承诺) as they are kept: made public with a first day, ended, never
rewritten."""

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
    Integer,
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
from app.db.withholdings import open_to_all
from app.domain.items.publicity import (
    OpenKind,
    Pledge,
    PledgeElement,
    PledgeElements,
    PledgeStands,
)

pledge = Table(
    "pledge",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("content", Text),
    Column("procedure", Text),
    Column("standard", Text),
    Column("basis", Text),
    Column("supervision", Text),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Column("ended_because", Text),
    Column("version", Integer, nullable=False),
    Column("entered_by", Text, nullable=False),
    Column("entered_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id"], [centre.c.id]),
    CheckConstraint("name <> ''", name="name"),
    CheckConstraint("until >= since - 1", name="until"),
    CheckConstraint("version >= 1", name="version"),
    Index(
        "ix_pledge_standing",
        "centre_id",
        "name",
        "since",
        unique=True,
        postgresql_where=text("until IS NULL OR until >= since"),
    ),
)
"""`until` on the day before `since` means that the pledge never held."""

_newer = pledge.alias("newer")
_HOLDS: Final = and_(
    entries.on_day(pledge),
    ~exists().where(
        _newer.c.centre_id == pledge.c.centre_id,
        _newer.c.name == pledge.c.name,
        _newer.c.since > pledge.c.since,
        _newer.c.since <= entries.DAY,
        or_(_newer.c.until.is_(None), _newer.c.until >= _newer.c.since),
    ),
)
_LISTED: Final = entries.listed(pledge, "centre_id")
_ON: Final = _LISTED.where(_HOLDS)
_PUBLIC: Final = _ON.where(open_to_all(OpenKind.PLEDGE, pledge.c.centre_id, pledge.c.id))
_ONE: Final = entries.one(pledge, "centre_id")
_ANY: Final = select(exists().where(pledge.c.centre_id == bindparam("centre_id"), _HOLDS))
_PUBLISH: Final = insert(pledge)
_END: Final = entries.next_version(pledge, "until", "ended_because")


async def listed(
    connection: AsyncConnection,
    centre_id: UUID,
    *,
    on: date | None,
    after: UUID | None,
    limit: int,
) -> list[Pledge]:
    """The pledges in the order in which they were entered: those that hold on a day, or all."""
    if on is None:
        found = await entries.page(connection, _LISTED, after, limit, centre_id=centre_id)
    else:
        found = await entries.page(connection, _ON, after, limit, centre_id=centre_id, on=on)
    return [_pledge(row) for row in found]


async def public(
    connection: AsyncConnection, centre_id: UUID, *, on: date, after: UUID | None, limit: int
) -> list[Pledge]:
    """What holds on the day and is not withheld."""
    found = await entries.page(connection, _PUBLIC, after, limit, centre_id=centre_id, on=on)
    return [_pledge(row) for row in found]


async def any_holds(connection: AsyncConnection, centre_id: UUID, on: date) -> bool:
    """Whether the centre pledges anything on that day."""
    found: bool = (await connection.execute(_ANY, {"centre_id": centre_id, "on": on})).scalar_one()
    return found


async def get(connection: AsyncConnection, centre_id: UUID, id_: UUID) -> Pledge:
    """One pledge, ended or not. Raises NotFound."""
    return _pledge(await entries.find(connection, _ONE, "服务承诺", id_, centre_id=centre_id))


async def publish(
    connection: AsyncConnection, centre_id: UUID, new: Pledge, entered: tuple[str, object]
) -> None:
    """Keep a pledge, by whom and when. Raises PledgeStands."""
    by, at = entered
    row = {
        "centre_id": centre_id,
        "id": new.id,
        "name": new.name,
        **{element.value: getattr(new.elements, element) for element in PledgeElement},
        "since": new.since,
        "until": new.until,
        "version": new.version,
        "entered_by": by,
        "entered_at": at,
    }
    with entries.refused_as(ix_pledge_standing=PledgeStands(new.since)):
        await connection.execute(_PUBLISH, row)


async def end(connection: AsyncConnection, centre_id: UUID, ended: Pledge) -> bool:
    """Write its last day beside a pledge; false where somebody was faster."""
    new = {"until": ended.until, "ended_because": ended.ended_because}
    return await entries.write(connection, _END, centre_id, ended, **new)


def _pledge(row: Row[Any]) -> Pledge:  # Any: a row's columns have types of their own
    written = {element.value: getattr(row, element.value) for element in PledgeElement}
    return Pledge(
        id=row.id,
        name=row.name,
        elements=PledgeElements(**written),
        since=row.since,
        until=row.until,
        ended_because=row.ended_because,
        version=row.version,
    )
