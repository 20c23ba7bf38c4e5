"""Approval steps of cases over HTTP: two people review and verify before the case is decided."""

import asyncio
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import update

from app.db.persons import person
from app.domain.organisation.authority import Body
from tests.api.cases.house import NOBODY, House, Housing, Json
from tests.api.conftest import Speaker
from tests.api.windows.place import cited
from tests.rows import row

ROW = {"nanchang/13.s1"}
STEPS = ["review", "verify"]


async def ordinary(house: House, *steps: str) -> None:
    await house.alter_item(approval_steps=list(steps or STEPS))


async def take(
    house: House, case_id: str, step: str, *, by: Speaker = NOBODY, **more: object
) -> httpx.Response:
    return await house.post(f"/cases/{case_id}/approval-steps", {"step": step} | more, by=by)


async def decide(house: House, case_id: str, **more: object) -> httpx.Response:
    return await house.decide(case_id, by=house.speaker(Body.DEPARTMENT), **more)


async def listed(house: House, case_id: str) -> list[Json]:
    return await house.listed(f"/cases/{case_id}/approval-steps")


async def chief(house: House) -> str:
    """Somebody who may approve."""
    return await house.person("chief_representative")


def excused(approver_id: str) -> Json:
    return {"reason": "窗口只有一人", "approver_id": approver_id, "document": "审批单第2号"}


@row("nanchang/13.s1")
async def test_a_case_is_decided_after_a_review_and_a_verification_by_two(
    house_of: Housing,
) -> None:
    house = await house_of("nanchang")
    await ordinary(house)
    case_id = await house.accepted()
    first, second = await house.person(), await house.person()
    for step, person_id in (("review", first), ("verify", second)):
        refused = await decide(house, case_id)
        assert (refused.status_code, cited(refused)) == (409, ROW)
        answer = await take(house, case_id, step, person_id=person_id)
        assert answer.status_code == 201, answer.text
        assert answer.headers["location"].endswith(f"/cases/{case_id}/approval-steps")
    decided = await decide(house, case_id)
    assert decided.status_code == 201, decided.text
    rows = {row for one in decided.json()["decision"]["findings"] for row in one["rows"]}
    assert rows >= ROW
    told = [(one["step"], one["person_id"], one["on"]) for one in await listed(house, case_id)]
    assert told == [("review", first, "2025-10-09"), ("verify", second, "2025-10-09")]


@row("nanchang/13.s1")
async def test_who_reviewed_does_not_verify(house_of: Housing) -> None:
    house = await house_of("nanchang")
    await ordinary(house)
    case_id = await house.accepted()
    clerk = await house.person()
    await take(house, case_id, "review", person_id=clerk)
    same = await take(house, case_id, "verify", person_id=clerk)
    assert (same.status_code, same.json()["code"]) == (409, "override_required")
    assert {row for f in same.json()["decision"]["findings"] for row in f["rows"]} == ROW
    assert [one["step"] for one in await listed(house, case_id)] == ["review"]
    assert (await take(house, case_id, "verify", person_id=await house.person())).is_success


@row("nanchang/13.s1")
async def test_at_a_window_of_one_the_same_person_is_excused_with_reason(
    house_of: Housing,
) -> None:
    house = await house_of("nanchang")
    await ordinary(house)
    case_id, clerk = await house.accepted(), await house.person()
    await take(house, case_id, "review", person_id=clerk)
    override = excused(await chief(house))
    done = await take(house, case_id, "verify", person_id=clerk, override=override)
    assert (done.status_code, done.json()["override"]) == (201, override)
    assert (await decide(house, case_id)).status_code == 201
    (_, entered) = [e for e in await house.entries() if e["subject_kind"] == "approval_step"]
    assert (entered["override"], {*entered["rows"]}) == (override, ROW)
    assert entered["facts"] == {"case_id": case_id, "step": "verify", "person_id": clerk}


@row("nanchang/13.s1")
async def test_an_override_has_a_reason_and_an_approver_who_may(house_of: Housing) -> None:
    house = await house_of("nanchang")
    await ordinary(house)
    case_id, clerk, other = await house.accepted(), await house.person(), await house.person()
    await take(house, case_id, "review", person_id=clerk)
    may = await chief(house)
    for override, status, code in (
        (excused(may) | {"reason": "  "}, 422, "override_incomplete"),
        (excused(str(uuid4())), 422, "approver_unknown"),
        (excused(other), 403, "approver_not_entitled"),
        (excused(clerk), 403, "approver_not_entitled"),
        (excused(may) | {"reason": "见 11010519491231002X"}, 422, "personal_value"),
    ):
        answer = await take(house, case_id, "verify", person_id=clerk, override=override)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    reviewing = await house.accepted()
    await take(house, reviewing, "review", person_id=may)
    own = await take(house, reviewing, "verify", person_id=may, override=excused(may))
    assert own.json()["code"] == "approver_not_entitled"


