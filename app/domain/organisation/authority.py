"""Authority (权限): which body decides what, as each rulebook has it; a token says who one is."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.domain.decision import Finding
from app.domain.organisation.centre import Level
from app.domain.provision import Provision, Written
from app.domain.words import Word


class Body(Word):
    """Whom a caller speaks for (身份): what the token names, or an office in the register."""

    GOVERNMENT = "government", "本级人民政府"
    MANAGEMENT_COMMITTEE = "management_committee", "管委会"
    PARTY_OFFICE = "party_office", "党政办公室"
    BUREAU = "bureau", "行政审批（政务服务）局"  # 也作审批服务管理局
    JUSTICE_BUREAU = "justice_bureau", "司法局"
    CENTRE = "centre", "政务（行政）服务中心"
    TOWNSHIP_CENTRE = "township_centre", "乡镇民生服务中心"
    VILLAGE_COMMITTEE = "village_committee", "村（居）民委员会"
    COMMUNITY = "community", "大社区、居便民综合服务中心"
    DEPARTMENT = "department", "进驻（派驻）部门"
    POLICE_STATION = "police_station", "派出所"
    APPROVAL_OFFICE_HEAD = "approval_office_head", "审批办主任"
    CHIEF_REPRESENTATIVE = "chief_representative", "首席代表"
    TOWNSHIP_HEAD = "township_head", "乡镇民生服务中心主任"
    WINDOW_CLERK = "window_clerk", "窗口工作人员"


OF_A_DEPARTMENT: Final = frozenset(
    {
        Body.DEPARTMENT,
        Body.POLICE_STATION,
        Body.APPROVAL_OFFICE_HEAD,
        Body.CHIEF_REPRESENTATIVE,
        Body.WINDOW_CLERK,
    }
)
"""Who speaks for one department speaks for no other."""
HELD: Final = frozenset({Body.APPROVAL_OFFICE_HEAD, Body.CHIEF_REPRESENTATIVE, Body.TOWNSHIP_HEAD})
"""Offices that a person holds from day to day: the register of appointments says who, no token."""


class GuardedAct(StrEnum):
    """An act that a rulebook may keep for certain bodies."""

    SET_WINDOW = "set_window"  # 设置、调整、撤出窗口
    APPROVE_WINDOW = "approve_window"  # 审定窗口的进驻、调整与撤出
    ISSUE_POLICY = "issue_policy"  # 制定制度
    RECORD_DAILY = "record_daily"  # 日常管理记录
    RECORD_BUSINESS = "record_business"  # 业务管理记录
    RECORD_PERSONNEL = "record_personnel"  # 人事、工资、福利
    RECORD_PERFORMANCE_PAY = "record_performance_pay"  # 绩效工资
    RECORD_PARTY_RELATION = "record_party_relation"  # 组织关系
    OPINE_ON_ITEM = "opine_on_item"  # 事项进退的初审意见
    APPROVE_ITEM = "approve_item"  # 批准事项进退与变更
    CLEAR_ITEM = "clear_item"  # 事项调整的合法性核准
    CONFIRM_ITEM = "confirm_item"  # 确认进入系统的事项与流程
    PUBLISH_GUIDE = "publish_guide"  # 公布办事指南
    FILE_GUIDE = "file_guide"  # 办事指南变动的备案
    FILE_MANDATE = "file_mandate"  # 行政委托书的备案
    COLLECT_FEE = "collect_fee"  # 收费
    DECIDE_CASE = "decide_case"  # 对办件作出决定
    SEAL_CASE = "seal_case"  # 加盖审批专用章


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitled(Written):
    """`name` tells this provision from its neighbours. It reaches acts at centres of these levels,
    all if none is named; `police` true or false: only for police postings, or only for others;
    `instant` the same for cases of items that are handled on the spot (即办件)."""

    name: str
    acts: tuple[GuardedAct, ...]
    bodies: tuple[Body, ...]
    levels: tuple[Level, ...] = ()
    police: bool | None = None
    instant: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityChapter(Written):
    """Who may do what. An act that is not named here is nobody's privilege."""

    entitled: tuple[Provision[Entitled], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whom the caller speaks for: bodies by the token, in these departments; offices by
    appointment, each with the department that it is of."""

    bodies: frozenset[Body] = frozenset()
    departments: frozenset[UUID] = frozenset()
    offices: frozenset[tuple[Body, UUID | None]] = frozenset()

    @property
    def confined_to(self) -> frozenset[UUID] | None:
        """The only departments that concern the caller; None for who speaks for a body above the
        departments, or says neither body nor department."""
        above = self.bodies - OF_A_DEPARTMENT
        return None if above or not (self.bodies or self.departments) else self.departments

    def speaks_for(self, body: Body, department_id: UUID | None) -> bool:
        """Whether this is one's body, in the department that the act concerns if it is of one."""
        if body in HELD:
            return any(
                held is body and (body not in OF_A_DEPARTMENT or department_id in {None, of})
                for held, of in self.offices
            )
        if body not in self.bodies:
            return False
        return (
            body not in OF_A_DEPARTMENT
            or department_id is None
            or department_id in self.departments
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """What an act concerns: the centre's level, the department, whether a police posting, whether
    a case that is handled on the spot."""

    level: Level
    department_id: UUID | None = None
    police: bool = False
    instant: bool = False


def who_may(
    chapter: AuthorityChapter, act: GuardedAct, by: Standing, concerned: Concerned
) -> Iterator[Finding]:
    """Is the caller one of the bodies that every provision on this act names?"""
    for rule in chapter.entitled:
        terms = rule.terms
        if act not in terms.acts or not _reaches(terms, concerned):
            continue
        met = any(by.speaks_for(body, concerned.department_id) for body in terms.bodies)
        spoken_for = (body for body in Body if by.speaks_for(body, concerned.department_id))
        yield Finding.under(
            rule, met=met, expected=tuple(terms.bodies), actual=tuple(sorted(spoken_for))
        )


def _reaches(terms: Entitled, concerned: Concerned) -> bool:
    return (
        (not terms.levels or concerned.level in terms.levels)
        and (terms.police is None or terms.police is concerned.police)
        and (terms.instant is None or terms.instant is concerned.instant)
    )
