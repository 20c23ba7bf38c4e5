"""Cases (办件) as they are kept: one statement takes one in, one moves one, one reads one."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import (
    BindParameter,
    Date,
    Select,
    and_,
    bindparam,
    exists,
    insert,
    literal,
    literal_column,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_or_not
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql.selectable import CTE

from app.db import legal_overrides
from app.db.case_rows import (
    EVENTS,
    MOVING,
    Writing,
    case_arguments,
    case_binds,
    case_of,
    deadlines_of,
    entry_for,
    event_of,
)
from app.db.case_table import cases
from app.db.engine import Hot
from app.db.idempotency import KEPT, idempotency
from app.db.items import Items, item
from app.db.ledger import entry_arguments, entry_binds, ledger
from app.db.outbox import event_arguments, event_binds, event_columns, outbox
from app.db.reference import in_force
from app.domain.casework.case import Act, Case, Stage
from app.domain.casework.case_clock import Deadlines
from app.domain.casework.case_facts import LegalLimit
from app.domain.casework.limits import ExclusionKind
from app.domain.casework.weighing import Taken
from app.domain.day import local_day
from app.domain.errors import NotFound
from app.domain.items.item import ServiceItem

ITEM_REMEMBERED: Final = timedelta(seconds=60)
_EARLIER: Final = "earlier_"  # the step of silence, entered before the act itself


class CaseMoved(Exception):
    """Somebody else acted on the case after it was read: nothing was written."""


class ReferenceChanged(Exception):
    """Calendar or rulebooks changed since this process loaded them: nothing was written."""


class ItemChanged(Exception):
    """The item changed since this process read it: nothing was written."""


class KeyTaken(Exception):
    """The idempotency key came before; the stored answer is to be looked up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The idempotency key of a request, with the sealed answer that it will be given."""

    centre_id: UUID
    client: str
    operation: str
    key: str
    fingerprint: bytes
    answer: bytes = b""
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The answer that was stored under a key, still sealed, and the request it belongs to."""

    fingerprint: bytes
    answer: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A case as it was read for an act, or for whoever asks."""

    case: Case
    days: Deadlines
    announced: tuple[ExclusionKind, ...] = ()
    given: Given | None = None


def _prefixed(prefix: str, binds: list[BindParameter[Any]]) -> list[BindParameter[Any]]:
    return [bindparam(f"{prefix}{bind.key}", type_=bind.type) for bind in binds]


def _claim(source: CTE | None) -> Select[Any]:
    binds = [bindparam(f"once_{c.name}", type_=c.type) for c in idempotency.c]
    chosen = select(*binds)
    return chosen if source is None else chosen.select_from(source)


def _entries(source: CTE, *, steps: int) -> Select[Any]:
    """Ledger entry and event of each step, written where `source` has a row; the last is the
    statement itself."""
    prefixes = ("", _EARLIER)[:steps]
    lines = [select(*_prefixed(p, entry_binds())).select_from(source) for p in prefixes]
    events = [select(*_prefixed(p, event_binds())).select_from(source) for p in prefixes]
    names = [column.name for column in ledger.c]
    entered = insert(ledger).from_select(names, union_all(*lines)).cte("entered")
    sent = insert(outbox).from_select(event_columns(), union_all(*events)).cte("sent")
    return select(literal(1)).select_from(source).add_cte(entered, sent)


def _intake() -> Hot:
    columns = [column.name for column in idempotency.c]
    as_it_was = exists().where(
        item.c.centre_id == bindparam("case_centre_id"),
        item.c.id == bindparam("case_item_id"),
        item.c.version == bindparam("item_version"),
    )
    once = (
        insert_or_not(idempotency)
        .from_select(columns, _claim(None).where(in_force("case_reference_version"), as_it_was))
        .on_conflict_do_nothing()
        .returning(idempotency.c.key)
        .cte("once")
    )
    values = case_binds()
    made = (
        insert(cases)
        .from_select(list(values), select(*values.values()).select_from(once))
        .returning(cases.c.id)
        .cte("made")
    )
    return Hot(_entries(made, steps=1))


def _moved() -> CTE:
    binds = case_binds()
    return (
        update(cases)
        .where(
            cases.c.centre_id == binds["centre_id"],
            cases.c.id == binds["id"],
            cases.c.version == bindparam("was"),
            in_force("case_reference_version"),
        )
        .values({name: binds[name] for name in MOVING})
        .returning(cases.c.id)
        .cte("moved")
    )


def _act(*, steps: int, claimed: bool) -> Hot:
    moved = _moved()
    statement = _entries(moved, steps=steps)
    if claimed:
        # A key that was used meanwhile breaks the statement: the case must not move without it.
        columns = [column.name for column in idempotency.c]
        once = insert(idempotency).from_select(columns, _claim(moved)).cte("once")
        statement = statement.add_cte(once)
    return Hot(statement)


_HERE = and_(cases.c.centre_id == bindparam("centre_id"), cases.c.id == bindparam("id"))
_SAME_KEY = and_(
    idempotency.c.centre_id == bindparam("centre_id"),
    idempotency.c.client == bindparam("client"),
    idempotency.c.operation == bindparam("operation"),
    idempotency.c.key == bindparam("key"),
)
_INTAKE = _intake()
_ACTS = {steps: _act(steps=steps, claimed=True) for steps in (1, 2)}
_ENTER_SILENCE = _act(steps=1, claimed=False)
_READ = Hot(select(*cases.c).where(_HERE))
_READ_FOR_ACT = Hot(
    select(
        *cases.c,
        item.c.exclusions_in_guide,
        idempotency.c.fingerprint.label("given_fingerprint"),
        idempotency.c.answer.label("given_answer"),
    )
    .join(item, and_(item.c.centre_id == cases.c.centre_id, item.c.id == cases.c.item_id))
    .outerjoin(idempotency, _SAME_KEY)
    .where(_HERE)
)
_GIVEN = Hot(select(idempotency.c.fingerprint, idempotency.c.answer).where(_SAME_KEY))
_SILENT = Hot(
    select(*cases.c)
    .where(
        cases.c.stage == literal_column(f"'{Stage.RECEIVED}'"),  # as the partial index says it
        cases.c.silent_after_on < bindparam("today", type_=Date),
    )
    .order_by(cases.c.silent_after_on, cases.c.id)
    .limit(bindparam("count"))
    .execution_options(every_centre="what time alone has done is entered wherever it lies")
)


@dataclass(slots=True)
class _Remembered:
    """An item, and what laws set for it by day of receipt; good until the moment."""

    item: ServiceItem
    until: datetime
    legal_limits: dict[date, LegalLimit | None] = field(default_factory=dict)


@dataclass(slots=True)
class Cases:
    """The cases of all centres, always asked for by centre.

    Items are remembered, for nearly every receipt asks for one; that it is still the same is proved
    when the receipt is written (`add`). What a law sets for an item changes its version as well.
    """

    engine: AsyncEngine
    items: Items
    _remembered: dict[tuple[UUID, UUID], _Remembered] = field(default_factory=dict)

    async def item(self, centre_id: UUID, item_id: UUID, now: datetime) -> ServiceItem:
        """The item as it was at most a minute ago. Raises NotFound."""
        known = self._remembered.get((centre_id, item_id))
        if known is not None and now < known.until:
            return known.item
        found = await self.items.get(centre_id, item_id)
        self._remembered[(centre_id, item_id)] = _Remembered(found, now + ITEM_REMEMBERED)
        return found

    async def legal_limit(
        self, centre_id: UUID, of: ServiceItem, received_on: date
    ) -> LegalLimit | None:
        """What a law sets for an application for this item that is received on that day."""
        known = self._remembered.get((centre_id, of.id))
        if known is not None and known.item is of and received_on in known.legal_limits:
            return known.legal_limits[received_on]
        async with self.engine.connect() as connection:
            found = await legal_overrides.in_force(connection, centre_id, of.id, received_on)
        if known is not None and known.item is of:
            known.legal_limits[received_on] = found
        return found

    def forget_item(self, centre_id: UUID, item_id: UUID) -> None:
        """Read the item anew: it has changed."""
        self._remembered.pop((centre_id, item_id), None)

    async def get(self, centre_id: UUID, case_id: UUID) -> Found:
        """Raises NotFound."""
        row = await _READ.one(self.engine, {"centre_id": centre_id, "id": case_id})
        if row is None:
            raise NotFound("办件", case_id)
        return Found(case=case_of(row), days=deadlines_of(row))

    async def get_for_act(self, case_id: UUID, claim: Claim) -> Found:
        """The case with what its item's guide announces and the answer that this key was given
        before. Raises NotFound."""
        row = await _READ_FOR_ACT.one(self.engine, {"id": case_id, **_key_of(claim)})
        if row is None:
            raise NotFound("办件", case_id)
        return Found(
            case=case_of(row),
            days=deadlines_of(row),
            announced=tuple(map(ExclusionKind, row["exclusions_in_guide"])),
            given=_given(row["given_fingerprint"], row["given_answer"]),
        )

    async def given(self, claim: Claim) -> Given | None:
        """The answer that was stored under this key."""
        row = await _GIVEN.one(self.engine, _key_of(claim))
        return None if row is None else _given(row["fingerprint"], row["answer"])

    async def add(
        self, taken: Taken, days: Deadlines, claim: Claim, writing: Writing, *, of: ServiceItem
    ) -> None:
        """Take the case in: case, ledger, event and answer in one statement.

        Raises KeyTaken, ItemChanged and ReferenceChanged; then nothing was written.
        """
        values = {
            **case_arguments(taken.case, days, writing),
            **_once_arguments(claim, writing),
            **_step_arguments(taken, days, writing),
            "item_version": of.version,
        }
        if await _INTAKE.one(self.engine, values) is not None:
            return
        if await self.given(claim):
            raise KeyTaken
        now = await self.items.get(taken.case.centre_id, of.id)
        raise ReferenceChanged if now.version == of.version else ItemChanged

    async def move(
        self, taken: Taken, days: Deadlines, claim: Claim, writing: Writing, *, was: int
    ) -> None:
        """Write an act on a case that is still at version `was`, in one statement.

        Raises KeyTaken, CaseMoved and ReferenceChanged; then nothing was written.
        """
        values = {
            **_move_arguments(taken, days, writing, was),
            **_once_arguments(claim, writing),
            **_step_arguments(taken, days, writing),
        }
        try:
            moved = await _ACTS[len(taken.steps)].one(self.engine, values)
        except asyncpg.UniqueViolationError:
            raise KeyTaken from None
        if moved is not None:
            return
        if await self.given(claim):
            raise KeyTaken
        now = (await self.get(claim.centre_id, taken.case.id)).case.version
        raise ReferenceChanged if now == was else CaseMoved


async def silent(engine: AsyncEngine, now: datetime, *, most: int) -> list[Case]:
    """Cases whose last day for an answer is over, of whatever centre."""
    values = {"today": local_day(now), "count": most}
    return [case_of(row) for row in await _SILENT.all(engine, values)]


async def enter_silence(
    engine: AsyncEngine, taken: Taken, days: Deadlines, writing: Writing
) -> bool:
    """Enter the acceptance by silence, unless somebody acted meanwhile."""
    values = {
        **_move_arguments(taken, days, writing, taken.case.version - 1),
        **_step_arguments(taken, days, writing),
    }
    return await _ENTER_SILENCE.one(engine, values) is not None


def _key_of(claim: Claim) -> dict[str, Any]:
    return {
        "centre_id": claim.centre_id,
        "client": claim.client,
        "operation": claim.operation,
        "key": claim.key,
    }


def _given(fingerprint: bytes | None, answer: bytes | None) -> Given | None:
    if fingerprint is None or answer is None:
        return None
    return Given(fingerprint=fingerprint, answer=answer)


def _once_arguments(claim: Claim, writing: Writing) -> dict[str, Any]:
    return {
        "once_centre_id": claim.centre_id,
        "once_client": claim.client,
        "once_operation": claim.operation,
        "once_key": claim.key,
        "once_fingerprint": claim.fingerprint,
        "once_answer": claim.answer,
        "once_status": claim.status,
        "once_created_at": writing.recorded_at,
        "once_expires_at": writing.recorded_at + KEPT,
    }


_MOVE_NAMES: Final = frozenset(f"case_{name}" for name in (*MOVING, "centre_id", "id"))


def _move_arguments(taken: Taken, days: Deadlines, writing: Writing, was: int) -> dict[str, Any]:
    values = case_arguments(taken.case, days, writing)
    return {name: values[name] for name in _MOVE_NAMES} | {"was": was}


def _step_arguments(taken: Taken, days: Deadlines, writing: Writing) -> dict[str, Any]:
    """Entry and event of each step; what silence did comes first and is marked `earlier_`."""
    values: dict[str, Any] = {}
    for place, step in enumerate(taken.steps):
        prefix = "" if place == len(taken.steps) - 1 else _EARLIER
        entry = entry_for(taken, step, writing)
        event = event_arguments(entry, EVENTS[Act(entry.action)], event_of(entry, taken, days))
        own = {**entry_arguments(entry), **event}
        values |= {f"{prefix}{name}": value for name, value in own.items()} if prefix else own
    return values
