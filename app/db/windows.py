"""Windows (窗口) as they are kept: what each is now, and what it was from which day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
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
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.base import metadata
from app.db.centres import centre
from app.db.departments import department
from app.db.engine import constraint_of
from app.domain.errors import NotFound
from app.domain.organisation.approval import Approval
from app.domain.organisation.authority import Body
from app.domain.organisation.window import (
    Papers,
    SpecialReason,
    Window,
    WindowKind,
    WindowNumberTaken,
    WindowStage,
)

window = Table(
    "window",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("stage", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("department_id", Uuid),
    Column("number", Text),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id"], [centre.c.id]),
    ForeignKeyConstraint(["centre_id", "department_id"], [department.c.centre_id, department.c.id]),
    CheckConstraint("version >= 1", name="version"),
    CheckConstraint("stage IN ('prepared', 'active', 'closed')", name="stage"),
    CheckConstraint(
        "kind IN ('own', 'comprehensive', 'specialised_hall', 'sub_hall')", name="kind"
    ),
    CheckConstraint("kind <> 'own' OR department_id IS NOT NULL", name="department"),
    Index(
        "ix_window_number",
        "centre_id",
        "number",
        unique=True,
        postgresql_where=text("stage <> 'closed'"),
    ),
    Index("ix_window_department", "centre_id", "department_id"),
)
"""What a window is now; `version` is that of its last change."""
window_version = Table(
    "window_version",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("window_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("since", Date, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("stage", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("department_id", Uuid),
    Column("name", Text, nullable=False),
    Column("number", Text),
    Column("reason", Text),
    Column("opened_on", Date),
    Column("closed_on", Date),
    Column("temporary", Boolean, nullable=False),
    Column("large_volume", Boolean, nullable=False),
    Column("special_reason", Text),
    Column("approval_by", Text),
    Column("approval_number", Text),
    Column("approval_document", Text),
    Column("approval_issued_on", Date),
    PrimaryKeyConstraint("centre_id", "window_id", "version"),
    ForeignKeyConstraint(["centre_id", "window_id"], [window.c.centre_id, window.c.id]),
    ForeignKeyConstraint(["centre_id", "department_id"], [department.c.centre_id, department.c.id]),
    CheckConstraint("version >= 1", name="version"),
    CheckConstraint("(stage = 'closed') = (closed_on IS NOT NULL)", name="closed"),
    CheckConstraint(
        "CASE stage WHEN 'prepared' THEN opened_on IS NULL"
        " WHEN 'active' THEN opened_on IS NOT NULL ELSE TRUE END",
        name="opened",
    ),
    CheckConstraint(
        "approval_by IS NOT NULL"
        " OR num_nonnulls(approval_number, approval_document, approval_issued_on) = 0",
        name="approval",
    ),
)
"""What each window was, from which day: on a day the last version holds that began by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowQuery:
    """What is asked of the list. `assessed`: only those that the centre assesses, of the kinds
    `assessed_kinds`, or only the others."""

    on: date
    department_id: UUID | None = None
    kind: WindowKind | None = None
    stage: WindowStage | None = None
    assessed: bool | None = None
    assessed_kinds: Collection[WindowKind] = ()


