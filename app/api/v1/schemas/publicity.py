"""Publicity on the wire (公开): pledges, what is withheld, granted decisions, and what is owed."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from app.api.v1.schemas.fee import Reason, revocation_out
from app.api.v1.schemas.item import Name
from app.api.v1.schemas.page import PageQuery
from app.api.v1.schemas.special_day import RevocationOut
from app.api.wire import Day, Text
from app.db.public_decisions import Cursor, Granted
from app.domain.casework.acts import refuse_personal_values
from app.domain.coverage import Covered, Status
from app.domain.day import local_day
from app.domain.items.publicity import (
    Ground,
    OpenKind,
    Pledge,
    PledgeElement,
    PledgeElements,
    Withholding,
)
from app.domain.provision import Written

Plain = dict[str, Any]  # Any: typed by the models of this file
Element = Annotated[Text, Field(max_length=4000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeElementsIn(Written):
    """承诺的要素；确实没有的写“无”。"""

    content: Element | None = None
    procedure: Element | None = None
    standard: Element | None = None
    basis: Element | None = None
    supervision: Element | None = None

    def elements(self) -> PledgeElements:
        """Raises PersonalValue."""
        refuse_personal_values(self)
        written = {element.value: getattr(self, element) for element in PledgeElement}
        return PledgeElements(**written)


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeIn(Written):
    """公布一份服务承诺，自 `since`（默认今日）起，至 `until`（含，不填即长期）；同名的后一份到时
    取代前一份，期满也不恢复前一份。"""

    name: Name
    elements: PledgeElementsIn
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithholdingIn(Written):
    """不予公开的登记：哪一类的哪一个对象，何种理由；`reason` 说明不予公开的缘由，不写内容本身。"""

    kind: OpenKind
    resource_id: UUID
    reason: Reason
    ground: Ground | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftingIn(Written):
    """解除的理由。"""

    reason: Reason


class PledgesQuery(PageQuery):
    """服务承诺。"""

    on: Day | None = Field(default=None, description="只列该日有效的；不填则列全部历次承诺")


class PublicPledgesQuery(PageQuery):
    """公开的服务承诺。"""

    on: Day | None = Field(default=None, description="哪一日有效的，默认今日")


class WithholdingsQuery(PageQuery):
    """不予公开的登记。"""

    include_lifted: bool = Field(default=False, description="是否也列出已解除的")


class DecisionsQuery(BaseModel):
    """公开的准予决定，按决定时间由近及远。"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(default=50, ge=1, le=200, description="每页最多几项")
    after: str | None = Field(default=None, max_length=80, description="上一页的 next；首页不填")
    item_id: UUID | None = Field(default=None, description="只列某一事项的")
    since: Day | None = Field(default=None, description="自哪一日起作出的")
    until: Day | None = Field(default=None, description="至哪一日为止作出的（含）")

    @field_validator("after")
    @classmethod
    def _readable(cls, written: str | None) -> str | None:
        try:
            if written is not None:
                Cursor.read(written)
        except ValueError:
            raise PydanticCustomError("cursor_invalid", "not a cursor of this list") from None
        return written


class PledgeElementsOut(BaseModel):
    """承诺的要素。"""

    content: str | None = Field(description="内容")
    procedure: str | None = Field(description="程序")
    standard: str | None = Field(description="标准")
    basis: str | None = Field(description="依据")
    supervision: str | None = Field(description="监督方法")


class PublicPledgeOut(BaseModel):
    """一份公开的服务承诺。"""

    id: UUID
    name: str
    elements: PledgeElementsOut
    since: date


class PledgeOut(PublicPledgeOut):
    """一份服务承诺。"""

    until: date | None = Field(description="登记的最后一日；被同名的后一份取代的不另写")
    ended_because: str | None
    version: int


class PledgesOut(BaseModel):
    """一页服务承诺，按登记先后。"""

    items: tuple[PledgeOut, ...]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")


class PublicPledgesOut(BaseModel):
    """一页公开的服务承诺。"""

    on: date
    items: tuple[PublicPledgeOut, ...]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")


class WithholdingOut(BaseModel):
    """一项不予公开的登记。"""

    id: UUID
    kind: OpenKind = Field(
        description="item 事项，guide 办事指南，form 格式文本，fee 收费标准，"
        "mandate 行政委托书，pledge 服务承诺，decision 准予决定（办件）"
    )
    resource_id: UUID
    ground: Ground | None = Field(
        description="state_secret 国家秘密，trade_secret 商业秘密，"
        "personal_privacy 个人隐私，other 其他"
    )
    reason: str
    version: int
    lifted: RevocationOut | None = Field(description="解除：何人、何时、为何")


class WithholdingsOut(BaseModel):
    """一页登记，按登记先后。"""

    items: tuple[WithholdingOut, ...]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")


class DecisionPublishedOut(BaseModel):
    """一项准予决定；只公开必要的内容，免费查阅。"""

    id: UUID
    item_id: UUID
    item_name: str
    decided_on: date
    applicant: str | None = Field(description="申请人，已脱敏；本服务未登记的为 null")
    price: str = Field(description="查阅价格（元）", examples=["0.00"])

    @classmethod
    def of(cls, granted: Granted) -> Self:
        return cls(
            id=granted.id,
            item_id=granted.item_id,
            item_name=granted.item_name,
            decided_on=local_day(granted.decided_at),
            applicant=None,  # no case says who applies
            price="0.00",
        )


class DecisionsPublishedOut(BaseModel):
    """一页准予决定，由近及远。"""

    items: tuple[DecisionPublishedOut, ...]
    next: str | None = Field(description="下一页的 after；没有下一页为 null")


class DutyOut(BaseModel):
    """一项公开义务：依据哪一条目，由哪些操作公开，还缺什么。"""

    row: str = Field(examples=["tianya/16.1"])
    article: str
    summary: str
    status: Status
    served_by: tuple[str, ...] = Field(description="操作（operationId）")
    missing: tuple[str, ...] | None = Field(
        description="尚缺的：pledge 即尚无服务承诺，或尚未公布收费情况的事项 id（至多 100 个）；"
        "不在此核对的为 null"
    )
    reason: str = Field(description="由何执行；待建的尚缺什么")

    @classmethod
    def of(cls, found: Covered, missing: tuple[str, ...] | None) -> Self:
        return cls(
            row=found.row.id,
            article=found.row.article,
            summary=found.row.summary,
            status=found.status or Status.PLANNED,
            served_by=found.served_by,
            missing=missing,
            reason=found.reason,
        )


class PublicityOut(BaseModel):
    """本中心应当公开的清单。"""

    regulation: str
    edition: str
    on: date
    items: tuple[DutyOut, ...]


def pledge_out(pledge: Pledge) -> Plain:
    """The pledge as PledgeOut has it."""
    return {
        "id": pledge.id,
        "name": pledge.name,
        "elements": {one.value: getattr(pledge.elements, one) for one in PledgeElement},
        "since": pledge.since,
        "until": pledge.until,
        "ended_because": pledge.ended_because,
        "version": pledge.version,
    }


def withholding_out(withholding: Withholding) -> Plain:
    """The entry as WithholdingOut has it."""
    return {
        "id": withholding.id,
        "kind": withholding.kind,
        "resource_id": withholding.resource_id,
        "ground": withholding.ground,
        "reason": withholding.reason,
        "version": withholding.version,
        "lifted": withholding.lifted and revocation_out(withholding.lifted),
    }
