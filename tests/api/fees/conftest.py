"""Offices under every regulation, over one database of this worker."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from tests.api.cases.desk import serving
from tests.api.conftest import Issuer
from tests.api.fees.office import Opening, opening


@pytest.fixture(scope="session")
async def service(database_url: str, trial: Path) -> AsyncIterator[FastAPI]:
    async with serving(database_url, trial) as app:
        yield app


@pytest.fixture
async def office(service: FastAPI, issuer: Issuer) -> AsyncIterator[Opening]:
    """Opens an office under the regulation that is named."""
    async with opening(service, issuer) as opened:
        yield opened
