"""Approval (批准): the paper of a superior body that a regulation wants to see before an act."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.domain.day import ImpossibleFact
from app.domain.organisation.authority import Body
from app.domain.provision import Written
from app.domain.words import Word


class Lack(Word):
    """What a text wants to see before an act and does not, by the field that would hold it."""

    BY = "approval.by", "有权机关的批准"
    NUMBER = "approval.number", "批准文号"
    LARGE_VOLUME = "large_volume", "受理量大的情形"
    SPECIAL_REASON = "special_reason", "特殊原因"
    REASON = "reason", "理由"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval(Written):
    """Who approved, under which number (批准文号), in which document and on which day."""

    by: Body
    number: str | None = None
    document: str | None = None
    issued_on: date | None = None

    def check(self, today: date) -> None:
        """Raises ImpossibleFact for a paper of a day that has not come."""
        if self.issued_on is not None and self.issued_on > today:
            raise ImpossibleFact("approval.issued_on", f"批准日期不得晚于今日 {today}")


def lacking(approval: Approval | None, by: Body) -> Iterator[Lack]:
    """What the paper lacks to be an approval of that body with its number."""
    if approval is None or approval.by is not by:
        yield Lack.BY
    if approval is None or not (approval.number or "").strip():
        yield Lack.NUMBER
