"""The sequencer: a gapless position per centre, in the order of the commits, each link sealed."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

import app.calendars.load
import app.rulebooks.load
from app import worker
from app.db import reference, sequencer
from app.db.engine import open_engine, transaction
from app.db.ids import uuid7
from app.db.ledger import ledger_chain
from app.db.outbox import REFUSAL, Events
from app.db.sequencer import Waiting, in_order
from app.domain.oversight.ledger import GENESIS, Entry, chained
from tests.databases import Clone
from tests.kept import NOON, act, enter, entry, new_centre


async def chain(engine: AsyncEngine, centre_id: UUID) -> Sequence[tuple[int, UUID, bytes, bytes]]:
    """Position, entry, hash and head of each link."""
    links = (
        select(
            ledger_chain.c.position,
            ledger_chain.c.entry_id,
            ledger_chain.c.hash,
            ledger_chain.c.chained_hash,
        )
        .where(ledger_chain.c.centre_id == centre_id)
        .order_by(ledger_chain.c.position)
    )
    async with engine.connect() as connection:
        return [(p, e, h, c) for p, e, h, c in await connection.execute(links)]


async def test_positions_have_no_gap_and_each_head_seals_all_before_it(engine: AsyncEngine) -> None:
    centre, other = await new_centre(engine), await new_centre(engine)
    entered: list[Entry] = []
    for turn in range(3):
        entered += [await enter(engine, entry(centre.id, seconds=turn)) for _ in range(4)]
        await enter(engine, entry(other.id))
        await sequencer.sequence(engine)
    links = await chain(engine, centre.id)
    assert [(p, e, h) for p, e, h, _ in links] == [
        (place, one.id, one.hash) for place, one in enumerate(entered, start=1)
    ]
    head = GENESIS
    for _, _, sealed, found in links:
        head = chained(head, sealed)
        assert found == head
    assert [p for p, *_ in await chain(engine, other.id)] == [1, 2, 3]


async def test_who_reads_behind_a_position_sees_each_event_once(engine: AsyncEngine) -> None:
    centre = await new_centre(engine)
    events = Events(engine)
    read, after = [], 0
    for turn in range(5):
        await asyncio.gather(*(enter(engine, entry(centre.id)) for _ in range(turn + 1)))
        assert not await events.after(centre.id, after, limit=9)  # not before it has its place
        await sequencer.sequence(engine)
        while page := await events.after(centre.id, after, limit=2):
            read += page
            after = page[-1].position
    assert [event.position for event in read] == list(range(1, 16))
    assert len({event.id for event in read}) == 15
    assert {(event.type, event.case_id) for event in read} == {(REFUSAL, None)}


async def test_an_entry_that_commits_late_comes_behind_those_already_placed(
    engine: AsyncEngine,
) -> None:
    centre = await new_centre(engine)
    early = entry(centre.id)
    late = await enter(engine, entry(centre.id))
    await sequencer.sequence(engine)
    await enter(engine, early)  # its id is older
    await sequencer.sequence(engine)
    assert [e for _, e, *_ in await chain(engine, centre.id)] == [late.id, early.id]


async def test_two_sequencers_at_once_place_each_entry_once(engine: AsyncEngine) -> None:
    centre = await new_centre(engine)
    entered = {(await enter(engine, entry(centre.id))).id for _ in range(30)}
    await asyncio.gather(*(sequencer.sequence(engine) for _ in range(6)))
    await sequencer.sequence(engine)
    links = await chain(engine, centre.id)
    assert [p for p, *_ in links] == list(range(1, 31))
    assert {e for _, e, *_ in links} == entered


async def test_a_position_is_given_once_even_past_the_lock(engine: AsyncEngine) -> None:
    centre = await new_centre(engine)
    one = await enter(engine, entry(centre.id))
    await sequencer.sequence(engine)
    link = {
        "centre_id": centre.id,
        "position": 1,
        "entry_id": one.id,
        "entry_at": one.at,
        "hash": one.hash,
        "chained_hash": one.hash,
    }
    with pytest.raises(IntegrityError):
        async with transaction(engine) as connection:
            await connection.execute(ledger_chain.insert(), link)


async def test_a_batch_is_bounded_and_the_rest_follows(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequencer, "BATCH", 4)
    centre = await new_centre(engine)
    for _ in range(10):
        await enter(engine, entry(centre.id))
    while await sequencer.sequence(engine):
        pass
    assert [p for p, *_ in await chain(engine, centre.id)] == list(range(1, 11))


def waiting(subject: UUID | None, number: int | None) -> Waiting:
    return Waiting(uuid7(), NOON, b"", subject, number)


def test_acts_of_one_case_keep_their_order_when_two_clocks_differ() -> None:
    one, other = uuid7(), uuid7()
    given = [
        waiting(one, 2),
        waiting(other, 7),
        waiting(None, None),
        waiting(one, 1),
        waiting(one, None),
        waiting(one, 3),
    ]
    placed = list(in_order(given))
    assert [entry.number for entry in placed if entry.subject == one and entry.number] == [1, 2, 3]
    assert [entry for entry in placed if entry.number is None] == [given[2], given[4]]
    assert placed[1] == given[1]
    assert len(set(placed)) == len(given)


async def test_a_change_of_an_entry_shows_against_its_chain(
    engine: AsyncEngine, owner: AsyncEngine
) -> None:
    centre, case = await new_centre(engine), uuid7()
    entered = await enter(engine, act(case, 1, entry(centre.id)))
    await sequencer.sequence(engine)
    forged = "UPDATE ledger SET actor = 'somebody else' WHERE centre_id = :centre RETURNING actor"
    async with owner.connect() as connection:
        actor = (await connection.execute(text(forged), {"centre": centre.id})).scalar_one()
    ((_, _, sealed, _),) = await chain(engine, centre.id)
    assert replace(entered, actor=actor).hash != sealed == entered.hash


async def test_the_worker_does_each_of_its_jobs_once(fresh_database: Clone) -> None:
    engine = open_engine(fresh_database.service_url, size=2)
    centre = await new_centre(engine)
    await enter(engine, entry(centre.id))
    expired = text("""
        INSERT INTO idempotency
        SELECT :centre, 'client', 'operation', key::text, decode(repeat('00', 32), 'hex'), '', 201,
               expires - interval '7 days', expires
          FROM (VALUES (1, CAST(:now AS timestamptz) - interval '1 second'),
                       (2, CAST(:now AS timestamptz) + interval '1 second')) AS row (key, expires)
    """)
    now = datetime(2026, 3, 9, tzinfo=UTC) + timedelta(hours=4)
    await reference.load(engine, app.rulebooks.load.load(), app.calendars.load.load())
    async with engine.connect() as connection:
        await connection.execute(expired, {"centre": centre.id, "now": now})
        done = await worker.once(engine, now)
        left = text("SELECT key FROM idempotency WHERE centre_id = :centre")
        kept = (await connection.execute(left, {"centre": centre.id})).scalars().all()
    links = await chain(engine, centre.id)
    await engine.dispose()
    assert done == {"sequence": 1, "sweep": 0, "settle": 0, "purge": 1}
    assert kept == ["2"]
    assert len(links) == 1
