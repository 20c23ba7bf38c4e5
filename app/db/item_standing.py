"""Standing of items (事项现状): for a page of them, what of each is there on a legal day."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import Uuid, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import forms, guides, item_placements, item_windows
from app.db.departments import department_office
from app.domain.items.activation import Readiness
from app.domain.items.exemption import Where
from app.domain.items.gap import Standing
from app.domain.items.item import ServiceItem
from app.domain.items.placement import Placement

_OFFICES: Final = select(department_office.c.department_id, department_office.c.id).where(
    department_office.c.centre_id == bindparam("centre_id"),
    department_office.c.department_id == bindparam("departments", type_=ARRAY(Uuid)).any_(),
    department_office.c.since <= bindparam("on"),
    or_(department_office.c.until.is_(None), department_office.c.until >= bindparam("on")),
)


async def standing_of(
    connection: AsyncConnection, centre_id: UUID, items: Sequence[ServiceItem], on: date
) -> list[Standing]:
    """Each of these items with its windows, guide, forms, placement and the current approval
    offices of its department, in their order."""
    ids = [item.id for item in items]
    windows = await item_windows.of_items(connection, centre_id, ids, on)
    guided = await guides.in_force(connection, centre_id, ids, on)
    placed = await item_placements.of_items(connection, centre_id, ids, on)
    formed = {form.item_id for form in await forms.current(connection, centre_id, ids, on)}
    departments = {item.department_id for item in items if item.department_id is not None}
    offices = await _offices(connection, centre_id, departments, on)
    promises = {id_: guide.content.promised_days for id_, guide in guided.items()}
    return [
        Standing(
            item=item,
            ready=Readiness(
                offices=offices.get(item.department_id, ()) if item.department_id else (),
                windowed=item.id in windows,
                guided=item.id in guided,
                published_days=promises.get(item.id),
                in_hall=_in_hall(placed.get(item.id)),
            ),
            formed=item.id in formed,
        )
        for item in items
    ]


async def current_offices(
    connection: AsyncConnection, centre_id: UUID, department_id: UUID | None, on: date
) -> tuple[UUID, ...]:
    """The approval offices of a department on that day."""
    if department_id is None:
        return ()
    return (await _offices(connection, centre_id, {department_id}, on)).get(department_id, ())


async def _offices(
    connection: AsyncConnection, centre_id: UUID, departments: set[UUID], on: date
) -> dict[UUID, tuple[UUID, ...]]:
    values = {"centre_id": centre_id, "departments": list(departments), "on": on}
    found: dict[UUID, tuple[UUID, ...]] = {}
    for row in await connection.execute(_OFFICES, values):
        found[row.department_id] = (*found.get(row.department_id, ()), row.id)
    return found


def _in_hall(placed: Placement | None) -> bool:
    return placed is None or placed.where is Where.IN_HALL
