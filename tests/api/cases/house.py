"""A house for tests: a centre with a department, its window and item, and cases that go through."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from sqlalchemy import update

from app.db import windows
from app.db.appointments import appointment
from app.db.centre_settings import centre_setting
from app.db.delegations import delegation
from app.db.guides import guide
from app.db.ids import uuid7
from app.db.item_placements import item_placement
from app.db.item_windows import item_window
from app.db.items import item
from app.db.mandates import mandate
from app.db.persons import person
from app.db.repositories import Repositories
from app.domain.organisation.authority import Body
from app.domain.organisation.window import Window, WindowKind, WindowStage
from tests.api.cases.desk import ELEMENTS, at
from tests.api.conftest import Issuer, Speaker
from tests.api.items.register import COMPLETE
from tests.api.windows.place import SINCE, Place
from tests.kept import new_centre

# Any: bodies and answers are the free JSON that they are.
Json = dict[str, Any]
NOBODY = Speaker()
PAPER: Json = {
    "title": "授权书",
    "number": "委〔2025〕1号",
    "issued_on": None,
    "address": "https://example.cn/m.pdf",
    "sha256": "0" * 64,
    "size": 1024,
}


@dataclass
class House(Place):
    """One department `unit` with one item; whoever calls names no body unless one is named."""

    unit: str = ""
    thing: str = ""

    def clerk_of(self, department_id: str | None = None, subject: str = "clerk") -> Speaker:
        return self.speaker(Body.WINDOW_CLERK, department_id=department_id, subject=subject)

    def speaker(
        self, *bodies: Body, department_id: str | None = None, subject: str = "clerk"
    ) -> Speaker:
        return Speaker(
            bodies=bodies, departments=(UUID(department_id or self.unit),), subject=subject
        )

    async def standing(
        self,
        kind: WindowKind = WindowKind.OWN,
        *,
        of: str | None = None,
        stage: WindowStage = WindowStage.ACTIVE,
    ) -> str:
        """A window that has been at that stage since long ago."""
        owner = of or (self.unit if kind is WindowKind.OWN else None)
        made = Window(
            id=uuid7(),
            version=1,
            stage=stage,
            kind=kind,
            name="试验窗口",
            since=SINCE,
            department_id=UUID(owner) if owner else None,
            opened_on=None if stage is WindowStage.PREPARED else SINCE,
            closed_on=SINCE if stage is WindowStage.CLOSED else None,
        )
        async with self.kept.engine.connect() as connection:
            await windows.add(connection, self.centre, made, self.now[0])
        return str(made.id)

    async def assigned(self, window_id: str) -> str:
        await self._kept(
            item_window,
            id=uuid7(),
            item_id=UUID(self.thing),
            window_id=UUID(window_id),
            since=SINCE,
        )
        return window_id

    async def mandated(self, *powers: str, since: str = "2025-01-01", **more: object) -> None:
        row: Json = {
            "id": uuid7(),
            "department_id": UUID(self.unit),
            "item_ids": [UUID(self.thing)],
            "powers": list(powers or ("decide", "seal")),
            "since": date.fromisoformat(since),
            "signed_on": date.fromisoformat(since),
            "document": PAPER,
            "version": 1,
            "entered_by": "tester",
            "entered_at": self.now[0],
        }
        await self._kept(mandate, **row | more)

    async def delegated(self, window_id: str, since: str, until: str) -> None:
        """By the government, for few items that are asked for seldom."""
        await self._kept(
            delegation,
            id=uuid7(),
            version=1,
            department_id=UUID(self.unit),
            window_id=UUID(window_id),
            few_items=True,
            low_frequency=True,
            since=date.fromisoformat(since),
            until=date.fromisoformat(until),
            approval_by="government",
            approval_number="府办〔2025〕7号",
            approval_issued_on=date(2025, 9, 1),
        )

    async def holds(
        self, subject: str, office: str, since: date = SINCE, until: date | None = None
    ) -> None:
        """The person of that subject holds an office of the department."""
        person_id = uuid7()
        await self._kept(person, id=person_id, subject=subject, role="clerk")
        await self._kept(
            appointment,
            id=uuid7(),
            office=office,
            department_id=UUID(self.unit),
            person_id=person_id,
            since=since,
            until=until,
            ended_because="期满" if until else None,
            outside_duties=[],
        )

    async def guided(self, effective_on: str, *materials: str) -> None:
        """A version of the item's guide that is in force from that day."""
        day, content = (
            date.fromisoformat(effective_on),
            COMPLETE
            | {
                "materials": [{"name": name, "format": "原件", "quantity": 1} for name in materials]
            },
        )
        number = len((await self.get(f"/items/{self.thing}/guides")).json()["items"]) + 1
        await self._kept(
            guide,
            id=uuid7(),
            item_id=UUID(self.thing),
            number=number,
            version=1,
            content=content,
            since=day,
            channels=[],
            published_on=day,
            published_by="tester",
            effective_on=day,
        )

    async def placed_outside(self) -> None:
        """The item is handled outside the hall, with the government's approval."""
        await self._kept(
            item_placement,
            id=uuid7(),
            item_id=UUID(self.thing),
            placement="outside",
            off_system=False,
            ground="government_approval",
            reason="专业设备",
            since=SINCE,
            approval_by="government",
            approval_number="1",
            approval_issued_on=SINCE,
        )

    async def mode(self, mode: str, since: str) -> None:
        """How strict the centre is about the head of the approval office."""
        await self._kept(
            centre_setting,
            id=uuid7(),
            key="approval_head_mode",
            value=mode,
            since=date.fromisoformat(since),
            entered_by="tester",
            entered_at=self.now[0],
        )

    async def alter_item(self, **values: object) -> None:
        where = (item.c.centre_id == self.centre, item.c.id == UUID(self.thing))
        async with self.kept.engine.connect() as connection:
            await connection.execute(update(item).where(*where).values(**values))

    async def send(
        self, path: str, body: Json, *, by: Speaker = NOBODY, etag: str | None = None
    ) -> httpx.Response:
        headers = self.issuer.bearer(centres=(self.centre,), by=by)
        headers |= {"Idempotency-Key": uuid4().hex}
        if etag:
            headers["If-Match"] = etag
        path = f"/v1/centres/{self.centre}/cases{path}"
        answer = await self.client.post(path, json=body, headers=headers)
        if answer.status_code == httpx.codes.CREATED:
            self.etags[answer.json()["case"]["id"]] = answer.headers["etag"]
        return answer

    async def apply(self, **more: object) -> httpx.Response:
        known: Json = {"item_id": self.thing, "materials_complete": True, "channel": "window"}
        return await self.send("", known | more)

    async def received(self, **more: object) -> str:
        answer = await self.apply(**more)
        assert answer.status_code == httpx.codes.CREATED, answer.text
        return str(answer.json()["case"]["id"])

    async def do(
        self, case_id: str, act: str, *, by: Speaker = NOBODY, **body: object
    ) -> httpx.Response:
        """An act on the state that was seen last."""
        return await self.send(f"/{case_id}/{act}", body, by=by, etag=self.etags[case_id])

    async def accept(self, case_id: str, **more: object) -> httpx.Response:
        known: Json = {"form": "system", "channel": "window", "contains": ELEMENTS}
        return await self.do(case_id, "acceptance", **known | more)

    async def accepted(self, **more: object) -> str:
        case_id = await self.received(**more)
        answer = await self.accept(case_id)
        assert answer.status_code == httpx.codes.CREATED, answer.text
        return case_id

    async def decide(self, case_id: str, *, by: Speaker = NOBODY, **more: object) -> httpx.Response:
        return await self.do(case_id, "decision", by=by, **{"verdict": "granted"} | more)

    async def decided(self, **more: object) -> str:
        """A case that the department itself has decided."""
        case_id = await self.accepted(**more)
        answer = await self.decide(case_id, by=self.speaker(Body.DEPARTMENT))
        assert answer.status_code == httpx.codes.CREATED, answer.text
        return case_id


Housing = Callable[[str], Awaitable[House]]


@asynccontextmanager
async def housing(app: FastAPI, issuer: Issuer) -> AsyncIterator[Housing]:
    """Opens a house under the regulation that is named, on 2025-10-09 at ten."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://guiju") as client:
        now = [at("2025-10-09")]
        app.state.clock = lambda: now[0]

        async def opened(regulation: str) -> House:
            kept: Repositories = app.state.repositories
            centre = await new_centre(kept.engine, regulation)
            house = House(app, client, issuer, centre.id, now)
            house.unit = await house.department()
            house.thing = await house.item(house.unit)
            return house

        yield opened
