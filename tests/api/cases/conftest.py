"""Desks of the demonstration centres, over one database of this worker."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from tests.api.cases.desk import Desk, desk_of, serving
from tests.api.cases.house import Housing, housing
from tests.api.conftest import Issuer


@pytest.fixture(scope="session")
async def service(database_url: str, trial: Path) -> AsyncIterator[FastAPI]:
    async with serving(database_url, trial) as app:
        yield app


@pytest.fixture
async def nanchang(service: FastAPI, issuer: Issuer) -> AsyncIterator[Desk]:
    async with desk_of(service, issuer, "nanchang") as desk:
        yield desk


@pytest.fixture
async def licensing(service: FastAPI, issuer: Issuer) -> AsyncIterator[Desk]:
    """Nanchang with the national layer below it."""
    async with desk_of(service, issuer, "nanchang-national") as desk:
        yield desk


@pytest.fixture
async def aohan(service: FastAPI, issuer: Issuer) -> AsyncIterator[Desk]:
    async with desk_of(service, issuer, "aohan") as desk:
        yield desk


@pytest.fixture
async def tianya(service: FastAPI, issuer: Issuer) -> AsyncIterator[Desk]:
    async with desk_of(service, issuer, "tianya") as desk:
        yield desk


@pytest.fixture
async def erdos(service: FastAPI, issuer: Issuer) -> AsyncIterator[Desk]:
    async with desk_of(service, issuer, "erdos-hitech") as desk:
        yield desk


@pytest.fixture
async def house_of(service: FastAPI, issuer: Issuer) -> AsyncIterator[Housing]:
    """A house of its own under the regulation that is named."""
    async with housing(service, issuer) as opened:
        yield opened
