"""Delegation (委托代受理): a comprehensive window accepts for a department that has no window."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from app.domain.day import ImpossibleFact
from app.domain.decision import Finding
from app.domain.errors import DomainError
from app.domain.organisation.approval import Approval, lacking
from app.domain.organisation.authority import Body
from app.domain.organisation.window import WindowKind, WindowStage
from app.domain.provision import Provision, Written
from app.domain.words import Word


class Ground(Word):
    """Why a department needs no window of its own."""

    FEW_ITEMS = "few_items", "事项少"
    LOW_FREQUENCY = "low_frequency", "受理次数少"


class Step(Word):
    """What happens to a case that another window took in for a department."""

    ACCEPT = "accept", "受理"
    TRANSFER = "transfer", "移交"
    SUPERVISE = "supervise", "督办"
    FEEDBACK = "feedback", "结果反馈"
    COMPLETE = "complete", "办毕"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrusting(Written):
    """Approved by that body, on at least `least` of these grounds: two of two are 且, one is
    或者."""

    by: Body
    grounds: tuple[Ground, ...]
    least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps(Written):
    """The steps in their order; those of `required` are never skipped."""

    order: tuple[Step, ...]
    required: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationChapter(Written):
    """The chapter as a regulation may write it. What is absent, it does not regulate."""

    approval: Provision[Entrusting] | None = None
    steps: Provision[Steps] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """A department's items, all of them where none is named, at that window from the first to the
    last day. `figures` are stated for the record; no text has a threshold. One that is ended with
    the day before its first never held."""

    id: UUID
    version: int
    department_id: UUID
    window_id: UUID
    since: date
    until: date | None = None
    item_ids: tuple[UUID, ...] | None = None
    few_items: bool = False
    low_frequency: bool = False
    figures: str | None = None
    approval: Approval | None = None
    ended_because: str | None = None

    def __post_init__(self) -> None:
        if self.until is not None and (self.since - self.until).days > 1:
            raise ImpossibleFact("until", f"起始之日为 {self.since}，不得早于其前一日")

    def reaches(self, item_id: UUID, on: date) -> bool:
        """Whether it holds on that day for that item. A paper of a later day does not hold yet."""
        issued_on = self.approval.issued_on if self.approval else None
        since = max(self.since, issued_on or self.since)
        within = since <= on and (self.until is None or on <= self.until)
        return within and (self.item_ids is None or item_id in self.item_ids)

    def ended(self, until: date, because: str) -> "Delegation":
        """Ends with that day, once. Raises DelegationEnded, ImpossibleFact."""
        if self.until is not None and (self.ended_because is not None or self.until < until):
            raise DelegationEnded(self.until)
        return replace(self, version=self.version + 1, until=until, ended_because=because)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A window, which may be one of a department, is to accept an item of this department."""

    window_id: UUID
    window_department_id: UUID | None
    department_id: UUID
    item_id: UUID
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A step that was taken on that day."""

    step: Step
    on: date
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrustedCase:
    """代受理办件: what a comprehensive window took in for a department, step by step."""

    id: UUID
    version: int
    window_id: UUID
    department_id: UUID
    item_id: UUID
    case_id: UUID | None
    steps: tuple[Taken, ...]

    @property
    def accepted_on(self) -> date:
        return self.steps[0].on

    @property
    def completed_on(self) -> date | None:
        last = self.steps[-1]
        return last.on if last.step is Step.COMPLETE else None

    def after(self, taken: Taken) -> "EntrustedCase":
        """With one step more. Raises StepRefused: only 督办 is repeated, and 办毕 is the last."""
        done = {one.step for one in self.steps}
        if Step.COMPLETE in done or (taken.step in done and taken.step is not Step.SUPERVISE):
            raise StepRefused(taken.step)
        return replace(self, version=self.version + 1, steps=(*self.steps, taken))


class NoComprehensiveWindow(DomainError):
    """Only a comprehensive window accepts for others, and only while it is open."""

    slug = "no_comprehensive_window"
    title = "不是可以代受理的综合窗口"

    def __init__(self, kind: WindowKind, stage: WindowStage) -> None:
        super().__init__(
            f"所写窗口是{kind.chinese}（{kind}），现为{stage.chinese}（{stage}）；代受理须由开放的"
            "综合窗口（comprehensive）办理，委托也只能给予未撤销的综合窗口。"
        )


class ItemOfNobody(DomainError):
    """The item names no department, or another one: nobody can accept it for that one."""

    slug = "item_of_another_department"
    title = "事项不属于所写部门"

    def __init__(self) -> None:
        super().__init__(
            "事项未写明其部门，或属于别的部门；请先在事项中写明部门（department_id）。"
        )


class DelegationEnded(DomainError):
    """The delegation was ended, or ends before that day by itself."""

    slug = "delegation_ended"
    title = "委托已于此前终止"

    def __init__(self, until: date) -> None:
        super().__init__(
            f"该委托至{until}为止，不能再次终止，也不能以更晚的一日终止；需要延续的请另行登记。"
        )


class StepRefused(DomainError):
    """The step was taken before, or the case is finished."""

    slug = "entrusted_step_refused"
    title = "代受理办件不能再走该步骤"

    def __init__(self, step: Step) -> None:
        super().__init__(
            f"{step.chinese}（{step}）已经办过，或该件已经办毕；可以重复的只有督办（supervise）。"
        )


class CaseEntrustedBefore(DomainError):
    """A case is taken in for a department once."""

    slug = "case_entrusted_before"
    title = "该办件已登记代受理"

    def __init__(self) -> None:
        super().__init__("该办件已有代受理登记，请在原登记上续办各步骤。")


def may_be_entrusted(chapter: DelegationChapter, proposed: Delegation) -> Iterator[Finding]:
    """May the comprehensive window be entrusted with this (南昌市 第五条、敖汉旗 第九条)?"""
    if rule := chapter.approval:
        missing = _missing(rule.terms, proposed)
        yield Finding.under(
            rule, met=not missing, expected=rule.terms.by, actual=missing, missing=missing
        )


def may_accept_for(
    chapter: DelegationChapter, wanted: Acceptance, delegations: Iterable[Delegation]
) -> Iterator[Finding]:
    """May this comprehensive window accept the item of that department on that day?

    `delegations` are those of the department. A department's own window needs nobody's leave.
    """
    rule = chapter.approval
    if rule and wanted.window_department_id != wanted.department_id:
        held = any(
            one.window_id == wanted.window_id
            and one.reaches(wanted.item_id, wanted.on)
            and not _missing(rule.terms, one)
            for one in delegations
        )
        yield Finding.under(
            rule,
            met=held,
            expected=rule.terms.by,
            actual=() if held else ("当日有效的委托",),
            missing=() if held else ("delegation",),
        )


def may_be_taken(
    chapter: DelegationChapter, entrusted: EntrustedCase, step: Step
) -> Iterator[Finding]:
    """May this step be taken now, with none skipped that the text wants?"""
    yield from may_follow(chapter, (one.step for one in entrusted.steps), step)


def may_follow(chapter: DelegationChapter, taken: Iterable[Step], step: Step) -> Iterator[Finding]:
    """The same, after the steps that were taken."""
    rule = chapter.steps
    if rule and step in rule.terms.order:
        before = rule.terms.order[: rule.terms.order.index(step)]
        done = set(taken)
        owed = tuple(one for one in before if one in rule.terms.required)
        missing = tuple(one for one in owed if one not in done)
        yield Finding.under(rule, met=not missing, expected=owed, actual=missing, missing=missing)


def _missing(terms: Entrusting, one: Delegation) -> tuple[str, ...]:
    stated = {Ground.FEW_ITEMS: one.few_items, Ground.LOW_FREQUENCY: one.low_frequency}
    unstated = tuple(ground for ground in terms.grounds if not stated[ground])
    enough = len(terms.grounds) - len(unstated) >= terms.least
    return (*lacking(one.approval, terms.by), *(() if enough else unstated))
