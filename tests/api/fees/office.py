"""An office of a centre of one's own, under any regulation: its items, fees, cases and lists."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI

from app.db import sequencer
from app.db.repositories import Repositories
from app.domain.oversight.ledger import Entry
from tests.api.cases.desk import ELEMENTS, at
from tests.api.conftest import Issuer
from tests.kept import new_centre, new_item

# Any: bodies and answers are the free JSON that they are.
Json = dict[str, Any]
FISCAL = {"kind": "fiscal_account", "name": "财政专户"}
BANK = {"kind": "bank_window", "name": "农商行大厅窗口", "fiscal": True}
CASHIER = {"kind": "centre_cashier", "name": "中心收费台"}
APPRAISER = {"kind": "other", "name": "评估公司"}
FEE: Json = {
    "name": "证照工本费",
    "basis": "发改价格〔2015〕1号",
    "amount": "100.00",
    "unit": "证",
    "payment_method": "大厅窗口缴纳",
    "payee": FISCAL,
    "since": "2025-01-01",
}


@dataclass
class Office:
    """One caller, who may do everything at one centre, and one clock."""

    app: FastAPI
    client: httpx.AsyncClient
    issuer: Issuer
    centre: UUID
    item: UUID
    now: list[datetime] = field(default_factory=lambda: [at("2025-10-09")])

    def on(self, day: str, hour: int = 10) -> None:
        self.now[0] = at(day, hour)

    @property
    def kept(self) -> Repositories:
        found: Repositories = self.app.state.repositories
        return found

    async def get(self, path: str, **query: str) -> httpx.Response:
        headers = self.issuer.bearer(centres=(self.centre,))
        return await self.client.get(self._at(path), params=query, headers=headers)

    async def read(self, path: str, **query: str) -> Json:
        answer = await self.get(path, **query)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def post(self, path: str, body: Json, **headers: str) -> httpx.Response:
        own = self.issuer.bearer(centres=(self.centre,)) | {"Idempotency-Key": uuid4().hex}
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.post(self._at(path), json=body, headers=own | more)

    async def done(self, path: str, body: Json, **headers: str) -> Json:
        answer = await self.post(path, body, **headers)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def public(self, path: str, **query: str) -> httpx.Response:
        """What anybody is answered, without a token."""
        return await self.client.get(f"/v1/public/centres/{self.centre}{path}", params=query)

    async def open(self, path: str, **query: str) -> list[Json]:
        answer = await self.public(path, **query)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def fee(self, **more: object) -> str:
        """A fee of the item, as it was published."""
        made = await self.done(f"/items/{self.item}/fees", FEE | more)
        return str(made["id"])

    async def charge(self, **more: object) -> httpx.Response:
        known = {"item_id": str(self.item), "amount": "100.00", "payee": FISCAL}
        return await self.post("/charges", known | more)

    async def decided(self, verdict: str, **more: object) -> str:
        """The id of a case of the item that was decided so."""
        receipt = {"item_id": str(self.item), "materials_complete": True, "channel": "window"}
        answer = await self.post("/cases", receipt | more)
        acceptance = {"form": "system", "channel": "window", "contains": ELEMENTS}
        told = {"verdict": verdict, "reason": "不符合条件", "remedies": "可以复议"}
        for act, body in (("acceptance", acceptance), ("decision", told)):
            assert answer.status_code == 201, answer.text
            case_id: str = answer.json()["case"]["id"]
            answer = await self.post(
                f"/cases/{case_id}/{act}", body, If_Match=answer.headers["etag"]
            )
        assert answer.status_code == 201, answer.text
        return case_id

    async def entries(self) -> list[Entry]:
        """What the ledger has of this centre, in its order."""
        await sequencer.sequence(self.kept.engine)
        answer = await self.read("/audit")
        return list(answer["items"])

    def _at(self, path: str) -> str:
        return f"/v1/centres/{self.centre}{path}"


Opening = Callable[[str], Awaitable[Office]]


@asynccontextmanager
async def opening(app: FastAPI, issuer: Issuer) -> AsyncIterator[Opening]:
    """Opens an office under the regulation that is named, on 2025-10-09 at ten."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://guiju") as client:
        now = [at("2025-10-09")]
        app.state.clock = lambda: now[0]

        async def opened(regulation: str) -> Office:
            kept: Repositories = app.state.repositories
            centre = await new_centre(kept.engine, regulation)
            item = await new_item(kept.engine, centre.id)
            return Office(app, client, issuer, centre.id, item, now)

        yield opened
