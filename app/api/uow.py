"""Work (一次办理): one request as one transaction, committed before its answer leaves.

The cold path of every act that has no statement of its own: `work: OnPlatform` or `work: OnCentre`
in a route of a router with `route_class=WorkRoute`. The key is claimed when the transaction opens;
the route ends with `return await work.answer(...)`; a refusal is entered in the ledger afterwards,
in a transaction of its own.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic_core import to_json

from app.api.deps import Now
from app.api.once import IdempotencyKey, KeyReused, Once, Sealer, StoredAnswer, once, replay
from app.api.place import RepositoriesDep, VisibleCentre
from app.api.problems import request_id
from app.api.security import Caller, PlatformOnly, authenticated
from app.api.wire import WireRoute
from app.db import refusals
from app.db.cases import Claim
from app.db.engine import transaction
from app.db.errors import Busy
from app.db.ids import uuid7
from app.db.repositories import Repositories
from app.db.uow import Recorded, UnitOfWork
from app.domain.decision import DecisionStandsAgainst
from app.domain.errors import DomainError, NotFound
from app.domain.oversight.ledger import PLATFORM, Entry

# What was not there, or could not be tried, was not refused.
_NO_REFUSAL: Final = (NotFound, Busy, KeyReused)


class AnsweredBefore(Exception):
    """The key came before, with the same request: its answer is said again."""

    def __init__(self, answer: StoredAnswer) -> None:
        self.answer = answer


class Unanswered(Exception):
    """A route ended its work without an answer to keep: nothing of it is written."""


class WorkRoute(WireRoute):
    """A route that says a stored answer again, instead of doing the work twice."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        work = super().get_route_handler()

        async def worked(request: Request) -> Response:
            try:
                return await work(request)
            except AnsweredBefore as before:
                return replay(before.answer)

        return worked


@dataclass(slots=True)
class Work:
    """What one request does: its transaction, who asks for it, and when."""

    request: Request
    uow: UnitOfWork
    once: Once
    caller: Caller
    now: datetime
    subject: tuple[str, UUID | None] = ("request", None)  # what it is done to; the route says
    rehearsed: bool = False
    answered: bool = False
    _afterwards: list[Callable[[], None]] = field(default_factory=list)

    @property
    def request_id(self) -> str:
        return request_id(self.request.scope)

    def rehearse(self) -> None:
        """Show what would be: nothing is kept, neither work nor key nor a refusal."""
        self.rehearsed = True

    def afterwards(self, then: Callable[[], None]) -> None:
        """What this process does once the work is committed; it must not fail."""
        self._afterwards.append(then)

    async def enter(
        self,
        action: str,
        facts: Mapping[str, Any],  # Any: each action has facts of its own
        *,
        rows: Sequence[str] = (),
        override: Mapping[str, str] | None = None,
    ) -> Entry:
        """Enter what is done to the subject, with the event that tells of it; with the `override`
        of the soft rule that stood against it."""
        entry = replace(self._entry(action, facts, rows), override=override)
        type_ = f"cn.guiju.{entry.subject_kind}.{action}"
        await self.uow.enter([Recorded(entry=entry, type_=type_, data=facts)])
        return entry

    async def answer(
        self, out: object, *, status: int = 201, headers: Mapping[str, str] | None = None
    ) -> Response:
        """The answer, kept under the key in the same transaction; the route returns it."""
        response = Response(
            to_json(out), status_code=status, media_type="application/json", headers=headers
        )
        sealer: Sealer = self.request.app.state.sealer
        sealed = sealer.seal(self.once, StoredAnswer.of(response))
        await self.uow.settle(replace(_claim(self.once), answer=sealed, status=status))
        self.answered = True
        return response

    def committed(self) -> None:
        """Do what waited for the commit."""
        for then in self._afterwards:
            then()

    def refusal(self, refused: DomainError) -> Entry:
        """The entry of a refusal: what was tried, and the rows that stand against it."""
        rows: tuple[str, ...] = ()
        if isinstance(refused, DecisionStandsAgainst):
            against = (row for finding in refused.decision.against() for row in finding.rows)
            rows = tuple(dict.fromkeys(against))
        return self._entry("refused", {"act": self.once.operation, "code": refused.slug}, rows)

    def _entry(self, action: str, facts: Mapping[str, Any], rows: Sequence[str]) -> Entry:
        # Any: as in `enter`
        kind, id_ = self.subject
        return Entry(
            centre_id=self.once.centre,
            id=uuid7(),
            at=self.now,
            occurred_at=self.now,
            actor=self.caller.subject,
            client=self.caller.client,
            action=action,
            subject_kind=kind,
            subject_id=id_,
            facts=facts,
            rows=tuple(rows),
            request_id=self.request_id,
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """What every work needs of its request."""

    request: Request
    kept: Repositories
    now: datetime
    key: str


async def asked(request: Request, kept: RepositoriesDep, now: Now, key: IdempotencyKey) -> Asked:
    """The request, what is kept, the moment and the key."""
    return Asked(request, kept, now, key)


AskedHere = Annotated[Asked, Depends(asked)]


async def on_platform(asked: AskedHere) -> AsyncIterator[Work]:
    """Work on what all centres share. Raises PlatformOnly."""
    if not (await authenticated(asked.request)).platform:
        raise PlatformOnly
    async with _working(asked, PLATFORM) as work:
        yield work


async def on_centre(asked: AskedHere, centre: VisibleCentre) -> AsyncIterator[Work]:
    """Work in the centre of the path."""
    async with _working(asked, centre.id) as work:
        work.now = centre.moment(asked.now)
        yield work


OnPlatform = Annotated[Work, Depends(on_platform, scope="function")]
OnCentre = Annotated[Work, Depends(on_centre, scope="function")]


@asynccontextmanager
async def _working(asked: Asked, place: UUID) -> AsyncIterator[Work]:
    """The transaction of one request. Raises KeyReused, and AnsweredBefore for a key that was
    given an answer."""
    work: Work | None = None
    try:
        async with transaction(asked.kept.engine) as connection:
            work = await _begun(asked, place, UnitOfWork(connection))
            yield work
            if work.rehearsed:
                await connection.rollback()
            elif not work.answered:
                raise Unanswered(work.once.operation)
    except DomainError as refused:
        if work and not work.rehearsed and not isinstance(refused, _NO_REFUSAL):
            await refusals.enter(asked.kept.engine, work.refusal(refused))
        raise
    if not work.rehearsed:
        work.committed()


async def _begun(asked: Asked, place: UUID, uow: UnitOfWork) -> Work:
    of = await once(asked.request, place, asked.key)
    if given := await uow.claim(_claim(of), asked.now):
        if given.fingerprint != of.fingerprint:
            raise KeyReused
        sealer: Sealer = asked.request.app.state.sealer
        raise AnsweredBefore(sealer.unseal(of, given.answer))
    return Work(
        request=asked.request,
        uow=uow,
        once=of,
        caller=await authenticated(asked.request),
        now=asked.now,
    )


def _claim(of: Once) -> Claim:
    return Claim(
        centre_id=of.centre,
        client=of.client,
        operation=of.operation,
        key=of.key,
        fingerprint=of.fingerprint,
    )
