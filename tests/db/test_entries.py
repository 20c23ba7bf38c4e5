"""Entries: read by pages, changed at their version, refused in the words of the domain."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.db import pledges, withholdings
from app.db.engine import transaction
from app.db.ids import uuid7
from app.domain.errors import NotFound
from app.domain.items.publicity import (
    OpenKind,
    Pledge,
    PledgeElements,
    PledgeStands,
    Withholding,
)
from app.domain.special_day import Revocation
from tests.kept import new_centre

NOW = datetime(2026, 9, 1, 4, tzinfo=UTC)
ENTERED = ("tests", NOW)


def pledge(name: str = "一次办结") -> Pledge:
    return Pledge(id=uuid7(), name=name, elements=PledgeElements(), since=date(2026, 9, 1))


async def page(connection: AsyncConnection, centre_id: UUID, after: UUID | None) -> list[UUID]:
    found = await pledges.listed(connection, centre_id, on=None, after=after, limit=2)
    return [each.id for each in found]


async def test_pages_follow_one_another_within_a_centre(engine: AsyncEngine) -> None:
    centre, other = await new_centre(engine), await new_centre(engine)
    one, two, three = kept = [pledge("甲"), pledge("乙"), pledge("丙")]
    async with transaction(engine) as connection:
        for each in kept:
            await pledges.publish(connection, centre.id, each, ENTERED)
        await pledges.publish(connection, other.id, pledge(), ENTERED)
        assert await page(connection, centre.id, None) == [one.id, two.id]
        assert await page(connection, centre.id, two.id) == [three.id]
        assert await page(connection, centre.id, three.id) == []


async def test_an_entry_of_another_centre_is_not_found(engine: AsyncEngine) -> None:
    centre, other, kept = await new_centre(engine), await new_centre(engine), pledge()
    async with transaction(engine) as connection:
        await pledges.publish(connection, centre.id, kept, ENTERED)
        assert await pledges.get(connection, centre.id, kept.id) == kept
        with pytest.raises(NotFound):
            await pledges.get(connection, other.id, kept.id)


async def test_of_two_who_read_one_version_the_first_writes(engine: AsyncEngine) -> None:
    centre, kept = await new_centre(engine), pledge()
    first = kept.ended(date(2026, 9, 30), "改版")
    second = kept.ended(date(2026, 10, 31), "停办")
    async with transaction(engine) as connection:
        await pledges.publish(connection, centre.id, kept, ENTERED)
        assert await pledges.end(connection, centre.id, first)
        assert not await pledges.end(connection, centre.id, second)
        assert await pledges.get(connection, centre.id, kept.id) == first


async def test_what_stands_against_a_write_is_said_by_its_constraint(engine: AsyncEngine) -> None:
    centre = await new_centre(engine)
    async with transaction(engine) as connection:
        await pledges.publish(connection, centre.id, pledge(), ENTERED)
        with pytest.raises(PledgeStands):
            await pledges.publish(connection, centre.id, pledge(), ENTERED)
        await connection.rollback()


async def test_a_constraint_that_nobody_named_is_no_refusal(engine: AsyncEngine) -> None:
    async with transaction(engine) as connection:
        with pytest.raises(IntegrityError, match="fk_pledge_centre_id_centre"):
            await pledges.publish(connection, uuid7(), pledge(), ENTERED)
        await connection.rollback()


async def test_who_took_an_entry_back_is_kept_beside_it(engine: AsyncEngine) -> None:
    centre = await new_centre(engine)
    entered = Withholding(
        id=uuid7(), kind=OpenKind.ITEM, resource_id=uuid7(), ground=None, reason="试行"
    )
    lifting = Revocation(by="tests", at=NOW, reason="期满")
    lifted = replace(entered, version=2, lifted=lifting)
    async with transaction(engine) as connection:
        await withholdings.enter(connection, centre.id, entered, ENTERED)
        assert await withholdings.get(connection, centre.id, entered.id) == entered
        assert await withholdings.lift(connection, centre.id, lifted)
        assert await withholdings.get(connection, centre.id, entered.id) == lifted
