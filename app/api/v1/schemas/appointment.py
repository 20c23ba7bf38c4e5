"""Appointments on the wire (任命): who holds which office, from which day to which."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.api.v1.schemas.page import PageQuery
from app.api.wire import Day, Text
from app.db.ids import uuid7
from app.domain.casework.acts import refuse_personal_values
from app.domain.day import ImpossibleFact
from app.domain.organisation.appointment import Appointment, Office, OutsideDuty
from app.domain.provision import Written

MOST_DUTIES: Final = 20
OFFICES: Final = (
    "approval_office_head 审批办（处）主任，chief_representative 首席代表，"
    "department_head 部门主要负责人，liaison 部门负责窗口建设的专人，"
    "supervising_leader 分管窗口的领导，township_head 乡镇民生服务中心主任"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideDutyIn(Written):
    """原有的窗口以外的职责；`until` 为其最后一日，仍在承担的不填。"""

    title: Annotated[Text, Field(max_length=200)]
    until: date | None = None

    def duty(self) -> OutsideDuty:
        """Raises PersonalValue."""
        refuse_personal_values(self)
        return OutsideDuty(title=self.title, until=self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentIn(Written):
    """任命一人担任一职，自 `since` 起；乡镇民生服务中心主任不填部门，其余须填。"""

    office: Office
    person_id: UUID
    since: date
    department_id: UUID | None = None
    outside_duties: Annotated[tuple[OutsideDutyIn, ...], Field(max_length=MOST_DUTIES)] = ()

    def appointment(self, centre_id: UUID) -> Appointment:
        """Raises PersonalValue."""
        return Appointment(
            centre_id=centre_id,
            id=uuid7(),
            office=self.office,
            department_id=self.department_id,
            person_id=self.person_id,
            since=self.since,
            outside_duties=tuple(duty.duty() for duty in self.outside_duties),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingIn(Written):
    """终止任命：`until` 为在任的最后一日；误登的写任命起日的前一日，即从未在任。"""

    until: date
    reason: Annotated[Text, Field(max_length=500)]

    def check_after(self, since: date) -> None:
        """Raises ImpossibleFact, PersonalValue."""
        refuse_personal_values(self)
        if (since - self.until).days > 1:
            raise ImpossibleFact("until", f"不得早于起日 {since} 的前一日")


class AppointmentsQuery(PageQuery):
    """任命的清单。"""

    on: Day | None = Field(default=None, description="只列该日在任的；不填列全部")
    office: Office | None = Field(default=None, description=OFFICES)
    department_id: UUID | None = Field(default=None, description="只列该部门的")
    person_id: UUID | None = Field(default=None, description="只列该人员的")


class OutsideDutyOut(BaseModel):
    """任命时申报的窗口以外的职责。"""

    model_config = ConfigDict(from_attributes=True)

    title: str
    until: date | None


class AppointmentOut(BaseModel):
    """一次任命，自 `since` 至 `until`（含）在任。"""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    office: Office = Field(description=OFFICES)
    department_id: UUID | None
    person_id: UUID
    since: date
    until: date | None
    ended_because: str | None
    outside_duties: tuple[OutsideDutyOut, ...]
    version: int


class AppointmentsOut(BaseModel):
    """一页任命，按 id 排序。"""

    items: tuple[AppointmentOut, ...]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")
