"""Department (进驻部门): who sends people to the centre, and its one approval office (审批处)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from app.domain.decision import Finding
from app.domain.errors import DomainError
from app.domain.provision import Bare, Provision, Written


class DepartmentKind(StrEnum):
    """What kind of unit it is."""

    ORDINARY = "ordinary"  # 部门、单位
    POLICE_STATION = "police_station"  # 派出所
    VILLAGE_COMMITTEE = "village_committee"  # 村（居）民委员会


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """`since` and `until` are its first and last day at the centre."""

    centre_id: UUID
    id: UUID
    name: str
    credit_code: str | None
    kind: DepartmentKind
    since: date
    until: date | None = None
    ended_because: str | None = None
    version: int = 1

    def stands(self, on: date) -> bool:
        """Whether it is at the centre on that day."""
        return stands(self.since, self.until, on)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalOffice:
    """审批处 of a department, from its first to its last day."""

    centre_id: UUID
    id: UUID
    department_id: UUID
    name: str
    since: date
    until: date | None = None
    version: int = 1

    def within(self, since: date, until: date | None) -> bool:
        """Whether it is there on any of these days; one entered by mistake never is."""
        never = self.until is not None and self.until < self.since
        return not never and overlap(self.since, self.until, (since, until))


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentChapter(Written):
    """The chapter as a regulation may write it. What is absent, it does not regulate."""

    one_approval_office: Provision[Bare] | None = None


class DepartmentTaken(DomainError):
    """The centre has a standing department of this name or code."""

    slug: ClassVar[str] = "department_taken"
    title: ClassVar[str] = "该部门已经登记"

    def __init__(self, what: str) -> None:
        super().__init__(f"本中心已有{what}相同的在驻部门；请使用该部门，或先办理其退出。")


class DepartmentNotAtCentre(DomainError):
    """The department has left, or has not come yet."""

    slug: ClassVar[str] = "department_not_at_centre"
    title: ClassVar[str] = "部门不在驻"

    def __init__(self, on: date) -> None:
        super().__init__(f"该部门于{on}不在驻；请核对日期，或另行登记部门。")


class DepartmentInUse(DomainError):
    """Something of the department goes on after its last day."""

    slug: ClassVar[str] = "department_in_use"
    title: ClassVar[str] = "部门仍在使用中"

    def __init__(self, until: date, standing: Iterable[str]) -> None:
        super().__init__(f"该部门在{until}之后仍有{'、'.join(standing)}；请先将其终止。")


class EndedBefore(DomainError):
    """What has ended does not end again."""

    slug: ClassVar[str] = "ended_before"
    title: ClassVar[str] = "已经终止"

    def __init__(self, what: str, until: date) -> None:
        super().__init__(f"{what}已于{until}终止；需要恢复的请重新登记。")


def stands(since: date, until: date | None, on: date) -> bool:
    """Whether a period holds that day; its first and its last day belong to it."""
    return since <= on and (until is None or on <= until)


def check_there(department: Department, since: date, today: date) -> None:
    """What begins on a day and goes on needs the department on that day, and today if the day has
    passed. Raises DepartmentNotAtCentre."""
    for day in (since, max(since, today)):
        if not department.stands(day):
            raise DepartmentNotAtCentre(day)


def day_after(day: date) -> date:
    """The next day; after the last day that can be written there is none."""
    return day if day == date.max else day + timedelta(days=1)


def overlap(since: date, until: date | None, other: tuple[date, date | None]) -> bool:
    """Whether two periods share a day."""
    begun, ended = other
    return (ended is None or since <= ended) and (until is None or begun <= until)


def may_have_office(
    chapter: DepartmentChapter, since: date, others: Iterable[ApprovalOffice]
) -> Iterator[Finding]:
    """May the department have an approval office from that day, beside those that it has?
    (南昌市 第四条: all its items in one office)"""
    if one := chapter.one_approval_office:
        standing = [each for each in others if each.within(since, None)]
        yield Finding.under(one, met=not standing, expected=1, actual=1 + len(standing))
