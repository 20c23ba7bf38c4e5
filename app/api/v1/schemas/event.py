"""Events on the wire (事件): CloudEvents 1.0 in JSON, with their place in the centre's stream."""

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from app.db.outbox import Event, Streamed
from app.domain.day import SHANGHAI
from app.domain.oversight.ledger import PLATFORM


class EventOut(BaseModel):
    """一个事件（CloudEvents 1.0）；id 即留痕编号，只含编号、日期与字段名，不含个人信息。"""

    specversion: Literal["1.0"]
    id: UUID
    source: str = Field(
        description="产生事件的中心；不属于任何中心的为 /v1", examples=["/v1/centres/…"]
    )
    type: str = Field(description="事件类型", examples=["cn.guiju.case.accepted"])
    subject: str | None = Field(description="办件 id；与办件无关的为 null")
    time: datetime = Field(description="入账时刻")
    datacontenttype: Literal["application/json"]
    data: dict[str, Any]  # Any: each type of event has a shape of its own.
    position: int = Field(description="在本中心事件流中的位置，从 1 起连续无缺")

    @classmethod
    def of(cls, centre_id: UUID, event: Event) -> Self:
        return cls(
            specversion="1.0",
            id=event.id,
            source=f"/v1/centres/{centre_id}" if centre_id != PLATFORM else "/v1",
            type=event.type,
            subject=str(event.case_id) if event.case_id else None,
            time=event.created_at.astimezone(SHANGHAI),
            datacontenttype="application/json",
            data=dict(event.data),
            position=event.position,
        )


class StreamedOut(BaseModel):
    """一个事件，及其在各中心合并的事件流中的位次。"""

    stream: int = Field(description="在全部事件流中的位次，只增不减，可有空缺")
    event: EventOut

    @classmethod
    def of(cls, streamed: Streamed) -> Self:
        return cls(stream=streamed.stream, event=EventOut.of(streamed.centre_id, streamed.event))


class StreamOut(BaseModel):
    """一页全部中心的事件。"""

    items: list[StreamedOut]
    next: int | None = Field(description="下一页的 after；暂无更多为 null，可用末项 stream 再来取")


class EventsOut(BaseModel):
    """一页事件，按提交顺序。"""

    items: list[EventOut]
    next: int | None = Field(
        description="下一页的 after；暂无更多为 null，可用末项 position 再来取"
    )
