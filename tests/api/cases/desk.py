"""A centre's desk for tests: the service over a real database, at a moment that the test sets."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI

from app.db import demo, reference
from app.db.ids import uuid7
from app.db.repositories import Repositories
from app.domain.day import SHANGHAI
from app.main import create_app
from app.settings import Settings
from tests.api.conftest import Issuer

INSTANT, FIVE, TEN, LICENCE = range(4)
ELEMENTS = (
    "legal_basis",
    "statutory_limit",
    "promised_limit",
    "preconditions",
    "process",
    "materials",
    "forms_sample",
    "seal",
    "reason",
    "remedies",
)
NUMBERS = {place.code: number for number, place in enumerate(demo.CENTRES, start=1)}
Body = Mapping[str, object]


def at(day: str, hour: int = 10, minute: int = 0) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:{minute:02}:00+08:00").astimezone(SHANGHAI)


@dataclass
class Desk:
    """One centre, one caller, one clock; `post` sends a fresh key unless it is given one."""

    app: FastAPI
    client: httpx.AsyncClient
    issuer: Issuer
    code: str
    now: list[datetime]
    subject: str = "demo-clerk"
    etags: dict[str, str] = field(default_factory=dict)

    @property
    def centre(self) -> UUID:
        return demo.CENTRES[NUMBERS[self.code] - 1].id

    @property
    def path(self) -> str:
        return f"/v1/centres/{self.centre}/cases"

    def item(self, place: int) -> str:
        return str(demo.items_of(NUMBERS[self.code])[place].id)

    def person(self, place: int) -> str:
        return str(demo.persons_of(NUMBERS[self.code])[place].id)

    def move_to(self, day: str, hour: int = 10) -> None:
        self.now[0] = at(day, hour)

    def headers(self, **more: str) -> dict[str, str]:
        own = self.issuer.bearer(centres=(self.centre,)) | {"Content-Type": "application/json"}
        return own | {name.replace("_", "-"): value for name, value in more.items()}

    async def get(self, path: str, **query: str) -> httpx.Response:
        return await self.client.get(self.path + path, params=query, headers=self.headers())

    async def post(self, path: str, body: Body, **headers: str) -> httpx.Response:
        sent = self.headers(**{"Idempotency_Key": uuid4().hex, **headers})
        return await self.client.post(self.path + path, json=body, headers=sent)

    async def receive(self, item: int = FIVE, **more: object) -> dict[str, Any]:
        """A case that was taken in, as it was answered."""
        answer = await self.post("", self.application(item, **more))
        assert answer.status_code == 201, answer.text
        case: dict[str, Any] = answer.json()["case"]
        self.etags[case["id"]] = answer.headers["etag"]
        return case

    def application(self, item: int = FIVE, **more: object) -> dict[str, object]:
        known = {"item_id": self.item(item), "materials_complete": True, "channel": "window"}
        return known | more

    async def act(self, case_id: str, act: str, **body: object) -> httpx.Response:
        """An act on the state that was seen last."""
        answer = await self.post(f"/{case_id}/{act}", body, If_Match=self.etags[case_id])
        if answer.status_code == 201:
            self.etags[case_id] = answer.headers["etag"]
        return answer

    async def accept(self, case_id: str, **more: object) -> httpx.Response:
        body = {"form": "system", "channel": "window", "contains": ELEMENTS} | more
        return await self.act(case_id, "acceptance", **body)

    async def notify(self, case_id: str, *corrections: str, **more: object) -> httpx.Response:
        body = {
            "form": "written",
            "channel": "window",
            "corrections": corrections or ("甲",),
            "contains": ELEMENTS,
        }
        return await self.act(case_id, "notice", **body | more)


@asynccontextmanager
async def serving(url: str, trial: Path) -> AsyncIterator[FastAPI]:
    """The service over this database, with reference and demonstration data."""
    settings = Settings.model_validate({"var": trial, "database_url": url, "pool_size": 8})
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        kept: Repositories = app.state.repositories
        await reference.load(kept.engine, app.state.rulebooks, app.state.calendars)
        await demo.ensure(kept.engine)
        yield app


@asynccontextmanager
async def desk_of(app: FastAPI, issuer: Issuer, code: str) -> AsyncIterator[Desk]:
    """A desk of one of the demonstration centres, on 2025-09-30 at ten."""
    now = [at("2025-09-30")]
    app.state.clock = lambda: now[0]
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://guiju") as client:
        yield Desk(app, client, issuer, code, now)


def nowhere() -> str:
    return str(uuid7())
