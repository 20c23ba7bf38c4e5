"""The service in process: its app with the probe routes, a client, and tokens of its own issuer."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from app.api import logging
from app.api.deps import now_in_shanghai
from app.api.keys import ensure_local_keys
from app.api.security import SCOPES, Grant, mint
from app.domain.organisation.authority import Body
from app.main import create_app
from app.settings import Settings
from tests.api import probe

CENTRE = UUID("0193e7a1-0000-7000-8000-000000000001")
OTHER_CENTRE = UUID("0193e7a1-0000-7000-8000-000000000002")


@dataclass(frozen=True)
class Speaker:
    """For whom a token speaks: its subject, bodies and departments."""

    bodies: tuple[Body, ...] = ()
    departments: tuple[UUID, ...] = ()
    subject: str = "tester"


EVERYBODY = Speaker(bodies=tuple(Body))


@dataclass(frozen=True)
class Issuer:
    """Who signs the tokens of these tests."""

    settings: Settings
    made: dict[object, str] = field(default_factory=dict)  # Signing takes as long as ten requests.

    def token(
        self,
        *scopes: str,
        centres: tuple[UUID, ...] = (CENTRE,),
        platform: bool = False,
        by: Speaker = EVERYBODY,
    ) -> str:
        """A good token; with all scopes when none is named, for every body when none is."""
        grant = Grant(
            subject=by.subject,
            roles=tuple(by.bodies),
            departments=by.departments,
            scopes=scopes or tuple(SCOPES),
            issuer=self.settings.issuer,
            audience=self.settings.audience,
            centres=centres,
            platform=platform,
        )
        if grant not in self.made:
            now = datetime.now(UTC)  # noqa: TID251 - the service compares it with its own clock
            self.made[grant] = mint(self.settings.signing_key, grant, now=now)
        return self.made[grant]

    def bearer(
        self,
        *scopes: str,
        centres: tuple[UUID, ...] = (CENTRE,),
        platform: bool = False,
        by: Speaker = EVERYBODY,
    ) -> dict[str, str]:
        """The same as a request header."""
        token = self.token(*scopes, centres=centres, platform=platform, by=by)
        return {"Authorization": f"Bearer {token}"}


@pytest.fixture(scope="session")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the key pair of a trial."""
    var = tmp_path_factory.mktemp("var")
    ensure_local_keys(var)
    return var


@pytest.fixture(scope="session")
def issuer(trial: Path) -> Issuer:
    return Issuer(Settings(var=trial))


@pytest.fixture(scope="session")
async def started(issuer: Issuer) -> AsyncIterator[FastAPI]:
    app = create_app(issuer.settings)
    app.include_router(probe.router)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
def edge(started: FastAPI) -> Iterator[FastAPI]:
    """The app with the probe routes, started, without a database."""
    yield started
    started.state.clock = now_in_shanghai


@pytest.fixture
async def client(edge: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(edge)
    async with httpx.AsyncClient(transport=transport, base_url="http://guiju") as client:
        yield client


@pytest.fixture
def log(edge: FastAPI) -> StringIO:
    """What this process writes to its log from here on."""
    written = StringIO()
    logging.configure("info", written)
    return written
