"""Statistics over HTTP: a month by department and kind of window, and what is late."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from app.db.centres import centre
from app.domain.organisation.authority import Body
from app.domain.organisation.window import WindowKind
from tests.api.cases.house import House, Housing
from tests.api.conftest import Speaker
from tests.rows import row

# Any: answers are read as the free JSON that they are.
Json = dict[str, Any]


async def counted(house: House, month: str = "2025-10") -> Json:
    answer = await house.get("/statistics", month=month)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def nonzero(counts: Json) -> Json:
    return {name: number for name, number in counts.items() if number}


@row("aohan/46")
async def test_cases_of_a_sub_hall_are_among_those_of_the_hall(house_of: Housing) -> None:
    house = await house_of("aohan")
    hall, sub = await house.standing(), await house.standing(WindowKind.SUB_HALL, of=house.unit)
    for window in (hall, sub):
        await house.assigned(window)
    await house.received(window_id=hall)
    await house.accepted(window_id=sub)
    await house.accepted(window_id=sub)
    found = await counted(house)
    assert nonzero(found["total"]) == {"received": 3, "accepted": 2}
    by_kind = {each["kind"]: nonzero(each["counts"]) for each in found["by_window_kind"]}
    assert by_kind == {"own": {"received": 1}, "sub_hall": {"received": 2, "accepted": 2}}
    [of_unit] = found["by_department"]
    assert (of_unit["department_id"], of_unit["counts"]) == (house.unit, found["total"])


async def test_each_step_is_counted_in_the_month_in_which_it_happened(house_of: Housing) -> None:
    house = await house_of("tianya")
    house.on("2025-09-30", 23)
    first = await house.accepted()
    house.on("2025-10-01", 0)
    second = await house.accepted()
    house.on("2025-10-09")
    for case_id, verdict in ((first, "granted"), (second, "denied")):
        assert (await house.decide(case_id, verdict=verdict)).status_code == 201
    assert (await house.do(first, "completion")).status_code == 201
    assert nonzero((await counted(house, "2025-09"))["total"]) == {"received": 1, "accepted": 1}
    assert nonzero((await counted(house))["total"]) == {
        "received": 1,
        "accepted": 1,
        "granted": 1,
        "denied": 1,
        "completed": 1,
    }
    assert nonzero((await counted(house, "2025-11"))["total"]) == {}


async def test_where_the_seal_completes_a_case_it_is_counted_by_the_seal(
    house_of: Housing,
) -> None:
    for regulation, completed in (("aohan", 1), ("nanchang", 0)):
        house = await house_of(regulation)
        house.thing = await house.item(None)
        case_id = await house.accepted()
        assert (await house.decide(case_id)).status_code == 201
        assert (await house.do(case_id, "seal")).status_code == 201
        assert (await counted(house))["total"]["completed"] == completed
        assert (await house.do(case_id, "completion")).status_code == 201
        assert (await counted(house))["total"]["completed"] == 1


async def test_what_is_due_in_the_month_is_late_from_the_next_day_on(house_of: Housing) -> None:
    house = await house_of("tianya")
    house.on("2025-09-29")
    case_id = await house.accepted()
    due = (await house.get(f"/cases/{case_id}")).json()["due_on"]
    assert due.startswith("2025-10")
    for day, overdue in ((due, 0), ("2025-11-03", 1)):
        house.on(day)
        assert (await counted(house))["total"]["overdue"] == overdue
    assert (await counted(house, "2025-11"))["total"]["overdue"] == 0
    assert (await house.decide(case_id)).status_code == 201
    assert (await counted(house))["total"]["overdue"] == 0


async def test_an_annulled_case_is_not_counted(house_of: Housing) -> None:
    house = await house_of("tianya")
    case_id = await house.received()
    assert (await counted(house))["total"]["received"] == 1
    answer = await house.send(
        f"/{case_id}/rectification",
        {"act": 1, "reason": "重复收件"},
        by=Speaker(subject="another"),
        etag=house.etags[case_id],
    )
    assert answer.status_code == 201, answer.text
    assert (await counted(house))["total"]["received"] == 0


async def across(house: House) -> dict[str, Json]:
    """The counts of every centre that the platform is shown."""
    headers = house.issuer.bearer(platform=True, centres=())
    seen: dict[str, Json] = {}
    query = {"month": "2025-10", "limit": "50"}
    while True:
        page = await house.client.get("/v1/statistics", params=query, headers=headers)
        assert page.status_code == 200, page.text
        seen |= {each["centre_id"]: each["counts"] for each in page.json()["items"]}
        if (after := page.json()["next"]) is None:
            return seen
        query["after"] = after


async def test_the_platform_sees_every_centre_and_no_case(house_of: Housing) -> None:
    one, other = await house_of("tianya"), await house_of("aohan")
    await one.received()
    other.thing = await other.item(None)
    for _ in range(2):
        await other.received()
    seen = await across(one)
    assert nonzero(seen[str(one.centre)]) == {"received": 1}
    assert nonzero(seen[str(other.centre)]) == {"received": 2}


async def test_what_is_only_tried_in_a_sandbox_is_in_no_statistics(house_of: Housing) -> None:
    house = await house_of("tianya")
    await house.received()
    tried = update(centre).where(centre.c.id == house.centre).values(sandbox_on=date(2025, 10, 9))
    async with house.kept.engine.connect() as connection:
        await connection.execute(tried)
    assert str(house.centre) not in await across(house)
    assert (await counted(house))["total"]["received"] == 1


async def test_a_month_is_written_as_one(house_of: Housing) -> None:
    house = await house_of("tianya")
    for month in ("2025-13", "2025", "2025-10-01", "1890-01"):
        assert (await house.get("/statistics", month=month)).status_code == 422
    assert (await house.get("/statistics")).status_code == 422
    speaker = house.speaker(Body.CENTRE)
    headers = house.issuer.bearer(centres=(house.centre,), by=speaker)
    answer = await house.client.get("/v1/statistics", params={"month": "2025-10"}, headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize("month", ["1900-01", "2099-12"])
async def test_a_month_without_cases_is_all_noughts(house_of: Housing, month: str) -> None:
    found = await counted(await house_of("tianya"), month)
    assert set(found["total"].values()) == {0}
    assert (found["by_department"], found["by_window_kind"]) == ([], [])
