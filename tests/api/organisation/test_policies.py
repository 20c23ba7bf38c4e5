"""Policies and checks over HTTP: versions by day, who issues them, what is wanting or open."""

import asyncio
from typing import Any

import pytest

from app.domain.organisation.authority import Body
from app.domain.organisation.centre import Level
from tests.api.conftest import Speaker
from tests.api.organisation.seat import Seat, Seating
from tests.api.windows.place import cited
from tests.rows import row

# Any: bodies are the free JSON that they are.


def issued(since: str = "2025-01-02", until: str | None = None) -> dict[str, Any]:
    return {"issued_on": "2025-01-02", "since": since, "until": until}


async def registered(place: Seat, kind: str | None, **more: object) -> str:
    body = {"title": kind or "卫生制度", "kind": kind, "version": issued()}
    return await place.made("/policies", body | more)


@row("aohan/4.1")
async def test_a_version_ends_the_day_before_the_next_one_begins(seat: Seating) -> None:
    place = await seat("aohan")
    id_ = await registered(place, None)
    second = issued("2025-10-09") | {"issued_on": "2025-10-09"}
    made = await place.post(f"/policies/{id_}/versions", second, etag='"1"')
    assert (made.status_code, made.headers["etag"]) == (201, '"2"')
    first, _ = made.json()["versions"]
    assert (first["number"], first["until"]) == (1, "2025-10-08")
    for on, number in (("2025-10-08", 1), ("2025-10-09", 2), ("2025-01-01", None)):
        read = (await place.get(f"/policies/{id_}", on=on)).json()["in_force"]
        assert (read and read["number"]) == number
        (line,) = await place.listed("/policies", on=on)
        assert (line["in_force"] and line["in_force"]["number"]) == number


async def test_a_version_begins_after_the_last_one_and_names_the_state_it_follows(
    seat: Seating,
) -> None:
    place = await seat("aohan")
    id_ = await registered(place, None)
    path = f"/policies/{id_}/versions"
    same = await place.post(path, issued(), etag='"1"')
    assert (same.status_code, same.json()["code"]) == (409, "version_begins")
    assert (await place.post(path, issued("2025-10-09"))).status_code == 428
    days = ("2025-10-09", "2025-10-10")
    both = await asyncio.gather(*(place.post(path, issued(day), etag='"1"') for day in days))
    assert sorted(answer.status_code for answer in both) == [201, 412]


@row("erdos-hitech/8")
async def test_the_policies_that_are_not_in_force_are_gaps_at_erdos(seat: Seating) -> None:
    place = await seat("erdos-hitech")
    await registered(place, "考勤制度")
    found = await place.listed("/gaps", on="2025-10-09")
    assert {gap["name"] for gap in found} == {
        "窗口工作规范",
        "审批服务事项办理规范",
        "投诉受理制度",
    }
    assert all(gap["rows"] == ["erdos-hitech/8"] for gap in found)


@row("tianya/5")
async def test_a_policy_that_ran_out_is_wanting_at_tianya(seat: Seating) -> None:
    place = await seat("tianya")
    await registered(place, "服务事项办理程序规范")
    await registered(place, "窗口工作规范", version=issued(until="2025-10-08"))
    assert await place.gaps("2025-10-08") == []
    (gap,) = await place.listed("/gaps", on="2025-10-09")
    assert (gap["name"], gap["ended_on"], gap["rows"]) == (
        "窗口工作规范",
        "2025-10-08",
        ["tianya/5"],
    )


@row("aohan/15")
async def test_a_unit_with_a_window_needs_a_policy_of_its_own(seat: Seating) -> None:
    place = await seat("aohan")
    unit, without_window = await place.department_since(), await place.department_since()
    await place.window_since(unit)
    name = "窗口业务管理制度"
    assert (name, unit, None) in await place.gaps()
    await registered(place, name, department_id=without_window)
    assert (name, unit, None) in await place.gaps()
    await registered(place, name, department_id=unit, version=issued(until="2025-10-08"))
    assert (name, unit, "2025-10-08") in await place.gaps()
    assert name not in {gap for gap, _, _ in await place.gaps("2025-10-08")}
    (gap,) = [g for g in await place.listed("/gaps", on="2025-10-09") if g["name"] == name]
    assert gap["rows"] == ["aohan/15"]


@row("aohan/4.1", "erdos-hitech/8", "tianya/5", "shapotou/9.1")
@pytest.mark.parametrize(
    ("regulation", "body", "level"),
    [
        ("aohan", Body.CENTRE, Level.COUNTY),
        ("erdos-hitech", Body.PARTY_OFFICE, Level.COUNTY),
        ("tianya", Body.BUREAU, Level.COUNTY),
        ("shapotou", Body.TOWNSHIP_CENTRE, Level.TOWNSHIP),
    ],
)
async def test_the_policies_of_a_centre_are_issued_by_whom_the_text_names(
    seat: Seating, regulation: str, body: Body, level: Level
) -> None:
    place = await seat(regulation, level)
    sent = {"title": "卫生制度", "version": issued()}
    for other in {Body.DEPARTMENT, Body.CENTRE, Body.BUREAU} - {body}:
        refused = await place.post("/policies", sent, by=Speaker(bodies=(other,)))
        assert refused.status_code == 403
        assert len(cited(refused)) == 1
    assert (await place.post("/policies", sent, by=Speaker(bodies=(body,)))).status_code == 201


