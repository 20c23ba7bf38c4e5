"""The whole document, fuzzed: every operation answers as documented, whatever it is sent."""

import os
from datetime import UTC, datetime
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import positive_data_acceptance

from app.api.keys import ensure_local_keys
from app.api.security import SCOPES, Grant, mint
from app.db import reference
from app.db.engine import open_engine
from app.main import create_app
from app.settings import Settings
from tests.databases import Server, finished

EXAMPLES = 50


@pytest.fixture(scope="session")
def fuzzed(tmp_path_factory: pytest.TempPathFactory, server: Server) -> FastAPI:
    """The app on a database of its own, for it may change what all centres share; with the key
    pair of a trial."""
    var = tmp_path_factory.mktemp("fuzz")
    ensure_local_keys(var)
    url = server.clone(f"{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}_fuzz").service_url
    app = create_app(Settings.model_validate({"var": var, "database_url": url}))
    finished(put_in_force(url, app))
    return app


async def put_in_force(url: str, app: FastAPI) -> None:
    engine = open_engine(url, size=1)
    await reference.load(engine, app.state.rulebooks, app.state.calendars)
    await engine.dispose()


@pytest.fixture(scope="session")
def bearer(fuzzed: FastAPI) -> dict[str, str]:
    """A token that may do everything everywhere."""
    mine: Settings = fuzzed.state.settings
    grant = Grant(subject="fuzz", scopes=tuple(SCOPES), issuer=mine.issuer, platform=True)
    now = datetime.now(UTC)  # noqa: TID251 - the service compares it with its own clock
    return {"Authorization": f"Bearer {mint(mine.signing_key, grant, now=now)}"}


@pytest.fixture(scope="session")
def document(fuzzed: FastAPI) -> BaseSchema:
    return schemathesis.openapi.from_asgi("/openapi.json", fuzzed)


def operations() -> list[tuple[str, str]]:
    """Every path and method that the document names; the settings do not change it."""
    paths = create_app(Settings()).openapi()["paths"]
    return [(path, method) for path, methods in paths.items() for method in methods]


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize(("path", "method"), operations())
def test_an_operation_keeps_to_its_document(
    document: BaseSchema, bearer: dict[str, str], path: str, method: str, mode: GenerationMode
) -> None:
    operation = document[path][method]

    # What no schema can say (one unit of three, at most 800 days) is a documented 422.
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def keeps_to_it(case: Case[Any]) -> None:  # Any: whatever the operation takes
        case.call_and_validate(headers=bearer, excluded_checks=[positive_data_acceptance])

    try:
        keeps_to_it()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE  # Nothing can be wrong where nothing is sent.
