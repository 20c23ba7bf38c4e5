"""Retention over HTTP: the catalogue for every token, and a stream whose beginning is gone."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from app.db import retention, sequencer
from app.db.engine import open_engine
from app.db.repositories import Repositories
from app.db.retention import Order
from app.domain.day import local_day
from app.domain.oversight.retention import CATALOGUE, KeptKind
from tests.api.cases.desk import Desk, desk_of, serving
from tests.api.conftest import OTHER_CENTRE, Issuer
from tests.databases import Clone

AFTERWARDS = datetime(2025, 12, 1, tzinfo=UTC)


@pytest.fixture
async def nanchang(fresh_database: Clone, trial: Path, issuer: Issuer) -> AsyncIterator[Desk]:
    async with (
        serving(fresh_database.service_url, trial) as app,
        desk_of(app, issuer, "nanchang") as desk,
    ):
        yield desk


async def dispose(desk: Desk, database: Clone) -> int:
    """Place what waits, and dispose of all events but the newest."""
    kept: Repositories = desk.app.state.repositories
    await sequencer.sequence(kept.engine)
    owner = open_engine(database.owner_url, size=1)
    today = local_day(AFTERWARDS)
    order = Order(kind=KeptKind.EVENTS, before=today, at=AFTERWARDS, on=today)
    old = await retention.old_events(owner, AFTERWARDS)
    done = await retention.dispose_of_events(owner, order, old, lambda _done: None)
    await owner.dispose()
    return done


async def test_any_token_may_read_what_is_kept_and_how_long(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    bearer = issuer.bearer("rulings", centres=(OTHER_CENTRE,))
    answer = await client.get("/v1/retention", headers=bearer)
    assert answer.status_code == 200
    items = {item["kind"]: item for item in answer.json()["items"]}
    assert list(items) == [kept.kind.value for kept in CATALOGUE]
    assert (items["ledger"]["term"], items["ledger"]["disposed_by"]) == ("for_ever", "nobody")
    assert (items["answers"]["term"], items["answers"]["days"]) == ("days", 7)
    assert items["persons"]["days"] is None  # no text says how long, so nobody has made it up
    assert items["persons"]["option"] == items["events"]["option"] == "--before"
    assert (await client.get("/v1/retention")).status_code == 401


async def test_a_reader_whose_events_are_gone_is_told_where_to_go_on(
    nanchang: Desk, fresh_database: Clone
) -> None:
    case = await nanchang.receive()
    await nanchang.accept(case["id"])
    await nanchang.receive()
    assert await dispose(nanchang, fresh_database) == 2
    centre = nanchang.issuer.bearer("cases:read", centres=(nanchang.centre,))
    platform = nanchang.issuer.bearer("cases:read", platform=True)
    for path, headers in (
        (f"/v1/centres/{nanchang.centre}/events", centre),
        ("/v1/events", platform),
    ):
        gone = await nanchang.client.get(path, params={"after": 1}, headers=headers)
        assert (gone.status_code, gone.json()["code"]) == (410, "events_disposed")
        assert "after=2" in gone.json()["detail"]
        there = await nanchang.client.get(path, params={"after": 2}, headers=headers)
        assert (there.status_code, len(there.json()["items"])) == (200, 1)


async def test_the_audit_still_tells_of_every_act(nanchang: Desk, fresh_database: Clone) -> None:
    case = await nanchang.receive()
    await nanchang.accept(case["id"])
    await nanchang.receive()
    await dispose(nanchang, fresh_database)
    bearer = nanchang.issuer.bearer("audit:read", centres=(nanchang.centre,))
    path = f"/v1/centres/{nanchang.centre}/audit"
    for query, actions in (
        ({}, ["receive", "accept", "receive"]),
        ({"subject_id": case["id"]}, ["receive", "accept"]),
    ):
        answer = await nanchang.client.get(path, params=query, headers=bearer)
        assert [item["action"] for item in answer.json()["items"]] == actions
        assert [item["position"] for item in answer.json()["items"]] == list(
            range(1, len(actions) + 1)
        )
    platform = nanchang.issuer.bearer("audit:read", platform=True)
    told = (await nanchang.client.get("/v1/audit", headers=platform)).json()["items"]
    (order,) = [item for item in told if item["action"] == "disposed"]
    assert order["facts"] == {"kind": "events", "before": "2025-12-01", "count": 2, "until": 3}
