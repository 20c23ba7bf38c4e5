"""Case (办件): its stages, the acts that move it from one to the next, and what it holds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, Final
from uuid import UUID

from app.domain.casework.case_facts import Exclusion, Extension, GreenChannel, Item
from app.domain.errors import DomainError
from app.domain.provision import Written
from app.domain.words import Word


class Stage(Word):
    """环节."""

    RECEIVED = "received", "收件"
    AWAITING_CORRECTION = "awaiting_correction", "待补正"
    DEEMED_ACCEPTED = "deemed_accepted", "视为受理"
    ACCEPTED = "accepted", "受理"
    SUSPENDED = "suspended", "特别程序"  # 不计时
    DECIDED = "decided", "已决定"
    SEALED = "sealed", "已盖章"
    COMPLETED = "completed", "办结"
    DECLINED = "declined", "不予受理"
    ANNULLED = "annulled", "作废"


class Act(Word):
    """What is done to a case."""

    RECEIVE = "receive", "收件"
    NOTIFY = "notify", "一次性告知"
    CORRECT = "correct", "补正"  # 补正齐全
    DEEM_ACCEPTED = "deem_accepted", "视为受理"
    ACCEPT = "accept", "受理"
    DECLINE = "decline", "不予受理"
    SUSPEND = "suspend", "进入特别程序"
    RESUME = "resume", "结束特别程序"
    EXTEND = "extend", "延长"
    DECIDE = "decide", "决定"
    SEAL = "seal", "盖章"
    COMPLETE = "complete", "办结出件"
    RECOMPUTED = "recomputed", "因工作日历变动重算期限"
    RECTIFY = "rectify", "更正"


class Verdict(StrEnum):
    """决定."""

    GRANTED = "granted"  # 准予
    DENIED = "denied"  # 不予


LEADS_TO: Final[Mapping[tuple[Stage, Act], Stage]] = {
    (Stage.RECEIVED, Act.NOTIFY): Stage.AWAITING_CORRECTION,
    (Stage.RECEIVED, Act.CORRECT): Stage.RECEIVED,
    (Stage.RECEIVED, Act.DEEM_ACCEPTED): Stage.DEEMED_ACCEPTED,
    (Stage.RECEIVED, Act.ACCEPT): Stage.ACCEPTED,
    (Stage.RECEIVED, Act.DECLINE): Stage.DECLINED,
    # A second notice is for the regulation to refuse, and some let it pass with a reason.
    (Stage.AWAITING_CORRECTION, Act.NOTIFY): Stage.AWAITING_CORRECTION,
    (Stage.AWAITING_CORRECTION, Act.CORRECT): Stage.RECEIVED,
    (Stage.AWAITING_CORRECTION, Act.DECLINE): Stage.DECLINED,
    (Stage.DEEMED_ACCEPTED, Act.ACCEPT): Stage.ACCEPTED,
    (Stage.DEEMED_ACCEPTED, Act.SUSPEND): Stage.SUSPENDED,
    (Stage.DEEMED_ACCEPTED, Act.EXTEND): Stage.DEEMED_ACCEPTED,
    (Stage.DEEMED_ACCEPTED, Act.DECIDE): Stage.DECIDED,
    (Stage.ACCEPTED, Act.SUSPEND): Stage.SUSPENDED,
    (Stage.ACCEPTED, Act.EXTEND): Stage.ACCEPTED,
    (Stage.ACCEPTED, Act.DECIDE): Stage.DECIDED,
    (Stage.SUSPENDED, Act.RESUME): Stage.ACCEPTED,
    (Stage.DECIDED, Act.SEAL): Stage.SEALED,
    (Stage.DECIDED, Act.COMPLETE): Stage.COMPLETED,
    (Stage.SEALED, Act.COMPLETE): Stage.COMPLETED,
    # Where the clock may run, its days move with the calendar and the stage stays as it is.
    (Stage.RECEIVED, Act.RECOMPUTED): Stage.RECEIVED,
    (Stage.AWAITING_CORRECTION, Act.RECOMPUTED): Stage.AWAITING_CORRECTION,
    (Stage.DEEMED_ACCEPTED, Act.RECOMPUTED): Stage.DEEMED_ACCEPTED,
    (Stage.ACCEPTED, Act.RECOMPUTED): Stage.ACCEPTED,
    (Stage.DECIDED, Act.RECOMPUTED): Stage.DECIDED,
    (Stage.SEALED, Act.RECOMPUTED): Stage.SEALED,
}
NOBODYS: Final = frozenset({Act.DEEM_ACCEPTED, Act.RECOMPUTED})
"""Acts of time and of the calendar: what follows from them is computed, and nobody errs."""


class TransitionRefused(DomainError):
    """The case is not at a stage that takes the act; `allowed` names those that it takes."""

    slug = "transition_refused"
    title = "办件所处环节不允许该行为"

    def __init__(self, stage: Stage, act: Act) -> None:
        self.stage = stage
        self.act = act
        self.allowed = allowed_at(stage)
        taken = "、".join(f"{each.chinese}（{each}）" for each in self.allowed) or "无"
        super().__init__(
            f"办件的环节为{stage.chinese}（{stage}），不能{act.chinese}（{act}）；此时可以：{taken}。"
        )


@cache
def allowed_at(stage: Stage) -> tuple[Act, ...]:
    """The acts that somebody may do at that stage, in the order of a case's life."""
    return tuple(act for act in Act if (stage, act) in LEADS_TO and act not in NOBODYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Under:
    """The text that a case was received under: it is judged by that edition to its end."""

    regulation: str
    edition: str
    digest: str
    national: bool
    calendar: str


class Deed(Written):
    """One act with what was done in it: what a caller sends and what the ledger keeps."""

    __slots__ = ()
    act: ClassVar[Act]

    def changes(self, case: "Case", at: datetime) -> Mapping[str, Any]:
        """The fields of the case that the act sets. Any: each field has its own type."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """An act that was a mistake and counts as never done, by the number of its counter-act."""

    number: int
    act: Act
    by: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One application on its way; `version` counts its acts, the receipt being the first.

    `department_id` is the department of its item on receipt, `window_id` where it was taken in.
    """

    id: UUID
    centre_id: UUID
    number: str
    item_id: UUID
    item_name: str
    item: Item
    under: Under
    channel: str
    reference: str | None
    green_channel: GreenChannel | None
    received_at: datetime
    materials_complete_at: datetime | None
    stage: Stage = Stage.RECEIVED
    version: int = 1
    notified_at: datetime | None = None
    notices: int = 0
    corrections: tuple[str, ...] = ()
    accepted_at: datetime | None = None
    declined_at: datetime | None = None
    exclusions: tuple[Exclusion, ...] = ()
    extension: Extension | None = None
    decided_at: datetime | None = None
    verdict: Verdict | None = None
    sealed_at: datetime | None = None
    completed_at: datetime | None = None
    rectified: tuple[SetAside, ...] = ()
    department_id: UUID | None = None
    window_id: UUID | None = None

    def after(self, deed: Deed, at: datetime) -> "Case":
        """The case once the deed is done. Raises TransitionRefused."""
        stage = LEADS_TO.get((self.stage, deed.act))
        if stage is None:
            raise TransitionRefused(self.stage, deed.act)
        return replace(self, stage=stage, version=self.version + 1, **deed.changes(self, at))

    @property
    def last_done_at(self) -> datetime:
        """The latest moment at which something is on record for the case."""
        moments = (
            self.received_at,
            self.materials_complete_at,
            self.notified_at,
            self.accepted_at,
            self.declined_at,
            self.decided_at,
            self.sealed_at,
            self.completed_at,
        )
        return max(moment for moment in moments if moment is not None)
