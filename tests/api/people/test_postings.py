"""Postings over HTTP: one at a time, roles of the tier, work outside the window, and the gaps."""

import asyncio
from uuid import uuid4

import pytest

from tests.api.people.conftest import Hire
from tests.api.people.staff import cited, speaking
from tests.rows import row


@row("shapotou/2")
async def test_a_village_knows_agents_alone_and_says_so(hire: Hire) -> None:
    staff = await hire("shapotou", "village")
    department, person = await staff.department(), await staff.person()
    said = {"person_id": person, "department_id": department, "since": "2025-10-09"}
    refused = await staff.post("/postings", {**said, "role": "window_clerk"})
    assert (refused.status_code, cited(refused)) == (422, {"shapotou/2"})
    (finding,) = [
        each for each in refused.json()["decision"]["findings"] if each["result"] == "violated"
    ]
    assert finding["expected"] == ["village_agent"]
    assert (await staff.post("/postings", {**said, "role": "village_agent"})).status_code == 201


@pytest.mark.parametrize(
    ("level", "role", "status"),
    [
        ("county", "approval_office_head", 201),
        ("county", "back_office", 201),
        ("county", "township_head", 422),
        ("county", "chief_representative", 422),
        ("township", "township_head", 201),
        ("township", "village_agent", 422),
        ("village", "approval_office_head", 422),
    ],
)
async def test_each_tier_has_its_own_roles(hire: Hire, level: str, role: str, status: int) -> None:
    staff = await hire("shapotou", level)
    said = {
        "person_id": await staff.person(),
        "department_id": await staff.department(),
        "role": role,
        "since": "2025-10-09",
    }
    assert (await staff.post("/postings", said)).status_code == status


@pytest.mark.parametrize("regulation", ["nanchang", "aohan", "tianya", "erdos-hitech"])
async def test_a_text_without_tiers_lets_every_role_be(hire: Hire, regulation: str) -> None:
    staff = await hire(regulation, "village")
    assert await staff.posting(await staff.department(), role="window_clerk")


async def test_a_person_sits_at_one_post_at_a_time(hire: Hire) -> None:
    staff = await hire("aohan")
    department, person = await staff.department(), await staff.person()
    posting = await staff.posting(department, person_id=person, since="2025-03-01")
    again = {
        "person_id": person,
        "department_id": department,
        "role": "window_clerk",
        "since": "2025-10-09",
    }
    refused = await staff.post("/postings", again)
    assert (refused.status_code, refused.json()["code"]) == (409, "posted_already")
    ended = await staff.post(f"/postings/{posting}/end", {"until": "2025-10-08", "reason": "轮换"})
    assert ended.json()["until"] == "2025-10-08"
    for since, status in (("2025-10-08", 409), ("2025-10-09", 201)):
        assert (await staff.post("/postings", {**again, "since": since})).status_code == status


