"""The hall in which the stories of a worker are told, on 2025-09-30 at ten."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.api.cases.desk import at, serving
from tests.api.conftest import Issuer
from tests.api.stories.hall import Hall
from tests.databases import Server


@pytest.fixture(scope="session")
async def hall(server: Server, trial: Path, issuer: Issuer) -> AsyncIterator[Hall]:
    """Over a database of its own, for stories change the calendar that all share."""
    clone = server.clone(f"{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}_stories")
    async with serving(clone.service_url, trial) as app:
        app.state.clock = lambda: at("2025-09-30")
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://guiju") as client:
            yield Hall(app, client, issuer)
