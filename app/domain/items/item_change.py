"""Item change (事项进退与变更): a proposal, its steps, and what it makes of an item."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import ClassVar, Final, Self
from uuid import UUID

from app.domain.casework.approval_step import ApprovalStep
from app.domain.casework.case_facts import ItemKind
from app.domain.casework.limits import ExclusionKind
from app.domain.day import ImpossibleFact
from app.domain.decision import Finding
from app.domain.errors import DomainError
from app.domain.items.item import ItemStage, ServiceItem, percent
from app.domain.items.item_chapter import ItemChapter, Steps
from app.domain.items.steps import ChangeKind, Step
from app.domain.organisation.authority import GuardedAct
from app.domain.provision import Provision, Written
from app.domain.words import Word

ACTS: Final = {
    Step.OPINION: GuardedAct.OPINE_ON_ITEM,
    Step.CLEARANCE: GuardedAct.CLEAR_ITEM,
    Step.APPROVAL: GuardedAct.APPROVE_ITEM,
    Step.CONFIRMATION: GuardedAct.CONFIRM_ITEM,
}
"""Who may take which step, in the words of the authority chapter; nobody keeps the others."""
_DECIDING: Final = frozenset(Step) - {Step.OPINION}
_FROM: Final = {
    ChangeKind.ENTER: frozenset({ItemStage.DRAFT, ItemStage.WITHDRAWN}),
    ChangeKind.EXIT: frozenset({ItemStage.ACTIVE}),
    ChangeKind.CHANGE: frozenset({ItemStage.DRAFT, ItemStage.ACTIVE}),
}


class ChangeStage(Word):
    """How far a change is; which step an open one waits for follows from the rulebook."""

    OPEN = "open", "办理中"
    IMPLEMENTED = "implemented", "已实施"
    REJECTED = "rejected", "未获同意"
    RETRACTED = "retracted", "已撤回"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal(Written):
    """What shall be different; what is left out stays. The reductions (减材料、减环节、减跑动) are
    recorded as they are told: 三减一透明 is not defined in the text."""

    name: str | None = None
    item_class: str | None = None
    type_code: str | None = None
    basic_code: str | None = None
    implementation_code: str | None = None
    department_id: UUID | None = None
    office_id: UUID | None = None
    kind: ItemKind | None = None
    statutory_days: int | None = None
    promised_days: int | None = None
    licence: bool | None = None
    exclusions_in_guide: tuple[ExclusionKind, ...] | None = None
    flow: tuple[str, ...] | None = None
    approval_steps: tuple[ApprovalStep, ...] | None = None
    materials_reduced: int | None = None
    steps_reduced: int | None = None
    visits_reduced: int | None = None

    def of(self, item: ServiceItem) -> ServiceItem:
        """The item as it shall be."""
        told = {field.name: getattr(self, field.name) for field in fields(self)}
        new = {name: value for name, value in told.items() if value is not None}
        return replace(item, **{name: value for name, value in new.items() if name not in _TOLD})

    def names(self) -> tuple[str, ...]:
        """The fields that are proposed."""
        return tuple(f.name for f in fields(self) if getattr(self, f.name) is not None)


_TOLD: Final = frozenset({"materials_reduced", "steps_reduced", "visits_reduced"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken(Written):
    """A step that was taken. `favourable`: an opinion against it is noted, every other step that is
    refused ends the change; either way `note` says why. `document` names the paper."""

    step: Step
    on: date
    by: str
    favourable: bool = True
    document: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits(Written):
    """What a report compares, and what an item had before: working days, and steps of the flow.
    The statutory limit is also None where it was not kept."""

    kind: ItemKind
    promised_days: int | None
    flow_steps: int
    statutory_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChange:
    """`before` are the limits that an implemented change replaced."""

    id: UUID
    item_id: UUID
    kind: ChangeKind
    stage: ChangeStage
    version: int
    proposal: Proposal
    reason: str
    submitted_by: str
    submitted_on: date
    done: tuple[Taken, ...] = ()
    before: Limits | None = None
    ended_on: date | None = None
    ended_because: str | None = None

    def having(self, taken: Taken) -> Self:
        """With one more step; a refusal ends it."""
        change = replace(self, done=(*self.done, taken), version=self.version + 1)
        if taken.favourable or taken.step not in _DECIDING:
            return change
        return change.ended(ChangeStage.REJECTED, taken.on, taken.note)

    def again(self) -> Self:
        """As its next version."""
        return replace(self, version=self.version + 1)

    def ended(self, stage: ChangeStage, on: date, because: str | None = None) -> Self:
        return replace(self, stage=stage, ended_on=on, ended_because=because)


class ChangeEnded(DomainError):
    """A step of a change that is over."""

    slug: ClassVar[str] = "item_change_ended"
    title: ClassVar[str] = "该变更已经结束"

    def __init__(self, stage: ChangeStage) -> None:
        super().__init__(
            f"该变更{stage.chinese}（{stage}），不再接受任何环节；需要的，请另行提交。"
        )


class ChangeOpen(DomainError):
    """A second change of an item while one is open."""

    slug: ClassVar[str] = "item_change_open"
    title: ClassVar[str] = "该事项已有办理中的变更"

    def __init__(self) -> None:
        super().__init__("该事项已有一件办理中的进退或变更，请先办完或撤回（retraction）。")


class StepUnknown(DomainError):
    """A step that the rulebook does not have, or that was taken."""

    slug: ClassVar[str] = "item_step_unknown"
    title: ClassVar[str] = "该变更没有这一环节"

    def __init__(self, step: Step, awaited: Step | None) -> None:
        waits = f"现待{awaited.chinese}（{awaited}）" if awaited else "已无待办环节"
        super().__init__(
            f"本中心的规章对此类变更不设{step.chinese}（{step}），或该环节已办；{waits}。"
        )


class StageUnfit(DomainError):
    """A change that the stage of the item does not allow."""

    slug: ClassVar[str] = "item_stage_unfit"
    title: ClassVar[str] = "事项的状态不允许该变更"

    def __init__(self, kind: ChangeKind, stage: ItemStage) -> None:
        fit = "、".join(f"{each.chinese}（{each}）" for each in ItemStage if each in _FROM[kind])
        super().__init__(
            f"{stage.chinese}（{stage}）的事项不能提交{kind.chinese}（{kind}）；"
            f"可以提交的，是{fit}的事项。"
        )


def check_change(kind: ChangeKind, proposal: Proposal, item: ServiceItem) -> None:
    """Raises StageUnfit; ImpossibleFact where entry and exit propose fields, or a change none."""
    if item.stage not in _FROM[kind]:
        raise StageUnfit(kind, item.stage)
    if (kind is ChangeKind.CHANGE) is not bool(proposal.names()):
        raise ImpossibleFact("proposal", "变更至少写明一项所变的内容，进入与退出不另改内容")


def steps_for(
    chapter: ItemChapter, kind: ChangeKind, proposal: Proposal, item: ServiceItem
) -> Provision[Steps] | None:
    """The provision on such a change. What is only drafted is changed freely: it has to enter
    yet."""
    if kind is ChangeKind.CHANGE and item.stage is ItemStage.DRAFT:
        return None
    return next((r for r in chapter.steps if _reaches(r.terms, kind, proposal)), None)


def _reaches(terms: Steps, kind: ChangeKind, proposal: Proposal) -> bool:
    if kind is not ChangeKind.CHANGE or not terms.fields:
        return kind in terms.kinds
    return kind in terms.kinds and not set(terms.fields).isdisjoint(proposal.names())


def awaited(rule: Provision[Steps] | None, change: ItemChange) -> Step | None:
    """The step that an open change waits for; None where it may take effect."""
    if rule is None or change.stage is not ChangeStage.OPEN:
        return None
    done = {taken.step for taken in change.done}
    return next((step for step in rule.terms.steps if step not in done), None)


def may_take(
    rule: Provision[Steps] | None, change: ItemChange, step: Step, document: str | None
) -> Iterator[Finding]:
    """Is it the turn of this step, and is its document there? Raises ChangeEnded, StepUnknown."""
    if change.stage is not ChangeStage.OPEN:
        raise ChangeEnded(change.stage)
    done = tuple(taken.step for taken in change.done)
    if rule is None or step not in rule.terms.steps or step in done:
        raise StepUnknown(step, awaited(rule, change))
    before = rule.terms.steps[: rule.terms.steps.index(step)]
    yield Finding.under(rule, met=set(before) <= set(done), expected=before, actual=done)
    if step in rule.terms.documented:
        named = (document or "").strip() or None
        yield Finding.under(rule, met=named is not None, expected=(step,), actual=named)


def may_take_effect(rule: Provision[Steps] | None, change: ItemChange) -> Iterator[Finding]:
    """Has everybody agreed who has to, so that it may be put into effect?"""
    if rule is None:
        return
    done = tuple(taken.step for taken in change.done)
    wanted = tuple(step for step in rule.terms.steps if step is not Step.IMPLEMENTATION)
    yield Finding.under(rule, met=set(wanted) <= set(done), expected=wanted, actual=done)


def effected(item: ServiceItem, change: ItemChange, on: date) -> ServiceItem:
    """The item once the change takes effect on that legal day."""
    version = item.version + 1
    match change.kind:
        case ChangeKind.ENTER:
            return replace(
                item, stage=ItemStage.ACTIVE, active_since=on, withdrawn_on=None, version=version
            )
        case ChangeKind.EXIT:
            return replace(item, stage=ItemStage.WITHDRAWN, withdrawn_on=on, version=version)
        case ChangeKind.CHANGE:
            return replace(change.proposal.of(item), version=version)


def implemented(change: ItemChange, item: ServiceItem, on: date) -> ItemChange:
    """The change when it has taken effect on the item as it was before."""
    return replace(change.ended(ChangeStage.IMPLEMENTED, on), before=limits_of(item))


def limits_of(item: ServiceItem) -> Limits:
    """What of the item is kept when a change replaces it."""
    return Limits(
        kind=item.kind,
        promised_days=item.promised_days,
        flow_steps=len(item.flow),
        statutory_days=item.statutory_days,
    )


def as_it_was(item: ServiceItem, before: Limits) -> ServiceItem:
    """The item with the limits that it had before a change."""
    return replace(
        item,
        kind=before.kind,
        statutory_days=before.statutory_days,
        promised_days=before.promised_days,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """One line of the report on reviews (事项梳理): days are working days, less is negative;
    `percent` is half-up to two places, null where there was nothing to compare with."""

    change: ItemChange
    days_before: int | None
    days_after: int | None

    @property
    def days(self) -> int | None:
        if self.days_before is None or self.days_after is None:
            return None
        return self.days_after - self.days_before

    @property
    def percent(self) -> Decimal | None:
        if self.days is None or not self.days_before:
            return None
        return percent(self.days, of=self.days_before)


def reviewed(change: ItemChange) -> Reviewed | None:
    """What an implemented change did to the promise; None where it was not about time, materials,
    steps or visits."""
    before, proposal = change.before, change.proposal
    if before is None or not {*proposal.names()} & {"promised_days", "flow", *_TOLD}:
        return None
    after = before.promised_days if proposal.promised_days is None else proposal.promised_days
    return Reviewed(change=change, days_before=before.promised_days, days_after=after)
