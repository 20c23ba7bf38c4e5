"""Disposal: what is old goes from the beginning on, the ledger stays whole and says so."""

import asyncio
import importlib
import pkgutil
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

import app.db
from app.db import retention, sequencer
from app.db.audit import AuditQuery, listed
from app.db.base import metadata
from app.db.idempotency import KEPT
from app.db.outbox import Events, EventsDisposed
from app.db.retention import DisposalUnderWay, Order
from app.domain.oversight.chain import Fault
from app.domain.oversight.ledger import PLATFORM
from app.domain.oversight.retention import ANSWERS_KEPT_DAYS, KeptKind
from tests.databases import Clone
from tests.db.forged import LENGTH, Ledger, ledger_in, nobody
from tests.db.leaving import Staff, new_staff
from tests.kept import NOON, enter, entry, new_centre

DAY = date(2026, 3, 3)
EVENTS = Order(kind=KeptKind.EVENTS, before=DAY, at=NOON + timedelta(days=9), on=date(2026, 3, 11))
PEOPLE = replace(EVENTS, kind=KeptKind.PERSONS)
K = KeptKind
HELD = {
    "cases": K.CASES,
    "case_number": K.CASES,
    "entrusted_case": K.CASES,
    "approval_step": K.CASES,
    "ledger": K.LEDGER,
    "ledger_chain": K.LEDGER,
    "outbox": K.EVENTS,
    "idempotency": K.ANSWERS,
    "person": K.PERSONS,
    "personal_key": K.PERSONS,
    "posting": K.STAFFING,
    "appointment": K.STAFFING,
    "duty": K.STAFFING,
    "staff_record": K.STAFFING,
    "centre": K.ORGANISATION,
    "adoption": K.ORGANISATION,
    "centre_setting": K.ORGANISATION,
    "centre_check": K.ORGANISATION,
    "check_finding": K.ORGANISATION,
    "department": K.ORGANISATION,
    "department_office": K.ORGANISATION,
    "window": K.ORGANISATION,
    "window_version": K.ORGANISATION,
    "window_request": K.ORGANISATION,
    "delegation": K.ORGANISATION,
    "mandate": K.ORGANISATION,
    "policy": K.ORGANISATION,
    "policy_version": K.ORGANISATION,
    "pledge": K.ORGANISATION,
    "withholding": K.ORGANISATION,
    "item": K.ITEMS,
    "item_change": K.ITEMS,
    "item_form": K.ITEMS,
    "item_placement": K.ITEMS,
    "item_window": K.ITEMS,
    "guide": K.ITEMS,
    "fee": K.ITEMS,
    "legal_override": K.ITEMS,
    "charge": K.ITEMS,
    "official_text": K.OFFICIAL_TEXTS,
    "special_day": K.REFERENCE,
    "calendar_change": K.REFERENCE,
    "effective_date": K.REFERENCE,
    "reference_edition": K.REFERENCE,
    "reference_version": K.REFERENCE,
}
"""The kind of record that each table is."""


def test_every_table_is_a_kind_of_the_catalogue() -> None:
    for module in pkgutil.iter_modules(app.db.__path__, "app.db."):
        importlib.import_module(module.name)
    assert HELD.keys() == metadata.tables.keys()


def test_answers_are_kept_as_long_as_the_catalogue_says() -> None:
    assert timedelta(days=ANSWERS_KEPT_DAYS) == KEPT


@pytest.fixture
async def kept(fresh_database: Clone, tmp_path: Path) -> AsyncIterator[Ledger]:
    async with ledger_in(fresh_database, tmp_path) as made:
        yield made


@pytest.fixture
async def staff(kept: Ledger) -> Staff:
    return await new_staff(kept.engine)


def midnight(day: date) -> datetime:
    return datetime.fromisoformat(f"{day}T00:00:00+08:00")


async def grown(kept: Ledger, days: int, centre: UUID | None = None) -> None:
    """One more event a day behind noon of the first."""
    one = entry(centre or kept.centre)
    for each in range(1, days + 1):
        at = NOON + timedelta(days=each)
        await enter(kept.engine, replace(one, id=entry(one.centre_id).id, at=at))
    await sequencer.sequence(kept.engine)


