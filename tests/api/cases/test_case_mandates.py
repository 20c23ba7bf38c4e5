"""Decisions on the cases of a department: under which mandate, and by whom."""

from datetime import date

import pytest

from app.domain.organisation.authority import Body
from tests.api.cases.house import House, Housing
from tests.api.windows.place import cited
from tests.rows import row


async def at_window(house: House) -> str:
    """The item is served at a window of its department."""
    return await house.assigned(await house.standing())


@row("erdos-hitech/14")
async def test_a_window_decides_until_the_last_day_of_its_mandate(house_of: Housing) -> None:
    house = await house_of("erdos-hitech")
    await at_window(house)
    await house.mandated("decide", until=date(2025, 9, 30))
    house.on("2025-09-30")
    on_the_last, later = await house.accepted(), await house.accepted()
    assert (await house.decide(on_the_last, by=house.clerk_of())).status_code == 201
    house.on("2025-10-09")
    refused = await house.decide(later, by=house.clerk_of())
    assert (refused.status_code, cited(refused)) == (409, {"erdos-hitech/14"})
    told = await house.decide(later, by=house.clerk_of(), occurred_at="2025-09-30T17:00:00+08:00")
    assert told.status_code == 201  # It was decided that day, and only entered later.


@row("erdos-hitech/14")
async def test_without_a_mandate_the_window_accepts_and_the_department_decides(
    house_of: Housing,
) -> None:
    house = await house_of("erdos-hitech")
    await at_window(house)
    case_id = await house.accepted()
    refused = await house.decide(case_id, by=house.clerk_of())
    assert (refused.status_code, cited(refused)) == (409, {"erdos-hitech/14"})
    both = house.speaker(Body.DEPARTMENT, Body.WINDOW_CLERK)
    assert (await house.decide(case_id, by=both)).status_code == 409
    assert (await house.decide(case_id, by=house.speaker(Body.DEPARTMENT))).status_code == 201


async def test_a_mandate_for_another_item_power_or_window_does_not_help(house_of: Housing) -> None:
    house = await house_of("erdos-hitech")
    await at_window(house)
    elsewhere = await house.standing()
    await house.mandated("accept")
    await house.mandated("decide", window_id=elsewhere)
    case_id = await house.accepted()
    assert (await house.decide(case_id, by=house.clerk_of())).status_code == 409
    await house.mandated("decide")
    answer = await house.decide(case_id, by=house.clerk_of())
    assert answer.status_code == 201
    rows = {row for one in answer.json()["decision"]["findings"] for row in one["rows"]}
    assert {"erdos-hitech/5", "erdos-hitech/14"} <= rows


@row("erdos-hitech/5")
async def test_only_the_department_and_its_window_decide(house_of: Housing) -> None:
    house = await house_of("erdos-hitech")
    await at_window(house)
    await house.mandated("decide")
    case_id = await house.accepted()
    other = await house.department()
    for by in (house.speaker(Body.CENTRE), house.clerk_of(other)):
        refused = await house.decide(case_id, by=by)
        assert (refused.status_code, cited(refused)) == (403, {"erdos-hitech/5"})
    [*_, entry] = await house.entries()
    assert entry["facts"] == {"act": "decide", "code": "refused_by_regulation"}
    assert (await house.decide(case_id, by=house.clerk_of())).status_code == 201


async def test_who_names_no_body_is_judged_by_the_scope_alone(house_of: Housing) -> None:
    house = await house_of("erdos-hitech")
    await at_window(house)
    case_id = await house.accepted()
    assert (await house.decide(case_id)).status_code == 409  # It is still a window that decides.
    await house.mandated("decide")
    assert (await house.decide(case_id)).status_code == 201


@row("aohan/11")
async def test_a_mandate_counts_from_the_day_of_its_filing(house_of: Housing) -> None:
    house = await house_of("aohan")
    await at_window(house)
    await house.holds("chief", "chief_representative")
    chief = house.clerk_of(subject="chief")
    filed = {"filed_on": date(2025, 10, 10), "filing_number": "备1"}
    await house.mandated(since="2025-10-01", **filed)
    case_id = await house.accepted()
    early = await house.decide(case_id, by=chief)
    assert (early.status_code, cited(early)) == (409, {"aohan/11"})
    house.on("2025-10-10")
    assert (await house.decide(case_id, by=chief)).status_code == 201
    assert (await house.do(case_id, "seal", by=chief)).status_code == 201


@row("aohan/8")
async def test_an_item_without_a_mandate_is_accept_only(house_of: Housing) -> None:
    house = await house_of("aohan")
    await at_window(house)
    await house.holds("chief", "chief_representative")
    case_id = await house.accepted()
    refused = await house.decide(case_id, by=house.clerk_of(subject="chief"))
    assert (refused.status_code, cited(refused)) == (409, {"aohan/11"})


