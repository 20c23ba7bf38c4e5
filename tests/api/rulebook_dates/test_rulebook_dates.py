"""Effective dates over HTTP: entered beside a text that prints none, seen by every answer."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from app import worker
from app.api.in_force import Following
from app.db import reference
from app.db.repositories import Repositories
from tests.api.cases.desk import FIVE, Desk, at
from tests.rows import row

# Any: answers are read as the free JSON that they are.
Json = dict[str, Any]
DOCUMENT = {"title": "政府常务会议纪要", "number": "〔2020〕10号", "issued_on": "2020-12-01"}
EDITIONS = {"erdos-hitech": "undated", "aohan": "2020", "tianya": "undated"}
CASES = [  # the regulation, the day that is entered, the day before, the row cited
    pytest.param(
        "erdos-hitech",
        "2014-12-01",
        "2014-11-30",
        "erdos-hitech/25",
        marks=row("erdos-hitech/25"),
    ),
    pytest.param("aohan", "2020-12-01", "2020-11-30", "aohan/48", marks=row("aohan/48")),
    pytest.param("tianya", "2021-03-01", "2021-02-28", "tianya/6", marks=row("tianya/6")),
]


def platform(desk: Desk, *scopes: str) -> dict[str, str]:
    return desk.issuer.bearer(*scopes, platform=True) | {"Idempotency-Key": uuid4().hex}


async def enter(desk: Desk, regulation: str, day: str, **more: object) -> httpx.Response:
    body = {"edition": EDITIONS.get(regulation, "2012"), "effective_from": day}
    return await desk.client.post(
        f"/v1/rulebooks/{regulation}/effective-dates",
        json=body | {"document": DOCUMENT} | more,
        headers=platform(desk),
    )


async def entered(desk: Desk, regulation: str, day: str) -> Json:
    answer = await enter(desk, regulation, day)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def revoke(desk: Desk, day: Json) -> httpx.Response:
    return await desk.client.post(
        f"/v1/rulebooks/{day['regulation']}/effective-dates/{day['id']}/revocation",
        json={"reason": "登记有误"},
        headers=platform(desk),
    )


async def ruled(desk: Desk, regulation: str, on: str) -> Json:
    answer = await desk.client.post(
        "/v1/rulings/deadline",
        json={"rulebook": regulation, "on": on, "facts": {"kind": "archive", "from": on}},
        headers=desk.issuer.bearer("rulings"),
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def edition(desk: Desk, regulation: str) -> Json:
    answer = await desk.client.get(
        f"/v1/rulebooks/{regulation}", headers=desk.issuer.bearer("rulebooks")
    )
    return dict(answer.json()["edition"])


def aside(ruling: Json) -> list[list[str]]:
    findings = ruling["findings"]
    return [each["rows"] for each in findings if each["result"] == "not_applicable"]


def warned(ruling: Json) -> set[str]:
    return {warning["code"] for warning in ruling["warnings"]} & {
        "effective_date_unknown",
        "rulebook_not_in_force",
    }


@pytest.mark.parametrize(("regulation", "day", "before", "cited"), CASES)
async def test_before_the_day_that_is_entered_the_text_does_not_apply(
    aohan: Desk, regulation: str, day: str, before: str, cited: str
) -> None:
    assert (await edition(aohan, regulation))["effective_from"] is None
    unknown = await ruled(aohan, regulation, before)
    assert (aside(unknown), warned(unknown)) == ([], {"effective_date_unknown"})

    await entered(aohan, regulation, day)
    now = await edition(aohan, regulation)
    assert (now["effective_from"], now["effective_from_entered"]) == (day, True)
    early = await ruled(aohan, regulation, before)
    assert (aside(early), warned(early)) == ([[cited]], {"rulebook_not_in_force"})
    first = await ruled(aohan, regulation, day)
    assert (aside(first), warned(first)) == ([], set())
    for other in set(EDITIONS) - {regulation}:
        assert warned(await ruled(aohan, other, before)) == {"effective_date_unknown"}


async def test_what_is_revoked_is_unknown_again_and_stays_on_record(aohan: Desk) -> None:
    day = await entered(aohan, "aohan", "2020-12-01")
    version = (await aohan.client.get("/v1/rulebooks", headers=platform(aohan))).json()["version"]
    assert version == day["version"]
    revoked = await revoke(aohan, day)
    assert revoked.status_code == 201, revoked.text
    assert revoked.json()["revoked"]["reason"] == "登记有误"
    assert (await edition(aohan, "aohan"))["effective_from"] is None
    twice = await revoke(aohan, day)
    assert (twice.status_code, twice.json()["code"]) == (409, "effective_date_revoked")
    path, own = "/v1/rulebooks/aohan/effective-dates", aohan.issuer.bearer("rulebooks")
    assert (await aohan.client.get(path, headers=own)).json()["items"] == []
    kept = await aohan.client.get(path, params={"include_revoked": "true"}, headers=own)
    assert [each["id"] for each in kept.json()["items"]] == [day["id"]]
    await entered(aohan, "aohan", "2020-12-02")


async def test_an_edition_has_one_day(aohan: Desk) -> None:
    await entered(aohan, "tianya", "2021-03-01")
    again = await enter(aohan, "tianya", "2021-03-02")
    assert (again.status_code, again.json()["code"]) == (409, "effective_date_stands")


@pytest.mark.parametrize(
    ("regulation", "more", "status", "code"),
    [
        ("nanchang", {}, 409, "effective_date_printed"),
        ("shapotou", {"edition": "2021-draft"}, 409, "effective_date_printed"),
        ("aohan", {"edition": "1999"}, 404, "not_found"),
        ("atlantis", {}, 404, "not_found"),
        ("aohan", {"effective_from": "2025-10-01"}, 422, "impossible_fact"),
        ("aohan", {"document": {"title": "纪要"}}, 422, "impossible_fact"),
    ],
)
async def test_what_cannot_be_entered(
    aohan: Desk, regulation: str, more: Json, status: int, code: str
) -> None:
    answer = await enter(aohan, regulation, "2020-12-01", **more)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_only_the_platform_enters_a_day(aohan: Desk) -> None:
    headers = aohan.headers(Idempotency_Key=uuid4().hex)
    body = {"edition": "2020", "effective_from": "2020-12-01", "document": DOCUMENT}
    path = "/v1/rulebooks/aohan/effective-dates"
    answer = await aohan.client.post(path, json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "platform_only")


async def test_another_process_writes_by_the_new_day_at_once(aohan: Desk, beside: Desk) -> None:
    await entered(aohan, "aohan", "2020-12-01")
    assert (await edition(beside, "aohan"))["effective_from"] is None  # it has not looked yet
    await beside.receive(FIVE)
    assert (await edition(beside, "aohan"))["effective_from"] == "2020-12-01"


async def test_another_process_shows_the_new_day_once_it_has_looked(
    aohan: Desk, beside: Desk
) -> None:
    day = await entered(aohan, "aohan", "2020-12-01")
    kept: Repositories = beside.app.state.repositories
    following = Following(beside.app.state, kept)
    await following.refresh()
    assert (await edition(beside, "aohan"))["effective_from"] == "2020-12-01"
    await revoke(aohan, day)
    await following.refresh()
    assert (await edition(beside, "aohan"))["effective_from"] is None


async def test_a_special_day_after_it_keeps_the_day_and_the_worker_follows(
    aohan: Desk, beside: Desk
) -> None:
    await entered(aohan, "aohan", "2020-12-01")
    closed = {"on": "2025-10-09", "works": False, "kind": "closure", "name": "停办"}
    answer = await beside.client.post(
        "/v1/calendars/150430/special-days",
        json={"days": [closed], "document": {"title": "通告", "number": "1号"}},
        headers=platform(beside),
    )
    assert answer.status_code == 201, answer.text
    assert (await edition(beside, "aohan"))["effective_from"] == "2020-12-01"
    kept: Repositories = aohan.app.state.repositories
    await worker.once(kept.engine, at("2025-10-10"))
    held = reference.Held(aohan.app.state.rulebooks, aohan.app.state.calendars)
    assert (await reference.now(kept.engine, held)).version == await reference.current(kept.engine)


async def test_a_process_that_starts_later_finds_the_day(aohan: Desk) -> None:
    await entered(aohan, "aohan", "2020-12-01")
    kept: Repositories = aohan.app.state.repositories
    before = await reference.current(kept.engine)
    files = reference.Held(aohan.app.state.rulebooks, aohan.app.state.calendars)
    assert await reference.load(kept.engine, *files) == before
