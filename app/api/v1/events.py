"""Events (事件流): what happened in a centre, in the order of the commits, for who reads along."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.api.openapi import responses
from app.api.place import RepositoriesDep, VisibleCentre
from app.api.security import platform_requires, requires
from app.api.v1.schemas.event import EventOut, EventsOut, StreamedOut, StreamOut
from app.api.v1.schemas.page import EventsQuery

router = APIRouter(tags=["事件"], dependencies=[requires("cases:read")])


@router.get(
    "/centres/{centre}/events",
    summary="中心的事件流",
    operation_id="list_events",
    responses=responses(410),
)
async def list_events(
    centre: VisibleCentre, kept: RepositoriesDep, query: Annotated[EventsQuery, Query()]
) -> EventsOut:
    """办件的每一步与每次拒绝各为一个事件（CloudEvents），按提交顺序、位置连续；已读之前不再插入。

    旧的事件可能已处置（见 /v1/retention）：要读的若在其中，答 410 并说明从哪里起可读。
    """
    found = await kept.events.after(centre.id, query.after, limit=query.limit)
    return EventsOut(
        items=[EventOut.of(centre.id, event) for event in found],
        next=found[-1].position if len(found) == query.limit else None,
    )


@router.get(
    "/events",
    summary="全部中心的事件流",
    operation_id="list_all_events",
    responses=responses(410),
    dependencies=[platform_requires("cases:read")],
)
async def list_all_events(
    kept: RepositoriesDep, query: Annotated[EventsQuery, Query()]
) -> StreamOut:
    """各中心与平台的事件合为一流，按位次；仅限平台令牌。每个中心内的次序与其自身的事件流一致。

    要读的若已处置，答 410 并说明从哪里起可读。
    """
    found = await kept.events.stream(query.after, limit=query.limit)
    return StreamOut(
        items=[StreamedOut.of(each) for each in found],
        next=found[-1].stream if len(found) == query.limit else None,
    )
