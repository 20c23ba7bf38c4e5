"""A centre's staff for tests: a centre of one's own, its departments and people, at a moment that
the test sets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI

from app.db.repositories import Repositories
from app.domain.organisation.authority import Body
from app.domain.organisation.centre import Level
from tests.api.cases.desk import at
from tests.api.conftest import EVERYBODY, Issuer, Speaker
from tests.kept import new_centre, new_item

# Any: answers are read as the free JSON that they are.
Json = dict[str, Any]
NUMBERS: Final = count(1)
SCOPES: Final = ("centres:read", "people:write", "organisation:write", "personal:read")


@dataclass
class Staff:
    """One centre; whoever calls has every scope of these tests and the bodies that are named."""

    app: FastAPI
    client: httpx.AsyncClient
    issuer: Issuer
    centre: UUID
    etags: dict[str, str] = field(default_factory=dict)

    @property
    def kept(self) -> Repositories:
        kept: Repositories = self.app.state.repositories
        return kept

    def on(self, day: str) -> None:
        """Whatever happens next happens on that day at ten."""
        self.app.state.clock = lambda: at(day)

    async def get(self, path: str, **query: object) -> httpx.Response:
        answer = await self.client.get(
            self.path(path),
            params={name: str(value) for name, value in query.items()},
            headers=self.token(EVERYBODY),
        )
        self._remember(path, answer)
        return answer

    async def post(
        self, path: str, body: object, *, by: Speaker = EVERYBODY, etag: str | None = None
    ) -> httpx.Response:
        """With a fresh key, and with the version that was seen last."""
        headers = {**self.token(by), "Idempotency-Key": uuid4().hex}
        resource = path.rpartition("/")[0]
        if (known := etag or self.etags.get(resource)) is not None:
            headers["If-Match"] = known
        answer = await self.client.post(self.path(path), json=body, headers=headers)
        self._remember(resource, answer)
        return answer

    async def made(self, path: str, body: object, *, by: Speaker = EVERYBODY) -> Json:
        """What was made; a refusal fails the test."""
        answer = await self.post(path, body, by=by)
        assert answer.status_code == 201, answer.text
        found: Json = answer.json()
        if etag := answer.headers.get("etag"):
            self.etags[f"{path}/{found['id']}"] = etag
        return found

    def path(self, path: str) -> str:
        return f"/v1/centres/{self.centre}{path}"

    def token(self, by: Speaker) -> Mapping[str, str]:
        return self.issuer.bearer(*SCOPES, centres=(self.centre,), by=by)

    async def department(self, **more: object) -> str:
        said = {"name": f"部门{next(NUMBERS)}", "since": "2024-01-01", **more}
        return str((await self.made("/departments", said))["id"])

    async def person(self, **more: object) -> str:
        said = {"subject": f"s-{uuid4().hex}", "name": "张三", "role": "clerk", **more}
        return str((await self.made("/persons", said))["id"])

    async def posting(self, department: str, **more: object) -> str:
        """The id of a posting since 2025-01-02, of a person of its own unless one is named."""
        who = more.pop("person_id", None) or await self.person()
        said = {
            "person_id": who,
            "department_id": department,
            "role": "window_clerk",
            "since": "2025-01-02",
        }
        return str((await self.made("/postings", {**said, **more}))["id"])

    async def item(self) -> str:
        return str(await new_item(self.kept.engine, self.centre))

    def _remember(self, resource: str, answer: httpx.Response) -> None:
        if answer.is_success and (etag := answer.headers.get("etag")):
            self.etags[resource] = etag


async def staff_of(app: FastAPI, client: httpx.AsyncClient, issuer: Issuer, *place: str) -> Staff:
    """The staff of a new centre under a regulation, at a level (county unless it is named)."""
    regulation, level, *_ = *place, Level.COUNTY
    kept: Repositories = app.state.repositories
    centre = await new_centre(kept.engine, regulation, Level(level))
    staff = Staff(app, client, issuer, centre.id)
    staff.on("2025-10-09")
    return staff


def speaking(*bodies: Body, department: str | None = None, subject: str = "tester") -> Speaker:
    """A token of these bodies, of that department."""
    return Speaker(
        bodies=bodies,
        departments=(UUID(department),) if department else (),
        subject=subject,
    )


def cited(answer: httpx.Response) -> set[str]:
    """The rows that stand against it."""
    decision = answer.json()["decision"]
    return {
        row
        for finding in decision["findings"]
        if finding["result"] == "violated"
        for row in finding["rows"]
    }
