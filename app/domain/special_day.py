"""Special day (特别日): a closure, festival or make-up day that a document orders meanwhile."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.domain.calendar import CalendarMissing, Notice, OrderedDay, WorkingCalendar
from app.domain.day import ImpossibleFact
from app.domain.errors import DomainError

NATIONAL: Final = "CN"
MOST_YEARS_AHEAD: Final = 2
_SATURDAY: Final = 5


class SpecialKind(StrEnum):
    """What a special day is."""

    CLOSURE = "closure"  # 临时停办：台风、疫情等
    FESTIVAL = "festival"  # 地方性放假
    MAKEUP = "makeup"  # 地方调休上班


class SpecialDayStands(DomainError):
    """The place has an entry for that day already: it is revoked first, then entered anew."""

    slug = "special_day_stands"
    title = "该日已有有效的特别日"

    def __init__(self, on: date) -> None:
        super().__init__(f"该地区{on}已有有效的登记；内容有误的请先撤销，再重新登记。")
        self.on = on


class SpecialDayRevoked(DomainError):
    """The entry was revoked before; a revocation is not taken back but entered anew."""

    slug = "special_day_revoked"
    title = "该登记已经撤销"

    def __init__(self, on: date) -> None:
        super().__init__(f"{on}的这项登记已经撤销；需要恢复的请重新登记。")
        self.on = on


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """Who took an entry back, when and why: it is kept and counts no more."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDay:
    """One day of one place, with the document that orders it.

    `jurisdiction` is CN or a six-digit code (行政区划代码), and the day holds for all below it.
    `completes_year`: with this festival all the region's own days of that year are known.
    """

    id: UUID
    jurisdiction: str
    on: date
    works: bool
    kind: SpecialKind
    name: str
    document: Notice
    entered_by: str
    entered_at: datetime
    completes_year: bool = False
    revoked: Revocation | None = None

    @property
    def ordered(self) -> OrderedDay:
        """The day as a calendar takes it."""
        return OrderedDay(
            on=self.on,
            works=self.works,
            name=self.name,
            notice=self.document,
            regional=self.jurisdiction != NATIONAL,
            closure=self.kind is SpecialKind.CLOSURE,
        )


def places_above(jurisdiction: str) -> tuple[str, ...]:
    """The places whose days hold here, the widest first: the country, the province, the city and
    the county itself. `jurisdiction` is CN or a code of six digits."""
    if jurisdiction == NATIONAL:
        return (NATIONAL,)
    levels = (f"{jurisdiction[:2]}0000", f"{jurisdiction[:4]}00", jurisdiction)
    return (NATIONAL, *dict.fromkeys(levels))


def codes_below(jurisdiction: str) -> str:
    """What the code of each place begins with for which the days of this one hold."""
    if jurisdiction == NATIONAL:
        return ""
    county = jurisdiction.removesuffix("00")
    return county.removesuffix("00") if county != jurisdiction else county


def held_together(days: Iterable[SpecialDay], jurisdiction: str) -> tuple[SpecialDay, ...]:
    """The days that hold in a place, the nearer place's after those of the wider one."""
    places = places_above(jurisdiction)
    here = (day for day in days if day.revoked is None and day.jurisdiction in places)
    return tuple(sorted(here, key=lambda day: (places.index(day.jurisdiction), day.on)))


def check(
    days: Sequence[SpecialDay],
    standing: Iterable[SpecialDay],
    calendar: WorkingCalendar,
    today: date,
) -> None:
    """Whether these days of one place can be entered beside those that stand.

    Raises ImpossibleFact, CalendarMissing (a year before the loaded ones) and SpecialDayStands.
    """
    for place, why in _impossible(days, today):
        raise ImpossibleFact(place, why)
    taken = {(day.jurisdiction, day.on) for day in standing if day.revoked is None}
    for day in days:
        if day.on < calendar.first_day:
            raise CalendarMissing(day.on.year, calendar.first_day)
        if (day.jurisdiction, day.on) in taken:
            raise SpecialDayStands(day.on)


def _impossible(days: Sequence[SpecialDay], today: date) -> Iterator[tuple[str, str]]:
    seen: set[date] = set()
    for number, day in enumerate(days):
        place = f"days.{number}"
        if day.on in seen:
            yield f"{place}.on", "同一日只列一次"
        seen.add(day.on)
        if day.works is not (day.kind is SpecialKind.MAKEUP):
            yield f"{place}.works", "调休上班（makeup）为 true，停办与放假为 false"
        if day.works and day.on.weekday() < _SATURDAY:
            yield f"{place}.on", "是周一至周五，本来就上班，调休上班日应在周末"
        if day.on.year > today.year + MOST_YEARS_AHEAD:
            yield f"{place}.on", f"不得晚于{today.year + MOST_YEARS_AHEAD}年"
        if day.completes_year and not _may_complete(day):
            yield f"{place}.completes_year", "只用于地区的放假（festival）"


def _may_complete(day: SpecialDay) -> bool:
    return day.kind is SpecialKind.FESTIVAL and day.jurisdiction != NATIONAL
