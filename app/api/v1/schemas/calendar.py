"""Calendars on the wire (工作日历): what is asked about days and spans, and what is answered."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic import ValidationInfo as Info
from pydantic_core import PydanticCustomError

from app.api.v1.schemas.ruling import WarningOut
from app.api.wire import Day
from app.domain.calendar import Span, Why, each_day

MOST_DAYS = 800
MOST_WORKING_DAYS = 500
MOST_MONTHS = 24
EXCLUDED_BY_CALLER = "请求指明不计入"

_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_PERIOD = f"{_DAY}(/{_DAY})?"
Periods = Annotated[
    str, StringConstraints(pattern=f"^{_PERIOD}(,{_PERIOD})*$", min_length=10, max_length=660)
]


class Direction(StrEnum):
    """Which way a span is counted."""

    FORWARD = "forward"  # 顺推：自起算日推算届满日
    BACKWARD = "backward"  # 倒推：自截止日推算最迟的起算日


def _too_long() -> PydanticCustomError:
    return PydanticCustomError("period_too_long", "a period has at most 800 days")


def _reversed() -> PydanticCustomError:
    return PydanticCustomError("period_reversed", "a period does not end before it begins")


class DaysQuery(BaseModel):
    """The days that are asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    since: Day = Field(description="起始日（含）", examples=["2026-09-17"])
    until: Day = Field(
        description=f"截止日（含），与起始日相距不超过{MOST_DAYS}天", examples=["2026-10-12"]
    )

    @field_validator("until")
    @classmethod
    def _a_period(cls, until: date, info: Info) -> date:
        since = info.data.get("since", until)
        if until < since:
            raise _reversed()
        if (until - since).days >= MOST_DAYS:
            raise _too_long()
        return until


