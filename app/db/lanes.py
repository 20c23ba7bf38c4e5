"""Lanes (直达连接): connections that hot statements keep in hand instead of fetching each time."""

import asyncio
from types import TracebackType
from typing import Final
from weakref import WeakKeyDictionary

import asyncpg
from sqlalchemy import Engine, event
from sqlalchemy.exc import TimeoutError as PoolTimedOut
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.util import greenlet_spawn

LEFT_TO_OTHERS: Final = 2  # connections of a pool that no lane ever keeps


class Lanes:
    """The connections that the hot statements of one engine share, the one used last first."""

    __slots__ = ("_engine", "_idle", "_keeps", "_turns", "_wait")

    def __init__(self, engine: Engine, size: int, wait: float) -> None:
        self._engine = engine
        self._wait = wait
        self._keeps = size > LEFT_TO_OTHERS
        self._turns = asyncio.Semaphore(max(size - LEFT_TO_OTHERS, 1))
        self._idle: list[PoolProxiedConnection] = []

    async def take(self) -> PoolProxiedConnection:
        """A connection in hand, or a new one of the pool. Raises TimeoutError as the pool does."""
        await self._turn()
        try:
            while self._idle:
                lane = self._idle.pop()
                if not _ended(lane):
                    return lane
                lane.invalidate()
            return await greenlet_spawn(self._engine.raw_connection)
        except BaseException:
            self._turns.release()
            raise

    async def _turn(self) -> None:
        if not self._turns.locked():
            await self._turns.acquire()  # at once: nobody is before us
            return
        try:
            async with asyncio.timeout(self._wait):
                await self._turns.acquire()
        except TimeoutError:
            raise PoolTimedOut(f"no connection became free within {self._wait:g} s") from None

    async def give(self, lane: PoolProxiedConnection) -> None:
        """Keep it in hand; a pool of one or two connections gets it back."""
        try:
            if _ended(lane):
                lane.invalidate()
            elif self._keeps:
                self._idle.append(lane)
            else:
                await greenlet_spawn(lane.close)
        finally:
            self._turns.release()

    def end(self, _engine: Engine) -> None:
        """Close what lies idle; called when the engine is disposed of."""
        while self._idle:
            self._idle.pop().invalidate()


_LANES: Final[WeakKeyDictionary[Engine, Lanes]] = WeakKeyDictionary()


def keep_lanes(engine: AsyncEngine, *, size: int, wait: float) -> None:
    """Let the hot statements of this engine keep connections of its pool of that size."""
    lanes = Lanes(engine.sync_engine, size, wait)
    _LANES[engine.sync_engine] = lanes
    event.listen(engine.sync_engine, "engine_disposed", lanes.end)


class Lane:
    """`async with Lane(engine) as connection`: the driver's own connection, for one statement."""

    __slots__ = ("_lane", "_lanes")

    def __init__(self, engine: AsyncEngine) -> None:
        self._lanes = _LANES[engine.sync_engine]

    async def __aenter__(self) -> asyncpg.Connection:
        self._lane = await self._lanes.take()
        return self._lane.driver_connection

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if isinstance(error, asyncpg.PostgresError):
            error.detail = None  # PostgreSQL repeats the row that it refuses
        await self._lanes.give(self._lane)


def _ended(lane: PoolProxiedConnection) -> bool:
    own: asyncpg.Connection = lane.driver_connection
    return bool(own.is_closed())
