"""Reports on items (事项清单): exceptions, what is lacking, and how the limits were reviewed."""

from calendar import monthrange
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Query

from app.api.security import requires
from app.api.v1.item_desk import ReadingHere
from app.api.v1.schemas.item import (
    ExceptedItemsOut,
    ItemGapOut,
    ItemGapsOut,
    MonthQuery,
    OnDayQuery,
    ReviewOut,
    ReviewsOut,
    excepted_out,
)
from app.api.v1.schemas.page import next_after
from app.db import item_changes, item_placements, items
from app.db.item_standing import standing_of
from app.domain.items.gap import gaps_of
from app.domain.items.item import ItemQuery, ItemStage
from app.domain.items.item_change import reviewed
from app.domain.items.placement import may_be_placed, stands_against

router = APIRouter(tags=["事项与指南"], dependencies=[requires("centres:read")])

ITEMS: Final = "/centres/{centre}/items"


@router.get(ITEMS + "/exceptions", summary="未进厅与不纳入系统的事项")
async def list_item_exceptions(
    at: ReadingHere, query: Annotated[OnDayQuery, Query()]
) -> ExceptedItemsOut:
    """某日在厅外或系统外的事项及其批准；没有有效批准、又不自行除外的，`violating` 为 true。"""
    on = query.on or at.today
    chapter = at.book(on).items
    async with at.kept.engine.connect() as connection:
        placed = await item_placements.excepted(
            connection, at.centre.id, on, after=query.after, limit=query.limit
        )
        of = await items.among(connection, at.centre.id, [each.item_id for each in placed])
    out = []
    for each in placed:
        item = of[each.item_id]
        found = tuple(may_be_placed(chapter, item.item_class, each, on))
        out.append(excepted_out(item, each, found, violating=stands_against(found)))
    full = len(placed) == query.limit
    return ExceptedItemsOut(on=on, items=out, next=placed[-1].item_id if full else None)


@router.get(ITEMS + "/gaps", summary="在办事项的缺项")
async def list_item_gaps(at: ReadingHere, query: Annotated[OnDayQuery, Query()]) -> ItemGapsOut:
    """在办事项某日尚缺的审批办、窗口、指南、表格，各注明要求它的条目；规章未要求的不列。"""
    on = query.on or at.today
    book = at.book(on)
    async with at.kept.engine.connect() as connection:
        active = ItemQuery(stage=ItemStage.ACTIVE)
        found = await items.chosen(
            connection, at.centre.id, active, after=query.after, limit=query.limit
        )
        standing = await standing_of(connection, at.centre.id, found, on)
    gaps = [
        ItemGapOut.of(gap)
        for each in standing
        for gap in gaps_of(book.items, book.guide, book.publication, each)
    ]
    return ItemGapsOut(on=on, items=gaps, next=next_after(found, query.limit))


@router.get(ITEMS + "/reviews", summary="事项梳理与优化的月报")
async def list_item_reviews(at: ReadingHere, query: Annotated[MonthQuery, Query()]) -> ReviewsOut:
    """该月生效的时限、材料、环节的调整：减少为负、延长为正，百分比取两位小数。"""
    first, last = _days_of(query.month)
    async with at.kept.engine.connect() as connection:
        found = await item_changes.implemented(
            connection, at.centre.id, (first, last), after=query.after, limit=query.limit
        )
    rule = at.book(last).items.review
    lines = [ReviewOut.of(line) for change in found if (line := reviewed(change))]
    return ReviewsOut(
        month=query.month,
        rows=list(rule.rows) if rule else [],
        items=lines,
        next=next_after(found, query.limit),
    )


def _days_of(month: str) -> tuple[date, date]:
    first = date.fromisoformat(f"{month}-01")
    return first, first.replace(day=monthrange(first.year, first.month)[1])
