"""Two processes of the service over one database of their own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.cases.desk import Desk, desk_of, serving
from tests.api.conftest import Issuer
from tests.databases import Clone


@pytest.fixture
async def nanchang(fresh_database: Clone, trial: Path, issuer: Issuer) -> AsyncIterator[Desk]:
    """The desk on 2025-09-30; the first working day after the holidays is 2025-10-09."""
    async with (
        serving(fresh_database.service_url, trial) as app,
        desk_of(app, issuer, "nanchang") as desk,
    ):
        yield desk


@pytest.fixture
async def beside(
    fresh_database: Clone, trial: Path, issuer: Issuer, nanchang: Desk
) -> AsyncIterator[Desk]:
    """The same desk in another process of the service."""
    async with (
        serving(fresh_database.service_url, trial) as app,
        desk_of(app, issuer, "nanchang") as desk,
    ):
        yield desk
