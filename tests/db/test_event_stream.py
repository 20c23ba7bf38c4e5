"""The stream of all events: every centre's events in one order that only grows at its end."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine

from app.db import sequencer
from app.db.engine import open_engine
from app.db.outbox import Events, Streamed
from tests.databases import Clone
from tests.kept import enter, entry, new_centre


async def every(events: Events) -> list[Streamed]:
    """The stream from its beginning, a few at a time."""
    read: list[Streamed] = []
    while page := await events.stream(read[-1].stream if read else 0, limit=3):
        read += page
    return read


async def test_the_stream_holds_each_event_once_in_the_order_of_its_centre(
    fresh_database: Clone,
) -> None:
    engine = open_engine(fresh_database.service_url, size=4)
    centres = [await new_centre(engine) for _ in range(3)]
    events = Events(engine)
    for turn in range(4):
        await asyncio.gather(*(enter(engine, entry(c.id, seconds=turn)) for c in centres * 2))
        before = await every(events)
        await sequencer.sequence(engine)
        assert (await every(events))[: len(before)] == before
    read = await every(events)
    assert len({each.event.id for each in read}) == len(read) == 24
    assert [each.stream for each in read] == sorted({each.stream for each in read})
    for centre in centres:
        own = [each.event.position for each in read if each.centre_id == centre.id]
        assert own == list(range(1, 9))
    await engine.dispose()


async def test_two_sequencers_at_once_never_place_before_what_was_read(
    fresh_database: Clone,
) -> None:
    engine = open_engine(fresh_database.service_url, size=8)
    centres = [await new_centre(engine) for _ in range(4)]
    events, seen = Events(engine), 0
    for _ in range(6):
        await asyncio.gather(
            *(enter(engine, entry(c.id)) for c in centres),
            *(sequencer.sequence(engine) for _ in range(3)),
        )
        read = await events.stream(seen, limit=200)
        seen = read[-1].stream if read else seen
    while await sequencer.sequence(engine):
        pass
    assert len(await every(events)) == 24
    await engine.dispose()


async def test_what_has_no_position_yet_is_not_in_the_stream(engine: AsyncEngine) -> None:
    centre = await new_centre(engine)
    await enter(engine, entry(centre.id))
    assert centre.id not in {each.centre_id for each in await every(Events(engine))}
