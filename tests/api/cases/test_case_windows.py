"""Cases at windows: where an item is served, for whom a comprehensive window accepts, its head."""

from datetime import date

import pytest

from app.db.ids import uuid7
from app.domain.organisation.authority import Body
from app.domain.organisation.window import WindowKind, WindowStage
from tests.api.cases.house import House, Housing
from tests.api.windows.place import cited, missing
from tests.rows import row

NOT_OF_NANCHANG = ("major_investment", "special_matter", "ordinary")


@row("erdos-hitech/4", "erdos-hitech/14.1")
async def test_the_window_of_another_department_is_told_which_one_is_right(
    house_of: Housing,
) -> None:
    house = await house_of("erdos-hitech")
    own = await house.assigned(await house.standing())
    other = await house.standing(of=await house.department())
    refused = await house.apply(window_id=other)
    assert refused.status_code == 409
    assert cited(refused) == {"erdos-hitech/4", "erdos-hitech/14.1"}
    [finding] = [f for f in refused.json()["decision"]["findings"] if f["result"] == "violated"]
    assert finding["expected"] == [own]
    answer = await house.apply(window_id=own)
    assert (answer.status_code, answer.json()["case"]["window_id"]) == (201, own)
    assert answer.json()["case"]["department_id"] == house.unit
    acts = await house.get(f"/cases/{answer.json()['case']['id']}/acts")
    facts = acts.json()["items"][0]["facts"]
    assert (facts["window_id"], facts["department_id"]) == (own, house.unit)


@row("erdos-hitech/14.1")
async def test_the_only_window_of_an_item_is_meant_and_of_several_one_is_named(
    house_of: Housing,
) -> None:
    house = await house_of("erdos-hitech")
    nowhere = await house.apply()
    assert (nowhere.status_code, "erdos-hitech/14.1" in cited(nowhere)) == (409, True)
    first = await house.assigned(await house.standing())
    assert (await house.apply()).json()["case"]["window_id"] == first
    second = await house.assigned(await house.standing())
    unnamed = await house.apply()
    assert (unnamed.status_code, missing(unnamed)) == (422, ["window_id"])
    rows = {row for f in unnamed.json()["decision"]["findings"] for row in f["rows"]}
    assert "erdos-hitech/14.1" in rows
    assert (await house.apply(window_id=second)).status_code == 201


@row("erdos-hitech/14.1")
async def test_the_result_leaves_at_a_window_of_the_item(house_of: Housing) -> None:
    house = await house_of("erdos-hitech")
    await house.assigned(await house.standing())
    elsewhere = await house.standing(of=await house.department())
    case_id = await house.received()
    assert (await house.accept(case_id, window_id=elsewhere)).status_code == 409
    assert (await house.accept(case_id)).status_code == 201
    await house.decide(case_id, by=house.speaker(Body.DEPARTMENT))
    refused = await house.do(case_id, "completion", window_id=elsewhere)
    assert (refused.status_code, "erdos-hitech/14.1" in cited(refused)) == (409, True)
    assert (await house.do(case_id, "completion")).status_code == 201


async def test_a_window_that_is_closed_or_unknown_takes_nothing_in(house_of: Housing) -> None:
    house = await house_of("tianya")
    at = await house.standing()
    assert (await house.apply(window_id=at)).json()["case"]["window_id"] == at
    for stage in (WindowStage.PREPARED, WindowStage.CLOSED):
        shut = await house.apply(window_id=await house.standing(stage=stage))
        assert (shut.status_code, shut.json()["code"]) == (409, "window_not_open")
    unknown = await house.apply(window_id=str(uuid7()))
    assert unknown.status_code == 404
    foreign = await house_of("tianya")
    assert (await house.apply(window_id=await foreign.standing())).status_code == 404


async def test_a_case_of_a_day_before_the_windows_were_entered_is_taken_in_at_the_first(
    house_of: Housing,
) -> None:
    house = await house_of("erdos-hitech")
    first = await house.assigned(await house.standing())
    answer = await house.apply(received_at="2019-12-31T10:00:00+08:00")
    assert (answer.status_code, answer.json()["case"]["window_id"]) == (201, first)


@pytest.mark.parametrize("regulation", ["nanchang", "tianya", "shapotou"])
async def test_texts_that_bind_no_item_to_a_window_ask_for_none(
    house_of: Housing, regulation: str
) -> None:
    house = await house_of(regulation)
    assert (await house.apply()).status_code == 201


