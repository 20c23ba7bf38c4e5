"""Appointments (任命): who holds which office of a centre or department, from day to day."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Row,
    Select,
    Table,
    Text,
    Uuid,
    and_,
    bindparam,
    column,
    insert,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import entries
from app.db.base import metadata
from app.db.centres import centre
from app.db.departments import department
from app.domain.organisation.appointment import ACTING, Appointment, Office, OutsideDuty
from app.domain.organisation.authority import HELD, Body

appointment = Table(
    "appointment",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("office", Text, nullable=False),
    Column("department_id", Uuid),
    Column("person_id", Uuid, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Column("ended_because", Text),
    Column("outside_duties", JSONB, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id", "department_id"], [department.c.centre_id, department.c.id]),
    ForeignKeyConstraint(["centre_id", "person_id"], ["person.centre_id", "person.id"]),
    CheckConstraint(
        "office IN ('acting_approval_office_head', 'acting_chief_representative',"
        " 'approval_office_head', 'chief_representative', 'department_head', 'liaison',"
        " 'supervising_leader', 'township_head')",
        name="office",
    ),
    CheckConstraint("(department_id IS NULL) = (office = 'township_head')", name="department_id"),
    CheckConstraint("until >= since - 1", name="until"),
    CheckConstraint("(until IS NULL) = (ended_because IS NULL)", name="ended_because"),
    Index("ix_appointment_centre_id_department_id_office", "centre_id", "department_id", "office"),
    Index("ix_appointment_centre_id_person_id", "centre_id", "person_id"),
)
"""How many may hold an office at once, the regulation says. An appointment that ended the day
before it began never took effect."""

# The people are kept by a file that knows their appointments, and not the other way round.
_person: Final = table("person", column("centre_id"), column("id"), column("subject"))
_HELD_OFFICES: Final = [*(body.value for body in HELD), *(office.value for office in ACTING)]
_STANDING: Final = entries.on_day(appointment)


def _whose(office: Any) -> Select[Any]:  # Any: a condition of SQL; columns of several types
    return (
        select(appointment.c.office, appointment.c.department_id)
        .join(
            _person,
            and_(
                _person.c.centre_id == appointment.c.centre_id,
                _person.c.id == appointment.c.person_id,
            ),
        )
        .where(_person.c.subject == bindparam("subject", type_=Text), _STANDING, office)
    )


_HELD_BY: Final = _whose(appointment.c.office.in_(_HELD_OFFICES)).where(
    appointment.c.centre_id == bindparam("centre_id")
)
_HEAD_ABOVE: Final = _whose(appointment.c.office == Office.TOWNSHIP_HEAD.value).where(
    appointment.c.centre_id
    == select(centre.c.parent_id)
    .where(centre.c.id == bindparam("centre_id"), centre.c.level == "village")
    .scalar_subquery()
)
_OFFICES: Final = _HELD_BY.union(_HEAD_ABOVE)
_ONE: Final = entries.one(appointment, "centre_id")
_OF_OFFICE: Final = (
    select(appointment)
    .where(
        appointment.c.centre_id == bindparam("centre_id"),
        appointment.c.office == bindparam("office"),
        appointment.c.department_id.is_not_distinct_from(bindparam("department_id", type_=Uuid)),
    )
    .order_by(appointment.c.since, appointment.c.id)
)
_OF_PERSON: Final = (
    select(appointment)
    .where(
        appointment.c.centre_id == bindparam("centre_id"),
        appointment.c.person_id == bindparam("person_id"),
    )
    .order_by(appointment.c.id)
)
_LIST: Final = entries.listed(appointment, "centre_id").where(
    or_(entries.DAY.is_(None), _STANDING),
    entries.as_wanted(appointment.c.office),
    entries.as_wanted(appointment.c.department_id),
    entries.as_wanted(appointment.c.person_id),
)
_ALL: Final = (
    select(appointment)
    .where(appointment.c.centre_id == bindparam("centre_id"))
    .order_by(appointment.c.id)
)
_ADD: Final = insert(appointment)
_END: Final = entries.next_version(appointment, "until", "ended_because")


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentQuery:
    """What is asked of the list; what is None is not asked."""

    on: date | None = None
    office: Office | None = None
    department_id: UUID | None = None
    person_id: UUID | None = None


async def held_by(
    connection: AsyncConnection, centre_id: UUID, subject: str, on: date
) -> frozenset[tuple[Body, UUID | None]]:
    """The offices that the bearer of this token subject holds on that day, each with its
    department. At a village's station the head of the township's centre above it counts as well
    (沙坡头区 第三条). Who acts for the holder of an office holds it."""
    values = {"centre_id": centre_id, "subject": subject, "on": on}
    found = await connection.execute(_OFFICES, values)
    return frozenset(
        (Body(ACTING.get(Office(row.office), row.office)), row.department_id) for row in found
    )


async def holder(
    connection: AsyncConnection,
    centre_id: UUID,
    office: Office,
    department_id: UUID | None,
    on: date,
) -> Appointment | None:
    """Who holds an office of a department (None: of the centre) on that day, the first of them."""
    found = await of_office(connection, centre_id, office, department_id)
    return next((each for each in found if each.stands(on)), None)


async def of_office(
    connection: AsyncConnection, centre_id: UUID, office: Office, department_id: UUID | None
) -> tuple[Appointment, ...]:
    """All who hold, held or will hold an office, in the order of their first days."""
    values = {"centre_id": centre_id, "office": office.value, "department_id": department_id}
    return tuple(_appointment(row) for row in await connection.execute(_OF_OFFICE, values))


async def of_person(
    connection: AsyncConnection, centre_id: UUID, person_id: UUID
) -> tuple[Appointment, ...]:
    """All offices that a person holds, held or will hold."""
    values = {"centre_id": centre_id, "person_id": person_id}
    return tuple(_appointment(row) for row in await connection.execute(_OF_PERSON, values))


async def all_of(connection: AsyncConnection, centre_id: UUID) -> tuple[Appointment, ...]:
    """All appointments that a centre ever entered."""
    found = await connection.execute(_ALL, {"centre_id": centre_id})
    return tuple(_appointment(row) for row in found)


async def get(connection: AsyncConnection, centre_id: UUID, id_: UUID) -> Appointment:
    """Raises NotFound."""
    return _appointment(await entries.find(connection, _ONE, "任命", id_, centre_id=centre_id))


async def listed(
    connection: AsyncConnection,
    centre_id: UUID,
    asked: AppointmentQuery,
    *,
    after: UUID | None,
    limit: int,
) -> list[Appointment]:
    """Appointments in the order of their ids."""
    values = {"centre_id": centre_id, **asdict(asked)}
    found = await entries.page(connection, _LIST, after, limit, **values)
    return [_appointment(row) for row in found]


async def add(connection: AsyncConnection, made: Appointment) -> None:
    row = {
        "centre_id": made.centre_id,
        "id": made.id,
        "office": made.office.value,
        "department_id": made.department_id,
        "person_id": made.person_id,
        "since": made.since,
        "outside_duties": [_written(duty) for duty in made.outside_duties],
    }
    await connection.execute(_ADD, row)


async def end(connection: AsyncConnection, ended: Appointment) -> None:
    """Write the last day of an appointment whose turn was taken."""
    new = {"until": ended.until, "ended_because": ended.ended_because}
    await entries.write(connection, _END, ended.centre_id, ended, **new)


def _written(duty: OutsideDuty) -> dict[str, str | None]:
    return {"title": duty.title, "until": duty.until.isoformat() if duty.until else None}


def _duty(written: dict[str, str | None]) -> OutsideDuty:
    until = written["until"]
    return OutsideDuty(
        title=str(written["title"]), until=date.fromisoformat(until) if until else None
    )


def _appointment(row: Row[*tuple[Any, ...]]) -> Appointment:
    return Appointment(
        centre_id=row.centre_id,
        id=row.id,
        office=Office(row.office),
        department_id=row.department_id,
        person_id=row.person_id,
        since=row.since,
        until=row.until,
        ended_because=row.ended_because,
        outside_duties=tuple(map(_duty, row.outside_duties)),
        version=row.version,
    )
