"""Items on the wire (政务服务事项): what is entered of one, where it is handled, what it lacks."""

from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.api.v1.schemas.page import PageQuery
from app.api.v1.schemas.ruling import WarningOut, cautions_out
from app.api.v1.schemas.window import ApprovalIn, ApprovalOut
from app.api.wire import Day, Named, Text
from app.db.ids import uuid7
from app.domain.casework.acts import refuse_personal_values
from app.domain.casework.approval_step import ApprovalStep
from app.domain.casework.case_facts import ItemKind
from app.domain.casework.limits import ExclusionKind
from app.domain.decision import Caution, Finding
from app.domain.items.exemption import Exemption, Ground, Where
from app.domain.items.gap import Gap, Lacking
from app.domain.items.item import ItemQuery, ItemStage, ServiceItem
from app.domain.items.item_change import Reviewed
from app.domain.items.placement import Placement
from app.domain.provision import Written

STAGES: Final = "draft 拟进，active 在办，withdrawn 已退出"
PLACES: Final = "in_hall 进厅，outside 未进厅"
GROUNDS: Final = "state_security 国家安全，secret 涉密，government_approval 经政府批准的其他情形"
LACKS: Final = (
    "office 未归并审批办，window 未进窗口，guide 无公布的指南，form 无表格与样本，"
    "promise 缩短的承诺时限未公布"
)
APPROVALS: Final = (
    "审核步骤，按次序：review 审，verify 核，director_sign 领导签批，"
    "collective_discussion 集体讨论，expert_review 专家评审，hearing 听证；没有写明的为空"
)
MOST_DAYS: Final = 3660
Name = Annotated[Named, Field(max_length=200)]
Class = Annotated[Text, Field(max_length=40)]
Code = Annotated[Text, Field(max_length=64)]
Reason = Annotated[Named, Field(max_length=1000)]
Note = Annotated[Text, Field(max_length=1000)]
Days = Annotated[int, Field(ge=0, le=MOST_DAYS)]
Flow = Annotated[tuple[Name, ...], Field(max_length=50)]
ApprovalSteps = Annotated[tuple[ApprovalStep, ...], Field(max_length=20)]
Windows = Annotated[tuple[UUID, ...], Field(max_length=50)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemIn(Written):
    """登记事项：先为拟进，启用之后方可收件。类别按规章的分类；编码按 GB/T 39046 与 GB/T 39554。"""

    name: Name
    kind: ItemKind
    item_class: Class | None = None
    type_code: Code | None = None
    basic_code: Code | None = None
    implementation_code: Code | None = None
    department_id: UUID | None = None
    office_id: UUID | None = None
    statutory_days: Days | None = None
    promised_days: Days | None = None
    licence: bool = False
    exclusions_in_guide: tuple[ExclusionKind, ...] = ()
    flow: Flow = ()
    approval_steps: ApprovalSteps = ()

    def item(self) -> ServiceItem:
        """The item as a draft. Raises PersonalValue; a code may have any digits."""
        refuse_personal_values(replace(self, implementation_code=None, basic_code=None))
        told: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        return ServiceItem(id=uuid7(), stage=ItemStage.DRAFT, **told)  # Any: a value a field


@dataclass(frozen=True, slots=True, kw_only=True)
class ExemptionIn(Written):
    """例外的情形、理由与批准；`until` 为批准期限的最后一日。"""

    ground: Ground
    approval: ApprovalIn | None = None
    until: date | None = None
    reason: Note | None = None

    def exemption(self, today: date) -> Exemption:
        """Raises ImpossibleFact, PersonalValue."""
        refuse_personal_values(self)
        return Exemption(
            ground=self.ground,
            approval=None if self.approval is None else self.approval.approval(today),
            until=self.until,
            reason=self.reason,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementIn(Written):
    """进厅（in_hall）或未进厅（outside），以及是否不纳入系统；例外写明 `exception`。"""

    placement: Where
    off_system: bool = False
    exception: ExemptionIn | None = None

    def placed(self, item_id: UUID, today: date) -> Placement:
        """From today. Raises ImpossibleFact, PersonalValue."""
        return Placement(
            id=uuid7(),
            item_id=item_id,
            where=self.placement,
            off_system=self.off_system,
            exemption=None if self.exception is None else self.exception.exemption(today),
            since=today,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemWindowsIn(Written):
    """事项所在的全部窗口；未列出的自今日起不再受理该事项。"""

    window_ids: Windows


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemActivationIn(Written):
    """启用的理由或说明。"""

    reason: Reason


class ItemsQuery(PageQuery):
    """事项的清单。"""

    stage: ItemStage | None = Field(default=None, description=STAGES)
    item_class: Class | None = Field(default=None, description="事项类别")
    department_id: UUID | None = Field(default=None, description="只列该部门的")

    def asked(self) -> ItemQuery:
        return ItemQuery(
            stage=self.stage, item_class=self.item_class, department_id=self.department_id
        )


class OnDayQuery(PageQuery):
    """某一日的清单。"""

    on: Day | None = Field(default=None, description="查哪一日；默认今日")


class MonthQuery(PageQuery):
    """某一月的清单。"""

    month: str = Field(pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2025-10"])


class ItemOut(BaseModel):
    """一个政务服务事项及其时限（工作日）。"""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    kind: ItemKind = Field(description="instant 即办件，promised 承诺件")
    statutory_days: int | None = Field(description="法定时限（工作日）")
    promised_days: int | None = Field(description="承诺时限（工作日）")
    licence: bool = Field(description="是否行政许可事项")
    exclusions_in_guide: list[ExclusionKind] = Field(description="办事指南已公布的特别程序")
    stage: ItemStage = Field(description=STAGES)
    active_since: date | None = Field(description="启用之日；逐项登记之前已在办的不详")
    withdrawn_on: date | None = Field(description="退出之日：自此日起不再收件")
    version: int
    item_class: str | None = Field(description="规章所分的类别", examples=["行政许可"])
    type_code: str | None = Field(description="事项类型（GB/T 39046-2020 附录A.1）")
    basic_code: str | None = Field(description="基本编码")
    implementation_code: str | None = Field(description="实施编码")
    department_id: UUID | None
    office_id: UUID | None = Field(description="所归并的审批办（处、科）")
    flow: list[str] = Field(description="现行流程的各环节")
    approval_steps: list[ApprovalStep] = Field(description=APPROVALS)


class ItemsOut(BaseModel):
    """一页事项，按 id 排序。"""

    items: list[ItemOut]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")


class ExemptionOut(BaseModel):
    """例外的情形、理由与批准。"""

    model_config = ConfigDict(from_attributes=True)

    ground: Ground = Field(description=GROUNDS)
    approval: ApprovalOut | None
    until: date | None = Field(description="批准期限的最后一日")
    reason: str | None


class PlacementOut(BaseModel):
    """事项在何处办理，自 `since` 至 `until`（均含）。"""

    placement: Where = Field(description=PLACES)
    off_system: bool = Field(description="是否不纳入系统")
    exception: ExemptionOut | None
    since: date | None = Field(description="登记之前一直在厅的为 null")
    until: date | None

    @classmethod
    def of(cls, placed: Placement | None) -> Self:
        if placed is None:
            return cls(
                placement=Where.IN_HALL, off_system=False, exception=None, since=None, until=None
            )
        exemption = placed.exemption
        return cls(
            placement=placed.where,
            off_system=placed.off_system,
            exception=None if exemption is None else ExemptionOut.model_validate(exemption),
            since=placed.since,
            until=placed.until,
        )


class ItemDetailOut(ItemOut):
    """一个事项，连同当日的窗口、进厅情形与指南。"""

    placement: PlacementOut
    window_ids: list[UUID] = Field(description="当日所在的窗口")
    guide_id: UUID | None = Field(description="当日现行的办事指南")
    open_change_id: UUID | None = Field(description="办理中的进退或变更")
    accept_only: bool | None = Field(
        description="true：窗口未获授权，只收件转办，不得作出决定；规章未规定授权的为 null"
    )
    warnings: list[WarningOut]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDetail:
    """What an item shows beside itself."""

    item: ServiceItem
    placed: Placement | None
    window_ids: tuple[UUID, ...]
    guide_id: UUID | None
    open_change_id: UUID | None
    accept_only: bool | None
    cautions: tuple[Caution, ...] = ()

    def out(self) -> ItemDetailOut:
        told = ItemOut.model_validate(self.item).model_dump()
        return ItemDetailOut.model_validate(
            told
            | {
                "placement": PlacementOut.of(self.placed),
                "window_ids": self.window_ids,
                "guide_id": self.guide_id,
                "open_change_id": self.open_change_id,
                "accept_only": self.accept_only,
                "warnings": cautions_out(self.cautions),
            }
        )


class ExceptedItemOut(BaseModel):
    """一项例外：未进厅或不纳入系统，及其是否符合规章。"""

    item_id: UUID
    name: str
    item_class: str | None
    placement: PlacementOut
    violating: bool = Field(description="true：没有有效的批准，也不属于自行除外的情形")
    rows: list[str] = Field(description="所依据的条目；规章未作规定的为空")


class ExceptedItemsOut(BaseModel):
    """一页例外，按事项的 id 排序。"""

    on: date
    items: list[ExceptedItemOut]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")


def excepted_out(
    item: ServiceItem, placed: Placement, findings: tuple[Finding, ...], *, violating: bool
) -> ExceptedItemOut:
    """One exception with the rows that it was weighed under."""
    return ExceptedItemOut(
        item_id=item.id,
        name=item.name,
        item_class=item.item_class,
        placement=PlacementOut.of(placed),
        violating=violating,
        rows=[row for finding in findings for row in finding.rows],
    )


class ItemGapOut(BaseModel):
    """一个在办事项所缺的一样，及要求它的规定。"""

    item_id: UUID
    name: str
    lacking: Lacking = Field(description=LACKS)
    provision: str
    article: str
    rows: list[str]

    @classmethod
    def of(cls, gap: Gap) -> Self:
        return cls(
            item_id=gap.item.id,
            name=gap.item.name,
            lacking=gap.lacking,
            provision=gap.cited.name,
            article=gap.cited.article,
            rows=list(gap.cited.rows),
        )


class ItemGapsOut(BaseModel):
    """一页在办事项的缺项，按事项的 id 排序；`next` 按事项翻页。"""

    on: date
    items: list[ItemGapOut]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")


class ReviewOut(BaseModel):
    """一次梳理：承诺时限由几个工作日改为几个，减少为负、延长为正。"""

    change_id: UUID
    item_id: UUID
    on: date = Field(description="生效之日")
    reason: str
    days_before: int | None
    days_after: int | None
    days: int | None = Field(description="变动的工作日数", examples=[-3])
    percent: Decimal | None = Field(description="变动的百分比，两位小数", examples=["-30.00"])
    materials_reduced: int | None
    steps_reduced: int | None
    visits_reduced: int | None

    @classmethod
    def of(cls, line: Reviewed) -> Self:
        change, told = line.change, line.change.proposal
        if change.ended_on is None:
            raise ValueError("what has not taken effect is not reviewed")
        return cls(
            change_id=change.id,
            item_id=change.item_id,
            on=change.ended_on,
            reason=change.reason,
            days_before=line.days_before,
            days_after=line.days_after,
            days=line.days,
            percent=line.percent,
            materials_reduced=told.materials_reduced,
            steps_reduced=told.steps_reduced,
            visits_reduced=told.visits_reduced,
        )


class ReviewsOut(BaseModel):
    """一页该月的事项梳理，按变更的先后；压减与延长一并列出。"""

    month: str
    rows: list[str] = Field(description="要求梳理的条目；规章未作规定的为空")
    items: list[ReviewOut]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")
