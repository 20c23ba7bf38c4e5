"""Centres (政务服务中心) as they are kept, found by their id or their code."""

import re
import time
from collections.abc import Callable, Collection
from datetime import date
from typing import Any, ClassVar, Final
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
    UniqueConstraint,
    Uuid,
    bindparam,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.db.base import metadata
from app.db.engine import constraint_of
from app.domain.errors import DomainError, NotFound
from app.domain.organisation.centre import Adopted, Centre, CentreType, Level

centre = Table(
    "centre",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("regulation", Text, nullable=False),
    Column("national", Boolean, nullable=False),
    Column("settings", JSONB, nullable=False, server_default=text("'{}'")),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("parent_id", Uuid),
    Column("unit_type", Text),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("sandbox_on", Date),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("code"),
    ForeignKeyConstraint(["parent_id"], ["centre.id"]),
    CheckConstraint(
        "unit_type IN ('county_hall', 'township_centre', 'village_station', 'community_station',"
        " 'specialised_hall')",
        name="unit_type",
    ),
    CheckConstraint("parent_id <> id", name="parent_id"),
    Index("ix_centre_parent_id", "parent_id", postgresql_where=text("parent_id IS NOT NULL")),
    CheckConstraint("code ~ '^[a-z0-9-]{3,40}$'", name="code"),
    CheckConstraint("level IN ('county', 'township', 'village')", name="level"),
    CheckConstraint("region ~ '^[0-9]{6,12}$'", name="region"),
)
"""The root of all that belongs to a centre: its `id` is everybody else's `centre_id`."""