async def disposed(kept: Ledger, before: date = DAY) -> int:
    order = replace(EVENTS, before=before)
    old = await retention.old_events(kept.owner, midnight(before))
    done = await retention.dispose_of_events(kept.owner, order, old, nobody)
    assert done == old.count
    await sequencer.sequence(kept.engine)
    return done


async def count(engine: AsyncEngine, table: str) -> int:
    async with engine.connect() as connection:
        return int((await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())  # noqa: S608


async def orders(kept: Ledger) -> list[object]:
    found = await listed(kept.engine, PLATFORM, AuditQuery(action="disposed"), after=0, limit=50)
    return [each.entry.facts for each in found]


# --- events ---------------------------------------------------------------------------------


async def test_old_events_go_and_the_ledger_stays_whole_and_says_so(kept: Ledger) -> None:
    await kept.sign()
    await grown(kept, 3)
    entries = await count(kept.engine, "ledger")
    assert await disposed(kept) == LENGTH
    walked = await kept.verified()
    assert (walked.broken, walked.links) == (None, LENGTH + 3)
    assert not (await kept.compared()).broken
    assert await count(kept.engine, "ledger") == entries + 1
    assert await orders(kept) == [
        {"kind": "events", "before": "2026-03-03", "count": LENGTH, "until": LENGTH + 1}
    ]


async def test_the_audit_lists_what_happened_although_its_events_are_gone(kept: Ledger) -> None:
    await grown(kept, 2)
    subject = kept.entered[0].subject_id
    queries = [AuditQuery(), AuditQuery(subject_id=subject), AuditQuery(actor="demo-clerk")]
    before = [await listed(kept.engine, kept.centre, q, after=0, limit=50) for q in queries]
    await disposed(kept, date(2026, 3, 4))
    after = [await listed(kept.engine, kept.centre, q, after=0, limit=50) for q in queries]
    assert after == before
    assert [len(found) for found in after] == [LENGTH + 2, LENGTH, LENGTH + 2]


async def test_the_newest_event_stays_so_that_the_stream_counts_on(kept: Ledger) -> None:
    assert await disposed(kept, date(2026, 3, 9)) == LENGTH - 1
    await grown(kept, 1)
    streamed = await Events(kept.engine).stream(LENGTH - 1, limit=50)
    assert [each.stream for each in streamed] == [LENGTH, LENGTH + 1, LENGTH + 2]


async def test_an_event_without_a_place_waits_for_it_however_old(kept: Ledger) -> None:
    await grown(kept, 1)
    late = await enter(kept.engine, entry(kept.centre))
    old = await retention.old_events(kept.owner, midnight(DAY))
    assert (old.first, old.until, old.count) == (1, LENGTH + 1, LENGTH)
    await retention.dispose_of_events(kept.owner, EVENTS, old, nobody)
    await sequencer.sequence(kept.engine)
    assert late.id in {e.id for e in await Events(kept.engine).after(kept.centre, 6, limit=9)}
    assert (await kept.verified()).broken is None


@pytest.mark.parametrize(("before", "gone"), [(date(2026, 3, 2), 0), (DAY, 6), (date.max, 8)])
async def test_the_day_itself_is_not_before_the_day(
    kept: Ledger, before: date, gone: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "SURVEYED_AT_ONCE", 2)
    monkeypatch.setattr(retention, "DISPOSED_AT_ONCE", 4)
    await grown(kept, 3)
    limit = midnight(before) if before < date.max else NOON + timedelta(days=30)
    old = await retention.old_events(kept.owner, limit)
    assert old.count == gone
    assert await retention.dispose_of_events(kept.owner, EVENTS, old, nobody) == gone


async def test_only_the_beginning_of_the_stream_goes_so_that_nothing_is_missing_in_it(
    kept: Ledger,
) -> None:
    other = await new_centre(kept.engine)
    await grown(kept, 2)
    await grown(kept, 0)
    await enter(kept.engine, entry(other.id))  # old, but placed behind what is not
    await sequencer.sequence(kept.engine)
    assert await disposed(kept) == LENGTH
    streamed = await Events(kept.engine).stream(LENGTH, limit=50)
    assert [each.stream for each in streamed] == list(range(LENGTH + 1, LENGTH + 5))


async def test_the_days_of_a_sandbox_hold_no_events_back(kept: Ledger) -> None:
    other = await new_centre(kept.engine)
    await kept.forge("UPDATE centre SET sandbox_on = '2030-01-01' WHERE id = :id", id=other.id)
    ahead = replace(entry(other.id), at=NOON + timedelta(days=20))
    await enter(kept.engine, ahead)
    await sequencer.sequence(kept.engine)
    await enter(kept.engine, entry(kept.centre))
    await grown(kept, 1)
    assert await disposed(kept) == LENGTH + 2


async def test_whoever_reads_on_behind_what_is_gone_is_told(kept: Ledger) -> None:
    events = Events(kept.engine)
    other = await new_centre(kept.engine)
    await enter(kept.engine, entry(other.id))
    await sequencer.sequence(kept.engine)
    await grown(kept, 1)
    await disposed(kept)
    for after in (0, LENGTH - 1):
        with pytest.raises(EventsDisposed) as gone:
            await events.after(kept.centre, after, limit=5)
        assert gone.value.readable == LENGTH
    assert len(await events.after(kept.centre, LENGTH, limit=5)) == 1
    assert await events.after(kept.centre, LENGTH + 1, limit=5) == []
    with pytest.raises(EventsDisposed) as gone:  # a centre of which no event is left
        await events.after(other.id, 0, limit=5)
    assert gone.value.readable == 1
    assert await events.after(other.id, 1, limit=5) == []
    with pytest.raises(EventsDisposed) as gone:
        await events.stream(3, limit=5)
    assert (await events.stream(gone.value.readable, limit=1))[0].stream == LENGTH + 2


async def test_an_interrupted_disposal_is_known_and_goes_on(
    kept: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "DISPOSED_AT_ONCE", 2)
    await grown(kept, 1)

    def stop(_done: int) -> None:
        raise KeyboardInterrupt

    old = await retention.old_events(kept.owner, midnight(DAY))
    with suppress(KeyboardInterrupt):
        await retention.dispose_of_events(kept.owner, EVENTS, old, stop)
    await sequencer.sequence(kept.engine)
    assert (await kept.verified()).broken is None
    assert await disposed(kept) == LENGTH - 2
    assert [facts["count"] for facts in await orders(kept)] == [LENGTH, LENGTH - 2]  # type: ignore[index]


async def test_events_placed_meanwhile_are_neither_lost_nor_disposed_of(
    kept: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "DISPOSED_AT_ONCE", 1)
    await grown(kept, 1)

    async def grow() -> None:
        for _ in range(20):
            await grown(kept, 1)

    growing = asyncio.create_task(grow())
    assert await disposed(kept) == LENGTH
    await growing
    await sequencer.sequence(kept.engine)  # A turn that the disposal had is skipped, not lost.
    read = await Events(kept.engine).stream(LENGTH, limit=50)
    assert [each.stream for each in read] == list(range(LENGTH + 1, LENGTH + 23))
    assert (await kept.verified()).broken is None


async def test_two_disposals_at_once_are_one_after_the_other(kept: Ledger) -> None:
    async with retention.alone(kept.owner):
        with pytest.raises(DisposalUnderWay):
            async with retention.alone(kept.owner):
                pass
    async with retention.alone(kept.owner):
        pass


async def test_the_service_itself_may_delete_no_event(kept: Ledger) -> None:
    await grown(kept, 1)
    old = await retention.old_events(kept.engine, midnight(DAY))
    with pytest.raises(ProgrammingError):
        await retention.dispose_of_events(kept.engine, EVENTS, old, nobody)
    assert await orders(kept) == []


@pytest.mark.parametrize("told", [True, False])
async def test_an_entry_that_is_on_the_chain_twice_is_found_without_its_event_too(
    kept: Ledger, told: bool
) -> None:
    if not told:
        await grown(kept, 1)
        await disposed(kept)
    await kept.forge(
        "INSERT INTO ledger_chain SELECT centre_id, (SELECT max(position) + 1 FROM ledger_chain"
        " WHERE centre_id = :centre), entry_id, entry_at, hash, chained_hash FROM ledger_chain"
        " WHERE centre_id = :centre AND position = 2"
    )
    await kept.chain_anew()
    broken = (await kept.verified()).broken
    assert broken
    assert broken.fault is (Fault.REORDERED if told else Fault.LINK_CHANGED)
    assert broken.entry_id == kept.entered[1].id


@pytest.mark.parametrize("position", [1, 3, LENGTH])
async def test_a_link_that_was_removed_is_found_without_events_too(
    kept: Ledger, position: int
) -> None:
    await grown(kept, 0, (await new_centre(kept.engine)).id)
    await kept.forge("DELETE FROM outbox WHERE centre_id = :centre")
    await kept.forge(
        "DELETE FROM ledger_chain WHERE centre_id = :centre AND position = :p", p=position
    )
    broken = (await kept.verified()).broken
    assert broken
    assert broken.fault is (Fault.ENTRY_OUTSIDE if position == LENGTH else Fault.LINK_REMOVED)


# --- people ---------------------------------------------------------------------------------


async def test_whoever_left_before_the_day_is_erased_and_nobody_else(
    kept: Ledger, staff: Staff
) -> None:
    last = DAY - timedelta(days=1)
    left, stays, returned, appointed, new, busy = [await staff.person() for _ in range(6)]
    await staff.posted(left, last)
    await staff.appointed(left, last)
    await staff.posted(stays, DAY)  # the last day is the day itself
    await staff.posted(returned, last)
    await staff.posted(returned, None)
    await staff.posted(appointed, last)
    await staff.appointed(appointed, None)
    await staff.on_duty(await staff.posted(busy, last), date(2026, 12, 31))
    found = await retention.leavers(kept.owner, PEOPLE)
    assert (found.people, found.needed) == (((staff.centre, left),), 1)
    assert await retention.erase_leavers(kept.owner, PEOPLE, found, nobody) == 1
    assert await staff.known() == {stays, returned, appointed, new, busy}
    assert await staff.notes() == 5
    assert (await retention.leavers(kept.owner, PEOPLE)).people == ()


async def test_each_erasure_is_an_entry_of_its_centre_and_the_order_one_of_the_platform(
    kept: Ledger, staff: Staff
) -> None:
    people = [await staff.person() for _ in range(3)]
    for who in people:
        await staff.posted(who, DAY - timedelta(days=1))
    found = await retention.leavers(kept.owner, PEOPLE)
    await retention.erase_leavers(kept.owner, PEOPLE, found, nobody)
    await sequencer.sequence(kept.engine)
    erased = await listed(kept.engine, staff.centre, AuditQuery(action="erased"), after=0, limit=50)
    assert {each.entry.subject_id for each in erased} == set(people)
    assert {each.entry.subject_kind for each in erased} == {"person"}
    assert await orders(kept) == [{"kind": "persons", "before": "2026-03-03", "count": 3}]
    assert (await kept.verified()).broken is None


async def test_whoever_comes_back_meanwhile_stays(kept: Ledger, staff: Staff) -> None:
    back, gone = await staff.person(), await staff.person()
    for who in (back, gone):
        await staff.posted(who, DAY - timedelta(days=1))
    found = await retention.leavers(kept.owner, PEOPLE)
    await staff.posted(back, None)
    assert await retention.erase_leavers(kept.owner, PEOPLE, found, nobody) == 1
    assert await staff.known() == {back}


async def test_people_are_read_in_parts(
    kept: Ledger, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "SURVEYED_AT_ONCE", 2)
    other = await new_staff(kept.engine)
    for place in (staff, other, staff, other, staff):
        await place.posted(await place.person(), DAY - timedelta(days=1))
    assert len((await retention.leavers(kept.owner, PEOPLE)).people) == 5
