"""Two processes of the service over one database of their own, for dates change what all compute
with."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.cases.desk import Desk, desk_of, serving
from tests.api.conftest import Issuer
from tests.databases import Clone


@pytest.fixture
async def aohan(fresh_database: Clone, trial: Path, issuer: Issuer) -> AsyncIterator[Desk]:
    async with (
        serving(fresh_database.service_url, trial) as app,
        desk_of(app, issuer, "aohan") as desk,
    ):
        yield desk


@pytest.fixture
async def beside(
    fresh_database: Clone, trial: Path, issuer: Issuer, aohan: Desk
) -> AsyncIterator[Desk]:
    """The same desk in another process of the service."""
    async with (
        serving(fresh_database.service_url, trial) as app,
        desk_of(app, issuer, "aohan") as desk,
    ):
        yield desk
