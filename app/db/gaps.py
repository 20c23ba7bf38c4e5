"""What gaps are looked for in (缺口所查): who was at a centre on a day, with an open window or
none."""

from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.departments import department
from app.db.windows import window_version
from app.domain.organisation.centre import Centre
from app.domain.organisation.gap import Manned
from app.domain.organisation.window import WindowStage

_AT_CENTRE: Final = (
    select(department.c.id)
    .where(
        department.c.centre_id == bindparam("centre_id"),
        department.c.since <= bindparam("on"),
        or_(department.c.until.is_(None), department.c.until >= bindparam("on")),
    )
    .order_by(department.c.id)
)
_AS_IT_WAS: Final = (
    select(window_version.c.department_id, window_version.c.stage)
    .where(
        window_version.c.centre_id == bindparam("centre_id"),
        window_version.c.since <= bindparam("on"),
        window_version.c.department_id.is_not(None),
    )
    .ext(distinct_on(window_version.c.window_id))
    .order_by(window_version.c.window_id, window_version.c.version.desc())
    .subquery()
)
_OPEN: Final = (
    select(_AS_IT_WAS.c.department_id)
    .where(_AS_IT_WAS.c.stage == WindowStage.ACTIVE.value)
    .distinct()
)


async def manned(connection: AsyncConnection, place: Centre, on: date) -> Manned:
    """The centre on that day."""
    values: dict[str, UUID | date] = {"centre_id": place.id, "on": on}
    there = (await connection.execute(_AT_CENTRE, values)).scalars().all()
    with_window = (await connection.execute(_OPEN, values)).scalars().all()
    return Manned(
        on=on, level=place.level, departments=tuple(there), with_window=frozenset(with_window)
    )
