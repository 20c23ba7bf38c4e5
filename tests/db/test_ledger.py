"""The ledger: what goes in comes out as it was hashed, a change shows, months have their place."""

from dataclasses import replace
from datetime import timedelta, timezone
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db import ledger, partitions
from app.db.engine import open_engine, transaction
from app.db.ids import uuid7
from tests.databases import Clone
from tests.kept import NOON, act, enter, entry, new_centre

_CASE = UUID(int=7)


async def test_an_entry_comes_back_with_the_hash_it_went_in_with(engine: AsyncEngine) -> None:
    centre = await new_centre(engine)
    case = uuid7()
    entered = await enter(engine, act(case, 1, entry(centre.id)))
    (found,) = await ledger.acts(engine, centre.id, case)
    assert found == entered
    assert found.hash == entered.hash


async def test_acts_come_in_the_order_of_their_numbers_and_by_pages(engine: AsyncEngine) -> None:
    centre = await new_centre(engine)
    case = uuid7()
    for number in (3, 1, 2):
        await enter(engine, act(case, number, entry(centre.id, seconds=number)))
    await enter(engine, replace(entry(centre.id), subject_id=case))  # a refusal has no number
    first = await ledger.acts(engine, centre.id, case, limit=2)
    rest = await ledger.acts(engine, centre.id, case, after=2)
    assert [one.number for one in (*first, *rest)] == [1, 2, 3]


@pytest.mark.parametrize(
    "changed",
    [
        {"actor": "somebody"},
        {"facts": {"act": "accept"}},
        {"rows": ("nanchang/21",)},
        {"number": 2},
        {"override": {"reason": "x"}},
        {"at": NOON + timedelta(microseconds=1)},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_every_field_is_under_the_hash(changed: dict[str, object]) -> None:
    before = act(_CASE, 1, entry(UUID(int=1)))
    assert replace(before, **changed).hash != before.hash  # type: ignore[arg-type]  # any field


def test_the_hash_does_not_depend_on_how_the_same_thing_is_written() -> None:
    before = entry(UUID(int=1))
    elsewhere = before.at.astimezone(timezone(timedelta(hours=8)))
    again = replace(before, at=elsewhere, facts=dict(reversed(list(before.facts.items()))))
    assert again.hash == before.hash


def test_a_fraction_is_refused_because_it_may_come_back_as_another() -> None:
    with pytest.raises(TypeError):
        _ = replace(entry(UUID(int=1)), facts={"share": 0.1}).hash  # type: ignore[dict-item]


async def test_an_entry_lies_in_its_month_and_an_old_one_in_the_default(
    engine: AsyncEngine, owner: AsyncEngine
) -> None:
    centre = await new_centre(engine)
    async with owner.connect() as connection:
        this_month = (await connection.execute(text("SELECT now()"))).scalar_one()
    await enter(engine, replace(entry(centre.id), at=this_month))
    await enter(engine, replace(entry(centre.id), at=NOON.replace(year=2019)))
    lies = "SELECT tableoid::regclass::text FROM ledger WHERE centre_id = :centre ORDER BY at"
    async with owner.connect() as connection:
        found = (await connection.execute(text(lies), {"centre": centre.id})).scalars().all()
    assert found == [
        "ledger_parts.ledger_default",
        f"ledger_parts.ledger_{this_month:%Y_%m}",
    ]


async def test_partitions_are_made_ahead_once_and_not_where_entries_lie_already(
    fresh_database: Clone,
) -> None:
    owner = open_engine(fresh_database.owner_url, size=1)
    async with transaction(owner) as connection:
        assert await partitions.ensure(connection) == []
        assert len(await partitions.ensure(connection, ahead=26)) == 2
        assert await partitions.ensure(connection, ahead=26) == []
        month = (await connection.execute(text("SELECT now() + interval '27 months'"))).scalar_one()
    await enter(owner, replace(entry(uuid7()), at=month))
    async with transaction(owner) as connection:
        made = await partitions.ensure(connection, ahead=28)
    await owner.dispose()
    assert len(made) == 1
    assert not made[0].endswith(f"{month:%Y_%m}")
