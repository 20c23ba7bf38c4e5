"""Recomputation (重算): the days of open cases, moved in batches when the calendar changes."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Self
from uuid import UUID

import structlog
from sqlalchemy import (
    Date,
    Integer,
    Text,
    Uuid,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from app.calendars.load import Calendars
from app.db.case_rows import EVENTS, SUBJECT, Writing, case_of, deadlines_of, facts_of
from app.db.case_table import cases
from app.db.centres import centre
from app.db.errors import Busy
from app.db.ids import uuid7
from app.db.reference import in_force
from app.db.uow import Recorded, UnitOfWork
from app.domain.casework.case import Act, Stage
from app.domain.casework.case_clock import Deadlines
from app.domain.casework.recomputation import Moved, recompute
from app.domain.day import local_day
from app.domain.errors import DomainError
from app.domain.law_of_case import law_of
from app.domain.oversight.ledger import Entry
from app.domain.rulebook import Rulebooks
from app.domain.special_day import codes_below

BATCH: Final = 500
SHOWN: Final = 100
MOST_AT_ONCE: Final = 2000
"""What one request moves; a change that moves more is finished by the worker, for whoever acts on
a case that was moved waits until all of them are written."""

_MOVED: Final = select(
    func.unnest(bindparam("ids", type_=ARRAY(Uuid))).label("id"),
    func.unnest(bindparam("were", type_=ARRAY(Integer))).label("was"),
    func.unnest(bindparam("starts", type_=ARRAY(Date))).label("counts_from_on"),
    func.unnest(bindparam("dues", type_=ARRAY(Date))).label("due_on"),
    func.unnest(bindparam("silences", type_=ARRAY(Date))).label("silent_after_on"),
).cte("moved")
_WRITE: Final = (
    update(cases)
    .where(
        cases.c.centre_id == bindparam("centre"),
        cases.c.id == _MOVED.c.id,
        cases.c.version == _MOVED.c.was,
        in_force("computed_with"),
    )
    .values(
        version=_MOVED.c.was + 1,
        counts_from_on=_MOVED.c.counts_from_on,
        due_on=_MOVED.c.due_on,
        silent_after_on=_MOVED.c.silent_after_on,
        reference_version=bindparam("computed_with", type_=Text),
    )
)
_CENTRES: Final = select(centre.c.id).order_by(centre.c.id)
# A day moves no clock that has run out before it; one that stands still is counted when it goes on.
_PASSING: Final = (
    select(cases.c.id)
    .where(
        cases.c.centre_id == bindparam("centre_id"),
        cases.c.calendar.startswith(bindparam("codes", type_=Text)),
        or_(
            cases.c.due_on >= bindparam("since", type_=Date),
            and_(
                cases.c.stage == literal_column(f"'{Stage.RECEIVED}'"),
                cases.c.silent_after_on >= bindparam("since", type_=Date),
            ),
        ),
    )
    .order_by(cases.c.id)
)
_SEEN: Final = (
    select(*cases.c)
    .where(
        cases.c.centre_id == bindparam("centre_id"),
        cases.c.id == bindparam("ids", type_=ARRAY(Uuid)).any_(),
    )
    .order_by(cases.c.id)
)
# Whoever acts on one of them meanwhile waits, and then finds another version.
_HELD: Final = _SEEN.with_for_update(key_share=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of the calendar: where, and from which day on clocks may pass over it."""

    id: UUID
    jurisdiction: str
    first_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """What the days are computed with, and who has them computed."""

    books: Rulebooks
    calendars: Calendars
    writing: Writing


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How far it went: `complete` is false where the rest is left to the worker."""

    examined: int = 0
    moved: int = 0
    unjudged: int = 0
    complete: bool = True
    first: tuple[Moved, ...] = ()

    def and_then(self, more: Self) -> "Tally":
        return Tally(
            examined=self.examined + more.examined,
            moved=self.moved + more.moved,
            unjudged=self.unjudged + more.unjudged,
            complete=self.complete and more.complete,
            first=(*self.first, *more.first)[:SHOWN],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some cases of one centre."""

    centre_id: UUID
    ids: Sequence[UUID]


