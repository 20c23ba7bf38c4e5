"""Window (窗口): what a window needs before it is set up, opens, changes or closes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.domain.day import ImpossibleFact
from app.domain.decision import Finding
from app.domain.errors import DomainError
from app.domain.organisation.approval import Approval, Lack, lacking
from app.domain.organisation.authority import Body
from app.domain.provision import Bare, Provision, Written
from app.domain.words import Word


class WindowKind(Word):
    """What kind of window."""

    OWN = "own", "部门窗口"
    COMPREHENSIVE = "comprehensive", "综合窗口"
    SPECIALISED_HALL = "specialised_hall", "专业大厅"
    SUB_HALL = "sub_hall", "分厅"


class WindowStage(Word):
    """How far the window is."""

    PREPARED = "prepared", "筹设"
    ACTIVE = "active", "开放"
    CLOSED = "closed", "撤销"


class WindowAct(Word):
    """What is done to a window after it was set up."""

    ACTIVATE = "activate", "启用"
    ADJUST = "adjust", "调整"
    CLOSE = "close", "撤销"


class WindowEvent(Word):
    """What an approval of the window's change is about."""

    ENTER = "enter", "进驻"
    ADJUST = "adjust", "调整"
    WITHDRAW = "withdraw", "撤出"


class SpecialReason(StrEnum):
    """Why a department has a hall of its own."""

    SECRECY = "secrecy"  # 涉密
    SPACE = "space"  # 场地
    OTHER = "other"  # 其他


class Post(Word):
    """Who has to be there before a window of a department opens."""

    CHIEF = "chief", "首席代表"
    HEADING_CHIEF = "approval_office_head_as_chief", "由审批处处长出任的首席代表"
    STAFF = "staff", "窗口工作人员"
    LIAISON = "liaison", "窗口建设专人"
    LEADER = "leader", "主管领导"


