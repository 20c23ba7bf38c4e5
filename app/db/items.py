"""Service items (政务服务事项) of a centre as they are kept."""

from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Row,
    Table,
    Text,
    Uuid,
    bindparam,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.base import metadata
from app.db.centres import centre
from app.domain.casework.case_facts import ItemKind
from app.domain.casework.limits import ExclusionKind
from app.domain.errors import NotFound
from app.domain.items.item import ServiceItem

item = Table(
    "item",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("statutory_days", Integer),
    Column("promised_days", Integer),
    Column("licence", Boolean, nullable=False),
    Column("exclusions_in_guide", ARRAY(Text), nullable=False),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id"], [centre.c.id]),
    CheckConstraint("kind IN ('instant', 'promised')", name="kind"),
    CheckConstraint("statutory_days >= 0", name="statutory_days"),
    CheckConstraint("promised_days >= 0", name="promised_days"),
)

_COLUMNS = (
    item.c.id,
    item.c.name,
    item.c.kind,
    item.c.statutory_days,
    item.c.promised_days,
    item.c.licence,
    item.c.exclusions_in_guide,
)
_ONE = select(*_COLUMNS).where(
    item.c.centre_id == bindparam("centre_id"), item.c.id == bindparam("id")
)
_LIST = (
    select(*_COLUMNS)
    .where(item.c.centre_id == bindparam("centre_id"), item.c.id > bindparam("after"))
    .order_by(item.c.id)
    .limit(bindparam("count"))
)
_FIRST = UUID(int=0)


class Items:
    """The items of all centres, always asked for by centre."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def get(self, centre_id: UUID, item_id: UUID) -> ServiceItem:
        """Raises NotFound."""
        async with self._engine.connect() as connection:
            answer = await connection.execute(_ONE, {"centre_id": centre_id, "id": item_id})
            row = answer.one_or_none()
        if row is None:
            raise NotFound("事项", item_id)
        return _item(row)

    async def list(self, centre_id: UUID, *, after: UUID | None, limit: int) -> list[ServiceItem]:
        """Items in the order of their ids, after one of them."""
        values = {"centre_id": centre_id, "after": after or _FIRST, "count": limit}
        async with self._engine.connect() as connection:
            return [_item(row) for row in await connection.execute(_LIST, values)]


def _item(row: Row[UUID, str, str, int | None, int | None, bool, list[str]]) -> ServiceItem:
    return ServiceItem(
        id=row.id,
        name=row.name,
        kind=ItemKind(row.kind),
        statutory_days=row.statutory_days,
        promised_days=row.promised_days,
        licence=row.licence,
        exclusions_in_guide=tuple(map(ExclusionKind, row.exclusions_in_guide)),
    )
