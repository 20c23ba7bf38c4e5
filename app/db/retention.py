"""Disposal (处置) of what need not be kept: events that are old, and people who have left. As the
owner: the service itself has no right to delete."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeAlias
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Table,
    Uuid,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.db import person_erasure, person_needs, persons
from app.db.appointments import appointment
from app.db.centres import centre
from app.db.engine import transaction
from app.db.ids import uuid7
from app.db.outbox import outbox
from app.db.persons import person
from app.db.postings import posting
from app.db.uow import Recorded, UnitOfWork
from app.domain.oversight.ledger import PLATFORM, Entry, Plain
from app.domain.oversight.retention import KeptKind
from app.domain.personal import PersonNeeded

LOCK: Final = 4_774_313_520_118  # any number will do, if every release keeps to it
SURVEYED_AT_ONCE: Final = 20_000
DISPOSED_AT_ONCE: Final = 5_000
OPERATOR: Final = "operator"  # whoever may start a command as the owner; there is no token
CLIENT: Final = "guiju retention"
Advance: TypeAlias = Callable[[int], None]
Someone: TypeAlias = tuple[UUID, UUID]
"""A person: the centre and the id."""
_BEFORE_ALL: Final[Someone] = (UUID(int=0), UUID(int=0))

_EVERY_CENTRE: Final = {"every_centre": "what is old is disposed of wherever it lies"}
_TURN: Final = select(func.pg_try_advisory_lock(LOCK))
_TURN_OVER: Final = select(func.pg_advisory_unlock(LOCK))
_NEWEST: Final = select(func.coalesce(func.max(outbox.c.stream), 0)).execution_options(
    **_EVERY_CENTRE
)
_PART: Final = (
    select(outbox.c.centre_id, outbox.c.stream, outbox.c.created_at)
    .where(outbox.c.stream > bindparam("after"), outbox.c.stream < bindparam("newest"))
    .order_by(outbox.c.stream)
    .limit(bindparam("count"))
    .subquery("part")
)
# The days of a sandbox run ahead of ours: they hold nobody's events back.
_YOUNG: Final = and_(
    _PART.c.created_at >= bindparam("before", type_=DateTime(timezone=True)),
    centre.c.sandbox_on.is_(None),
)
_SURVEY: Final = (
    select(
        func.count().label("count"),
        func.min(_PART.c.stream).label("first"),
        func.max(_PART.c.stream).label("last"),
        func.min(_PART.c.stream).filter(_YOUNG).label("young"),
    )
    .select_from(_PART.outerjoin(centre, centre.c.id == _PART.c.centre_id))
    .execution_options(**_EVERY_CENTRE)
)
_THESE: Final = and_(outbox.c.stream >= bindparam("since"), outbox.c.stream < bindparam("until"))
_COUNT: Final = select(func.count()).where(_THESE).execution_options(**_EVERY_CENTRE)
_DELETE: Final = delete(outbox).where(_THESE).execution_options(**_EVERY_CENTRE)


def _of_person(table: Table, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        table.c.centre_id == person.c.centre_id, table.c.person_id == person.c.id, *more
    )


def _still(table: Table) -> ColumnElement[bool]:
    """Not ended, or ended on the day or later."""
    ended = table.c.until < bindparam("before", type_=Date)
    return _of_person(table, or_(table.c.until.is_(None), ~ended))


_LEFT: Final = (
    select(person.c.centre_id, person.c.id)
    .where(
        tuple_(person.c.centre_id, person.c.id)
        > tuple_(bindparam("after_centre", type_=Uuid), bindparam("after_id", type_=Uuid)),
        person.c.erased_at.is_(None),
        or_(_of_person(posting), _of_person(appointment)),
        ~_still(posting),
        ~_still(appointment),
    )
    .order_by(person.c.centre_id, person.c.id)
    .limit(bindparam("count"))
    .execution_options(**_EVERY_CENTRE)
)


class DisposalUnderWay(Exception):
    """Another one disposes of something at this moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OldEvents:
    """Events in front of a place in the stream: the first of them, that place, and how many."""

    first: int
    until: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Leavers:
    """People who have left; of those whom something still needs only the number is told."""

    people: tuple[Someone, ...]
    needed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be disposed of: what ended before a day, ordered at a moment."""

    kind: KeptKind
    before: date
    at: datetime
    on: date  # the legal day of that moment

    def entry(self, facts: Mapping[str, Plain]) -> Recorded:
        """What the platform's ledger says of it."""
        told = {"kind": self.kind.value, "before": self.before.isoformat(), **facts}
        return _recorded(self, PLATFORM, "disposed", ("retention", None), told)