OF_THE_CENTRE: Final = frozenset({WindowKind.OWN, WindowKind.COMPREHENSIVE})
"""Windows that stand in the hall of the centre itself: it assesses them whatever the text says."""
_ASKED_FOR: Final = {
    WindowAct.ACTIVATE: WindowEvent.ENTER,
    WindowAct.ADJUST: WindowEvent.ADJUST,
    WindowAct.CLOSE: WindowEvent.WITHDRAW,
}
_NEXT: Final[Mapping[tuple[WindowStage, WindowAct], WindowStage]] = {
    (WindowStage.PREPARED, WindowAct.ACTIVATE): WindowStage.ACTIVE,
    (WindowStage.PREPARED, WindowAct.ADJUST): WindowStage.PREPARED,
    (WindowStage.PREPARED, WindowAct.CLOSE): WindowStage.CLOSED,
    (WindowStage.ACTIVE, WindowAct.ADJUST): WindowStage.ACTIVE,
    (WindowStage.ACTIVE, WindowAct.CLOSE): WindowStage.CLOSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested(Written):
    """The changes that need a request which was approved before."""

    events: tuple[WindowEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedKind(Written):
    """A kind that needs an approval with its number; `assessed`: the centre assesses it as its own,
    `temporary`: it is kept for a time only."""

    name: str
    kind: WindowKind
    by: Body
    large_volume: bool = False
    special_reason: bool = False
    assessed: bool = False
    temporary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Posts(Written):
    """Each of them is held by at least one person on the day on which the window opens."""

    name: str
    posts: tuple[Post, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowChapter(Written):
    """The chapter as a regulation may write it. What is absent, it does not regulate."""

    request: Provision[Requested] | None = None
    reason: Provision[Bare] | None = None
    kinds: tuple[Provision[ApprovedKind], ...] = ()
    posts: tuple[Provision[Posts], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers(Written):
    """What a window is set up with: the approval of its kind and the grounds for it."""

    approval: Approval | None = None
    large_volume: bool = False
    special_reason: SpecialReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowChange(Written):
    """What is to be otherwise; what is left out stays as it is."""

    name: str | None = None
    number: str | None = None
    kind: WindowKind | None = None
    department_id: UUID | None = None

    @property
    def stated(self) -> dict[str, str | UUID]:
        """The fields that are to change, with their new values."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One window as it stood from the day `since`, at the end of that day.

    `closed_on` is the first day on which it is closed. `reason` is that of the last change.
    """

    id: UUID
    version: int
    stage: WindowStage
    kind: WindowKind
    name: str
    since: date
    department_id: UUID | None = None
    number: str | None = None
    reason: str | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    temporary: bool = False
    papers: Papers = Papers()

    def __post_init__(self) -> None:
        if self.kind is WindowKind.OWN and self.department_id is None:
            raise ImpossibleFact("department_id", "部门窗口（own）须写明其部门")

    def opened(self, since: date) -> "Window":
        """Open from that day. Raises WindowStageRefused."""
        stage = self._next(WindowAct.ACTIVATE)
        return replace(self, version=self.version + 1, stage=stage, since=since, opened_on=since)

    def adjusted(
        self,
        change: WindowChange,
        papers: Papers,
        chapter: WindowChapter,
        *,
        on: date,
        reason: str | None,
    ) -> "Window":
        """Otherwise from that day; papers that are not handed in again stay. Raises
        WindowStageRefused, ImpossibleFact."""
        stage = self._next(WindowAct.ADJUST)
        if not change.stated:
            raise ImpossibleFact("change", "至少写明一项要调整的内容")
        held = self.papers
        joined = Papers(
            approval=papers.approval or held.approval,
            large_volume=papers.large_volume or held.large_volume,
            special_reason=papers.special_reason or held.special_reason,
        )
        kind = change.kind or self.kind
        return replace(
            self,
            version=self.version + 1,
            stage=stage,
            since=on,
            kind=kind,
            temporary=temporary_by(chapter, kind),
            name=change.name or self.name,
            number=change.number or self.number,
            department_id=change.department_id or self.department_id,
            reason=reason,
            papers=joined,
        )

    def closed(self, on: date, reason: str | None) -> "Window":
        """Closed from that day. Raises WindowStageRefused."""
        stage = self._next(WindowAct.CLOSE)
        return replace(
            self, version=self.version + 1, stage=stage, since=on, closed_on=on, reason=reason
        )

    def check_takes(self, act: WindowAct) -> None:
        """Raises WindowStageRefused."""
        self._next(act)

    def check_seats(self, department_id: UUID) -> None:
        """Whether the department's people may sit and act here from now on. Raises
        ImpossibleFact."""
        if self.stage is WindowStage.CLOSED:
            raise ImpossibleFact("window_id", "该窗口已经撤销")
        if self.kind is WindowKind.OWN and self.department_id != department_id:
            raise ImpossibleFact("window_id", "该窗口是另一部门的部门窗口")

    def _next(self, act: WindowAct) -> WindowStage:
        try:
            return _NEXT[self.stage, act]
        except KeyError:
            raise WindowStageRefused(self.stage, act) from None


class WindowStageRefused(DomainError):
    """The window is not where the act begins: what is closed stays closed."""

    slug = "window_stage_refused"
    title = "窗口的当前状态不允许该行为"

    def __init__(self, stage: WindowStage, act: WindowAct) -> None:
        fitting = "、".join(f"{at.chinese}（{at}）" for at, one in _NEXT if one is act)
        super().__init__(
            f"窗口现为{stage.chinese}（{stage}），不能{act.chinese}；能{act.chinese}的窗口须为"
            f"{fitting}，撤销的窗口需要恢复的请另行设立。"
        )


class WindowNumberTaken(DomainError):
    """Another window of the centre that is not closed bears the number."""

    slug = "window_number_taken"
    title = "窗口编号已被使用"

    def __init__(self, number: str | None) -> None:
        super().__init__(f"编号 {number} 已属于另一个未撤销的窗口，请换一个编号。")


def event_of(act: WindowAct) -> WindowEvent:
    """What an approval of this act is called."""
    return _ASKED_FOR[act]


def act_of(event: WindowEvent) -> WindowAct:
    """The act that such an approval is for."""
    return next(act for act, asked in _ASKED_FOR.items() if asked is event)


def temporary_by(chapter: WindowChapter, kind: WindowKind) -> bool:
    """Whether the text keeps windows of this kind for a time only (敖汉旗 第四十六条)."""
    return any(rule.terms.temporary for rule in chapter.kinds if rule.terms.kind is kind)


def assessed_kinds(chapter: WindowChapter) -> frozenset[WindowKind]:
    """The kinds of window that the centre assesses (南昌市 第六条)."""
    return OF_THE_CENTRE | {rule.terms.kind for rule in chapter.kinds if rule.terms.assessed}


def is_decided_on(chapter: WindowChapter, reason: str | None) -> Iterator[Finding]:
    """Is the decision to set up, adjust or close a window reasoned (天涯区 第八条)?"""
    if rule := chapter.reason:
        missing = () if reason and reason.strip() else (Lack.REASON,)
        yield Finding.under(rule, met=not missing, actual=missing, missing=missing)


def is_approved_in_kind(
    chapter: WindowChapter, kind: WindowKind, papers: Papers
) -> Iterator[Finding]:
    """Has a window of this kind the approval and the grounds that the text wants?"""
    for rule in chapter.kinds:
        if rule.terms.kind is kind:
            missing = tuple(_lacking(rule.terms, papers))
            yield Finding.under(
                rule, met=not missing, expected=rule.terms.by, actual=missing, missing=missing
            )


def is_requested(chapter: WindowChapter, act: WindowAct, *, approved: bool) -> Iterator[Finding]:
    """Was the change asked for and approved before (高新区 第十二条)?"""
    rule, event = chapter.request, event_of(act)
    if rule and event in rule.terms.events:
        yield Finding.under(rule, met=approved, expected=event, actual=approved)


def is_manned(chapter: WindowChapter, held: frozenset[Post]) -> Iterator[Finding]:
    """Are the posts of the department filled on the day on which its window opens?"""
    for rule in chapter.posts:
        missing = tuple(post for post in rule.terms.posts if post not in held)
        yield Finding.under(
            rule,
            met=not missing,
            expected=tuple(rule.terms.posts),
            actual=missing,
            missing=missing,
        )


def _lacking(terms: ApprovedKind, papers: Papers) -> Iterator[Lack]:
    yield from lacking(papers.approval, terms.by)
    if terms.large_volume and not papers.large_volume:
        yield Lack.LARGE_VOLUME
    if terms.special_reason and papers.special_reason is None:
        yield Lack.SPECIAL_REASON