@row("aohan/9")
async def test_the_comprehensive_window_takes_in_for_a_unit_while_the_approval_lasts(
    house_of: Housing,
) -> None:
    house = await house_of("aohan")
    hall = await house.standing(WindowKind.COMPREHENSIVE)
    refused = await house.apply(window_id=hall)
    assert (refused.status_code, "aohan/9" in cited(refused)) == (409, True)
    await house.delegated(hall, "2025-10-01", "2025-10-09")
    assert (await house.apply(window_id=hall)).status_code == 201
    only = await house.apply()  # It is the only one that may.
    assert only.json()["case"]["window_id"] == hall
    house.on("2025-10-10")
    late = await house.apply(window_id=hall)
    assert (late.status_code, "aohan/9" in cited(late)) == (409, True)


@row("nanchang/5")
async def test_a_unit_s_own_window_needs_no_approval_and_another_one_does(
    house_of: Housing,
) -> None:
    house = await house_of("nanchang")
    own, hall = await house.standing(), await house.standing(WindowKind.COMPREHENSIVE)
    assert (await house.apply(window_id=own)).status_code == 201
    refused = await house.apply(window_id=hall)
    assert (refused.status_code, cited(refused)) == (409, {"nanchang/5"})
    await house.delegated(hall, "2025-10-01", "2025-10-09")
    assert (await house.apply(window_id=hall)).status_code == 201
    house.on("2025-10-10")
    assert (await house.apply(window_id=hall)).status_code == 409


async def entrusted(house: House, case_id: str, *steps: str) -> None:
    """The entry of a case that was taken in for the unit, with these steps."""
    body = {"window_id": "", "item_id": house.thing, "case_id": case_id}
    body["window_id"] = (await house.get(f"/cases/{case_id}")).json()["window_id"]
    id_ = await house.made("/entrusted-cases", body)
    for step in steps:
        path = f"/entrusted-cases/{id_}/steps"
        answer = await house.post(path, {"step": step}, etag=house.etags[id_])
        assert answer.status_code == 201, answer.text


@row("nanchang/5")
async def test_what_was_taken_in_for_a_unit_comes_back_before_it_is_handed_out(
    house_of: Housing,
) -> None:
    house = await house_of("nanchang")
    hall = await house.standing(WindowKind.COMPREHENSIVE)
    await house.delegated(hall, "2025-10-01", "2025-12-31")
    case_id = await house.decided(window_id=hall)
    assert (await house.do(case_id, "seal")).status_code == 201
    refused = await house.do(case_id, "completion")
    assert (refused.status_code, cited(refused)) == (409, {"nanchang/5"})
    assert missing(refused) == ["transfer", "feedback"]
    await entrusted(house, case_id, "transfer")
    assert missing(await house.do(case_id, "completion")) == ["feedback"]
    second = await house.decided(window_id=hall)
    assert (await house.do(second, "seal")).status_code == 201
    await entrusted(house, second, "transfer", "feedback")
    assert (await house.do(second, "completion")).status_code == 201


@row("aohan/13.1")
async def test_a_window_takes_in_what_is_in_the_hall_and_assigned_to_it(house_of: Housing) -> None:
    house = await house_of("aohan")
    own = await house.standing()
    refused = await house.apply(window_id=own)
    assert (refused.status_code, cited(refused)) == (409, {"aohan/13.1"})
    await house.assigned(own)
    assert (await house.apply()).status_code == 201
    await house.placed_outside()
    outside = await house.apply()
    assert (outside.status_code, cited(outside)) == (409, {"aohan/13.1"})


@row("shapotou/3.s2")
async def test_a_department_without_a_head_is_warned_of_and_refused_where_the_centre_is_strict(
    house_of: Housing,
) -> None:
    house = await house_of("shapotou")
    first, second, third = [await house.received() for _ in range(3)]
    warned = await house.accept(first)
    assert warned.status_code == 201
    said = {one["code"]: one["message"] for one in warned.json()["decision"]["warnings"]}
    assert "shapotou/3" in said["approval_head_missing"]
    await house.mode("strict", "2025-10-10")
    assert (await house.accept(second)).status_code == 201
    house.on("2025-10-10")
    refused = await house.accept(third)
    assert (refused.status_code, cited(refused)) == (409, {"shapotou/3.s2"})
    await house.holds("head", "approval_office_head", date(2025, 10, 10))
    headed = await house.accept(third)
    assert headed.status_code == 201
    assert "approval_head_missing" not in {w["code"] for w in headed.json()["decision"]["warnings"]}


