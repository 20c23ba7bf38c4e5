"""Centres over HTTP: what a token sees of them, page by page, and the events of each."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from app.db import demo, sequencer
from app.db.engine import open_engine
from app.db.ids import uuid7
from app.db.repositories import Repositories
from app.main import create_app
from tests.api.conftest import Issuer
from tests.kept import enter, entry, new_centre

# Any: answers are read as the free JSON that they are.
Json = dict[str, Any]
NANCHANG = demo.CENTRES[2]


@pytest.fixture(scope="module")
async def kept(database_url: str) -> AsyncIterator[Repositories]:
    engine = open_engine(database_url)
    await demo.ensure(engine)
    yield Repositories.over(engine)
    await engine.dispose()


@pytest.fixture(scope="module")
async def served(issuer: Issuer, kept: Repositories) -> FastAPI:
    app = create_app(issuer.settings)
    app.state.repositories = kept
    return app


@pytest.fixture
async def client(served: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(served)
    async with httpx.AsyncClient(transport=transport, base_url="http://guiju/v1") as client:
        yield client


async def read(
    client: httpx.AsyncClient, path: str, token: dict[str, str], **query: object
) -> Json:
    answer = await client.get(path, headers=token, params={k: str(v) for k, v in query.items()})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def status(client: httpx.AsyncClient, path: str, token: dict[str, str]) -> tuple[int, str]:
    answer = await client.get(path, headers=token)
    return answer.status_code, answer.json().get("code", "")


async def test_a_centre_is_read_by_id_and_by_code_with_an_etag(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    token = issuer.bearer("centres:read", centres=(NANCHANG.id,))
    by_id = await client.get(f"/centres/{NANCHANG.id}", headers=token)
    by_code = await client.get("/centres/nanchang", headers=token)
    assert (
        by_id.json()
        == by_code.json()
        == {
            "id": str(NANCHANG.id),
            "code": "nanchang",
            "name": NANCHANG.name,
            "level": "county",
            "region": "360100",
            "regulation": "nanchang",
            "national": False,
            "unit_type": None,
            "parent_id": None,
            "version": 1,
            "sandbox_on": None,
        }
    )
    assert by_id.headers["etag"] == by_code.headers["etag"]


async def test_a_token_of_one_centre_sees_no_other(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    token = issuer.bearer("centres:read", "cases:read", centres=(NANCHANG.id,))
    other = demo.CENTRES[3]
    seen = await read(client, "/centres", token)
    assert [one["code"] for one in seen["items"]] == ["nanchang"]
    for key in (other.id, other.code, uuid7(), "nowhere"):
        for path in ("", "/items", "/persons", "/events"):
            assert await status(client, f"/centres/{key}{path}", token) == (404, "not_found")


async def test_what_does_not_exist_and_what_is_hidden_are_told_in_the_same_words(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    token = issuer.bearer("centres:read", centres=(NANCHANG.id,))
    hidden = (await client.get("/centres/aohan", headers=token)).json()
    nothing = (await client.get("/centres/nowhere", headers=token)).json()
    assert hidden["detail"].replace("aohan", "") == nothing["detail"].replace("nowhere", "")
    assert hidden.keys() == nothing.keys()


async def test_the_platform_sees_all_centres_page_by_page(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    token = issuer.bearer("centres:read", platform=True)
    seen: list[str] = []
    page = await read(client, "/centres", token, limit=4)
    while True:
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        page = await read(client, "/centres", token, limit=4, after=page["next"])
    assert seen == sorted(set(seen))
    assert {str(centre.id) for centre in demo.CENTRES} <= set(seen)


async def test_a_token_without_the_scope_or_without_centres_sees_nothing(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    assert await status(client, "/centres", issuer.bearer("rulings")) == (403, "scope_missing")
    assert await status(client, "/centres", {}) == (401, "token_refused")
    none = issuer.bearer("centres:read", centres=())
    assert await read(client, "/centres", none) == {"items": [], "next": None}
    reader = issuer.bearer("centres:read", centres=(NANCHANG.id,))
    assert (await status(client, "/centres/nanchang/events", reader))[0] == 403


async def test_items_tell_their_limits_and_what_their_guide_announces(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    token = issuer.bearer("centres:read", centres=(NANCHANG.id,))
    first = await read(client, "/centres/nanchang/items", token, limit=3)
    last = await read(client, "/centres/nanchang/items", token, limit=3, after=first["next"])
    days = [(one["kind"], one["statutory_days"], one["promised_days"]) for one in first["items"]]
    assert days == [("instant", None, None), ("promised", 20, 5), ("promised", 20, 10)]
    (licence,) = last["items"]
    assert licence["licence"]
    assert len(licence["exclusions_in_guide"]) == 8
    assert last["next"] is None


async def test_events_are_read_in_order_and_again_from_a_position(
    client: httpx.AsyncClient, issuer: Issuer, kept: Repositories
) -> None:
    centre = await new_centre(kept.engine)
    token = issuer.bearer("cases:read", centres=(centre.id,))
    entered = [await enter(kept.engine, entry(centre.id)) for _ in range(3)]
    path = f"/centres/{centre.id}/events"
    assert await read(client, path, token) == {"items": [], "next": None}
    await sequencer.sequence(kept.engine)
    first = await read(client, path, token, limit=2)
    rest = await read(client, path, token, limit=2, after=first["next"])
    assert rest["next"] is None
    told = [*first["items"], *rest["items"]]
    assert [UUID(one["id"]) for one in told] == [one.id for one in entered]
    assert [one["position"] for one in told] == [1, 2, 3]
    assert told[0] == {
        "specversion": "1.0",
        "id": str(entered[0].id),
        "source": f"/v1/centres/{centre.id}",
        "type": "cn.guiju.refusal",
        "subject": None,
        "time": "2026-03-02T12:00:00+08:00",
        "datacontenttype": "application/json",
        "data": {"action": "refused", "rows": ["nanchang/20"]},
        "position": 1,
    }


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "after=x", "after=-1", f"after={2**63}", "page=2", "after=%00"],
)
async def test_a_page_that_cannot_be_is_refused(
    client: httpx.AsyncClient, issuer: Issuer, query: str
) -> None:
    token = issuer.bearer("cases:read", centres=(NANCHANG.id,))
    found = await status(client, f"/centres/nanchang/events?{query}", token)
    assert found == (422, "invalid_request")


@pytest.mark.parametrize(
    "key", ["%00ab", "a%0Ab", "%F0%9F%8F%9B%F0%9F%8F%9B%F0%9F%8F%9B", "NANCHANG"]
)
async def test_a_key_that_no_centre_has_is_not_found(
    client: httpx.AsyncClient, issuer: Issuer, key: str
) -> None:
    token = issuer.bearer("centres:read", platform=True)
    assert await status(client, f"/centres/{key}", token) == (404, "not_found")
