"""The unit of work: key, ledger, event and answer are written together or not at all."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db import special_days
from app.db.calendar_changes import calendar_change
from app.db.cases import Claim, Given
from app.db.engine import transaction
from app.db.ids import uuid7
from app.db.ledger import ledger
from app.db.outbox import outbox
from app.db.special_days import special_day
from app.db.uow import Recorded, UnitOfWork
from app.domain.calendar import Notice
from app.domain.errors import NotFound
from app.domain.special_day import (
    Revocation,
    SpecialDay,
    SpecialDayRevoked,
    SpecialDayStands,
    SpecialKind,
)
from tests.kept import entry

NOW = datetime(2026, 9, 1, 4, tzinfo=UTC)


def claim(centre_id: UUID, answer: bytes = b"") -> Claim:
    return Claim(
        centre_id=centre_id,
        client="tests",
        operation="POST /v1/probe",
        key="key",
        fingerprint=bytes(32),
        answer=answer,
        status=201,
    )


async def entered(engine: AsyncEngine, centre_id: UUID) -> tuple[int, int]:
    lines = select(func.count()).select_from(ledger).where(ledger.c.centre_id == centre_id)
    events = select(func.count()).select_from(outbox).where(outbox.c.centre_id == centre_id)
    async with engine.connect() as connection:
        found = [(await connection.execute(each)).scalar_one() for each in (lines, events)]
    return found[0], found[1]


class Broken(Exception):
    """Something fails on the way."""


async def work(engine: AsyncEngine, centre_id: UUID, *, fails: bool = False) -> Given | None:
    async with transaction(engine) as connection:
        uow = UnitOfWork(connection)
        if given := await uow.claim(claim(centre_id), NOW):
            return given
        recorded = Recorded(entry=entry(centre_id), type_="cn.guiju.probe", data={"days": [1]})
        await uow.enter([recorded])
        if fails:
            raise Broken
        await uow.settle(claim(centre_id, b"sealed"))
        return None


async def test_all_of_it_is_written_and_the_second_time_it_is_given(engine: AsyncEngine) -> None:
    centre_id = uuid7()
    assert await work(engine, centre_id) is None
    assert await work(engine, centre_id) == Given(fingerprint=bytes(32), answer=b"sealed")
    assert await entered(engine, centre_id) == (1, 1)


async def test_nothing_of_it_is_written_when_it_fails_and_the_key_is_free(
    engine: AsyncEngine,
) -> None:
    centre_id = uuid7()
    with pytest.raises(Broken):
        await work(engine, centre_id, fails=True)
    assert await entered(engine, centre_id) == (0, 0)
    assert await work(engine, centre_id) is None


async def test_of_many_with_one_key_one_works_and_the_others_wait_for_its_answer(
    engine: AsyncEngine,
) -> None:
    centre_id = uuid7()
    given = await asyncio.gather(*(work(engine, centre_id) for _ in range(6)))
    assert sorted(each is None for each in given) == [False] * 5 + [True]
    assert {each.answer for each in given if each} == {b"sealed"}
    assert await entered(engine, centre_id) == (1, 1)


async def test_what_was_entered_reads_back_as_it_was_hashed(engine: AsyncEngine) -> None:
    centre_id = uuid7()
    await work(engine, centre_id)
    found = select(ledger.c.hash, ledger.c.facts, ledger.c.override).where(
        ledger.c.centre_id == centre_id
    )
    async with engine.connect() as connection:
        row = (await connection.execute(found)).one()
    told = entry(centre_id)
    assert (row.facts, row.override, len(row.hash)) == (told.facts, None, 32)


def closure(place: str = "360100") -> SpecialDay:
    return SpecialDay(
        id=uuid7(),
        jurisdiction=place,
        on=NOW.date(),
        works=False,
        kind=SpecialKind.CLOSURE,
        name="台风停办",
        document=Notice(title="通告", issued_on=NOW.date()),
        entered_by="platform",
        entered_at=NOW,
    )


GONE = Revocation(by="platform", at=NOW, reason="改道")


async def test_an_entry_reads_back_and_its_revocation_makes_room(engine: AsyncEngine) -> None:
    day, again = closure(), closure()
    async with transaction(engine) as connection:
        await special_days.add(connection, [day])
        assert await special_days.get(connection, day.jurisdiction, day.id) == day
        assert day in await special_days.standing(connection)
        with pytest.raises(NotFound):
            await special_days.get(connection, "360000", day.id)
        await special_days.revoke(connection, day, GONE)
        assert day not in await special_days.standing(connection)
        with pytest.raises(SpecialDayRevoked):
            await special_days.revoke(connection, day, GONE)
        await special_days.add(connection, [again])
        assert (await special_days.get(connection, day.jurisdiction, day.id)).revoked == GONE
        await connection.rollback()


async def test_one_place_has_one_standing_entry_for_a_day(engine: AsyncEngine) -> None:
    async with transaction(engine) as connection:
        await special_days.add(connection, [closure(), closure("360000")])
        with pytest.raises(SpecialDayStands):
            await special_days.add(connection, [closure()])
        await connection.rollback()


@pytest.mark.parametrize(
    "wrong",
    [
        {"works": True},
        {"kind": "typhoon"},
        {"jurisdiction": "3601"},
        {"number_unknown": False},
        {"completes_year": True},
        {"revoked_by": "somebody"},
        {"name": ""},
        {"kind": "makeup", "works": True},  # 2026-09-01 is a Tuesday
    ],
    ids=str,
)
async def test_the_database_refuses_what_no_entry_can_be(
    engine: AsyncEngine, wrong: dict[str, object]
) -> None:
    row = {
        "id": uuid7(),
        "jurisdiction": "360100",
        "day": NOW.date(),
        "works": False,
        "kind": "closure",
        "name": "台风停办",
        "completes_year": False,
        "document_title": "通告",
        "document_number": None,
        "number_unknown": True,
        "entered_by": "platform",
        "entered_at": NOW,
    }
    with pytest.raises(IntegrityError):
        async with transaction(engine) as connection:
            await connection.execute(special_day.insert(), row | wrong)


@pytest.mark.parametrize(
    "change",
    [
        special_day.update().values(name="另一个名称"),
        special_day.delete(),
        calendar_change.update().values(jurisdiction="CN"),
    ],
    ids=["rename", "delete", "move"],
)
async def test_the_service_rewrites_no_entry(engine: AsyncEngine, change: object) -> None:
    async with engine.connect() as connection:
        with pytest.raises(Exception, match="permission denied"):
            await connection.execute(change)  # type: ignore[call-overload]
