"""Effective dates on the wire (施行日期): the day, and the document that tells of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from app.api.v1.schemas.calendar import NoticeOut
from app.api.v1.schemas.fee import revocation_out
from app.api.v1.schemas.page import PageQuery
from app.api.v1.schemas.special_day import DocumentIn, RevocationOut
from app.api.wire import Text
from app.domain.day import SHANGHAI
from app.domain.effective_date import EffectiveDate
from app.domain.provision import Written

Edition = Annotated[Text, Field(max_length=100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveDateIn(Written):
    """文本未载明施行日期的版本，其印发、批准或发布之日，及载明该日的文件。"""

    edition: Edition
    effective_from: date
    document: DocumentIn


class EffectiveDatesQuery(PageQuery):
    """登记的清单。"""

    include_revoked: bool = Field(default=False, description="是否也列出已撤销的")


class EffectiveDateOut(BaseModel):
    """一项登记。"""

    id: UUID
    regulation: str = Field(examples=["aohan"])
    edition: str = Field(examples=["2020"])
    effective_from: date
    document: NoticeOut
    entered_by: str
    entered_at: datetime
    revoked: RevocationOut | None


class EffectiveDateEnteredOut(EffectiveDateOut):
    """登记或撤销的结果。"""

    version: str = Field(description="此后规章数据的摘要")


class EffectiveDatesOut(BaseModel):
    """一页登记，按登记先后。"""

    items: tuple[EffectiveDateOut, ...]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")


def effective_date_out(day: EffectiveDate) -> dict[str, Any]:
    """The entry as EffectiveDateOut has it. Any: typed by that model."""
    document = day.document
    return {
        "id": day.id,
        "regulation": day.regulation,
        "edition": day.edition,
        "effective_from": day.effective_from,
        "document": {
            "title": document.title,
            "number": document.number,
            "issued_on": document.issued_on,
        },
        "entered_by": day.entered_by,
        "entered_at": day.entered_at.astimezone(SHANGHAI),
        "revoked": day.revoked and revocation_out(day.revoked),
    }
