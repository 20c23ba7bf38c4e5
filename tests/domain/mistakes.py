"""Cases with their ledger, for tests of what is put right in them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from app.domain.casework.acts import (
    Deciding,
    Suspension,
)
from app.domain.casework.case import Act, Case, Deed, Verdict
from app.domain.casework.case_clock import (
    CaseLaw,
    Deadlines,
    deadlines,
)
from app.domain.casework.limits import ExclusionKind
from app.domain.casework.recomputation import Recomputation
from app.domain.casework.rectification import (
    Entered,
    Mistake,
    rectify,
)
from app.domain.casework.weighing import Taken, enter_silence, receive, take
from tests.domain.told_cases import (
    PAPERS,
    acceptance,
    at,
    law,
    moment,
    receipt,
)

CLERK, SECOND = "clerk", "second"
GRANTED = Deciding(verdict=Verdict.GRANTED)
HEARING = Suspension(
    kind=ExclusionKind.HEARING,
    from_=date(2025, 10, 9),
    announced_in_guide=True,
    applicant_told_in_writing=True,
)


@dataclass
class Story:
    """A case with its ledger: what the clerk does, time does, and a second person puts right."""

    law: CaseLaw
    case: Case
    record: list[Entered] = field(default_factory=list)

    def enter(self, taken: Taken, actor: str, recorded_at: datetime) -> None:
        for step in taken.steps:
            by = "system" if step.deed.act is Act.DEEM_ACCEPTED else actor
            self.record.append(
                Entered(
                    number=step.number,
                    deed=step.deed,
                    actor=by,
                    occurred_at=step.occurred_at,
                    recorded_at=recorded_at,
                )
            )
        self.case = taken.case

    def do(self, deed: Deed, day: str, hour: int = 10) -> None:
        self.enter(take(self.case, deed, self.law, moment(day, hour)), CLERK, at(day, hour))

    def sweep(self, day: str) -> None:
        taken = enter_silence(self.case, self.law, at(day))
        assert taken
        self.enter(taken, "system", at(day))

    def recompute(self, day: str) -> None:
        """The calendar has changed; what that does to the days is not asked here."""
        deed = Recomputation(change_id=UUID(int=9), before=Deadlines(), after=Deadlines())
        self.case = self.case.after(deed, at(day))
        moved = Entered(
            number=self.case.version,
            deed=deed,
            actor="operator",
            occurred_at=at(day),
            recorded_at=at(day),
        )
        self.record.append(moved)

    def rectify(self, number: int, day: str, by: str = SECOND, reason: str = "误登") -> Taken:
        mistake = Mistake(number=number, reason=reason, document=None, said_by=by)
        taken = rectify(self.case, mistake, self.record, self.law, at(day))
        self.enter(taken, by, at(day))
        return taken

    @property
    def due_on(self) -> date | None:
        return deadlines(self.case, self.law).due_on


def begun(text: CaseLaw, *, complete: bool = True) -> Story:
    """Received on 2025-09-30, the last working day before the long holiday."""
    taken = receive(receipt(complete=complete), PAPERS, text, moment("2025-09-30"))
    story = Story(law=text, case=taken.case)
    story.enter(taken, CLERK, at("2025-09-30"))
    return story


def accepted(regulation: str = "aohan", *, national: bool = False) -> Story:
    story = begun(law(regulation, national=national))
    story.do(acceptance(), "2025-09-30", 11)
    return story
