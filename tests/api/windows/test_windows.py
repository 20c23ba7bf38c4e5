"""Windows over HTTP: set up, opened, adjusted, closed, and read as they stood on a day."""

import asyncio
from datetime import date

import pytest

from app.domain.organisation.authority import Body
from tests.api.conftest import Speaker
from tests.api.windows.place import APPROVED, Json, Opening, cited, missing
from tests.rows import row

BUREAU = Speaker(bodies=(Body.BUREAU,))
COMMUNITY = Speaker(bodies=(Body.COMMUNITY,), subject="community")
HALL: Json = {"kind": "specialised_hall", "name": "车管大厅"}
GROUNDS: Json = {"large_volume": True, "special_reason": "space"}


@row("aohan/12")
async def test_a_unit_without_chief_or_clerk_is_not_activated_in_the_hall(
    at_centre: Opening,
) -> None:
    place = await at_centre("aohan")
    unit = await place.department()
    await place.appoint(unit, "supervising_leader")
    window = await place.window(department_id=unit)
    await place.clerk(unit)
    without = await place.act(window, "activation")
    assert (without.status_code, cited(without)) == (409, {"aohan/12"})
    assert missing(without) == ["chief"]
    await place.appoint(unit, "chief_representative")
    opened = await place.act(window, "activation")
    assert (opened.status_code, opened.json()["stage"]) == (201, "active")
    assert opened.json()["opened_on"] == "2025-10-09"


@row("aohan/12")
async def test_a_unit_with_a_chief_and_no_clerk_lacks_staff(at_centre: Opening) -> None:
    place = await at_centre("aohan")
    unit = await place.department()
    await place.appoint(unit, "supervising_leader")
    chief = await place.appoint(unit, "chief_representative")
    await place.clerk(unit, person_id=chief)  # The chief is no clerk beside oneself.
    window = await place.window(department_id=unit)
    without = await place.act(window, "activation")
    assert (without.status_code, cited(without), missing(without)) == (409, {"aohan/12"}, ["staff"])


@row("aohan/12")
async def test_a_clerk_of_another_window_is_none_of_this_one(at_centre: Opening) -> None:
    place = await at_centre("aohan")
    unit = await place.department()
    await place.appoint(unit, "supervising_leader")
    await place.appoint(unit, "chief_representative")
    first = await place.window(department_id=unit)
    second = await place.window(department_id=unit)
    await place.clerk(unit, window_id=second)
    assert missing(await place.act(first, "activation")) == ["staff"]
    assert (await place.act(second, "activation")).status_code == 201


@row("aohan/22")
async def test_a_unit_names_its_supervising_leader_before_its_window_opens(
    at_centre: Opening,
) -> None:
    place = await at_centre("aohan")
    unit = await place.department()
    await place.appoint(unit, "chief_representative")
    await place.clerk(unit)
    window = await place.window(department_id=unit)
    without = await place.act(window, "activation")
    assert (without.status_code, cited(without)) == (409, {"aohan/22"})
    await place.appoint(unit, "supervising_leader", since=date(2025, 10, 10))
    assert (await place.act(window, "activation")).status_code == 409
    place.on("2025-10-10")
    assert (await place.act(window, "activation")).status_code == 201


@row("erdos-hitech/9")
async def test_a_department_names_its_liaison_before_its_window_opens(at_centre: Opening) -> None:
    place = await at_centre("erdos-hitech")
    unit = await place.department()
    window = await place.window(department_id=unit)
    path = f"/windows/{window}/requests"
    request = await place.made(path, {"event": "enter", "reason": "进驻"})
    await place.post(f"{path}/{request}/approval", None, etag='"1"')
    without = await place.act(window, "activation")
    assert (without.status_code, cited(without)) == (409, {"erdos-hitech/9"})
    await place.appoint(unit, "liaison")
    assert (await place.act(window, "activation")).status_code == 201


@row("nanchang/12.s1")
async def test_the_chief_of_a_window_heads_the_approval_office(at_centre: Opening) -> None:
    place = await at_centre("nanchang")
    unit = await place.department()
    window = await place.window(department_id=unit)
    await place.appoint(unit, "chief_representative")
    await place.appoint(unit, "approval_office_head")
    without = await place.act(window, "activation")
    assert (without.status_code, cited(without)) == (409, {"nanchang/12.s1"})
    assert missing(without) == ["approval_office_head_as_chief"]
    other = await place.department()
    await place.appoint(other, "chief_representative", "approval_office_head")
    assert (await place.act(window, "activation")).status_code == 409
    assert (await place.open_window(department_id=other)) != window


@row("nanchang/6")
async def test_a_specialised_hall_is_approved_and_assessed(at_centre: Opening) -> None:
    place = await at_centre("nanchang")
    without = await place.post("/windows", HALL | GROUNDS)
    assert (without.status_code, cited(without)) == (422, {"nanchang/6"})
    assert missing(without) == ["approval.by", "approval.number"]
    unreasoned = await place.post("/windows", HALL | {"approval": APPROVED})
    assert (unreasoned.status_code, missing(unreasoned)) == (
        422,
        ["large_volume", "special_reason"],
    )
    made = await place.made("/windows", HALL | GROUNDS | {"approval": APPROVED})
    assessed = await place.listed("/windows", assessed="true")
    assert [(one["id"], one["assessed"]) for one in assessed] == [(made, True)]
    await place.act(made, "closure")
    assert not await place.listed("/windows", assessed="true")


