"""Service items (政务服务事项) of a centre: what can be applied for, and the limits promised."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.api.place import RepositoriesDep, VisibleCentre
from app.api.security import requires
from app.api.v1.schemas.centre import ItemOut, ItemsOut
from app.api.v1.schemas.page import PageQuery, next_after

router = APIRouter(tags=["中心"], dependencies=[requires("centres:read")])


@router.get("/centres/{centre}/items", summary="中心的政务服务事项", operation_id="list_items")
async def list_items(
    centre: VisibleCentre, kept: RepositoriesDep, query: Annotated[PageQuery, Query()]
) -> ItemsOut:
    """事项的类型、法定与承诺时限、办事指南已公布的特别程序；按 id 排序、逐页取。"""
    found = await kept.items.list(centre.id, after=query.after, limit=query.limit)
    return ItemsOut(
        items=[ItemOut.model_validate(each) for each in found],
        next=next_after(found, query.limit),
    )
