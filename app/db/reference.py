"""Reference data (基准数据): which editions of rulebooks and calendars the writers compute with."""

import hashlib
from datetime import datetime
from typing import Final, TypedDict

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
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql.elements import ColumnElement

from app.calendars.load import Calendars
from app.db.base import metadata
from app.db.engine import transaction
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


class _Edition(TypedDict):
    kind: str
    key: str
    edition: str
    digest: str


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
    """Put these editions in force and name their version; many processes may do it at once."""
    version = version_of(rulebooks, calendars)
    editions = [
        _Edition(kind="rulebook", key=book.regulation, edition=book.edition, digest=book.digest)
        for book in rulebooks.books
    ]
    shown = calendars.version[:_DIGITS_SHOWN]
    editions.append(_Edition(kind="calendar", key="CN", edition=shown, digest=calendars.version))
    # Everybody locks the rows in one order, so that nobody waits in a circle.
    editions.sort(key=lambda row: (row["kind"], row["key"], row["edition"]))
    async with transaction(engine) as connection:
        await connection.execute(_RECORD, editions)
        await connection.execute(_PUT_IN_FORCE, {"version": version})
    return version


async def current(engine: AsyncEngine) -> str | None:
    """The version that writes must carry now; None before anything was loaded."""
    async with engine.connect() as connection:
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
