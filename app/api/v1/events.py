"""Events (事件流): what happened in a centre, in the order of the commits, for who reads along."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.api.place import RepositoriesDep, VisibleCentre
from app.api.security import requires
from app.api.v1.schemas.event import EventOut, EventsOut
from app.api.v1.schemas.page import EventsQuery

router = APIRouter(tags=["事件"], dependencies=[requires("cases:read")])


@router.get("/centres/{centre}/events", summary="中心的事件流", operation_id="list_events")
async def list_events(
    centre: VisibleCentre, kept: RepositoriesDep, query: Annotated[EventsQuery, Query()]
) -> EventsOut:
    """办件的每一步与每次拒绝各为一个事件（CloudEvents），按提交顺序、位置连续；已读之前不再插入。"""
    found = await kept.events.after(centre.id, query.after, limit=query.limit)
    return EventsOut(
        items=[EventOut.of(centre.id, event) for event in found],
        next=found[-1].position if len(found) == query.limit else None,
    )
