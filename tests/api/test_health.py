"""Health: alive is not ready."""

import httpx
from fastapi import FastAPI

from app.main import create_app
from app.settings import Settings
from tests.api.conftest import Issuer


def talk_to(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://guiju")


async def test_alive_needs_no_database_and_no_token(client: httpx.AsyncClient) -> None:
    answer = await client.get("/livez")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_without_a_database_it_is_not_ready(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")


async def test_with_the_schema_of_this_program_it_is_ready(
    issuer: Issuer, database_url: str
) -> None:
    app = create_app(Settings(var=issuer.settings.var, database_url=database_url))
    async with talk_to(app) as client:
        assert (await client.get("/readyz")).status_code == 200


async def test_with_a_database_that_is_down_it_is_busy(issuer: Issuer) -> None:
    nowhere = "postgresql://guiju_app@/guiju?host=/nowhere/at/all"
    app = create_app(Settings(var=issuer.settings.var, database_url=nowhere))
    async with talk_to(app) as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