@row("aohan/46")
async def test_a_sub_hall_is_approved_and_temporary(at_centre: Opening) -> None:
    place = await at_centre("aohan")
    body = {"kind": "sub_hall", "name": "新惠镇分厅"}
    for approval in (None, {"by": "government"}, {"by": "bureau", "number": "1"}):
        without = await place.post("/windows", body | {"approval": approval})
        assert (without.status_code, cited(without)) == (422, {"aohan/46"})
    made = await place.post("/windows", body | {"approval": APPROVED})
    assert (made.status_code, made.json()["temporary"]) == (201, True)


@pytest.mark.parametrize("regulation", ["erdos-hitech", "shapotou", "tianya"])
async def test_a_hall_needs_no_approval_where_no_article_asks_for_one(
    at_centre: Opening, regulation: str
) -> None:
    place = await at_centre(regulation)
    for kind in ("specialised_hall", "sub_hall"):
        made = await place.post("/windows", {"kind": kind, "name": "厅", "reason": "统一安排"})
        assert (made.status_code, made.json()["temporary"]) == (201, False)
        assert made.json()["assessed"] is False


@row("tianya/8")
async def test_only_the_bureau_sets_and_closes_a_window_and_says_why(at_centre: Opening) -> None:
    place = await at_centre("tianya")
    unit = await place.department()
    body = {"kind": "own", "name": "社保窗口", "department_id": unit}
    refused = await place.post("/windows", body | {"reason": "统一安排"}, by=COMMUNITY)
    assert (refused.status_code, cited(refused)) == (403, {"tianya/8"})
    unreasoned = await place.post("/windows", body, by=BUREAU)
    assert (unreasoned.status_code, cited(unreasoned)) == (422, {"tianya/8"})
    assert missing(unreasoned) == ["reason"]
    window = await place.made("/windows", body | {"reason": "统一安排"})
    acts: tuple[tuple[str, Json], ...] = (
        ("activation", {}),
        ("adjustment", {"change": {"name": "甲"}, "reason": "更名"}),
        ("closure", {"reason": "撤并"}),
    )
    for act, more in acts:
        refused = await place.act(window, act, more, by=COMMUNITY)
        assert (refused.status_code, cited(refused)) == (403, {"tianya/8"})
        assert (await place.act(window, act, more, by=BUREAU)).status_code == 201


@row("tianya/8")
async def test_adjusting_and_closing_need_a_reason_of_their_own(at_centre: Opening) -> None:
    place = await at_centre("tianya")
    window = await place.window(department_id=await place.department())
    acts: tuple[tuple[str, Json], ...] = (
        ("adjustment", {"change": {"name": "甲"}}),
        ("closure", {}),
    )
    for act, more in acts:
        unreasoned = await place.act(window, act, more, by=BUREAU)
        assert (unreasoned.status_code, cited(unreasoned)) == (422, {"tianya/8"})


@pytest.mark.parametrize("regulation", ["shapotou", "tianya"])
async def test_a_silent_text_opens_a_window_with_a_name_and_a_department(
    at_centre: Opening, regulation: str
) -> None:
    place = await at_centre(regulation)
    unit = await place.department()
    assert (await place.get(f"/windows/{await place.open_window(department_id=unit)}")).json()[
        "stage"
    ] == "active"


async def test_shapotou_asks_nobody_for_a_reason_and_keeps_windows_for_nobody(
    at_centre: Opening,
) -> None:
    place = await at_centre("shapotou")
    unit = await place.department()
    body = {"kind": "own", "name": "社保窗口", "department_id": unit}
    window = await place.made("/windows", body, by=COMMUNITY)
    assert (await place.act(window, "closure", by=COMMUNITY)).status_code == 201


@row("aohan/12")
async def test_a_window_that_changes_its_department_opens_for_that_one(at_centre: Opening) -> None:
    place = await at_centre("aohan")
    first, second = await place.department(), await place.department()
    for unit in (first, second):
        await place.appoint(unit, "chief_representative")
        await place.appoint(unit, "supervising_leader")
    await place.clerk(first)
    window = await place.open_window(department_id=first)
    moved = {"change": {"department_id": second}}
    without = await place.act(window, "adjustment", moved)
    assert (without.status_code, missing(without)) == (409, ["staff"])
    assert (await place.act(window, "adjustment", {"change": {"name": "甲"}})).status_code == 201
    await place.clerk(second)
    assert (await place.act(window, "adjustment", moved)).status_code == 201


