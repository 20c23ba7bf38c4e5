"""Centres under every regulation and at every level, over one database of this worker."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from tests.api.cases.desk import serving
from tests.api.conftest import Issuer
from tests.api.organisation.seat import Seating, seating


@pytest.fixture(scope="session")
async def service(database_url: str, trial: Path) -> AsyncIterator[FastAPI]:
    async with serving(database_url, trial) as app:
        yield app


@pytest.fixture
async def seat(service: FastAPI, issuer: Issuer) -> AsyncIterator[Seating]:
    """A centre of its own under the regulation that is named, on 2025-10-09 at ten."""
    async with seating(service, issuer) as seated:
        yield seated
