"""A centre of one's own under any regulation: its departments, who is in them, its windows."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from sqlalchemy import Table, insert

from app.db import sequencer
from app.db.appointments import appointment
from app.db.departments import department
from app.db.ids import uuid7
from app.db.items import item
from app.db.persons import person
from app.db.postings import posting
from app.db.repositories import Repositories
from tests.api.cases.desk import at
from tests.api.conftest import EVERYBODY, Issuer, Speaker
from tests.kept import new_centre

# Any: bodies and answers are the free JSON that they are.
Json = dict[str, Any]
APPROVED: Json = {"by": "government", "number": "府办〔2025〕7号", "issued_on": "2025-09-01"}
SINCE = date(2020, 1, 1)


@dataclass
class Place:
    """One centre, one clock, and whoever is asked to speak."""

    app: FastAPI
    client: httpx.AsyncClient
    issuer: Issuer
    centre: UUID
    now: list[datetime]
    etags: dict[str, str] = field(default_factory=dict)

    def on(self, day: str, hour: int = 10) -> None:
        self.now[0] = at(day, hour)

    @property
    def kept(self) -> Repositories:
        found: Repositories = self.app.state.repositories
        return found

    async def post(
        self,
        path: str,
        body: Json | None,
        *,
        by: Speaker = EVERYBODY,
        key: str | None = None,
        etag: str | None = None,
    ) -> httpx.Response:
        """With a fresh key, unless one is given."""
        headers = self.issuer.bearer(centres=(self.centre,), by=by)
        headers["Idempotency-Key"] = key or uuid4().hex
        if etag:
            headers["If-Match"] = etag
        answer = await self.client.post(self._at(path), json=body, headers=headers)
        if answer.status_code == httpx.codes.CREATED and "etag" in answer.headers:
            self.etags[answer.json()["id"]] = answer.headers["etag"]
        return answer

    async def get(self, path: str, **query: str) -> httpx.Response:
        headers = self.issuer.bearer(centres=(self.centre,))
        return await self.client.get(self._at(path), params=query, headers=headers)

    async def listed(self, path: str, **query: str) -> list[Json]:
        answer = await self.get(path, **query)
        assert answer.status_code == httpx.codes.OK, answer.text
        return list(answer.json()["items"])

    async def window(self, **more: object) -> str:
        """The id of a window that was set up."""
        known: Json = {"kind": "own", "name": "国土窗口", "reason": "统一安排"}
        return await self.made("/windows", known | more)

    async def made(self, path: str, body: Json, *, by: Speaker = EVERYBODY) -> str:
        answer = await self.post(path, body, by=by)
        assert answer.status_code == httpx.codes.CREATED, answer.text
        id_: str = answer.json()["id"]
        return id_

    async def act(
        self, window_id: str, act: str, body: Json | None = None, *, by: Speaker = EVERYBODY
    ) -> httpx.Response:
        """What is done to a window, on the state that was seen last."""
        path = f"/windows/{window_id}/{act}"
        return await self.post(path, body or {}, by=by, etag=self.etags[window_id])

    async def open_window(self, **more: object) -> str:
        id_ = await self.window(**more)
        opened = await self.act(id_, "activation")
        assert opened.status_code == httpx.codes.CREATED, opened.text
        return id_

    async def department(self) -> str:
        """A department that has been at the centre since long ago."""
        id_ = uuid7()
        await self._kept(department, id=id_, name=f"试验局{id_.hex}", kind="ordinary", since=SINCE)
        return str(id_)

    async def person(self, role: str = "clerk", subject: str | None = None) -> str:
        id_ = uuid7()
        await self._kept(person, id=id_, subject=subject or f"p-{id_.hex}", role=role)
        return str(id_)

    async def appoint(self, department_id: str, *offices: str, since: date = SINCE) -> str:
        """One person in these offices."""
        person_id = await self.person()
        for office in offices:
            await self._kept(
                appointment,
                id=uuid7(),
                office=office,
                department_id=UUID(department_id),
                person_id=UUID(person_id),
                since=since,
                outside_duties=[],
            )
        return person_id

    async def clerk(
        self, department_id: str, *, person_id: str | None = None, window_id: str | None = None
    ) -> None:
        await self._kept(
            posting,
            id=uuid7(),
            person_id=UUID(person_id or await self.person()),
            department_id=UUID(department_id),
            window_id=window_id and UUID(window_id),
            role="window_clerk",
            police=False,
            since=SINCE,
            regulation="test",
            edition="test",
            digest="",
            entered_by="tester",
            entered_at=self.now[0],
        )

    async def item(self, department_id: str | None) -> str:
        id_ = uuid7()
        await self._kept(
            item,
            id=id_,
            name="试验事项",
            kind="promised",
            statutory_days=20,
            promised_days=5,
            licence=False,
            exclusions_in_guide=[],
            department_id=department_id and UUID(department_id),
        )
        return str(id_)

    async def entries(self) -> list[Json]:
        """What the audit has of this centre, in its order."""
        await sequencer.sequence(self.kept.engine)
        return await self.listed("/audit")

    async def told(self) -> list[Json]:
        await sequencer.sequence(self.kept.engine)
        return await self.listed("/events")

    async def _kept(self, table: Table, **row: object) -> None:
        async with self.kept.engine.connect() as connection:
            await connection.execute(insert(table), {"centre_id": self.centre, **row})

    def _at(self, path: str) -> str:
        return f"/v1/centres/{self.centre}{path}"


Opening = Callable[[str], Awaitable[Place]]


@asynccontextmanager
async def opening(app: FastAPI, issuer: Issuer) -> AsyncIterator[Opening]:
    """Opens a place under the regulation that is named."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://guiju") as client:
        now = [at("2025-10-09")]
        app.state.clock = lambda: now[0]

        async def opened(regulation: str) -> Place:
            kept: Repositories = app.state.repositories
            centre = await new_centre(kept.engine, regulation)
            return Place(app, client, issuer, centre.id, now)

        yield opened


def cited(answer: httpx.Response) -> set[str]:
    """The rows that stand against what was refused."""
    findings = answer.json()["decision"]["findings"]
    return {row for one in findings if one["result"] == "violated" for row in one["rows"]}


def missing(answer: httpx.Response) -> list[str]:
    found: list[str] = answer.json()["decision"]["missing"]
    return found
