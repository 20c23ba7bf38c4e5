"""Which tables of centres a statement touches without naming the centre (租户隔离)."""

import re
from collections.abc import Iterator

from sqlalchemy import Column, Delete, Executable, Insert, Select, Table, Update
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.sql import ClauseElement, visitors
from sqlalchemy.sql.elements import BinaryExpression
from sqlalchemy.sql.selectable import Alias, FromClause, Join

from app.db.base import metadata

# The root, what all compute with, and the law's own words.
SHARED = {
    "calendar_change",
    "centre",
    "effective_date",
    "official_text",
    "reference_edition",
    "reference_version",
    "special_day",
}
_INTO = re.compile(r'INSERT INTO "?(\w+)"? \(([^)]*)\)')


def offences(statement: ClauseElement) -> set[str]:
    """The tables, by name. A statement that must see all centres says why in its option
    `every_centre`."""
    if isinstance(statement, Executable) and statement.get_execution_options().get("every_centre"):
        return set()
    parts = list(visitors.iterate(statement))
    found = {name for part in parts for name in _read_without(part)}
    if any(isinstance(part, Insert) for part in parts):
        sql = str(statement.compile(dialect=dialect()))  # type: ignore[no-untyped-call]
        found |= {
            table
            for table, columns in _INTO.findall(sql)
            if _is_of_centres(metadata.tables.get(table)) and "centre_id" not in columns.split(", ")
        }
    return found


def _read_without(part: object) -> Iterator[str]:
    match part:
        case Select():
            sources = part.get_final_froms()
            joins = [inner for each in sources for inner in visitors.iterate(each)]
            conditions = [inner.onclause for inner in joins if isinstance(inner, Join)]
        case Update() | Delete():
            sources, conditions = [part.table], []
        case _:
            return
    bound = {
        side.table
        for condition in [part.whereclause, *conditions]
        if condition is not None
        for compared in visitors.iterate(condition)
        if isinstance(compared, BinaryExpression)
        for side in (compared.left, compared.right)
        if isinstance(side, Column) and side.name == "centre_id"
    }
    for source in sources:
        for table in _tables(source):
            if table not in bound:
                yield str(table.description)


def _tables(source: FromClause) -> Iterator[FromClause]:
    """The tables of centres in a FROM, under whatever name."""
    if isinstance(source, Join):
        yield from _tables(source.left)
        yield from _tables(source.right)
        return
    named = source.element if isinstance(source, Alias) else source
    if _is_of_centres(named):
        yield source


def _is_of_centres(table: object) -> bool:
    return isinstance(table, Table) and table.metadata is metadata and table.name not in SHARED
