"""Exemption (不进厅、不进系统的例外): the ground, and what its approval must say."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from app.domain.organisation.approval import Approval, lacking
from app.domain.organisation.authority import Body
from app.domain.provision import Written
from app.domain.words import Word


class Ground(StrEnum):
    """Why an item is not handled where all are."""

    STATE_SECURITY = "state_security"  # 国家安全
    CLASSIFIED = "secret"  # 涉密
    GOVERNMENT_APPROVAL = "government_approval"  # 不具备条件或其他特殊情形，经政府批准


class Where(StrEnum):
    """Where an item is handled."""

    IN_HALL = "in_hall"  # 进厅
    OUTSIDE = "outside"  # 未进厅


class ApprovalPart(Word):
    """What an exception says of its approval."""

    BY = "approval.by", "批准机关"
    NUMBER = "approval.number", "批准文号"
    ISSUED_ON = "approval.issued_on", "批准日期"
    UNTIL = "until", "未满的批准期限"
    REASON = "reason", "理由"


CONFIDENTIAL: Final = frozenset({Ground.STATE_SECURITY, Ground.CLASSIFIED})
"""Items that the public lists do not show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption(Written):
    """The ground, the reason and the approval of an exception; `until` is the last day of one that
    was approved for a time."""

    ground: Ground
    approval: Approval | None = None
    until: date | None = None
    reason: str | None = None

    def lacks(self, approver: Body, on: date) -> Iterator[ApprovalPart]:
        """What is missing for an approval by this body to hold on that day."""
        yield from map(ApprovalPart, lacking(self.approval, approver))
        issued_on = None if self.approval is None else self.approval.issued_on
        if issued_on is None or issued_on > on:
            yield ApprovalPart.ISSUED_ON
        if self.until is not None and self.until < on:
            yield ApprovalPart.UNTIL
        if not (self.reason or "").strip():
            yield ApprovalPart.REASON
