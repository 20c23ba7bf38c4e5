"""Checks on the wire (检查): where, when, what was found, and what is still open."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.api.wire import Text
from app.db.ids import uuid7
from app.domain.casework.acts import refuse_personal_values
from app.domain.day import ImpossibleFact
from app.domain.organisation.check import Check, CheckFinding, OpenFinding
from app.domain.provision import Written

MOST_FINDINGS: Final = 50
Words = Annotated[Text, Field(max_length=1000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn(Written):
    """一次检查：何日、查的哪个中心（不填为本中心）、发现哪些问题；没有问题的列空。"""

    on: date
    at_centre_id: UUID | None = None
    findings: Annotated[tuple[Words, ...], Field(max_length=MOST_FINDINGS)] = ()

    def check(self, centre_id: UUID, *, by: str, today: date) -> Check:
        """Raises ImpossibleFact, PersonalValue."""
        refuse_personal_values(self)
        if self.on > today:
            raise ImpossibleFact("on", f"不得晚于今日 {today}")
        return Check(
            centre_id=centre_id,
            id=uuid7(),
            on=self.on,
            at_centre_id=self.at_centre_id or centre_id,
            entered_by=by,
            findings=tuple(
                CheckFinding(number=number, found=found)
                for number, found in enumerate(self.findings, start=1)
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpIn(Written):
    """整改落实的情况；默认当日。"""

    done: Words
    on: date | None = None

    def day(self, checked_on: date, today: date) -> date:
        """The day on which the finding is closed. Raises ImpossibleFact, PersonalValue."""
        refuse_personal_values(self)
        day = self.on or today
        if not checked_on <= day <= today:
            raise ImpossibleFact("on", f"须在检查之日 {checked_on} 与今日 {today} 之间")
        return day


class CheckFindingOut(BaseModel):
    """一个问题；记录整改即了结。"""

    model_config = ConfigDict(from_attributes=True)

    number: int
    found: str
    follow_up: str | None
    closed_on: date | None


class CheckOut(BaseModel):
    """一次检查及其问题。"""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    on: date
    at_centre_id: UUID
    entered_by: str
    findings: tuple[CheckFindingOut, ...]


class ChecksOut(BaseModel):
    """一页检查，按登记先后。"""

    items: tuple[CheckOut, ...]
    next: UUID | None = Field(description="下一页的 after；没有下一页为 null")


class OpenFindingOut(BaseModel):
    """一个尚未整改的问题。"""

    check_id: UUID
    at_centre_id: UUID
    checked_on: date
    number: int
    found: str
    age: int = Field(description="检查次日起至所查之日（含）的工作日数")

    @classmethod
    def of(cls, each: OpenFinding) -> Self:
        return cls(
            check_id=each.check.id,
            at_centre_id=each.check.at_centre_id,
            checked_on=each.check.on,
            number=each.finding.number,
            found=each.finding.found,
            age=each.age,
        )


class CheckReportOut(BaseModel):
    """尚未整改的问题，最早检查的在前。"""

    on: date
    provisional: bool = Field(description="所查之日的放假安排尚未公布，日数按周一至周五暂计")
    open_findings: int
    items: tuple[OpenFindingOut, ...]
