"""Appointment (任命): the named heads, leaders and liaisons of a department or centre."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final
from uuid import UUID

from app.domain.decision import Finding
from app.domain.errors import DomainError
from app.domain.organisation.centre import Level
from app.domain.organisation.department import day_after, overlap, stands
from app.domain.provision import Provision, Written
from app.domain.words import Word


class Office(Word):
    """An office that a person is appointed to."""

    ACTING_APPROVAL_OFFICE_HEAD = "acting_approval_office_head", "代行审批办（处）主任职责"
    ACTING_CHIEF_REPRESENTATIVE = "acting_chief_representative", "代行首席代表职责"
    APPROVAL_OFFICE_HEAD = "approval_office_head", "审批办（处）主任"  # 也作运行代办业务办公室主任
    CHIEF_REPRESENTATIVE = "chief_representative", "首席代表"
    DEPARTMENT_HEAD = "department_head", "部门主要负责人"
    LIAISON = "liaison", "部门负责窗口建设的专人"
    SUPERVISING_LEADER = "supervising_leader", "分管窗口的领导"
    TOWNSHIP_HEAD = "township_head", "乡镇民生服务中心主任"


ACTING: Final[Mapping[Office, Office]] = {
    Office.ACTING_APPROVAL_OFFICE_HEAD: Office.APPROVAL_OFFICE_HEAD,
    Office.ACTING_CHIEF_REPRESENTATIVE: Office.CHIEF_REPRESENTATIVE,
}
"""Who acts for whom in their absence: as entitled as they are, and no second in their office."""
OF_THE_CENTRE: Final = frozenset({Office.TOWNSHIP_HEAD})
"""Held for the whole centre; every other office is one of a department."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideDuty:
    """A duty of the person's own department; without `until` it goes on."""

    title: str
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """`since` and `until` are the first and the last day in office."""

    centre_id: UUID
    id: UUID
    office: Office
    department_id: UUID | None
    person_id: UUID
    since: date
    until: date | None = None
    ended_because: str | None = None
    outside_duties: tuple[OutsideDuty, ...] = ()
    version: int = 1

    @property
    def took_office(self) -> bool:
        """Whether there is a day in office: one that ended before it began was a mistake."""
        return self.until is None or self.since <= self.until

    def stands(self, on: date) -> bool:
        """Whether the person is in office on that day."""
        return stands(self.since, self.until, on)

    def within(self, since: date, until: date | None) -> bool:
        """Whether the person is in office on any of these days."""
        return self.took_office and overlap(self.since, self.until, (since, until))


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeTerms(Written):
    """`name` tells this provision from its neighbours. `at_most` so many at once.

    `required`: who has none is named among the gaps, `with_window` only where a window is open;
    `kept`: the last one is not let go while a window is open. `holds`: whoever is appointed has
    this other office of the same department already. No levels: at centres of every level.
    """

    name: str
    office: Office
    at_most: int | None = None
    required: bool = False
    with_window: bool = False
    kept: bool = False
    holds: Office | None = None
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Undivided(Written):
    """Whoever has one of these offices has no duty outside the centre."""

    offices: tuple[Office, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentChapter(Written):
    """The chapter as a regulation may write it. What is absent, it does not regulate."""

    offices: tuple[Provision[OfficeTerms], ...] = ()
    undivided: Provision[Undivided] | None = None

    def on(self, office: Office, level: Level) -> Iterator[Provision[OfficeTerms]]:
        """What is demanded of that office at a centre of that level."""
        for rule in self.offices:
            if rule.terms.office is office and level in (rule.terms.levels or tuple(Level)):
                yield rule


class OfficePlaceWrong(DomainError):
    """An office of a department needs its department; one of the centre has none."""

    slug: ClassVar[str] = "office_place_wrong"
    title: ClassVar[str] = "任命的所在不符"

    def __init__(self, why: str) -> None:
        super().__init__(f"department_id：{why}。")


class AppointmentStands(DomainError):
    """The person holds this very office on some of these days."""

    slug: ClassVar[str] = "appointment_stands"
    title: ClassVar[str] = "该人员已任此职"

    def __init__(self, since: date) -> None:
        super().__init__(f"该人员自{since}起已任此职；无须再次任命，有误的请先终止该任命。")


def check_place(office: Office, level: Level, department_id: UUID | None) -> None:
    """Raises OfficePlaceWrong."""
    if office in OF_THE_CENTRE:
        if department_id is not None:
            raise OfficePlaceWrong("该职务属于整个中心，不填部门")
        if level is not Level.TOWNSHIP:
            raise OfficePlaceWrong("民生服务中心主任只在乡镇级中心任命")
    elif department_id is None:
        raise OfficePlaceWrong("该职务属于部门，须填部门")


def check_not_held(proposed: Appointment, others: Iterable[Appointment]) -> None:
    """Raises AppointmentStands where the same person has the office already on one of its days."""
    for other in others:
        if other.person_id == proposed.person_id and other.within(proposed.since, proposed.until):
            raise AppointmentStands(other.since)


def may_be_appointed(
    chapter: AppointmentChapter,
    level: Level,
    proposed: Appointment,
    others: Sequence[Appointment],
    held: Sequence[Appointment],
    outside: Iterable[OutsideDuty] = (),
) -> Iterator[Finding]:
    """May this person take the office from that day?

    `others` are all appointments to the office in the same place, `held` all of the person's;
    `outside` are the duties on record, beside those that the appointment states.
    """
    for rule in chapter.on(proposed.office, level):
        terms = rule.terms
        if terms.at_most is not None:
            beside = sum(other.within(proposed.since, proposed.until) for other in others)
            yield Finding.under(
                rule, met=beside < terms.at_most, expected=terms.at_most, actual=beside + 1
            )
        if terms.holds:
            offices = tuple(sorted({each.office for each in held if _covers(each, proposed)}))
            met = terms.holds in offices
            yield Finding.under(rule, met=met, expected=terms.holds, actual=offices)
    if (whole := chapter.undivided) and proposed.office in whole.terms.offices:
        yield from _undivided(whole, proposed.since, (*proposed.outside_duties, *outside))


def may_be_ended(
    chapter: AppointmentChapter,
    level: Level,
    ended: Appointment,
    *,
    others: Sequence[Appointment],
    window_open: bool,
) -> Iterator[Finding]:
    """May the person leave the office after its last day, with these others in it?"""
    if not window_open or ended.until is None:
        return
    empty_from = _empty_from(
        day_after(ended.until), [each for each in others if each.id != ended.id]
    )
    for rule in chapter.on(ended.office, level):
        if rule.terms.kept:
            yield Finding.under(rule, met=empty_from is None, expected=1, actual=empty_from)


def _empty_from(day: date, others: Iterable[Appointment]) -> date | None:
    """The first day, from that one on, on which none of them is in office; None if somebody always
    is."""
    for each in sorted(others, key=lambda each: each.since):
        if each.stands(day):
            if each.until is None or each.until == date.max:
                return None
            day = day_after(each.until)
    return day


def _undivided(
    rule: Provision[Undivided], since: date, duties: Iterable[OutsideDuty]
) -> Iterator[Finding]:
    """A duty that existed before is over on the first day in office at the latest."""
    for duty in duties:
        met = duty.until is not None and duty.until <= since
        yield Finding.under(rule, met=met, expected=since, actual=duty.until)


def _covers(held: Appointment, proposed: Appointment) -> bool:
    return held.department_id == proposed.department_id and held.stands(proposed.since)
