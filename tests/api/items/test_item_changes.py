"""Item changes over HTTP: in the order of the text, by whom it names, in effect after the last."""

import pytest

from app.domain.organisation.authority import Body
from tests.api.items.register import Json, Opening, Register, against, as_
from tests.rows import row

CENTRE, BUREAU = as_(Body.CENTRE), as_(Body.BUREAU)
JUSTICE, COMMITTEE = as_(Body.JUSTICE_BUREAU), as_(Body.MANAGEMENT_COMMITTEE)


async def active(register: Register) -> str:
    """An item that was there before."""
    department_id, office_id = await register.office()
    item_id = await register.item(department_id)
    await register.seen(item_id)
    return item_id if office_id else ""


async def submitted(register: Register, item_id: str, kind: str, **proposal: object) -> Json:
    answer = await register.submit(item_id, kind, **proposal)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@row("aohan/4.6")
async def test_an_exit_is_approved_by_the_bureau_after_the_centre_s_opinion(
    at_centre: Opening,
) -> None:
    register = await at_centre("aohan")
    change = await submitted(register, await active(register), "exit")
    assert (change["stage"], change["awaits"]) == ("open", "opinion")
    skipping = await register.step(change, "approval", by=BUREAU)
    assert (skipping.status_code, against(skipping)) == (409, {"aohan/4.6"})
    by_centre = await register.step(change, "approval", by=CENTRE)
    assert (by_centre.status_code, against(by_centre)) == (403, {"aohan/4.6"})
    assert (await register.step(change, "opinion", by=BUREAU)).status_code == 403
    assert (await register.step(change, "opinion", by=CENTRE)).json()["awaits"] == "approval"
    early = await register.step(change, "implementation", by=CENTRE)
    assert (early.status_code, against(early)) == (409, {"aohan/4.6"})
    approved = await register.step(change, "approval", by=BUREAU)
    assert approved.json()["awaits"] == "implementation"


@row("aohan/4.6")
async def test_an_item_is_withdrawn_when_its_exit_is_carried_out(at_centre: Opening) -> None:
    register = await at_centre("aohan")
    item_id = await register.item(None)
    await register.seen(item_id)
    change = await submitted(register, item_id, "exit")
    for step in ("opinion", "approval"):
        await register.step(change, step)
        assert (await register.apply(item_id)).status_code == 201
    done = (await register.step(change, "implementation", by=CENTRE)).json()
    assert (done["stage"], done["awaits"], done["ended_on"]) == ("implemented", None, "2025-10-09")
    assert [step["step"] for step in done["done"]] == ["opinion", "approval", "implementation"]
    item = await register.seen(item_id)
    assert (item["stage"], item["withdrawn_on"]) == ("withdrawn", "2025-10-09")
    gone = await register.apply(item_id)
    assert (gone.status_code, gone.json()["code"]) == (409, "item_not_active")


@row("aohan/4.6")
async def test_the_bureau_may_reject_and_the_centre_s_no_is_only_noted(at_centre: Opening) -> None:
    register = await at_centre("aohan")
    item_id = await active(register)
    change = await submitted(register, item_id, "exit")
    noted = await register.step(change, "opinion", favourable=False, note="仍有需求")
    assert noted.json()["awaits"] == "approval"
    refused = await register.step(change, "approval", favourable=False, note="不同意")
    assert (refused.json()["stage"], refused.json()["ended_because"]) == ("rejected", "不同意")
    late = await register.step(change, "implementation")
    assert (late.status_code, late.json()["code"]) == (409, "item_change_ended")
    assert (await register.seen(item_id))["stage"] == "active"


@row("aohan/4.6")
async def test_what_is_not_carried_out_leaves_the_item_as_it_was(at_centre: Opening) -> None:
    register = await at_centre("aohan")
    item_id = await active(register)
    change = await submitted(register, item_id, "exit")
    for step in ("opinion", "approval"):
        assert (await register.step(change, step)).status_code == 201
    unsaid = await register.step(change, "implementation", favourable=False, note="  ")
    assert (unsaid.status_code, unsaid.json()["code"]) == (422, "impossible_fact")
    given_up = await register.step(change, "implementation", favourable=False, note="暂不退出")
    assert given_up.json()["stage"] == "rejected"
    assert (await register.seen(item_id))["stage"] == "active"


