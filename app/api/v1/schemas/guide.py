"""Guides on the wire (办事指南): what a version states, where it is public, and since when."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.api.v1.schemas.item import Days, Name
from app.api.wire import Day, Text
from app.db.ids import uuid7
from app.domain.casework.acts import refuse_personal_values
from app.domain.day import ImpossibleFact
from app.domain.items.form import Form, FormFile, FormKind
from app.domain.items.guide_sheet import Sheet
from app.domain.items.guide_version import (
    Guide,
    GuideContent,
    LegalBasis,
    Material,
    Precondition,
    Reduction,
)
from app.domain.items.publication import Channel
from app.domain.provision import Written

CHANNELS: Final = (
    "website 门户网站，touchscreen 触摸屏，leaflet 印制的办事指南，query_system 电子政务查询系统，"
    "hall 政务大厅"
)
FORM_KINDS: Final = "form 申请表格，sample 示范文本"
MOST: Final = 100
SHA256: Final = r"^[0-9a-f]{64}$"
ADDRESS: Final = r"^https?://[!-~]+$"
Words = Annotated[str, Field(max_length=4000)]
Line = Annotated[str, Field(max_length=500)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalBasisIn(Written):
    """所依的法律、法规、规章及其主要条款。"""

    law: Line = ""
    main_clauses: Line = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreconditionIn(Written):
    """一项条件；须购买的服务写 `paid_service`，指定的机构写 `provider`。"""

    text: Line = ""
    paid_service: bool = False
    provider: Line | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialIn(Written):
    """一项材料及其格式与份数；`sample_form_id` 为示范文本的 form_id。"""

    name: Line = ""
    format: Line = ""
    quantity: Annotated[int, Field(ge=0, le=999)] = 0
    sample_form_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReductionIn(Written):
    """三减一透明所减的材料、环节、天数，如实记录。"""

    materials: Annotated[int, Field(ge=0, le=999)] | None = None
    steps: Annotated[int, Field(ge=0, le=999)] | None = None
    days: Annotated[int, Field(ge=0, le=3660)] | None = None
    transparency: Line | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideContentIn(Written):
    """指南的各要素。“无”“不收费”“无特别条件”是明确的内容；空白等于没有写。`promised_days` 为所
    公布的承诺时限（工作日）。"""

    item_name: Words | None = None
    subject: Words | None = None
    legal_basis: Annotated[tuple[LegalBasisIn, ...], Field(max_length=MOST)] = ()
    statutory_limit: Words | None = None
    promised_limit: Words | None = None
    promised_days: Days | None = None
    procedure_not_counted: Words | None = None
    preconditions: Annotated[tuple[PreconditionIn, ...], Field(max_length=MOST)] = ()
    process: Annotated[tuple[Line, ...], Field(max_length=MOST)] = ()
    materials: Annotated[tuple[MaterialIn, ...], Field(max_length=MOST)] = ()
    no_materials: bool = False
    fee_items: Words | None = None
    fee_basis: Words | None = None
    fee_standard: Words | None = None
    payment_method: Words | None = None
    result: Words | None = None
    supervision_channel: Words | None = None
    content: Words | None = None
    standard: Words | None = None
    reduction: ReductionIn | None = None

    def stated(self) -> GuideContent:
        """Raises PersonalValue, ImpossibleFact."""
        parts = (*self.legal_basis, *self.preconditions, *self.materials)
        for part in (self, *parts, *([self.reduction] if self.reduction else [])):
            refuse_personal_values(part)
        if self.no_materials and self.materials:
            raise ImpossibleFact("content.no_materials", "列有材料的指南不能又称无须材料")
        told = {name: getattr(self, name) for name in GuideContent.__dataclass_fields__}
        return GuideContent(
            **told
            | {
                "legal_basis": tuple(_as(LegalBasis, each) for each in self.legal_basis),
                "preconditions": tuple(_as(Precondition, each) for each in self.preconditions),
                "materials": tuple(_as(Material, each) for each in self.materials),
                "reduction": self.reduction and _as(Reduction, self.reduction),
            }
        )


def _as(kind: Any, part: Written) -> Any:  # Any: one dataclass as its twin of the domain
    return kind(**{name: getattr(part, name) for name in kind.__dataclass_fields__})


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideIn(Written):
    """指南的一版，自 `since`（默认今日）起用；公布之后、须备案的备案之后方才生效。"""

    content: GuideContentIn
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationIn(Written):
    """公布的渠道。"""

    channels: Annotated[tuple[Channel, ...], Field(max_length=len(Channel))]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideFilingIn(Written):
    """备案号，没有的不填。"""

    number: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFileIn(Written):
    """文件的地址、SHA-256 与字节数；本服务不存文件本身。"""

    address: Annotated[Text, Field(max_length=1000, pattern=ADDRESS)]
    sha256: Annotated[str, Field(pattern=SHA256)]
    size: Annotated[int, Field(ge=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormIn(Written):
    """一份表格或示范文本，自 `since`（默认今日）起用；新的一版以 `replaces` 写明原来的 form_id。"""

    kind: FormKind
    title: Name
    file: FormFileIn
    price: Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)] = Decimal(0)
    since: date | None = None
    replaces: UUID | None = None

    def form(self, item_id: UUID, number: int, today: date) -> Form:
        """Raises PersonalValue."""
        refuse_personal_values(self)
        id_ = uuid7()
        return Form(
            id=id_,
            form_id=self.replaces or id_,
            item_id=item_id,
            number=number,
            kind=self.kind,
            title=self.title,
            file=FormFile(address=self.file.address, sha256=self.file.sha256, size=self.file.size),
            price=self.price,
            since=self.since or today,
        )


class GuidesQuery(BaseModel):
    """指南的各版。"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    on: Day | None = Field(default=None, description="只列该日现行的一版；不填列全部")


