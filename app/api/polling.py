"""Polling (轮询): what a process holds in memory follows the database; no request waits for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

import structlog


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds between two looks, and for how many a look may take; `unread` is what the log says
    of one that failed."""

    every: float
    patience: float
    unread: str


class Follower(Protocol):
    """What looks once, and changes what is held where it finds something else."""

    @property
    def pace(self) -> Pace: ...

    async def refresh(self) -> None: ...


async def attempt(follower: Follower) -> None:
    """Look once, and take trouble for a reason to look again later, not to end."""
    pace = follower.pace
    try:
        async with asyncio.timeout(pace.patience):
            await follower.refresh()
    except Exception as failed:
        structlog.get_logger().warning(pace.unread, error=type(failed).__name__)


@asynccontextmanager
async def following(*followers: Follower) -> AsyncIterator[None]:
    """Let each look before the first request, and then again and again until the block ends."""
    for each in followers:
        await attempt(each)
    tasks = [asyncio.create_task(_repeat(each)) for each in followers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def _repeat(follower: Follower) -> None:
    while True:
        await asyncio.sleep(follower.pace.every)
        await attempt(follower)
