"""People who have left for tests: registered, posted, appointed, each until a day."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import Table, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.appointments import appointment
from app.db.departments import department
from app.db.duties import duty
from app.db.ids import uuid7
from app.db.persons import person
from app.db.postings import posting
from app.db.staff_records import staff_record
from tests.kept import NOON, new_centre

BEGAN = date(2024, 1, 1)


class Staff:
    """The staff of one centre, and its one department."""

    def __init__(self, engine: AsyncEngine, centre: UUID, department_id: UUID) -> None:
        self.engine, self.centre, self.department = engine, centre, department_id

    async def person(self) -> UUID:
        id_ = uuid7()
        row = {
            "subject": f"clerk-{id_}",
            "role": "clerk",
            "name_sealed": b"name",
            "id_number_sealed": b"number",
            "id_number_index": id_.bytes,
            "phone_sealed": b"phone",
            "phone_index": b"index",
        }
        await self._add(person, id_, row)
        return id_

    async def posted(self, who: UUID, until: date | None) -> UUID:
        id_ = uuid7()
        row = {
            "person_id": who,
            "department_id": self.department,
            "role": "window_clerk",
            "police": False,
            "party_member": True,
            "since": BEGAN,
            "until": until,
            "end_reason": "轮换" if until else None,
            "regulation": "nanchang",
            "edition": "2012",
            "digest": "",
            **ENTERED,
        }
        await self._add(posting, id_, row)
        row = {"posting_id": id_, "kind": "daily", "code": "x", "day": BEGAN, "note_sealed": b"n"}
        await self._add(staff_record, uuid7(), row | ENTERED)
        return id_

    async def appointed(self, who: UUID, until: date | None) -> None:
        row = {
            "office": "liaison",
            "department_id": self.department,
            "person_id": who,
            "since": BEGAN,
            "until": until,
            "ended_because": "离任" if until else None,
            "outside_duties": [],
        }
        await self._add(appointment, uuid7(), row)

    async def on_duty(self, posting_id: UUID, until: date | None) -> None:
        row = {
            "posting_id": posting_id,
            "title": "帮办",
            "window_related": True,
            "since": BEGAN,
            "until": until,
        }
        await self._add(duty, uuid7(), row | ENTERED)

    async def known(self) -> set[UUID]:
        """Of whom anything personal is kept."""
        here = person.c.centre_id == self.centre
        async with self.engine.connect() as connection:
            rows = await connection.execute(
                select(person.c.id).where(here, person.c.name_sealed.is_not(None))
            )
            return set(rows.scalars())

    async def notes(self) -> int:
        here = staff_record.c.centre_id == self.centre
        async with self.engine.connect() as connection:
            rows = await connection.execute(select(staff_record.c.note_sealed).where(here))
            return sum(note is not None for note in rows.scalars())

    async def _add(self, table: Table, id_: UUID, row: Mapping[str, object]) -> None:
        async with self.engine.connect() as connection:
            await connection.execute(insert(table), {"centre_id": self.centre, "id": id_, **row})


ENTERED: dict[str, object] = {"entered_by": "tests", "entered_at": NOON}


async def new_staff(engine: AsyncEngine) -> Staff:
    centre = await new_centre(engine)
    id_ = uuid7()
    row = {"name": f"部门{id_.hex}", "kind": "ordinary", "since": BEGAN}
    async with engine.connect() as connection:
        await connection.execute(insert(department), {"centre_id": centre.id, "id": id_, **row})
    return Staff(engine, centre.id, id_)
