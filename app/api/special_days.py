"""Special days in the service (特别日): entered in any process, seen in each within seconds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog
from starlette.datastructures import State

import app.calendars.load
import app.rulebooks.load
from app.db import reference
from app.db.errors import Busy
from app.db.repositories import Repositories

EVERY: Final = 2.0  # seconds between two looks; no request ever waits for one
PATIENCE: Final = 1.5  # seconds


class Following:
    """Keeps the calendars of one process at what is in force.

    A look is one row. Where the database is out of reach the calendars stay as they are: no write
    that is computed with them gets through once others are in force.
    """

    def __init__(self, state: State, kept: Repositories) -> None:
        self._state = state
        self._engine = kept.engine
        self._another: str | None = None  # what is in force and cannot be had from our files

    async def refresh(self) -> None:
        """Look once; the days are read again only where the version is another one."""
        current = await reference.current(self._engine)
        if current == _version(self._state):
            self._another = None
        elif current not in {None, self._another}:
            held = self._state.calendars
            self._state.calendars = await reference.calendars_now(self._engine, held)
            # Of another release the days are ours too; its files are not.
            self._another = None if _version(self._state) == current else current

    async def attempt(self) -> None:
        """Look once, and take trouble for a reason to look again later, not to end."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self.refresh()
        except Exception as failed:
            structlog.get_logger().warning("special_days_unread", error=type(failed).__name__)

    async def repeat(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            await self.attempt()


@asynccontextmanager
async def followed(state: State, kept: Repositories) -> AsyncIterator[None]:
    """Look before the first request, and then again and again until the block ends."""
    state.catching_up = asyncio.Lock()
    following = Following(state, kept)
    await following.attempt()
    task = asyncio.create_task(following.repeat())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def catch_up(state: State, kept: Repositories) -> None:
    """Bring this process to what is in force, for a write that was refused. Raises Busy where the
    program has not what is in force."""
    async with state.catching_up:
        current = await reference.current(kept.engine)
        if current == _version(state):
            return  # somebody else's refused write has brought us there
        books = state.rulebooks
        days = await reference.calendars_now(kept.engine, state.calendars)
        if reference.version_of(books, days) != current:
            books = app.rulebooks.load.load()
            days = await reference.calendars_now(kept.engine, app.calendars.load.load())
        if reference.version_of(books, days) != current:
            raise Busy("本进程的规章或日历版本已过时，请稍后重试。")
        state.rulebooks, state.calendars = books, days


def _version(state: State) -> str:
    return reference.version_of(state.rulebooks, state.calendars)
