"""`guiju demo load`: centres of every regulation with organisation and cases, loaded only once."""

import asyncio
import os
import re
import signal
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

import app.calendars.load
import app.rulebooks.load
from app.api.security import SCOPES, Grant, mint
from app.cli_demo import Order, loaded_by
from app.db import demo, reference
from app.db.engine import open_engine
from app.demo.asking import DemoRefused
from app.demo.cases import EARLIER, TODAY, Telling
from app.demo.items import Served
from app.demo.load import Loaded
from app.demo.places import BELOW, COUNTIES, POSTS, SANDBOX, TOWNSHIP, UNITS, VILLAGE
from app.main import create_app
from app.settings import Settings
from tests.databases import Clone, Server, finished
from tests.test_cli import Done, Here, free_port, guiju, here, serving

__all__ = ["here"]  # the fixture

FILLED = (*COUNTIES, *BELOW, SANDBOX)
CASES = 5 * 2 * len(TODAY)
NOW = datetime.now(UTC)  # noqa: TID251 - the service compares tokens with its own clock


@dataclass(frozen=True)
class Trial:
    """A database with the six fixed centres, into which the command was run."""

    clone: Clone
    var: Path
    done: Done


async def prepare(clone: Clone, *, centres: bool) -> None:
    engine = open_engine(clone.service_url, size=1)
    await reference.load(engine, app.rulebooks.load.load(), app.calendars.load.load())
    if centres:
        await demo.ensure(engine)
    await engine.dispose()