@row("nanchang/13.s1")
async def test_passing_over_it_takes_the_right_to_do_so(house_of: Housing) -> None:
    house = await house_of("nanchang")
    await ordinary(house)
    case_id, clerk = await house.accepted(), await house.person()
    await take(house, case_id, "review", person_id=clerk)
    headers = house.issuer.bearer("cases:write", centres=(house.centre,))
    body = {"step": "verify", "person_id": clerk, "override": excused(await chief(house))}
    answer = await house.client.post(
        f"/v1/centres/{house.centre}/cases/{case_id}/approval-steps",
        json=body,
        headers=headers | {"Idempotency-Key": uuid4().hex},
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


@row("nanchang/13.s1")
async def test_what_needs_no_override_keeps_none(house_of: Housing) -> None:
    house = await house_of("nanchang")
    await ordinary(house)
    case_id = await house.accepted()
    override = excused(await chief(house))
    done = await take(house, case_id, "review", person_id=await house.person(), override=override)
    assert (done.status_code, done.json()["override"]) == (201, None)


@row("nanchang/13.s1")
async def test_the_review_comes_first(house_of: Housing) -> None:
    house = await house_of("nanchang")
    await ordinary(house)
    case_id = await house.accepted()
    early = await take(house, case_id, "verify", person_id=await house.person())
    assert (early.status_code, cited(early)) == (409, ROW)


@row("nanchang/13.s1")
async def test_the_token_says_who_it_is_where_nobody_is_named(house_of: Housing) -> None:
    house = await house_of("nanchang")
    await ordinary(house)
    case_id = await house.accepted()
    nobody = await take(house, case_id, "review", by=Speaker(subject="stranger"))
    assert (nobody.status_code, nobody.json()["code"]) == (422, "impossible_fact")
    id_ = await house.person(subject="first")
    done = await take(house, case_id, "review", by=Speaker(subject="first"))
    assert (done.status_code, done.json()["person_id"]) == (201, id_)


@row("nanchang/13.s1")
async def test_who_is_unknown_or_erased_takes_no_step(house_of: Housing) -> None:
    house = await house_of("nanchang")
    case_id, gone = await house.accepted(), await house.person()
    where = (person.c.centre_id == house.centre, person.c.id == UUID(gone))
    async with house.kept.engine.connect() as connection:
        await connection.execute(update(person).where(*where).values(erased_at=house.now[0]))
    for person_id in (str(uuid4()), gone):
        assert (await take(house, case_id, "review", person_id=person_id)).status_code == 404


@row("nanchang/13.s1")
@pytest.mark.parametrize("steps", [[], ["review", "verify", "hearing"]])
async def test_what_is_not_known_to_be_ordinary_is_left_alone(
    house_of: Housing, steps: list[str]
) -> None:
    house = await house_of("nanchang")
    await house.alter_item(approval_steps=steps)
    case_id, clerk = await house.accepted(), await house.person()
    for step in ("verify", "review"):
        assert (await take(house, case_id, step, person_id=clerk)).status_code == 201
    assert (await decide(house, case_id)).status_code == 201
    assert (await decide(house, await house.accepted())).status_code == 201


@row("nanchang/13.s1")
@pytest.mark.parametrize("regulation", ["tianya", "shapotou"])
async def test_another_text_asks_for_no_steps(house_of: Housing, regulation: str) -> None:
    house = await house_of(regulation)
    await ordinary(house)
    case_id, clerk = await house.accepted(), await house.person()
    assert (await take(house, case_id, "review", person_id=clerk)).status_code == 201
    assert (await take(house, case_id, "verify", person_id=clerk)).status_code == 201
    assert (await decide(house, await house.accepted())).status_code == 201


@row("nanchang/13.s1")
async def test_the_denial_is_reviewed_and_verified_too(house_of: Housing) -> None:
    house = await house_of("nanchang")
    await ordinary(house)
    denied = {"verdict": "denied", "reason": "不符", "basis": "第三条", "remedies": "复议"}
    refused = await decide(house, await house.accepted(), **denied)
    assert (refused.status_code, cited(refused)) == (409, ROW)


async def test_a_step_is_taken_once_and_before_the_decision(house_of: Housing) -> None:
    house = await house_of("nanchang")
    case_id, clerk = await house.accepted(), await house.person()
    await take(house, case_id, "review", person_id=clerk)
    twice = await take(house, case_id, "review", person_id=clerk)
    assert (twice.status_code, twice.json()["code"]) == (409, "approval_step_taken")
    assert (await decide(house, case_id)).status_code == 201
    late = await take(house, case_id, "verify", person_id=clerk)
    assert (late.status_code, late.json()["code"]) == (409, "case_over")


async def test_other_steps_are_not_entered_and_other_cases_not_found(house_of: Housing) -> None:
    house = await house_of("nanchang")
    case_id, clerk = await house.accepted(), await house.person()
    assert (await take(house, case_id, "hearing", person_id=clerk)).status_code == 422
    assert (await take(house, str(uuid4()), "review", person_id=clerk)).status_code == 404
    assert (await house.get(f"/cases/{uuid4()}/approval-steps")).status_code == 404


async def test_two_that_take_the_same_step_at_once_take_it_once(house_of: Housing) -> None:
    house = await house_of("nanchang")
    case_id = await house.accepted()
    people = [await house.person() for _ in range(4)]
    answers = await asyncio.gather(
        *(take(house, case_id, "review", person_id=each) for each in people)
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert len(await listed(house, case_id)) == 1


@row("nanchang/13.s1")
async def test_an_item_with_the_steps_of_another_text_may_change_in_other_ways(
    house_of: Housing,
) -> None:
    house = await house_of("nanchang")
    await ordinary(house, *STEPS, "director_sign")
    path, reason = f"/items/{house.thing}/changes", {"kind": "change", "reason": "更名"}
    renamed = await house.post(path, reason | {"proposal": {"name": "新名"}})
    assert (renamed.status_code, renamed.json()["stage"]) == (201, "implemented")
    more = {"approval_steps": [*STEPS, "director_sign", "director_sign"]}
    refused = await house.post(path, reason | {"proposal": more})
    assert (refused.status_code, cited(refused)) == (422, ROW)
