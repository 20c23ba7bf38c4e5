"""Public items (公开的事项): items, guides and forms for everybody, without a token and free."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api.deps import Today
from app.api.place import RepositoriesDep
from app.api.public import PublicCentre, published
from app.api.v1.schemas.guide import FormOut, FormsOut
from app.api.v1.schemas.page import next_after
from app.api.v1.schemas.public_item import (
    PublicGuideOut,
    PublicItemDetailOut,
    PublicItemOut,
    PublicItemsOut,
    PublicItemsQuery,
)
from app.api.wire import Day
from app.db import public_items
from app.db.repositories import Repositories
from app.domain.organisation.centre import Centre

router = APIRouter(tags=["收费与公开"])

ITEMS: Final = "/public/centres/{centre}/items"
ITEM: Final = ITEMS + "/{item_id}"
OnDay = Annotated[Day | None, Query(description="查哪一日；默认今日")]


@dataclass(frozen=True, slots=True)
class PublicReading:
    """A centre that anybody reads."""

    request: Request
    centre: Centre
    kept: Repositories
    today: date


async def public_reading(
    request: Request, centre: PublicCentre, kept: RepositoriesDep, today: Today
) -> PublicReading:
    """The centre of the path, for everybody. Raises NotFound."""
    return PublicReading(request, centre, kept, today)


Anybody = Annotated[PublicReading, Depends(public_reading)]


@router.get(ITEMS, summary="公开的事项", response_model=PublicItemsOut)
async def list_public_items(at: Anybody, query: Annotated[PublicItemsQuery, Query()]) -> Response:
    """某日在办的事项及该日的承诺时限，涉密与不予公开的除外；免登录，可缓存，以 ETag 复核。"""
    on = query.on or at.today
    async with at.kept.engine.connect() as connection:
        found = await public_items.listed(
            connection, at.centre.id, on, after=query.after, limit=query.limit
        )
    listed = [PublicItemOut.model_validate(each) for each in found]
    out = PublicItemsOut(on=on, items=listed, next=next_after(found, query.limit))
    return published(at.request, out)


@router.get(ITEM, summary="公开的办事指南", response_model=PublicItemDetailOut)
async def read_public_item(item_id: UUID, at: Anybody, on: OnDay = None) -> Response:
    """一个事项某日的承诺时限、现行的指南，以及此前现行过的各版；免登录，可缓存，以 ETag 复核。"""
    day = on or at.today
    async with at.kept.engine.connect() as connection:
        item = await public_items.get(connection, at.centre.id, item_id, day)
        found = await public_items.guides_of(connection, at.centre.id, item_id, day)
    earlier, current = found
    out = PublicItemDetailOut(
        **PublicItemOut.model_validate(item).model_dump(),
        on=day,
        guide=PublicGuideOut.of(*current) if current else None,
        earlier_guides=[PublicGuideOut.of(*each) for each in earlier],
    )
    return published(at.request, out)


@router.get(ITEM + "/forms", summary="公开的表格与示范文本", response_model=FormsOut)
async def list_public_item_forms(item_id: UUID, at: Anybody, on: OnDay = None) -> Response:
    """某日现行的各份，附下载地址；免登录、免费，可缓存，以 ETag 复核。"""
    day = on or at.today
    async with at.kept.engine.connect() as connection:
        await public_items.get(connection, at.centre.id, item_id, day)
        found = await public_items.forms_of(connection, at.centre.id, item_id, day)
    return published(at.request, FormsOut(items=[FormOut.of(form) for form in found]))