@pytest.fixture(scope="module")
def trial(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Trial:
    clone = server.clone(f"{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}_demo")
    finished(prepare(clone, centres=True))
    var = tmp_path_factory.mktemp("demo")
    command = ("demo", "load", "--cases", str(CASES))
    return Trial(clone, var, guiju(var, *command, DATABASE_URL=clone.service_url))


@pytest.fixture(scope="module")
async def served(trial: Trial) -> AsyncIterator[FastAPI]:
    """The service over it."""
    settings = {"var": trial.var, "database_url": trial.clone.service_url}
    served = create_app(Settings.model_validate(settings))
    async with served.router.lifespan_context(served):
        yield served


@pytest.fixture
async def client(served: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of it, for the platform."""
    mine: Settings = served.state.settings
    everything = Grant(subject="reader", scopes=tuple(SCOPES), issuer=mine.issuer, platform=True)
    token = mint(mine.signing_key, everything, now=NOW)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(served),
        base_url="http://guiju",
        headers={"Authorization": f"Bearer {token}"},
    ) as client:
        yield client


# Any: answers are the free JSON that they are.
async def listed(client: httpx.AsyncClient, path: str) -> list[dict[str, Any]]:
    answer = await client.get(f"/v1/centres/{path}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def cases_of(client: httpx.AsyncClient, code: str) -> list[dict[str, Any]]:
    return await listed(client, f"{code}/cases?limit=200")


def test_a_line_tells_of_each_centre_and_one_of_all(trial: Trial) -> None:
    assert trial.done.returncode == 0, trial.done.stderr
    *lines, last = trial.done.stdout.splitlines()
    assert {line.partition(":")[0] for line in lines} == {place.code for place in FILLED}
    assert last == f"loaded {len(FILLED)} centres with {CASES} cases"


async def test_the_cases_are_in_all_stages(client: httpx.AsyncClient) -> None:
    found = [case for place in COUNTIES for case in await cases_of(client, place.code)]
    assert len(found) == CASES
    assert {case["stage"] for case in found} == {
        "received",
        "awaiting_correction",
        "accepted",
        "deemed_accepted",
        "declined",
        "suspended",
        "decided",
        "sealed",
        "completed",
    }
    late = Counter(case["standing"] for case in found)
    assert late["overdue"] >= 5
    assert late["completed_late"] >= 5
    assert late["completed_on_time"] >= 5


async def test_some_act_was_rectified_in_every_county(client: httpx.AsyncClient) -> None:
    for place in COUNTIES:
        audited = [
            (await client.get(f"/v1/centres/{place.code}/cases/{case['id']}")).json()["rectified"]
            for case in await cases_of(client, place.code)
            if case["stage"] == "received"
        ]
        assert any(audited), place.code


async def test_nothing_of_what_the_texts_ask_is_wanting(client: httpx.AsyncClient) -> None:
    for place in FILLED:
        assert await listed(client, f"{place.code}/gaps") == []
        assert await listed(client, f"{place.code}/postings/gaps") == []
        items = await listed(client, f"{place.code}/items?limit=200")
        of_departments = {item["id"] for item in items if item["department_id"]}
        assert len(of_departments) == 2 * len(place.units)
        lacking = await listed(client, f"{place.code}/items/gaps?limit=200")
        assert not of_departments & {gap["item_id"] for gap in lacking}


async def test_guides_are_open_to_everybody(client: httpx.AsyncClient) -> None:
    del client.headers["Authorization"]
    for place in FILLED:
        answer = await client.get(f"/v1/public/centres/{place.code}/items")
        assert answer.status_code == 200, answer.text
        assert answer.json()["items"]


async def test_the_sandbox_takes_a_case_and_its_day_can_be_set(client: httpx.AsyncClient) -> None:
    item = (await listed(client, "sandbox/items"))[0]
    keyed = {"Idempotency-Key": "sandbox-1"}
    body = {"item_id": item["id"], "materials_complete": True, "channel": "window"}
    received = await client.post("/v1/centres/sandbox/cases", json=body, headers=keyed)
    assert received.status_code == 201, received.text
    day = date.fromisoformat((await client.get("/v1/centres/sandbox")).json()["sandbox_on"])
    later = {"on": day.replace(year=day.year + 1, day=1).isoformat()}
    set_ = await client.post("/v1/centres/sandbox/sandbox-day", json=later, headers=keyed)
    assert (set_.status_code, set_.json()["on"]) == (201, later["on"])


async def count(clone: Clone, table: str) -> int:
    connection = await asyncpg.connect(clone.superuser_url.replace("+asyncpg", ""))
    try:
        rows = await connection.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608 - ours
        return int(rows)
    finally:
        await connection.close()


async def test_a_second_run_changes_nothing(
    trial: Trial, capsys: pytest.CaptureFixture[str]
) -> None:
    before, url = await count(trial.clone, "ledger"), trial.clone.service_url
    here = Here(trial.var, capsys)
    again = await asyncio.to_thread(here, "demo", "load", DATABASE_URL=url)
    assert again.returncode == 0, again.stderr
    assert again.stdout.splitlines()[-1].startswith("nothing to do")
    assert await count(trial.clone, "ledger") == before


def test_the_service_says_which_centres_it_has_and_when_they_are_there(trial: Trial) -> None:
    port = free_port()
    more = {"DATABASE_URL": trial.clone.service_url, "GUIJU_DEMO": "full"}
    with serving(trial.var, port, **more) as process:
        assert process.stdout is not None
        told = iter(process.stdout.readline, "")
        centres = next(line for line in told if line.startswith("Centres: "))
        assert {place.code for place in FILLED} <= set(centres.split())
        assert next(line for line in told if line.startswith("Demonstration: nothing to do"))
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert process.returncode == 0


class Torn(httpx.AsyncBaseTransport):
    """A way to the service that breaks after so many requests."""

    def __init__(self, whole: httpx.AsyncBaseTransport, after: int) -> None:
        self.whole, self.left = whole, after

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.left -= 1
        if self.left < 0:
            raise httpx.ConnectError("the line is down")
        return await self.whole.handle_async_request(request)


async def test_an_interrupted_run_goes_on_and_founds_what_is_missing(
    fresh_database: Clone, tmp_path: Path
) -> None:
    await prepare(fresh_database, centres=False)
    settings = Settings.model_validate(
        {"var": tmp_path, "database_url": fresh_database.service_url, "pool_size": 16}
    )
    order = Order(NOW, 25, 1, lambda _: None, lambda _: None)
    served = create_app(settings)

    async def load(after: int) -> Loaded:
        way = Torn(httpx.ASGITransport(served), after)
        async with httpx.AsyncClient(transport=way, base_url="http://guiju") as client:
            return await loaded_by(settings, order, client)

    async with served.router.lifespan_context(served):
        for after in (40, 400, 700):
            with pytest.raises(DemoRefused, match=r"^(GET|POST) /v1/\S+: the line is down$"):
                await load(after)
        done = await load(10_000)
        before = await count(fresh_database, "ledger")
        again = await load(10_000)
    assert (done.filled + done.present, done.cases % 5) == (len(FILLED), 0)
    assert again == Loaded(filled=0, present=len(FILLED), cases=0)
    assert await count(fresh_database, "ledger") == before
    units = sum(len(place.units) for place in FILLED)
    wanted = {"centre": len(FILLED), "department": units, "item": 2 * units, "cases": 25}
    assert {table: await count(fresh_database, table) for table in wanted} == wanted


@pytest.mark.parametrize(
    ("arguments", "settings", "code", "about"),
    [
        (["--cases", "-1"], {}, 2, "--cases"),
        ([], {"GUIJU_JWKS": "https://issuer.invalid/jwks"}, 1, "GUIJU_JWKS"),
        (["--address", "http://127.0.0.1:1"], {}, 1, "--address http://127.0.0.1:1: GET /v1/"),
        (["--address", "nowhere"], {}, 1, "--address nowhere: "),
    ],
)
def test_a_mistake_is_one_line_that_names_it(
    here: Here, arguments: list[str], settings: dict[str, str], code: int, about: str
) -> None:
    done = here("demo", "load", *arguments, **settings)
    assert done.returncode == code
    assert re.fullmatch(r"guiju: [^\n]+\n", done.stderr), done.stderr
    assert about in done.stderr


def test_every_name_shows_that_it_is_invented() -> None:
    units = (*UNITS, TOWNSHIP, VILLAGE)
    names = [place.name for place in FILLED] + [post.name for post in POSTS]
    names += [name for unit in units for name in (unit.name, unit.licence, unit.service)]
    assert [name for name in names if not name.startswith("演示")] == []


def told(rules: set[str], *, before: bool) -> Counter[str]:
    telling = Telling(
        centre="a",
        rules=rules,
        served=[Served("1", licence=True), Served("2", licence=False)],
        before=[Served("3", licence=True)] if before else [],
        day=date(2026, 3, 2),
    )
    return Counter(story.fate.name for story in telling.stories(400))


def test_a_special_procedure_is_told_only_where_the_text_has_one() -> None:
    assert {"suspended", "resumed"} <= told({"time_limit.exclusions"}, before=False).keys()
    assert not {"suspended", "resumed"} & told(set(), before=False).keys()


def test_without_items_of_before_nothing_is_dated_back() -> None:
    assert not {fate.name for fate in EARLIER if fate.age} & (
        told(set(), before=False).keys() - {fate.name for fate in TODAY}
    )
    assert {fate.name for fate in EARLIER} <= told(set(), before=True).keys()
