"""The desk (办件台): every act on a case, from the key of the request to the stored answer."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, Header, Request, Response
from pydantic_core import to_json

from app.api.deps import Now, this_request
from app.api.metrics import acted
from app.api.once import KeyReused, Once, Sealer, StoredAnswer, once, replay
from app.api.place import CentreInPath, repositories, visible_centre
from app.api.security import ScopeMissing, authenticated
from app.api.special_days import catch_up
from app.api.v1.schemas.case import ActIn, ReceiptIn
from app.api.v1.schemas.case_view import act_out
from app.db import reference, refusals
from app.db.case_rows import Writing, refusal_of
from app.db.cases import CaseMoved, Claim, Found, Given, KeyTaken, ReferenceChanged
from app.db.errors import Busy
from app.db.ids import uuid7
from app.db.repositories import Repositories
from app.domain.casework.acts import Papers, Prolongation, Receipt, refuse_personal_values
from app.domain.casework.case import Act, Case, Deed, Under
from app.domain.casework.case_clock import CaseLaw, deadlines
from app.domain.casework.case_facts import Item
from app.domain.casework.override import (
    ApproverUnknown,
    Override,
    as_recorded,
    check_approver,
    check_complete,
)
from app.domain.casework.weighing import Moment, Taken, receive, take
from app.domain.day import SHANGHAI, local_day
from app.domain.decision import DecisionStandsAgainst, OverrideRequired
from app.domain.errors import DomainError, NotFound
from app.domain.law_of_case import law_of, under
from app.domain.organisation.centre import Centre

CASES: Final = "/centres/{centre}/cases"
CASE: Final = CASES + "/{case_id}"
_ETAG: Final = re.compile(r'(?:^|[,\s])"(\d{1,9})\.\d{4}-\d{2}-\d{2}"')
_ATTEMPTS: Final = 2  # once more after the reference data has been loaded again


class IfMatchMissing(DomainError):
    """An act names the state of the case that it is meant for."""

    slug = "if_match_missing"
    title = "缺少 If-Match"

    def __init__(self) -> None:
        super().__init__("请先读取办件，并把其 ETag 放入请求头 If-Match。")


class CaseChangedMeanwhile(DomainError):
    """Somebody else acted on the case after it was read."""

    slug = "case_changed_meanwhile"
    title = "办件已被他人修改"

    def __init__(self, current: str) -> None:
        super().__init__(f"办件在读取之后已有新的办理，当前为 {current}，请重新读取后再试。")
        self.headers = {"ETag": current}


def etag(case: Case, now: datetime) -> str:
    """The version of the case and the day, for time alone changes what is read."""
    return f'"{case.version}.{now.astimezone(SHANGHAI).date()}"'


IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="幂等键：同键同内容重发得到同一答复，保留 7 天",
    ),
]
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=200, description="读取办件时所得的 ETag"),
]


@dataclass(frozen=True, slots=True)
class Acting:
    """One request to act on a case: which, under which key, on which state, saying what."""

    case_id: UUID
    key: str
    if_match: str | None
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
                work = await self._received(said)
            except DomainError as refused:
                if given := await self.kept.cases.given(claim):
                    return self._again(once, given)
                await self._enter_refusal(None, Act.RECEIVE, refused)
                raise
            answer = self._answer(work, f"{self._cases}/{work.taken.case.id}")
            days = deadlines(work.taken.case, work.law)
            signed = replace(claim, answer=self._sealed(once, answer), status=answer.status_code)
            try:
                await self.kept.cases.add(work.taken, days, signed, await self._writing(work))
            except KeyTaken:
                return await self._given_meanwhile(once, claim)
            except ReferenceChanged:
                await self._reload()
            else:
                return _counted(work, answer)
        raise Busy

    async def act(self, acting: Acting) -> Response:
        """Do one act on one case: the key is looked up first, then the state, then the law."""
        once = await self._once(acting.key)
        claim = _claim(once)
        for _ in range(_ATTEMPTS):
            found = await self.kept.cases.get_for_act(acting.case_id, claim)
            if found.given:
                return self._again(once, found.given)
            self._check_state(found.case, acting.if_match)
            work = await self._taken(found, acting)
            if answer := await self._moved(found.case.version, acting.case_id, work, once):
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
            await self.kept.cases.move(work.taken, days, signed, await self._writing(work), was=was)
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
        )

    async def _received(self, said: ReceiptIn) -> Work:
        at = said.received_at or self.now
        item = await self.kept.cases.item(self.centre.id, said.item_id, self.now)
        named = under(self.centre, item, self.state.rulebooks, local_day(at))
        law, version = self._law(named, local_day(at)), self._version()
        receipt = Receipt(
            item_id=item.id,
            item=Item(
                kind=item.kind,
                statutory_days=item.statutory_days,
                promised_days=item.promised_days,
            ),
            materials_complete=said.materials_complete,
            channel=said.channel,
            regulation=named.regulation,
            edition=named.edition,
            digest=named.digest,
            national=named.national,
            calendar=named.calendar,
            green_channel=said.green_channel,
            outside_hall=said.outside_hall,
        )
        papers = Papers(
            id=uuid7(),
            centre_id=self.centre.id,
            number=await self.kept.case_numbers.take(self.centre, self.now.year),
            item_name=item.name,
            reference=said.reference,
        )
        taken = receive(receipt, papers, law, Moment(occurred_at=at, recorded_at=self.now))
        await self._check_override(taken, said.override)
        return Work(taken, law, said.override if taken.overridden else None, version)

    async def _taken(self, found: Found, acting: Acting) -> Work:
        at = acting.said.occurred_at or self.now
        law, version = self.law(found.case), self._version()
        deed = acting.deed(found, at)
        try:
            moment = Moment(occurred_at=at, recorded_at=self.now)
            taken = take(found.case, deed, law, moment)
            await self._check_override(taken, acting.said.override)
            if isinstance(deed, Prolongation):
                await self._check_approver(deed.approver_id)
        except DomainError as refused:
            await self._enter_refusal(acting.case_id, deed.act, refused)
            raise
        return Work(taken, law, acting.said.override if taken.overridden else None, version)

    async def _check_override(self, taken: Taken, override: Override | None) -> None:
        if not taken.overridden:
            return
        if override is None:
            raise OverrideRequired(taken.decision)
        caller = await authenticated(self.request)
        if "cases:override" not in caller.scopes:
            raise ScopeMissing("cases:override")
        check_complete(override)
        refuse_personal_values(override)
        await self._check_approver(override.approver_id)

    async def _check_approver(self, approver_id: UUID) -> None:
        caller = await authenticated(self.request)
        try:
            approver = await self.kept.persons.get(self.centre.id, approver_id)
        except NotFound:
            raise ApproverUnknown from None
        check_approver(approver, caller.subject)

    def _check_state(self, case: Case, if_match: str | None) -> None:
        if if_match is None:
            raise IfMatchMissing
        versions = {int(version) for version in _ETAG.findall(if_match)}
        if if_match.strip() != "*" and case.version not in versions:
            raise CaseChangedMeanwhile(etag(case, self.now))

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

    async def _writing(self, work: Work | None = None) -> Writing:
        override = work.override if work else None
        caller = await authenticated(self.request)
        return Writing(
            actor=caller.subject,
            client=caller.client,
            request_id=await this_request(self.request),
            recorded_at=self.now,
            reference_version=work.reference_version if work else self._version(),
            override=as_recorded(override) if override else None,
        )

    async def _enter_refusal(self, case_id: UUID | None, act: Act, refused: DomainError) -> None:
        """Enter the refusal; what is not there was not refused."""
        if isinstance(refused, NotFound):
            return
        rows: tuple[str, ...] = ()
        if isinstance(refused, DecisionStandsAgainst):
            against = (row for finding in refused.decision.against() for row in finding.rows)
            rows = tuple(dict.fromkeys(against))
        by = await self._writing()
        entry = refusal_of((self.centre.id, case_id), act, (refused.slug, rows), by)
        await refusals.enter(self.kept.engine, entry)

    def _version(self) -> str:
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
    kept, place = await repositories(request), await visible_centre(request, centre)
    return Desk(request, kept, place, now)


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
