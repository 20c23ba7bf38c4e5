"""Rights: the service's role can add to the ledger and can change nothing that is in it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db import sequencer
from tests.kept import enter, entry, new_centre

DENIED = "42501"
KEPT_FOR_EVER = ("ledger", "ledger_chain")
CHANGED_WHOLE = {
    "case_number",
    "cases",
    "centre",
    "idempotency",
    "item",
    "official_text",
    "outbox",
    "person",
    "reference_edition",
    "reference_version",
}


async def refused(engine: AsyncEngine, statement: str) -> str:
    """The reason for which PostgreSQL refuses the statement."""
    async with engine.connect() as connection:
        with pytest.raises(ProgrammingError) as no:
            await connection.execute(text(statement))
    return str(getattr(no.value.orig, "sqlstate", ""))


@pytest.mark.parametrize("table", KEPT_FOR_EVER)
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE {} SET hash = decode(repeat('00', 32), 'hex')",
        "DELETE FROM {}",
        "TRUNCATE {}",
        "ALTER TABLE {} ADD COLUMN more text",
        "DROP TABLE {}",
    ],
    ids=lambda change: change.split()[0].lower(),
)
async def test_the_service_cannot_change_what_is_kept_for_ever(
    engine: AsyncEngine, table: str, change: str
) -> None:
    centre = await new_centre(engine)
    await enter(engine, entry(centre.id))
    await sequencer.sequence(engine)
    assert await refused(engine, change.format(table)) == DENIED


@pytest.mark.parametrize("change", ["UPDATE {} SET number = 9", "DELETE FROM {}", "TRUNCATE {}"])
async def test_the_service_cannot_reach_a_partition_past_the_ledger(
    engine: AsyncEngine, owner: AsyncEngine, change: str
) -> None:
    parts = text(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'ledger'::regclass"
    )
    async with owner.connect() as connection:
        partitions = (await connection.execute(parts)).scalars().all()
    assert len(partitions) > 24
    for partition in partitions:
        assert await refused(engine, change.format(partition)) == DENIED


async def test_no_table_can_be_truncated_and_only_answers_and_texts_can_be_deleted(
    engine: AsyncEngine,
) -> None:
    rights = text("""
        SELECT c.relname AS name,
               has_table_privilege(c.oid, 'TRUNCATE') AS truncate,
               has_table_privilege(c.oid, 'DELETE') AS delete,
               has_table_privilege(c.oid, 'UPDATE') AS change,
               has_any_column_privilege(c.oid, 'UPDATE') AS anything
          FROM pg_class c WHERE c.relkind IN ('r', 'p')
           AND c.relnamespace = 'public'::regnamespace
    """)
    async with engine.connect() as connection:
        rows = (await connection.execute(rights)).all()
    assert len(rows) > 10
    assert not [row.name for row in rows if row.truncate]
    assert {row.name for row in rows if row.delete} == {"idempotency", "official_text"}
    # Of all others the service changes some columns, or nothing.
    assert {row.name for row in rows if row.change} == CHANGED_WHOLE
    assert {*KEPT_FOR_EVER, "alembic_version"} <= {row.name for row in rows if not row.anything}


async def test_the_service_may_read_the_revision_and_make_no_table(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT version_num FROM alembic_version"))).one()
    assert await refused(engine, "CREATE TABLE mine (id int)") == DENIED
