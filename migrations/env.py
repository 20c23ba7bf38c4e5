"""How Alembic meets the database: on the caller's connection, or on one of its own as the owner."""

import asyncio
import importlib
import pkgutil

from alembic import context
from sqlalchemy import Connection

import app.db
from app.db.base import metadata
from app.db.migrate import connected
from app.settings import read_settings


def run(connection: Connection) -> None:
    """Run each revision in a transaction of its own, so that a retry goes on where one failed."""
    for module in pkgutil.iter_modules(app.db.__path__, "app.db."):
        importlib.import_module(module.name)  # the tables register themselves
    context.configure(
        connection=connection,
        target_metadata=metadata,
        transaction_per_migration=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_alone() -> None:
    """The `alembic` command itself: nobody has handed us a connection."""
    settings = read_settings()
    url = settings.migration_url or settings.database_url
    if url is None:
        raise SystemExit("GUIJU_MIGRATION_URL or DATABASE_URL: needed to reach the database")
    async with connected(url.get_secret_value()) as connection:
        await connection.run_sync(run)


if (given := context.config.attributes.get("connection")) is not None:
    run(given)
else:
    asyncio.run(run_alone())