_AT: Final = window_version.alias("at")
_LAST: Final = (
    select(func.max(_AT.c.version))
    .where(
        _AT.c.centre_id == window_version.c.centre_id,
        _AT.c.window_id == window_version.c.window_id,
        _AT.c.since <= bindparam("on"),
    )
    .scalar_subquery()
)
_HERE: Final = window_version.c.centre_id == bindparam("centre_id")
_ON: Final = select(window_version).where(
    _HERE, window_version.c.window_id == bindparam("id"), window_version.c.version == _LAST
)
_BEGAN: Final = select(func.min(window_version.c.since)).where(
    _HERE, window_version.c.window_id == bindparam("id")
)
_LIST: Final[Select[Any]] = (  # Any: each column has a type of its own
    select(window_version)
    .where(
        _HERE,
        window_version.c.window_id > bindparam("after"),
        window_version.c.version == _LAST,
        or_(
            bindparam("department_id", type_=Uuid).is_(None),
            window_version.c.department_id == bindparam("department_id", type_=Uuid),
        ),
        or_(
            bindparam("kind", type_=Text).is_(None),
            window_version.c.kind == bindparam("kind", type_=Text),
        ),
        or_(
            bindparam("stage", type_=Text).is_(None),
            window_version.c.stage == bindparam("stage", type_=Text),
        ),
        or_(
            bindparam("assessed", type_=Boolean).is_(None),
            bindparam("assessed", type_=Boolean)
            == and_(
                window_version.c.kind == bindparam("assessed_kinds", type_=ARRAY(Text)).any_(),
                window_version.c.stage != "closed",
            ),
        ),
    )
    .order_by(window_version.c.window_id)
    .limit(bindparam("count"))
)
_TURN: Final = (
    select(window.c.version)
    .where(window.c.centre_id == bindparam("centre_id"), window.c.id == bindparam("id"))
    .with_for_update(key_share=True)
)
_VERSION: Final = select(window_version).where(
    _HERE,
    window_version.c.window_id == bindparam("id"),
    window_version.c.version == bindparam("version"),
)
_OF: Final = (
    select(window.c.id)
    .where(
        window.c.centre_id == bindparam("centre_id"),
        window.c.department_id == bindparam("department_id"),
        window.c.stage == "active",
    )
    .limit(1)
)
_ADD: Final = insert(window)
_ADD_VERSION: Final = insert(window_version)
_CHANGE: Final = (
    update(window)
    .where(
        window.c.centre_id == bindparam("of_centre"),
        window.c.id == bindparam("of"),
        window.c.version == bindparam("was"),
    )
    .values(
        version=bindparam("becomes"),
        stage=bindparam("staged"),
        kind=bindparam("kinded"),
        department_id=bindparam("department"),
        number=bindparam("numbered"),
    )
)
_FIRST: Final = UUID(int=0)


async def get(connection: AsyncConnection, centre_id: UUID, id_: UUID, on: date) -> Window:
    """The window as it stood at the end of that day. Raises NotFound."""
    values = {"centre_id": centre_id, "id": id_, "on": on}
    return _found((await connection.execute(_ON, values)).one_or_none(), id_)


async def known(connection: AsyncConnection, centre_id: UUID, id_: UUID, on: date) -> Window:
    """The same; on a day before the window was entered, as it was first. Raises NotFound."""
    values = {"centre_id": centre_id, "id": id_, "on": on}
    row = (await connection.execute(_ON, values)).one_or_none()
    if row is None:
        began = (await connection.execute(_BEGAN, {"centre_id": centre_id, "id": id_})).scalar_one()
        return await get(connection, centre_id, id_, began or on)
    return _window(row)


async def turn(connection: AsyncConnection, centre_id: UUID, id_: UUID) -> Window:
    """The window as it is now; nobody else changes it until the request ends. Raises NotFound."""
    values = {"centre_id": centre_id, "id": id_}
    version = (await connection.execute(_TURN, values)).scalar_one_or_none()
    found = await connection.execute(_VERSION, {**values, "version": version or 0})
    return _found(found.one_or_none(), id_)


async def listed(
    connection: AsyncConnection,
    centre_id: UUID,
    query: WindowQuery,
    *,
    after: UUID | None,
    limit: int,
) -> list[Window]:
    """Windows in the order of their ids, each as it stood on the day of the query."""
    values = {
        "centre_id": centre_id,
        "on": query.on,
        "department_id": query.department_id,
        "kind": query.kind,
        "stage": query.stage,
        "assessed": query.assessed,
        "assessed_kinds": sorted(query.assessed_kinds),
        "after": after or _FIRST,
        "count": limit,
    }
    return [_window(row) for row in await connection.execute(_LIST, values)]


