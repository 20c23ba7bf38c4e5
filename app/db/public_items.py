"""Public items (公开的事项): what everybody may read of items, guides and forms on a legal day."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Date, Select, and_, bindparam, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import forms, guides, item_changes
from app.db.forms import item_form
from app.db.guides import guide
from app.db.item_placements import item_placement
from app.db.items import item, item_of
from app.db.withholdings import open_to_all
from app.domain.errors import NotFound
from app.domain.items.exemption import CONFIDENTIAL
from app.domain.items.form import Form
from app.domain.items.guide_version import Guide, days_of, in_force
from app.domain.items.item import ServiceItem
from app.domain.items.item_change import as_it_was
from app.domain.items.publicity import OpenKind

_ON: Final = bindparam("on", type_=Date)
KEPT_SECRET: Final = exists().where(
    item_placement.c.centre_id == item.c.centre_id,
    item_placement.c.item_id == item.c.id,
    item_placement.c.ground.in_(sorted(CONFIDENTIAL)),
    item_placement.c.until.is_(None),
)
"""Whether the item is secret now: whichever day is asked about, nobody reads of it meanwhile."""
SHOWN: Final = and_(
    item.c.centre_id == bindparam("centre_id"),
    item.c.stage != "draft",
    or_(item.c.active_since.is_(None), item.c.active_since <= _ON),
    or_(item.c.withdrawn_on.is_(None), item.c.withdrawn_on > _ON),
    ~KEPT_SECRET,
    open_to_all(OpenKind.ITEM, item.c.centre_id, item.c.id),
)
_LIST: Final = (
    select(item)
    .where(SHOWN, item.c.id > bindparam("after"))
    .order_by(item.c.id)
    .limit(bindparam("count"))
)
_ONE: Final = select(item).where(SHOWN, item.c.id == bindparam("id"))
_FIRST: Final = UUID(int=0)


class PublicGuide(NamedTuple):
    """A version of a guide with the last day on which it was in force, None where it still is."""

    guide: Guide
    until: date | None


def _open(kind: OpenKind, found: Any) -> Select[Any]:  # Any: a column of one table or another
    table = found.table
    return select(found).where(
        table.c.centre_id == bindparam("centre_id"),
        table.c.item_id == bindparam("item_id"),
        open_to_all(kind, table.c.centre_id, found),
    )


_GUIDES: Final = _open(OpenKind.GUIDE, guide.c.id)
_FORMS: Final = _open(OpenKind.FORM, item_form.c.form_id)


async def listed(
    connection: AsyncConnection, centre_id: UUID, on: date, *, after: UUID | None, limit: int
) -> list[ServiceItem]:
    """The items that are served on that day, but for those that are secret or withheld, with the
    limits of that day."""
    values = {"centre_id": centre_id, "on": on, "after": after or _FIRST, "count": limit}
    found = [item_of(row) for row in (await connection.execute(_LIST, values)).mappings()]
    return await _limited(connection, centre_id, found, on)


async def get(connection: AsyncConnection, centre_id: UUID, item_id: UUID, on: date) -> ServiceItem:
    """The item with the limits of that day. Raises NotFound, also where it is not for everybody."""
    found = await connection.execute(_ONE, {"centre_id": centre_id, "id": item_id, "on": on})
    row = found.mappings().one_or_none()
    if row is None:
        raise NotFound("事项", item_id)
    (shown,) = await _limited(connection, centre_id, [item_of(row)], on)
    return shown


async def _limited(
    connection: AsyncConnection, centre_id: UUID, found: Sequence[ServiceItem], on: date
) -> list[ServiceItem]:
    then = await item_changes.replaced_since(connection, centre_id, [one.id for one in found], on)
    return [as_it_was(one, then[one.id]) if one.id in then else one for one in found]


async def guides_of(
    connection: AsyncConnection, centre_id: UUID, item_id: UUID, on: date
) -> tuple[list[PublicGuide], PublicGuide | None]:
    """The versions that were in force up to that day, the newest first and each with its last day,
    and the one of the day itself. One that is withheld is left out: none stands in for it."""
    values = {"centre_id": centre_id, "item_id": item_id}
    shown = set((await connection.execute(_GUIDES, values)).scalars())
    every = await guides.versions(connection, centre_id, item_id)
    current = in_force(every, on)
    held = [(each, last) for each, last in days_of(every) if _held_by(each, last, on)]
    told = [PublicGuide(each, last) for each, last in held if each.id in shown]
    return (
        [each for each in told if each.guide is not current],
        next((each for each in told if each.guide is current), None),
    )


def _held_by(guide: Guide, last: date | None, on: date) -> bool:
    """Whether the version had come into force by that day; what was replaced on its first day, or
    before it, never did."""
    since = guide.effective_on
    return since is not None and since <= on and (last is None or last >= since)


async def forms_of(
    connection: AsyncConnection, centre_id: UUID, item_id: UUID, on: date
) -> Sequence[Form]:
    """The forms of an item in the version of that day."""
    values = {"centre_id": centre_id, "item_id": item_id}
    shown = set((await connection.execute(_FORMS, values)).scalars())
    found = await forms.current(connection, centre_id, [item_id], on)
    return [form for form in found if form.form_id in shown]
