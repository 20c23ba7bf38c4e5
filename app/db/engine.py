"""Engine (连接): the pool of connections, and statements compiled once for the driver."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg
from sqlalchemy import Executable, event
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.sql.compiler import SQLCompiler

from app.db.lanes import Lane, keep_lanes

LOCK_TIMEOUT_MS: Final = 2_000
STATEMENT_TIMEOUT_MS: Final = 10_000
_DIALECT: Final = dialect()  # type: ignore[no-untyped-call]


def open_engine(url: str, *, size: int = 10, wait: float = 5.0) -> AsyncEngine:
    """The engine of one process: each statement is its own transaction unless `transaction` is
    used, and nobody waits long for a lock, for a connection or for a runaway statement."""
    engine = create_async_engine(
        url,
        pool_size=size,
        max_overflow=0,
        pool_timeout=wait,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,  # an error's text must not carry what people sent
        connect_args={
            "timeout": wait,
            "server_settings": {
                "application_name": "guiju",
                "lock_timeout": str(LOCK_TIMEOUT_MS),
                "statement_timeout": str(STATEMENT_TIMEOUT_MS),
                "idle_in_transaction_session_timeout": str(STATEMENT_TIMEOUT_MS),
                "timezone": "UTC",
            },
        },
    )
    keep_lanes(engine, size=size, wait=wait)
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    event.listen(engine.sync_engine, "handle_error", _forget_values)
    return engine


def _refuse_closed(connection: Any, _record: object, _proxy: object) -> None:
    """Let the pool replace a connection that the server has ended: no round trip is needed to see
    it. Any: the adapter of the driver is typed as whatever DBAPI there is."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _forget_values(context: ExceptionContext) -> None:
    """PostgreSQL repeats the row that it refuses: it must not reach a log or a problem."""
    for error in (context.sqlalchemy_exception, context.original_exception):
        if error is not None and error.args:
            error.args = (str(error.args[0]).split("\n", 1)[0],)
    _forget_row(context.original_exception.__cause__)


def _forget_row(error: BaseException | None) -> None:
    if isinstance(error, asyncpg.PostgresError):
        error.detail = None


def constraint_of(error: BaseException | None) -> str | None:
    """The name of the constraint that stands against a write, however deep it is wrapped."""
    while error is not None:
        if isinstance(error, asyncpg.PostgresError):
            return str(error.constraint_name)
        error = getattr(error, "orig", None) or error.__cause__
    return None


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """One unit of work under READ COMMITTED, committed when the block ends without an error."""
    async with engine.execution_options(isolation_level="READ COMMITTED").begin() as connection:
        yield connection


@dataclass(frozen=True, slots=True)
class Hot:
    """A Core statement compiled once, at import. JSON goes in as text and comes back as values."""

    statement: Executable
    sql: str = field(init=False)
    names: tuple[str, ...] = field(init=False)
    fixed: Mapping[str, Any] = field(init=False)  # Any: the values written into the statement

    def __post_init__(self) -> None:
        # `Executable` does not say that it compiles; every statement made with Core does.
        compiled: SQLCompiler = self.statement.compile(dialect=_DIALECT)  # type: ignore[attr-defined]
        object.__setattr__(self, "sql", compiled.string)
        object.__setattr__(self, "names", tuple(compiled.positiontup or ()))
        object.__setattr__(self, "fixed", compiled.params)

    def arguments(self, values: Mapping[str, Any]) -> Sequence[Any]:
        """The values in the order of the statement; a name that it does not know is an error."""
        given = {**self.fixed, **values}
        if len(given) > len(self.fixed):
            unknown = ", ".join(sorted(given.keys() - self.fixed.keys()))
            raise TypeError(f"the statement has no parameter {unknown}")
        return list(map(given.__getitem__, self.names))

    async def one(self, engine: AsyncEngine, values: Mapping[str, Any]) -> asyncpg.Record | None:
        """The first row, in one round trip."""
        async with Lane(engine) as connection:
            return await connection.fetchrow(self.sql, *self.arguments(values))

    async def all(self, engine: AsyncEngine, values: Mapping[str, Any]) -> list[asyncpg.Record]:
        """All rows, in one round trip."""
        async with Lane(engine) as connection:
            rows: list[asyncpg.Record] = await connection.fetch(self.sql, *self.arguments(values))
            return rows
