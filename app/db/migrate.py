"""The schema's way up and down, walked by one process at a time however many start together."""

import asyncio
import importlib.resources
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from app.db import partitions

LOCK = 4_774_313_520_115  # any number will do, if every release keeps to it
TURN_PATIENCE = 600.0  # seconds that we wait for another process to finish migrating
LOCK_TIMEOUT_MS = 1000  # a change that waits longer would hold up everybody behind it
ATTEMPTS = 10
LOCK_NOT_AVAILABLE = "55P03"


class SchemaRefused(Exception):
    """The schema cannot be brought to, or is not at, the revision asked for; one line says why."""


async def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema up to the revision, as the owner; the newest with the ledger's months."""
    async with _turn(url) as connection:
        await _patiently(connection, lambda config: command.upgrade(config, revision))
        if revision == "head":
            await partitions.ensure(connection)
            await connection.commit()


async def downgrade(url: str, revision: str) -> None:
    """Take the schema down to the revision: "base" leaves nothing of ours, "-1" undoes one."""
    async with _turn(url) as connection:
        await _patiently(connection, lambda config: command.downgrade(config, revision))


async def current(url: str) -> str | None:
    """The revision that the database is at; None before the first."""
    async with connected(url) as connection:
        return await connection.run_sync(_revision)


def head() -> str | None:
    """The newest revision of this program; None while there is none."""
    return ScriptDirectory.from_config(_config()).get_current_head()


async def require_head(url: str) -> None:
    """Raise SchemaRefused unless the schema is the one that this program was written for."""
    found, wanted = await current(url), head()
    if found != wanted:
        raise SchemaRefused(
            f"the schema is at {found or 'nothing'} and must be at {wanted or 'nothing'}; set "
            "GUIJU_MIGRATION_URL to migrate, or run `guiju db upgrade` as the owner"
        )


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[AsyncConnection]:
    """One connection that gives up waiting for a lock soon."""
    engine = create_async_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"server_settings": {"lock_timeout": str(LOCK_TIMEOUT_MS)}},
    )
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()


@asynccontextmanager
async def _turn(url: str) -> AsyncIterator[AsyncConnection]:
    """Have the schema to ourselves among all that migrate, on a second connection's lock.

    Asking again and again instead of waiting inside PostgreSQL: a waiting statement would hold a
    snapshot, which CREATE INDEX CONCURRENTLY of the one at work waits for in its turn.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + TURN_PATIENCE
    async with connected(url) as guard:
        _ = await guard.execution_options(isolation_level="AUTOCOMMIT")
        while not await guard.scalar(text(f"SELECT pg_try_advisory_lock({LOCK})")):
            if loop.time() > until:
                raise SchemaRefused("another process has been migrating for ten minutes")
            await asyncio.sleep(0.1)
        async with connected(url) as connection:
            yield connection


async def _patiently(connection: AsyncConnection, step: Callable[[Config], None]) -> None:
    """Take the step, again if a table is busy: revisions done already are not repeated."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            await connection.run_sync(lambda sync: step(_config(sync)))
            await connection.commit()
        except DBAPIError as refused:
            await connection.rollback()
            if getattr(refused.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
                raise
            if attempt == ATTEMPTS:
                raise SchemaRefused("a table stays locked by others; try again later") from None
            await asyncio.sleep(1)
        except CommandError as refused:
            raise SchemaRefused(str(refused)) from None
        else:
            return


def _config(connection: Connection | None = None) -> Config:
    """Alembic's settings without a file: the folder lies where the package was installed."""
    config = Config(attributes={"connection": connection})
    folder = str(importlib.resources.files("migrations"))
    config.set_main_option("script_location", folder.replace("%", "%%"))
    return config


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
