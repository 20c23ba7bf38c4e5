"""What every test may ask for: a database built by the migrations, and a clean environment."""

import gc
import itertools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.api.access.summary import pytest_terminal_summary
from tests.databases import Clone, Server, begin_run, end_run, served

__all__ = ["pytest_terminal_summary"]  # the line that says how much of the matrix was tried

_numbers = itertools.count(1)
_LONGEST: Final = (
    *("test_fuzz.py", "test_fuzz_stateful.py", "test_cli.py", "test_cli_demo.py"),
    *("test_metrics.py", "test_special_days_guarded.py", "test_redaction_run.py"),
    *("test_coverage.py", "test_audit.py", "test_special_days.py", "test_embedded.py"),
)
_RANK: Final = {name: rank for rank, name in enumerate(_LONGEST)}

# What tests make is soon gone; to search it for circles as often as usual took a tenth of the time.
gc.set_threshold(5_000, 20, 100)


def pytest_configure(config: pytest.Config) -> None:
    """No setting of the one who runs the tests decides their outcome."""
    for name in list(os.environ):
        ours = name.startswith("GUIJU_") and not name.startswith("GUIJU_TEST_")
        if ours or name in {"DATABASE_URL", "PORT"} or name.startswith("PG"):
            del os.environ[name]
    if not hasattr(config, "workerinput"):
        begin_run()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: begun last, one of them would keep the other worker waiting."""
    items.sort(key=lambda item: _RANK.get(item.path.name, len(_RANK)))


def pytest_collection_finish() -> None:
    """What the tests are made of stays to the end: the collector need not walk it again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        end_run()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The server of this run, with a template that holds the newest schema."""
    with served() as server:
        server.ensure_template()
        yield server


@pytest.fixture(scope="session")
def database(server: Server) -> Clone:
    """This worker's database, which its tests use one after the other."""
    return server.clone(os.environ.get("PYTEST_XDIST_WORKER", "alone"))


@pytest.fixture(scope="session")
def database_url(database: Clone) -> str:
    """This worker's database as the service's role."""
    return database.service_url


@pytest.fixture(scope="session")
def owner_url(database: Clone) -> str:
    """This worker's database as the owner of the schema."""
    return database.owner_url


@pytest.fixture
def fresh_database(server: Server) -> Iterator[Clone]:
    """A database of one test's own, for callers that run at once and for broken schemas."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    clone = server.clone(f"{worker}_{next(_numbers)}")
    yield clone
    server.drop(clone)


@pytest.fixture(autouse=True)
def _nothing_left_elsewhere(request: pytest.FixtureRequest) -> Iterator[None]:
    """Remove the data that a service of the test kept outside its own folder (`postgres.place`)."""
    used = "tmp_path" in request.fixturenames
    folder: Path | None = request.getfixturevalue("tmp_path") if used else None
    yield
    for note in folder.glob("**/postgres.place") if folder else ():
        shutil.rmtree(note.read_text(encoding="utf-8").splitlines()[0], ignore_errors=True)
