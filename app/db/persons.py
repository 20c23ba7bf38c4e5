"""People of a centre (工作人员) as they are kept: what is personal comes here sealed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Executable,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Row,
    Select,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    bindparam,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.db.base import metadata
from app.db.centres import centre
from app.db.engine import constraint_of
from app.domain.errors import DomainError, NotFound
from app.domain.organisation.centre import Person, Role
from app.domain.personal import PersonalField

person = Table(
    "person",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("subject", Text, nullable=False),
    Column("name", Text),  # of earlier releases, until `serve` has sealed it
    Column("role", Text, nullable=False),
    Column("name_sealed", LargeBinary),
    Column("id_number_sealed", LargeBinary),
    Column("id_number_index", LargeBinary),
    Column("phone_sealed", LargeBinary),
    Column("phone_index", LargeBinary),
    Column("erased_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False, server_default=text("1")),
    PrimaryKeyConstraint("centre_id", "id"),
    UniqueConstraint("centre_id", "subject"),
    UniqueConstraint("centre_id", "id_number_index"),
    ForeignKeyConstraint(["centre_id"], [centre.c.id]),
    CheckConstraint(
        "role IN ('clerk', 'chief_representative', 'window_head', 'centre')", name="role"
    ),
    CheckConstraint("name IS NULL OR name_sealed IS NULL", name="name"),
    CheckConstraint(
        "(id_number_index IS NULL) = (id_number_sealed IS NULL)"
        " AND (phone_index IS NULL) = (phone_sealed IS NULL)",
        name="index",
    ),
    CheckConstraint(
        "erased_at IS NULL"
        " OR coalesce(name_sealed, id_number_sealed, phone_sealed) IS NULL AND name IS NULL",
        name="erased",
    ),
    Index("ix_person_phone_index", "centre_id", "phone_index"),
)


class PersonKnown(DomainError):
    """The centre has this person already."""

    slug: ClassVar[str] = "person_known"
    title: ClassVar[str] = "该人员已登记"

    def __init__(self, what: str) -> None:
        super().__init__(f"本中心已有{what}相同的人员，请更正原登记，不要重复登记。")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPerson:
    """A person as the row has it. `clear_name` is a name that was entered by an earlier release and
    is not sealed yet."""

    id: UUID
    subject: str
    role: Role
    sealed: Mapping[PersonalField, bytes]
    clear_name: str | None
    erased_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedValue:
    """A personal value as it is kept, with its blind index where it can be searched for."""

    field: PersonalField
    sealed: bytes | None
    index: bytes | None = None

    def columns(self) -> dict[str, bytes | None]:
        """The values of its columns."""
        own = {f"{self.field.value}_sealed": self.sealed}
        if self.field is PersonalField.NAME:
            return own
        return own | {f"{self.field.value}_index": self.index}


_COLUMNS: Final = (
    person.c.id,
    person.c.subject,
    person.c.role,
    person.c.name,
    person.c.name_sealed,
    person.c.id_number_sealed,
    person.c.phone_sealed,
    person.c.erased_at,
    person.c.version,
)
_THIS: Final = (person.c.centre_id == bindparam("of_centre"), person.c.id == bindparam("of_id"))
_HERE: Final = person.c.centre_id == bindparam("of_centre")
_WHO: Final = select(person.c.id, person.c.subject, person.c.role).where(*_THIS)
_ONE: Final = select(*_COLUMNS).where(*_THIS)
_OF_SUBJECT: Final = select(*_COLUMNS).where(_HERE, person.c.subject == bindparam("subject"))
_LOCKED: Final = _ONE.with_for_update()
_LIST: Final = (
    select(*_COLUMNS)
    .where(_HERE, person.c.id > bindparam("after"))
    .order_by(person.c.id)
    .limit(bindparam("count"))
)
_BY_INDEX: Final = {
    PersonalField.ID_NUMBER: select(*_COLUMNS)
    .where(_HERE, person.c.id_number_index == bindparam("index"))
    .order_by(person.c.id)
    .limit(bindparam("count")),
    PersonalField.PHONE: select(*_COLUMNS)
    .where(_HERE, person.c.phone_index == bindparam("index"))
    .order_by(person.c.id)
    .limit(bindparam("count")),
}
_ADD: Final = insert(person)
_ADVANCED: Final = {"version": person.c.version + 1}
_CHANGE: Final = (
    update(person)
    .where(*_THIS)
    .values(subject=bindparam("subject_now"), role=bindparam("role_now"), **_ADVANCED)
)
_SEALS: Final = {
    PersonalField.NAME: update(person)
    .where(*_THIS)
    .values(name=None, name_sealed=bindparam("new_name_sealed")),
    PersonalField.ID_NUMBER: update(person)
    .where(*_THIS)
    .values(
        id_number_sealed=bindparam("new_id_number_sealed"),
        id_number_index=bindparam("new_id_number_index"),
    ),
    PersonalField.PHONE: update(person)
    .where(*_THIS)
    .values(phone_sealed=bindparam("new_phone_sealed"), phone_index=bindparam("new_phone_index")),
}
_ERASE: Final = (
    update(person)
    .where(*_THIS)
    .values(
        subject=bindparam("nobody"),
        name=None,
        name_sealed=None,
        id_number_sealed=None,
        id_number_index=None,
        phone_sealed=None,
        phone_index=None,
        erased_at=bindparam("at"),
        **_ADVANCED,
    )
)
_UNSEALED: Final = (
    select(person.c.centre_id, person.c.id, person.c.name)
    .where(person.c.name.is_not(None))
    .order_by(person.c.centre_id, person.c.id)
    .limit(bindparam("count"))
    .with_for_update(skip_locked=True)
    .execution_options(every_centre="names of all centres are sealed when the service starts")
)
_UNIQUE: Final = {
    "uq_person_centre_id_subject": "令牌主体（subject）",
    "uq_person_centre_id_id_number_index": "证件号码",
}
_FIRST: Final = UUID(int=0)


class Persons:
    """The people of all centres, always asked for by centre."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def get(self, centre_id: UUID, person_id: UUID) -> Person:
        """Who that is for an act on a case: nothing personal is read. Raises NotFound."""
        async with self._engine.connect() as connection:
            answer = await connection.execute(_WHO, {"of_centre": centre_id, "of_id": person_id})
            row = answer.one_or_none()
        if row is None:
            raise NotFound("人员", person_id)
        return Person(id=row.id, subject=row.subject, role=Role(row.role))