async def test_where_the_text_names_nobody_anybody_issues_and_nothing_is_wanting(
    seat: Seating,
) -> None:
    place = await seat("nanchang")
    sent = {"title": "卫生制度", "kind": "卫生制度", "version": issued()}
    assert (await place.post("/policies", sent, by=Speaker())).status_code == 201
    assert await place.gaps() == []


async def test_a_kind_is_one_that_the_text_asks_for(seat: Seating) -> None:
    place = await seat("erdos-hitech")
    sent = {"title": "卫生制度", "kind": "卫生制度", "version": issued()}
    refused = await place.post("/policies", sent)
    assert (refused.status_code, refused.json()["code"]) == (422, "policy_kind_unknown")
    assert "考勤制度" in refused.json()["detail"]


async def checked(place: Seat, at: Seat | None, *findings: str, on: str = "2025-10-09") -> str:
    body = {"on": on, "at_centre_id": at and str(at.centre), "findings": findings}
    answer = await place.post("/checks", {k: v for k, v in body.items() if v is not None})
    assert answer.status_code == 201, answer.text
    id_: str = answer.json()["id"]
    return id_


@row("shapotou/9.1")
@pytest.mark.parametrize(
    ("on", "age"),
    [("2025-10-09", 0), ("2025-10-11", 2), ("2025-10-12", 2), ("2025-10-14", 4)],
)
async def test_an_open_finding_ages_by_working_days(seat: Seating, on: str, age: int) -> None:
    township = await seat("shapotou", Level.TOWNSHIP)
    village = await township.below(Level.VILLAGE)
    check = await checked(township, village, "公示牌未更新")
    township.on("2025-10-14")
    report = (await township.get("/check-report", on=on)).json()
    assert report["open_findings"] == 1
    (line,) = report["items"]
    assert (line["check_id"], line["age"]) == (check, age)
    assert line["at_centre_id"] == str(village.centre)


@row("shapotou/9.1")
async def test_a_follow_up_closes_the_finding_from_its_day_on(seat: Seating) -> None:
    township = await seat("shapotou", Level.TOWNSHIP)
    village = await township.below(Level.VILLAGE)
    check = await checked(township, village, "公示牌未更新", "无人值守")
    township.on("2025-10-14")
    path = f"/checks/{check}/findings/1/follow-up"
    both = await asyncio.gather(*(township.post(path, {"done": "已更新"}) for _ in range(2)))
    assert sorted(answer.status_code for answer in both) == [201, 409]
    for on, still_open in (("2025-10-13", 2), ("2025-10-14", 1), ("2025-10-08", 0)):
        assert (await township.get("/check-report", on=on)).json()["open_findings"] == still_open
    assert (
        await township.post(f"/checks/{check}/findings/3/follow-up", {"done": "无"})
    ).status_code == 404
    (line,) = await township.listed("/checks")
    assert [finding["closed_on"] for finding in line["findings"]] == ["2025-10-14", None]


async def test_a_check_is_at_ones_own_centre_or_right_below_and_not_tomorrow(
    seat: Seating,
) -> None:
    township, stranger = await seat("shapotou", Level.TOWNSHIP), await seat("shapotou")
    await checked(township, None)
    body = {"on": "2025-10-09", "at_centre_id": str(stranger.centre)}
    refused = await township.post("/checks", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "not_checked_from_here")
    assert (await township.post("/checks", {"on": "2025-10-10"})).status_code == 422
    early = await checked(township, None, "甲")
    done = {"done": "已改", "on": "2025-10-08"}
    assert (await township.post(f"/checks/{early}/findings/1/follow-up", done)).status_code == 422


async def test_a_check_of_a_day_that_no_calendar_has_is_refused_and_spoils_no_report(
    seat: Seating,
) -> None:
    township = await seat("shapotou", Level.TOWNSHIP)
    ancient = await township.post("/checks", {"on": "1990-01-01", "findings": ["甲"]})
    assert (ancient.status_code, ancient.json()["code"]) == (409, "calendar_missing")
    assert (await township.get("/check-report")).status_code == 200


@pytest.mark.parametrize(("on", "provisional"), [("2026-12-31", False), ("2027-01-01", True)])
async def test_a_report_of_a_year_that_is_not_published_says_so(
    seat: Seating, on: str, provisional: bool
) -> None:
    township = await seat("shapotou", Level.TOWNSHIP)
    await checked(township, None, "公示牌未更新")
    assert (await township.get("/check-report", on=on)).json()["provisional"] is provisional


async def test_a_policy_is_issued_before_it_is_registered_and_lies_at_an_address(
    seat: Seating,
) -> None:
    place = await seat("nanchang")
    early = issued() | {"issued_on": "2025-10-10"}
    elsewhere = issued() | {"document": {"title": "卫生制度", "address": "javascript:alert(1)"}}
    for version in (early, elsewhere):
        refused = await place.post("/policies", {"title": "卫生制度", "version": version})
        assert refused.status_code == 422
    today = issued() | {"issued_on": "2025-10-09"}
    assert await place.made("/policies", {"title": "卫生制度", "version": today})
