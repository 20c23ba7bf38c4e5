"""The engine: ended connections are replaced, waiting ends soon, errors keep quiet about values."""

import asyncio
import traceback
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import bindparam, insert, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db import ids
from app.db.engine import Hot, constraint_of, open_engine, transaction
from app.db.errors import as_busy
from app.db.items import item
from app.db.persons import person
from tests.databases import Clone
from tests.kept import new_centre

_RENAME = text("UPDATE centre SET name = 'x' WHERE id = :id")
WRITTEN = ("centre_id", "id", "subject", "name", "role")
_ADD = Hot(insert(person).values({name: bindparam(f"new_{name}") for name in WRITTEN}))


async def rename(engine: AsyncEngine, centre: UUID, *, before: str, after: str) -> None:
    """Change a centre in a unit of work that does something before and after."""
    async with transaction(engine) as connection:
        await connection.execute(text(before))
        await connection.execute(_RENAME, {"id": centre})
        await connection.execute(text(after))


async def test_a_connection_that_the_server_ended_is_replaced_unnoticed(
    fresh_database: Clone,
) -> None:
    engine = open_engine(fresh_database.service_url, size=2)
    owner = open_engine(fresh_database.superuser_url, size=1)
    async with engine.connect() as one, engine.connect() as other:
        await one.execute(text("SELECT 1"))
        await other.execute(text("SELECT 1"))
    ended = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE usename = 'guiju_app' AND datname = current_database()"
    )
    async with owner.connect() as connection:
        assert len((await connection.execute(text(ended))).all()) == 2
    await asyncio.sleep(0.2)
    async with engine.connect() as one, engine.connect() as other:
        assert (await one.execute(text("SELECT 1"))).scalar() == 1
        assert (await other.execute(text("SELECT 1"))).scalar() == 1
    await engine.dispose()
    await owner.dispose()


async def test_a_pool_without_a_free_connection_is_busy(fresh_database: Clone) -> None:
    engine = open_engine(fresh_database.service_url, size=1, wait=0.1)
    async with engine.connect():
        with pytest.raises(SQLAlchemyError) as full:
            async with engine.connect():
                pass
    await engine.dispose()
    assert as_busy(full.value)


async def test_a_lock_is_waited_for_only_so_long(fresh_database: Clone) -> None:
    engine = open_engine(fresh_database.service_url, size=2)
    centre = await new_centre(engine)
    async with transaction(engine) as holder:
        await holder.execute(_RENAME, {"id": centre.id})
        with pytest.raises(SQLAlchemyError) as waited:
            await rename(
                engine, centre.id, before="SET LOCAL lock_timeout = '50ms'", after="SELECT 1"
            )
        shown = (await holder.execute(text("SHOW lock_timeout"))).scalar()
    await engine.dispose()
    assert as_busy(waited.value)
    assert shown == "2s"


async def test_a_unit_of_work_that_fails_leaves_nothing(fresh_database: Clone) -> None:
    engine = open_engine(fresh_database.service_url, size=1)
    centre = await new_centre(engine)
    with pytest.raises(SQLAlchemyError):
        await rename(engine, centre.id, before="SELECT 1", after="SELECT 1 / 0")
    async with engine.connect() as connection:
        name = await connection.scalar(
            text("SELECT name FROM centre WHERE id = :id"), {"id": centre.id}
        )
    await engine.dispose()
    assert name == centre.name


async def test_the_text_of_an_error_holds_no_value(fresh_database: Clone) -> None:
    engine = open_engine(fresh_database.service_url, size=1)
    centre = await new_centre(engine)
    row = {"centre_id": centre.id, "id": ids.uuid7(), "subject": "s", "name": "张三", "role": "x"}
    async with engine.connect() as connection:
        with pytest.raises(IntegrityError) as refused:
            await connection.execute(insert(person), row)
    with pytest.raises(asyncpg.CheckViolationError) as refused_hot:
        await _ADD.one(engine, {f"new_{name}": value for name, value in row.items()})
    await engine.dispose()
    for error in (refused, refused_hot):
        told = "".join(traceback.format_exception(error.value))
        assert "ck_person_role" in told
        assert "张三" not in told
    assert constraint_of(refused.value) == constraint_of(refused_hot.value) == "ck_person_role"


async def test_a_hot_statement_knows_its_parameters(fresh_database: Clone) -> None:
    engine = open_engine(fresh_database.service_url, size=1)
    centre = await new_centre(engine)
    row = {"centre_id": centre.id, "id": ids.uuid7(), "subject": "s", "name": "n", "role": "clerk"}
    values = {f"new_{name}": value for name, value in row.items()}
    assert await _ADD.one(engine, values) is None
    with pytest.raises(TypeError, match="new_nothing"):
        await _ADD.one(engine, {**values, "new_nothing": 1})
    async with engine.connect() as connection:
        kept = await connection.scalar(
            text("SELECT role FROM person WHERE centre_id = :id"), {"id": centre.id}
        )
    await engine.dispose()
    assert kept == "clerk"


def test_ids_ascend_and_are_what_rfc_9562_says() -> None:
    made = [ids.uuid7() for _ in range(20_000)]
    assert made == sorted(set(made))
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}
    assert item.c.id.type.python_type is type(made[0])