class DemandsQuery(BaseModel):
    """要求申请人提交的材料。"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    received_on: Day = Field(description="收到申请之日")
    material: list[Name] = Field(max_length=MOST, description="所要求的材料，可填多次")


class DemandValues(BaseModel):
    """据以核对的指南；当日没有现行指南的为 null。"""

    guide_id: UUID | None
    number: int | None = Field(description="第几版")


class FormsQuery(BaseModel):
    """表格与示范文本。"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    on: Day | None = Field(default=None, description="只列该日现行的各份；不填列全部版本")


class LegalBasisOut(BaseModel):
    """所依的法律、法规、规章及其主要条款。"""

    model_config = ConfigDict(from_attributes=True)

    law: str
    main_clauses: str


class PreconditionOut(BaseModel):
    """一项条件。"""

    model_config = ConfigDict(from_attributes=True)

    text: str
    paid_service: bool
    provider: str | None


class MaterialOut(BaseModel):
    """一项材料。"""

    model_config = ConfigDict(from_attributes=True)

    name: str
    format: str
    quantity: int
    sample_form_id: UUID | None


class ReductionOut(BaseModel):
    """三减一透明的记录。"""

    model_config = ConfigDict(from_attributes=True)

    materials: int | None
    steps: int | None
    days: int | None
    transparency: str | None


class GuideContentOut(BaseModel):
    """指南的各要素；没有写的为 null。"""

    model_config = ConfigDict(from_attributes=True)

    item_name: str | None
    subject: str | None
    legal_basis: list[LegalBasisOut]
    statutory_limit: str | None
    promised_limit: str | None
    promised_days: int | None = Field(description="所公布的承诺时限（工作日）；未写明的为 null")
    procedure_not_counted: str | None
    preconditions: list[PreconditionOut]
    process: list[str]
    materials: list[MaterialOut]
    no_materials: bool
    fee_items: str | None
    fee_basis: str | None
    fee_standard: str | None
    payment_method: str | None
    result: str | None
    supervision_channel: str | None
    content: str | None
    standard: str | None
    reduction: ReductionOut | None


class GuideOut(BaseModel):
    """指南的一版。"""

    id: UUID
    item_id: UUID
    number: int = Field(description="第几版")
    version: int
    content: GuideContentOut
    since: date = Field(description="拟自何日起用")
    published_on: date | None
    channels: list[Channel] = Field(description=CHANNELS)
    filed_on: date | None = Field(description="备案之日")
    filing_number: str | None
    awaits_filing: bool = Field(description="true：须备案而尚未备案，不生效")
    effective_on: date | None = Field(description="自何日起现行；尚未公布或备案的为 null")
    effective_until: date | None = Field(description="现行的最后一日；仍现行的为 null")

    @classmethod
    def of(cls, guide: Guide, until: date | None, *, awaits_filing: bool) -> Self:
        published, filed = guide.published, guide.filed
        return cls(
            id=guide.id,
            item_id=guide.item_id,
            number=guide.number,
            version=guide.version,
            content=GuideContentOut.model_validate(guide.content),
            since=guide.since,
            published_on=published and published.on,
            channels=[Channel(each) for each in published.channels] if published else [],
            filed_on=filed and filed.on,
            filing_number=filed and filed.number,
            awaits_filing=awaits_filing,
            effective_on=guide.effective_on,
            effective_until=until,
        )


class GuidesOut(BaseModel):
    """指南的各版，新的在前。"""

    items: list[GuideOut]


class SheetOut(BaseModel):
    """一个渠道所示的版面。"""

    model_config = ConfigDict(from_attributes=True)

    channel: Channel = Field(description=CHANNELS)
    title: str
    media_type: str = Field(description="各页的格式", examples=["text/html"])
    pages: list[str]


class PublishedGuideOut(GuideOut):
    """公布的一版指南，及各渠道一份版面。"""

    outputs: list[SheetOut]


class SheetsOut(BaseModel):
    """该版指南在各渠道的版面；未公布的为全部渠道的样稿。"""

    items: list[SheetOut]


class FormOut(BaseModel):
    """一份表格或示范文本的一版。"""

    id: UUID
    form_id: UUID = Field(description="同一份表格的各版相同")
    item_id: UUID
    number: int = Field(description="第几版")
    kind: FormKind = Field(description=FORM_KINDS)
    title: str
    address: str = Field(description="下载地址")
    sha256: str
    size: int = Field(description="字节数")
    price: Decimal = Field(description="价格（元）", examples=["0.00"])
    since: date = Field(description="自何日起用")

    @classmethod
    def of(cls, form: Form) -> Self:
        return cls(
            id=form.id,
            form_id=form.form_id,
            item_id=form.item_id,
            number=form.number,
            kind=form.kind,
            title=form.title,
            address=form.file.address,
            sha256=form.file.sha256,
            size=form.file.size,
            price=form.price.quantize(Decimal("0.01")),
            since=form.since,
        )


class FormsOut(BaseModel):
    """事项的表格与示范文本。"""

    items: list[FormOut]


def sheet_out(sheet: Sheet) -> SheetOut:
    """The sheet with its pages."""
    return SheetOut.model_validate(sheet)
