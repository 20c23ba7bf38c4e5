"""Centres (政务服务中心) as they are kept, found by their id or their code."""

import re
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    PrimaryKeyConstraint,
    Row,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    bindparam,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.base import metadata
from app.domain.errors import NotFound
from app.domain.organisation.centre import Centre, Level

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
    PrimaryKeyConstraint("id"),
    UniqueConstraint("code"),
    CheckConstraint("code ~ '^[a-z0-9-]{3,40}$'", name="code"),
    CheckConstraint("level IN ('county', 'township', 'village')", name="level"),
    CheckConstraint("region ~ '^[0-9]{6,12}$'", name="region"),
)
"""The root of all that belongs to a centre: its `id` is everybody else's `centre_id`."""

_COLUMNS = (
    centre.c.id,
    centre.c.code,
    centre.c.name,
    centre.c.level,
    centre.c.region,
    centre.c.regulation,
    centre.c.national,
)
_BY_ID = select(*_COLUMNS).where(centre.c.id == bindparam("id"))
_BY_CODE = select(*_COLUMNS).where(centre.c.code == bindparam("code"))
_VISIBLE = (
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
_FIRST = UUID(int=0)
_CODE = re.compile("[a-z0-9-]{3,40}", re.ASCII)
_MOST_REMEMBERED = 10_000


class Centres:
    """The centres; what has been found once is remembered for as long as the process lives.

    Nothing that is remembered changes today: there is no act that edits a centre.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._known: dict[str, Centre] = {}

    async def get(self, key: str) -> Centre:
        """The centre with this id or this code. Raises NotFound."""
        if (known := self._known.get(key)) is not None:
            return known
        found = await self._look_up(key)
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[key] = found
        return found

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


def _centre(row: Row[UUID, str, str, str, str, str, bool]) -> Centre:
    return Centre(
        id=row.id,
        code=row.code,
        name=row.name,
        level=Level(row.level),
        region=row.region,
        regulation=row.regulation,
        national=row.national,
    )
