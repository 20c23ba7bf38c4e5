"""Legal overrides on the wire (法律另有规定): which law, in place of which rule, from when."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.api.v1.schemas.page import PageQuery
from app.api.wire import Day, Text
from app.db.ids import uuid7
from app.domain.casework.acts import refuse_personal_values
from app.domain.casework.length import MOST_DAYS
from app.domain.items.legal_override import LegalOverride, check_written
from app.domain.provision import Written

Row = Annotated[Text, Field(max_length=40, examples=["nanchang/22"])]
Law = Annotated[Text, Field(max_length=200)]
Article = Annotated[Text, Field(max_length=100)]
Days = Annotated[int, Field(ge=1, le=MOST_DAYS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalOverrideIn(Written):
    """登记一项法律另有规定：`rule` 为所替换的条目，`limit_days` 为法律规定的工作日数。

    `since` 与 `until`（均含）按收件之日计；不填 `until` 即长期。
    """

    rule: Row
    law: Law
    limit_days: Days
    since: date
    article: Article | None = None
    until: date | None = None
    document_number: Article | None = None

    def override(self, item_id: UUID) -> LegalOverride:
        """The entry for that item. Raises ImpossibleFact, PersonalValue."""
        refuse_personal_values(self)
        new = LegalOverride(
            id=uuid7(),
            item_id=item_id,
            rule=self.rule,
            law=self.law,
            limit_days=self.limit_days,
            since=self.since,
            article=self.article,
            until=self.until,
            document_number=self.document_number,
        )
        check_written(new)
        return new


class LegalOverridesQuery(PageQuery):
    """事项的法律另有规定。"""

    on: Day | None = Field(default=None, description="只列该日收件适用的；不填则列全部历次登记")


class LegalOverrideOut(BaseModel):
    """一项法律另有规定。"""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    item_id: UUID
    rule: str = Field(description="所替换的条目", examples=["nanchang/22"])
    law: str = Field(description="法律、法规的名称", examples=["行政许可法"])
    article: str | None = Field(examples=["第四十二条"])
    document_number: str | None
    limit_days: int = Field(description="工作日数")
    since: date = Field(description="首日：自此日起收件的适用")
    until: date | None = Field(description="最后一日（含）；长期为 null")
    ended_because: str | None = Field(description="提前终止的理由")
    version: int


class LegalOverridesOut(BaseModel):
    """一页法律另有规定，按登记先后。"""

    items: tuple[LegalOverrideOut, ...]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")
