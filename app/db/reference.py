"""Reference data (基准数据): which editions of rulebooks and calendars the writers compute with."""

import asyncio
import hashlib
from datetime import datetime
from typing import Final, NamedTuple, TypedDict

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    bindparam,
    exists,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql.elements import ColumnElement

from app.calendars.load import Calendars
from app.calendars.special import laid_over
from app.db import effective_dates, special_days
from app.db.base import metadata
from app.db.engine import transaction
from app.domain.effective_date import dated
from app.domain.rulebook import Rulebooks

reference_edition = Table(
    "reference_edition",
    metadata,
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("loaded_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    PrimaryKeyConstraint("kind", "key", "edition"),
    CheckConstraint("kind IN ('rulebook', 'calendar')", name="kind"),
)
"""Every edition that was ever loaded, with the digest under which cases name it."""

reference_version = Table(
    "reference_version",
    metadata,
    Column("id", SmallInteger, nullable=False, autoincrement=False),
    Column("version", Text, nullable=False),
    PrimaryKeyConstraint("id"),
    CheckConstraint("id = 1", name="one_row"),
)
"""One row: the digest over all that is in force. A write that was computed with another is void."""

_DIGITS_SHOWN: Final = 16
_RECORD = insert(reference_edition)
_RECORD = _RECORD.on_conflict_do_update(
    index_elements=[
        reference_edition.c.kind,
        reference_edition.c.key,
        reference_edition.c.edition,
    ],
    set_={"digest": _RECORD.excluded.digest, "loaded_at": func.now()},
    where=reference_edition.c.digest != _RECORD.excluded.digest,
)
_PUT_IN_FORCE = insert(reference_version).values(id=1, version=bindparam("version"))
_PUT_IN_FORCE = _PUT_IN_FORCE.on_conflict_do_update(
    index_elements=[reference_version.c.id],
    set_={"version": _PUT_IN_FORCE.excluded.version},
    where=reference_version.c.version != _PUT_IN_FORCE.excluded.version,
)
_CURRENT = select(reference_version.c.version).where(reference_version.c.id == 1)
_LOCK: Final = 4_774_313_520_119  # any number will do, if every release keeps to it
_TURN = select(func.pg_advisory_xact_lock(_LOCK))


class _Edition(TypedDict):
    kind: str
    key: str
    edition: str
    digest: str


class Held(NamedTuple):
    """What a process computes with."""

    rulebooks: Rulebooks
    calendars: Calendars

    @property
    def version(self) -> str:
        return version_of(self.rulebooks, self.calendars)


def version_of(rulebooks: Rulebooks, calendars: Calendars) -> str:
    """The digest over everything that a due day is computed with."""
    both = f"{rulebooks.version} {calendars.version}"
    return hashlib.sha256(both.encode()).hexdigest()


def in_force(parameter: str = "reference_version") -> ColumnElement[bool]:
    """The condition that a write carries: what it was computed with is still in force."""
    return exists().where(
        reference_version.c.id == 1, reference_version.c.version == bindparam(parameter)
    )


async def load(engine: AsyncEngine, rulebooks: Rulebooks, calendars: Calendars) -> str:
    """Put these editions in force, with what stands beside them, and name their version; many
    processes may do it at once."""
    editions = [
        _Edition(kind="rulebook", key=book.regulation, edition=book.edition, digest=book.digest)
        for book in rulebooks.books
    ]
    files = calendars.files or calendars
    shown = files.version[:_DIGITS_SHOWN]
    editions.append(_Edition(kind="calendar", key="CN", edition=shown, digest=files.version))
    async with transaction(engine) as connection:
        await turn(connection)
        await connection.execute(_RECORD, editions)
        found = await now_in(connection, Held(rulebooks, calendars))
        await put_in_force(connection, found.version)
    return found.version


async def turn(connection: AsyncConnection) -> None:
    """Wait until nobody else changes what is in force; the turn ends with the transaction."""
    await connection.execute(_TURN)


async def put_in_force(connection: AsyncConnection, version: str) -> None:
    """Make every write void that is computed with another version; only in one's turn."""
    await connection.execute(_PUT_IN_FORCE, {"version": version})


async def now(engine: AsyncEngine, held: Held) -> Held:
    """These rulebooks and calendars with what stands beside them now, and with nothing else."""
    async with engine.connect() as connection:
        return await now_in(connection, held)


async def now_in(connection: AsyncConnection, held: Held) -> Held:
    """The same within a transaction."""
    dates = await effective_dates.standing(connection)
    days = await special_days.standing(connection)
    # A place with days of its own takes some milliseconds: nobody else waits for it.
    calendars = await asyncio.to_thread(laid_over, held.calendars, days)
    return Held(dated(held.rulebooks, dates), calendars)


async def current(engine: AsyncEngine) -> str | None:
    """The version that writes must carry now; None before anything was loaded."""
    async with engine.connect() as connection:
        return await current_in(connection)


async def current_in(connection: AsyncConnection) -> str | None:
    """The same within a transaction."""
    return (await connection.execute(_CURRENT)).scalar_one_or_none()


async def loaded(engine: AsyncEngine) -> dict[tuple[str, str, str], tuple[str, datetime]]:
    """Every edition that was ever loaded: its digest, and since when it stands."""
    async with engine.connect() as connection:
        rows = await connection.execute(_EVERY)
        return {(r.kind, r.key, r.edition): (r.digest, r.loaded_at) for r in rows}


_EVERY = select(
    reference_edition.c.kind,
    reference_edition.c.key,
    reference_edition.c.edition,
    reference_edition.c.digest,
    reference_edition.c.loaded_at,
)
