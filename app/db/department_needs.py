"""What still needs a department (尚需该部门的事项): as long as it goes on, the department stays."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Exists, and_, bindparam, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.appointments import appointment
from app.db.delegations import delegation
from app.db.departments import department_office
from app.db.postings import posting
from app.db.windows import window
from app.domain.organisation.window import WindowStage


def _of_department(of: Any) -> ColumnElement[bool]:  # Any: a table with departments
    return and_(
        of.c.centre_id == bindparam("centre_id"),
        of.c.department_id == bindparam("department_id"),
    )


def _goes_on(of: Any) -> Exists:  # Any: a table with departments and days
    """Whether something has a day after that one; what ended before it began has none."""
    last = bindparam("last", type_=Date)
    after = or_(of.c.until.is_(None), and_(of.c.until > last, of.c.until >= of.c.since))
    return exists().where(_of_department(of), after)


_NEEDS: Final = select(
    exists()
    .where(_of_department(window), window.c.stage == WindowStage.ACTIVE.value)
    .label("开放的窗口"),
    _goes_on(appointment).label("任命"),
    _goes_on(department_office).label("审批处"),
    _goes_on(posting).label("派驻"),
    _goes_on(delegation).label("代受理的委托"),
)


async def of_department(
    connection: AsyncConnection, centre_id: UUID, department_id: UUID, last: date
) -> tuple[str, ...]:
    """What goes on after that day, each in a word; only with the department's turn taken does it
    stay so. A window counts as it stands now."""
    values = {"centre_id": centre_id, "department_id": department_id, "last": last}
    found = (await connection.execute(_NEEDS, values)).mappings().one()
    return tuple(name for name, so in found.items() if so)
