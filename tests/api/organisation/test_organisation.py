"""Departments over HTTP: who comes and leaves, the code that tells them apart, the one office."""

import asyncio

import pytest

from tests.api.organisation.seat import Seating
from tests.api.windows.place import cited
from tests.rows import row

CODE = "11511301008778183N"


async def test_a_department_is_registered_read_renamed_and_closed(seat: Seating) -> None:
    place = await seat("aohan")
    body = {"name": "国土局", "since": "2024-01-02", "credit_code": CODE}
    made = await place.post("/departments", body)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    id_ = made.json()["id"]
    assert made.headers["location"].endswith(f"/departments/{id_}")
    renamed = await place.post(
        f"/departments/{id_}/name", {"name": "自然资源局", "credit_code": CODE}, etag='"1"'
    )
    assert (renamed.status_code, renamed.headers["etag"]) == (201, '"2"')
    closed = await place.post(
        f"/departments/{id_}/closure", {"until": "2025-10-31", "reason": "机构改革"}, etag='"2"'
    )
    assert closed.json() | {"id": ""} == {
        "id": "",
        "name": "自然资源局",
        "credit_code": CODE,
        "kind": "ordinary",
        "since": "2024-01-02",
        "until": "2025-10-31",
        "ended_because": "机构改革",
        "version": 3,
    }
    assert (await place.get(f"/departments/{id_}")).headers["etag"] == '"3"'
    again = await place.post(
        f"/departments/{id_}/closure", {"until": "2025-11-30", "reason": "再次"}, etag='"3"'
    )
    assert (again.status_code, again.json()["code"]) == (409, "ended_before")
    assert [e["action"] for e in await place.entries()][:3] == ["registered", "renamed", "closed"]


@pytest.mark.parametrize(
    ("on", "seen"),
    [("2024-01-01", 0), ("2024-01-02", 1), ("2025-10-31", 1), ("2025-11-01", 0)],
)
async def test_a_department_is_there_from_its_first_to_its_last_day(
    seat: Seating, on: str, seen: int
) -> None:
    place = await seat("aohan")
    id_ = await place.department_since("2024-01-02")
    body = {"until": "2025-10-31", "reason": "退出"}
    await place.post(f"/departments/{id_}/closure", body, etag=place.etags[id_])
    assert len(await place.listed("/departments", on=on)) == seen
    assert len(await place.listed("/departments")) == 1


@pytest.mark.parametrize(
    ("code", "check"),
    [
        ("11511301008778183", "18位"),
        ("I1511301008778183N", "I"),
        ("1151130A008778183N", "行政区划"),
        ("11511301008778184N", "GB 11714"),
        ("11511301008778183P", "GB 32100"),
        ("11511301008778183n", "n"),
    ],
)
async def test_a_wrong_credit_code_is_refused_with_the_check_that_it_fails(
    seat: Seating, code: str, check: str
) -> None:
    place = await seat("aohan")
    body = {"name": "国土局", "since": "2024-01-02", "credit_code": code}
    answer = await place.post("/departments", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "credit_code_wrong")
    assert check in answer.json()["detail"]


async def test_two_standing_departments_have_neither_name_nor_code_in_common(seat: Seating) -> None:
    place = await seat("aohan")
    body = {"name": "国土局", "since": "2024-01-02", "credit_code": CODE}
    first, second = await asyncio.gather(
        place.post("/departments", body), place.post("/departments", body)
    )
    assert sorted((first.status_code, second.status_code)) == [201, 409]
    same_code = await place.post("/departments", body | {"name": "林业局"})
    assert (same_code.status_code, same_code.json()["code"]) == (409, "department_taken")
    (id_,) = [one["id"] for one in await place.listed("/departments")]
    closing = {"until": "2025-10-09", "reason": "退出"}
    await place.post(f"/departments/{id_}/closure", closing, etag='"1"')
    assert (await place.post("/departments", body | {"since": "2025-10-10"})).status_code == 201


async def test_a_change_names_the_version_that_it_is_meant_for(seat: Seating) -> None:
    place = await seat("aohan")
    id_ = await place.department_since()
    path, body = f"/departments/{id_}/name", {"name": "自然资源局"}
    assert (await place.post(path, body)).status_code == 428
    both = await asyncio.gather(*(place.post(path, body, etag='"1"') for _ in range(2)))
    assert sorted(answer.status_code for answer in both) == [201, 412]


async def test_what_goes_on_keeps_its_department(seat: Seating) -> None:
    place = await seat("aohan")
    id_ = await place.department_since()
    await place.window_since(id_)
    await place.taken("department_head", department_id=id_)
    body = {"until": "2025-10-31", "reason": "退出"}
    answer = await place.post(f"/departments/{id_}/closure", body, etag=place.etags[id_])
    assert (answer.status_code, answer.json()["code"]) == (409, "department_in_use")
    assert "窗口" in answer.json()["detail"]
    assert "任命" in answer.json()["detail"]


@row("nanchang/4")
async def test_a_second_approval_office_is_refused_at_nanchang(seat: Seating) -> None:
    place = await seat("nanchang")
    id_ = await place.department_since()
    path = f"/departments/{id_}/offices"
    first = await place.post(path, {"name": "审批处", "since": "2025-01-02"})
    assert first.status_code == 201
    second = await place.post(path, {"name": "审批二处", "since": "2025-10-09"})
    assert (second.status_code, cited(second)) == (409, {"nanchang/4"})
    office = first.json()["id"]
    ended = await place.post(f"{path}/{office}/closure", {"until": "2025-10-08"}, etag='"1"')
    assert ended.status_code == 201
    next_day = await place.post(path, {"name": "审批二处", "since": "2025-10-09"})
    assert next_day.status_code == 201
    assert [one["name"] for one in await place.listed(path)] == ["审批处", "审批二处"]


@row("nanchang/4")
async def test_two_offices_that_are_opened_at_once_are_one(seat: Seating) -> None:
    place = await seat("nanchang")
    path = f"/departments/{await place.department_since()}/offices"
    bodies = ({"name": name, "since": "2025-10-09"} for name in ("甲", "乙", "丙"))
    answers = await asyncio.gather(*(place.post(path, body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


@pytest.mark.parametrize("regulation", ["erdos-hitech", "shapotou", "aohan", "tianya"])
async def test_a_silent_regulation_counts_no_offices(seat: Seating, regulation: str) -> None:
    place = await seat(regulation)
    path = f"/departments/{await place.department_since()}/offices"
    for name in ("审批处", "审批二处"):
        answer = await place.post(path, {"name": name, "since": "2025-10-09"})
        assert answer.status_code == 201


@row("nanchang/4")
async def test_a_department_without_approval_office_is_a_gap_at_nanchang(seat: Seating) -> None:
    place = await seat("nanchang")
    without, with_one = await place.department_since(), await place.department_since()
    body = {"name": "审批处", "since": "2025-10-09"}
    await place.post(f"/departments/{with_one}/offices", body)
    assert await place.gaps() == [("approval_office", without, None)]
    assert len(await place.gaps("2025-10-08")) == 2
    (gap,) = await place.listed("/gaps", on="2025-10-09")
    assert (gap["rows"], gap["article"]) == (["nanchang/4"], "第四条")


async def test_a_department_of_another_centre_is_not_there(seat: Seating) -> None:
    place, other = await seat("nanchang"), await seat("nanchang")
    foreign = await other.department_since()
    for path in (f"/departments/{foreign}", f"/departments/{foreign}/offices"):
        assert (await place.get(path)).status_code == 404
    assert (await place.taken("liaison", department_id=foreign)).status_code == 404
