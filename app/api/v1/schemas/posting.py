"""Postings on the wire (派驻): with the duties, the records and the gaps of posted people."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.api.v1.schemas.page import PageQuery
from app.api.v1.schemas.ruling import FindingOut
from app.api.wire import Day, Named, Text
from app.domain.provision import Written
from app.domain.staffing.posting import PostingRole, ServiceSystem
from app.domain.staffing.record import RecordKind

Title = Annotated[Named, Field(max_length=100)]
Reason = Annotated[Text, Field(max_length=300)]
Note = Annotated[Text, Field(max_length=2000)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
ROLES = (
    "window_clerk 窗口工作人员，back_office 后台工作人员，chief_representative 首席代表，"
    "approval_office_head 审批办主任，township_head 民生服务中心主任，village_agent 代办服务人员"
)
KINDS = (
    "daily 日常管理，business 业务管理，personnel 人事工资福利，performance_pay 绩效工资，"
    "party_relation 组织关系转入"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingIn(Written):
    """派驻：`since` 是到岗首日；`police` 为派出所派驻人员；`party_member` 只用于核对组织关系是否
    转入，不对外给出。"""

    person_id: UUID
    department_id: UUID
    role: PostingRole
    since: date
    window_id: UUID | None = None
    police: bool = False
    party_member: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndIn(Written):
    """结束：`until` 是末日（含当日）。派驻误登的，写到岗首日的前一日，即从未到岗。"""

    until: date
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyIn(Written):
    """交办的工作：`since`、`until` 是首日与末日；`window_related` 说明是否与窗口工作有关。"""

    title: Title
    since: date
    window_related: bool
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordIn(Written):
    """人员记录：`day` 是所记之日（组织关系转入的为转入日，绩效工资的为所属月份的任一日）；`code`
    用一个词说明，`note` 加密保存，只随未脱敏的个人信息一并给出。"""

    kind: RecordKind
    day: date
    code: Code
    note: Note | None = None


class PostingsQuery(PageQuery):
    """派驻的清单。"""

    person_id: UUID | None = Field(default=None, description="只列该人员的")
    department_id: UUID | None = Field(default=None, description="只列该部门派驻的")
    window_id: UUID | None = Field(default=None, description="只列该窗口的")
    on: Day | None = Field(default=None, description="只列当日在岗的")


class DutiesQuery(PageQuery):
    """交办工作的清单。"""

    on: Day | None = Field(default=None, description="只列当日尚在进行的")


class RecordsQuery(PageQuery):
    """人员记录的清单。"""

    kind: RecordKind | None = Field(default=None, description=KINDS)


class PostingOut(BaseModel):
    """一项派驻。"""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    person_id: UUID
    department_id: UUID
    window_id: UUID | None
    role: PostingRole = Field(description=ROLES)
    police: bool = Field(description="派出所派驻人员")
    since: date = Field(description="到岗首日")
    until: date | None = Field(description="末日（含）；尚未结束为 null")
    end_reason: str | None
    version: int


class PostingsOut(BaseModel):
    """一页派驻，按登记先后。"""

    items: list[PostingOut]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")


class DutyOut(BaseModel):
    """一项交办工作。"""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    posting_id: UUID
    title: str
    window_related: bool
    since: date
    until: date | None = Field(description="末日（含）；未定为 null")
    end_reason: str | None


class DutiesOut(BaseModel):
    """一页交办工作，按登记先后。"""

    items: list[DutyOut]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")


class RecordOut(BaseModel):
    """一条人员记录；所写内容不在此列。"""

    id: UUID
    posting_id: UUID
    kind: RecordKind = Field(description=KINDS)
    code: str = Field(examples=["attendance"])
    day: date
    entered_by: str
    has_note: bool = Field(description="另有加密保存的内容")


class RecordsOut(BaseModel):
    """一页人员记录，按登记先后。"""

    items: list[RecordOut]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")


class PostingGapOut(BaseModel):
    """一处缺口：哪项派驻，依哪条规定，还缺什么或有什么不该有。"""

    posting_id: UUID
    person_id: UUID
    department_id: UUID
    duty_id: UUID | None = Field(description="到岗前就有、尚未结束的窗口外工作")
    finding: FindingOut


class PostingGapsOut(BaseModel):
    """当日的缺口；规定未作要求的不列。"""

    on: date
    items: list[PostingGapOut]


class SystemOut(BaseModel):
    """一项制度是否适用。"""

    system: ServiceSystem
    applies: bool


class SystemsOut(BaseModel):
    """哪些制度适用于这些岗位；规定未专门列明的，两项均为空。"""

    roles: list[PostingRole] = Field(description=ROLES)
    systems: list[SystemOut]
    rows: list[str] = Field(examples=[["shapotou/13"]])
    article: str | None
