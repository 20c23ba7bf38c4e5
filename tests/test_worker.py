"""The worker as a process: it places what is committed, survives a failing job, ends on SIGTERM."""

import asyncio
import json
import os
import signal
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

import app.calendars.load
import app.rulebooks.load
from app import worker
from app.db import reference
from app.db.engine import open_engine
from app.db.outbox import Events
from app.worker import Job, ReferenceAhead
from tests.databases import Clone
from tests.kept import NOON, enter, entry, new_centre

RUN = """
from app.api import logging
from app.settings import read_settings
from app.worker import run
logging.configure()
run(read_settings())
"""


async def test_the_worker_places_entries_until_it_is_told_to_end(
    fresh_database: Clone, tmp_path: Path
) -> None:
    engine = open_engine(fresh_database.service_url, size=2)
    centre = await new_centre(engine)
    environment = {
        **os.environ,
        "DATABASE_URL": fresh_database.service_url,
        "GUIJU_VAR": str(tmp_path),
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", RUN, env=environment)
    try:
        for turn in range(2):
            await enter(engine, entry(centre.id))
            async with asyncio.timeout(30):
                # Another process does it: no event of ours can tell.
                while not await Events(engine).after(centre.id, turn, limit=1):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
    finally:
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            ended = await process.wait()
    await engine.dispose()
    assert ended == 0
    signed = [json.loads(line) for line in (tmp_path / "heads.jsonl").read_text().splitlines()]
    assert [(head["centre"], head["position"]) for head in signed][-1] == (str(centre.id), 2)
    assert (tmp_path / "heads.key").stat().st_mode & 0o777 == 0o600


async def test_a_worker_of_another_release_enters_nothing(fresh_database: Clone) -> None:
    engine = open_engine(fresh_database.service_url, size=1)
    other = replace(app.calendars.load.load(), version="of another release")
    await reference.load(engine, app.rulebooks.load.load(), other)
    with pytest.raises(ReferenceAhead):
        await worker.once(engine, NOON)
    await engine.dispose()


async def test_a_job_that_fails_does_not_end_the_others(fresh_database: Clone) -> None:
    stop, done = asyncio.Event(), 0

    async def fail(_engine: AsyncEngine, _now: datetime) -> int:
        raise LookupError

    async def succeed(_engine: AsyncEngine, _now: datetime) -> int:
        nonlocal done
        done += 1
        if done == 3:
            stop.set()
        return 0

    engine = open_engine(fresh_database.service_url, size=1)
    jobs = (Job("fail", 0.0, 1, fail), Job("succeed", 0.0, 1, succeed))
    async with asyncio.timeout(10):
        await worker.repeat(jobs, engine, stop)
    await engine.dispose()
    assert done == 3
