"""Items as they are kept: one of a code, one open change, and no way back that forgets a stage."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db import items, migrate
from app.db.engine import open_engine, transaction
from app.db.ids import uuid7
from app.domain.casework.case_facts import ItemKind
from app.domain.casework.limits import ExclusionKind
from app.domain.errors import NotFound
from app.domain.items.item import CodeTaken, ItemQuery, ItemStage, ServiceItem
from tests.databases import Clone
from tests.kept import new_centre, new_item


def drafted(**more: str) -> ServiceItem:
    made = ServiceItem(
        id=uuid7(),
        name="事项",
        kind=ItemKind.PROMISED,
        statutory_days=20,
        promised_days=5,
        licence=True,
        exclusions_in_guide=(ExclusionKind.HEARING,),
        stage=ItemStage.DRAFT,
        flow=("受理", "决定"),
    )
    return replace(made, implementation_code=more.get("code"))


async def test_an_item_comes_back_as_it_was_kept(engine: AsyncEngine) -> None:
    centre, other = await new_centre(engine), await new_centre(engine)
    item = drafted()
    async with transaction(engine) as connection:
        await items.add(connection, centre.id, item)
        assert await items.get(connection, centre.id, item.id) == item
        renamed = replace(item, name="改名", version=2)
        await items.save(connection, centre.id, renamed)
        assert await items.lock(connection, centre.id, item.id) == renamed
        assert await items.among(connection, centre.id, [item.id]) == {item.id: renamed}
        with pytest.raises(NotFound):
            await items.get(connection, other.id, item.id)
        drafts = ItemQuery(stage=ItemStage.DRAFT)
        found = await items.chosen(connection, centre.id, drafts, after=None, limit=9)
        assert found == [renamed]


async def test_a_code_is_free_again_when_its_item_has_left(engine: AsyncEngine) -> None:
    centre, code = await new_centre(engine), "X-1"
    first, second = drafted(code=code), drafted(code=code)
    async with transaction(engine) as connection:
        await items.add(connection, centre.id, first)
    with pytest.raises(CodeTaken):
        async with transaction(engine) as connection:
            await items.add(connection, centre.id, second)
    gone = replace(first, stage=ItemStage.WITHDRAWN, withdrawn_on=date(2025, 10, 9))
    async with transaction(engine) as connection:
        await items.save(connection, centre.id, gone)
        await items.add(connection, centre.id, second)


async def test_what_was_there_before_is_served_as_it_was(engine: AsyncEngine) -> None:
    centre = await new_centre(engine)
    item_id = await new_item(engine, centre.id)
    async with engine.connect() as connection:
        item = await items.get(connection, centre.id, item_id)
    assert (item.stage, item.active_since, item.version, item.flow) == (
        ItemStage.ACTIVE,
        None,
        1,
        (),
    )


async def test_the_way_back_is_refused_while_an_item_is_not_served(fresh_database: Clone) -> None:
    service = open_engine(fresh_database.service_url, size=1)
    centre = await new_centre(service)
    async with transaction(service) as connection:
        await items.add(connection, centre.id, drafted())
    await service.dispose()
    with pytest.raises(IntegrityError):
        await migrate.downgrade(fresh_database.owner_url, "0007")
    assert await migrate.current(fresh_database.owner_url) == "0008"
