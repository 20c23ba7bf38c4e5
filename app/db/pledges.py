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
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.base import metadata
from app.db.centres import centre
from app.db.engine import constraint_of
from app.db.withholdings import open_to_all
from app.domain.errors import NotFound
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
_HERE: Final = pledge.c.centre_id == bindparam("centre_id")
_HOLDS: Final = and_(
    pledge.c.since <= bindparam("on"),
    or_(pledge.c.until.is_(None), pledge.c.until >= bindparam("on")),
    ~exists().where(
        _newer.c.centre_id == pledge.c.centre_id,
        _newer.c.name == pledge.c.name,
        _newer.c.since > pledge.c.since,
        _newer.c.since <= bindparam("on"),
        or_(_newer.c.until.is_(None), _newer.c.until >= _newer.c.since),
    ),
)
_LISTED: Final = (
    select(pledge)
    .where(_HERE, pledge.c.id > bindparam("after"))
    .order_by(pledge.c.id)
    .limit(bindparam("count"))
)
_ON: Final = _LISTED.where(_HOLDS)
_PUBLIC: Final = _ON.where(open_to_all(OpenKind.PLEDGE, pledge.c.centre_id, pledge.c.id))
_ONE: Final = select(pledge).where(_HERE, pledge.c.id == bindparam("id"))
_ANY: Final = select(exists().where(_HERE, _HOLDS))
_PUBLISH: Final = insert(pledge)
_END: Final = (
    update(pledge)
    .where(
        pledge.c.centre_id == bindparam("of_centre"),
        pledge.c.id == bindparam("of"),
        pledge.c.version == bindparam("was"),
    )
    .values(
        until=bindparam("last_day"),
        ended_because=bindparam("reason"),
        version=pledge.c.version + 1,
    )
)
_UNIQUE: Final = "ix_pledge_standing"
_FIRST: Final = UUID(int=0)


async def listed(
    connection: AsyncConnection,
    centre_id: UUID,
    *,
    on: date | None,
    after: UUID | None,
    limit: int,
) -> list[Pledge]:
    """The pledges in the order in which they were entered: those that hold on a day, or all."""
    values = {"centre_id": centre_id, "after": after or _FIRST, "count": limit}
    if on is None:
        return [_pledge(row) for row in await connection.execute(_LISTED, values)]
    return [_pledge(row) for row in await connection.execute(_ON, values | {"on": on})]


async def public(
    connection: AsyncConnection, centre_id: UUID, *, on: date, after: UUID | None, limit: int
) -> list[Pledge]:
    """What holds on the day and is not withheld."""
    values = {"centre_id": centre_id, "after": after or _FIRST, "count": limit, "on": on}
    return [_pledge(row) for row in await connection.execute(_PUBLIC, values)]


async def any_holds(connection: AsyncConnection, centre_id: UUID, on: date) -> bool:
    """Whether the centre pledges anything on that day."""
    found: bool = (await connection.execute(_ANY, {"centre_id": centre_id, "on": on})).scalar_one()
    return found


async def get(connection: AsyncConnection, centre_id: UUID, id_: UUID) -> Pledge:
    """One pledge, ended or not. Raises NotFound."""
    row = (await connection.execute(_ONE, {"centre_id": centre_id, "id": id_})).one_or_none()
    if row is None:
        raise NotFound("服务承诺", id_)
    return _pledge(row)


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
    try:
        await connection.execute(_PUBLISH, row)
    except IntegrityError as refused:
        if constraint_of(refused) == _UNIQUE:
            raise PledgeStands(new.since) from None
        raise


async def end(
    connection: AsyncConnection, centre_id: UUID, of: Pledge, *, until: date, reason: str
) -> bool:
    """Write its last day beside a pledge; false where somebody was faster."""
    values = {
        "of_centre": centre_id,
        "of": of.id,
        "was": of.version,
        "last_day": until,
        "reason": reason,
    }
    return bool((await connection.execute(_END, values)).rowcount)


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
