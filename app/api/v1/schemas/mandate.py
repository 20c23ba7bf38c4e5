"""Mandates on the wire (行政委托书): granted, filed, revoked, published, and asked about."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.api.v1.schemas.page import PageQuery
from app.api.wire import Day, Named, Text
from app.domain.organisation.mandate import Mandate, Power
from app.domain.provision import Written

MOST_ITEMS = 200
Title = Annotated[Named, Field(max_length=300)]
Number = Annotated[Named, Field(max_length=100)]
Address = Annotated[Text, Field(max_length=500, pattern=r"^https?://\S+$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
POWERS = "accept 受理，decide 决定，seal 用章"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperIn(Written):
    """委托书本身：名称与文号；副本的地址、SHA-256 与字节数，三者要写都写。"""

    title: Title
    number: Number | None = None
    issued_on: date | None = None
    address: Address | None = None
    sha256: Digest | None = None
    size: Annotated[int, Field(gt=0)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateIn(Written):
    """委托书：哪个部门就哪些事项授予哪些权限；`since`、`until` 是首日与末日（含），不写
    `window_id` 的适用于该部门各窗口。"""

    department_id: UUID
    item_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=MOST_ITEMS)]
    powers: Annotated[tuple[Power, ...], Field(min_length=1, max_length=3)]
    since: date
    signed_on: date
    document: PaperIn
    window_id: UUID | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingIn(Written):
    """备案：日期与备案号。"""

    filed_on: date
    number: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationIn(Written):
    """撤销：自哪一日起不再有效，为何。"""

    since: date
    reason: Title


class MandatesQuery(PageQuery):
    """委托书的清单。"""

    department_id: UUID | None = Field(default=None, description="只列该部门的")
    item_id: UUID | None = Field(default=None, description="只列包含该事项的")


class CoverageQuery(BaseModel):
    """窗口要做的：对哪一事项行使哪项权限。"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    item_id: UUID = Field(description="事项")
    power: Power = Field(default=Power.DECIDE, description=POWERS)
    on: Day | None = Field(default=None, description="法律日，默认今天")
    window_id: UUID | None = Field(default=None, description="哪个窗口；不写则不论窗口")


class PaperOut(BaseModel):
    """委托书本身。"""

    model_config = ConfigDict(from_attributes=True)

    title: str
    number: str | None
    issued_on: date | None
    address: str | None
    sha256: str | None
    size: int | None


class PublicMandateOut(BaseModel):
    """公示的委托书：事项、权限与起止日。"""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    department_id: UUID
    window_id: UUID | None
    item_ids: list[UUID]
    powers: list[Power] = Field(description=POWERS)
    since: date
    until: date | None = Field(description="末日（含）；未定为 null")
    signed_on: date
    filed_on: date | None
    filing_number: str | None
    document: PaperOut


class PublicMandatesOut(BaseModel):
    """当日生效中的委托书。"""

    on: date
    items: list[PublicMandateOut]


class MandateOut(PublicMandateOut):
    """一份委托书及其备案与撤销。"""

    revoked_from: date | None = Field(description="自该日起不再有效")
    revoked_because: str | None
    version: int


class MandatesOut(BaseModel):
    """一页委托书，按登记先后。"""

    items: list[MandateOut]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")


class CoverageValues(BaseModel):
    """涉及该事项的委托书。"""

    mandate_ids: list[UUID]


def public(found: list[Mandate], on: date) -> PublicMandatesOut:
    """What everybody may read of them."""
    return PublicMandatesOut(on=on, items=[PublicMandateOut.model_validate(each) for each in found])