async def get(connection: AsyncConnection, centre_id: UUID, person_id: UUID) -> KeptPerson:
    """Raises NotFound."""
    return await _found(connection, _ONE, centre_id, person_id)


async def of_subject(
    connection: AsyncConnection, centre_id: UUID, subject: str
) -> KeptPerson | None:
    """Whom the tokens of this subject speak of."""
    values = {"of_centre": centre_id, "subject": subject}
    row = (await connection.execute(_OF_SUBJECT, values)).one_or_none()
    return None if row is None else _person(row)


async def taken(connection: AsyncConnection, centre_id: UUID, person_id: UUID) -> KeptPerson:
    """The same, for this transaction alone: whoever else wants to change the person, or what is
    counted of him, waits. Raises NotFound."""
    return await _found(connection, _LOCKED, centre_id, person_id)


async def listed(
    connection: AsyncConnection, centre_id: UUID, *, after: UUID | None, limit: int
) -> list[KeptPerson]:
    """People in the order of their ids, after one of them."""
    values = {"of_centre": centre_id, "after": after or _FIRST, "count": limit}
    return [_person(row) for row in await connection.execute(_LIST, values)]


async def found_by(
    connection: AsyncConnection, centre_id: UUID, value: SealedValue, *, limit: int
) -> list[KeptPerson]:
    """The people of the centre with this blind index."""
    values = {"of_centre": centre_id, "index": value.index, "count": limit}
    return [_person(row) for row in await connection.execute(_BY_INDEX[value.field], values)]


async def add(
    connection: AsyncConnection, centre_id: UUID, who: Person, personal: Sequence[SealedValue]
) -> None:
    """Raises PersonKnown."""
    row: dict[str, object] = {
        "centre_id": centre_id,
        "id": who.id,
        "subject": who.subject,
        "role": who.role.value,
    }
    for value in personal:
        row |= value.columns()
    await _write(connection, _ADD, row)


async def change(
    connection: AsyncConnection, centre_id: UUID, who: Person, personal: Sequence[SealedValue]
) -> None:
    """Write subject, role and these values; the version goes up by one. Only with the person taken.
    Raises PersonKnown."""
    this: dict[str, object] = {"of_centre": centre_id, "of_id": who.id}
    await _write(
        connection, _CHANGE, {**this, "subject_now": who.subject, "role_now": who.role.value}
    )
    for value in personal:
        new = {f"new_{name}": kept for name, kept in value.columns().items()}
        await _write(connection, _SEALS[value.field], {**this, **new})


async def erase(
    connection: AsyncConnection, centre_id: UUID, person_id: UUID, at: datetime
) -> None:
    """Take away everything personal; the id stays, for the ledger and the postings name it."""
    values = {
        "of_centre": centre_id,
        "of_id": person_id,
        "nobody": f"erased:{person_id}",
        "at": at,
    }
    await connection.execute(_ERASE, values)


async def unsealed(connection: AsyncConnection, limit: int) -> list[tuple[UUID, UUID, str]]:
    """Names of all centres that are not sealed yet, for this transaction alone: centre, person and
    name."""
    rows = await connection.execute(_UNSEALED, {"count": limit})
    return [(row.centre_id, row.id, row.name) for row in rows]


async def seal(
    connection: AsyncConnection, centre_id: UUID, person_id: UUID, name: SealedValue
) -> None:
    """Put the sealed name in the place of the clear one; nothing of the person has changed."""
    values = {"of_centre": centre_id, "of_id": person_id, "new_name_sealed": name.sealed}
    await connection.execute(_SEALS[PersonalField.NAME], values)


async def _found(
    connection: AsyncConnection,
    statement: Select[Any],  # Any: the columns of a person
    centre_id: UUID,
    person_id: UUID,
) -> KeptPerson:
    answer = await connection.execute(statement, {"of_centre": centre_id, "of_id": person_id})
    if (row := answer.one_or_none()) is None:
        raise NotFound("人员", person_id)
    return _person(row)


async def _write(
    connection: AsyncConnection, statement: Executable, values: Mapping[str, object]
) -> None:
    try:
        await connection.execute(statement, values)
    except IntegrityError as refused:
        if what := _UNIQUE.get(str(constraint_of(refused))):
            raise PersonKnown(what) from None
        raise


def _person(
    row: Row[*tuple[Any, ...]],
) -> KeptPerson:  # Any: a row's columns have types of their own
    sealed = {field: getattr(row, f"{field.value}_sealed") for field in PersonalField}
    return KeptPerson(
        id=row.id,
        subject=row.subject,
        role=Role(row.role),
        sealed={field: value for field, value in sealed.items() if value is not None},
        clear_name=row.name,
        erased_at=row.erased_at,
        version=row.version,
    )
