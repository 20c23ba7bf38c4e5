"""Gap (缺口): an office that nobody holds, or a policy that is not in force, though the regulation
asks for it."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.domain.organisation.appointment import OF_THE_CENTRE, Appointment, AppointmentChapter
from app.domain.organisation.centre import Level
from app.domain.organisation.department import ApprovalOffice, DepartmentChapter, stands
from app.domain.organisation.policy import Policy, PolicyChapter
from app.domain.provision import Provision


class GapKind(StrEnum):
    """What is wanting."""

    OFFICE = "office"  # 任命
    APPROVAL_OFFICE = "approval_office"  # 审批处
    POLICY = "policy"  # 制度


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """`name` is the office or the policy; without `department_id` it is wanting at the centre.
    `ended_on`: there was one until that day."""

    cited: Provision[Any]  # Any: a gap cites a provision whatever its terms
    kind: GapKind
    name: str
    department_id: UUID | None = None
    ended_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manned:
    """A centre on a day: its level, the departments that are there, those with an open window."""

    on: date
    level: Level
    departments: Sequence[UUID]
    with_window: Collection[UUID]

    def among(self, *, with_window: bool) -> Sequence[UUID]:
        """The departments that are meant."""
        if not with_window:
            return self.departments
        return [each for each in self.departments if each in self.with_window]


def offices_wanting(
    chapter: AppointmentChapter, place: Manned, appointments: Sequence[Appointment]
) -> Iterator[Gap]:
    """Who has not the head, leader or liaison that the regulation asks for."""
    for rule in chapter.offices:
        terms = rule.terms
        if not terms.required or place.level not in (terms.levels or tuple(Level)):
            continue
        everybody: Sequence[UUID | None] = place.among(with_window=terms.with_window)
        for department_id in (None,) if terms.office in OF_THE_CENTRE else everybody:
            held = [
                (each.since, each.until)
                for each in appointments
                if each.office is terms.office and each.department_id == department_id
            ]
            if not _any_stands(held, place.on):
                yield Gap(
                    cited=rule,
                    kind=GapKind.OFFICE,
                    name=terms.office,
                    department_id=department_id,
                    ended_on=_last_day(held, place.on),
                )


def approval_offices_wanting(
    chapter: DepartmentChapter, place: Manned, offices: Sequence[ApprovalOffice]
) -> Iterator[Gap]:
    """Which departments have no approval office, where the regulation wants one of each."""
    if rule := chapter.one_approval_office:
        for department_id in place.departments:
            own = [
                (each.since, each.until) for each in offices if each.department_id == department_id
            ]
            if not _any_stands(own, place.on):
                yield Gap(
                    cited=rule,
                    kind=GapKind.APPROVAL_OFFICE,
                    name="approval_office",
                    department_id=department_id,
                    ended_on=_last_day(own, place.on),
                )


def policies_wanting(
    chapter: PolicyChapter, place: Manned, policies: Sequence[Policy]
) -> Iterator[Gap]:
    """Which of the policies that the regulation asks for are not in force; one that has run out
    counts as wanting."""
    for rule in chapter.required:
        terms = rule.terms
        if place.level not in (terms.levels or tuple(Level)):
            continue
        owners: Sequence[UUID | None] = place.among(with_window=True)
        for owner in owners if terms.of_each_department else (None,):
            for kind in terms.kinds:
                periods = [
                    (version.since, until)
                    for policy in policies
                    if policy.kind == kind and policy.department_id == owner
                    for version, until in policy.periods()
                ]
                if not _any_stands(periods, place.on):
                    yield Gap(
                        cited=rule,
                        kind=GapKind.POLICY,
                        name=kind,
                        department_id=owner,
                        ended_on=_last_day(periods, place.on),
                    )


def _any_stands(periods: Iterable[tuple[date, date | None]], on: date) -> bool:
    return any(stands(since, until, on) for since, until in periods)


def _last_day(periods: Iterable[tuple[date, date | None]], on: date) -> date | None:
    """The last day before `on` on which there was one."""
    ended = (until for since, until in periods if until is not None and since <= until < on)
    return max(ended, default=None)
