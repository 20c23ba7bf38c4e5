"""Calendar files (放假安排数据): a year or a region each; read, checked, made into calendars."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.domain.calendar import Notice, OrderedDay, WorkingCalendar, each_day
from app.domain.errors import DomainError, NotFound
from app.domain.special_day import NATIONAL

FILES = Path(__file__).parent
SATURDAY = 5
# The first two digits of the divisions' codes (行政区划代码, GB/T 2260) to which the notices of the
# State Council apply, by the ranges of the six great areas.
_AREAS = (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66))
PROVINCES = frozenset(str(code) for area in _AREAS for code in area)


class CalendarDataRefused(DomainError):
    """The calendar files cannot be loaded; the message names the file, the key and the remedy."""

    slug = "calendar_data_refused"
    title = "工作日历数据不合要求"

    def __init__(self, file: Path, key: str, remedy: str) -> None:
        super().__init__(f"{file.name}: {key}: {remedy}")
        self.file = file
        self.key = key
        self.remedy = remedy


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Holiday(_Row):
    name: str = Field(min_length=1)
    since: date
    until: date
    makeup_workdays: list[date] = []


class _Notice(_Row):
    title: str = Field(min_length=1)
    number: str | None = Field(default=None, min_length=1)
    issued_on: date | None = None
    holidays: list[_Holiday] = Field(min_length=1)


class _YearFile(_Row):
    year: int
    notices: list[_Notice] = Field(min_length=1)


class _RegionFile(_Row):
    jurisdiction: str
    name: str = Field(min_length=1)
    festivals: str = Field(min_length=1)
    years: list[int] = Field(min_length=1)
    remark: str
    notices: list[_Notice] = Field(min_length=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A region that is known to have days of its own, and the years for which they are loaded."""

    jurisdiction: str
    name: str
    festivals: str
    years: tuple[int, ...]
    remark: str
    notices: tuple[Notice, ...]
    calendar: WorkingCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendars:
    """Every calendar that is loaded. `version` is the digest of all that they say.

    `local` are the calendars of the places that have days of their own, `files` the calendars
    without the special days that were laid over them; None: none were.
    """

    national: WorkingCalendar
    notices: Mapping[int, tuple[Notice, ...]]
    regions: Mapping[str, Region]
    local: Mapping[str, WorkingCalendar]
    version: str
    files: "Calendars | None" = None

    def of(self, jurisdiction: str) -> WorkingCalendar:
        """The calendar of a place: its own region's, its city's, its province's, else the national.

        `jurisdiction` is CN or a code of two, four or six digits (行政区划代码). Raises NotFound.
        """
        code = place(jurisdiction)
        if code == NATIONAL:
            return self.national
        for key in (code, f"{code[:4]}00", f"{code[:2]}0000"):
            if found := self.local.get(key):
                return found
        return self.national


def place(jurisdiction: str) -> str:
    """CN or the code in six digits, however it is written. Raises NotFound."""
    if jurisdiction == NATIONAL:
        return NATIONAL
    if not _is_division(jurisdiction):
        raise NotFound("工作日历", jurisdiction)
    return jurisdiction.ljust(6, "0")


def load(folder: Path = FILES) -> Calendars:
    """Read all calendar files. Raises CalendarDataRefused at the first thing that is wrong."""
    years = dict(_years(folder))
    national = WorkingCalendar(
        first_year=min(years),
        last_year=max(years),
        ordered=_ordered([(_file_of(folder, year), row) for year, row in years.items()]),
    )
    regions = dict(_regions(folder))
    version = _digest([*years.values(), *regions.values()])
    national = replace(national, version=version)
    made = {key: _region(folder, row, national) for key, row in regions.items()}
    return Calendars(
        national=national,
        notices=MappingProxyType({year: _notices(row) for year, row in years.items()}),
        regions=MappingProxyType(made),
        local=MappingProxyType({key: region.calendar for key, region in made.items()}),
        version=version,
    )


def _file_of(folder: Path, year: int) -> Path:
    return folder / f"{year}.toml"


def _years(folder: Path) -> Iterator[tuple[int, _YearFile]]:
    expected: int | None = None
    for file in sorted(folder.glob("*.toml")):
        row = _parsed(file, _YearFile)
        if file.stem != str(row.year):
            raise CalendarDataRefused(file, "year", f"应与文件名一致，改为{file.stem}或更改文件名")
        if expected not in {None, row.year}:
            raise CalendarDataRefused(
                file, "year", f"年度应连续，缺少{expected}年，请补上{expected}.toml"
            )
        expected = row.year + 1
        _check_days(file, row.notices, since=date(row.year - 1, 12, 1), until=_end(row.year))
        yield row.year, row
    if expected is None:
        raise CalendarDataRefused(folder, "*.toml", "没有任何年度的日历文件，请至少放入一个年度")


