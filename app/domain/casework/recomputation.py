"""Recomputation (重算): a case's days once the calendar has changed, with those before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from app.domain.casework.case import LEADS_TO, Act, Case, Deed
from app.domain.casework.case_clock import CaseLaw, Deadlines, deadlines


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputation(Deed):
    """因工作日历变动重算: which change moved the days, and from where to where."""

    act: ClassVar[Act] = Act.RECOMPUTED
    change_id: UUID
    before: Deadlines
    after: Deadlines

    def changes(self, case: Case, at: datetime) -> Mapping[str, Any]:  # Any: as in Deed
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A case whose days have moved: as it is now, one version further, and what was entered."""

    case: Case
    deed: Recomputation


def recompute(
    case: Case, was: Deadlines, law: CaseLaw, *, change_id: UUID, at: datetime
) -> Moved | None:
    """The case with its days under the calendar of `law`; None where they are what they were.

    What was entered is never undone: an acceptance by silence that is in the ledger stands.
    Raises CalendarMissing, DayOutOfRange.
    """
    if (case.stage, Act.RECOMPUTED) not in LEADS_TO:
        return None
    now = deadlines(case, law)
    if now == was:
        return None
    deed = Recomputation(change_id=change_id, before=was, after=now)
    return Moved(case=case.after(deed, at), deed=deed)