adoption = Table(
    "adoption",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("regulation", Text, nullable=False),
    Column("national", Boolean, nullable=False),
    Column("since", Date, nullable=False),
    Column("applied_by_reference", Boolean, nullable=False),
    Column("acknowledged_by", Text),
    Column("acknowledged_because", Text),
    Column("entered_by", Text, nullable=False),
    Column("entered_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("centre_id", "id"),
    UniqueConstraint("centre_id", "since"),
    ForeignKeyConstraint(["centre_id"], [centre.c.id]),
    CheckConstraint(
        "(acknowledged_by IS NULL) = (acknowledged_because IS NULL)", name="acknowledged"
    ),
)
"""Which regulation a centre adopted from which day on; never rewritten."""

_ADOPTED: Final = (
    select(
        func.jsonb_agg(
            func.jsonb_build_array(adoption.c.since, adoption.c.regulation, adoption.c.national)
        )
    )
    .where(adoption.c.centre_id == centre.c.id)
    .scalar_subquery()
    .label("adopted")
)
_COLUMNS: Final = (
    centre.c.id,
    centre.c.code,
    centre.c.name,
    centre.c.level,
    centre.c.region,
    centre.c.regulation,
    centre.c.national,
    centre.c.parent_id,
    centre.c.unit_type,
    centre.c.version,
    centre.c.sandbox_on,
    _ADOPTED,
)
_BY_ID: Final = select(*_COLUMNS).where(centre.c.id == bindparam("id"))
_BY_CODE: Final = select(*_COLUMNS).where(centre.c.code == bindparam("code"))
_VISIBLE: Final = (
    select(*_COLUMNS)
    .where(
        or_(
            bindparam("everywhere", type_=Boolean),
            centre.c.id == bindparam("visible", type_=ARRAY(Uuid)).any_(),
        ),
        centre.c.id > bindparam("after"),
    )
    .order_by(centre.c.id)
    .limit(bindparam("count"))
)
_BELOW: Final = select(centre.c.id).where(
    centre.c.id == bindparam("id"), centre.c.parent_id == bindparam("above")
)
_TURN: Final = (
    select(centre.c.id).where(centre.c.id == bindparam("id")).with_for_update(key_share=True)
)
_ADD: Final = insert(centre)
_CHANGED: Final = (
    update(centre)
    .where(centre.c.id == bindparam("of"))
    .values(version=centre.c.version + 1)
    .returning(centre.c.version)
)
_RENAME: Final = (
    update(centre)
    .where(centre.c.id == bindparam("of"), centre.c.version == bindparam("was"))
    .values(name=bindparam("named"), version=centre.c.version + 1)
)
_SET_UNIT_TYPE: Final = (
    update(centre)
    .where(centre.c.id == bindparam("of"), centre.c.version == bindparam("was"))
    .values(unit_type=bindparam("kind"), version=centre.c.version + 1)
)
_SET_DAY: Final = (
    update(centre)
    .where(centre.c.id == bindparam("of"))
    .values(sandbox_on=bindparam("day"), version=centre.c.version + 1)
)
_FIRST = UUID(int=0)
_CODE = re.compile("[a-z0-9-]{3,40}", re.ASCII)
_MOST_REMEMBERED = 10_000


REMEMBERED: Final = 30.0  # seconds


class CentreCodeTaken(DomainError):
    """Another centre has this code."""

    slug: ClassVar[str] = "centre_code_taken"
    title: ClassVar[str] = "该代码已有中心使用"

    def __init__(self, code: str) -> None:
        super().__init__(f"代码 {code} 已有中心使用，请另取。")


async def turn(connection: AsyncConnection, centre_id: UUID) -> None:
    """Take one's turn to change what is counted in a centre; it lasts as long as the request."""
    await connection.execute(_TURN, {"id": centre_id})


async def add(connection: AsyncConnection, made: Centre) -> None:
    """Raises CentreCodeTaken."""
    row = {
        "id": made.id,
        "code": made.code,
        "name": made.name,
        "level": made.level.value,
        "region": made.region,
        "regulation": made.regulation,
        "national": made.national,
        "parent_id": made.parent_id,
        "unit_type": made.unit_type and made.unit_type.value,
        "sandbox_on": made.sandbox_on,
    }
    try:
        await connection.execute(_ADD, row)
    except IntegrityError as refused:
        if constraint_of(refused) == "uq_centre_code":
            raise CentreCodeTaken(made.code) from None
        raise


async def changed(connection: AsyncConnection, centre_id: UUID) -> int:
    """The next version of a centre, for something that belongs to it has changed."""
    version: int = (await connection.execute(_CHANGED, {"of": centre_id})).scalar_one()
    return version


async def rename(connection: AsyncConnection, centre_id: UUID, named: str, *, was: int) -> bool:
    """Whether the centre was still at that version."""
    values = {"of": centre_id, "was": was, "named": named}
    return bool((await connection.execute(_RENAME, values)).rowcount)


async def set_unit_type(
    connection: AsyncConnection, centre_id: UUID, kind: CentreType, *, was: int
) -> bool:
    """Whether the centre was still at that version."""
    values = {"of": centre_id, "was": was, "kind": kind.value}
    return bool((await connection.execute(_SET_UNIT_TYPE, values)).rowcount)


async def set_sandbox_day(connection: AsyncConnection, centre_id: UUID, on: date) -> None:
    """The day of a sandbox from now on; only in one's turn."""
    await connection.execute(_SET_DAY, {"of": centre_id, "day": on})


async def below(connection: AsyncConnection, centre_id: UUID, below: UUID) -> bool:
    """Whether the other centre is right below this one."""
    values = {"id": below, "above": centre_id}
    return (await connection.execute(_BELOW, values)).first() is not None


async def read(connection: AsyncConnection, centre_id: UUID) -> Centre:
    """The centre as it stands in this transaction. Raises NotFound."""
    found = (await connection.execute(_BY_ID, {"id": centre_id})).one_or_none()
    if found is None:
        raise NotFound("政务服务中心", centre_id)
    return _centre(found)


class Centres:
    """The centres; what has been found is remembered for half a minute.

    A change of the regulation begins on a later day, so that every process knows it in time.
    """

    def __init__(self, engine: AsyncEngine, *, ticks: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._ticks = ticks
        self._known: dict[str, tuple[float, Centre]] = {}

    async def get(self, key: str) -> Centre:
        """The centre with this id or this code. Raises NotFound."""
        now = self._ticks()
        if (known := self._known.get(key)) is not None and now < known[0]:
            return known[1]
        found = await self._look_up(key)
        if found.sandbox_on is not None:
            return found  # its day is set at any moment, by whichever process
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[key] = (now + REMEMBERED, found)
        return found

    def forget(self, one: Centre) -> None:
        """Look it up again when it is asked for: this process has changed it."""
        self._known = {key: kept for key, kept in self._known.items() if kept[1].id != one.id}

    async def _look_up(self, key: str) -> Centre:
        async with self._engine.connect() as connection:
            found = None
            if (id_ := _as_uuid(key)) is not None:
                found = (await connection.execute(_BY_ID, {"id": id_})).one_or_none()
            elif _CODE.fullmatch(key):
                found = (await connection.execute(_BY_CODE, {"code": key})).one_or_none()
        if found is None:
            raise NotFound("政务服务中心", key)
        return _centre(found)

    async def visible(
        self, among: Collection[UUID] | None, *, after: UUID | None, limit: int
    ) -> list[Centre]:
        """Centres in the order of their ids, after one of them; `among` None: all there are."""
        values = {
            "everywhere": among is None,
            "visible": list(among or ()),
            "after": after or _FIRST,
            "count": limit,
        }
        async with self._engine.connect() as connection:
            return [_centre(row) for row in await connection.execute(_VISIBLE, values)]


def _as_uuid(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None


def _centre(row: Row[*tuple[Any, ...]]) -> Centre:  # Any: each column has a type of its own
    return Centre(
        id=row.id,
        code=row.code,
        name=row.name,
        level=Level(row.level),
        region=row.region,
        regulation=row.regulation,
        national=row.national,
        parent_id=row.parent_id,
        unit_type=row.unit_type and CentreType(row.unit_type),
        version=row.version,
        adopted=_adopted(row),
        sandbox_on=row.sandbox_on,
    )


def _adopted(row: Row[*tuple[Any, ...]]) -> tuple[Adopted, ...]:
    """The adoptions in the order of their days, behind what governed the centre before them."""
    if not row.adopted:
        return ()
    return (
        Adopted(date.min, row.regulation, row.national),
        *(
            Adopted(date.fromisoformat(since), regulation, national)
            for since, regulation, national in sorted(row.adopted)
        ),
    )
