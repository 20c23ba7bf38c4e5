"""What tests enter, revoke and look up about special days, through the service."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import insert

from app.db import sequencer
from app.db.centres import centre
from app.db.ids import uuid7
from app.db.items import item
from app.db.repositories import Repositories
from tests.api.cases.desk import Desk

# Any: answers are read as the free JSON that they are.
Json = dict[str, Any]
DOCUMENT = {"title": "关于台风期间临时停办的通告", "number": "洪府办发〔2025〕9号"}
TYPHOON = {"on": "2025-10-09", "works": False, "kind": "closure", "name": "台风停办"}


def platform(desk: Desk, *scopes: str, key: str | None = None) -> dict[str, str]:
    return desk.issuer.bearer(*scopes, platform=True) | {"Idempotency-Key": key or uuid4().hex}


async def enter(
    desk: Desk, *days: Json, place: str = "360100", key: str | None = None, **query: Any
) -> httpx.Response:
    return await desk.client.post(
        f"/v1/calendars/{place}/special-days",
        json={"days": days or [TYPHOON], "document": DOCUMENT},
        params=query,
        headers=platform(desk, key=key),
    )


async def entered(desk: Desk, *days: Json, place: str = "360100") -> Json:
    answer = await enter(desk, *days, place=place)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def revoke(desk: Desk, day: Json, **query: Any) -> httpx.Response:
    return await desk.client.post(
        f"/v1/calendars/{day['jurisdiction']}/special-days/{day['id']}/revocation",
        json={"reason": "台风改道"},
        params=query,
        headers=platform(desk),
    )


async def listed(desk: Desk, place: str = "360100", **query: Any) -> list[Json]:
    answer = await desk.client.get(
        f"/v1/calendars/{place}/special-days", params=query, headers=desk.issuer.bearer("calendars")
    )
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def day(desk: Desk, on: str = "2025-10-09", place: str = "360100") -> Json:
    answer = await desk.client.get(
        f"/v1/calendars/{place}/days",
        params={"since": on, "until": on},
        headers=desk.issuer.bearer("calendars"),
    )
    return dict(answer.json()["items"][0])


def kept(desk: Desk) -> Repositories:
    found: Repositories = desk.app.state.repositories
    return found


async def days_of(desk: Desk, case_id: str) -> tuple[str | None, str | None]:
    found = (await kept(desk).cases.get(desk.centre, UUID(case_id))).days
    return _said(found.due_on), _said(found.silent_after_on)


def _said(on: date | None) -> str | None:
    return None if on is None else on.isoformat()


async def told(desk: Desk, centre: UUID) -> list[Any]:
    await sequencer.sequence(kept(desk).engine)
    return await kept(desk).events.after(centre, 0, limit=500)


async def licensing_office(desk: Desk) -> tuple[str, str]:
    """A centre whose text says nothing of silence, with the national layer below it, in Aohan; the
    address of its cases and the id of its one item."""
    centre_id, item_id = uuid7(), uuid7()
    office = {
        "id": centre_id,
        "code": f"office-{centre_id.hex[:12]}",
        "name": "试验中心",
        "level": "county",
        "region": "150430",
        "regulation": "aohan",
        "national": True,
    }
    offered = {
        "centre_id": centre_id,
        "id": item_id,
        "name": "试验许可",
        "kind": "promised",
        "statutory_days": 20,
        "promised_days": 5,
        "licence": True,
        "exclusions_in_guide": [],
    }
    async with kept(desk).engine.connect() as connection:
        await connection.execute(insert(centre), office)
        await connection.execute(insert(item), offered)
    return f"/v1/centres/{centre_id}/cases", str(item_id)
