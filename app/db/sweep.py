"""The sweep (视为受理补记): what silence has accepted is entered in the ledger, once per case."""

from datetime import datetime
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from app.calendars.load import Calendars
from app.db import reference
from app.db.case_rows import Writing
from app.db.cases import enter_silence, silent
from app.domain.casework.case import Case
from app.domain.casework.case_clock import deadlines
from app.domain.casework.weighing import enter_silence as weigh_silence
from app.domain.day import local_day
from app.domain.errors import DomainError
from app.domain.law_of_case import law_of
from app.domain.rulebook import Rulebooks

BATCH: Final = 200


async def sweep(
    engine: AsyncEngine, now: datetime, books: Rulebooks, calendars: Calendars, *, most: int = BATCH
) -> int:
    """Enter at most so many acceptances by silence, and say how many were looked at.

    Somebody who acts at the same time wins: the act enters the acceptance itself. A case that
    cannot be judged is left for people and named in the log.
    """
    found = await silent(engine, now, most=most)
    writing = Writing(
        actor="system",
        client="worker",
        request_id="",
        recorded_at=now,
        reference_version=reference.version_of(books, calendars),
    )
    for case in found:
        try:
            await _enter(engine, case, books, calendars, writing)
        except DomainError as refused:
            structlog.get_logger().warning(
                "silence_not_entered", case=str(case.id), code=refused.slug
            )
    return len(found)


async def _enter(
    engine: AsyncEngine, case: Case, books: Rulebooks, calendars: Calendars, writing: Writing
) -> None:
    now = writing.recorded_at
    law = law_of(
        case.under,
        books,
        calendars.of(case.under.calendar),
        received_on=local_day(case.received_at),
        on=local_day(now),
    )
    if taken := weigh_silence(case, law, now):
        await enter_silence(engine, taken, deadlines(taken.case, law), writing)
