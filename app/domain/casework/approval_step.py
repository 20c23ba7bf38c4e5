"""Approval step (审核步骤): who reviews and who verifies a case of an ordinary item (一般事项)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from app.domain.casework.case import Stage
from app.domain.decision import Finding
from app.domain.errors import DomainError
from app.domain.provision import Provision, Written
from app.domain.words import Word

OVER = frozenset({Stage.DECIDED, Stage.SEALED, Stage.COMPLETED, Stage.DECLINED, Stage.ANNULLED})
"""The stages of a case about which nothing is left to approve."""


class ApprovalStep(Word):
    """What an item goes through before it is decided."""

    REVIEW = "review", "审"
    VERIFY = "verify", "核"
    DIRECTOR_SIGN = "director_sign", "领导签批"
    COLLECTIVE_DISCUSSION = "collective_discussion", "集体讨论"
    EXPERT_REVIEW = "expert_review", "专家评审"
    HEARING = "hearing", "听证"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdinarySteps(Written):
    """The steps of an ordinary item in their order; one with a step of `unless` is not ordinary."""

    steps: tuple[ApprovalStep, ...]
    unless: tuple[ApprovalStep, ...]

    def bind(self, stated: Iterable[ApprovalStep]) -> bool:
        """Whether the item is ordinary by the steps that are stated of it; of one that states none
        nobody knows, and it is left alone."""
        steps = set(stated)
        return bool(steps) and steps.isdisjoint(self.unless)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTaken:
    """A step of a case: by whom it was taken, and on which legal day it was entered."""

    id: UUID
    case_id: UUID
    step: ApprovalStep
    person_id: UUID
    on: date
    override: dict[str, str] | None = None


class CaseOver(DomainError):
    """A step of a case about which nothing is left to approve."""

    slug: ClassVar[str] = "case_over"
    title: ClassVar[str] = "办件已无待办的审核步骤"

    def __init__(self, stage: Stage) -> None:
        super().__init__(
            f"该办件{stage.chinese}（{stage}），不再登记审核步骤；审与核应在作出决定之前登记。"
        )


class StepTakenBefore(DomainError):
    """A case is reviewed once and verified once."""

    slug: ClassVar[str] = "approval_step_taken"
    title: ClassVar[str] = "该步骤已经登记"

    def __init__(self, step: ApprovalStep) -> None:
        super().__init__(
            f"该办件的{step.chinese}（{step}）已经登记，每一步骤至多一次；已登记的见审核步骤清单。"
        )


def has_its_steps(
    rule: Provision[OrdinarySteps] | None, stated: tuple[ApprovalStep, ...]
) -> Iterator[Finding]:
    """Does an ordinary item go through just these steps (南昌市 第十三条)?"""
    if rule and rule.terms.bind(stated):
        wanted = rule.terms.steps
        yield Finding.under(rule, met=stated == wanted, expected=wanted, actual=stated)


def are_taken(
    rule: Provision[OrdinarySteps] | None,
    stated: Iterable[ApprovalStep],
    taken: Iterable[StepTaken],
    before: ApprovalStep | None = None,
) -> Iterator[Finding]:
    """Have all steps of an ordinary item been taken, or those `before` that one?"""
    if rule is None or not rule.terms.bind(stated):
        return
    steps = rule.terms.steps
    wanted = steps[: steps.index(before)] if before in steps else steps
    done = tuple(one.step for one in taken)
    if wanted:
        yield Finding.under(rule, met=set(wanted) <= set(done), expected=wanted, actual=done)


def are_different_people(
    rule: Provision[OrdinarySteps] | None,
    stated: Iterable[ApprovalStep],
    taken: Iterable[StepTaken],
    person_id: UUID,
) -> Iterator[Finding]:
    """Is the next step of an ordinary item taken by somebody who has taken none yet?"""
    people = tuple(one.person_id for one in taken)
    if rule and people and rule.terms.bind(stated):
        yield Finding.under(
            rule,
            met=person_id not in people,
            expected=tuple(map(str, people)),
            actual=str(person_id),
        )
