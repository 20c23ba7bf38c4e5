"""What is in force in the service (现行依据): rulebooks with the days entered beside their texts,
calendars with their special days; changed in any process, seen in each within seconds."""

import asyncio
from typing import Final

from starlette.datastructures import State

import app.calendars.load
import app.rulebooks.load
from app.api.polling import Pace
from app.db import reference
from app.db.errors import Busy
from app.db.repositories import Repositories
from app.db.uow import Connection


class Following:
    """Keeps the rulebooks and calendars of one process at what is in force.

    A look is one row. Where the database is out of reach they stay as they are: no write that is
    computed with them gets through once others are in force.
    """

    pace: Final = Pace(every=2.0, patience=1.5, unread="reference_data_unread")

    def __init__(self, state: State, kept: Repositories) -> None:
        self._state = state
        self._engine = kept.engine
        self._another: str | None = None  # what is in force and cannot be had from our files
        if not hasattr(state, "catching_up"):
            state.catching_up = asyncio.Lock()

    async def refresh(self) -> None:
        """Look once; what was entered is read again only where the version is another one."""
        current = await reference.current(self._engine)
        if current == version_held(self._state):
            self._another = None
        elif current not in {None, self._another}:
            held = reference.Held(self._state.rulebooks, self._state.calendars)
            hold(self._state, await reference.now(self._engine, held))
            # Of another release what was entered is ours too; its files are not.
            self._another = None if version_held(self._state) == current else current


async def catch_up(state: State, kept: Repositories) -> None:
    """Bring this process to what is in force, for a write that was refused. Raises Busy where the
    program has not what is in force."""
    async with state.catching_up:
        current = await reference.current(kept.engine)
        if current == version_held(state):
            return  # somebody else's refused write has brought us there
        held = reference.Held(state.rulebooks, state.calendars)
        found = await reference.now(kept.engine, held)
        if found.version != current:
            files = reference.Held(app.rulebooks.load.load(), app.calendars.load.load())
            found = await reference.now(kept.engine, files)
        if found.version != current:
            raise Busy("本进程的规章或日历版本已过时，请稍后重试。")
        hold(state, found)


def version_held(state: State) -> str:
    """The version of what this process computes with."""
    return reference.version_of(state.rulebooks, state.calendars)


async def in_turn(state: State, connection: Connection) -> reference.Held:
    """Take one's turn to change what is in force, and what that is now. Raises Busy where this
    process cannot have it."""
    await reference.turn(connection)
    held = reference.Held(state.rulebooks, state.calendars)
    found = await reference.now_in(connection, held)
    if found.version != await reference.current_in(connection):
        raise Busy("本进程的规章或日历版本已过时，请稍后重试。")
    return found


def hold(state: State, found: reference.Held) -> None:
    """Compute with this from here on."""
    state.rulebooks, state.calendars = found
