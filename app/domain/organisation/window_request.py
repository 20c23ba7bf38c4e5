"""Window request (窗口进驻、调整、撤出的申请): asked for by a department, approved or rejected."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from app.domain.day import ImpossibleFact
from app.domain.errors import DomainError
from app.domain.organisation.window import WindowAct, WindowChange, WindowEvent, event_of
from app.domain.words import Word


class RequestStage(Word):
    """How far the request is."""

    SUBMITTED = "submitted", "待审定"
    APPROVED = "approved", "已审定"
    REJECTED = "rejected", "未通过"
    CARRIED_OUT = "carried_out", "已实施"


_AFTER: Final[Mapping[RequestStage, RequestStage]] = {
    RequestStage.APPROVED: RequestStage.SUBMITTED,
    RequestStage.REJECTED: RequestStage.SUBMITTED,
    RequestStage.CARRIED_OUT: RequestStage.APPROVED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRequest:
    """A change of one window that somebody asks for; it is good for one change, once approved."""

    id: UUID
    version: int
    window_id: UUID
    event: WindowEvent
    change: WindowChange | None
    reason: str
    stage: RequestStage
    submitted_by: str
    submitted_on: date
    decided_by: str | None = None
    decided_on: date | None = None
    decided_because: str | None = None
    carried_out_on: date | None = None

    def __post_init__(self) -> None:
        stated = self.change is not None and bool(self.change.stated)
        if stated is not (self.event is WindowEvent.ADJUST):
            raise ImpossibleFact("change", "申请调整（adjust）的须写明，进驻与撤出的不写")
        unsaid = self.stage is RequestStage.REJECTED and not (self.decided_because or "").strip()
        if unsaid or not self.reason.strip():
            raise ImpossibleFact("reason", "须写明理由")

    def decided(
        self, stage: RequestStage, *, by: str, on: date, because: str | None = None
    ) -> "WindowRequest":
        """Approved, or rejected with a reason. Raises RequestStageRefused, ImpossibleFact."""
        self._follows(stage)
        return replace(
            self,
            version=self.version + 1,
            stage=stage,
            decided_by=by,
            decided_on=on,
            decided_because=because,
        )

    def carried_out(self, on: date) -> "WindowRequest":
        """Used up by the change that it was for. Raises RequestStageRefused."""
        self._follows(RequestStage.CARRIED_OUT)
        return replace(
            self, version=self.version + 1, stage=RequestStage.CARRIED_OUT, carried_out_on=on
        )

    def covers(self, act: WindowAct, change: WindowChange | None) -> bool:
        """Whether it is approved, not used up, and for this very change."""
        return (
            self.stage is RequestStage.APPROVED
            and self.event is event_of(act)
            and self.change == change
        )

    def _follows(self, stage: RequestStage) -> None:
        if self.stage is not _AFTER[stage]:
            raise RequestStageRefused(self.stage, stage)


class RequestStageRefused(DomainError):
    """The request was decided before, or is not approved yet."""

    slug = "window_request_stage_refused"
    title = "申请的当前状态不允许该行为"

    def __init__(self, stage: RequestStage, wanted: RequestStage) -> None:
        super().__init__(
            f"申请现为{stage.chinese}（{stage}），不能改为{wanted.chinese}；"
            "已有结论的不再更改，请另行提出申请。"
        )


class RequestPending(DomainError):
    """The same change of the same window waits for a decision already."""

    slug = "window_request_pending"
    title = "同类申请尚待审定"

    def __init__(self, event: WindowEvent) -> None:
        super().__init__(
            f"该窗口已有一项{event.chinese}（{event}）的申请尚待审定，请待其结论后再提出。"
        )


def covering(
    requests: Iterable[WindowRequest], act: WindowAct, change: WindowChange | None = None
) -> WindowRequest | None:
    """The oldest approved request for this very change, if there is one."""
    return next((one for one in requests if one.covers(act, change)), None)
