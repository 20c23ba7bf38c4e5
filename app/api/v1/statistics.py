"""Statistics (办件统计): the month of a centre, and of all centres for the platform."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from app.api.deps import Now, RulebooksInForce
from app.api.place import RepositoriesDep, VisibleCentre
from app.api.security import platform_requires, requires
from app.api.v1.schemas.page import next_after
from app.api.v1.schemas.statistics import (
    AllStatisticsOut,
    CentreStatisticsOut,
    StatisticsOut,
    StatisticsPageQuery,
    StatisticsQuery,
    counts_out,
)
from app.db.statistics import Asked, counted
from app.domain.day import local_day
from app.domain.law_of_case import completed_by_seal, counted_from_receipt
from app.domain.oversight.statistics import Month, total
from app.domain.rulebook import Rulebooks

router = APIRouter(tags=["统计"], dependencies=[requires("cases:read")])


@router.get("/centres/{centre}/statistics", summary="中心一月的办件统计")
async def read_statistics(
    centre: VisibleCentre,
    kept: RepositoriesDep,
    books: RulebooksInForce,
    now: Now,
    query: Annotated[StatisticsQuery, Query()],
) -> StatisticsOut:
    """该月收件、受理、准予、不予、办结的件数，与该月到期而已逾期的件数；合计，并按部门、按收件窗口
    的类别分列。分厅的办件计入中心。更正过的，按更正之后计。"""
    today = local_day(centre.moment(now))
    asked = _asked(Month.of(query.month), today, books)
    async with kept.engine.connect() as connection:
        cells = await counted(connection, [centre.id], asked)
    return StatisticsOut.of(asked.month, today, cells)


@router.get(
    "/statistics",
    summary="各中心一月的办件统计",
    dependencies=[platform_requires("cases:read")],
)
async def list_statistics(
    kept: RepositoriesDep,
    books: RulebooksInForce,
    now: Now,
    query: Annotated[StatisticsPageQuery, Query()],
) -> AllStatisticsOut:
    """每个中心的合计，不含任何一件的内容；仅限平台令牌。"""
    today = local_day(now)
    asked = _asked(Month.of(query.month), today, books)
    found = await kept.centres.visible(None, after=query.after, limit=query.limit)
    real = [centre for centre in found if centre.sandbox_on is None]
    async with kept.engine.connect() as connection:
        cells = await counted(connection, [centre.id for centre in real], asked)
    items = tuple(
        CentreStatisticsOut(
            centre_id=centre.id,
            code=centre.code,
            name=centre.name,
            counts=counts_out(total(cell for cell in cells if cell.centre_id == centre.id)),
        )
        for centre in real
    )
    return AllStatisticsOut(
        month=query.month, as_of=today, items=items, next=next_after(found, query.limit)
    )


def _asked(month: Month, today: date, books: Rulebooks) -> Asked:
    return Asked(
        month=month,
        today=today,
        by_seal=completed_by_seal(books),
        from_receipt=counted_from_receipt(books),
    )