async def test_a_mode_that_no_text_asks_for_changes_nothing(house_of: Housing) -> None:
    house = await house_of("tianya")
    await house.mode("strict", "2025-10-01")
    answer = await house.accept(await house.received())
    assert answer.status_code == 201
    assert "approval_head_missing" not in {w["code"] for w in answer.json()["decision"]["warnings"]}


@row("aohan/40")
async def test_the_green_channel_wants_its_ground_and_the_agency_its_entrustment(
    house_of: Housing,
) -> None:
    house = await house_of("aohan")
    await house.assigned(await house.standing())
    plain = (await house.apply()).json()["case"]
    for ground in ({}, {"green_ground": "ordinary"}, {"green_ground": "key_project"}):
        refused = await house.apply(green_channel={}, **ground)
        assert (refused.status_code, cited(refused)) == (422, {"aohan/40"})
    for lawful in ("major_investment", "special_matter"):
        answer = await house.apply(green_channel={}, green_ground=lawful)
        assert answer.status_code == 201
        assert answer.json()["case"]["limit_days"] == plain["limit_days"]  # No halving here.
    unasked = await house.apply(full_agency=True)
    assert (unasked.status_code, missing(unasked)) == (422, ["entrustment"])
    blank = await house.apply(full_agency=True, entrustment="  ")
    assert (blank.status_code, missing(blank)) == (422, ["entrustment"])
    assert (await house.apply(full_agency=True, entrustment="委〔2025〕3号")).status_code == 201
    named = await house.apply(full_agency=True, entrustment="13800138000")
    assert named.json()["code"] == "personal_value"


@row("nanchang/24")
async def test_nanchang_has_its_own_grounds_and_asks_for_the_project(house_of: Housing) -> None:
    house = await house_of("nanchang")
    named = {"green_project": "2503-360100-04-01-123456"}
    for ground in ({}, *({"green_ground": one} for one in NOT_OF_NANCHANG)):
        refused = await house.apply(green_channel={"limit_days": 2}, **ground, **named)
        assert (refused.status_code, cited(refused)) == (422, {"nanchang/24"})
    for lawful in ("major_industry", "key_project"):
        asked = {"green_channel": {"limit_days": 2}, "green_ground": lawful}
        for unnamed in ({}, {"green_project": "  "}):
            refused = await house.apply(**asked, **unnamed)
            assert (refused.status_code, cited(refused)) == (422, {"nanchang/24"})
            assert missing(refused) == ["green_project"]
        assert (await house.apply(**asked, **named)).status_code == 201


async def test_the_project_has_a_number_and_is_nobody(house_of: Housing) -> None:
    house = await house_of("nanchang")
    asked = {"green_channel": {}, "green_ground": "key_project"}
    for project, code in (
        ("360102199001011234", "personal_value"),
        ("项" * 101, "invalid_request"),
    ):
        refused = await house.apply(**asked, green_project=project)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert (await house.apply(**asked, green_project="项" * 100)).status_code == 201


async def test_the_ledger_keeps_on_what_ground_and_for_which_project(house_of: Housing) -> None:
    house = await house_of("nanchang")
    case_id = await house.received(
        green_channel={}, green_ground="major_industry", green_project="洪重点〔2025〕12号"
    )
    (act,) = (await house.get(f"/cases/{case_id}/acts")).json()["items"]
    favour = act["facts"]["favour"]
    assert (favour["ground"], favour["project"]) == ("major_industry", "洪重点〔2025〕12号")


async def test_an_item_without_a_department_is_asked_for_no_ground(house_of: Housing) -> None:
    for regulation in ("nanchang", "aohan"):
        house = await house_of(regulation)
        house.thing = await house.item(None)
        assert (await house.apply(green_channel={"limit_days": 2})).status_code == 201


async def test_a_text_without_a_green_channel_asks_for_neither(house_of: Housing) -> None:
    house = await house_of("tianya")
    assert (await house.apply(green_channel={"limit_days": 2})).status_code == 201


async def test_what_aohan_asks_of_the_full_agency_nanchang_does_not(house_of: Housing) -> None:
    house = await house_of("nanchang")
    assert (await house.apply(full_agency=True)).status_code == 201