@row("aohan/4.6")
async def test_an_item_enters_by_its_approved_change(at_centre: Opening) -> None:
    register = await at_centre("aohan")
    item_id = await register.draft()
    early = await register.apply(item_id)
    assert (early.status_code, against(early)) == (409, {"aohan/4.6"})
    change = await submitted(register, item_id, "enter")
    await register.step(change, "opinion")
    await register.step(change, "approval")
    without = await register.step(change, "implementation")
    assert (without.status_code, against(without)) == (409, {"aohan/8"})
    await register.form(item_id)
    await register.published(item_id)
    assert (await register.step(change, "implementation")).status_code == 201
    assert (await register.apply(item_id)).status_code == 201


@row("aohan/7")
async def test_a_change_is_cleared_by_the_justice_bureau_first(at_centre: Opening) -> None:
    register = await at_centre("aohan")
    item_id = await active(register)
    change = await submitted(register, item_id, "change", promised_days=4)
    skipping = await register.step(change, "approval", by=BUREAU)
    assert (skipping.status_code, against(skipping)) == (409, {"aohan/7"})
    undocumented = await register.step(change, "clearance", by=JUSTICE)
    assert (undocumented.status_code, against(undocumented)) == (409, {"aohan/7"})
    foreign = await register.step(change, "clearance", by=BUREAU, document="核准书")
    assert foreign.status_code == 403
    cleared = await register.step(change, "clearance", by=JUSTICE, document="司核〔2025〕3号")
    assert cleared.json()["awaits"] == "approval"
    assert (await register.seen(item_id))["promised_days"] == 5
    await register.step(change, "approval", by=BUREAU)
    assert (await register.seen(item_id))["promised_days"] == 4


@row("nanchang/32.4")
async def test_an_item_takes_applications_from_the_day_it_is_confirmed(at_centre: Opening) -> None:
    register = await at_centre("nanchang")
    department_id, office_id = await register.office()
    item_id = await register.draft(department_id=department_id, office_id=office_id, flow=["受理"])
    refused = await register.apply(item_id)
    assert (refused.status_code, against(refused)) == (409, {"nanchang/32.4"})
    at_once = await register.tell(item_id, "activation", {"reason": "进驻"})
    assert (at_once.status_code, against(at_once)) == (409, {"nanchang/32.4"})
    change = await submitted(register, item_id, "enter")
    assert (await register.apply(item_id)).status_code == 409
    register.on("2025-10-10")
    assert (await register.step(change, "confirmation", by=CENTRE)).status_code == 403
    assert (await register.step(change, "confirmation", by=COMMITTEE)).status_code == 201
    assert (await register.apply(item_id)).status_code == 201


@row("nanchang/32.4")
async def test_the_old_flow_stays_in_force_until_the_new_one_is_confirmed(
    at_centre: Opening,
) -> None:
    register = await at_centre("nanchang")
    item_id = await active(register)
    change = await submitted(register, item_id, "change", flow=["受理", "办结"])
    assert change["awaits"] == "confirmation"
    assert (await register.seen(item_id))["flow"] == []
    assert (await register.apply(item_id)).status_code == 201
    await register.step(change, "confirmation", by=COMMITTEE)
    assert (await register.seen(item_id))["flow"] == ["受理", "办结"]
    # Only item and flow are confirmed; a shorter promise is not.
    assert (await submitted(register, item_id, "change", promised_days=3))["stage"] == "implemented"


@row("shapotou/8.3")
async def test_the_report_of_a_month_shows_less_and_more(at_centre: Opening) -> None:
    register = await at_centre("shapotou")
    shorter, longer = [await register.draft(promised_days=days) for days in (10, 7)]
    for item_id in (shorter, longer):
        await register.tell(item_id, "activation", {"reason": "进驻"})
    await submitted(register, shorter, "change", promised_days=7, materials_reduced=2)
    await submitted(register, longer, "change", promised_days=10)
    await submitted(register, longer, "change", name="改名")
    register.on("2025-11-03")
    await submitted(register, shorter, "change", promised_days=6)
    report = (await register.get("/items/reviews", month="2025-10")).json()
    assert report["rows"] == ["shapotou/8.3"]
    shown = [(line["item_id"], line["days"], line["percent"]) for line in report["items"]]
    assert shown == [(shorter, -3, "-30.00"), (longer, 3, "42.86")]
    assert [line["materials_reduced"] for line in report["items"]] == [2, None]
    assert report["items"][0]["on"] == "2025-10-09"
    assert len(await register.listed("/items/reviews", month="2025-11")) == 1
    assert await register.listed("/items/reviews", month="2025-09") == []


