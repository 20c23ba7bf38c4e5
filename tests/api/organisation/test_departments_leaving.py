"""Departments that come and leave: what they still need, and what does not begin without them."""

import asyncio

import httpx
import pytest

from tests.api.organisation.seat import Seat, Seating
from tests.api.windows.place import APPROVED, Json

MISTAKEN: Json = {"until": "2029-12-31", "reason": "误登"}


async def posted(place: Seat, department: str, **more: object) -> httpx.Response:
    known: Json = {"department_id": department, "role": "window_clerk", "since": "2025-01-02"}
    who = more.pop("person_id", None) or await place.person()
    return await place.post("/postings", known | {"person_id": who} | more)


async def closed(place: Seat, department: str, until: str = "2025-10-09") -> httpx.Response:
    body = {"until": until, "reason": "机构改革"}
    path = f"/departments/{department}/closure"
    return await place.post(path, body, etag=place.etags[department])


async def entrusted(place: Seat, department: str) -> str:
    window = await place.window(kind="comprehensive")
    body: Json = {"department_id": department, "window_id": window, "since": "2025-10-01"}
    return await place.made("/delegations", body | {"few_items": True, "approval": APPROVED})


async def ended(place: Seat, what: str, id_: str, body: Json) -> None:
    answer = await place.post(f"/{what}/{id_}/end", body, etag=place.etags[id_])
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(("last_day", "status"), [("2025-10-10", 409), ("2025-10-09", 201)])
async def test_a_department_leaves_when_its_people_have_left(
    seat: Seating, last_day: str, status: int
) -> None:
    place = await seat("aohan")
    unit = await place.department_since()
    posting = (await posted(place, unit)).json()["id"]
    assert (await closed(place, unit)).json()["code"] == "department_in_use"
    await ended(place, "postings", posting, {"until": last_day, "reason": "撤回"})
    assert (await closed(place, unit)).status_code == status


@pytest.mark.parametrize(("last_day", "status"), [("2025-10-10", 409), ("2025-10-09", 201)])
async def test_a_department_leaves_when_nobody_accepts_for_it_any_more(
    seat: Seating, last_day: str, status: int
) -> None:
    place = await seat("aohan")
    unit = await place.department_since()
    delegation = await entrusted(place, unit)
    assert (await closed(place, unit)).json()["code"] == "department_in_use"
    await ended(place, "delegations", delegation, {"until": last_day, "reason": "撤回"})
    assert (await closed(place, unit)).status_code == status


async def test_what_was_entered_by_mistake_keeps_no_department_and_no_person(seat: Seating) -> None:
    place = await seat("nanchang")
    unit, person = await place.department_since(), await place.person()
    posting = (await posted(place, unit, person_id=person, since="2030-01-01")).json()["id"]
    await ended(place, "postings", posting, MISTAKEN)
    office = await place.taken("liaison", department_id=unit, person_id=person, since="2030-01-01")
    await ended(place, "appointments", office.json()["id"], MISTAKEN)
    erasure = await place.post(f"/persons/{person}/erasure", {"reason": "本人申请"}, etag='"1"')
    assert erasure.status_code == 201, erasure.text
    assert (await closed(place, unit)).status_code == 201


async def test_an_approval_office_that_was_entered_by_mistake_stands_in_nobodys_way(
    seat: Seating,
) -> None:
    place = await seat("nanchang")
    unit = await place.department_since()
    path = f"/departments/{unit}/offices"
    mistaken = await place.made(path, {"name": "审批处", "since": "2205-01-01"})
    right = {"name": "审批处", "since": "2025-01-01"}
    assert (await place.post(path, right)).status_code == 409
    for until, status in (("2204-12-30", 422), ("2204-12-31", 201)):
        answer = await place.post(f"{path}/{mistaken}/closure", {"until": until}, etag='"1"')
        assert answer.status_code == status
    assert (await place.post(path, right)).status_code == 201


async def test_nothing_begins_in_a_department_that_has_left(seat: Seating) -> None:
    place = await seat("aohan")
    unit = await place.department_since("2024-01-02")
    window = await place.window(kind="comprehensive")
    assert (await closed(place, unit, "2025-10-08")).status_code == 201
    delegation: Json = {"department_id": unit, "window_id": window, "few_items": True}
    for since in ("2024-01-01", "2025-10-08", "2025-10-09"):
        for answer in (
            await posted(place, unit, since=since),
            await place.taken("liaison", department_id=unit, since=since),
            await place.post(f"/departments/{unit}/offices", {"name": "审批处", "since": since}),
            await place.post("/delegations", delegation | {"since": since, "approval": APPROVED}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (409, "department_not_at_centre")


async def test_a_department_and_its_people_do_not_pass_each_other(seat: Seating) -> None:
    place = await seat("aohan")
    for _ in range(3):
        unit, person = await place.department_since(), await place.person()
        both = await asyncio.gather(
            posted(place, unit, person_id=person, since="2025-10-01"),
            closed(place, unit, "2025-10-08"),
        )
        assert sorted(answer.status_code for answer in both) == [201, 409]


@pytest.mark.parametrize("name", [" ", "　", "\u200b", "\n\t"])
async def test_what_is_called_something_shows_it(seat: Seating, name: str) -> None:
    place = await seat("aohan")
    unit = await place.department_since()
    policy = {"title": name, "version": {"issued_on": "2025-10-09", "since": "2025-10-09"}}
    for path, body in (
        ("/departments", {"name": name, "since": "2025-10-09"}),
        (f"/departments/{unit}/offices", {"name": name, "since": "2025-10-09"}),
        ("/windows", {"kind": "comprehensive", "name": name}),
        ("/windows", {"kind": "comprehensive", "name": "窗口", "number": name}),
        ("/policies", policy),
    ):
        answer = await place.post(path, body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), path
