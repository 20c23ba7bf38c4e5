"""Facts of a change (调换事实): who leaves, when, how announced, on which ground and to whom."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.provision import Written
from app.domain.words import Word


class Role(StrEnum):
    """Who is changed."""

    CLERK = "clerk"  # 窗口工作人员
    CHIEF_REPRESENTATIVE = "chief_representative"  # 首席代表


class Form(Word):
    """How the change was announced."""

    WRITTEN = "written", "书面"
    ORAL = "oral", "口头"
    LETTER = "letter", "函件"


class Ground(StrEnum):
    """Why the person is changed."""

    INCOMPETENT_OR_VIOLATION = "incompetent_or_violation"  # 不胜任或严重违规违纪
    HEALTH = "health"  # 健康原因
    PROMOTED_OR_REASSIGNED = "promoted_or_reassigned"  # 提拔或另有任用
    LEFT_DEPARTMENT = "left_department"  # 调离派驻单位
    OTHER = "other"  # 其他特殊原因


class Stage(StrEnum):
    """How far the change has come."""

    FILE = "file"  # 提出
    EXECUTE = "execute"  # 离岗


class Confirmer(Word):
    """Who confirms that the successor is familiar with the work."""

    WINDOW_HEAD = "window_head", "窗口负责人"
    CENTRE = "centre", "中心"
    OUTGOING = "outgoing", "拟离岗人员"
    INCOMING = "incoming", "接替人员"


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor(Written):
    """The person who takes over. Days are calendar days; `shadow_to` is the last day shadowed."""

    name: str | None = None
    basic_facts: bool | None = None
    shadow_from: date | None = None
    shadow_to: date | None = None
    familiar_confirmed_on: date | None = None
    familiar_confirmed_by: Confirmer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationFacts(Written):
    """The facts of a change. `effective_on` is the first day on which the person is gone."""

    role: Role | None = None
    posted_on: date | None = None
    effective_on: date | None = None
    filed_on: date | None = None
    form: Form | None = None
    approved: bool | None = None
    approved_on: date | None = None
    reported: bool | None = None
    ground: Ground | None = None
    ground_evidence: str | None = None
    demanded_by_centre: bool | None = None
    reason: str | None = None
    seconded_by_police: bool | None = None
    successor: Successor | None = None
    stage: Stage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationValues:
    """`provisional`: working days of a year were counted that is not published yet."""

    free_from: date | None
    replace_by: date | None
    earliest_effective_on: date | None
    override_reason_required: bool
    provisional: bool
