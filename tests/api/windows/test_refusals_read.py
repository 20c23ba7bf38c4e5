"""Refusals read aloud: what the organisation is refused is said in Chinese, without our codes."""

import re
from collections.abc import Awaitable, Callable

import httpx
import pytest

from app.domain.organisation.authority import Body
from tests.api.conftest import Speaker
from tests.api.windows.place import Json, Opening, Place

CODE = re.compile(r"[a-z_.]{2,}|None|True|False")
NOBODY = Speaker(subject="nobody")
BUREAU = Speaker(bodies=(Body.BUREAU,))


def said(answer: httpx.Response) -> list[str]:
    """The sentences of the refusal, of whatever stands against the act and of what does not."""
    assert answer.status_code in {403, 409, 422}, answer.text
    findings = answer.json()["decision"]["findings"]
    return [answer.json()["detail"], *(each["message"] for each in findings)]


async def at_hitech(place: Place) -> list[httpx.Response]:
    unit = await place.department()
    window = await place.window(department_id=unit)
    request = await place.made(f"/windows/{window}/requests", {"event": "enter", "reason": "进驻"})
    path = f"/windows/{window}/requests/{request}/approval"
    return [
        await place.act(window, "activation"),
        await place.act(window, "adjustment", {"change": {"name": "甲"}}),
        await place.act(window, "closure"),
        await place.post(path, None, by=BUREAU, etag='"1"'),
    ]


async def at_nanchang(place: Place) -> list[httpx.Response]:
    unit, person = await place.department(), await place.person()
    hall: Json = {"kind": "specialised_hall", "name": "专业大厅"}
    office: Json = {"office": "chief_representative", "department_id": unit, "person_id": person}
    entrusting: Json = {
        "department_id": unit,
        "window_id": await place.window(kind="comprehensive"),
        "since": "2025-10-01",
    }
    duties = [{"title": "工会"}, {"title": "党务", "until": "2025-10-31"}]
    return [
        await place.post("/windows", hall),
        await place.act(await place.window(department_id=unit), "activation"),
        await place.post("/appointments", office | {"since": "2025-10-09"}),
        await place.post(
            "/appointments", office | {"since": "2025-10-09", "outside_duties": duties}
        ),
        await place.post("/delegations", entrusting),
    ]


async def at_aohan(place: Place) -> list[httpx.Response]:
    unit = await place.department()
    policy = {"title": "规章", "version": {"issued_on": "2025-10-09", "since": "2025-10-09"}}
    return [
        await place.post("/windows", {"kind": "sub_hall", "name": "分厅"}),
        await place.act(await place.window(department_id=unit), "activation"),
        await place.post("/policies", policy, by=BUREAU),
        await place.post("/policies", policy, by=NOBODY),
    ]


async def at_tianya(place: Place) -> list[httpx.Response]:
    window: Json = {"kind": "comprehensive", "name": "综合窗口"}
    return [
        await place.post("/windows", window, by=BUREAU),
        await place.post("/windows", window, by=NOBODY),
    ]


@pytest.mark.parametrize(
    ("regulation", "refused"),
    [
        ("erdos-hitech", at_hitech),
        ("nanchang", at_nanchang),
        ("aohan", at_aohan),
        ("tianya", at_tianya),
    ],
)
async def test_what_is_refused_under_a_regulation_is_said_without_codes(
    at_centre: Opening, regulation: str, refused: Callable[[Place], Awaitable[list[httpx.Response]]]
) -> None:
    for answer in await refused(await at_centre(regulation)):
        for sentence in said(answer):
            assert not CODE.search(sentence), sentence
            assert "{" not in sentence
