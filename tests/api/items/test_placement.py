"""Placement over HTTP: out of the hall or the system only with the approval that the text names."""

from typing import Any

import pytest

from tests.api.items.register import APPROVED, Opening, against
from tests.rows import row

OUT: dict[str, Any] = {"placement": "outside"}
OFF: dict[str, Any] = {"placement": "in_hall", "off_system": True}


def but(**less: object) -> dict[str, Any]:
    return {**APPROVED, "approval": {**APPROVED["approval"], **less}}


@row("aohan/5", "aohan/2")
async def test_outside_the_hall_only_with_the_government_s_approval(at_centre: Opening) -> None:
    register = await at_centre("aohan")
    item_id = await register.draft()
    refused = await register.tell(item_id, "placement", OUT)
    assert (refused.status_code, against(refused)) == (409, {"aohan/5"})
    allowed = await register.tell(item_id, "placement", OUT | {"exception": APPROVED})
    assert allowed.status_code == 201, allowed.text
    (listed,) = await register.listed("/items/exceptions")
    assert (listed["item_id"], listed["violating"]) == (item_id, False)
    assert listed["rows"] == ["aohan/5"]
    assert listed["placement"]["exception"]["approval"]["number"] == "政发〔2025〕12号"


@row("aohan/5")
@pytest.mark.parametrize(
    ("exception", "lacking"),
    [
        (but(number=None), ["approval.number"]),
        (but(by="bureau"), ["approval.by"]),
        (but(issued_on=None), ["approval.issued_on"]),
        (APPROVED | {"reason": None}, ["reason"]),
        (APPROVED | {"until": "2025-10-08"}, ["until"]),
        (APPROVED | {"until": "2025-10-09"}, []),  # Its last day counts.
    ],
)
async def test_an_approval_says_who_when_under_which_number_and_why(
    at_centre: Opening, exception: dict[str, Any], lacking: list[str]
) -> None:
    register = await at_centre("aohan")
    item_id = await register.draft()
    answer = await register.tell(item_id, "placement", OUT | {"exception": exception})
    assert answer.status_code == (409 if lacking else 201)
    if lacking:
        assert answer.json()["decision"]["findings"][0]["actual"] == lacking


@row("aohan/2")
@pytest.mark.parametrize("ground", ["state_security", "secret"])
async def test_security_and_secrecy_exempt_by_themselves(at_centre: Opening, ground: str) -> None:
    register = await at_centre("aohan")
    item_id = await register.draft()
    placed = await register.tell(item_id, "placement", OUT | {"exception": {"ground": ground}})
    assert placed.status_code == 201
    (listed,) = await register.listed("/items/exceptions")
    assert (listed["violating"], listed["rows"]) == (False, ["aohan/2"])
    assert (await register.public("")).json()["items"] == []


@row("aohan/2", "aohan/5")
async def test_an_approval_that_ran_out_is_listed_as_violating(at_centre: Opening) -> None:
    register = await at_centre("aohan")
    item_id = await register.draft()
    exception = APPROVED | {"until": "2025-10-31"}
    await register.tell(item_id, "placement", OUT | {"exception": exception})
    violating = {
        on: (await register.listed("/items/exceptions", on=on))[0]["violating"]
        for on in ("2025-10-31", "2025-11-01")
    }
    assert violating == {"2025-10-31": False, "2025-11-01": True}
    assert await register.listed("/items/exceptions", on="2025-10-08") == []


@row("nanchang/28")
async def test_off_the_system_only_with_the_government_s_approval(at_centre: Opening) -> None:
    register = await at_centre("nanchang")
    item_id = await register.draft()
    refused = await register.tell(item_id, "placement", OFF)
    assert (refused.status_code, against(refused)) == (409, {"nanchang/28"})
    # 涉密 is a reason there, not an exemption by itself.
    secret = {"ground": "secret", "reason": "涉密"}
    unapproved = await register.tell(item_id, "placement", OFF | {"exception": secret})
    assert (unapproved.status_code, against(unapproved)) == (409, {"nanchang/28"})
    exception = APPROVED | secret
    allowed = await register.tell(item_id, "placement", OFF | {"exception": exception})
    assert allowed.status_code == 201
    (listed,) = await register.listed("/items/exceptions")
    assert (listed["placement"]["off_system"], listed["rows"]) == (True, ["nanchang/28"])


@pytest.mark.parametrize(
    ("regulation", "body"),
    [("nanchang", OUT), ("aohan", OFF), ("tianya", OUT | OFF), ("erdos-hitech", OUT)],
)
async def test_what_the_text_leaves_open_is_only_recorded(
    at_centre: Opening, regulation: str, body: dict[str, Any]
) -> None:
    register = await at_centre(regulation)
    item_id = await register.draft()
    assert (await register.tell(item_id, "placement", body)).status_code == 201
    (listed,) = await register.listed("/items/exceptions")
    assert (listed["violating"], listed["rows"]) == (False, [])


async def test_a_placement_holds_from_its_day_until_the_next(at_centre: Opening) -> None:
    register = await at_centre("tianya")
    item_id = await register.draft()
    assert (await register.seen(item_id))["placement"]["since"] is None
    await register.tell(item_id, "placement", OUT)
    register.on("2025-10-13")
    back = await register.tell(item_id, "placement", {"placement": "in_hall"})
    assert back.json()["placement"] == {
        "placement": "in_hall",
        "off_system": False,
        "exception": None,
        "since": "2025-10-13",
        "until": None,
    }
    then = (await register.seen(item_id, on="2025-10-12"))["placement"]
    assert (then["placement"], then["until"]) == ("outside", "2025-10-12")
    await register.tell(item_id, "placement", OUT)  # on the same day once more
    assert (await register.seen(item_id))["placement"]["placement"] == "outside"


async def test_an_exception_from_nothing_and_an_approval_of_tomorrow_cannot_be(
    at_centre: Opening,
) -> None:
    register = await at_centre("aohan")
    item_id = await register.draft()
    nothing = {"placement": "in_hall", "exception": APPROVED}
    assert (await register.tell(item_id, "placement", nothing)).status_code == 422
    tomorrow = OUT | {"exception": but(issued_on="2025-10-10")}
    assert (await register.tell(item_id, "placement", tomorrow)).status_code == 422
