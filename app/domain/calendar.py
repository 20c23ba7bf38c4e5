"""Working calendar (工作日历): which days count, when a span is full, and why each day counted."""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import accumulate
from types import MappingProxyType

from app.domain.errors import DomainError
from app.domain.provision import Written

WEEK = 7
WEEKDAYS = 5
LAST_ORDINAL = date.max.toordinal()
NONE_EXCLUDED: Mapping[date, str] = MappingProxyType({})


class CalendarMissing(DomainError):
    """A working day in a year before the loaded ones: it is refused, never guessed."""

    slug = "calendar_missing"
    title = "该年度的工作日历未载入"

    def __init__(self, year: int, first_day: date) -> None:
        super().__init__(
            f"{year}年的工作日历未载入，最早可计算的日期是{first_day}，请改用此后的日期。"
        )
        self.year = year
        self.first_day = first_day


class DayOutOfRange(DomainError):
    """A span ends on a day that no calendar has: before year 1 or after year 9999."""

    slug = "day_out_of_range"
    title = "推算结果超出可表示的日期"

    def __init__(self) -> None:
        super().__init__(f"推算结果不在{date.min}至{date.max}之间，请缩短期间。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span(Written):
    """A length of time as regulations write it: 半年, 七个工作日, 提前5天; a year is 12 months."""

    months: int = 0
    days: int = 0
    working_days: int = 0

    def __post_init__(self) -> None:
        if min(self.months, self.days, self.working_days) < 0:
            raise ValueError("a span is not negative: count backwards with `before`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The document that orders days off or worked (放假通知); no number: it was not seen."""

    title: str
    number: str | None = None
    issued_on: date | None = None


class Why(StrEnum):
    """What a day is in the calendar, or why it counted or did not."""

    WORKING_DAY = "working_day"  # 工作日
    WEEKEND = "weekend"  # 周末
    HOLIDAY = "holiday"  # 节假日（国务院通知）
    MAKEUP_WORKDAY = "makeup_workday"  # 调休上班日（国务院通知）
    REGIONAL_HOLIDAY = "regional_holiday"  # 地方放假日
    REGIONAL_MAKEUP_WORKDAY = "regional_makeup_workday"  # 地方调休上班日
    CLOSURE = "closure"  # 临时停办
    UNPUBLISHED_WEEKDAY = "unpublished_weekday"  # 放假安排未公布年度的周一至周五
    UNPUBLISHED_WEEKEND = "unpublished_weekend"  # 放假安排未公布年度的周末
    CALENDAR_DAY = "calendar_day"  # 按自然日计算
    START_DAY = "start_day"  # 起算日当日不计入
    SUSPENDED = "suspended"  # 依法不计入期限
    ROLLED_TO = "rolled_to"  # 届满日为休息日，顺延至此


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedDay:
    """A day that a notice lifts out of the ordinary week: a holiday, or a rest day worked."""

    on: date
    works: bool
    name: str
    notice: Notice
    regional: bool = False
    closure: bool = False  # no holiday: typhoon, epidemic

    @property
    def why(self) -> Why:
        if self.closure:
            return Why.CLOSURE
        if self.regional:
            return Why.REGIONAL_MAKEUP_WORKDAY if self.works else Why.REGIONAL_HOLIDAY
        return Why.MAKEUP_WORKDAY if self.works else Why.HOLIDAY


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """One line of a proof: the day, whether it counted and as which number, and why."""

    on: date
    counted: bool
    why: Why
    number: int | None = None
    name: str | None = None  # the holiday that the day is, or is worked for
    notice: Notice | None = None
    reason: str | None = None  # of a suspension


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WorkingCalendar:
    """The published years `first_year` to `last_year` of one jurisdiction; weekdays beyond them.

    Of two orders for one day the later in `ordered` stands: a region's overlays the national one.
    `regional_years` are the years whose regional days are loaded; None: the region has none.
    Counting looks up two tables of ordinals: it costs the same for one day and for a thousand.
    """

    first_year: int
    last_year: int
    ordered: tuple[OrderedDay, ...] = field(default=(), repr=False)
    jurisdiction: str = "CN"
    regional_years: frozenset[int] | None = None
    version: str = ""
    first_day: date = field(init=False)
    published_until: date = field(init=False)
    _by_ordinal: dict[int, OrderedDay] = field(init=False, repr=False)
    _origin: int = field(init=False, repr=False)  # the day before the first one loaded
    _last: int = field(init=False, repr=False)
    _counts: tuple[int, ...] = field(init=False, repr=False)  # working days up to each day
    _working: tuple[int, ...] = field(init=False, repr=False)  # the ordinal of each working day
    _beyond: int = field(init=False, repr=False)  # from weekdays to working days past the tables

    def __post_init__(self) -> None:
        ordered = {day.on.toordinal(): day for day in self.ordered}
        end_of_tables = max([self.last_year, *(day.on.year for day in self.ordered)])
        last = date(end_of_tables, 12, 31).toordinal()
        first_day = date(self.first_year, 1, 1)
        loaded = range(first_day.toordinal(), last + 1)
        works = [_is_weekday(o) if o not in ordered else ordered[o].works for o in loaded]
        working = tuple(o for o, counts in zip(loaded, works, strict=True) if counts)
        derived = {
            "first_day": first_day,
            "published_until": date(self.last_year, 12, 31),
            "_by_ordinal": ordered,
            "_origin": loaded.start - 1,
            "_last": last,
            "_counts": tuple(accumulate(works, initial=0)),
            "_working": working,
            "_beyond": len(working) - _weekdays_until(last),
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    def covers(self, day: date) -> bool:
        """Whether the holidays of that day's year are published and loaded."""
        return self.first_day <= day <= self.published_until

    def provisional(self, day: date) -> bool:
        """Whether a notice that is published later may still move that day."""
        return day > self.published_until

    def unpublished_years(self, since: date, until: date) -> tuple[int, ...]:
        """The years from `since` to `until` whose holidays are not published yet."""
        return tuple(range(max(since.year, self.last_year + 1), until.year + 1))

    def regional_unknown_years(self, since: date, until: date) -> tuple[int, ...]:
        """The years from `since` to `until` whose regional days exist but are not loaded."""
        if self.regional_years is None:
            return ()
        years = range(since.year, until.year + 1)
        return tuple(year for year in years if year not in self.regional_years)

    def is_working_day(self, day: date) -> bool:
        return self._works(day.toordinal())

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        return _day(self._nth(self._count(day.toordinal()) + 1))

    def roll(self, day: date) -> date:
        """The day itself, or the next working day where it is a rest day (民法典第二百零三条)."""
        return day if self.is_working_day(day) else self.next_working_day(day)

    def after(
        self,
        start: date,
        span: Span,
        *,
        excluded: Collection[date] = (),
        count_start: bool = False,
    ) -> date:
        """The day on which `span` is full, counted from the day after `start` (民法典第二百零一条).

        Months first, clamped to the month's end (第二百零二条), then calendar days, then working
        days. `excluded` is a set of days that do not count, whatever else they are. With
        `count_start` the start day may be the first counted one. An empty span is full on the
        start day. Raises CalendarMissing and DayOutOfRange.
        """
        if excluded or count_start:
            return self._after_skipping(start, span, excluded, count_start=count_start)
        from_day = months_later(start, span.months) if span.months else start
        ordinal = from_day.toordinal() + span.days
        if span.working_days:
            ordinal = self._nth(self._count(ordinal) + span.working_days)
        return _day(ordinal)

    def before(self, end: date, span: Span, *, count_start: bool = False) -> date:
        """The latest start from which `span` is full on `end` or earlier (提前N个工作日).

        Where working days are counted it is a working day itself: the rest days behind it would
        only do as well. `count_start` as in `after`. Raises CalendarMissing and DayOutOfRange.
        """
        only_working_days = not (span.months or span.days)
        ordinal = end.toordinal()
        if span.working_days:
            counted = count_start and only_working_days
            ordinal = self._nth(self._count(ordinal) - span.working_days + counted)
        start = _months_earlier(_day(ordinal - span.days), span.months)
        if count_start and not only_working_days:
            return _day(start.toordinal() + 1)
        return start

    def add_working_days(
        self,
        start: date,
        n: int,
        *,
        excluded: Collection[date] = (),
        count_start: bool = False,
    ) -> date:
        """The `n`-th working day after `start`; `excluded` and `count_start` as in `after`."""
        if excluded or count_start or n < 1:
            span = Span(working_days=n)
            return self.after(start, span, excluded=excluded, count_start=count_start)
        return _day(self._nth(self._count(start.toordinal()) + n))

    def working_days_between(
        self, start: date, end: date, *, excluded: Collection[date] = ()
    ) -> int:
        """Working days after `start` up to and with `end`; negative when `end` is earlier."""
        earlier, later = sorted((start.toordinal(), end.toordinal()))
        skipped = self._skipped_working_days(excluded, after=earlier)
        until = self._count(later)
        days = until - self._count(earlier) - bisect_right(skipped, until)
        return days if start <= end else -days

    def describe(self, day: date) -> DayCount:
        """What the day is in itself: `counted` says whether it is a working day."""
        ordinal = day.toordinal()
        counted = self._works(ordinal)
        if order := self._by_ordinal.get(ordinal):
            name, notice = order.name, order.notice
            return DayCount(on=day, counted=counted, why=order.why, name=name, notice=notice)
        if self.provisional(day):
            why = Why.UNPUBLISHED_WEEKDAY if counted else Why.UNPUBLISHED_WEEKEND
        else:
            why = Why.WORKING_DAY if counted else Why.WEEKEND
        return DayCount(on=day, counted=counted, why=why)

    def proof(
        self,
        start: date,
        end: date,
        *,
        excluded: Mapping[date, str] = NONE_EXCLUDED,
        count_start: bool = False,
    ) -> tuple[DayCount, ...]:
        """Every calendar day from `start` to `end`: how it counted as a working day, and why.

        `excluded` gives the reason of each day that does not count.
        """
        lines: list[DayCount] = []
        number = 0
        for day in each_day(start, end):
            line = self.describe(day)
            if day == start and not count_start:
                line = not_counted(day, Why.START_DAY)
            elif line.counted and day in excluded:
                line = not_counted(day, Why.SUSPENDED, reason=excluded[day])
            elif line.counted:
                number += 1
                line = replace(line, number=number)
            lines.append(line)
        return tuple(lines)

    def _after_skipping(
        self, start: date, span: Span, excluded: Collection[date], *, count_start: bool
    ) -> date:
        if span == Span():
            return start
        # A start day that counts is the day after a start day that does not.
        anchor = start.toordinal() - count_start
        length = months_later(_day(anchor), span.months).toordinal() - anchor + span.days
        if length:
            skipped = sorted({o for day in excluded if (o := day.toordinal()) > anchor})
            anchor = _advance(anchor, length, skipped)
        if span.working_days:
            skipped = self._skipped_working_days(excluded, after=anchor)
            first = anchor + count_start
            done = self._count(first) - (self._works(first) if count_start else 0)
            anchor = self._nth(_advance(done, span.working_days, skipped))
        return _day(anchor)

    def _skipped_working_days(self, excluded: Collection[date], *, after: int) -> list[int]:
        """The excluded days that would have counted, each by its place among working days."""
        ordinals = {o for day in excluded if (o := day.toordinal()) > after}
        return sorted(self._count(o) for o in ordinals if self._works(o))

    def _works(self, ordinal: int) -> bool:
        if ordinal > self._last:
            return _is_weekday(ordinal)
        return self._count(ordinal) > self._counts[ordinal - self._origin - 1]

    def _count(self, ordinal: int) -> int:
        """How many working days lie between the first loaded day and this one, it included."""
        if ordinal > self._last:
            return self._beyond + _weekdays_until(ordinal)
        if ordinal <= self._origin:
            raise CalendarMissing(date.fromordinal(max(ordinal, 1)).year, self.first_day)
        return self._counts[ordinal - self._origin]

    def _nth(self, number: int) -> int:
        """The ordinal of the working day that `_count` gives this number."""
        if number < 1:
            raise CalendarMissing(self.first_year - 1, self.first_day)
        if number <= len(self._working):
            return self._working[number - 1]
        weeks, weekday = divmod(number - self._beyond - 1, WEEKDAYS)
        return weeks * WEEK + weekday + 1


def months_later(day: date, months: int) -> date:
    """The same day number `months` later, or that month's last day (民法典第二百零二条)."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise DayOutOfRange
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def each_day(since: date, until: date) -> Iterable[date]:
    return map(date.fromordinal, range(since.toordinal(), until.toordinal() + 1))


def not_counted(day: date, why: Why, *, reason: str | None = None) -> DayCount:
    return DayCount(on=day, counted=False, why=why, reason=reason)


def _months_earlier(day: date, months: int) -> date:
    """The latest day of which `months_later` is `day` or earlier."""
    if not months:
        return day
    earlier = months_later(day, -months)
    # Any day of the shorter month's end and beyond is clamped to it: the last of them is meant.
    if day.day == monthrange(day.year, day.month)[1]:
        return earlier.replace(day=monthrange(earlier.year, earlier.month)[1])
    return earlier


def _advance(position: int, steps: int, skipped: Sequence[int]) -> int:
    """The position `steps` on from `position` where the sorted `skipped` do not count."""
    rank = position - bisect_right(skipped, position) + steps
    return rank + bisect_right(range(len(skipped)), rank, key=lambda i: skipped[i] - i)


def _day(ordinal: int) -> date:
    if not 1 <= ordinal <= LAST_ORDINAL:
        raise DayOutOfRange
    return date.fromordinal(ordinal)


def _is_weekday(ordinal: int) -> bool:
    return (ordinal - 1) % WEEK < WEEKDAYS


def _weekdays_until(ordinal: int) -> int:
    """Mondays to Fridays up to and with that day; ordinal 1, 0001-01-01, was a Monday."""
    weeks, rest = divmod(ordinal, WEEK)
    return weeks * WEEKDAYS + min(rest, WEEKDAYS)
