"""Calendars (工作日历): what each day is, on which day a span ends, and the proof day by day."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from app.api.deps import CalendarsInForce
from app.api.openapi import responses
from app.api.security import requires
from app.api.v1.schemas.calendar import (
    CalendarsOut,
    DaysOut,
    DaysQuery,
    Direction,
    SpanOut,
    SpanQuery,
)
from app.api.v1.schemas.ruling import cautions_out
from app.domain.asked import Asked
from app.domain.calendar import DayCount, WorkingCalendar, each_day
from app.domain.span_proof import CountedSpan, count_backward, count_forward

router = APIRouter(tags=["工作日历"], dependencies=[requires("calendars")])

Jurisdiction = Annotated[
    str,
    Path(
        description="CN为全国日历；或二、四、六位行政区划代码，本地没有自己放假日的用全国日历",
        examples=["CN"],
    ),
]


@router.get("/calendars", summary="已载入的工作日历")
async def list_calendars(calendars: CalendarsInForce) -> CalendarsOut:
    """已载入的年度与所依据的通知、自有放假日的地区，以及日历数据的版本。"""
    return CalendarsOut.model_validate(
        {
            "version": calendars.version,
            "first_day": calendars.national.first_day,
            "published_until": calendars.national.published_until,
            "years": [
                {"year": year, "notices": notices} for year, notices in calendars.notices.items()
            ],
            "regions": list(calendars.regions.values()),
        }
    )


@router.get(
    "/calendars/{jurisdiction}/days",
    summary="逐日查询工作日与休息日",
    responses=responses(409),
)
async def list_calendar_days(
    jurisdiction: Jurisdiction, query: Annotated[DaysQuery, Query()], calendars: CalendarsInForce
) -> DaysOut:
    """每一天是否工作日，以及依据：周末、节假日、调休上班日及其通知；未公布的年度按周一至周五并注明。"""
    calendar = calendars.of(jurisdiction)
    days = [calendar.describe(day) for day in each_day(query.since, query.until)]
    return DaysOut.model_validate(
        {
            "jurisdiction": calendar.jurisdiction,
            "version": calendar.version,
            "provisional": calendar.provisional(query.until),
            "items": [_day_out(day) for day in days],
            "warnings": _warnings(calendar, query.since, query.until),
        },
        from_attributes=True,
    )


@router.get(
    "/calendars/{jurisdiction}/span",
    summary="推算期限并逐日说明",
    responses=responses(409),
)
async def count_span(
    jurisdiction: Jurisdiction, query: Annotated[SpanQuery, Query()], calendars: CalendarsInForce
) -> SpanOut:
    """期限从哪天起、到哪天满：工作日、自然日或月，顺推届满日，或倒推最迟的起算日。

    默认起算日当日不计入；proof 逐日列出是否计入、为第几日及原因，与结果同源。
    """
    calendar = calendars.of(jurisdiction)
    counted = _counted(calendar, query)
    return SpanOut.model_validate(
        {
            "jurisdiction": calendar.jurisdiction,
            "version": calendar.version,
            "direction": query.direction,
            "span": query.span(),
            "start": counted.start,
            "full_on": counted.full_on,
            "end": counted.end,
            "provisional": counted.provisional,
            "unpublished_years": counted.unpublished_years,
            "proof": counted.proof,
            "warnings": _warnings(calendar, *counted.consulted),
        },
        from_attributes=True,
    )


def _counted(calendar: WorkingCalendar, query: SpanQuery) -> CountedSpan:
    if query.direction is Direction.BACKWARD:
        return count_backward(calendar, query.start, query.span(), count_start=query.count_start)
    return count_forward(
        calendar,
        query.start,
        query.span(),
        excluded=query.excluded(),
        count_start=query.count_start,
        roll=query.roll,
    )


# Any: both are typed by their models when they are validated.
def _warnings(calendar: WorkingCalendar, *consulted: date) -> tuple[dict[str, Any], ...]:
    if not consulted:
        return ()
    return cautions_out(Asked(on=consulted[0], calendar=calendar).cautions(*consulted))


def _day_out(day: DayCount) -> dict[str, Any]:
    return {
        "on": day.on,
        "working_day": day.counted,
        "why": day.why,
        "name": day.name,
        "notice": day.notice,
    }
