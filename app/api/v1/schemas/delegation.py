"""Delegations on the wire (委托代受理): who accepts for whom, approved by whom and until when."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.api.v1.schemas.page import PageQuery
from app.api.v1.schemas.window import ApprovalIn, ApprovalOut, Reason
from app.api.wire import Day
from app.db.ids import uuid7
from app.domain.casework.acts import refuse_personal_values
from app.domain.day import ImpossibleFact
from app.domain.organisation.delegation import Delegation, Step
from app.domain.provision import Written

STEPS: Final = "accept 受理，transfer 移交，supervise 督办，feedback 结果反馈，complete 办毕"
MOST_ITEMS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationIn(Written):
    """部门的事项交由综合窗口代受理；`item_ids` 不写的为其全部事项。

    事项少（`few_items`）、受理次数少（`low_frequency`）由部门写明，数字写在 `figures`，只作记载。
    """

    department_id: UUID
    window_id: UUID
    since: date
    until: date | None = None
    item_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=MOST_ITEMS)] | None = None
    few_items: bool = False
    low_frequency: bool = False
    figures: Reason | None = None
    approval: ApprovalIn | None = None

    def delegation(self, today: date) -> Delegation:
        """Raises ImpossibleFact, PersonalValue."""
        refuse_personal_values(self)
        if self.until is not None and self.until < self.since:
            raise ImpossibleFact("until", "最后一日不得早于起始之日")
        return Delegation(
            id=uuid7(),
            version=1,
            department_id=self.department_id,
            window_id=self.window_id,
            since=self.since,
            until=self.until,
            item_ids=self.item_ids and tuple(dict.fromkeys(self.item_ids)),
            few_items=self.few_items,
            low_frequency=self.low_frequency,
            figures=self.figures,
            approval=self.approval.approval(today) if self.approval else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationEndIn(Written):
    """终止委托：最后一日与理由；尚未开始的，写其前一日。"""

    until: date
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrustedCaseIn(Written):
    """综合窗口代受理一件；已有办件的写明 `case_id`。"""

    window_id: UUID
    item_id: UUID
    case_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepIn(Written):
    """代受理办件的一个步骤。"""

    step: Step
    note: Reason | None = None


class DelegationsQuery(PageQuery):
    """委托的清单。"""

    on: Day | None = Field(default=None, description="只列该日有效的；不写则全部")
    department_id: UUID | None = Field(default=None, description="只列该部门的")
    window_id: UUID | None = Field(default=None, description="只列该窗口的")


class DelegationCoverageQuery(BaseModel):
    """可否代受理。"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    window_id: UUID = Field(description="受理的窗口")
    item_id: UUID = Field(description="所受理的事项")
    on: Day | None = Field(default=None, description="哪一日；默认今日")


class EntrustedCasesQuery(PageQuery):
    """代受理办件的清单。"""

    department_id: UUID | None = Field(default=None, description="只列为该部门代受理的")


class DelegationOut(BaseModel):
    """一项代受理的委托。"""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    department_id: UUID
    window_id: UUID
    item_ids: tuple[UUID, ...] | None = Field(description="所委托的事项；null 为部门的全部事项")
    few_items: bool = Field(description="事项少")
    low_frequency: bool = Field(description="受理次数少")
    figures: str | None = Field(description="写明的数字，只作记载")
    approval: ApprovalOut | None
    since: date
    until: date | None = Field(description="最后一日；null 为未定")
    ended_because: str | None = Field(description="提前终止的理由")


class DelegationCoverageValues(BaseModel):
    """当日涵盖该事项的委托，不论其批准是否齐全、给予哪个窗口。"""

    delegation_ids: tuple[UUID, ...]


class DelegationsOut(BaseModel):
    """一页委托，按登记先后。"""

    items: tuple[DelegationOut, ...]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")


class TakenOut(BaseModel):
    """已办的一个步骤。"""

    model_config = ConfigDict(from_attributes=True)

    step: Step = Field(description=STEPS)
    on: date
    note: str | None


class EntrustedCaseOut(BaseModel):
    """一件代受理的办件及其步骤。"""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    window_id: UUID
    department_id: UUID
    item_id: UUID
    case_id: UUID | None
    accepted_on: date
    completed_on: date | None
    steps: tuple[TakenOut, ...] = Field(description="依次办过的步骤，第一步为受理")


class EntrustedCasesOut(BaseModel):
    """一页代受理办件，按受理先后。"""

    items: tuple[EntrustedCaseOut, ...]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")
