"""Rate limits: each client has its own, nobody learns more than what is left, health is free."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send

from app.api.rate_limit import Allowance, Cells, RateLimit
from app.main import create_app
from app.settings import Settings
from tests.api import probe
from tests.api.conftest import Issuer


@given(
    rate=st.floats(0.1, 1000),
    burst=st.integers(1, 50),
    pauses=st.lists(st.floats(0, 2), min_size=1, max_size=200),
)
def test_in_no_span_of_time_is_more_allowed_than_the_burst_and_the_rate(
    rate: float, burst: int, pauses: list[float]
) -> None:
    cells = Cells(Allowance(rate, burst))
    now, allowed = 1000.0, []
    for pause in pauses:
        now += pause
        if not cells.take("a", now).wait:
            allowed.append(now)
    for first, since in enumerate(allowed):
        for until in allowed[first:]:
            taken = sum(since <= at <= until for at in allowed)
            assert taken <= burst + rate * (until - since) + 1e-3


@given(rate=st.floats(0.1, 1000), burst=st.integers(1, 50))
def test_a_whole_burst_is_allowed_and_the_next_one_after_the_wait_that_was_told(
    rate: float, burst: int
) -> None:
    cells = Cells(Allowance(rate, burst))
    left = [cells.take("a", 5.0).left for _ in range(burst)]
    assert left == list(range(burst - 1, -1, -1))
    refused = cells.take("a", 5.0)
    assert refused.wait > 0
    assert cells.take("b", 5.0).left == burst - 1
    assert cells.take("a", 5.0 + refused.wait).wait == 0
    assert cells.take("a", 5.0 + refused.wait + burst / rate + 1).left == burst - 1


async def nobody(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """An app that answers nobody."""


async def silence() -> Message:
    return {}


async def unheard(_message: Message) -> None:
    """A way back that leads nowhere."""


async def test_a_crowd_of_addresses_does_not_fill_the_memory() -> None:
    limit = RateLimit(nobody, Allowance(0.001, 2), lambda: 1.0)
    for number in range(25_000):
        scope = {"type": "http", "path": "/", "headers": [], "client": (str(number), 1)}
        await limit(scope, silence, unheard)
    assert len(limit._cells._whole_at) <= 10_000  # noqa: SLF001 - nobody else can see it


def limited(issuer: Issuer, **more: float) -> FastAPI:
    var = issuer.settings.var
    app = create_app(Settings.model_validate({"var": var, "rate_limit": 0.001, **more}))
    app.include_router(probe.router)
    return app


@asynccontextmanager
async def calling(app: FastAPI, host: str = "192.0.2.1") -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, client=(host, 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://guiju") as client:
        yield client


@pytest.mark.parametrize("path", ["/v1/calendars", "/v1/nothing", "/docs", "/probe/now"])
async def test_whoever_asks_too_much_is_answered_429_on_every_route(
    issuer: Issuer, path: str
) -> None:
    async with calling(limited(issuer, rate_burst=2)) as client:
        told = [(await client.get(path)).headers["ratelimit"] for _ in range(2)]
        refused = await client.get(path)
    assert told == ['"client";r=1;t=1000', '"client";r=0;t=2000']
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "too_many_requests"
    assert refused.json()["request_id"] == refused.headers["x-request-id"]
    assert refused.headers["retry-after"] in {"999", "1000"}
    assert refused.headers["ratelimit"] == '"client";r=0;t=2000'
    assert refused.headers["ratelimit-policy"] == '"client";q=2;w=2000'


async def test_a_client_is_whom_its_tokens_name_wherever_it_calls_from(issuer: Issuer) -> None:
    app = limited(issuer, rate_burst=3)
    first, second = issuer.bearer("calendars"), issuer.bearer("calendars", "rulings")
    async with calling(app, "192.0.2.1") as here, calling(app, "192.0.2.2") as there:
        # The first request with a token is still counted by address.
        assert (await here.get("/v1/calendars", headers=first)).status_code == 200
        assert (await there.get("/v1/calendars", headers=second)).status_code == 200
        statuses = [
            (await at.get("/v1/calendars", headers=token)).status_code
            for at, token in [(here, first), (there, second), (there, first), (here, second)]
        ]
        assert statuses == [200, 200, 200, 429]
        assert (await here.get("/v1/calendars")).status_code == 401


async def test_tokens_that_prove_nothing_are_counted_by_address(issuer: Issuer) -> None:
    async with calling(limited(issuer, rate_burst=3)) as client:
        statuses = [
            (
                await client.get("/v1/calendars", headers={"Authorization": f"Bearer {number}"})
            ).status_code
            for number in range(5)
        ]
    assert statuses == [401, 401, 401, 429, 429]


async def test_nobody_is_kept_from_seeing_whether_we_live(issuer: Issuer) -> None:
    async with calling(limited(issuer, rate_burst=1)) as client:
        for _ in range(5):
            answer = await client.get("/livez")
            assert answer.status_code == 200
            assert "ratelimit" not in answer.headers
            assert (await client.get("/metrics")).status_code == 200


async def test_zero_sets_no_limit(issuer: Issuer) -> None:
    async with calling(limited(issuer, rate_limit=0, rate_burst=1)) as client:
        answers = [await client.get("/probe/now") for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    assert "ratelimit" not in answers[0].headers


def test_every_operation_but_those_of_health_is_documented_with_429(issuer: Issuer) -> None:
    document = create_app(issuer.settings).openapi()
    limited = {
        path
        for path, methods in document["paths"].items()
        for operation in methods.values()
        if "429" in operation["responses"]
    }
    assert limited == document["paths"].keys() - {"/livez", "/readyz"}
    described = document["components"]["responses"]["Problem429"]["headers"]
    assert described.keys() == {"Retry-After", "RateLimit", "RateLimit-Policy"}
