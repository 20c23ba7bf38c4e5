"""Centres over HTTP: founded, named, under another regulation from a day on, and their settings."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from app.db.centres import Centres
from app.domain.day import SHANGHAI
from app.domain.organisation.centre import Level
from tests.api.cases.desk import at
from tests.api.organisation.seat import Seat, Seating
from tests.api.windows.place import cited
from tests.rows import row

# Any: bodies are the free JSON that they are.
SAID = {"by": "分管副主任", "reason": "试用征求意见稿"}


def centre(regulation: str = "aohan", **more: Any) -> dict[str, Any]:
    known = {
        "code": f"c-{uuid4().hex[:20]}",
        "name": "试验中心",
        "level": "county",
        "region": "150430",
        "adoption": {"regulation": regulation},
    }
    return known | more


async def test_a_county_a_township_and_a_village_are_founded_below_each_other(
    seat: Seating,
) -> None:
    place = await seat("aohan")
    county = await place.platform("/v1/centres", centre())
    assert (county.status_code, county.headers["etag"]) == (201, '"1.2025-10-09"')
    township = await place.platform(
        "/v1/centres",
        centre(level="township", region="150430101", parent_id=county.json()["centre"]["id"]),
    )
    village = await place.platform(
        "/v1/centres",
        centre(level="village", region="150430101201", parent_id=township.json()["centre"]["id"]),
    )
    assert (township.status_code, village.status_code) == (201, 201)
    seen = await place.client.get(
        f"/v1/centres/{village.json()['centre']['id']}",
        headers=place.issuer.bearer("centres:read", platform=True),
    )
    assert seen.json() == village.json()["centre"]
    assert seen.json()["regulation"] == "aohan"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"region": "150430101"}, "region_malformed"),
        ({"region": "000430"}, "region_malformed"),
        ({"level": "township", "region": "150430000"}, "region_malformed"),
        ({"level": "township", "region": "150430"}, "region_malformed"),
        ({"adoption": {"regulation": "national"}}, "regulation_unknown"),
        ({"adoption": {"regulation": "nowhere"}}, "regulation_unknown"),
        ({"name": "张三13800138000"}, "personal_value"),
    ],
)
async def test_a_centre_that_cannot_be_is_not_founded(
    seat: Seating, body: dict[str, Any], code: str
) -> None:
    place = await seat("aohan")
    answer = await place.platform("/v1/centres", centre(**body))
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_a_parent_is_one_level_above_and_its_code_the_beginning(seat: Seating) -> None:
    place = await seat("aohan")
    county = (await place.platform("/v1/centres", centre())).json()["centre"]["id"]
    for body in (
        {"parent_id": county},
        {"level": "village", "region": "150430101201", "parent_id": county},
        {"level": "township", "region": "150429101", "parent_id": county},
    ):
        answer = await place.platform("/v1/centres", centre(**body))
        assert (answer.status_code, answer.json()["code"]) == (422, "parent_wrong")
    nowhere = centre(level="township", region="150430101", parent_id=str(uuid4()))
    assert (await place.platform("/v1/centres", nowhere)).status_code == 404


async def test_a_code_is_taken_once_and_only_the_platform_founds(seat: Seating) -> None:
    place = await seat("aohan")
    body = centre()
    both = await asyncio.gather(*(place.platform("/v1/centres", body) for _ in range(2)))
    assert sorted(answer.status_code for answer in both) == [201, 409]
    own = place.issuer.bearer(centres=(place.centre,)) | {"Idempotency-Key": uuid4().hex}
    refused = await place.client.post("/v1/centres", json=centre(), headers=own)
    assert (refused.status_code, refused.json()["code"]) == (403, "platform_only")


async def test_a_centre_gets_another_name(seat: Seating) -> None:
    place = await seat("aohan")
    etag = (await place.get("")).headers["etag"]
    renamed = await place.post("/name", {"name": "新名"}, etag=etag)
    assert (renamed.status_code, renamed.headers["etag"]) == (201, '"2.2025-10-09"')
    assert (await place.get("")).json()["name"] == "新名"
    assert (await place.post("/name", {"name": "又名"}, etag=etag)).status_code == 412


@row("shapotou/31")
async def test_a_draft_is_adopted_only_by_somebody_who_answers_for_it(seat: Seating) -> None:
    place = await seat("aohan")
    body = {"regulation": "shapotou", "since": "2025-10-10"}
    refused = await place.post("/adoptions", body)
    assert (refused.status_code, cited(refused)) == (409, {"shapotou/31"})
    made = await place.post("/adoptions", body | {"acknowledgement": SAID})
    assert made.status_code == 201
    assert made.json()["acknowledgement"] == SAID
    warnings = made.json()["warnings"]
    assert [each["code"] for each in warnings] == ["rulebook_is_draft", "rulebook_not_in_force"]
    assert all(each["rows"] == ["shapotou/31"] for each in warnings)
    founded = centre("shapotou", region="640502")
    assert cited(await place.platform("/v1/centres", founded)) == {"shapotou/31"}
    founded["adoption"]["acknowledgement"] = SAID
    answer = await place.platform("/v1/centres", founded)
    assert answer.status_code == 201
    assert [each["code"] for each in answer.json()["adoption"]["warnings"]] == [
        "rulebook_is_draft",
        "rulebook_not_in_force",
    ]


@row("aohan/48", "tianya/6", "erdos-hitech/25")
@pytest.mark.parametrize(
    ("regulation", "cites"),
    [("aohan", "aohan/48"), ("tianya", "tianya/6"), ("erdos-hitech", "erdos-hitech/25")],
)
async def test_an_adoption_warns_of_an_unknown_effective_date(
    seat: Seating, regulation: str, cites: str
) -> None:
    place = await seat("nanchang")
    founded = centre(regulation, unit_type="community_station")
    (warning,) = (await place.platform("/v1/centres", founded)).json()["adoption"]["warnings"]
    assert (warning["code"], warning["rows"]) == ("effective_date_unknown", [cites])


@row("nanchang/55")
@pytest.mark.parametrize(
    ("level", "region", "unit_type", "by_reference"),
    [
        ("county", "360100", "county_hall", False),
        ("county", "360100", None, False),
        ("county", "360100", "specialised_hall", True),
        ("township", "360102001", None, True),
    ],
)
async def test_townships_and_specialised_halls_follow_nanchang_by_reference(
    seat: Seating, level: str, region: str, unit_type: str | None, by_reference: bool
) -> None:
    place = await seat("nanchang")
    body = centre("nanchang", level=level, region=region, unit_type=unit_type)
    answer = await place.platform("/v1/centres", body)
    assert answer.json()["adoption"]["applied_by_reference"] is by_reference
    assert answer.json()["adoption"]["warnings"] == []
    elsewhere = body | {"code": f"c-{uuid4().hex[:20]}", "adoption": {"regulation": "aohan"}}
    answer = await place.platform("/v1/centres", elsewhere)
    assert answer.json()["adoption"]["applied_by_reference"] is False


@row("tianya/2")
async def test_tianya_asks_what_kind_of_place_it_is(seat: Seating) -> None:
    place = await seat("nanchang")
    unknown = await place.platform("/v1/centres", centre("tianya"))
    assert (unknown.status_code, unknown.json()["code"]) == (422, "undetermined")
    assert unknown.json()["decision"]["missing"] == ["unit_type"]
    for unit_type in ("community_station", "county_hall"):
        answer = await place.platform("/v1/centres", centre("tianya", unit_type=unit_type))
        assert answer.status_code == 201


async def test_another_regulation_governs_from_its_day_on(seat: Seating) -> None:
    place = await seat("aohan")
    body = {"regulation": "nanchang", "national": True, "since": "2025-10-11"}
    assert (await place.post("/adoptions", body)).status_code == 201
    again = await place.post("/adoptions", body)
    assert (again.status_code, again.json()["code"]) == (409, "adoption_stands")
    for day, governs in (
        ("2025-10-09", ("aohan", False)),
        ("2025-10-10", ("aohan", False)),
        ("2025-10-11", ("nanchang", True)),
    ):
        place.on(day)
        seen = (await place.get("")).json()
        assert (seen["regulation"], seen["national"]) == governs
        assert (await place.get("/gaps")).json()["regulation"] == governs[0]
    (listed,) = await place.listed("/adoptions")
    assert (listed["regulation"], listed["since"]) == ("nanchang", "2025-10-11")
    platform = await place.client.get(
        "/v1/centres",
        params={"limit": "200"},
        headers=place.issuer.bearer("centres:read", centres=(place.centre,)),
    )
    assert [each["regulation"] for each in platform.json()["items"]] == ["nanchang"]


async def received(place: Seat, item_id: str) -> dict[str, Any]:
    body = {"item_id": item_id, "materials_complete": True, "channel": "window"}
    answer = await place.client.post(
        f"/v1/centres/{place.centre}/cases",
        json=body,
        headers=place.issuer.bearer(centres=(place.centre,)) | {"Idempotency-Key": uuid4().hex},
    )
    assert answer.status_code == 201, answer.text
    case: dict[str, Any] = answer.json()["case"]
    return case


async def test_a_case_comes_under_the_regulation_of_its_day_of_receipt(seat: Seating) -> None:
    place = await seat("aohan")
    item_id = await place.item(None)
    body = {"regulation": "nanchang", "since": "2025-10-10"}
    await place.post("/adoptions", body)
    assert (await received(place, item_id))["regulation"] == "aohan"
    place.on("2025-10-10")
    assert (await received(place, item_id))["regulation"] == "nanchang"


@pytest.mark.parametrize(
    ("now", "since", "status"),
    [
        (at("2025-10-09"), "2025-10-08", 409),
        (at("2025-10-09"), "2025-10-09", 409),
        (at("2025-10-09"), "2025-10-10", 201),
        (at("2025-10-09", 23, 58), "2025-10-10", 201),
        (at("2025-10-09", 23, 59), "2025-10-10", 409),
        (at("2025-10-09", 23, 59), "2025-10-11", 201),
    ],
)
async def test_an_adoption_takes_nobody_by_surprise(
    seat: Seating, now: datetime, since: str, status: int
) -> None:
    place = await seat("aohan")
    place.now[0] = now.astimezone(SHANGHAI)
    answer = await place.post("/adoptions", {"regulation": "nanchang", "since": since})
    assert answer.status_code == status
    assert status == 201 or answer.json()["code"] == "adoption_too_soon"


async def test_another_process_knows_of_it_within_half_a_minute(seat: Seating) -> None:
    place = await seat("aohan")
    ticks = [0.0]
    beside = Centres(place.kept.engine, ticks=lambda: ticks[0])
    key = str(place.centre)
    before = await beside.get(key)
    await place.post("/adoptions", {"regulation": "nanchang", "since": "2025-10-10"})
    ticks[0] = 29.9
    assert await beside.get(key) == before
    ticks[0] = 30.0
    day = at("2025-10-10").date()
    assert (await beside.get(key)).on(day).regulation == "nanchang"


async def test_the_ledger_says_what_was_adopted_and_by_whom_it_was_not_signed(
    seat: Seating,
) -> None:
    place = await seat("aohan")
    body = {"regulation": "shapotou", "since": "2025-10-10", "acknowledgement": SAID}
    made = await place.post("/adoptions", body)
    (entry,) = [e for e in await place.entries() if e["action"] == "adopted"]
    assert entry["rows"] == ["shapotou/31"]
    assert entry["facts"] == {
        "adoption_id": made.json()["id"],
        "regulation": "shapotou",
        "edition": "2021-draft",
        "national": False,
        "since": "2025-10-10",
        "applied_by_reference": False,
        "acknowledged": True,
    }


async def test_a_setting_has_a_value_from_its_day_on_and_none_before(seat: Seating) -> None:
    place = await seat("erdos-hitech")

    async def value(on: str) -> tuple[object, object]:
        found = await place.listed("/settings", on=on)
        (one,) = [each for each in found if each["key"] == "admonitions_min"]
        return one["value"], one["asked"]

    assert await value("2025-10-09") == (None, True)
    body = {"key": "admonitions_min", "unit": "times"}
    for number, since in ((3, "2025-10-10"), (None, "2025-10-20")):
        answer = await place.post("/settings", body | {"value": number, "since": since})
        assert answer.status_code == 201
    days = ("2025-10-09", "2025-10-10", "2025-10-19", "2025-10-20")
    assert [(await value(day))[0] for day in days] == [None, 3, 3, None]
    answer = await place.post("/settings", body | {"value": 4, "since": "2025-10-10"})
    assert await value("2025-10-10") == (4, True)
    assert len((await place.get("/settings")).json()["versions"]) == 3


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"key": "nothing"}, "setting_unknown"),
        ({"unit": "working_days"}, "setting_wrong"),
        ({"value": 1}, "setting_wrong"),  # 多次 is at least twice
        ({"value": "3"}, "setting_wrong"),
        ({"key": "approval_head_mode", "unit": "choice", "value": "loose"}, "setting_wrong"),
        ({"value": True}, "invalid_request"),
        ({"value": 2.5}, "invalid_request"),
        ({"since": "2025-10-08"}, "setting_too_soon"),
    ],
)
async def test_a_setting_of_another_type_or_unit_or_day_is_refused(
    seat: Seating, body: dict[str, Any], code: str
) -> None:
    place = await seat("erdos-hitech")
    known = {"key": "admonitions_min", "value": 3, "unit": "times"}
    answer = await place.post("/settings", known | body)
    assert answer.json()["code"] == code
    assert answer.status_code == (409 if code == "setting_too_soon" else 422)


@pytest.mark.parametrize("regulation", ["nanchang", "shapotou", "aohan", "tianya"])
async def test_the_settings_say_which_of_them_the_regulation_leaves_open(
    seat: Seating, regulation: str
) -> None:
    place = await seat(regulation)
    for one in await place.listed("/settings"):
        mine = any(row.startswith(f"{regulation}/") for row in one["rows"])
        assert (one["asked"], one["value"]) == (mine, None)


@row("nanchang/55")
@pytest.mark.parametrize(
    ("regulation", "level", "said"),
    [
        ("nanchang", Level.TOWNSHIP, True),
        ("nanchang", Level.COUNTY, False),
        ("aohan", Level.TOWNSHIP, False),
    ],
)
async def test_decisions_at_a_township_under_nanchang_say_that_it_is_by_reference(
    seat: Seating, regulation: str, level: Level, said: bool
) -> None:
    place = await seat(regulation, level)
    case = await received(place, await place.item(None))
    clock = (await place.get(f"/cases/{case['id']}/clock")).json()["decision"]
    codes = {warning["code"] for warning in clock["warnings"]}
    assert ("applied_by_reference" in codes) is said
    if regulation == "nanchang":
        path = f"/departments/{await place.department_since()}/offices"
        office = {"name": "审批处", "since": "2025-10-09"}
        await place.post(path, office)
        refused = (await place.post(path, office)).json()["decision"]
        codes = {warning["code"] for warning in refused["warnings"]}
        assert ("applied_by_reference" in codes) is said


@pytest.mark.parametrize("value", [True, 2.5, [1], 10**12])
async def test_a_value_that_no_setting_can_have_is_one_mistake_of_one_field(
    seat: Seating, value: object
) -> None:
    place = await seat("nanchang")
    answer = await place.post("/settings", {"key": "pass_mark", "value": value, "unit": "points"})
    (problem,) = answer.json()["errors"]
    assert (answer.status_code, problem["field"]) == (422, "value")
