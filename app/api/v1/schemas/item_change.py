"""Item changes on the wire (事项进退与变更): what is proposed, who has agreed, what is awaited."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.api.v1.schemas.item import ApprovalSteps, Class, Code, Days, Flow, Name, Note, Reason
from app.db.ids import uuid7
from app.domain.casework.acts import refuse_personal_values
from app.domain.casework.approval_step import ApprovalStep
from app.domain.casework.case_facts import ItemKind
from app.domain.casework.limits import ExclusionKind
from app.domain.day import ImpossibleFact
from app.domain.items.item_change import ChangeStage, ItemChange, Proposal, Taken
from app.domain.items.steps import ChangeKind, Step
from app.domain.provision import Written

KINDS = "enter 进入，exit 退出，change 调整、变更"
CHANGE_STAGES = "open 办理中，implemented 已实施，rejected 未获同意，retracted 已撤回"
Count = Annotated[int, Field(ge=0, le=1000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalIn(Written):
    """要变的内容，不写的照旧；减少的材料、环节、跑动次数如实填写，只作记录。"""

    name: Name | None = None
    item_class: Class | None = None
    type_code: Code | None = None
    basic_code: Code | None = None
    implementation_code: Code | None = None
    department_id: UUID | None = None
    office_id: UUID | None = None
    kind: ItemKind | None = None
    statutory_days: Days | None = None
    promised_days: Days | None = None
    licence: bool | None = None
    exclusions_in_guide: tuple[ExclusionKind, ...] | None = None
    flow: Flow | None = None
    approval_steps: ApprovalSteps | None = None
    materials_reduced: Count | None = None
    steps_reduced: Count | None = None
    visits_reduced: Count | None = None

    def proposal(self) -> Proposal:
        """Raises PersonalValue; a code may have any digits."""
        refuse_personal_values(replace(self, implementation_code=None, basic_code=None))
        named = {name: getattr(self, name) for name in Proposal.__dataclass_fields__}
        return Proposal(**named)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChangeIn(Written):
    """提交进入、退出或变更；变更写明 `proposal`。"""

    kind: ChangeKind
    reason: Reason
    proposal: ProposalIn | None = None

    def change(self, item_id: UUID, *, by: str, on: date) -> ItemChange:
        """Raises PersonalValue."""
        refuse_personal_values(self)
        return ItemChange(
            id=uuid7(),
            item_id=item_id,
            kind=self.kind,
            stage=ChangeStage.OPEN,
            version=1,
            proposal=self.proposal.proposal() if self.proposal else Proposal(),
            reason=self.reason,
            submitted_by=by,
            submitted_on=on,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StepIn(Written):
    """一个环节的意见；不同意的写明 `note`。核准须附文件（`document`，文件名称与文号）。"""

    favourable: bool = True
    document: Note | None = None
    note: Note | None = None

    def taken(self, step: Step, *, by: str, on: date) -> Taken:
        """Raises PersonalValue, ImpossibleFact."""
        refuse_personal_values(self)
        if not self.favourable and not (self.note or "").strip():
            raise ImpossibleFact("note", "不同意的须写明意见")
        return Taken(
            step=step,
            on=on,
            by=by,
            favourable=self.favourable,
            document=self.document,
            note=self.note,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RetractionIn(Written):
    """撤回的理由。"""

    reason: Reason


class ProposalOut(BaseModel):
    """要变的内容；null 的照旧。"""

    model_config = ConfigDict(from_attributes=True)

    name: str | None
    item_class: str | None
    type_code: str | None
    basic_code: str | None
    implementation_code: str | None
    department_id: UUID | None
    office_id: UUID | None
    kind: ItemKind | None
    statutory_days: int | None
    promised_days: int | None
    licence: bool | None
    exclusions_in_guide: list[ExclusionKind] | None
    flow: list[str] | None
    approval_steps: list[ApprovalStep] | None
    materials_reduced: int | None
    steps_reduced: int | None
    visits_reduced: int | None


class TakenOut(BaseModel):
    """已办的一个环节。"""

    model_config = ConfigDict(from_attributes=True)

    step: Step
    on: date
    by: str
    favourable: bool
    document: str | None
    note: str | None


class ItemChangeOut(BaseModel):
    """一件进退或变更。"""

    id: UUID
    item_id: UUID
    kind: ChangeKind = Field(description=KINDS)
    stage: ChangeStage = Field(description=CHANGE_STAGES)
    version: int
    proposal: ProposalOut
    reason: str
    submitted_by: str
    submitted_on: date
    steps: list[Step] = Field(description="规章要求的环节，按次序；没有的，提交即生效")
    done: list[TakenOut]
    awaits: Step | None = Field(description="现待的环节；已结束的为 null")
    ended_on: date | None = Field(description="生效、不获同意或撤回之日")
    ended_because: str | None

    @classmethod
    def of(cls, change: ItemChange, steps: tuple[Step, ...], awaits: Step | None) -> Self:
        return cls(
            id=change.id,
            item_id=change.item_id,
            kind=change.kind,
            stage=change.stage,
            version=change.version,
            proposal=ProposalOut.model_validate(change.proposal),
            reason=change.reason,
            submitted_by=change.submitted_by,
            submitted_on=change.submitted_on,
            steps=list(steps),
            done=[TakenOut.model_validate(taken) for taken in change.done],
            awaits=awaits,
            ended_on=change.ended_on,
            ended_because=change.ended_because,
        )


class ItemChangesOut(BaseModel):
    """一页进退与变更，按提交先后。"""

    items: list[ItemChangeOut]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")
