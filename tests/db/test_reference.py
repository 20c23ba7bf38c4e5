"""Reference data, demonstration data and case numbers: safe when many processes start at once."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine

import app.calendars.load
import app.rulebooks.load
from app.db import demo, reference
from app.db.case_numbers import BLOCK, CaseNumbers
from app.db.centres import Centres
from app.db.engine import open_engine
from app.db.items import chosen
from app.db.persons import Persons
from app.domain.casework.case_facts import ItemKind
from app.domain.errors import NotFound
from app.domain.items.item import ItemQuery
from app.domain.organisation.centre import Role
from tests.databases import Clone
from tests.kept import new_centre

BOOKS = app.rulebooks.load.load()
CALENDARS = app.calendars.load.load()


async def test_ten_processes_that_start_at_once_put_the_same_in_force(
    fresh_database: Clone,
) -> None:
    engines = [open_engine(fresh_database.service_url, size=1) for _ in range(10)]
    assert await reference.current(engines[0]) is None
    await asyncio.gather(*(reference.load(engine, BOOKS, CALENDARS) for engine in engines))
    loaded = await reference.loaded(engines[0])
    version = await reference.current(engines[0])
    for engine in engines:
        await engine.dispose()
    assert version == reference.version_of(BOOKS, CALENDARS)
    assert {key for kind, key, _ in loaded if kind == "rulebook"} == set(BOOKS.regulations)
    nanchang = BOOKS.editions("nanchang")[-1]
    assert loaded["rulebook", "nanchang", nanchang.edition][0] == nanchang.digest


async def test_a_new_calendar_is_another_version_and_the_old_one_is_remembered(
    fresh_database: Clone,
) -> None:
    engine = open_engine(fresh_database.service_url, size=1)
    amended = replace(CALENDARS, version="0" * 64)
    before = await reference.load(engine, BOOKS, CALENDARS)
    after = await reference.load(engine, BOOKS, amended)
    assert before != after == await reference.current(engine)
    assert await reference.load(engine, BOOKS, CALENDARS) == before
    calendars = [key for key in await reference.loaded(engine) if key[0] == "calendar"]
    await engine.dispose()
    assert len(calendars) == 2


async def test_a_write_carries_the_version_that_it_was_computed_with(engine: AsyncEngine) -> None:
    version = await reference.load(engine, BOOKS, CALENDARS)
    written = select(text("1")).where(reference.in_force())
    async with engine.connect() as connection:
        fresh = await connection.execute(written, {"reference_version": version})
        stale = await connection.execute(written, {"reference_version": "another"})
        assert (fresh.scalar(), stale.scalar()) == (1, None)


async def test_loading_again_changes_no_row(engine: AsyncEngine) -> None:
    await reference.load(engine, BOOKS, CALENDARS)
    before = await reference.loaded(engine)
    await reference.load(engine, BOOKS, CALENDARS)
    assert await reference.loaded(engine) == before


async def test_the_demonstration_is_there_once_however_often_it_is_asked_for(
    fresh_database: Clone,
) -> None:
    engine = open_engine(fresh_database.service_url)
    await asyncio.gather(*(demo.ensure(engine) for _ in range(3)))
    centres = await Centres(engine).visible(None, after=None, limit=100)
    assert tuple(centres) == demo.CENTRES
    for number, centre in enumerate(centres, start=1):
        async with engine.connect() as connection:
            items = await chosen(connection, centre.id, ItemQuery(), after=None, limit=100)
        assert tuple(items) == demo.items_of(number)
        assert [item.kind for item in items] == [ItemKind.INSTANT, *[ItemKind.PROMISED] * 3]
        persons = demo.persons_of(number)
        people = [await Persons(engine).get(centre.id, person.id) for person in persons]
        assert tuple(people) == persons
        assert {person.role for person in people} == set(Role)
    await engine.dispose()


def test_each_demonstration_centre_names_a_regulation_that_is_loaded() -> None:
    for centre in demo.CENTRES:
        book = BOOKS.editions(centre.regulation)[-1]
        assert book.calendar == centre.region
    assert [centre.national for centre in demo.CENTRES] == [False] * 5 + [True]


async def test_a_centre_is_found_by_its_id_and_its_code_and_nothing_else(
    engine: AsyncEngine,
) -> None:
    centre = await new_centre(engine)
    centres = Centres(engine)
    assert await centres.get(centre.code) == await centres.get(str(centre.id)) == centre
    for wrong in ("nowhere", "019b7523-3400-7000-8000-0000000900ff", "a\0b", "ü", "x" * 5000):
        with pytest.raises(NotFound):
            await centres.get(wrong)


async def test_numbers_are_never_given_twice_by_two_processes(engine: AsyncEngine) -> None:
    centre = await new_centre(engine)
    processes = [CaseNumbers(engine), CaseNumbers(engine)]
    wanted = BLOCK + 20
    taken = await asyncio.gather(
        *(process.take(centre, 2026) for process in processes for _ in range(wanted))
    )
    assert len(set(taken)) == 2 * wanted
    assert min(taken) == f"{centre.code.upper()}-2026-00000001"
    assert await processes[0].take(centre, 2027) == f"{centre.code.upper()}-2027-00000001"
