"""Window requests over HTTP: asked for, approved or rejected, and carried out once."""

import asyncio
from dataclasses import dataclass

import httpx

from app.domain.organisation.authority import Body
from tests.api.conftest import Speaker
from tests.api.windows.place import Json, Opening, Place, cited
from tests.rows import row

PARTY_OFFICE = Speaker(bodies=(Body.PARTY_OFFICE,), subject="party-office")
DEPARTMENT = Speaker(bodies=(Body.DEPARTMENT,), subject="department")


@dataclass(frozen=True)
class Asked:
    """A department that asks, and the party office that decides."""

    place: Place
    window: str

    async def request(self, event: str, change: Json | None = None) -> str:
        body: Json = {"event": event, "reason": "统一安排", "change": change}
        return await self.place.made(f"/windows/{self.window}/requests", body, by=DEPARTMENT)

    async def decide(
        self, request: str, act: str, body: Json | None = None, *, by: Speaker = PARTY_OFFICE
    ) -> httpx.Response:
        path = f"/windows/{self.window}/requests/{request}/{act}"
        return await self.place.post(path, body, by=by, etag=self.place.etags[request])

    async def approved(self, event: str, change: Json | None = None) -> str:
        request = await self.request(event, change)
        answer = await self.decide(request, "approval")
        assert answer.status_code == 201, answer.text
        return request

    async def act(self, act: str, body: Json | None = None) -> httpx.Response:
        return await self.place.act(self.window, act, body, by=DEPARTMENT)


async def opened(at_centre: Opening) -> Asked:
    """A window that is open since 2024."""
    asked = await prepared(at_centre)
    await asked.approved("enter")
    assert (await asked.act("activation", {"since": "2024-05-06"})).status_code == 201
    return asked


async def prepared(at_centre: Opening) -> Asked:
    place = await at_centre("erdos-hitech")
    unit = await place.department()
    await place.appoint(unit, "liaison")
    return Asked(place, await place.window(department_id=unit))


@row("erdos-hitech/12")
async def test_an_open_window_is_not_closed_without_an_approved_request(
    at_centre: Opening,
) -> None:
    asked = await opened(at_centre)
    refused = await asked.act("closure")
    assert (refused.status_code, cited(refused)) == (409, {"erdos-hitech/12"})
    request = await asked.request("withdraw")
    assert (await asked.act("closure")).status_code == 409
    await asked.decide(request, "approval")
    closed = await asked.act("closure")
    assert (closed.status_code, closed.json()["closed_on"]) == (201, "2025-10-09")
    shown = (await asked.place.get(f"/windows/{asked.window}/requests/{request}")).json()
    assert (shown["stage"], shown["carried_out_on"]) == ("carried_out", "2025-10-09")


@row("erdos-hitech/12")
async def test_a_window_does_not_open_without_an_approved_request(at_centre: Opening) -> None:
    asked = await prepared(at_centre)
    refused = await asked.act("activation")
    assert (refused.status_code, cited(refused)) == (409, {"erdos-hitech/12"})
    await asked.approved("withdraw")
    assert (await asked.act("activation")).status_code == 409
    await asked.approved("enter")
    assert (await asked.act("activation")).status_code == 201


@row("erdos-hitech/12")
async def test_a_window_is_adjusted_as_it_was_approved_and_once(at_centre: Opening) -> None:
    asked = await opened(at_centre)
    await asked.approved("adjust", {"name": "新名"})
    for change in ({"name": "别名"}, {"name": "新名", "number": "1"}):
        refused = await asked.act("adjustment", {"change": change})
        assert (refused.status_code, cited(refused)) == (409, {"erdos-hitech/12"})
    assert (await asked.act("adjustment", {"change": {"name": "新名"}})).status_code == 201
    assert (await asked.act("adjustment", {"change": {"name": "新名"}})).status_code == 409


@row("erdos-hitech/12")
async def test_only_the_party_office_decides(at_centre: Opening) -> None:
    asked = await prepared(at_centre)
    request = await asked.request("enter")
    for act, body in (("approval", None), ("rejection", {"reason": "布局已满"})):
        refused = await asked.decide(request, act, body, by=DEPARTMENT)
        assert (refused.status_code, cited(refused)) == (403, {"erdos-hitech/12"})
    answer = await asked.decide(request, "approval")
    assert (answer.status_code, answer.json()["decided_by"]) == (201, "party-office")


@row("erdos-hitech/12")
async def test_a_rejection_needs_a_reason_and_opens_nothing(at_centre: Opening) -> None:
    asked = await prepared(at_centre)
    request = await asked.request("enter")
    for body in ({}, {"reason": ""}, {"reason": " "}):
        assert (await asked.decide(request, "rejection", body)).status_code == 422
    rejected = await asked.decide(request, "rejection", {"reason": "布局已满"})
    assert (rejected.status_code, rejected.json()["decided_because"]) == (201, "布局已满")
    assert (await asked.act("activation")).status_code == 409
    again = await asked.decide(request, "approval")
    assert (again.status_code, again.json()["code"]) == (409, "window_request_stage_refused")


