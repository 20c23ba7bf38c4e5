"""This worker's database as the service sees it, and as the owner of the schema does."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection, Engine, event
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql import ClauseElement

from app.db.engine import open_engine
from tests.tenancy import offences


@event.listens_for(Engine, "before_execute")
def _check_tenancy(_connection: Connection, statement: object, *_parameters: object) -> None:
    """No statement of the whole run touches rows of a centre without naming it."""
    if isinstance(statement, ClauseElement) and (found := offences(statement)):
        raise AssertionError(f"rows of {', '.join(found)} without their centre: {statement}")


@pytest.fixture(scope="session")
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """As the service's role."""
    engine = open_engine(database_url)
    yield engine
    await engine.dispose()


@pytest.fixture(scope="session")
async def owner(owner_url: str) -> AsyncIterator[AsyncEngine]:
    """As the owner of the schema."""
    engine = open_engine(owner_url, size=2)
    yield engine
    await engine.dispose()