@asynccontextmanager
async def alone(engine: AsyncEngine) -> AsyncIterator[None]:
    """Dispose of something as the only one who does. Raises DisposalUnderWay."""
    async with engine.connect() as guard:
        if not (await guard.execute(_TURN)).scalar_one():
            raise DisposalUnderWay
        try:
            yield
        finally:
            await guard.execute(_TURN_OVER)


async def old_events(engine: AsyncEngine, before: datetime) -> OldEvents:
    """The beginning of the stream up to the first event that is not older, and never the newest:
    the next place is counted from it. What has no place yet is not among them."""
    async with engine.connect() as connection:
        newest = (await connection.execute(_NEWEST)).scalar_one()
        values = {"before": before, "newest": newest, "count": SURVEYED_AT_ONCE}
        first, after, count = newest, 0, 0
        while True:
            part = (await connection.execute(_SURVEY, values | {"after": after})).one()
            first = min(first, part.first or newest)
            if part.young is not None or part.count < SURVEYED_AT_ONCE:
                break
            after, count = part.last, count + part.count
        until = newest if part.young is None else part.young
        rest = await connection.execute(_COUNT, {"since": after + 1, "until": until})
    return OldEvents(first=first, until=until, count=count + rest.scalar_one())


async def dispose_of_events(
    engine: AsyncEngine, order: Order, old: OldEvents, advance: Advance
) -> int:
    """Delete them from the oldest on, and say how many there were. The ledger knows of it before
    the first is gone; who was interrupted begins again, with what is left."""
    entry = order.entry({"count": old.count, "until": old.until})
    disposed = 0
    for since in range(old.first, old.until, DISPOSED_AT_ONCE):
        these = {"since": since, "until": min(since + DISPOSED_AT_ONCE, old.until)}
        async with transaction(engine) as connection:
            if since == old.first:
                await UnitOfWork(connection).enter([entry])
            done = (await connection.execute(_DELETE, these)).rowcount
        disposed += done
        advance(done)
    return disposed


async def leavers(engine: AsyncEngine, order: Order) -> Leavers:
    """Whose last posting or appointment ended before the day, and who is not erased yet. Of whom
    neither was ever entered, nothing ended."""
    found: list[Someone] = []
    needed = 0
    async with engine.connect() as connection:
        after: Someone | None = _BEFORE_ALL
        while after is not None:
            values = {"before": order.before, "count": SURVEYED_AT_ONCE}
            place = {"after_centre": after[0], "after_id": after[1]}
            rows = (await connection.execute(_LEFT, values | place)).all()
            for row in rows:
                if await person_needs.of_person(connection, row.centre_id, row.id, order.on):
                    needed += 1
                else:
                    found.append((row.centre_id, row.id))
            full = len(rows) == SURVEYED_AT_ONCE
            after = (rows[-1].centre_id, rows[-1].id) if full else None
    return Leavers(people=tuple(found), needed=needed)


async def erase_leavers(engine: AsyncEngine, order: Order, left: Leavers, advance: Advance) -> int:
    """Erase them one by one, and say how many. Each is an entry of the centre, in the same
    transaction; the platform's ledger has the order. Who is needed again meanwhile stays."""
    async with transaction(engine) as connection:
        await UnitOfWork(connection).enter([order.entry({"count": len(left.people)})])
    erased = 0
    for centre_id, person_id in left.people:
        with suppress(PersonNeeded):
            async with transaction(engine) as connection:
                erased += await _erase(connection, order, centre_id, person_id)
        advance(1)
    return erased


async def _erase(
    connection: AsyncConnection, order: Order, centre_id: UUID, person_id: UUID
) -> bool:
    kept = await persons.taken(connection, centre_id, person_id)
    if kept.erased_at is not None:
        return False
    await person_erasure.erase(connection, centre_id, person_id, on=order.on, at=order.at)
    facts = {"before": order.before.isoformat()}
    entry = _recorded(order, centre_id, "erased", ("person", person_id), facts)
    await UnitOfWork(connection).enter([entry])
    return True


def _recorded(
    order: Order,
    centre_id: UUID,
    action: str,
    subject: tuple[str, UUID | None],
    facts: Mapping[str, Plain],
) -> Recorded:
    kind, id_ = subject
    entry = Entry(
        centre_id=centre_id,
        id=uuid7(),
        at=order.at,
        occurred_at=order.at,
        actor=OPERATOR,
        client=CLIENT,
        action=action,
        subject_kind=kind,
        subject_id=id_,
        facts=facts,
    )
    return Recorded(entry=entry, type_=f"cn.guiju.{kind}.{action}", data=facts)
