"""Migrations: up, down and up again; what they build is what the code describes."""

import asyncio
import importlib
import pkgutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

import app.db
from app.db import migrate, schema_check
from app.db.base import metadata
from app.db.engine import open_engine, transaction
from tests.databases import Clone

FOLDER = Path(__file__).parents[2] / "migrations"
# What `alembic check` does not compare: CHECKs, the predicates of indexes, the order of columns.
CATALOGUE = text("""
SELECT relation, name, said FROM (
    SELECT conrelid AS relation, conname::text AS name, pg_get_constraintdef(oid) AS said
      FROM pg_constraint
    UNION ALL
    SELECT indrelid, indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    UNION ALL
    SELECT attrelid, attname::text,
           concat_ws(' ', attnum, format_type(atttypid, atttypmod), attnotnull,
                     pg_get_expr(adbin, adrelid))
      FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
     WHERE attnum > 0
    UNION ALL
    SELECT partrelid, 'partitioned by', pg_get_partkeydef(partrelid) FROM pg_partitioned_table
) AS everything JOIN pg_class ON pg_class.oid = relation
 WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
   AND relname <> 'alembic_version'
 ORDER BY relname, name, said
""")


# Two changes of the statutory limit and one after them; then one that was only proposed, and one.
CHANGED_BEFORE_0017 = (
    """
INSERT INTO centre (id, code, name, level, region, regulation, national)
VALUES ('00000000-0000-0000-0000-000000000001', 'centre-one', '中心', 'county', '360100', 'tianya',
        false)
""",
    """
INSERT INTO item (centre_id, id, name, kind, statutory_days, licence, exclusions_in_guide)
SELECT id, ('00000000-0000-0000-0000-00000000000' || number)::uuid, '事项', 'promised', days, false,
       '{}'
  FROM centre, (VALUES (1, 20), (2, 15)) AS each (number, days)
""",
    """
INSERT INTO item_change (centre_id, id, item_id, kind, stage, version, proposal, reason,
                         submitted_by, submitted_on, done, before, ended_on)
SELECT item.centre_id, ('00000000-0000-0000-0000-00000000000' || number)::uuid, item.id, 'change',
       each.stage, 1, proposal::jsonb, '梳理', 'x', '2025-10-09', '[]',
       CASE each.stage WHEN 'implemented' THEN '{"kind": "promised", "flow_steps": 0}'::jsonb END,
       '2025-10-09'
  FROM item, (VALUES (1, 1, 'implemented', '{"statutory_days": 30}'),
                     (2, 1, 'implemented', '{"statutory_days": 20}'),
                     (3, 1, 'implemented', '{"promised_days": 5, "statutory_days": null}'),
                     (4, 2, 'rejected', '{"statutory_days": 9}'),
                     (5, 2, 'implemented', '{"promised_days": 5}'))
             AS each (number, of, stage, proposal)
 WHERE item.id = ('00000000-0000-0000-0000-00000000000' || each.of)::uuid
""",
)


@asynccontextmanager
async def owner_of(database: Clone) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(database.owner_url, size=1)
    yield engine
    await engine.dispose()


async def catalogue(database: Clone) -> list[tuple[str, str]]:
    """Every column, constraint and index of ours, as PostgreSQL says it."""
    async with owner_of(database) as engine, engine.connect() as connection:
        return [(row.name, row.said) for row in await connection.execute(CATALOGUE)]


async def test_down_leaves_nothing_and_up_again_builds_the_same(fresh_database: Clone) -> None:
    built = await catalogue(fresh_database)
    assert len(built) > 100
    await migrate.downgrade(fresh_database.owner_url, "base")
    assert await catalogue(fresh_database) == []
    assert await migrate.current(fresh_database.owner_url) is None
    await migrate.upgrade(fresh_database.owner_url)
    assert await catalogue(fresh_database) == built


async def test_a_statutory_limit_that_was_not_kept_is_known_where_no_change_has_touched_it(
    fresh_database: Clone,
) -> None:
    await migrate.downgrade(fresh_database.owner_url, "0016")
    async with owner_of(fresh_database) as engine, transaction(engine) as connection:
        for statement in CHANGED_BEFORE_0017:
            await connection.execute(text(statement))
    await migrate.upgrade(fresh_database.owner_url)
    said = text("SELECT before ->> 'statutory_days' FROM item_change ORDER BY item_id, id")
    async with owner_of(fresh_database) as engine, engine.connect() as connection:
        assert [*(await connection.execute(said)).scalars()] == [None, None, "20", None, "15"]


async def test_ten_that_start_together_migrate_once(fresh_database: Clone) -> None:
    await migrate.downgrade(fresh_database.owner_url, "base")
    await asyncio.gather(*(migrate.upgrade(fresh_database.owner_url) for _ in range(10)))
    assert await migrate.current(fresh_database.owner_url) == migrate.head()


async def test_the_tables_that_the_code_describes_are_those_of_the_migrations(
    fresh_database: Clone,
) -> None:
    migrated = await catalogue(fresh_database)
    await migrate.downgrade(fresh_database.owner_url, "base")
    for module in pkgutil.iter_modules(app.db.__path__, "app.db."):
        importlib.import_module(module.name)
    async with owner_of(fresh_database) as engine, transaction(engine) as connection:
        await connection.run_sync(metadata.create_all)
    assert await catalogue(fresh_database) == migrated


async def test_alembic_finds_nothing_to_add(fresh_database: Clone) -> None:
    async with migrate.connected(fresh_database.owner_url) as connection:
        config = Config(attributes={"connection": None})
        config.set_main_option("script_location", str(FOLDER))

        def check(sync: object) -> None:
            config.attributes["connection"] = sync
            command.check(config)

        await connection.run_sync(check)


async def test_the_program_serves_only_a_schema_at_head(fresh_database: Clone) -> None:
    service = open_engine(fresh_database.service_url, size=1)
    assert await schema_check.at_head(service)
    await migrate.downgrade(fresh_database.owner_url, "base")
    assert not await schema_check.at_head(service)
    async with owner_of(fresh_database) as engine, transaction(engine) as connection:
        await connection.execute(text("DROP TABLE alembic_version"))
    assert not await schema_check.at_head(service)
    await service.dispose()


async def test_a_change_does_not_wait_long_behind_a_reader(
    fresh_database: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "ATTEMPTS", 1)
    async with owner_of(fresh_database) as engine, transaction(engine) as connection:
        await connection.execute(text("SELECT count(*) FROM idempotency"))
        with pytest.raises(migrate.SchemaRefused):
            await migrate.downgrade(fresh_database.owner_url, "base")
    # What is above the revision that is held up was undone in transactions of its own.
    assert await migrate.current(fresh_database.owner_url) == "0001"
