"""Erasure (删除个人信息): everything personal of one person goes at once, wherever it lies."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import person_needs, persons, postings, staff_records
from app.domain.personal import PersonNeeded


async def erase(
    connection: AsyncConnection, centre_id: UUID, person_id: UUID, *, on: date, at: datetime
) -> None:
    """Only with the person taken. Raises PersonNeeded for what goes on that day or begins later."""
    if needs := await person_needs.of_person(connection, centre_id, person_id, on):
        raise PersonNeeded(needs)
    await persons.erase(connection, centre_id, person_id, at)
    await postings.forget(connection, centre_id, person_id)
    await staff_records.forget(connection, centre_id, person_id)
