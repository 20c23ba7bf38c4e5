"""The service over this worker's database, and what makes centres with staff in it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from app.api.deps import now_in_shanghai
from tests.api.cases.desk import serving
from tests.api.conftest import Issuer
from tests.api.people.staff import Staff, staff_of

Hire = Callable[..., Awaitable[Staff]]


@pytest.fixture(scope="module")
async def service(database_url: str, trial: Path) -> AsyncIterator[FastAPI]:
    async with serving(database_url, trial) as app:
        yield app


@pytest.fixture
async def hire(service: FastAPI, issuer: Issuer) -> AsyncIterator[Hire]:
    """`await hire("shapotou", "village")`: a new centre and its staff."""
    transport = httpx.ASGITransport(service)
    async with httpx.AsyncClient(transport=transport, base_url="http://guiju") as client:

        async def hired(*place: str) -> Staff:
            return await staff_of(service, client, issuer, *place)

        yield hired
    service.state.clock = now_in_shanghai
