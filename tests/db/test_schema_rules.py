"""Schema rules: what belongs to a centre carries its id first, and every statement asks by it."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import (
    CheckConstraint,
    Delete,
    ForeignKeyConstraint,
    Insert,
    PrimaryKeyConstraint,
    Select,
    Table,
    UniqueConstraint,
    Update,
    and_,
    bindparam,
    delete,
    exists,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql import ClauseElement

import app.db
from app.db.base import metadata
from app.db.case_table import cases
from app.db.centres import centre
from app.db.engine import Hot
from app.db.items import item
from tests.tenancy import SHARED, offences

MODULES = [
    importlib.import_module(module.name)
    for module in pkgutil.iter_modules(app.db.__path__, "app.db.")
]
TABLES = metadata.sorted_tables
OF_CENTRES = [table for table in TABLES if table.name not in SHARED]
# The owner's: they build the schema and read no rows of it.
AS_OWNER = {"embedded", "migrate", "partitions"}
# Put together for each request; checked as they run, by the listener in this folder's conftest.
AS_THEY_RUN = {"audit", "case_list"}
# What `entries` makes for the others, who keep it: to call one of these is to make a statement.
FORMS = {"entries.listed", "entries.next_version", "entries.one"}
MAKERS = {"select", "insert", "update", "delete", "text"} | FORMS


def by_name(table: Table) -> str:
    return table.name


@pytest.mark.parametrize("table", OF_CENTRES, ids=by_name)
def test_keys_uniques_and_foreign_keys_begin_with_the_centre(table: Table) -> None:
    keys = [list(table.primary_key.columns)]
    keys += [list(c.columns) for c in table.constraints if isinstance(c, UniqueConstraint)]
    keys += [list(index.columns) for index in table.indexes if index.unique]
    assert {columns[0].name for columns in keys} == {"centre_id"}
    for key in table.foreign_key_constraints:
        pointed_at = key.elements[0].column
        assert key.column_keys[0] == "centre_id"
        assert pointed_at.name == ("id" if pointed_at.table is centre else "centre_id")


@pytest.mark.parametrize("table", TABLES, ids=by_name)
def test_every_constraint_is_named_by_the_convention(table: Table) -> None:
    begins = {
        CheckConstraint: "ck",
        ForeignKeyConstraint: "fk",
        PrimaryKeyConstraint: "pk",
        UniqueConstraint: "uq",
    }
    for constraint in table.constraints:
        assert str(constraint.name).startswith(f"{begins[type(constraint)]}_{table.name}")
    for index in table.indexes:
        assert str(index.name).startswith(f"ix_{table.name}_")


def kept(named: Mapping[str, object]) -> Iterator[tuple[str, ClauseElement]]:
    """Every statement that is kept under a name, in tables and rows of them as well."""
    for name, value in named.items():
        match value:
            case Hot(statement=ClauseElement() as statement):
                yield name, statement
            case Select() | Insert() | Update() | Delete():
                yield name, value
            case dict():
                yield from kept({f"{name}[{key}]": inner for key, inner in value.items()})
            case tuple():
                yield from kept({f"{name}[{place}]": inner for place, inner in enumerate(value)})
            case _:
                pass


STATEMENTS = [
    pytest.param(statement, id=f"{module.__name__.removeprefix('app.db.')}.{name}")
    for module in MODULES
    for name, statement in kept(vars(module))
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_statement_names_the_centre_of_every_row(statement: ClauseElement) -> None:
    assert not offences(statement)


def test_the_statements_are_found() -> None:
    assert len(STATEMENTS) > 20


_HERE = item.c.centre_id == bindparam("centre_id")


@pytest.mark.parametrize(
    "statement",
    [
        select(item.c.id),
        select(item.c.id).where(item.c.id == bindparam("id")),
        select(item.c.centre_id).where(
            item.c.centre_id.is_not(None), exists().where(cases.c.id == item.c.id)
        ),
        select(item.c.id).join(cases, cases.c.item_id == item.c.id).where(_HERE),
        select(item.alias().c.id).where(_HERE),
        select(select(item.c.id).cte().c.id),
        update(item).where(item.c.id == bindparam("key")).values(name=""),
        delete(item),
        insert(cases).from_select(["id"], select(bindparam("id"))),
        select(delete(item).returning(item.c.id).cte().c.id),
    ],
)
def test_a_statement_across_centres_is_found(statement: ClauseElement) -> None:
    assert offences(statement)


@pytest.mark.parametrize(
    "statement",
    [
        select(item.c.id).where(_HERE),
        select(cases.c.id)
        .join(item, and_(item.c.centre_id == cases.c.centre_id, item.c.id == cases.c.item_id))
        .where(cases.c.centre_id == bindparam("centre_id")),
        select(centre.c.id),
        insert(item),
        delete(item).execution_options(every_centre="a reason"),
    ],
)
def test_a_statement_within_a_centre_passes(statement: ClauseElement) -> None:
    assert not offences(statement)


def test_statements_are_kept_under_a_name_so_that_they_are_checked() -> None:
    """A function that makes one is called when its module is loaded, and its result is kept."""
    loose = []
    for file in sorted(Path(app.db.__path__[0]).glob("*.py")):
        if file.stem in AS_OWNER | AS_THEY_RUN:
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        functions = [part for part in ast.walk(tree) if isinstance(part, FUNCTIONS)]
        made = {part.name for part in functions if called(part) & MAKERS}
        loose += [f"{file.stem}.{name}" for name in made - called_when_loaded(tree, functions)]
    assert set(loose) == FORMS


FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def called(part: ast.AST) -> set[str]:
    """The names of the functions that are called in this part, as they are written there."""
    return {ast.unparse(call.func) for call in ast.walk(part) if isinstance(call, ast.Call)}


def called_when_loaded(
    tree: ast.Module, functions: list[ast.FunctionDef | ast.AsyncFunctionDef]
) -> set[str]:
    """The names called by the module itself, and by whatever is called then."""
    top = [part for part in tree.body if not isinstance(part, (*FUNCTIONS, ast.ClassDef))]
    names = {name for part in top for name in called(part)}
    while more := {n for f in functions if f.name in names for n in called(f)} - names:
        names |= more
    return names


async def test_what_runs_is_checked_as_well(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        with pytest.raises(AssertionError, match="item"):
            await connection.execute(select(item.c.id).where(item.c.id == UUID(int=1)))
