"""Approval (批准): the paper of a superior body that a regulation wants to see before an act."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.day import ImpossibleFact
from app.domain.organisation.authority import Body
from app.domain.provision import Written

BY: Final = "approval.by"
NUMBER: Final = "approval.number"


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


def lacking(approval: Approval | None, by: Body) -> Iterator[str]:
    """What the paper lacks to be an approval of that body with its number."""
    if approval is None or approval.by is not by:
        yield BY
    if approval is None or not approval.number:
        yield NUMBER
