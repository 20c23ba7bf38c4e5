"""What a window may demand by the guide of the day of receipt, and what a denial has to say."""

from collections.abc import Mapping
from typing import Any, Final

import httpx
import pytest

from tests.api.cases.desk import ELEMENTS, LICENCE, Desk
from tests.api.cases.house import House, Housing
from tests.api.windows.place import cited, missing
from tests.rows import row

DENIAL: Final[Mapping[str, Any]] = {  # Any: JSON
    "verdict": "denied",
    "reason": "选址不符合条件",
    "basis": "许可条件第三项",
    "remedies": "可以申请行政复议或者提起行政诉讼",
}


async def demand(house: House, case_id: str, *materials: str) -> httpx.Response:
    return await house.do(
        case_id,
        "notice",
        form="written",
        channel="window",
        corrections=["补齐材料"],
        materials=materials or None,
        contains=ELEMENTS,
    )


@row("tianya/16.3.1")
async def test_what_is_demanded_stands_in_the_guide_of_the_day_of_receipt(
    house_of: Housing,
) -> None:
    house = await house_of("tianya")
    await house.guided("2025-09-01", "a", "b")
    await house.guided("2025-10-09", "a", "b", "c")
    house.on("2025-09-30")
    before = await house.received(materials_complete=False)
    house.on("2025-10-09")
    refused = await demand(house, before, "a", "c")
    assert (refused.status_code, "tianya/16.3.1" in cited(refused)) == (409, True)
    findings = {f["provision"]: f for f in refused.json()["decision"]["findings"]}
    finding = findings["publication.as_published"]
    assert (finding["expected"], finding["actual"]) == (["a", "b"], ["c"])
    late = await demand(house, before, "a", "b")  # Only that it was not told on the spot.
    assert "tianya/16.3.1" not in cited(late)
    after = await house.received(materials_complete=False)
    assert (await demand(house, after, "c")).status_code == 201


async def test_without_a_guide_or_without_names_nothing_is_beyond_it(house_of: Housing) -> None:
    house = await house_of("tianya")
    unguided = await house.received(materials_complete=False)
    assert (await demand(house, unguided, "c")).status_code == 201
    await house.guided("2025-09-01", "a")
    unnamed = await house.received(materials_complete=False)
    assert (await demand(house, unnamed)).status_code == 201


@pytest.mark.parametrize("regulation", ["aohan", "shapotou"])
async def test_texts_that_say_nothing_of_the_guide_let_more_be_demanded(
    house_of: Housing, regulation: str
) -> None:
    house = await house_of(regulation)
    house.thing = await house.item(None)
    await house.guided("2025-09-01", "a")
    case_id = await house.received(materials_complete=False)
    assert (await demand(house, case_id, "c")).status_code == 201


@row("nanchang/21")
@pytest.mark.parametrize("left_out", ["reason", "basis", "remedies"])
async def test_a_denial_says_why_on_which_basis_and_what_can_be_done(
    house_of: Housing, left_out: str
) -> None:
    house = await house_of("nanchang")
    house.thing = await house.item(None)
    case_id = await house.accepted()
    refused = await house.do(case_id, "decision", **{**DENIAL, left_out: None})
    assert (refused.status_code, cited(refused)) == (422, {"nanchang/21"})
    assert missing(refused) == [left_out]
    assert (await house.do(case_id, "decision", **DENIAL)).status_code == 201


@row("national/xk-38")
async def test_a_licence_is_denied_with_reason_and_remedies(licensing: Desk) -> None:
    case = await licensing.receive(LICENCE)
    assert (await licensing.accept(case["id"])).status_code == 201
    refused = await licensing.act(case["id"], "decision", verdict="denied")
    assert refused.status_code == 422
    assert cited(refused) == {"nanchang/21", "national/xk-38"}
    assert missing(refused) == ["reason", "basis", "remedies"]
    assert (await licensing.act(case["id"], "decision", **DENIAL)).status_code == 201


@pytest.mark.parametrize("regulation", ["aohan", "tianya", "shapotou", "erdos-hitech"])
async def test_texts_that_ask_nothing_of_a_denial_take_it_as_it_is(
    house_of: Housing, regulation: str
) -> None:
    house = await house_of(regulation)
    house.thing = await house.item(None)
    case_id = await house.accepted()
    assert (await house.decide(case_id, verdict="denied")).status_code == 201