async def test_two_who_post_one_person_at_once_make_one_posting(hire: Hire) -> None:
    staff = await hire("aohan")
    department, person = await staff.department(), await staff.person()
    said = {
        "person_id": person,
        "department_id": department,
        "role": "window_clerk",
        "since": "2025-10-09",
    }
    answers = await asyncio.gather(*(staff.post("/postings", said) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]


async def test_a_posting_ends_once_and_not_before_the_eve_of_its_beginning(hire: Hire) -> None:
    staff = await hire("tianya")
    path = f"/postings/{await staff.posting(await staff.department(), since='2025-10-09')}"
    early = await staff.post(path + "/end", {"until": "2025-10-07", "reason": "轮换"})
    assert (early.status_code, early.json()["code"]) == (422, "impossible_fact")
    done = await staff.post(path + "/end", {"until": "2025-10-09", "reason": "轮换"})
    assert done.status_code == 201
    stale = await staff.post(path + "/end", {"until": "2025-10-09", "reason": "轮换"}, etag='"1"')
    assert (stale.status_code, stale.json()["code"]) == (412, "changed_meanwhile")
    twice = await staff.post(path + "/end", {"until": "2025-10-09", "reason": "轮换"})
    assert (twice.status_code, twice.json()["code"]) == (409, "posting_ended")


async def test_postings_are_listed_by_person_department_and_day(hire: Hire) -> None:
    staff = await hire("aohan")
    one, other = await staff.department(), await staff.department()
    person = await staff.person()
    first = await staff.posting(one, person_id=person, since="2025-01-01")
    await staff.post(f"/postings/{first}/end", {"until": "2025-10-08", "reason": "轮换"})
    second = await staff.posting(other, person_id=person, since="2025-10-09")

    async def found(**query: object) -> list[str]:
        answer = await staff.get("/postings", **query)
        return [each["id"] for each in answer.json()["items"]]

    assert await found() == await found(person_id=person) == [first, second]
    assert await found(department_id=one) == await found(on="2025-10-08") == [first]
    assert await found(department_id=other) == await found(on="2025-10-09") == [second]
    assert await found(on="2024-12-31") == await found(window_id=uuid4()) == []
    assert await found(limit=1, after=first) == [second]


@pytest.mark.parametrize("field", ["person_id", "department_id", "window_id"])
async def test_whom_the_centre_has_not_cannot_be_posted(hire: Hire, field: str) -> None:
    staff, elsewhere = await hire("aohan"), await hire("aohan")
    foreign = {
        "person_id": await elsewhere.person(),
        "department_id": await elsewhere.department(),
        "window_id": str(uuid4()),
    }
    said = {
        "person_id": await staff.person(),
        "department_id": await staff.department(),
        "role": "window_clerk",
        "since": "2025-10-09",
    }
    refused = await staff.post("/postings", {**said, field: foreign[field]})
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


OUTSIDE = {"title": "下乡普查", "since": "2025-10-13", "until": "2025-10-17"}


@pytest.mark.parametrize(
    ("regulation", "article"),
    [
        pytest.param("aohan", "aohan/20.s3", marks=row("aohan/20.s3")),
        pytest.param("erdos-hitech", "erdos-hitech/19.1", marks=row("erdos-hitech/19.1")),
        pytest.param("tianya", "tianya/12.s1", marks=row("tianya/12.s1")),
    ],
)
async def test_work_outside_the_window_is_not_given(
    hire: Hire, regulation: str, article: str
) -> None:
    staff = await hire(regulation)
    path = f"/postings/{await staff.posting(await staff.department())}/duties"
    refused = await staff.post(path, {**OUTSIDE, "window_related": False})
    assert (refused.status_code, cited(refused)) == (409, {article})
    assert (await staff.get(path)).json()["items"] == []
    made = await staff.made(path, {**OUTSIDE, "window_related": True})
    assert [each["id"] for each in (await staff.get(path)).json()["items"]] == [made["id"]]


@row("nanchang/12.s3")
async def test_a_chief_is_given_nothing_else_and_a_clerk_may_be(hire: Hire) -> None:
    staff = await hire("nanchang")
    department = await staff.department()
    chief = await staff.posting(department, role="chief_representative")
    clerk = await staff.posting(department)
    other_duty = {"title": "编制预算", "since": "2025-10-13", "window_related": False}
    refused = await staff.post(f"/postings/{chief}/duties", other_duty)
    assert (refused.status_code, cited(refused)) == (409, {"nanchang/12.s3"})
    assert (await staff.post(f"/postings/{clerk}/duties", other_duty)).status_code == 201


async def test_a_text_that_is_silent_lets_other_work_be_given(hire: Hire) -> None:
    staff = await hire("shapotou")
    path = f"/postings/{await staff.posting(await staff.department())}/duties"
    answer = await staff.post(path, {**OUTSIDE, "window_related": False})
    assert answer.status_code == 201
    assert (await staff.get("/postings/gaps")).json()["items"] == []


@row("erdos-hitech/19.1")
async def test_what_was_given_before_the_posting_is_reported_until_it_ends(hire: Hire) -> None:
    staff = await hire("erdos-hitech")
    posting = await staff.posting(await staff.department(), since="2025-10-09")
    path = f"/postings/{posting}/duties"
    old = {"title": "驻村帮扶", "since": "2025-10-08", "window_related": False}
    on_the_day = await staff.post(path, {**old, "since": "2025-10-09"})
    assert on_the_day.status_code == 409
    duty = (await staff.made(path, old))["id"]

    async def gaps(on: str) -> list[tuple[str, list[str]]]:
        found = (await staff.get("/postings/gaps", on=on)).json()["items"]
        return [(each["duty_id"], each["finding"]["rows"]) for each in found]

    assert await gaps("2025-10-08") == []
    assert await gaps("2025-10-09") == [(duty, ["erdos-hitech/19.1"])]
    ended = await staff.post(f"{path}/{duty}/end", {"until": "2025-10-10", "reason": "已移交"})
    assert ended.status_code == 201
    assert await gaps("2025-10-10") == [(duty, ["erdos-hitech/19.1"])]
    assert await gaps("2025-10-11") == []


async def test_a_duty_lies_within_its_posting_and_ends_once(hire: Hire) -> None:
    staff = await hire("aohan")
    posting = await staff.posting(await staff.department(), since="2025-10-09")
    path = f"/postings/{posting}/duties"
    related = {"title": "窗口值班", "window_related": True}
    for days, status in (
        ({"since": "2025-10-10", "until": "2025-10-09"}, 422),
        ({"since": "2025-10-01", "until": "2025-10-08"}, 422),
        ({"since": "2025-10-01", "until": "2025-10-09"}, 201),
    ):
        assert (await staff.post(path, {**related, **days})).status_code == status
    duty = (await staff.made(path, {**related, "since": "2025-10-13", "until": "2025-10-17"}))["id"]
    for until, status in (
        ("2025-10-18", 422),
        ("2025-10-12", 422),
        ("2025-10-15", 201),
        ("2025-10-14", 409),
    ):
        answer = await staff.post(f"{path}/{duty}/end", {"until": until, "reason": "提前完成"})
        assert answer.status_code == status, until
    listed = await staff.get(path, on="2025-10-16")
    assert listed.json()["items"] == []


@row("shapotou/13")
async def test_an_agent_of_a_village_has_five_systems_and_not_the_four_left_out(
    hire: Hire,
) -> None:
    staff = await hire("shapotou", "village")
    answer = (await staff.get("/systems")).json()
    assert (answer["roles"], answer["rows"]) == (["village_agent"], ["shapotou/13"])
    applies = {each["system"] for each in answer["systems"] if each["applies"]}
    left_out = {each["system"] for each in answer["systems"] if not each["applies"]}
    assert applies == {
        "first_question",
        "one_time_notice",
        "time_limit",
        "appointment",
        "home_service",
    }
    assert left_out == {"attendance", "leave", "cover", "extended_hours"}


async def test_a_text_that_names_no_systems_is_not_given_those_of_another(hire: Hire) -> None:
    staff = await hire("nanchang", "village")
    answer = (await staff.get("/systems")).json()
    assert answer == {"roles": [], "systems": [], "rows": [], "article": None}


async def test_a_posting_without_the_scope_or_from_elsewhere_is_not_made(hire: Hire) -> None:
    staff = await hire("aohan")
    token = staff.issuer.bearer("centres:read", centres=(staff.centre,), by=speaking())
    answer = await staff.client.post(
        staff.path("/postings"), json={}, headers={**token, "Idempotency-Key": uuid4().hex}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


async def test_a_posting_that_was_entered_by_mistake_never_was(hire: Hire) -> None:
    staff = await hire("aohan")
    department, person = await staff.department(), await staff.person()
    of = {"person_id": person, "department_id": department, "role": "window_clerk"}
    mistaken = await staff.posting(department, person_id=person, since="2030-01-01")
    assert (await staff.post("/postings", {**of, "since": "2025-10-09"})).status_code == 409
    body = {"until": "2029-12-31", "reason": "误登"}
    assert (await staff.post(f"/postings/{mistaken}/end", body)).status_code == 201
    assert (await staff.post("/postings", {**of, "since": "2025-10-09"})).status_code == 201
    found = await staff.get("/postings", person_id=person, on="2030-01-01")
    assert [each["since"] for each in found.json()["items"]] == ["2025-10-09"]


async def test_people_sit_at_a_window_of_their_own_that_is_not_closed(hire: Hire) -> None:
    staff = await hire("aohan")
    one, other = await staff.department(), await staff.department()

    async def window(**more: object) -> str:
        said = {"kind": "own", "name": "窗口", "department_id": other, **more}
        return str((await staff.made("/windows", said))["id"])

    async def posted(window_id: str) -> int:
        of = {"department_id": one, "role": "window_clerk", "since": "2025-10-09"}
        said = {**of, "person_id": await staff.person(), "window_id": window_id}
        return (await staff.post("/postings", said)).status_code

    own, shared = await window(department_id=one), await window(kind="comprehensive")
    assert await posted(await window()) == 422
    assert await posted(own) == await posted(shared) == 201
    assert (await staff.post(f"/windows/{own}/closure", {"reason": "撤销"})).status_code == 201
    assert await posted(own) == 422


async def test_why_somebody_left_is_kept_with_the_posting_and_told_to_nobody(hire: Hire) -> None:
    staff = await hire("aohan")
    posting = await staff.posting(await staff.department())
    body = {"until": "2025-10-09", "reason": "身体不适"}
    duty = {"title": "窗口值班", "since": "2025-10-01", "window_related": True}
    made = await staff.made(f"/postings/{posting}/duties", duty)
    await staff.post(f"/postings/{posting}/duties/{made['id']}/end", body)
    await staff.get(f"/postings/{posting}")
    ended = await staff.post(f"/postings/{posting}/end", body)
    assert ended.json()["end_reason"] == "身体不适"
    audit = await staff.client.get(
        staff.path("/audit"), headers=staff.issuer.bearer(centres=(staff.centre,))
    )
    told = [each["facts"] for each in audit.json()["items"] if each["action"] == "ended"]
    assert told == [{"until": "2025-10-09"}, {"until": "2025-10-09"}]
