"""Metrics: the right labels on every route, processes added up, a database that is silent."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from app.api import metrics
from app.db import sequencer
from app.db.repositories import Repositories
from app.main import create_app
from app.settings import Settings
from tests.api.cases.desk import ELEMENTS, Desk, desk_of
from tests.api.cases.desk import serving as serving_desk
from tests.api.conftest import Issuer
from tests.databases import Clone
from tests.kept import enter, entry, new_centre
from tests.test_cli import free_port, serving

Labels = dict[str, str]
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


class Scraped:
    """What `/metrics` said, to be asked by name and labels."""

    def __init__(self, text: str) -> None:
        self.samples = [
            sample for family in text_string_to_metric_families(text) for sample in family.samples
        ]

    def value(self, name: str, **labels: str) -> float:
        """The sum of all series of that name with at least these labels."""
        return sum(s.value for s in self.found(name) if labels.items() <= s.labels.items())

    def found(self, name: str) -> list[Sample]:
        return [sample for sample in self.samples if sample.name == name]

    def series(self, name: str) -> list[Labels]:
        return [sample.labels for sample in self.found(name)]


async def scraped(client: httpx.AsyncClient) -> Scraped:
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return Scraped(answer.text)


@pytest.mark.parametrize(
    ("path", "route", "status"),
    [
        ("/v1/calendars/CN/days", "/v1/calendars/{jurisdiction}/days", "401"),
        ("/v1/centres/nanchang/cases/1", "/v1/centres/{centre}/cases/{case_id}", "401"),
        ("/livez", "/livez", "200"),
        ("/v1/nothing/here", "", "404"),
    ],
)
async def test_a_request_is_counted_and_timed_under_its_route_as_documented(
    client: httpx.AsyncClient, path: str, route: str, status: str
) -> None:
    before = await scraped(client)
    for _ in range(3):
        assert (await client.get(path)).status_code == int(status)
    after = await scraped(client)
    labels = {"method": "GET", "route": route}

    def grown(name: str, **labels: str) -> float:
        return after.value(name, **labels) - before.value(name, **labels)

    assert grown("guiju_requests_total", status=status, **labels) == 3
    assert grown("guiju_request_seconds_count", **labels) == 3
    assert grown("guiju_request_seconds_bucket", le="+Inf", **labels) == 3
    assert grown("guiju_request_seconds_sum", **labels) > 0


async def test_requests_under_way_are_counted_and_forgotten(
    edge: FastAPI, client: httpx.AsyncClient
) -> None:
    arrived, go = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        arrived.set()
        await go.wait()

    edge.add_api_route("/waits", wait)
    waiting = asyncio.create_task(client.get("/waits"))
    await arrived.wait()
    assert (await scraped(client)).value("guiju_requests_in_flight") == 2  # with the scrape itself
    go.set()
    await waiting
    assert (await scraped(client)).value("guiju_requests_in_flight") == 1


async def test_whoever_invents_methods_and_paths_adds_no_series(client: httpx.AsyncClient) -> None:
    await client.request("A0", "/b0")
    before = len((await scraped(client)).series("guiju_requests_total"))
    for number in range(1, 20):
        await client.request(f"A{number}", f"/b{number}")
    found = (await scraped(client)).series("guiju_requests_total")
    assert len(found) == before
    assert {"method": "other", "route": "", "status": "404"} in found


async def test_an_error_that_nobody_caught_is_counted_as_500(client: httpx.AsyncClient) -> None:
    labels = {"route": "/probe/fails/{how}", "status": "500"}
    before = (await scraped(client)).value("guiju_requests_total", **labels)
    await client.get("/probe/fails/unexpected")
    assert (await scraped(client)).value("guiju_requests_total", **labels) == before + 1


async def test_without_a_database_it_is_served_all_the_same(client: httpx.AsyncClient) -> None:
    found = await scraped(client)
    assert found.series("guiju_database_up") == [{}]
    assert found.value("guiju_database_up") == 0
    assert not found.found("guiju_ledger_position")


def test_it_is_not_on_the_document(edge: FastAPI) -> None:
    assert "/metrics" not in edge.openapi()["paths"]


@pytest.fixture
async def served(issuer: Issuer, fresh_database: Clone) -> AsyncIterator[FastAPI]:
    known = {"var": issuer.settings.var, "database_url": fresh_database.service_url, "pool_size": 3}
    app = create_app(Settings.model_validate(known))
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def nanchang(issuer: Issuer, fresh_database: Clone) -> AsyncIterator[Desk]:
    async with (
        serving_desk(fresh_database.service_url, issuer.settings.var) as app,
        desk_of(app, issuer, "nanchang") as desk,
    ):
        yield desk


@pytest.fixture
async def asking(served: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(served)
    async with httpx.AsyncClient(transport=transport, base_url="http://guiju") as client:
        yield client


async def test_what_waits_for_its_place_in_the_ledger_is_told_and_what_is_sealed(
    served: FastAPI, asking: httpx.AsyncClient
) -> None:
    now = [NOON + timedelta(seconds=30)]
    served.state.clock = lambda: now[0]
    engine = served.state.repositories.engine
    for centre in [await new_centre(engine), await new_centre(engine)]:
        for number in range(2):
            await enter(engine, entry(centre.id, seconds=number))
    found = await scraped(asking)
    assert found.value("guiju_database_up") == 1
    assert found.value("guiju_ledger_waiting_entries") == 4
    assert found.value("guiju_ledger_waiting_seconds") == 30
    assert found.value("guiju_ledger_position") == 0
    await sequencer.sequence(engine)
    assert (await scraped(asking)).value("guiju_ledger_waiting_entries") == 4  # not asked so soon
    now[0] += metrics.ASKED_EVERY
    found = await scraped(asking)
    assert found.value("guiju_ledger_waiting_entries") == 0
    assert found.value("guiju_ledger_waiting_seconds") == 0
    assert found.value("guiju_ledger_position") == 4


async def test_connections_in_use_are_told_and_the_limit(
    served: FastAPI, asking: httpx.AsyncClient
) -> None:
    kept: Repositories = served.state.repositories
    await scraped(asking)
    async with kept.engine.connect(), kept.engine.connect():
        found = await scraped(asking)
        assert found.value("guiju_database_connections_in_use") == 2
        assert found.value("guiju_database_connections_limit") == 3
    assert (await scraped(asking)).value("guiju_database_connections_in_use") == 0


async def test_a_database_that_is_away_takes_no_metric_but_its_own(
    issuer: Issuer, server: object
) -> None:
    nowhere = "postgresql://guiju_app@127.0.0.1:1/guiju"
    app = create_app(Settings.model_validate({"var": issuer.settings.var, "database_url": nowhere}))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://guiju") as client,
    ):
        await client.get("/livez")
        found = await scraped(client)
    assert found.value("guiju_database_up") == 0
    assert found.value("guiju_requests_total", route="/livez") > 0


def test_rulings_and_acts_are_counted_by_what_they_were() -> None:
    metrics.ruled("rotation", "violated")
    metrics.ruled("rotation", "violated")
    metrics.acted("accept")
    text = generate_latest(metrics.everything()).decode()
    found = Scraped(text)
    assert found.value("guiju_rulings_total", question="rotation", outcome="violated") >= 2
    assert found.value("guiju_acts_total", act="accept") >= 1


async def test_rulings_are_counted_one_by_one_and_in_batches(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    headers = issuer.bearer("rulings")
    asked = {"rulebook": "nanchang", "on": "2025-09-30", "facts": {}}
    before = await scraped(client)
    answer = await client.post("/v1/rulings/rotation", json=asked, headers=headers)
    assert answer.status_code == 200, answer.text
    items = [{"question": "rotation", **asked}, {"question": "leave", **asked}, {"question": "?"}]
    await client.post("/v1/rulings:batch", json={"items": items}, headers=headers)
    after = await scraped(client)
    labels = {"question": "rotation", "outcome": answer.json()["outcome"]}
    name = "guiju_rulings_total"
    assert after.value(name, **labels) - before.value(name, **labels) == 2
    assert after.value(name, question="leave") - before.value(name, question="leave") == 1


async def test_acts_are_counted_once_and_only_when_they_are_done(nanchang: Desk) -> None:
    def counts(found: Scraped) -> list[float]:
        return [found.value("guiju_acts_total", act=act) for act in ("receive", "accept", "seal")]

    before = counts(await scraped(nanchang.client))
    case = await nanchang.receive()
    body = {"form": "system", "channel": "window", "contains": ELEMENTS}
    sent = {"If_Match": nanchang.etags[case["id"]], "Idempotency_Key": "counted-once"}
    path = f"/{case['id']}/acceptance"
    assert (await nanchang.post(path, body, **sent)).status_code == 201
    assert (await nanchang.post(path, body, **sent)).status_code == 201
    assert (await nanchang.act(case["id"], "seal")).status_code >= 400
    after = counts(await scraped(nanchang.client))
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1, 0]


def test_the_processes_of_one_service_tell_the_same(tmp_path: Path) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with serving(tmp_path / "var", port, GUIJU_WORKERS="2"):
        for _ in range(9):
            assert httpx.get(f"{address}/livez").status_code == 200
        both_up = time.monotonic() + 30
        limit = 0.0
        while limit < 20 and time.monotonic() < both_up:
            found = Scraped(httpx.get(f"{address}/metrics").text)
            limit = found.value("guiju_database_connections_limit")
        assert limit == 20
        for _ in range(6):
            found = Scraped(httpx.get(f"{address}/metrics").text)
            assert found.value("guiju_requests_total", route="/livez") == 9


PROCESS = """
import asyncio, sys
import httpx
from app.main import create_app
from app.settings import Settings