async def is_open_for(connection: AsyncConnection, centre_id: UUID, department_id: UUID) -> bool:
    """Whether the department has an open window now."""
    values = {"centre_id": centre_id, "department_id": department_id}
    return (await connection.execute(_OF, values)).first() is not None


async def add(connection: AsyncConnection, centre_id: UUID, made: Window, at: datetime) -> None:
    """Raises WindowNumberTaken."""
    row = {
        "centre_id": centre_id,
        "id": made.id,
        "version": made.version,
        "stage": made.stage.value,
        "kind": made.kind.value,
        "department_id": made.department_id,
        "number": made.number,
    }
    await _numbered(connection, _ADD, row, made.number)
    await connection.execute(_ADD_VERSION, _row(centre_id, made, at))


async def save(connection: AsyncConnection, centre_id: UUID, made: Window, at: datetime) -> None:
    """The next version of a window whose turn was taken. Raises WindowNumberTaken."""
    values = {
        "of_centre": centre_id,
        "of": made.id,
        "was": made.version - 1,
        "becomes": made.version,
        "staged": made.stage.value,
        "kinded": made.kind.value,
        "department": made.department_id,
        "numbered": made.number,
    }
    await _numbered(connection, _CHANGE, values, made.number)
    await connection.execute(_ADD_VERSION, _row(centre_id, made, at))


async def _numbered(
    connection: AsyncConnection, statement: Any, values: dict[str, Any], number: str | None
) -> None:
    # Any: an insert or an update, whose values have types of their own.
    try:
        await connection.execute(statement, values)
    except IntegrityError as refused:
        if constraint_of(refused) == "ix_window_number":
            raise WindowNumberTaken(number) from None
        raise


def _row(centre_id: UUID, made: Window, at: datetime) -> dict[str, object]:
    papers = made.papers
    special = papers.special_reason
    return {
        "centre_id": centre_id,
        "window_id": made.id,
        "version": made.version,
        "since": made.since,
        "recorded_at": at,
        "stage": made.stage.value,
        "kind": made.kind.value,
        "department_id": made.department_id,
        "name": made.name,
        "number": made.number,
        "reason": made.reason,
        "opened_on": made.opened_on,
        "closed_on": made.closed_on,
        "temporary": made.temporary,
        "large_volume": papers.large_volume,
        "special_reason": special and special.value,
        **approval_row(papers.approval),
    }


def approval_row(approval: Approval | None) -> dict[str, object]:
    """The columns of an approval, in whichever table has them."""
    return {
        "approval_by": approval and approval.by.value,
        "approval_number": approval and approval.number,
        "approval_document": approval and approval.document,
        "approval_issued_on": approval and approval.issued_on,
    }


def approval_of(row: Row[*tuple[Any, ...]]) -> Approval | None:
    """The approval that these columns hold. Any: each column has a type of its own."""
    if row.approval_by is None:
        return None
    return Approval(
        by=Body(row.approval_by),
        number=row.approval_number,
        document=row.approval_document,
        issued_on=row.approval_issued_on,
    )


def _found(row: Row[*tuple[Any, ...]] | None, id_: UUID) -> Window:  # Any: as above
    if row is None:
        raise NotFound("窗口", id_)
    return _window(row)


def _window(row: Row[*tuple[Any, ...]]) -> Window:  # Any: as above
    special = row.special_reason
    return Window(
        id=row.window_id,
        version=row.version,
        stage=WindowStage(row.stage),
        kind=WindowKind(row.kind),
        name=row.name,
        since=row.since,
        department_id=row.department_id,
        number=row.number,
        reason=row.reason,
        opened_on=row.opened_on,
        closed_on=row.closed_on,
        temporary=row.temporary,
        papers=Papers(
            approval=approval_of(row),
            large_volume=row.large_volume,
            special_reason=SpecialReason(special) if special else None,
        ),
    )
