"""Lists of cases (办件清单) by due day: which are late, which are about to be, page by page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Self
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.db.case_rows import case_of
from app.db.case_table import cases
from app.domain.casework.case import Case, Stage


class Band(StrEnum):
    """Where a case stands on a day; each is in one band, but that `due_soon` is part of
    `running`."""

    OVERDUE = "overdue"  # 逾期
    DUE_TODAY = "due_today"  # 今日到期
    DUE_SOON = "due_soon"  # 临期
    RUNNING = "running"  # 办理中
    NOT_STARTED = "not_started"  # 未起算
    SUSPENDED = "suspended"  # 不计时
    ENDED = "ended"  # 已办结、不予受理或作废


_ENDS: Final = (
    Stage.DECIDED,
    Stage.SEALED,
    Stage.COMPLETED,
    Stage.DECLINED,
    Stage.ANNULLED,
)
_WITH_DAY: Final = frozenset(Band) - {Band.SUSPENDED, Band.ENDED}
_WITHOUT_DAY: Final = frozenset({None, Band.NOT_STARTED, Band.SUSPENDED, Band.ENDED})
_OLDEST: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last case of a page: cases without a due day come after all that have one."""

    due_on: date | None
    id: UUID

    def __str__(self) -> str:
        return f"{self.due_on or ''}_{self.id}"

    @classmethod
    def read(cls, written: str) -> Self:
        """Raises ValueError."""
        day, _, id_ = written.partition("_")
        return cls(date.fromisoformat(day) if day else None, UUID(id_))


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuery:
    """What is asked of the list. `soon_until` bounds `due_soon`; under the regulations in
    `from_receipt` the clock of complete applications does not wait for acceptance."""

    today: date
    from_receipt: tuple[str, ...] = ()
    band: Band | None = None
    soon_until: date | None = None
    stage: Stage | None = None
    due_from: date | None = None
    due_to: date | None = None


async def listed(
    engine: AsyncEngine, centre_id: UUID, query: CaseQuery, *, after: Cursor | None, limit: int
) -> list[tuple[Case, date | None]]:
    """Cases with their stored due days, in the order of (due day, id)."""
    async with engine.connect() as connection:
        found: list[tuple[Case, date | None]] = []
        if _may_have_day(query) and (after is None or after.due_on is not None):
            beyond = tuple_(cases.c.due_on, cases.c.id) > (
                (after.due_on, after.id) if after else (date.min, _OLDEST)
            )
            found = await _page(connection, [*_where(centre_id, query), beyond], limit)
        if len(found) < limit and _may_lack_day(query):
            last = after.id if after and after.due_on is None else _OLDEST
            undated = [*_where(centre_id, query), cases.c.due_on.is_(None), cases.c.id > last]
            found += await _page(connection, undated, limit - len(found))
    return found


async def counted(engine: AsyncEngine, centre_id: UUID, query: CaseQuery) -> int:
    """How many cases the list has, counted one by one."""
    async with engine.connect() as connection:
        statement = select(func.count()).select_from(cases).where(*_where(centre_id, query))
        return (await connection.execute(statement)).scalar_one()


async def _page(
    connection: AsyncConnection, where: list[ColumnElement[bool]], limit: int
) -> list[tuple[Case, date | None]]:
    statement = select(*cases.c).where(*where).order_by(cases.c.due_on, cases.c.id).limit(limit)
    rows = (await connection.execute(statement)).mappings()
    return [(case_of(row), row["due_on"]) for row in rows]  # type: ignore[arg-type]  # by name


def _may_have_day(query: CaseQuery) -> bool:
    return query.band is None or query.band in _WITH_DAY


def _may_lack_day(query: CaseQuery) -> bool:
    bounded = query.due_from is not None or query.due_to is not None
    return query.band in _WITHOUT_DAY and not bounded


def _where(centre_id: UUID, query: CaseQuery) -> Iterator[ColumnElement[bool]]:
    yield cases.c.centre_id == centre_id
    if query.band is not None:
        yield _in_band(query.band, query)
    if query.stage is not None:
        yield _at_stage(query.stage, query.today)
    if query.due_from is not None:
        yield cases.c.due_on >= query.due_from
    if query.due_to is not None:
        yield cases.c.due_on <= query.due_to


def _in_band(band: Band, query: CaseQuery) -> ColumnElement[bool]:
    due, today = cases.c.due_on, query.today
    ticking = begun(today, cases.c.regulation.in_(query.from_receipt))
    waiting = cases.c.stage.not_in([*_ENDS, Stage.SUSPENDED])
    conditions = {
        Band.OVERDUE: and_(due < today, ticking),
        Band.DUE_TODAY: and_(due == today, ticking),
        Band.DUE_SOON: and_(due > today, due <= (query.soon_until or today), ticking),
        Band.RUNNING: and_(due > today, ticking),
        Band.NOT_STARTED: or_(and_(due.is_(None), waiting), and_(due.is_not(None), ~ticking)),
        Band.SUSPENDED: cases.c.stage == Stage.SUSPENDED,
        Band.ENDED: and_(due.is_(None), cases.c.stage.in_(_ENDS)),
    }
    return conditions[band]


def begun(
    today: date | ColumnElement[date], from_receipt: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Whether the stored due day holds already, and not only if nobody answers; `from_receipt`
    is true of cases whose clock does not wait for acceptance once they are complete."""
    return or_(
        cases.c.stage != Stage.RECEIVED,
        func.coalesce(cases.c.silent_after_on, date.min) < today,
        and_(cases.c.materials_complete_at.is_not(None), from_receipt),
    )


def _at_stage(stage: Stage, today: date) -> ColumnElement[bool]:
    """The stage as it is that day: what silence has accepted is no longer merely received."""
    silent = and_(
        cases.c.stage == Stage.RECEIVED,
        func.coalesce(cases.c.silent_after_on, date.max) < today,
    )
    if stage is Stage.RECEIVED:
        return and_(cases.c.stage == Stage.RECEIVED, ~silent)
    if stage is Stage.DEEMED_ACCEPTED:
        return or_(cases.c.stage == Stage.DEEMED_ACCEPTED, silent)
    return cases.c.stage == stage
