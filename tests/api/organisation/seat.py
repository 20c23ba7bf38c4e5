"""A centre of one's own at any level, with windows that stand since a day."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from sqlalchemy import Table, insert, select

from app.db.centres import centre as centres
from app.db.ids import uuid7
from app.db.persons import person
from app.db.repositories import Repositories
from app.db.windows import window, window_version
from app.domain.organisation.centre import Centre, Level
from tests.api.cases.desk import at
from tests.api.conftest import Issuer
from tests.api.windows.place import Json, Place
from tests.kept import new_centre

THEN = datetime(2025, 1, 2, 2, tzinfo=UTC)


@dataclass
class Seat(Place):
    """One centre, one clock, and whoever is asked to speak."""

    async def department_since(self, since: str = "2020-01-01", **more: object) -> str:
        known: Json = {"name": f"试验局{uuid4().hex[:12]}", "since": since}
        return await self.made("/departments", known | more)

    async def subject(self) -> tuple[str, str]:
        """A person, and the subject of this person's tokens."""
        id_, subject = uuid7(), f"p-{uuid4().hex}"
        await self.keep(person, id=id_, subject=subject, role="clerk")
        return str(id_), subject

    async def window_since(
        self, department_id: str, since: str = "2024-01-02", stage: str = "active"
    ) -> str:
        """A window of the department, as it stands since that day."""
        id_ = uuid7()
        now = {"stage": stage, "kind": "own", "department_id": UUID(department_id)}
        await self.keep(window, id=id_, version=1, **now)
        await self.keep(
            window_version,
            window_id=id_,
            version=1,
            since=date.fromisoformat(since),
            recorded_at=THEN,
            name="试验窗口",
            opened_on=date.fromisoformat(since),
            closed_on=date.fromisoformat(since) if stage == "closed" else None,
            temporary=False,
            large_volume=False,
            **now,
        )
        return str(id_)

    async def taken(self, office: str, **more: object) -> httpx.Response:
        """Somebody is to take the office, since 2025-10-09 unless it is told."""
        known: Json = {"office": office, "since": "2025-10-09"}
        who = more.pop("person_id", None) or await self.person()
        return await self.post("/appointments", known | {"person_id": who} | more)

    async def left(self, appointment_id: str, until: str) -> httpx.Response:
        body = {"until": until, "reason": "工作调整"}
        path = f"/appointments/{appointment_id}/end"
        return await self.post(path, body, etag=self.etags[appointment_id])

    async def gaps(self, on: str = "2025-10-09") -> list[tuple[str, str | None, str | None]]:
        """What is wanting: name, department and the day until which there was one."""
        found = await self.listed("/gaps", on=on)
        return [(gap["name"], gap["department_id"], gap["ended_on"]) for gap in found]

    async def platform(self, path: str, body: Json) -> httpx.Response:
        """Asked with the platform's token, outside this centre."""
        headers = self.issuer.bearer(platform=True) | {"Idempotency-Key": uuid4().hex}
        return await self.client.post(path, json=body, headers=headers)

    async def below(self, level: Level, regulation: str = "shapotou") -> "Seat":
        """Another centre, right below this one."""
        async with self.kept.engine.connect() as connection:
            row = (
                await connection.execute(select(centres).where(centres.c.id == self.centre))
            ).one()
        made = await new_centre(
            self.kept.engine,
            regulation,
            level,
            below=Centre(
                **{
                    name: getattr(row, name)
                    for name in ("id", "code", "name", "level", "region", "regulation", "national")
                }
            ),
        )
        return Seat(self.app, self.client, self.issuer, made.id, self.now)

    async def keep(self, table: Table, **row: object) -> None:
        async with self.kept.engine.connect() as connection:
            await connection.execute(insert(table), {"centre_id": self.centre, **row})


Seating = Callable[..., Awaitable[Seat]]


@asynccontextmanager
async def seating(app: FastAPI, issuer: Issuer) -> AsyncIterator[Seating]:
    """Makes a centre under the regulation that is named, of a county unless another level is."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://guiju") as client:
        now = [at("2025-10-09")]
        app.state.clock = lambda: now[0]

        async def seated(regulation: str, level: Level = Level.COUNTY) -> Seat:
            kept: Repositories = app.state.repositories
            made = await new_centre(kept.engine, regulation, level)
            return Seat(app, client, issuer, made.id, now)

        yield seated
