"""A centre of one's own under any regulation: its items, their changes, guides and forms."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI

from app.db.departments import department_office
from app.db.ids import uuid7
from app.db.mandates import mandate
from app.db.repositories import Repositories
from app.db.windows import window
from app.domain.organisation.authority import Body
from tests.api.cases.desk import at
from tests.api.conftest import EVERYBODY, Issuer, Speaker
from tests.api.windows.place import SINCE, Place
from tests.kept import new_centre

# Any: bodies and answers are the free JSON that they are.
Json = dict[str, Any]
CLASS: Final[Mapping[str, str]] = {
    "erdos-hitech": "公共服务",
    "nanchang": "行政许可",
    "aohan": "行政许可",
}
APPROVED: Final[Json] = {
    "ground": "government_approval",
    "approval": {"by": "government", "number": "政发〔2025〕12号", "issued_on": "2025-09-30"},
    "reason": "专业设备无法进厅",
}
COMPLETE: Final[Json] = {
    "item_name": "食品经营许可",
    "subject": "市场监督管理局",
    "legal_basis": [{"law": "食品安全法", "main_clauses": "第三十五条"}],
    "statutory_limit": "20个工作日",
    "promised_limit": "10个工作日",
    "preconditions": [{"text": "无特别条件"}],
    "process": ["受理", "审核", "决定"],
    "materials": [{"name": "申请书", "format": "原件", "quantity": 1}],
    "fee_items": "无",
    "fee_basis": "无",
    "fee_standard": "不收费",
    "result": "办结之日在网站公布",
    "supervision_channel": "监督窗口",
    "content": "食品经营许可的新办",
    "standard": "当场受理",
}
CHANNELS: Final[Mapping[str, list[str]]] = {
    "erdos-hitech": ["website", "hall"],
    "nanchang": ["website", "touchscreen", "leaflet"],
    "aohan": ["website"],
    "tianya": [],
    "shapotou": [],
}


def as_(*bodies: Body) -> Speaker:
    return Speaker(bodies=bodies)


@dataclass
class Register(Place):
    """The items of one centre."""

    regulation: str = "nanchang"

    async def draft(self, **more: object) -> str:
        """The id of an item that was entered."""
        known: Json = {
            "name": "食品经营许可",
            "kind": "promised",
            "statutory_days": 20,
            "promised_days": 10,
        }
        if self.regulation in CLASS:
            known["item_class"] = CLASS[self.regulation]
        return await self.made("/items", known | more)

    async def office(self) -> tuple[str, str]:
        """A department and its current approval office."""
        department_id, id_ = await self.department(), uuid7()
        await self._kept(
            department_office,
            id=id_,
            department_id=UUID(department_id),
            name="审批处",
            since=SINCE,
        )
        return department_id, str(id_)

    async def hall_window(self) -> str:
        id_ = uuid7()
        await self._kept(window, id=id_, version=1, stage="active", kind="comprehensive")
        return str(id_)

    async def mandated(self, item_id: str, department_id: str) -> None:
        """The department lets its windows decide on the item, signed and filed long ago."""
        await self._kept(
            mandate,
            id=uuid7(),
            department_id=UUID(department_id),
            item_ids=[UUID(item_id)],
            powers=["accept", "decide"],
            since=SINCE,
            signed_on=SINCE,
            filed_on=SINCE,
            filing_number="备1",
            document={
                "title": "授权书",
                "number": "委〔2020〕1号",
                "issued_on": None,
                "address": "https://example.cn/m.pdf",
                "sha256": "0" * 64,
                "size": 1024,
            },
            version=1,
            entered_by="tester",
            entered_at=self.now[0],
        )

    async def tell(
        self, item_id: str, act: str, body: Json, *, by: Speaker = EVERYBODY
    ) -> httpx.Response:
        """What is done to an item, on the state that was seen last."""
        path = f"/items/{item_id}/{act}"
        return await self.post(path, body, by=by, etag=self.etags[item_id])

    async def submit(self, item_id: str, kind: str, /, **proposal: object) -> httpx.Response:
        body: Json = {"kind": kind, "reason": "年度梳理"}
        if proposal:
            body["proposal"] = proposal
        return await self.post(f"/items/{item_id}/changes", body)

    async def step(
        self, change: Json, step: str, *, by: Speaker = EVERYBODY, **said: object
    ) -> httpx.Response:
        """A step of a change, on the state that was seen last."""
        path = f"/items/{change['item_id']}/changes/{change['id']}/{step}"
        return await self.post(path, said, by=by, etag=self.etags[change["id"]])

    async def seen(self, item_id: str, **query: str) -> Json:
        """The item as it is now; its state is remembered as the one seen last."""
        answer = await self.get(f"/items/{item_id}", **query)
        assert answer.status_code == httpx.codes.OK, answer.text
        self.etags[item_id] = answer.headers["etag"]
        return dict(answer.json())

    async def guide(self, item_id: str, **more: object) -> Json:
        """A version of its guide that was drafted, perhaps for a later day (`since`)."""
        content = {name: said for name, said in more.items() if name != "since"}
        body: Json = {"content": COMPLETE | content, "since": more.get("since")}
        answer = await self.post(f"/items/{item_id}/guides", body)
        assert answer.status_code == httpx.codes.CREATED, answer.text
        return dict(answer.json())

    async def on_guide(
        self, guide: Json, act: str, body: Json, *, by: Speaker = EVERYBODY
    ) -> httpx.Response:
        path = f"/items/{guide['item_id']}/guides/{guide['id']}"
        if guide["id"] not in self.etags:
            self.etags[guide["id"]] = (await self.get(path)).headers["etag"]
        answer = await self.post(f"{path}/{act}", body, by=by, etag=self.etags[guide["id"]])
        if "etag" in answer.headers:
            self.etags[guide["id"]] = answer.headers["etag"]
        return answer

    async def publish(
        self, guide: Json, channels: list[str] | None = None, *, by: Speaker = EVERYBODY
    ) -> httpx.Response:
        chosen = CHANNELS[self.regulation] if channels is None else channels
        return await self.on_guide(guide, "publication", {"channels": chosen}, by=by)

    async def published(self, item_id: str, **more: object) -> Json:
        guide = await self.guide(item_id, **more)
        answer = await self.publish(guide)
        assert answer.status_code == httpx.codes.CREATED, answer.text
        return dict(answer.json())

    async def form(self, item_id: str, **more: object) -> httpx.Response:
        known: Json = {
            "kind": "sample",
            "title": "申请书示范文本",
            "file": {"address": "https://example.cn/a.pdf", "sha256": "a" * 64, "size": 1024},
        }
        return await self.post(f"/items/{item_id}/forms", known | more)

    async def apply(self, item_id: str) -> httpx.Response:
        body = {"item_id": item_id, "materials_complete": True, "channel": "window"}
        headers = self.issuer.bearer(centres=(self.centre,)) | {"Idempotency-Key": uuid4().hex}
        return await self.client.post(
            f"/v1/centres/{self.centre}/cases", json=body, headers=headers
        )

    async def public(self, path: str, etag: str | None = None, **query: str) -> httpx.Response:
        """Asked by nobody in particular."""
        headers = {"If-None-Match": etag} if etag else {}
        address = f"/v1/public/centres/{self.centre}/items{path}"
        return await self.client.get(address, params=query, headers=headers)


Opening = Callable[[str], Awaitable[Register]]


@asynccontextmanager
async def opening(app: FastAPI, issuer: Issuer) -> AsyncIterator[Opening]:
    """Opens a register under the regulation that is named."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://guiju") as client:
        now = [at("2025-10-09")]
        app.state.clock = lambda: now[0]

        async def opened(regulation: str) -> Register:
            kept: Repositories = app.state.repositories
            centre = await new_centre(kept.engine, regulation)
            return Register(app, client, issuer, centre.id, now, regulation=regulation)

        yield opened


def against(answer: httpx.Response) -> set[str]:
    """The rows that stand against what was asked, also of soft rules."""
    findings = answer.json()["decision"]["findings"]
    bad = {"violated", "overridable"}
    return {row for one in findings if one["result"] in bad for row in one["rows"]}


def missing_parts(answer: httpx.Response) -> list[str]:
    return [part["part"] for part in answer.json()["decision"]["values"]["missing"]]
