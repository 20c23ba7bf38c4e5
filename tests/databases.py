"""Databases for tests: one server a run, one template built by the migrations, a clone a caller."""

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import make_url

from app.db import embedded, migrate

FOLDER = "GUIJU_TEST_FOLDER"  # set by the first process of a run for all its workers
SERVER = "GUIJU_TEST_DATABASE_URL"  # a superuser's address that replaces the embedded server
PREFIX = "guiju-test-"
PASSWORD = "guiju-test"
BUILDING = 4_774_313_520_116
T = TypeVar("T")


@dataclass(frozen=True)
class Clone:
    """A database of one's own, as the service and as the owner of the schema."""

    name: str
    service_url: str
    owner_url: str
    superuser_url: str


@dataclass(frozen=True)
class Server:
    """Where this run has its databases, reached as the superuser."""

    url: str
    run: str

    def clone(self, name: str) -> Clone:
        """A copy of the migrated template; it takes some tens of milliseconds."""
        database = f"guiju_{self.run}_{name}"
        finished(
            _execute(
                self.url,
                f'CREATE DATABASE "{database}" TEMPLATE "{self.template}" OWNER guiju_owner',
            )
        )
        return self._reached(database)

    def drop(self, clone: Clone) -> None:
        finished(_execute(self.url, f'DROP DATABASE "{clone.name}" WITH (FORCE)'))

    @property
    def template(self) -> str:
        return f"guiju_{self.run}_template"

    def ensure_template(self) -> None:
        """Let whichever worker is first build the template by the migrations."""
        finished(self._ensure_template())

    def forget(self) -> None:
        """Drop all databases of this run, on a server that outlives it."""
        finished(self._forget())

    async def _ensure_template(self) -> None:
        connection = await _connect(self.url)
        try:
            await connection.execute("SELECT pg_advisory_lock($1)", BUILDING)
            await connection.execute(ROLES)
            known = "SELECT datname FROM pg_database WHERE datname = $1"
            if await connection.fetchval(known, self.template) is None:
                unfinished = self._reached(f"{self.template}_unfinished")
                await connection.execute(f'DROP DATABASE IF EXISTS "{unfinished.name}"')
                await connection.execute(f'CREATE DATABASE "{unfinished.name}" OWNER guiju_owner')
                await migrate.upgrade(unfinished.owner_url)
                await connection.execute(
                    f'ALTER DATABASE "{unfinished.name}" RENAME TO "{self.template}"'
                )
        finally:
            await connection.close()

    async def _forget(self) -> None:
        connection = await _connect(self.url)
        ours = "SELECT datname FROM pg_database WHERE starts_with(datname, $1)"
        for row in await connection.fetch(ours, f"guiju_{self.run}_"):
            await connection.execute(f'DROP DATABASE "{row["datname"]}" WITH (FORCE)')
        await connection.close()

    def _reached(self, database: str) -> Clone:
        url = make_url(self.url).set(database=database)

        def reached_as(role: str) -> str:
            own = url.set(username=role, password=PASSWORD)
            return own.render_as_string(hide_password=False)

        return Clone(
            database,
            reached_as("guiju_app"),
            reached_as("guiju_owner"),
            url.render_as_string(hide_password=False),
        )


# Trials lose nothing when the machine dies: no commit waits for the disk.
QUICK = ("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
ROLES = f"""
DO $$ BEGIN
  IF to_regrole('guiju_owner') IS NULL THEN CREATE ROLE guiju_owner CREATEROLE; END IF;
  IF to_regrole('guiju_service') IS NULL THEN
    CREATE ROLE guiju_service NOLOGIN ADMIN guiju_owner;
  END IF;
  IF to_regrole('guiju_app') IS NULL THEN CREATE ROLE guiju_app IN ROLE guiju_service; END IF;
  ALTER ROLE guiju_owner LOGIN PASSWORD '{PASSWORD}';
  ALTER ROLE guiju_app LOGIN PASSWORD '{PASSWORD}';
END $$
"""


@contextlib.contextmanager
def served() -> Iterator[Server]:
    """The server of this run: the one given, or an embedded one that all workers share."""
    folder = Path(os.environ[FOLDER])
    run = folder.name.removeprefix(PREFIX)
    if given := os.environ.get(SERVER):
        yield Server(
            make_url(given).set(drivername="postgresql+asyncpg").render_as_string(False), run
        )
        return
    running = embedded.start(folder)
    for statement in QUICK:
        finished(_execute(running.superuser_url, statement))
    try:
        yield Server(running.superuser_url, run)
    finally:
        running.stop()


def begin_run() -> None:
    """Name this run's folder for the workers to come, and clear what killed runs left behind."""
    base = Path(tempfile.gettempdir())
    for left in base.glob(f"{PREFIX}*"):
        if not Path(f"/proc/{left.name.removeprefix(PREFIX)}").exists():
            _clear(left)
    os.environ[FOLDER] = str(base / f"{PREFIX}{os.getpid()}")


def end_run() -> None:
    """Leave nothing of this run: no database, no server, no folder."""
    folder = Path(os.environ.pop(FOLDER))
    if given := os.environ.get(SERVER):
        Server(given, folder.name.removeprefix(PREFIX)).forget()
    _clear(folder)


def _clear(folder: Path) -> None:
    if (folder / "postgres" / "postmaster.pid").exists():
        embedded.start(folder).stop()
    shutil.rmtree(folder, ignore_errors=True)


def finished(work: Coroutine[Any, Any, T]) -> T:  # Any: what a coroutine is sent
    """Run it to its end beside whatever event loop the tests have."""
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, work).result()


async def _execute(url: str, statement: str) -> None:
    connection = await _connect(url)
    await connection.execute(statement)
    await connection.close()


async def _connect(url: str) -> Any:  # Any: asyncpg has no types
    parts = make_url(url).translate_connect_args(username="user")
    query = make_url(url).query
    return await asyncpg.connect(**{**parts, **query})