async def passing(connection: AsyncConnection, change: Change) -> AsyncIterator[Batch]:
    """The cases whose days may move with the change, centre by centre."""
    for centre_id in (await connection.execute(_CENTRES)).scalars().all():
        values = {
            "centre_id": centre_id,
            "codes": codes_below(change.jurisdiction),
            "since": change.first_day,
        }
        ids = (await connection.execute(_PASSING, values)).scalars().all()
        for start in range(0, len(ids), BATCH):
            yield Batch(centre_id=centre_id, ids=ids[start : start + BATCH])


async def move_all(uow: UnitOfWork, change: Change, by: Reckoning, *, rehearse: bool) -> Tally:
    """Move the open cases in the transaction of the change, up to `MOST_AT_ONCE` of them.

    Rehearsed, it is all computed, nothing is locked and nothing written.
    """
    tally = Tally()
    async for batch in passing(uow.connection, change):
        if tally.moved >= MOST_AT_ONCE:
            return tally.and_then(Tally(complete=False))
        tally = tally.and_then(await move(uow, change, batch, by, rehearse=rehearse))
    return tally


async def move(
    uow: UnitOfWork, change: Change, batch: Batch, by: Reckoning, *, rehearse: bool = False
) -> Tally:
    """Move the cases of one batch; each with its entry `recomputed` and its event.

    Raises Busy where another calendar has come into force, and then nothing is written.
    """
    values = {"centre_id": batch.centre_id, "ids": list(batch.ids)}
    statement = _SEEN if rehearse else _HELD
    rows = (await uow.connection.execute(statement, values)).mappings().all()
    moved: list[Moved] = []
    unjudged = 0
    for row in rows:
        try:
            moved.extend(_moved(row, change, by))
        except DomainError as refused:
            unjudged += 1
            structlog.get_logger().warning(
                "days_not_recomputed", case=str(row["id"]), code=refused.slug
            )
    if moved and not rehearse:
        await _write(uow, batch.centre_id, moved, by.writing)
    return Tally(
        examined=len(rows), moved=len(moved), unjudged=unjudged, first=tuple(moved[:SHOWN])
    )


def _moved(row: Any, change: Change, by: Reckoning) -> Iterator[Moved]:  # Any: a column each
    case = case_of(row)
    law = law_of(
        case.under,
        by.books,
        by.calendars.of(case.under.calendar),
        received_on=local_day(case.received_at),
        on=local_day(by.writing.recorded_at),
    )
    at = by.writing.recorded_at
    if moved := recompute(case, deadlines_of(row), law, change_id=change.id, at=at):
        yield moved


async def _write(
    uow: UnitOfWork, centre_id: UUID, moved: Sequence[Moved], writing: Writing
) -> None:
    days = [each.deed.after for each in moved]
    values = {
        "centre": centre_id,
        "ids": [each.case.id for each in moved],
        "were": [each.case.version - 1 for each in moved],
        "starts": [day.counts_from_on for day in days],
        "dues": [day.due_on for day in days],
        "silences": [day.silent_after_on for day in days],
        "computed_with": writing.reference_version,
    }
    if (await uow.connection.execute(_WRITE, values)).rowcount != len(moved):
        raise Busy("工作日历在重算期间又有变动，请稍后重试。")
    await uow.enter([_recorded(each, writing) for each in moved])


def _recorded(moved: Moved, writing: Writing) -> Recorded:
    case, deed = moved.case, moved.deed
    entry = Entry(
        centre_id=case.centre_id,
        id=uuid7(),
        at=writing.recorded_at,
        occurred_at=writing.recorded_at,
        actor=writing.actor,
        client=writing.client,
        action=deed.act,
        subject_kind=SUBJECT,
        subject_id=case.id,
        number=case.version,
        facts=facts_of(deed),
        request_id=writing.request_id,
    )
    told = {
        "centre_id": str(case.centre_id),
        "case_id": str(case.id),
        "number": case.number,
        "act": deed.act,
        "version": case.version,
        "occurred_at": entry.occurred_at.isoformat(),
        "due_on": _written(deed.after.due_on),
        "rows": [],
        "change_id": str(deed.change_id),
        "before": days_out(deed.before),
        "after": days_out(deed.after),
    }
    return Recorded(entry=entry, type_=EVENTS[Act.RECOMPUTED], data=told)


def days_out(days: Deadlines) -> dict[str, str | None]:
    """The days as JSON has them."""
    return {
        "counts_from_on": _written(days.counts_from_on),
        "due_on": _written(days.due_on),
        "silent_after_on": _written(days.silent_after_on),
    }


def _written(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