@row("nanchang/6")
async def test_a_window_does_not_become_a_hall_without_approval(at_centre: Opening) -> None:
    place = await at_centre("nanchang")
    window = await place.window(kind="comprehensive", name="综合窗口")
    change = {"change": {"kind": "specialised_hall"}}
    without = await place.act(window, "adjustment", change)
    assert (without.status_code, cited(without)) == (422, {"nanchang/6"})
    made = await place.act(window, "adjustment", change | GROUNDS | {"approval": APPROVED})
    assert (made.status_code, made.json()["kind"]) == (201, "specialised_hall")


async def test_a_number_belongs_to_one_window_until_that_one_is_closed(at_centre: Opening) -> None:
    place = await at_centre("shapotou")
    unit = await place.department()
    body = {"kind": "own", "name": "窗口", "department_id": unit, "number": "A01"}
    first = await place.made("/windows", body)
    taken = await place.post("/windows", body)
    assert (taken.status_code, taken.json()["code"]) == (409, "window_number_taken")
    other = await place.window(department_id=unit)
    taken = await place.act(other, "adjustment", {"change": {"number": "A01"}})
    assert (taken.status_code, taken.json()["code"]) == (409, "window_number_taken")
    await place.act(first, "closure")
    assert (await place.act(other, "adjustment", {"change": {"number": "A01"}})).status_code == 201


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "own"}, "impossible_fact"),
        ({"name": "找张三13800138000"}, "personal_value"),
        ({"approval": APPROVED | {"issued_on": "2025-10-10"}}, "impossible_fact"),
        ({"name": ""}, "invalid_request"),
        ({"kind": "stall"}, "invalid_request"),
        ({"stage": "active"}, "invalid_request"),
    ],
)
async def test_what_is_not_a_window_is_unprocessable(
    at_centre: Opening, body: Json, code: str
) -> None:
    place = await at_centre("shapotou")
    refused = await place.post("/windows", {"kind": "comprehensive", "name": "窗口"} | body)
    assert (refused.status_code, refused.json()["code"]) == (422, code)


async def test_a_department_that_is_not_there_has_no_window(at_centre: Opening) -> None:
    place, elsewhere = await at_centre("shapotou"), await at_centre("shapotou")
    unit = await elsewhere.department()
    refused = await place.post("/windows", {"kind": "own", "name": "窗口", "department_id": unit})
    assert refused.status_code == 404


async def test_a_window_is_not_adjusted_to_what_it_cannot_be(at_centre: Opening) -> None:
    place, elsewhere = await at_centre("shapotou"), await at_centre("shapotou")
    window = await place.window(kind="comprehensive", name="综合窗口")
    changes: tuple[tuple[Json, int, str], ...] = (
        ({"kind": "own"}, 422, "impossible_fact"),
        ({}, 422, "impossible_fact"),
        ({"department_id": await elsewhere.department()}, 404, "not_found"),
    )
    for change, status, code in changes:
        refused = await place.act(window, "adjustment", {"change": change})
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    own: Json = {"change": {"kind": "own", "department_id": await place.department()}}
    assert (await place.act(window, "adjustment", own)).status_code == 201


async def test_a_window_does_not_open_before_its_department_came(at_centre: Opening) -> None:
    place = await at_centre("shapotou")
    window = await place.window(department_id=await place.department())
    early = await place.act(window, "activation", {"since": "2019-12-31"})
    assert (early.status_code, early.json()["code"]) == (409, "department_not_at_centre")
    assert (await place.act(window, "activation", {"since": "2020-01-01"})).status_code == 201


async def test_a_window_does_not_open_ahead_of_time(at_centre: Opening) -> None:
    place = await at_centre("shapotou")
    window = await place.window(department_id=await place.department())
    ahead = await place.act(window, "activation", {"since": "2025-10-10"})
    assert (ahead.status_code, ahead.json()["code"]) == (422, "impossible_fact")


async def test_a_change_names_the_state_that_it_is_meant_for(at_centre: Opening) -> None:
    place = await at_centre("shapotou")
    window = await place.window(department_id=await place.department())
    path = f"/windows/{window}/activation"
    assert (await place.post(path, {})).status_code == 428
    assert (await place.post(path, {}, etag='"7"')).status_code == 412
    opened = await place.post(path, {}, etag='"1"')
    assert (opened.status_code, opened.headers["etag"]) == (201, '"2"')
    again = await place.post(path, {}, etag='"2"')
    assert (again.status_code, again.json()["code"]) == (409, "window_stage_refused")


async def test_the_same_key_gives_the_same_window(at_centre: Opening) -> None:
    place = await at_centre("shapotou")
    body = {"kind": "comprehensive", "name": "综合窗口"}
    one = await place.post("/windows", body, key="one")
    two = await place.post("/windows", body, key="one")
    assert (one.status_code, two.json()) == (201, one.json())
    assert len(await place.listed("/windows")) == 1


async def test_of_two_that_change_a_window_at_once_one_is_told(at_centre: Opening) -> None:
    place = await at_centre("shapotou")
    window = await place.window(department_id=await place.department())
    answers = await asyncio.gather(
        *(place.post(f"/windows/{window}/activation", {}, etag='"1"') for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 412, 412, 412]
