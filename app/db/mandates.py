"""Mandates (行政委托书) as they are kept: written once, then filed and revoked."""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter
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
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import entries
from app.db.base import metadata
from app.db.centres import centre
from app.db.departments import department
from app.db.postings import Entered
from app.db.windows import window
from app.db.withholdings import open_to_all
from app.domain.day import ImpossibleFact
from app.domain.errors import NotFound
from app.domain.items.publicity import OpenKind
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

_ITEM: Final = bindparam("item_id", type_=Uuid)
_ONE: Final = entries.one(mandate, "centre_id")
_LOCKED: Final = _ONE.with_for_update()
_LIST: Final = entries.listed(mandate, "centre_id").where(
    entries.as_wanted(mandate.c.department_id),
    or_(_ITEM.is_(None), mandate.c.item_ids.any_() == _ITEM),
)
_OPEN: Final = entries.listed(mandate, "centre_id").where(
    open_to_all(OpenKind.MANDATE, mandate.c.centre_id, mandate.c.id)
)
_OF_ITEM: Final = (
    select(mandate)
    .where(
        mandate.c.centre_id == bindparam("centre_id"),
        mandate.c.item_ids.any_() == _ITEM,
        entries.as_wanted(mandate.c.department_id),
    )
    .order_by(mandate.c.id)
)
_KNOWN: Final = select(_item.c.id, _item.c.department_id).where(
    _item.c.centre_id == bindparam("centre_id"),
    _item.c.id == bindparam("ids", type_=ARRAY(Uuid)).any_(),
)
_ADD: Final = insert(mandate)
_FILE: Final = entries.next_version(mandate, "filed_on", "filing_number")
_REVOKE: Final = entries.next_version(mandate, "revoked_from", "revoked_because")
_DOCUMENT: Final = TypeAdapter(Document)


async def get(connection: AsyncConnection, centre_id: UUID, mandate_id: UUID) -> Mandate:
    """Raises NotFound."""
    return _mandate(await entries.find(connection, _ONE, "委托书", mandate_id, centre_id=centre_id))


async def taken(connection: AsyncConnection, centre_id: UUID, mandate_id: UUID) -> Mandate:
    """The same, for this transaction alone. Raises NotFound."""
    row = await entries.find(connection, _LOCKED, "委托书", mandate_id, centre_id=centre_id)
    return _mandate(row)


async def listed(
    connection: AsyncConnection,
    centre_id: UUID,
    *,
    of: Mapping[str, UUID | None],
    after: UUID | None,
    limit: int,
) -> list[Mandate]:
    """Mandates in the order in which they were entered; `of` a `department_id`, an `item_id`."""
    asked = {"department_id": of.get("department_id"), "item_id": of.get("item_id")}
    found = await entries.page(connection, _LIST, after, limit, centre_id=centre_id, **asked)
    return [_mandate(row) for row in found]


async def public(connection: AsyncConnection, centre_id: UUID, *, limit: int) -> list[Mandate]:
    """Those that everybody may read of, in force or not: none that is withheld."""
    found = await entries.page(connection, _OPEN, None, limit, centre_id=centre_id)
    return [_mandate(row) for row in found]


async def of_item(
    connection: AsyncConnection, centre_id: UUID, item_id: UUID, department_id: UUID | None = None
) -> list[Mandate]:
    """Every mandate that names the item, in force or not: `covers` says on which days each counts.
    Of one department where it is named."""
    values = {"centre_id": centre_id, "item_id": item_id, "department_id": department_id}
    return [_mandate(row) for row in await connection.execute(_OF_ITEM, values)]


async def check_items(
    connection: AsyncConnection,
    centre_id: UUID,
    item_ids: Collection[UUID],
    department_id: UUID | None = None,
) -> None:
    """Raises NotFound for an item that the centre has not, ImpossibleFact for one that belongs to
    another department than the one named."""
    rows = await connection.execute(_KNOWN, {"centre_id": centre_id, "ids": list(item_ids)})
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
        "document": _DOCUMENT.dump_python(new.document, mode="json"),
        "entered_by": entered.by,
        "entered_at": entered.at,
    }
    with entries.refused_as(
        fk_mandate_centre_id_department_id_department=NotFound("部门", new.department_id),
        fk_mandate_centre_id_window_id_window=NotFound("窗口", new.window_id),
    ):
        await connection.execute(_ADD, row)


async def file(connection: AsyncConnection, centre_id: UUID, filed: Mandate) -> None:
    """Write the filing; only with the mandate taken."""
    new = {"filed_on": filed.filed_on, "filing_number": filed.filing_number}
    await entries.write(connection, _FILE, centre_id, filed, **new)


async def revoke(connection: AsyncConnection, centre_id: UUID, revoked: Mandate) -> None:
    """Write the revocation; only with the mandate taken."""
    new = {"revoked_from": revoked.revoked_from, "revoked_because": revoked.revoked_because}
    await entries.write(connection, _REVOKE, centre_id, revoked, **new)


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
        document=_DOCUMENT.validate_python(row.document),
        filed_on=row.filed_on,
        filing_number=row.filing_number,
        revoked_from=row.revoked_from,
        revoked_because=row.revoked_because,
        version=row.version,
    )