class SpanQuery(BaseModel):
    """The span that is asked for, in exactly one unit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: Day = Field(description="起算日；倒推（backward）时为截止日", examples=["2026-09-17"])
    working_days: int | None = Field(
        default=None,
        ge=0,
        le=MOST_WORKING_DAYS,
        description="工作日数；working_days、days、months三者须且只能给出一个",
        examples=[10],
    )
    days: int | None = Field(default=None, ge=0, le=MOST_DAYS, description="自然日数")
    months: int | None = Field(
        default=None,
        ge=0,
        le=MOST_MONTHS,
        description="月数，无对应日的以月末日为准（民法典第二百零二条）",
    )
    direction: Direction = Field(
        default=Direction.FORWARD, description="forward顺推届满日；backward倒推最迟的起算日"
    )
    count_start: bool = Field(
        default=False, description="起算日当日是否计入；默认不计入（民法典第二百零一条）"
    )
    roll: bool = Field(
        default=False,
        description="届满日为休息日时是否顺延至下一工作日（民法典第二百零三条），仅用于顺推",
    )
    exclude: list[Periods] = Field(
        default=[],
        max_length=50,
        description="不计入期限的日期，仅用于顺推；可重复，可用逗号分隔，一段日期写作起日/止日",
        examples=[["2026-09-21/2026-09-28"]],
    )

    @field_validator("exclude")
    @classmethod
    def _periods_of_days(cls, exclude: list[str]) -> list[str]:
        if sum((until - since).days + 1 for since, until in _periods(exclude)) > MOST_DAYS:
            raise _too_long()
        return exclude

    @model_validator(mode="after")
    def _one_unit_and_what_fits_the_direction(self) -> Self:
        if [self.working_days, self.days, self.months].count(None) != 2:  # noqa: PLR2004
            raise PydanticCustomError("one_unit", "name exactly one of the three units")
        if self.direction is Direction.BACKWARD and (self.roll or self.exclude):
            raise PydanticCustomError("forward_only", "roll and exclude are counted forward only")
        return self

    def span(self) -> Span:
        return Span(
            months=self.months or 0, days=self.days or 0, working_days=self.working_days or 0
        )

    def excluded(self) -> dict[date, str]:
        """Every excluded day once, however often the periods name it."""
        return {
            day: EXCLUDED_BY_CALLER
            for since, until in _periods(self.exclude)
            for day in each_day(since, until)
        }


def _periods(written: list[str]) -> Iterator[tuple[date, date]]:
    for period in ",".join(written).split(",") if written else ():
        since, _, until = period.partition("/")
        try:
            ends = date.fromisoformat(since), date.fromisoformat(until or since)
        except ValueError:
            raise PydanticCustomError("day_invalid", "a day is written YYYY-MM-DD") from None
        if ends[1] < ends[0]:
            raise _reversed()
        yield ends


class NoticeOut(BaseModel):
    """放假通知；文号未见的为 null，不作推测。"""

    model_config = ConfigDict(from_attributes=True)

    title: str = Field(examples=["国务院办公厅关于2025年部分节假日安排的通知"])
    number: str | None = Field(examples=["国办发明电〔2024〕12号"])
    issued_on: date | None = Field(examples=["2024-11-12"])


class YearOut(BaseModel):
    """一个年度所依据的全国通知。"""

    year: int = Field(examples=[2025])
    notices: tuple[NoticeOut, ...]


class RegionOut(BaseModel):
    """自有放假日的地区；years 以外的年度，其地方放假日未载入。"""

    model_config = ConfigDict(from_attributes=True)

    jurisdiction: str = Field(description="行政区划代码", examples=["640000"])
    name: str = Field(examples=["宁夏回族自治区"])
    festivals: str = Field(examples=["开斋节、古尔邦节"])
    years: tuple[int, ...] = Field(examples=[[2020, 2021, 2022]])
    remark: str
    notices: tuple[NoticeOut, ...]


class CalendarsOut(BaseModel):
    """已载入的全部工作日历。"""

    version: str = Field(description="日历数据的SHA-256摘要")
    first_day: date = Field(
        description="可计算的第一天，此前的日期一律拒绝", examples=["2004-01-01"]
    )
    published_until: date = Field(
        description="放假安排已公布至此日，此后按周一至周五推算并注明", examples=["2026-12-31"]
    )
    years: tuple[YearOut, ...]
    regions: tuple[RegionOut, ...]


class DayOut(BaseModel):
    """一天的性质及其依据。"""

    on: date = Field(examples=["2026-10-10"])
    working_day: bool
    why: Why = Field(examples=["makeup_workday"])
    name: str | None = Field(description="所属或所调休的节假日", examples=["国庆节"])
    notice: NoticeOut | None


class DaysOut(BaseModel):
    """一段日期的逐日性质。"""

    jurisdiction: str = Field(description="所用日历：CN或载有地方放假日的地区", examples=["CN"])
    version: str
    provisional: bool = Field(description="是否含放假安排尚未公布的年度")
    items: tuple[DayOut, ...]
    warnings: tuple[WarningOut, ...]


class ProofLineOut(BaseModel):
    """推算依据的一行：这一天是否计入、为第几日、为什么。"""

    model_config = ConfigDict(from_attributes=True)

    on: date = Field(examples=["2026-09-20"])
    counted: bool
    number: int | None = Field(description="计入的序号", examples=[2])
    why: Why = Field(examples=["makeup_workday"])
    name: str | None = Field(examples=["国庆节"])
    notice: NoticeOut | None
    reason: str | None = Field(description="不计入期限的原因")


class LengthOut(BaseModel):
    """所问的期间。"""

    model_config = ConfigDict(from_attributes=True)

    months: int
    days: int
    working_days: int = Field(examples=[10])


class SpanOut(BaseModel):
    """期限推算结果及逐日依据。"""

    jurisdiction: str = Field(description="所用日历：CN或载有地方放假日的地区", examples=["CN"])
    version: str
    direction: Direction
    span: LengthOut
    start: date = Field(examples=["2026-09-17"])
    full_on: date = Field(description="届满日，顺延之前", examples=["2026-10-14"])
    end: date = Field(description="届满日；要求顺延的，为顺延后的日期", examples=["2026-10-14"])
    provisional: bool = Field(description="结果是否可能因尚未公布的放假安排而变动")
    unpublished_years: tuple[int, ...]
    proof: tuple[ProofLineOut, ...]
    warnings: tuple[WarningOut, ...]
