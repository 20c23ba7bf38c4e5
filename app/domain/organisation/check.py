"""Check (检查): a township's centre looks at a village's station, and what it finds is followed
up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from app.domain.calendar import WorkingCalendar
from app.domain.errors import DomainError


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFinding:
    """问题: open until a follow-up (整改) is recorded."""

    number: int
    found: str
    follow_up: str | None = None
    closed_on: date | None = None

    def open(self, on: date) -> bool:
        """Whether it was still open at the end of that day."""
        return self.closed_on is None or self.closed_on > on


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """`at_centre_id` is the place that was looked at: the centre itself, or one right below it."""

    centre_id: UUID
    id: UUID
    on: date
    at_centre_id: UUID
    entered_by: str
    findings: tuple[CheckFinding, ...] = ()


class NotCheckedFromHere(DomainError):
    """The place is not one that this centre is responsible for."""

    slug: ClassVar[str] = "not_checked_from_here"
    title: ClassVar[str] = "不属本中心检查"

    def __init__(self) -> None:
        super().__init__("at_centre_id：须为本中心或其直接下级中心。")


class CheckFollowedUp(DomainError):
    """The finding was followed up before."""

    slug: ClassVar[str] = "check_followed_up"
    title: ClassVar[str] = "该问题已经整改"

    def __init__(self, on: date) -> None:
        super().__init__(f"该问题已于{on}记录整改；仍有问题的请另行检查登记。")


def check_day(on: date, calendar: WorkingCalendar) -> None:
    """What is found on a day before the loaded calendars could never be given an age. Raises
    CalendarMissing."""
    calendar.working_days_between(on, on)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFinding:
    """An open finding and its age: the working days after the check, the day asked included."""

    check: Check
    finding: CheckFinding
    age: int


def open_findings(
    checks: Iterable[Check], on: date, calendar: WorkingCalendar
) -> tuple[OpenFinding, ...]:
    """What is open on that day, found by then, the oldest first (沙坡头区 第九条（一）)."""
    found = [
        OpenFinding(check=check, finding=finding, age=calendar.working_days_between(check.on, on))
        for check in checks
        if check.on <= on
        for finding in check.findings
        if finding.open(on)
    ]
    return tuple(sorted(found, key=lambda each: (each.check.on, each.check.id)))
