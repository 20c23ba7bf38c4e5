"""Approval steps on the wire (审核步骤): which step of a case, by whom, and its override."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.domain.casework.approval_step import ApprovalStep
from app.domain.casework.override import Override
from app.domain.provision import Written


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalStepIn(Written):
    """登记审或者核；`person_id` 为办理人，不填即令牌主体所对应的人员。审、核同为一人的，写明
    `override`：理由、批准人与批准文书。"""

    step: Literal[ApprovalStep.REVIEW, ApprovalStep.VERIFY]
    person_id: UUID | None = None
    override: Override | None = None


class ApprovalStepOut(BaseModel):
    """办件的一个审核步骤。"""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    case_id: UUID
    step: ApprovalStep = Field(description="review 审，verify 核")
    person_id: UUID = Field(description="办理人")
    on: date = Field(description="登记之日")
    override: dict[str, str] | None = Field(
        description="审、核同为一人的，其理由、批准人与批准文书；没有的为 null"
    )


class ApprovalStepsOut(BaseModel):
    """办件的审核步骤，按登记先后；每一步骤至多一次。"""

    items: tuple[ApprovalStepOut, ...]
