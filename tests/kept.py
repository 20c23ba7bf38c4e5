"""What tests put into the database: a centre of one's own, an item, an entry of the ledger."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db import refusals
from app.db.centres import centre
from app.db.ids import uuid7
from app.db.items import item
from app.domain.organisation.centre import Centre, Level
from app.domain.oversight.ledger import Entry

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


REGIONS = {Level.COUNTY: "360100", Level.TOWNSHIP: "360100001", Level.VILLAGE: "360100001201"}


async def new_centre(
    engine: AsyncEngine,
    regulation: str = "nanchang",
    level: Level = Level.COUNTY,
    *,
    below: Centre | None = None,
) -> Centre:
    """A centre that no other test knows, perhaps right below another one."""
    id_ = uuid7()
    made = Centre(
        id=id_,
        code=f"test-{id_.hex}",
        name="试验中心",
        level=level,
        region=REGIONS[level],
        regulation=regulation,
        national=False,
        parent_id=below.id if below else None,
    )
    row = {
        "id": made.id,
        "code": made.code,
        "name": made.name,
        "level": made.level.value,
        "region": made.region,
        "regulation": made.regulation,
        "national": made.national,
        "parent_id": made.parent_id,
    }
    async with engine.connect() as connection:
        await connection.execute(insert(centre), row)
    return made


async def new_item(engine: AsyncEngine, centre_id: UUID, *, promised_days: int = 5) -> UUID:
    """An item with a promise and the statutory limit of twenty working days."""
    id_ = uuid7()
    row = {
        "centre_id": centre_id,
        "id": id_,
        "name": "试验事项",
        "kind": "promised",
        "statutory_days": 20,
        "promised_days": promised_days,
        "licence": False,
        "exclusions_in_guide": [],
    }
    async with engine.connect() as connection:
        await connection.execute(insert(item), row)
    return id_


def entry(centre_id: UUID, *, seconds: int = 0) -> Entry:
    """A refusal, so many seconds after noon."""
    return Entry(
        centre_id=centre_id,
        id=uuid7(),
        at=NOON + timedelta(seconds=seconds),
        occurred_at=NOON,
        actor="demo-clerk",
        client="tests",
        action="refused",
        subject_kind="case",
        facts={"act": "accept", "days": [1, 2], "中文": {"b": None, "a": True}},
        rows=("nanchang/20",),
        request_id="request-1",
    )


async def enter(engine: AsyncEngine, one: Entry) -> Entry:
    """The entry in the ledger, with its event."""
    await refusals.enter(engine, one)
    return one


def act(of: UUID, number: int, one: Entry) -> Entry:
    """The entry as the act of a subject, with its number there."""
    return replace(one, action="accepted", subject_id=of, number=number)
