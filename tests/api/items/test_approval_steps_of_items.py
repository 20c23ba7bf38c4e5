"""Approval steps of items over HTTP: an ordinary one is reviewed once and verified once."""

import pytest

from tests.api.items.register import Json, Opening, Register, against
from tests.rows import row

ROW = {"nanchang/13.s1"}
REVIEW, VERIFY, SIGN = "review", "verify", "director_sign"


async def confirmed(register: Register, *steps: str) -> tuple[int, set[str], Json]:
    """What comes of an item with these steps when its entry is confirmed, which activates it."""
    department_id, office_id = await register.office()
    place = {"department_id": department_id, "office_id": office_id}
    item_id = await register.draft(approval_steps=steps, **place)
    change = (await register.submit(item_id, "enter")).json()
    answer = await register.step(change, "confirmation")
    return answer.status_code, against(answer) if answer.is_error else set(), change


async def served(register: Register, *steps: str) -> str:
    status, _, change = await confirmed(register, *steps)
    assert status == 201
    return str(change["item_id"])


@row("nanchang/13.s1")
async def test_a_third_approval_step_is_refused_when_the_item_is_activated(
    at_centre: Opening,
) -> None:
    register = await at_centre("nanchang")
    status, rows, change = await confirmed(register, REVIEW, VERIFY, SIGN)
    assert (status, rows) == (422, ROW)
    assert (await register.seen(change["item_id"]))["stage"] == "draft"


@row("nanchang/13.s1")
@pytest.mark.parametrize(
    "steps",
    [
        (REVIEW, VERIFY),
        (),
        (REVIEW, VERIFY, SIGN, "hearing"),
        (REVIEW, "expert_review"),
        ("collective_discussion",),
    ],
)
async def test_the_two_steps_and_what_is_not_ordinary_are_activated(
    at_centre: Opening, steps: tuple[str, ...]
) -> None:
    register = await at_centre("nanchang")
    item_id = await served(register, *steps)
    seen = await register.seen(item_id)
    assert (seen["stage"], seen["approval_steps"]) == ("active", list(steps))


@row("nanchang/13.s1")
@pytest.mark.parametrize("steps", [(REVIEW,), (VERIFY, REVIEW), (REVIEW, REVIEW, VERIFY)])
async def test_one_of_each_and_the_review_first(at_centre: Opening, steps: tuple[str, ...]) -> None:
    register = await at_centre("nanchang")
    status, rows, _ = await confirmed(register, *steps)
    assert (status, rows) == (422, ROW)


@row("nanchang/13.s1", "nanchang/32.4")
async def test_an_item_that_is_served_gets_no_third_step(at_centre: Opening) -> None:
    register = await at_centre("nanchang")
    item_id = await served(register, REVIEW, VERIFY)
    refused = await register.submit(item_id, "change", approval_steps=[REVIEW, VERIFY, SIGN])
    assert (refused.status_code, against(refused)) == (422, ROW)
    heard = [REVIEW, "hearing", VERIFY, SIGN]
    change = (await register.submit(item_id, "change", approval_steps=heard)).json()
    assert change["awaits"] == "confirmation"  # As every change of the flow is.
    assert change["proposal"]["approval_steps"] == heard
    assert (await register.seen(item_id))["approval_steps"] == [REVIEW, VERIFY]
    assert (await register.step(change, "confirmation")).status_code == 201
    assert (await register.seen(item_id))["approval_steps"] == heard


@row("nanchang/13.s1")
async def test_a_draft_is_put_right_before_it_is_activated(at_centre: Opening) -> None:
    register = await at_centre("nanchang")
    _, _, entering = await confirmed(register, REVIEW, VERIFY, SIGN)
    item_id = entering["item_id"]
    assert (await register.step(entering, "retraction", reason="改步骤")).status_code == 201
    done = await register.submit(item_id, "change", approval_steps=[REVIEW, VERIFY])
    assert (done.status_code, done.json()["stage"]) == (201, "implemented")
    change = (await register.submit(item_id, "enter")).json()
    assert (await register.step(change, "confirmation")).status_code == 201


@row("nanchang/13.s1")
@pytest.mark.parametrize("regulation", ["tianya", "shapotou"])
async def test_another_text_lets_three_steps_be(at_centre: Opening, regulation: str) -> None:
    register = await at_centre(regulation)
    item_id = await register.draft(approval_steps=[REVIEW, VERIFY, SIGN])
    active = await register.tell(item_id, "activation", {"reason": "进驻"})
    assert active.status_code == 201, active.text


async def test_an_unknown_step_is_no_step(at_centre: Opening) -> None:
    register = await at_centre("nanchang")
    body = {"name": "事项", "kind": "promised", "approval_steps": ["signature"]}
    assert (await register.post("/items", body)).status_code == 422