def _end(year: int) -> date:
    """Notices reach into the December before; none has gone past the January after."""
    return date(year + 1, 1, 31)


def _regions(folder: Path) -> Iterator[tuple[str, _RegionFile]]:
    for file in sorted((folder / "overlays").glob("*.toml")):
        row = _parsed(file, _RegionFile)
        if file.stem != row.jurisdiction:
            raise CalendarDataRefused(file, "jurisdiction", f"应与文件名一致，改为{file.stem}")
        if len(row.jurisdiction) != 6 or not _is_division(row.jurisdiction):  # noqa: PLR2004
            raise CalendarDataRefused(file, "jurisdiction", "应为六位行政区划代码，如640000")
        since, until = date(min(row.years), 1, 1), date(max(row.years), 12, 31)
        _check_days(file, row.notices, since=since, until=until)
        days = {day.year for notice in row.notices for h in notice.holidays for day in _off(h)}
        if days != set(row.years) or len(days) != len(row.years):
            raise CalendarDataRefused(
                file, "years", f"应恰好列出有放假日的年度，各一次：{sorted(days)}"
            )
        yield row.jurisdiction, row


RowT = TypeVar("RowT", bound=_Row)


def _parsed(file: Path, kind: type[RowT]) -> RowT:
    try:
        return kind.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as refused:
        raise CalendarDataRefused(file, "TOML", f"{refused}；请按TOML语法改正") from refused
    except ValidationError as refused:
        first = refused.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        allowed = "、".join(kind.model_fields)
        remedy = f"{first['msg']}；本文件的键为{allowed}，日期写作2026-01-01"
        raise CalendarDataRefused(file, key, remedy) from refused


def _check_days(file: Path, notices: list[_Notice], *, since: date, until: date) -> None:
    for n, notice in enumerate(notices):
        for h, holiday in enumerate(notice.holidays):
            key = f"notices.{n}.holidays.{h}"
            if holiday.since > holiday.until:
                raise CalendarDataRefused(file, f"{key}.until", "不应早于since，请对调两个日期")
            for day in (holiday.since, holiday.until, *holiday.makeup_workdays):
                if not since <= day <= until:
                    raise CalendarDataRefused(
                        file, key, f"{day}不属于本文件，应在{since}至{until}之间，请移到所属文件"
                    )
            for day in holiday.makeup_workdays:
                if day.weekday() < SATURDAY:
                    raise CalendarDataRefused(
                        file,
                        f"{key}.makeup_workdays",
                        f"{day}是周一至周五，本来就上班，请核对通知后改为周末的日期",
                    )


def _ordered(
    files: list[tuple[Path, _YearFile | _RegionFile]], *, regional: bool = False
) -> tuple[OrderedDay, ...]:
    days: dict[date, OrderedDay] = {}
    for file, row in files:
        for day in _days_of(row.notices, regional=regional):
            if day.on in days:
                raise CalendarDataRefused(
                    file,
                    "notices",
                    f"{day.on}（{day.name}）已由{days[day.on].name}列出，请只保留一处",
                )
            days[day.on] = day
    return tuple(days.values())


def _days_of(notices: list[_Notice], *, regional: bool) -> Iterator[OrderedDay]:
    for row in notices:
        notice = _notice(row)
        for holiday in row.holidays:
            off = [(day, False) for day in _off(holiday)]
            for day, works in [*off, *((day, True) for day in holiday.makeup_workdays)]:
                yield OrderedDay(
                    on=day, works=works, name=holiday.name, notice=notice, regional=regional
                )


def _off(holiday: _Holiday) -> Iterator[date]:
    yield from each_day(holiday.since, holiday.until)


def _notice(row: _Notice) -> Notice:
    return Notice(title=row.title, number=row.number, issued_on=row.issued_on)


def _notices(row: _YearFile | _RegionFile) -> tuple[Notice, ...]:
    return tuple(_notice(notice) for notice in row.notices)


def _region(folder: Path, row: _RegionFile, national: WorkingCalendar) -> Region:
    file = folder / "overlays" / f"{row.jurisdiction}.toml"
    own = _ordered([(file, row)], regional=True)
    return Region(
        jurisdiction=row.jurisdiction,
        name=row.name,
        festivals=row.festivals,
        years=tuple(sorted(row.years)),
        remark=row.remark,
        notices=_notices(row),
        calendar=replace(
            national,
            jurisdiction=row.jurisdiction,
            ordered=(*national.ordered, *own),
            regional_years=frozenset(row.years),
        ),
    )


def _is_division(code: str) -> bool:
    lengths = {2, 4, 6}
    return code.isascii() and code.isdigit() and len(code) in lengths and code[:2] in PROVINCES


def _digest(rows: list[_YearFile | _RegionFile]) -> str:
    said = [row.model_dump(mode="json") for row in rows]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
