"""What still needs a person (尚需其人的事项): as long as it goes on, nobody is erased."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import appointments, duties, postings


async def of_person(
    connection: AsyncConnection, centre_id: UUID, person_id: UUID, on: date
) -> tuple[str, ...]:
    """What goes on that day or begins later, each in a word; only with the person taken does it
    stay so."""
    posted = await postings.history(connection, centre_id, person_id)
    appointed = await appointments.of_person(connection, centre_id, person_id)
    found = {
        "未结束的派驻": any(each.goes_on(on) for each in posted),
        "未终止的任职": any(each.within(on, None) for each in appointed),
        "未完的交办工作": await duties.unfinished(connection, centre_id, person_id, on),
    }
    return tuple(name for name, so in found.items() if so)