async def test_one_request_of_a_kind_waits_at_a_time(at_centre: Opening) -> None:
    asked = await prepared(at_centre)
    first = await asked.request("enter")
    path = f"/windows/{asked.window}/requests"
    second = await asked.place.post(path, {"event": "enter", "reason": "进驻"})
    assert (second.status_code, second.json()["code"]) == (409, "window_request_pending")
    await asked.decide(first, "rejection", {"reason": "材料不全"})
    await asked.request("withdraw")
    await asked.request("enter")
    listed = await asked.place.listed(path)
    assert [(one["event"], one["stage"]) for one in listed] == [
        ("enter", "rejected"),
        ("withdraw", "submitted"),
        ("enter", "submitted"),
    ]
    assert len(await asked.place.listed(path, stage="submitted")) == 2


async def test_a_decision_names_the_state_that_it_is_meant_for(at_centre: Opening) -> None:
    asked = await prepared(at_centre)
    request = await asked.request("enter")
    path = f"/windows/{asked.window}/requests/{request}/approval"
    assert (await asked.place.post(path, None)).status_code == 428
    assert (await asked.place.post(path, None, etag='"9"')).status_code == 412


async def test_an_adjustment_says_what_it_changes(at_centre: Opening) -> None:
    asked = await prepared(at_centre)
    for event, change in (("adjust", None), ("adjust", {}), ("enter", {"name": "甲"})):
        body: Json = {"event": event, "reason": "统一安排", "change": change}
        answer = await asked.place.post(f"/windows/{asked.window}/requests", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "impossible_fact")


async def test_where_no_article_asks_for_it_anybody_decides_and_nobody_needs_it(
    at_centre: Opening,
) -> None:
    place = await at_centre("shapotou")
    asked = Asked(place, await place.window(department_id=await place.department()))
    request = await asked.request("enter")
    assert (await asked.decide(request, "approval", by=DEPARTMENT)).status_code == 201
    assert (await asked.act("activation")).status_code == 201
    assert (await asked.act("closure")).status_code == 201


async def test_what_is_asked_and_decided_is_entered_without_its_words(at_centre: Opening) -> None:
    asked = await opened(at_centre)
    await asked.approved("adjust", {"name": "新名"})
    await asked.act("adjustment", {"change": {"name": "新名"}})
    entries = await asked.place.entries()
    assert [(one["subject_kind"], one["action"]) for one in entries][1:] == [
        ("window_request", "submitted"),
        ("window_request", "approved"),
        ("window", "opened"),
        ("window_request", "submitted"),
        ("window_request", "approved"),
        ("window", "adjusted"),
    ]
    assert [one["rows"] for one in entries][2:4] == [
        ["erdos-hitech/12"],
        ["erdos-hitech/12", "erdos-hitech/9"],
    ]
    assert entries[-1]["facts"]["changed"] == ["name"]
    assert "新名" not in str(entries)


@row("erdos-hitech/9", "erdos-hitech/12")
async def test_the_last_liaison_and_the_opening_of_the_window_do_not_pass_each_other(
    at_centre: Opening,
) -> None:
    place = await at_centre("erdos-hitech")
    for _ in range(3):
        unit, person = await place.department(), await place.person()
        appointed: Json = {
            "office": "liaison",
            "department_id": unit,
            "person_id": person,
            "since": "2025-01-01",
        }
        liaison = await place.made("/appointments", appointed)
        asked = Asked(place, await place.window(department_id=unit))
        await asked.approved("enter")
        ended: Json = {"until": "2025-10-08", "reason": "调离"}
        answers = await asyncio.gather(
            asked.act("activation"),
            place.post(f"/appointments/{liaison}/end", ended, etag=place.etags[liaison]),
        )
        assert sorted(answer.status_code for answer in answers) == [201, 409]


async def test_nothing_is_asked_for_that_the_window_can_never_do(at_centre: Opening) -> None:
    asked = await opened(at_centre)
    path = f"/windows/{asked.window}/requests"
    body: Json = {"reason": "统一安排"}
    again = await asked.place.post(path, body | {"event": "enter"})
    assert (again.status_code, again.json()["code"]) == (409, "window_stage_refused")
    await asked.approved("withdraw")
    assert (await asked.act("closure")).status_code == 201
    for event in ({"event": "withdraw"}, {"event": "adjust", "change": {"name": "甲"}}):
        late = await asked.place.post(path, body | event)
        assert (late.status_code, late.json()["code"]) == (409, "window_stage_refused")


async def test_a_window_is_asked_for_a_department_of_the_centre(at_centre: Opening) -> None:
    asked, other = await prepared(at_centre), await at_centre("erdos-hitech")
    path = f"/windows/{asked.window}/requests"
    for unit, status in ((await other.department(), 404), (await asked.place.department(), 201)):
        change: Json = {"department_id": unit}
        body: Json = {"event": "adjust", "reason": "划转", "change": change}
        assert (await asked.place.post(path, body)).status_code == status
