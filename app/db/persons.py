"""People of a centre (工作人员) as they are kept; their names leave this service masked."""

from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    Row,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    bindparam,
    select,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.base import metadata
from app.db.centres import centre
from app.domain.errors import NotFound
from app.domain.organisation.centre import Person, Role

person = Table(
    "person",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("subject", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    PrimaryKeyConstraint("centre_id", "id"),
    UniqueConstraint("centre_id", "subject"),
    ForeignKeyConstraint(["centre_id"], [centre.c.id]),
    CheckConstraint(
        "role IN ('clerk', 'chief_representative', 'window_head', 'centre')", name="role"
    ),
)

_COLUMNS = (person.c.id, person.c.subject, person.c.name, person.c.role)
_ONE = select(*_COLUMNS).where(
    person.c.centre_id == bindparam("centre_id"), person.c.id == bindparam("id")
)
_LIST = (
    select(*_COLUMNS)
    .where(person.c.centre_id == bindparam("centre_id"), person.c.id > bindparam("after"))
    .order_by(person.c.id)
    .limit(bindparam("count"))
)
_FIRST = UUID(int=0)


class Persons:
    """The people of all centres, always asked for by centre."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def get(self, centre_id: UUID, person_id: UUID) -> Person:
        """Raises NotFound."""
        async with self._engine.connect() as connection:
            answer = await connection.execute(_ONE, {"centre_id": centre_id, "id": person_id})
            row = answer.one_or_none()
        if row is None:
            raise NotFound("人员", person_id)
        return _person(row)

    async def list(self, centre_id: UUID, *, after: UUID | None, limit: int) -> list[Person]:
        """People in the order of their ids, after one of them."""
        values = {"centre_id": centre_id, "after": after or _FIRST, "count": limit}
        async with self._engine.connect() as connection:
            return [_person(row) for row in await connection.execute(_LIST, values)]


def _person(row: Row[UUID, str, str, str]) -> Person:
    return Person(id=row.id, subject=row.subject, name=row.name, role=Role(row.role))