@pytest.mark.parametrize("regulation", ["tianya", "erdos-hitech"])
async def test_where_the_text_is_silent_a_change_takes_effect_with_its_reason(
    at_centre: Opening, regulation: str
) -> None:
    register = await at_centre(regulation)
    item_id = await active(register)
    done = await submitted(register, item_id, "change", promised_days=7)
    assert (done["stage"], done["steps"], done["reason"]) == ("implemented", [], "年度梳理")
    assert (await register.seen(item_id))["promised_days"] == 7
    unknown = await register.step(done, "opinion")
    assert unknown.status_code == 409
    gone = await submitted(register, item_id, "exit")
    assert gone["stage"] == "implemented"
    assert (await register.apply(item_id)).status_code == 409


async def test_one_change_at_a_time_and_none_that_does_not_fit(at_centre: Opening) -> None:
    register = await at_centre("aohan")
    item_id = await active(register)
    change = await submitted(register, item_id, "exit")
    second = await register.submit(item_id, "change", promised_days=3)
    assert (second.status_code, second.json()["code"]) == (409, "item_change_open")
    path = f"/items/{item_id}/changes/{change['id']}/retraction"
    etag = register.etags[change["id"]]
    back = await register.post(path, {"reason": "不再申请"}, etag=etag)
    assert (back.json()["stage"], back.json()["ended_because"]) == ("retracted", "不再申请")
    entering = await register.submit(item_id, "enter")
    assert (entering.status_code, entering.json()["code"]) == (409, "item_stage_unfit")
    assert (await register.submit(item_id, "change")).status_code == 422
    assert (await register.submit(item_id, "exit", name="改名")).status_code == 422
    assert [each["stage"] for each in await register.listed(f"/items/{item_id}/changes")] == [
        "retracted"
    ]


async def test_a_proposal_that_the_item_may_not_have_is_refused_at_once(at_centre: Opening) -> None:
    register = await at_centre("aohan")
    item_id = await register.draft()
    refused = await register.submit(item_id, "change", promised_days=21)
    assert (refused.status_code, against(refused)) == (422, {"aohan/34"})
    wrong = await register.submit(item_id, "change", item_class="行政处罚")
    assert wrong.status_code == 422


@pytest.mark.parametrize("regulation", ["aohan", "tianya"])
async def test_an_item_does_not_move_to_a_department_or_office_of_others(
    at_centre: Opening, regulation: str
) -> None:
    register, other = await at_centre(regulation), await at_centre(regulation)
    department_id, office_id = await register.office()
    item_id = await register.draft(department_id=department_id, office_id=office_id)
    _, elsewhere = await register.office()
    foreign, office_of_foreign = await other.office()
    for proposal, status in (
        ({"department_id": foreign}, 404),
        ({"office_id": office_of_foreign}, 404),
        ({"office_id": elsewhere}, 422),
    ):
        answer = await register.submit(item_id, "change", **proposal)
        assert answer.status_code == status, answer.text
    assert (await register.seen(item_id))["office_id"] == office_id


async def test_a_draft_is_changed_freely_until_it_is_on_its_way(at_centre: Opening) -> None:
    register = await at_centre("aohan")
    item_id = await register.draft()
    changed = await submitted(register, item_id, "change", promised_days=8)
    assert changed["stage"] == "implemented"
    await submitted(register, item_id, "enter")
    late = await register.submit(item_id, "change", promised_days=20)
    assert (late.status_code, late.json()["code"]) == (409, "item_change_open")


async def test_a_refused_step_is_entered_with_its_rows(at_centre: Opening) -> None:
    register = await at_centre("aohan")
    item_id = await active(register)
    change = await submitted(register, item_id, "exit")
    await register.step(change, "approval")
    refused = [each for each in await register.entries() if each["action"] == "refused"]
    assert [(each["subject_id"], each["rows"]) for each in refused] == [
        (change["id"], ["aohan/4.6"])
    ]
