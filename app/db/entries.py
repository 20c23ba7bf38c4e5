"""Entries (登记): what is kept under an id of its own, read one by one or by pages, never rewritten
but for the few columns that say what became of it.

A module says whose its entries are, the centre first, and keeps each statement under a name.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Date,
    Row,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.engine import constraint_of
from app.domain.errors import DomainError, NotFound
from app.domain.special_day import Revocation

DAY: Final = bindparam("on", type_=Date)
_FIRST: Final = UUID(int=0)


class Versioned(Protocol):
    """An entry that changes: each change is its next version."""

    @property
    def id(self) -> UUID: ...

    @property
    def version(self) -> int: ...


def one(table: Table, *whose: str) -> Select[*tuple[Any, ...]]:
    """The entry `id` of those whom these columns name."""
    return select(table).where(*(table.c[name] == bindparam(name) for name in (*whose, "id")))


def listed(table: Table, *whose: str) -> Select[*tuple[Any, ...]]:
    """Their entries in the order of the ids, `count` of them behind the id `after`."""
    return (
        select(table)
        .where(*(table.c[name] == bindparam(name) for name in whose))
        .where(table.c.id > bindparam("after"))
        .order_by(table.c.id)
        .limit(bindparam("count"))
    )


def as_wanted(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """The column as it is asked for under its own name; None asks for nothing."""
    wanted = bindparam(column.key, type_=column.type)
    return or_(wanted.is_(None), column == wanted)


def on_day(table: Table) -> ColumnElement[bool]:
    """Whether the day `on` is one of the entry's, its first and its last included."""
    return and_(table.c.since <= DAY, or_(table.c.until.is_(None), table.c.until >= DAY))


def next_version(table: Table, *changing: str) -> Update:
    """Writes these columns of an entry of a centre, if it is still at the version before."""
    new = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in changing}
    return (
        update(table)
        .where(
            table.c.centre_id == bindparam("of_centre"),
            table.c.id == bindparam("of"),
            table.c.version == bindparam("was"),
        )
        .values(version=table.c.version + 1, **new)
    )


async def find(
    connection: AsyncConnection,
    statement: Select[*tuple[Any, ...]],
    what: str,
    id_: UUID,
    **whose: object,
) -> Row[*tuple[Any, ...]]:
    """The entry that `one` asks for. Raises NotFound, with the Chinese word for it."""
    row = (await connection.execute(statement, {**whose, "id": id_})).one_or_none()
    if row is None:
        raise NotFound(what, id_)
    return row


async def page(
    connection: AsyncConnection,
    statement: Select[*tuple[Any, ...]],
    after: UUID | None,
    limit: int,
    **asked: object,
) -> CursorResult[*tuple[Any, ...]]:
    """A page of what `listed` asks for: the first, or the one behind an id."""
    return await connection.execute(statement, {**asked, "after": after or _FIRST, "count": limit})


async def write(
    connection: AsyncConnection,
    statement: Update,
    centre_id: UUID,
    becomes: Versioned,
    **new: object,
) -> bool:
    """Write what `next_version` changes, given the entry as it becomes; false where somebody was
    faster."""
    values = {f"new_{name}": value for name, value in new.items()}
    of = {"of_centre": centre_id, "of": becomes.id, "was": becomes.version - 1}
    return bool((await connection.execute(statement, {**of, **values})).rowcount)


@contextmanager
def refused_as(**by_constraint: DomainError) -> Iterator[None]:
    """Says what stands against a write in the words of the domain, by the constraint's name."""
    try:
        yield
    except IntegrityError as refused:
        if error := by_constraint.get(constraint_of(refused) or ""):
            raise error from None
        raise


def revocation_row(act: str, revocation: Revocation | None) -> dict[str, object]:
    """The three columns that say who took an entry back, named for the act."""
    return {
        f"{act}_by": revocation and revocation.by,
        f"{act}_at": revocation and revocation.at,
        f"{act}_because": revocation and revocation.reason,
    }


def revocation_of(row: Row[*tuple[Any, ...]], act: str) -> Revocation | None:
    """What these columns hold."""
    if (at := getattr(row, f"{act}_at")) is None:
        return None
    by, reason = getattr(row, f"{act}_by"), getattr(row, f"{act}_because")
    return Revocation(by=by, at=at, reason=reason)
