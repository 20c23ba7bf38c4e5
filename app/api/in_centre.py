"""In a centre (在中心内办理): one change of what belongs to a centre, under its adopted rulebook.

`here: InCentre` in a route of a router with `route_class=WorkRoute`: the transaction and the key of
`work`, the centre, the edition that governs it today, and whom the caller speaks for there.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Response

from app.api.deps import CalendarsInForce, RulebooksInForce
from app.api.place import VisibleCentre
from app.api.security import Caller
from app.api.uow import OnCentre, Work
from app.api.versions import etag_of
from app.calendars.load import Calendars
from app.db import appointments
from app.db.entries import Versioned
from app.db.uow import Connection
from app.domain.calendar import WorkingCalendar
from app.domain.day import local_day
from app.domain.decision import Decision, Finding
from app.domain.judging import judged
from app.domain.organisation.adoption import beside
from app.domain.organisation.authority import Body, Concerned, GuardedAct, Standing, who_may
from app.domain.organisation.centre import Centre
from app.domain.rulebook import Rulebook, Rulebooks

_BODIES: Final = frozenset(Body)


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreWork:
    """What one request does in a centre."""

    work: Work
    centre: Centre
    books: Rulebooks
    calendars: Calendars

    @property
    def connection(self) -> Connection:
        """The transaction of this request."""
        return self.work.uow.connection

    @property
    def on(self) -> date:
        """The legal day in Asia/Shanghai."""
        return local_day(self.work.now)

    @property
    def book(self) -> Rulebook:
        """The edition that governs the centre today."""
        return self.books.in_force(self.centre.on(self.on).regulation, self.on)

    @property
    def calendar(self) -> WorkingCalendar:
        """The working calendar of the edition."""
        return self.calendars.of(self.book.calendar)

    @property
    def entered(self) -> tuple[str, datetime]:
        """By whom and when what this request does is entered."""
        return self.work.caller.subject, self.work.now

    def judge(self, act: str, findings: Iterable[Finding]) -> Decision:
        """The decision on an act of today. Raises RefusedByRegulation, Undetermined or
        OverrideRequired where something stands against it."""
        decision = judged(act, self.book, self.on, findings)
        said = beside(self.book.adoption, self.centre.level, self.centre.unit_type)
        return replace(decision, cautions=(*decision.cautions, *said)).require()

    async def entitled(
        self, act: GuardedAct, *, department_id: UUID | None = None, police: bool = False
    ) -> Decision:
        """Whether the rulebook lets the caller do it. Raises RefusedByRegulation (403)."""
        concerned = Concerned(level=self.centre.level, department_id=department_id, police=police)
        by = await self.standing()
        return self.judge(act, who_may(self.book.authority, act, by, concerned))

    async def standing(self) -> Standing:
        """Whom the caller speaks for here and today."""
        caller = self.work.caller
        offices = await appointments.held_by(
            self.connection, self.centre.id, caller.subject, self.on
        )
        return standing_of(caller, offices)

    async def answer(self, out: object, of: Versioned, within: str) -> Response:
        """The answer to a change: at which version the thing is now, and where in the centre."""
        place = f"/v1/centres/{self.centre.id}/{within}/{of.id}"
        headers = {"ETag": etag_of(of.version), "Location": place}
        return await self.work.answer(out, headers=headers)


def standing_of(caller: Caller, offices: Iterable[tuple[Body, UUID | None]] = ()) -> Standing:
    """Whom a token speaks for, and which offices its subject holds."""
    return Standing(
        bodies=frozenset(map(Body, _BODIES & set(caller.roles))),
        departments=caller.departments,
        offices=frozenset(offices),
    )


async def in_centre(
    work: OnCentre, centre: VisibleCentre, books: RulebooksInForce, calendars: CalendarsInForce
) -> CentreWork:
    """The work of this request in the centre of the path."""
    return CentreWork(work=work, centre=centre, books=books, calendars=calendars)


InCentre = Annotated[CentreWork, Depends(in_centre)]
