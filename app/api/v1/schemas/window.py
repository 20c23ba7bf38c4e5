"""Windows on the wire (窗口): what is set up, adjusted or closed, with which approval and why."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.api.v1.schemas.page import PageQuery
from app.api.wire import Day, Named, Text
from app.db.ids import uuid7
from app.domain.casework.acts import refuse_personal_values
from app.domain.day import ImpossibleFact
from app.domain.organisation.approval import Approval
from app.domain.organisation.authority import Body
from app.domain.organisation.window import (
    Papers,
    SpecialReason,
    Window,
    WindowChange,
    WindowChapter,
    WindowEvent,
    WindowKind,
    WindowStage,
    temporary_by,
)
from app.domain.organisation.window_request import RequestStage, WindowRequest
from app.domain.provision import Written

Name = Annotated[Named, Field(max_length=100)]
Number = Annotated[Text, Field(max_length=100)]
Reason = Annotated[Text, Field(max_length=500)]
KINDS: Final = "own 部门窗口，comprehensive 综合窗口，specialised_hall 专业大厅，sub_hall 分厅"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalIn(Written):
    """批准：由谁批准、文号、文件名称与日期。"""

    by: Body
    number: Number | None = None
    document: Reason | None = None
    issued_on: date | None = None

    def approval(self, today: date) -> Approval:
        """Raises ImpossibleFact, PersonalValue."""
        refuse_personal_values(self)
        made = Approval(
            by=self.by, number=self.number, document=self.document, issued_on=self.issued_on
        )
        made.check(today)
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class PapersIn(Written):
    """设立所凭：批准，以及受理量大（`large_volume`）与特殊原因。"""

    reason: Reason | None = None
    approval: ApprovalIn | None = None
    large_volume: bool = False
    special_reason: SpecialReason | None = None

    def papers(self, today: date) -> Papers:
        """Raises ImpossibleFact, PersonalValue."""
        refuse_personal_values(self)
        return Papers(
            approval=self.approval.approval(today) if self.approval else None,
            large_volume=self.large_volume,
            special_reason=self.special_reason,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowIn(PapersIn):
    """设立窗口：部门窗口（own）写明部门；规章要求理由或批准的一并写明。"""

    kind: WindowKind
    name: Name
    department_id: UUID | None = None
    number: Name | None = None

    def window(self, today: date, chapter: WindowChapter) -> Window:
        """The window before it opens. Raises ImpossibleFact, PersonalValue."""
        return Window(
            id=uuid7(),
            version=1,
            stage=WindowStage.PREPARED,
            kind=self.kind,
            name=self.name,
            since=today,
            department_id=self.department_id,
            number=self.number,
            reason=self.reason,
            temporary=temporary_by(chapter, self.kind),
            papers=self.papers(today),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationIn(Written):
    """启用；此前已开放的窗口补登的，`since` 写其开放之日，默认今日。"""

    since: date | None = None

    def since_day(self, today: date) -> date:
        """Raises ImpossibleFact."""
        if self.since is not None and self.since > today:
            raise ImpossibleFact("since", f"不得晚于今日 {today}")
        return self.since or today


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeIn(Written):
    """要调整的内容；不写的照旧。"""

    name: Name | None = None
    number: Name | None = None
    kind: WindowKind | None = None
    department_id: UUID | None = None

    def change(self) -> WindowChange:
        """Raises PersonalValue."""
        refuse_personal_values(self)
        return WindowChange(
            name=self.name, number=self.number, kind=self.kind, department_id=self.department_id
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentIn(PapersIn):
    """调整：改为何样；改变类别的，附新类别所需的批准与原因。"""

    change: ChangeIn


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureIn(Written):
    """撤销；规章要求理由的写明理由。"""

    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRequestIn(Written):
    """申请进驻（enter）、调整（adjust，写明 `change`）或撤出（withdraw）。"""

    event: WindowEvent
    reason: Reason
    change: ChangeIn | None = None

    def request(self, window_id: UUID, *, by: str, on: date) -> WindowRequest:
        """Raises ImpossibleFact, PersonalValue."""
        refuse_personal_values(self)
        return WindowRequest(
            id=uuid7(),
            version=1,
            window_id=window_id,
            event=self.event,
            change=self.change.change() if self.change else None,
            reason=self.reason,
            stage=RequestStage.SUBMITTED,
            submitted_by=by,
            submitted_on=on,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectionIn(Written):
    """不予通过的理由。"""

    reason: Reason


class WindowsQuery(PageQuery):
    """窗口的清单。"""

    on: Day | None = Field(default=None, description="查哪一日日终的状态；默认今日")
    department_id: UUID | None = Field(default=None, description="只列该部门的")
    kind: WindowKind | None = Field(default=None, description=KINDS)
    stage: WindowStage | None = Field(
        default=None, description="prepared 筹设，active 开放，closed 撤销"
    )
    assessed: bool | None = Field(
        default=None, description="true 只列由中心考核且未撤销的，false 只列其余的"
    )


class WindowRequestsQuery(PageQuery):
    """窗口申请的清单。"""

    stage: RequestStage | None = Field(
        default=None,
        description="submitted 待审定，approved 已审定，rejected 未通过，carried_out 已实施",
    )


class ApprovalOut(BaseModel):
    """一项批准。"""

    model_config = ConfigDict(from_attributes=True)

    by: Body = Field(description="由谁批准", examples=["government"])
    number: str | None = Field(description="批准文号")
    document: str | None = Field(description="批准文件的名称")
    issued_on: date | None = Field(description="批准日期")


class WindowOut(BaseModel):
    """一个窗口，自 `since` 起如此。"""

    id: UUID
    version: int
    stage: WindowStage = Field(description="prepared 筹设，active 开放，closed 撤销")
    kind: WindowKind = Field(description=KINDS)
    name: str
    number: str | None = Field(description="窗口编号；未撤销的窗口之间不重复")
    department_id: UUID | None
    since: date = Field(description="自此日起如此")
    opened_on: date | None = Field(description="开放之日")
    closed_on: date | None = Field(description="撤销之日：自此日起不再开放")
    temporary: bool = Field(description="规章只准暂时保留的（敖汉旗第四十六条的分厅）")
    assessed: bool = Field(description="是否由中心考核：中心内的窗口，及规章明定受其考核的")
    reason: str | None = Field(description="最近一次设立、调整或撤销的理由")
    large_volume: bool = Field(description="是否写明受理量大")
    special_reason: SpecialReason | None = Field(
        description="特殊原因：secrecy 涉密，space 场地，other 其他"
    )
    approval: ApprovalOut | None

    @classmethod
    def of(cls, window: Window, assessed: Collection[WindowKind]) -> Self:
        return cls.model_validate(_plain(window) | {"assessed": window.kind in assessed})


class WindowsOut(BaseModel):
    """一页窗口，按 id 排序。"""

    items: tuple[WindowOut, ...]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")


class ChangeOut(BaseModel):
    """申请调整的内容；null 的照旧。"""

    model_config = ConfigDict(from_attributes=True)

    name: str | None
    number: str | None
    kind: WindowKind | None
    department_id: UUID | None


class WindowRequestOut(BaseModel):
    """一项窗口变动的申请；审定之后只用于一次变动。"""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    window_id: UUID
    event: WindowEvent = Field(description="enter 进驻，adjust 调整，withdraw 撤出")
    change: ChangeOut | None = Field(description="调整成何样；仅用于 adjust")
    reason: str
    stage: RequestStage = Field(
        description="submitted 待审定，approved 已审定，rejected 未通过，carried_out 已实施"
    )
    submitted_by: str
    submitted_on: date
    decided_by: str | None
    decided_on: date | None
    decided_because: str | None = Field(description="不予通过的理由")
    carried_out_on: date | None = Field(description="据以变动之日")


class WindowRequestsOut(BaseModel):
    """一页申请，按提出先后。"""

    items: tuple[WindowRequestOut, ...]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")


def _plain(window: Window) -> dict[str, Any]:  # Any: typed by WindowOut
    papers = window.papers
    return {
        "id": window.id,
        "version": window.version,
        "stage": window.stage,
        "kind": window.kind,
        "name": window.name,
        "number": window.number,
        "department_id": window.department_id,
        "since": window.since,
        "opened_on": window.opened_on,
        "closed_on": window.closed_on,
        "temporary": window.temporary,
        "reason": window.reason,
        "large_volume": papers.large_volume,
        "special_reason": papers.special_reason,
        "approval": papers.approval,
    }
