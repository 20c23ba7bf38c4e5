"""Posting (派驻): who sits where since when, as what, and what the texts say of that."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from app.domain.day import check_last_day
from app.domain.decision import Finding
from app.domain.errors import DomainError
from app.domain.organisation.appointment import Appointment
from app.domain.organisation.centre import Level
from app.domain.provision import Bare, Provision, Written
from app.domain.words import Word


class PostingRole(Word):
    """As what a person is posted."""

    WINDOW_CLERK = "window_clerk", "窗口工作人员"
    BACK_OFFICE = "back_office", "后台工作人员"
    CHIEF_REPRESENTATIVE = "chief_representative", "首席代表"
    APPROVAL_OFFICE_HEAD = "approval_office_head", "审批办主任"  # 也作运行代办业务办公室主任
    TOWNSHIP_HEAD = "township_head", "民生服务中心主任"
    VILLAGE_AGENT = "village_agent", "代办服务人员"


class ServiceSystem(StrEnum):
    """The systems (制度) that a text demands of its windows."""

    ATTENDANCE = "attendance"  # 坐班制
    LEAVE = "leave"  # 请销假制
    FIRST_QUESTION = "first_question"  # 首问负责制
    ONE_TIME_NOTICE = "one_time_notice"  # 一次告知制
    TIME_LIMIT = "time_limit"  # 限时办结制
    COVER = "cover"  # AB岗制
    APPOINTMENT = "appointment"  # 预约服务制
    EXTENDED_HOURS = "extended_hours"  # 延时服务制
    HOME_SERVICE = "home_service"  # 上门服务制


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingTier(Written):
    """The roles that exist at centres of these levels."""

    name: str
    levels: tuple[Level, ...]
    roles: tuple[PostingRole, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideWork(Written):
    """Whom the sending unit may give no other work; no roles: nobody who is posted."""

    roles: tuple[PostingRole, ...] = ()

    def reaches(self, roles: Iterable[PostingRole]) -> bool:
        return not self.roles or not set(self.roles).isdisjoint(roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Systems(Written):
    """Which systems the text names for people of these roles, and which of its own it leaves out
    for them: silence does not extend a system to anybody."""

    roles: tuple[PostingRole, ...]
    named: tuple[ServiceSystem, ...]
    left_out: tuple[ServiceSystem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingChapter(Written):
    """The chapter as a regulation may write it. What is absent, it does not regulate."""

    tiers: tuple[Provision[PostingTier], ...] = ()
    outside_work: Provision[OutsideWork] | None = None
    party_transfer: Provision[Bare] | None = None
    systems: Provision[Systems] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """`since` and `until` are the first and the last day at the post; without `until` it goes on.
    One that ended the day before it began was entered by mistake.

    `party_member` is None where nobody has said; it is used for nothing but the transfer of the
    party relation.
    """

    id: UUID
    person_id: UUID
    department_id: UUID
    role: PostingRole
    since: date
    window_id: UUID | None = None
    police: bool = False
    party_member: bool | None = None
    until: date | None = None
    end_reason: str | None = None
    version: int = 1

    @property
    def began(self) -> bool:
        """Whether there is a day at the post, or will be."""
        return self.until is None or self.since <= self.until

    def goes_on(self, day: date) -> bool:
        """Whether that is a day at the post, or one behind it is."""
        return self.until is None or (self.began and self.until >= day)

    def runs_on(self, day: date) -> bool:
        """Whether that is a day at the post."""
        return self.since <= day and (self.until is None or day <= self.until)


class PostedAlready(DomainError):
    """A person sits at one post at a time."""

    slug = "posted_already"
    title = "该人员同期已有派驻"

    def __init__(self, other: Posting) -> None:
        until = f"至{other.until.isoformat()}" if other.until else "尚未结束"
        super().__init__(
            f"该人员自{other.since.isoformat()}起另有派驻（{until}），"
            "一人同期只有一处派驻；请先结束原派驻，或改在其后开始。"
        )


class PostingEnded(DomainError):
    """A posting ends once."""

    slug = "posting_ended"
    title = "派驻已结束"

    def __init__(self, until: date) -> None:
        super().__init__(f"该派驻已登记至{until.isoformat()}结束，不能再次结束或在其后登记。")


def roles_of(
    posting: Posting, appointed: Iterable[Appointment], days: tuple[date, date | None]
) -> frozenset[PostingRole]:
    """As what the person serves on any of these days: as posted, and by every office that is a
    role as well."""
    since, until = days
    held = {
        each.office.value
        for each in appointed
        if each.person_id == posting.person_id and each.within(since, until)
    }
    return frozenset({posting.role, *(role for role in PostingRole if role.value in held)})


def may_be_posted(chapter: PostingChapter, level: Level, role: PostingRole) -> Iterator[Finding]:
    """Does a centre of this level know the role?"""
    for tier in chapter.tiers:
        if level in tier.terms.levels:
            met = role in tier.terms.roles
            yield Finding.under(tier, met=met, expected=tuple(tier.terms.roles), actual=role)


def check_free(history: Iterable[Posting], since: date) -> None:
    """A posting from that day on, without an end, lies behind all others of the person. Raises
    PostedAlready."""
    for other in history:
        if other.goes_on(since):
            raise PostedAlready(other)


def check_end(posting: Posting, until: date) -> None:
    """Raises PostingEnded, or ImpossibleFact where it would end before it began."""
    if posting.until is not None:
        raise PostingEnded(posting.until)
    check_last_day(posting.since, until)


def awaiting_transfer(
    chapter: PostingChapter, running: Iterable[tuple[Posting, date | None]], on: date
) -> Iterator[tuple[Posting, Finding]]:
    """Whose party relation should have come with the posting and has not by that day: each posting
    with the day of its transfer. Nobody who is not known as a member."""
    if (rule := chapter.party_transfer) is None:
        return
    for posting, transferred_on in running:
        if posting.party_member and (transferred_on is None or transferred_on > on):
            yield posting, Finding.under(rule, met=False, expected=on, actual=transferred_on)
