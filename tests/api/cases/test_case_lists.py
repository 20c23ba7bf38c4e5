"""Lists of cases by due day: bands that agree with each case's own clock, pages that hold."""

import os
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from app.db.case_list import Band
from tests.api.cases.desk import FIVE, INSTANT, LICENCE, TEN, Desk, desk_of, serving
from tests.api.conftest import Issuer
from tests.databases import Server

STANDINGS = {
    "overdue": "overdue",
    "due_today": "due_today",
    "running": "running",
    "not_started": "not_started",
    "suspended": "suspended",
    "completed_on_time": "ended",
    "completed_late": "ended",
    "declined": "ended",
}
DAYS = ("2025-09-30", "2025-10-09", "2025-10-14", "2025-10-21", "2025-11-03")


CENTRES = ("nanchang", "aohan", "tianya", "nanchang-national")


@pytest.fixture(scope="module")
async def lists(server: Server, trial: Path, issuer: Issuer) -> AsyncIterator[FastAPI]:
    """Centres whose every kind of case is on the desk, and nothing else."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    database = server.clone(f"{worker}_lists")
    async with serving(database.service_url, trial) as app:
        for code in CENTRES:
            async with desk_of(app, issuer, code) as desk:
                await fill(desk)
        yield app
    server.drop(database)


@pytest.fixture(params=CENTRES)
async def hall(
    request: pytest.FixtureRequest, lists: FastAPI, issuer: Issuer
) -> AsyncIterator[Desk]:
    async with desk_of(lists, issuer, request.param) as desk:
        yield desk


async def fill(desk: Desk) -> None:
    for item in (INSTANT, FIVE, TEN, LICENCE):
        await desk.receive(item)
        await desk.receive(item, materials_complete=False)
    told = (await desk.receive(TEN, materials_complete=False))["id"]
    await desk.notify(told)
    accepted = [(await desk.receive(item))["id"] for item in (FIVE, TEN, LICENCE, FIVE)]
    for case_id in accepted:
        assert (await desk.accept(case_id)).status_code == 201
    desk.move_to("2025-09-30", 15)
    await desk.act(accepted[3], "decision", verdict="granted")
    stopped = {"kind": "hearing", "applicant_told_in_writing": True}
    await desk.act(accepted[2], "suspension", **stopped)


async def every(desk: Desk, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after: dict[str, str] = {}
    while True:
        page = (await desk.get("", **query, **after)).json()
        found += page["items"]
        if page["next"] is None:
            return found
        after = {"after": page["next"]}


@pytest.mark.parametrize("day", DAYS)
async def test_each_case_is_in_the_band_that_its_own_clock_says(hall: Desk, day: str) -> None:
    hall.move_to(day, 16)
    cases = await every(hall)
    assert len(cases) == 13
    for band in set(Band) - {Band.DUE_SOON}:
        listed = {case["id"] for case in await every(hall, band=band)}
        expected = {c["id"] for c in cases if STANDINGS[c["standing"]] == band}
        assert listed == expected, band


@pytest.mark.parametrize("day", DAYS)
async def test_each_case_is_listed_under_the_stage_that_it_shows(hall: Desk, day: str) -> None:
    hall.move_to(day, 16)
    cases = await every(hall)
    for stage in ("received", "deemed_accepted", "awaiting_correction", "accepted", "suspended"):
        listed = {case["id"] for case in await every(hall, stage=stage)}
        assert listed == {c["id"] for c in cases if c["stage"] == stage}, stage


async def test_pages_come_in_the_order_of_due_day_and_id_and_meet(hall: Desk) -> None:
    hall.move_to("2025-10-09")
    whole = await every(hall, limit="200")
    assert await every(hall, limit="3") == whole
    assert await every(hall, limit="1") == whole
    assert len({case["id"] for case in whole}) == 13


async def test_the_order_is_the_stored_due_day_then_the_id(hall: Desk) -> None:
    hall.move_to("2025-11-03")
    late = await every(hall, band="overdue")
    keys = [(case["due_on"], case["id"]) for case in late]
    assert all(one < other for one, other in pairwise(keys))


async def test_due_soon_is_what_is_due_within_the_days_asked_for(hall: Desk) -> None:
    hall.move_to("2025-10-11")
    soon = await every(hall, band="due_soon", within="1")
    assert all(case["working_days_left"] == 1 for case in soon)
    assert {case["due_on"] for case in soon} <= {"2025-10-13"}
    two = await every(hall, band="due_soon", within="2")
    assert all(case["due_on"] <= "2025-10-14" for case in two)
    assert two


async def test_due_soon_without_a_number_is_422_and_the_count_is_exact(hall: Desk) -> None:
    answer = await hall.get("", band="due_soon")
    assert (answer.status_code, answer.json()["code"]) == (422, "setting_missing")
    assert (await hall.get("", limit="1")).json()["count"] is None
    assert (await hall.get("", limit="1", count="exact")).json()["count"] == 13


async def test_due_days_bound_the_list(hall: Desk) -> None:
    hall.move_to("2025-10-09")
    within = await every(hall, due_from="2025-10-14", due_to="2025-10-21")
    everything = await every(hall)
    running = [c for c in everything if c["standing"] == "running"]
    expected = {c["id"] for c in running if "2025-10-14" <= c["due_on"] <= "2025-10-21"}
    assert expected == {c["id"] for c in within}


@pytest.mark.parametrize("query", [{"after": "x"}, {"band": "late"}, {"limit": "201"}, {"x": "1"}])
async def test_a_query_that_nobody_understands_is_422(aohan: Desk, query: dict[str, str]) -> None:
    assert (await aohan.get("", **query)).status_code == 422


async def test_a_cursor_that_is_no_day_is_422(aohan: Desk) -> None:
    cursor = "2025-02-30_" + "0" * 36
    assert (await aohan.get("", after=cursor)).status_code == 422
