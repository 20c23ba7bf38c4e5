"""The desk (办件台): every act on a case, from the key of the request to the stored answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic_core import to_json

from app.api.deps import Now
from app.api.in_force import catch_up
from app.api.metrics import acted
from app.api.once import KeyReused, Once, Sealer, StoredAnswer, once, replay
from app.api.place import CentreInPath, repositories, visible_centre
from app.api.problems import request_id
from app.api.security import Caller, authenticated
from app.api.v1.case_hall import Hall
from app.api.v1.case_state import CaseChangedMeanwhile, check_state, etag
from app.api.v1.overrides import approver_of, check_override
from app.api.v1.schemas.case import ActIn, ReceiptIn
from app.api.v1.schemas.case_view import act_out
from app.db import reference, refusals
from app.db.case_rows import Writing, refusal_of
from app.db.cases import (
    CaseMoved,
    Claim,
    Found,
    Given,
    ItemChanged,
    KeyTaken,
    ReferenceChanged,
)
from app.db.errors import Busy
from app.db.ids import uuid7
from app.db.repositories import Repositories
from app.domain.casework.acts import Papers, Prolongation, Receipt, refuse_personal_values
from app.domain.casework.case import Act, Case, Deed, Under
from app.domain.casework.case_clock import CaseLaw, deadlines
from app.domain.casework.case_facts import Item, ItemKind
from app.domain.casework.further import with_further
from app.domain.casework.override import Override, as_recorded
from app.domain.casework.weighing import Moment, Taken, receive, take
from app.domain.day import local_day
from app.domain.decision import DecisionStandsAgainst, OverrideRequired
from app.domain.errors import DomainError, NotFound
from app.domain.items.item import ServiceItem
from app.domain.law_of_case import law_of, under
from app.domain.organisation.centre import Centre, Person
from app.domain.receivable import check_receivable
from app.domain.rulebook import Rulebook

CASES: Final = "/centres/{centre}/cases"
CASE: Final = CASES + "/{case_id}"
_ATTEMPTS: Final = 2  # once more after the reference data has been loaded again


@dataclass(frozen=True, slots=True)
class OnCase:
    """One request on a case: which, under which key, on which state."""

    case_id: UUID
    key: str
    if_match: str | None


@dataclass(frozen=True, slots=True)
class Acting(OnCase):
    """One request to do an act of the table to a case, saying what."""

    said: ActIn
    deed: Callable[[Found, datetime], Deed]


@dataclass(frozen=True, slots=True)
class Work:
    """An act as it is worked out: what it leads to, under which text, and its override if one was
    needed."""

    taken: Taken
    law: CaseLaw
    override: Override | None
    reference_version: str  # of the very rulebooks and calendars that it was worked out with


@dataclass(frozen=True, slots=True)
class Desk:
    """A caller at a centre's desk, now."""

    request: Request
    kept: Repositories
    centre: Centre
    caller: Caller
    now: datetime

    @property
    def state(self) -> Any:  # Any: the state of an app is untyped
        return self.request.app.state

    async def receive(self, said: ReceiptIn, key: str) -> Response:
        """Take an application in; the same key gives the same answer."""
        once = await self._once(key)
        claim = _claim(once)
        for _ in range(_ATTEMPTS):
            try:
                item = await self.kept.cases.item(self.centre.id, said.item_id, self.now)
                work = await self._received(item, said)
            except DomainError as refused:
                if given := await self.kept.cases.given(claim):
                    return self._again(once, given)
                await self.enter_refusal(None, Act.RECEIVE, refused)
                raise
            if answer := await self._taken_in(work, item, once):
                return answer
        raise Busy

    async def _taken_in(self, work: Work, item: ServiceItem, once: Once) -> Response | None:
        """The answer once the case is written; None where it has to be worked out once more."""
        answer = self._answer(work, f"{self._cases}/{work.taken.case.id}")
        days = deadlines(work.taken.case, work.law)
        claim = _claim(once)
        signed = replace(claim, answer=self._sealed(once, answer), status=answer.status_code)
        writing = self._writing(work)
        try:
            await self.kept.cases.add(work.taken, days, signed, writing, of=item)
        except KeyTaken:
            return await self._given_meanwhile(once, claim)
        except ItemChanged:
            self.kept.cases.forget_item(self.centre.id, item.id)
        except ReferenceChanged:
            await self._reload()
        else:
            return _counted(work, answer)
        return None

    async def act(self, acting: Acting) -> Response:
        """Do one act on one case."""
        return await self.carry_out(acting, lambda found: self._taken(found, acting))

    async def carry_out(self, on: OnCase, weigh: Callable[[Found], Awaitable[Work]]) -> Response:
        """What is asked of one case: the key is looked up first, then the state, then the law."""
        once = await self._once(on.key)
        claim = _claim(once)
        for _ in range(_ATTEMPTS):
            found = await self.kept.cases.get_for_act(on.case_id, claim)
            if found.given:
                return self._again(once, found.given)
            check_state(found.case, on.if_match, self.now)
            work = await weigh(found)
            if answer := await self._moved(found.case.version, on.case_id, work, once):
                return answer
        raise Busy

    async def _moved(self, was: int, case_id: UUID, work: Work, once: Once) -> Response | None:
        """The answer once the act is written; None where it has to be worked out once more."""
        case = work.taken.case
        answer = self._answer(
            work, f"{self._cases}/{case.id}/acts?after={case.version - 1}&limit=1"
        )
        days = deadlines(case, work.law)
        sealed = self._sealed(once, answer)
        claim = _claim(once)
        signed = replace(claim, answer=sealed, status=answer.status_code)
        try:
            await self.kept.cases.move(work.taken, days, signed, self._writing(work), was=was)
        except KeyTaken:
            return await self._given_meanwhile(once, claim)
        except CaseMoved:
            await self._refuse_stale(case_id)
        except ReferenceChanged:
            await self._reload()
        else:
            return _counted(work, answer)
        return None

    async def _once(self, key: str) -> Once:
        return await once(self.request, self.centre.id, key)

    async def read(self, case_id: UUID) -> tuple[Case, CaseLaw]:
        """The case with the text that it is under. Raises NotFound."""
        case = (await self.kept.cases.get(self.centre.id, case_id)).case
        return case, self.law(case)

    def law(self, case: Case) -> CaseLaw:
        """The chapters of the very edition that the case was received under."""
        return self._law(case.under, local_day(case.received_at))

    def _law(self, named: Under, received_on: date) -> CaseLaw:
        return law_of(
            named,
            self.state.rulebooks,
            self.state.calendars.of(named.calendar),
            received_on=received_on,
            on=local_day(self.now),
            at=self.centre,
        )

    async def _received(self, item: ServiceItem, said: ReceiptIn) -> Work:
        at = said.received_at or self.now
        named = under(self.centre, item, self.state.rulebooks, local_day(at))
        book = self.state.rulebooks.edition(named.regulation, named.edition)
        check_receivable(item, book, local_day(at))
        if favour := said.favour:
            refuse_personal_values(favour)
        hall = self._hall(named, at)
        there = await hall.at_receipt(item, said)
        law, version = self._law(named, local_day(at)), self.version()
        receipt = Receipt(
            item_id=item.id,
            item=await self._limits(item, book, local_day(at)),
            materials_complete=said.materials_complete,
            channel=said.channel,
            regulation=named.regulation,
            edition=named.edition,
            digest=named.digest,
            national=named.national,
            calendar=named.calendar,
            green_channel=said.green_channel,
            outside_hall=said.outside_hall,
            department_id=item.department_id,
            window_id=there.values,
            favour=favour,
        )
        papers = Papers(
            id=uuid7(),
            centre_id=self.centre.id,
            number=await self.kept.case_numbers.take(self.centre, self.now.year),
            item_name=item.name,
            reference=said.reference,
        )
        moment = Moment(occurred_at=at, recorded_at=self.now)
        taken = with_further(lambda: receive(receipt, papers, law, moment), there)
        await self._check_override(taken, said.override)
        return Work(taken, law, said.override if taken.overridden else None, version)

    async def _limits(self, item: ServiceItem, book: Rulebook, received_on: date) -> Item:
        """The limits of the item on that day; a law's own where the text gives way to it."""
        law = None
        if book.time_limit.precedence and item.kind is ItemKind.PROMISED:
            law = await self.kept.cases.legal_limit(self.centre.id, item, received_on)
        return Item(
            kind=item.kind,
            statutory_days=item.statutory_days,
            promised_days=item.promised_days,
            legal_limit=law,
        )

    async def _taken(self, found: Found, acting: Acting) -> Work:
        at = acting.said.occurred_at or self.now
        law, version = self.law(found.case), self.version()
        deed = acting.deed(found, at)
        try:
            moment = Moment(occurred_at=at, recorded_at=self.now)
            hall = self._hall(found.case.under, at)
            there = await hall.at_act(found.case, deed)
            taken = with_further(lambda: take(found.case, deed, law, moment), there)
            await self._check_override(taken, acting.said.override)
            if isinstance(deed, Prolongation):
                await approver_of(deed.approver_id, self.caller, self._person)
        except DomainError as refused:
            await self.enter_refusal(acting.case_id, deed.act, refused)
            raise
        return Work(taken, law, acting.said.override if taken.overridden else None, version)

    def _hall(self, named: Under, at: datetime) -> Hall:
        """The organisation as it is asked about an act of that moment."""
        return Hall(
            kept=self.kept,
            centre=self.centre,
            book=self.state.rulebooks.edition(named.regulation, named.edition),
            on=local_day(at),
            caller=self.caller,
        )

    async def _check_override(self, taken: Taken, override: Override | None) -> None:
        if not taken.overridden:
            return
        if override is None:
            raise OverrideRequired(taken.decision)
        await check_override(override, self.caller, self._person)

    async def _person(self, person_id: UUID) -> Person:
        return await self.kept.persons.get(self.centre.id, person_id)

    async def _refuse_stale(self, case_id: UUID) -> None:
        now = await self.kept.cases.get(self.centre.id, case_id)
        raise CaseChangedMeanwhile(etag(now.case, self.now))

    def _answer(self, work: Work, location: str) -> Response:
        return Response(
            to_json(act_out(work.taken, work.law, self.now)),
            status_code=201,
            media_type="application/json",
            headers={"ETag": etag(work.taken.case, self.now), "Location": location},
        )

    def _sealed(self, once: Once, answer: Response) -> bytes:
        sealer: Sealer = self.state.sealer
        return sealer.seal(once, StoredAnswer.of(answer))

    def _again(self, once: Once, given: Given) -> Response:
        if given.fingerprint != once.fingerprint:
            raise KeyReused
        sealer: Sealer = self.state.sealer
        return replay(sealer.unseal(once, given.answer))

    async def _given_meanwhile(self, once: Once, claim: Claim) -> Response:
        given = await self.kept.cases.given(claim)
        if given is None:
            raise Busy
        return self._again(once, given)

    def _writing(self, work: Work | None = None) -> Writing:
        override = work.override if work else None
        return Writing(
            actor=self.caller.subject,
            client=self.caller.client,
            request_id=request_id(self.request.scope),
            recorded_at=self.now,
            reference_version=work.reference_version if work else self.version(),
            override=as_recorded(override) if override else None,
        )

    async def enter_refusal(self, case_id: UUID | None, act: Act, refused: DomainError) -> None:
        """Enter the refusal; what is not there was not refused."""
        if isinstance(refused, NotFound):
            return
        rows: tuple[str, ...] = ()
        if isinstance(refused, DecisionStandsAgainst):
            against = (row for finding in refused.decision.against() for row in finding.rows)
            rows = tuple(dict.fromkeys(against))
        by = self._writing()
        entry = refusal_of((self.centre.id, case_id), act, (refused.slug, rows), by)
        await refusals.enter(self.kept.engine, entry)

    def version(self) -> str:
        """Of what this process holds at this moment; between two awaits it stays the same."""
        return reference.version_of(self.state.rulebooks, self.state.calendars)

    async def _reload(self) -> None:
        """Load the reference data again; Busy where this program has not what is in force."""
        await catch_up(self.state, self.kept)

    @property
    def _cases(self) -> str:
        return f"/v1/centres/{self.centre.id}/cases"


async def at_desk(request: Request, centre: CentreInPath, now: Now) -> Desk:
    """The desk of the centre in the path. A coroutine, for a class would be made in a thread; and
    one dependency instead of three, for the framework takes as long for each as for a rule."""
    caller, kept = await authenticated(request), await repositories(request)
    place = await visible_centre(request, centre, now)
    return Desk(request, kept, place, caller, place.moment(now))


DeskHere = Annotated[Desk, Depends(at_desk)]


def _counted(work: Work, answer: Response) -> Response:
    """The answer to acts that are written now, for those who watch the service."""
    for step in work.taken.steps:
        acted(step.deed.act)
    return answer


def _claim(once: Once) -> Claim:
    return Claim(
        centre_id=once.centre,
        client=once.client,
        operation=once.operation,
        key=once.key,
        fingerprint=once.fingerprint,
    )
