"""Public items on the wire (公开的事项): what everybody may read of an item and its guide."""

from datetime import date
from decimal import Decimal
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.api.v1.schemas.guide import GuideContentOut
from app.api.v1.schemas.page import PageQuery
from app.api.wire import Day
from app.domain.casework.case_facts import ItemKind
from app.domain.items.guide_version import Guide


class PublicItemsQuery(PageQuery):
    """公开的事项。"""

    on: Day | None = Field(default=None, description="查哪一日；默认今日")


class PublicItemOut(BaseModel):
    """公开的事项。"""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    item_class: str | None
    kind: ItemKind = Field(description="instant 即办件，promised 承诺件")
    statutory_days: int | None = Field(description="该日的法定时限（工作日）")
    promised_days: int | None = Field(description="该日的承诺时限（工作日）")
    reduction_percent: Decimal | None = Field(
        description="承诺时限比法定时限缩短的百分比，四舍五入到两位小数，更长的为负；"
        "没有承诺或法定时限的、即办件为 null",
        examples=["50.00"],
    )
    implementation_code: str | None


class PublicItemsOut(BaseModel):
    """一页公开的事项，按 id 排序。"""

    on: date
    items: list[PublicItemOut]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")


class PublicGuideOut(BaseModel):
    """公开的指南，及其现行的起止日。"""

    number: int
    content: GuideContentOut
    effective_on: date
    effective_until: date | None = Field(description="现行的最后一日；仍现行的为 null")

    @classmethod
    def of(cls, guide: Guide, until: date | None) -> Self:
        if guide.effective_on is None:
            raise ValueError("what is not in force is not public")
        return cls(
            number=guide.number,
            content=GuideContentOut.model_validate(guide.content),
            effective_on=guide.effective_on,
            effective_until=until,
        )


class PublicItemDetailOut(PublicItemOut):
    """公开的事项，连同某日现行的指南与此前的各版。"""

    on: date
    guide: PublicGuideOut | None = Field(description="该日现行的指南；尚未公布的为 null")
    earlier_guides: list[PublicGuideOut] = Field(description="该日之前现行过的各版，新的在前")
