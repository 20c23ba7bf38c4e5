"""Departments on the wire (进驻部门): who is at the centre, with which approval office."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.api.v1.schemas.page import PageQuery
from app.api.wire import Day, Named, Text
from app.db.ids import uuid7
from app.domain.casework.acts import refuse_personal_values
from app.domain.day import ImpossibleFact
from app.domain.organisation.credit_code import check_credit_code
from app.domain.organisation.department import ApprovalOffice, Department, DepartmentKind
from app.domain.provision import Written

Name = Annotated[Named, Field(max_length=100)]
Reason = Annotated[Text, Field(max_length=500)]
CreditCode = Annotated[Text, Field(max_length=40)]
KINDS = "ordinary 部门、单位，police_station 派出所，village_committee 村（居）民委员会"


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentIn(Written):
    """登记进驻部门；统一社会信用代码须通过 GB 32100 的校验，确无代码的不填。"""

    name: Name
    since: date
    kind: DepartmentKind = DepartmentKind.ORDINARY
    credit_code: CreditCode | None = None

    def department(self, centre_id: UUID) -> Department:
        """Raises CreditCodeWrong, PersonalValue."""
        refuse_personal_values(_Named(name=self.name))
        return Department(
            centre_id=centre_id,
            id=uuid7(),
            name=self.name,
            credit_code=self.credit_code and check_credit_code(self.credit_code),
            kind=self.kind,
            since=self.since,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentNameIn(Written):
    """更名或更正代码：写明更改后的全部内容。"""

    name: Name
    credit_code: CreditCode | None = None

    def checked_code(self) -> str | None:
        """Raises CreditCodeWrong, PersonalValue."""
        refuse_personal_values(_Named(name=self.name))
        return self.credit_code and check_credit_code(self.credit_code)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named(Written):
    """What of a department a person wrote freely: a credit code may look like somebody's number."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingIn(Written):
    """退出：`until` 为在驻的最后一日。"""

    until: date
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeIn(Written):
    """设立审批处（办）。"""

    name: Name
    since: date

    def office(self, centre_id: UUID, department_id: UUID) -> ApprovalOffice:
        """Raises PersonalValue."""
        refuse_personal_values(self)
        return ApprovalOffice(
            centre_id=centre_id,
            id=uuid7(),
            department_id=department_id,
            name=self.name,
            since=self.since,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeClosingIn(Written):
    """撤销审批处（办）：`until` 为最后一日；误登的写起日的前一日，即从未设立。"""

    until: date


def check_until(since: date, until: date) -> None:
    """Raises ImpossibleFact."""
    if until < since:
        raise ImpossibleFact("until", f"不得早于起日 {since}")


class DepartmentsQuery(PageQuery):
    """部门的清单。"""

    on: Day | None = Field(default=None, description="只列该日在驻的；不填列全部")
    kind: DepartmentKind | None = Field(default=None, description=KINDS)


class DepartmentOut(BaseModel):
    """一个进驻部门，自 `since` 至 `until`（含）在驻。"""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    credit_code: str | None = Field(description="统一社会信用代码（GB 32100）")
    kind: DepartmentKind = Field(description=KINDS)
    since: date
    until: date | None
    ended_because: str | None
    version: int


class DepartmentsOut(BaseModel):
    """一页部门，按 id 排序。"""

    items: tuple[DepartmentOut, ...]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")


class OfficeOut(BaseModel):
    """一个部门的审批处（办）。"""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    department_id: UUID
    name: str
    since: date
    until: date | None
    version: int


class OfficesOut(BaseModel):
    """该部门现有与曾有的审批处（办）。"""

    items: tuple[OfficeOut, ...]
