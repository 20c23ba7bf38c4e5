"""The doors that are tried, over a database of their own, on 2025-09-30 at ten."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.api.access.asking import Watched
from tests.api.access.document import DOCUMENT, MATRIX, lists
from tests.api.access.kept import Ids, ids
from tests.api.access.tokens import Tokens
from tests.api.access.trying import Doors, example_of
from tests.api.access.twins import ensure_twins, told_of_twins
from tests.api.cases.desk import at, serving
from tests.api.conftest import Issuer
from tests.api.stories.hall import Hall
from tests.api.stories.told import READ, SENT
from tests.databases import Server


@pytest.fixture(scope="session")
async def doors(server: Server, trial: Path, issuer: Issuer) -> AsyncIterator[Doors]:
    clone = server.clone(f"{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}_access")
    async with serving(clone.service_url, trial) as app:
        await ensure_twins(app.state.repositories.engine)
        app.state.clock = lambda: at("2025-09-30")
        app.openapi_schema = DOCUMENT  # It is the same, and takes seconds to make.
        watched = Watched(app)
        async with httpx.AsyncClient(transport=watched, base_url="http://guiju") as client:
            yield Doors(Hall(app, client, issuer), watched, Tokens(issuer), MATRIX.rows)


@pytest.fixture(scope="session")
async def filled(doors: Doors) -> Ids:
    """The ids of everything, once the stories of what belongs to a centre have been told at their
    centres and at the twins, so that there is something to see."""
    await _tell(doors)
    doors.watched.at_twins = True
    with told_of_twins():
        await _tell(doors)
    doors.watched.at_twins = False
    await doors.hall.sequence()
    return await ids(doors.engine)


async def _tell(doors: Doors) -> None:
    """One story of each list and of each act; what reads one thing adds nothing."""
    listed = {id_: READ[id_] for id_ in lists() if id_ in READ}
    acted = {id_: SENT[id_, example] for id_, example in SENT if example == example_of(id_)}
    for id_, story in {**listed, **acted}.items():
        if "{centre}" in doors.hall.operations[id_].path:
            answer = await story(doors.hall)
            assert answer.is_success, f"{id_}: {answer.text}"
