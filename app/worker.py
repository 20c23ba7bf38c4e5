"""Background jobs (后台任务): the ledger's order and its signed heads, deemed acceptances, changed
days, old answers."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

import app.calendars.load
import app.rulebooks.load
from app.api.keys import private_file
from app.calendars.load import Calendars
from app.db import calendar_changes, idempotency, reference, sequencer
from app.db.case_rows import Writing
from app.db.engine import open_engine
from app.db.errors import as_busy
from app.db.heads import Witness, new_key
from app.db.recomputation import Change, Reckoning, Tally
from app.db.sweep import sweep
from app.domain.day import SHANGHAI
from app.domain.rulebook import Rulebooks
from app.settings import Settings

CONNECTIONS: Final = 5  # one per job
SWEPT_AT_ONCE: Final = 500
AFTER_FAILURE: Final = 5.0  # seconds
SIGNED_EVERY: Final = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Job:
    """`step` does what is due at a moment and says how much that was; `full` of it means that
    more is waiting and nobody pauses."""

    name: str
    every: float  # seconds
    full: int
    step: Callable[[AsyncEngine, datetime], Awaitable[int]]


async def _sequence(engine: AsyncEngine, _now: datetime) -> int:
    return await sequencer.sequence(engine)


async def _sweep(engine: AsyncEngine, now: datetime) -> int:
    books, days = await _in_force(engine)
    return await sweep(engine, now, books, days, most=SWEPT_AT_ONCE)


async def _settle(engine: AsyncEngine, now: datetime) -> int:
    changes = await calendar_changes.ripe(engine)
    for change in changes:
        await settle(engine, change, now)
    return len(changes)


JOBS: Final[tuple[Job, ...]] = (
    Job("sequence", 0.25, sequencer.BATCH, _sequence),
    # A case that cannot be judged is found again and again: the sweep always pauses.
    Job("sweep", 3.0, SWEPT_AT_ONCE + 1, _sweep),
    Job("settle", 5.0, 1_000_000, _settle),
    Job("purge", 60.0, idempotency.PURGED_AT_ONCE, idempotency.purge),
)


def signing(settings: Settings) -> Job:
    """The job that signs the heads of the chains, into the file that the settings name."""
    key = partial(private_file, settings.head_key, new_key)
    witness = Witness(settings.heads, key)
    return Job("heads", SIGNED_EVERY, 1_000_000, witness.sign)


class ReferenceAhead(Exception):
    """The database was loaded by another release of this program: what we computed with this one
    would be void."""


_HELD: Final[dict[str, tuple[Rulebooks, Calendars]]] = {}
"""What is in force, under its version: one at most."""


async def _in_force(engine: AsyncEngine) -> tuple[Rulebooks, Calendars]:
    """What the database says is in force, read from our files and what was entered beside them once
    more if it has changed."""
    current = await reference.current(engine)
    if current is None or current not in _HELD:
        files = reference.Held(app.rulebooks.load.load(), app.calendars.load.load())
        found = await reference.now(engine, files)
        if found.version != current:
            raise ReferenceAhead("the rulebooks and calendars of this release are not in force")
        _HELD.clear()
        _HELD[current] = found
    return _HELD[current]


async def settle(engine: AsyncEngine, change: Change, now: datetime) -> Tally:
    """Finish a change of the calendar that no late write can escape any more."""
    books, days = await _in_force(engine)
    writing = Writing(
        actor="system",
        client="worker",
        request_id="",
        recorded_at=now,
        reference_version=reference.version_of(books, days),
    )
    by = Reckoning(books=books, calendars=days, writing=writing)
    return await calendar_changes.settle(engine, change, by)


def run(settings: Settings) -> None:
    """Do the jobs until SIGTERM; `settings` name a database whose schema is at head."""
    if settings.database_url is None:
        raise ValueError("the worker needs the address of a database")
    asyncio.run(_work(settings.database_url.get_secret_value(), signing(settings)))


async def once(engine: AsyncEngine, now: datetime, jobs: Sequence[Job] = JOBS) -> dict[str, int]:
    """Each job once, one after the other: what tests and repairs need."""
    return {job.name: await job.step(engine, now) for job in jobs}


async def _work(url: str, heads: Job) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    engine = open_engine(url, size=CONNECTIONS)
    try:
        await repeat((*JOBS, heads), engine, stop)
    finally:
        await _attempt(heads, engine)  # what was chained since is signed before we go
        await engine.dispose()


async def repeat(jobs: Sequence[Job], engine: AsyncEngine, stop: asyncio.Event) -> None:
    """Do the jobs beside one another, each in its own rhythm, until told to stop."""
    await asyncio.gather(*(_repeat(job, engine, stop) for job in jobs))


async def _repeat(job: Job, engine: AsyncEngine, stop: asyncio.Event) -> None:
    while not stop.is_set():
        pause = await _attempt(job, engine)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)


async def _attempt(job: Job, engine: AsyncEngine) -> float:
    """Seconds until the next turn. A job that fails must not take the others with it."""
    log = structlog.get_logger()
    try:
        done = await job.step(engine, datetime.now(SHANGHAI))
    except Exception as failed:
        if as_busy(failed):
            log.warning("job_postponed", job=job.name)
        else:
            log.exception("job_failed", job=job.name)
        return AFTER_FAILURE
    return 0.0 if done >= job.full else job.every
