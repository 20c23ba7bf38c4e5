"""Mandates (行政委托书) as they are kept: written once, then filed and revoked."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Row,
    Table,
    Text,
    Uuid,
    bindparam,
    column,
    insert,
    or_,
    select,
    table,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.base import metadata
from app.db.centres import centre
from app.db.departments import department
from app.db.engine import constraint_of
from app.db.postings import Entered
from app.db.windows import window
from app.domain.day import ImpossibleFact
from app.domain.errors import NotFound
from app.domain.organisation.document import Document
from app.domain.organisation.mandate import Mandate, Power

mandate = Table(
    "mandate",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("department_id", Uuid, nullable=False),
    Column("window_id", Uuid),
    Column("item_ids", ARRAY(Uuid), nullable=False),
    Column("powers", ARRAY(Text), nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Column("signed_on", Date, nullable=False),
    Column("document", JSONB, nullable=False),
    Column("filed_on", Date),
    Column("filing_number", Text),
    Column("revoked_from", Date),
    Column("revoked_because", Text),
    Column("entered_by", Text, nullable=False),
    Column("entered_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id"], [centre.c.id]),
    ForeignKeyConstraint(["centre_id", "department_id"], [department.c.centre_id, department.c.id]),
    ForeignKeyConstraint(["centre_id", "window_id"], [window.c.centre_id, window.c.id]),
    CheckConstraint("cardinality(item_ids) > 0", name="items"),
    CheckConstraint(
        "cardinality(powers) > 0 AND powers <@ ARRAY['accept', 'decide', 'seal']", name="powers"
    ),
    CheckConstraint("until >= since", name="days"),
    CheckConstraint("(filed_on IS NULL) = (filing_number IS NULL)", name="filed"),
    CheckConstraint("(revoked_from IS NULL) = (revoked_because IS NULL)", name="revoked"),
    Index("ix_mandate_department", "centre_id", "department_id", "id"),
)

# The items are kept by a file that may ask for mandates, and not the other way round.
_item: Final = table("item", column("centre_id"), column("id"), column("department_id"))

_COLUMNS: Final = tuple(
    each for each in mandate.c if each.name not in {"centre_id", "entered_by", "entered_at"}
)
_HERE: Final = mandate.c.centre_id == bindparam("of_centre")
_THIS: Final = (_HERE, mandate.c.id == bindparam("of_id"))
_ONE: Final = select(*_COLUMNS).where(*_THIS)
_LOCKED: Final = _ONE.with_for_update()
_DEPARTMENT: Final = bindparam("department_id", type_=Uuid)
_ITEM: Final = bindparam("item_id", type_=Uuid)
_LIST: Final = (
    select(*_COLUMNS)
    .where(
        _HERE,
        or_(_DEPARTMENT.is_(None), mandate.c.department_id == _DEPARTMENT),
        or_(_ITEM.is_(None), mandate.c.item_ids.any_() == _ITEM),
        mandate.c.id > bindparam("after"),
    )
    .order_by(mandate.c.id)
    .limit(bindparam("count"))
)
_OF_ITEM: Final = (
    select(*_COLUMNS)
    .where(
        _HERE,
        mandate.c.item_ids.any_() == _ITEM,
        or_(_DEPARTMENT.is_(None), mandate.c.department_id == _DEPARTMENT),
    )
    .order_by(mandate.c.id)
)
_KNOWN: Final = select(_item.c.id, _item.c.department_id).where(
    _item.c.centre_id == bindparam("of_centre"),
    _item.c.id == bindparam("ids", type_=ARRAY(Uuid)).any_(),
)
_ADD: Final = insert(mandate)
_FILE: Final = (
    update(mandate)
    .where(*_THIS)
    .values(
        filed_on=bindparam("day"), filing_number=bindparam("said"), version=mandate.c.version + 1
    )
)
_REVOKE: Final = (
    update(mandate)
    .where(*_THIS)
    .values(
        revoked_from=bindparam("day"),
        revoked_because=bindparam("said"),
        version=mandate.c.version + 1,
    )
)
_FOREIGN: Final[Mapping[str, tuple[str, str]]] = {
    "fk_mandate_centre_id_department_id_department": ("部门", "department_id"),
    "fk_mandate_centre_id_window_id_window": ("窗口", "window_id"),
}
_FIRST: Final = UUID(int=0)


async def get(connection: AsyncConnection, centre_id: UUID, mandate_id: UUID) -> Mandate:
    """Raises NotFound."""
    found = await connection.execute(_ONE, {"of_centre": centre_id, "of_id": mandate_id})
    return _only(found.one_or_none(), mandate_id)


async def taken(connection: AsyncConnection, centre_id: UUID, mandate_id: UUID) -> Mandate:
    """The same, for this transaction alone. Raises NotFound."""
    found = await connection.execute(_LOCKED, {"of_centre": centre_id, "of_id": mandate_id})
    return _only(found.one_or_none(), mandate_id)


async def listed(
    connection: AsyncConnection,
    centre_id: UUID,
    *,
    of: Mapping[str, UUID | None],
    after: UUID | None,
    limit: int,
) -> list[Mandate]:
    """Mandates in the order in which they were entered; `of` a `department_id`, an `item_id`."""
    values = {
        "of_centre": centre_id,
        "department_id": of.get("department_id"),
        "item_id": of.get("item_id"),
        "after": after or _FIRST,
        "count": limit,
    }
    return [_mandate(row) for row in await connection.execute(_LIST, values)]


async def of_item(
    connection: AsyncConnection, centre_id: UUID, item_id: UUID, department_id: UUID | None = None
) -> list[Mandate]:
    """Every mandate that names the item, in force or not: `covers` says on which days each counts.
    Of one department where it is named."""
    values = {"of_centre": centre_id, "item_id": item_id, "department_id": department_id}
    return [_mandate(row) for row in await connection.execute(_OF_ITEM, values)]


async def check_items(
    connection: AsyncConnection,
    centre_id: UUID,
    item_ids: Collection[UUID],
    department_id: UUID | None = None,
) -> None:
    """Raises NotFound for an item that the centre has not, ImpossibleFact for one that belongs to
    another department than the one named."""
    rows = await connection.execute(_KNOWN, {"of_centre": centre_id, "ids": list(item_ids)})
    found = {row.id: row.department_id for row in rows}
    if unknown := set(item_ids) - found.keys():
        raise NotFound("事项", min(unknown))
    if department_id is not None and set(found.values()) - {None, department_id}:
        raise ImpossibleFact("item_ids", "部门只能就本部门的事项授权")


async def add(connection: AsyncConnection, centre_id: UUID, new: Mandate, entered: Entered) -> None:
    """Raises NotFound for a department or a window that the centre has not."""
    row = {
        "centre_id": centre_id,
        "id": new.id,
        "department_id": new.department_id,
        "window_id": new.window_id,
        "item_ids": list(new.item_ids),
        "powers": [power.value for power in new.powers],
        "since": new.since,
        "until": new.until,
        "signed_on": new.signed_on,
        "document": _written(new.document),
        "entered_by": entered.by,
        "entered_at": entered.at,
    }
    try:
        await connection.execute(_ADD, row)
    except IntegrityError as refused:
        if foreign := _FOREIGN.get(str(constraint_of(refused))):
            what, field = foreign
            raise NotFound(what, row[field]) from None
        raise


async def file(
    connection: AsyncConnection, centre_id: UUID, mandate_id: UUID, on: date, number: str
) -> None:
    """Write the filing; only with the mandate taken."""
    values = {"of_centre": centre_id, "of_id": mandate_id, "day": on, "said": number}
    await connection.execute(_FILE, values)


async def revoke(
    connection: AsyncConnection, centre_id: UUID, mandate_id: UUID, from_: date, reason: str
) -> None:
    """Write the revocation; only with the mandate taken."""
    values = {"of_centre": centre_id, "of_id": mandate_id, "day": from_, "said": reason}
    await connection.execute(_REVOKE, values)


def _written(document: Document) -> dict[str, object]:
    issued_on = document.issued_on and document.issued_on.isoformat()
    return {**asdict(document), "issued_on": issued_on}


def _read(written: Mapping[str, Any]) -> Document:  # Any: JSON
    issued_on = written["issued_on"]
    return Document(**{**written, "issued_on": issued_on and date.fromisoformat(issued_on)})


def _mandate(row: Row[*tuple[Any, ...]]) -> Mandate:  # Any: a row's columns have types of their own
    return Mandate(
        id=row.id,
        department_id=row.department_id,
        window_id=row.window_id,
        item_ids=tuple(row.item_ids),
        powers=tuple(map(Power, row.powers)),
        since=row.since,
        until=row.until,
        signed_on=row.signed_on,
        document=_read(row.document),
        filed_on=row.filed_on,
        filing_number=row.filing_number,
        revoked_from=row.revoked_from,
        revoked_because=row.revoked_because,
        version=row.version,
    )


def _only(row: Row[*tuple[Any, ...]] | None, mandate_id: UUID) -> Mandate:  # Any: see above
    if row is None:
        raise NotFound("委托书", mandate_id)
    return _mandate(row)