@row("aohan/28.1")
async def test_the_chief_decides_for_the_department(house_of: Housing) -> None:
    house = await house_of("aohan")
    await at_window(house)
    await house.mandated("decide", filed_on=date(2025, 1, 2), filing_number="备1")
    await house.holds("chief", "chief_representative", until=date(2025, 10, 9))
    case_id, second = await house.accepted(), await house.accepted()
    clerk = await house.decide(case_id, by=house.clerk_of())
    assert (clerk.status_code, cited(clerk)) == (403, {"aohan/28.1"})
    claimed = await house.decide(case_id, by=house.speaker(Body.CHIEF_REPRESENTATIVE))
    assert claimed.status_code == 403  # The register says who is chief, and no token does.
    chief = house.clerk_of(subject="chief")
    assert (await house.decide(case_id, by=chief)).status_code == 201
    house.on("2025-10-10")
    assert (await house.decide(second, by=chief)).status_code == 403


@row("aohan/13.2", "aohan/28.1")
async def test_the_window_decides_itself_what_is_handled_on_the_spot(house_of: Housing) -> None:
    house = await house_of("aohan")
    await at_window(house)
    await house.alter_item(kind="instant", promised_days=None)
    await house.mandated("decide", filed_on=date(2025, 1, 2), filing_number="备1")
    case_id = await house.accepted()
    assert (await house.decide(case_id, by=house.speaker(Body.BUREAU))).status_code == 403
    assert (await house.decide(case_id, by=house.clerk_of())).status_code == 201


@row("nanchang/13.s4")
async def test_an_unfiled_mandate_lets_nobody_decide_in_nanchang(house_of: Housing) -> None:
    house = await house_of("nanchang")
    await house.mandated("decide")
    case_id = await house.accepted()
    refused = await house.decide(case_id, by=house.clerk_of())
    assert (refused.status_code, cited(refused)) == (409, {"nanchang/13.s4"})
    await house.mandated("decide", filed_on=date(2025, 10, 9), filing_number="备2")
    assert (await house.decide(case_id, by=house.clerk_of())).status_code == 201


@pytest.mark.parametrize("regulation", ["tianya", "shapotou"])
async def test_texts_without_mandates_ask_for_none(house_of: Housing, regulation: str) -> None:
    house = await house_of(regulation)
    case_id = await house.accepted()
    assert (await house.decide(case_id, by=house.speaker(Body.CENTRE))).status_code == 201


@pytest.mark.parametrize("regulation", ["erdos-hitech", "aohan", "nanchang"])
async def test_an_item_without_a_department_is_judged_as_before(
    house_of: Housing, regulation: str
) -> None:
    house = await house_of(regulation)
    house.thing = await house.item(None)
    case_id = await house.accepted()
    assert (await house.decide(case_id, by=house.speaker(Body.CENTRE))).status_code == 201
    assert (await house.do(case_id, "seal", by=house.speaker(Body.CENTRE))).status_code == 201
    assert (await house.do(case_id, "completion")).status_code == 201


@row("aohan/28.8")
async def test_the_seal_is_used_by_the_chief_or_who_acts_for_him(house_of: Housing) -> None:
    house = await house_of("aohan")
    await at_window(house)
    await house.mandated("seal", filed_on=date(2025, 1, 2), filing_number="备1")
    await house.holds("chief", "chief_representative")
    await house.holds("deputy", "acting_chief_representative", date(2025, 10, 9), date(2025, 10, 9))
    first, second = await house.decided(), await house.decided()
    refused = await house.do(first, "seal", by=house.clerk_of())
    assert (refused.status_code, cited(refused)) == (403, {"aohan/28.8"})
    assert (await house.do(first, "seal", by=house.clerk_of(subject="chief"))).status_code == 201
    deputy = house.clerk_of(subject="deputy")
    assert (await house.do(second, "seal", by=deputy)).status_code == 201
    third = await house.decided()
    house.on("2025-10-10")
    assert (await house.do(third, "seal", by=deputy)).status_code == 403


@row("nanchang/12.s2")
async def test_who_acts_for_the_chief_uses_the_seal_until_the_last_day(house_of: Housing) -> None:
    house = await house_of("nanchang")
    await house.holds("k", "acting_chief_representative", date(2025, 10, 9), date(2025, 10, 10))
    first, second = await house.decided(), await house.decided()
    refused = await house.do(first, "seal", by=house.clerk_of())
    assert (refused.status_code, cited(refused)) == (403, {"nanchang/12.s2"})
    house.on("2025-10-10")
    assert (await house.do(first, "seal", by=house.clerk_of(subject="k"))).status_code == 201
    house.on("2025-10-11")
    late = await house.do(second, "seal", by=house.clerk_of(subject="k"))
    assert (late.status_code, cited(late)) == (403, {"nanchang/12.s2"})


@row("shapotou/8.2")
async def test_the_head_of_the_approval_office_uses_the_seal(house_of: Housing) -> None:
    house = await house_of("shapotou")
    await house.holds("head", "approval_office_head")
    case_id = await house.decided()
    refused = await house.do(case_id, "seal", by=house.clerk_of())
    assert (refused.status_code, cited(refused)) == (403, {"shapotou/8.2"})
    assert (await house.do(case_id, "seal", by=house.clerk_of(subject="head"))).status_code == 201


@pytest.mark.parametrize("regulation", ["erdos-hitech", "tianya"])
async def test_texts_that_keep_the_seal_for_nobody_let_a_clerk_use_it(
    house_of: Housing, regulation: str
) -> None:
    house = await house_of(regulation)
    await house.assigned(await house.standing())
    case_id = await house.decided()
    assert (await house.do(case_id, "seal", by=house.clerk_of())).status_code == 201