async def main():
    app = create_app(Settings())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://g") as client:
        for _ in range(int(sys.argv[1])):
            await client.get("/livez")
        print((await client.get("/metrics")).text, flush=True)
        if len(sys.argv) > 2:
            async def wait():
                print("waiting", file=sys.stderr, flush=True)
                await asyncio.sleep(60)
            app.add_api_route("/waits", wait)
            await client.get("/waits")

asyncio.run(main())
"""


def process(var: Path, *arguments: str) -> "subprocess.Popen[str]":
    """A process that answers some requests, tells its metrics and may end in the middle of one."""
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", PROCESS, *arguments],
        env={
            "PATH": os.environ["PATH"],
            "GUIJU_VAR": str(var),
            metrics.FOLDER: str(var / "metrics"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def told(var: Path, *arguments: str) -> Scraped:
    out, err = process(var, *arguments).communicate(timeout=60)
    assert out, err
    return Scraped(out)


def test_processes_add_up_and_the_dead_hold_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(metrics.FOLDER, "")
    left = tmp_path / "metrics" / "counter_1.db"
    left.parent.mkdir()
    left.write_bytes(b"of a run before")
    metrics.share(tmp_path)
    assert os.environ[metrics.FOLDER] == str(left.parent)
    first = process(tmp_path, "3", "and wait")
    assert first.stderr
    while "waiting" not in (line := first.stderr.readline()):
        assert line
    second = told(tmp_path, "4")
    assert second.value("guiju_requests_total", route="/livez") == 7
    assert second.value("guiju_requests_in_flight") == 2  # the one that waits, and the scrape
    first.kill()
    first.communicate()
    third = told(tmp_path, "1")
    assert third.value("guiju_requests_total", route="/livez") == 8
    assert third.value("guiju_requests_in_flight") == 1
