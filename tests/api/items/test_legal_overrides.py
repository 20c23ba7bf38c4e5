"""Legal overrides over HTTP: which law displaces which rule for an item, from when, until when."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.api.items.register import Opening, Register
from tests.rows import row

Json = dict[str, Any]  # Any: bodies and answers are the free JSON that they are.
LAW: Json = {
    "rule": "nanchang/22",
    "law": "某某条例",
    "article": "第十九条",
    "limit_days": 7,
    "since": "2025-10-09",
}
SILENT = ("erdos-hitech", "shapotou", "aohan", "tianya")


def said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def enter(register: Register, item_id: str, **more: object) -> httpx.Response:
    return await register.post(f"/items/{item_id}/legal-overrides", LAW | more)


async def entered(register: Register, item_id: str, **more: object) -> Json:
    answer = await enter(register, item_id, **more)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def end(register: Register, made: Json, until: str, **more: object) -> httpx.Response:
    """On the state that was seen last."""
    path = f"/items/{made['item_id']}/legal-overrides/{made['id']}/end"
    body: Json = {"until": until, "reason": "条例修改"} | more
    return await register.post(path, body, etag=register.etags[made["id"]])


async def holding(register: Register, item_id: str, on: str) -> list[str]:
    found = await register.listed(f"/items/{item_id}/legal-overrides", on=on)
    return [each["id"] for each in found]


async def version_of(register: Register, item_id: str) -> int:
    version: int = (await register.seen(item_id))["version"]
    return version


@row("nanchang/2")
async def test_a_law_is_entered_for_an_item_under_the_rows_of_both(at_centre: Opening) -> None:
    register = await at_centre("nanchang")
    item_id = await register.item(None)
    answer = await enter(register, item_id, document_number="国务院令第1号")
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    made = answer.json()
    assert made == LAW | {
        "id": made["id"],
        "item_id": item_id,
        "document_number": "国务院令第1号",
        "until": None,
        "ended_because": None,
        "version": 1,
    }
    read = await register.get(answer.headers["location"].partition(str(register.centre))[2])
    assert (read.json(), read.headers["etag"]) == (made, '"1"')
    (entry,) = await register.entries()
    assert (entry["action"], entry["rows"]) == ("entered", ["nanchang/2", "nanchang/22"])
    assert entry["facts"] == {
        "item_id": item_id,
        "item_version": 2,
        "rule": "nanchang/22",
        "limit_days": 7,
        "since": "2025-10-09",
        "until": None,
        "version": 1,
    }
    (event,) = await register.told()
    assert (event["type"], event["data"]) == ("cn.guiju.legal_override.entered", entry["facts"])


async def test_the_item_is_another_one_after_each_entry_and_each_end(at_centre: Opening) -> None:
    register = await at_centre("nanchang")
    item_id = await register.item(None)
    before = await register.seen(item_id)
    made = await entered(register, item_id)
    stale = f'"{before["version"]}"'
    refused = await register.post(f"/items/{item_id}/windows", {"window_ids": []}, etag=stale)
    assert said(refused) == (412, "changed_meanwhile")
    assert await register.seen(item_id) == before | {"version": 2}
    assert (await end(register, made, "2025-10-31")).status_code == 201
    assert await register.seen(item_id) == before | {"version": 3}


@row("nanchang/2")
@pytest.mark.parametrize("regulation", SILENT)
async def test_a_text_that_gives_way_to_no_law_takes_none(
    at_centre: Opening, regulation: str
) -> None:
    register = await at_centre(regulation)
    item_id = await register.item(None)
    for rule in ("nanchang/22", f"{regulation}/1"):
        answer = await enter(register, item_id, rule=rule)
        assert said(answer) == (409, "no_legal_precedence")
        assert regulation in answer.json()["detail"]
    assert await register.listed(f"/items/{item_id}/legal-overrides") == []
    assert await version_of(register, item_id) == 1


async def test_the_text_of_the_first_day_is_asked(at_centre: Opening) -> None:
    register = await at_centre("nanchang")
    item_id = await register.item(None)
    adopted = await register.post("/adoptions", {"regulation": "aohan", "since": "2026-01-01"})
    assert adopted.status_code == 201, adopted.text
    answer = await enter(register, item_id, since="2026-01-01")
    assert said(answer) == (409, "no_legal_precedence")
    await entered(register, item_id, since="2025-12-31")


@pytest.mark.parametrize("rule", ["nanchang/20.s3", "nanchang/2", "aohan/35", "二十二"])
async def test_only_a_rule_that_gives_way_is_displaced(at_centre: Opening, rule: str) -> None:
    register = await at_centre("nanchang")
    answer = await enter(register, await register.item(None), rule=rule)
    assert said(answer) == (422, "rule_not_displaceable")
    assert "nanchang/22" in answer.json()["detail"]


async def test_what_is_done_on_the_spot_has_no_limit_to_displace(at_centre: Opening) -> None:
    register = await at_centre("nanchang")
    item_id = await register.draft(kind="instant", promised_days=None)
    assert said(await enter(register, item_id)) == (409, "instant_item_without_limit")


async def test_a_draft_may_have_its_law_and_a_withdrawn_item_none(at_centre: Opening) -> None:
    register = await at_centre("nanchang")
    made = await entered(register, await register.draft())
    item_id = await register.item(None)
    kept = await entered(register, item_id)
    assert (await register.submit(item_id, "exit")).json()["stage"] == "implemented"
    assert said(await enter(register, item_id, since="2026-01-01")) == (409, "item_not_active")
    for each in (made, kept):  # What is entered is ended whatever became of the item.
        assert (await end(register, each, "2025-10-31")).status_code == 201


@pytest.mark.parametrize(
    ("since", "until", "status"),
    [
        ("2025-10-01", "2025-10-08", 201),
        ("2025-10-01", "2025-10-09", 409),
        ("2025-10-09", "2025-10-20", 409),
        ("2025-10-12", "2025-10-12", 409),
        ("2025-10-20", None, 409),
        ("2025-10-21", None, 201),
        ("2025-10-01", None, 409),
        ("2025-01-01", "2026-12-31", 409),
    ],
)
async def test_no_two_laws_hold_for_a_rule_on_one_day(
    at_centre: Opening, since: str, until: str | None, status: int
) -> None:
    register = await at_centre("nanchang")
    item_id = await register.item(None)
    first = await entered(register, item_id, until="2025-10-20")
    answer = await enter(register, item_id, law="另一条例", since=since, until=until)
    assert answer.status_code == status, answer.text
    if status == 409:
        assert answer.json()["code"] == "legal_override_stands"
        for named in (first["id"], "2025-10-09", "2025-10-20"):
            assert named in answer.json()["detail"]
    # Another item is none of its business.
    await entered(register, await register.item(None), since=since, until=until)


async def test_one_that_has_no_last_day_stands_in_the_way_for_ever(at_centre: Opening) -> None:
    register = await at_centre("nanchang")
    item_id = await register.item(None)
    first = await entered(register, item_id)
    refused = await enter(register, item_id, since="2099-12-31")
    assert said(refused) == (409, "legal_override_stands")
    assert first["id"] in refused.json()["detail"]
    await entered(register, item_id, since="2025-10-08", until="2025-10-08")


async def test_an_end_is_earlier_than_what_was_meant_and_comes_once(at_centre: Opening) -> None:
    register = await at_centre("nanchang")
    item_id = await register.item(None)
    made = await entered(register, item_id, until="2025-12-31")
    path = f"/items/{item_id}/legal-overrides/{made['id']}/end"
    body = {"until": "2025-10-31", "reason": "条例修改"}
    assert (await register.post(path, body)).status_code == 428
    assert (await register.post(path, body, etag='"7"')).status_code == 412
    for until in ("2025-12-31", "2026-01-31", "2025-10-07"):
        assert said(await end(register, made, until)) == (422, "impossible_fact")
    ended = await end(register, made, "2025-10-31")
    assert (ended.status_code, ended.headers["etag"]) == (201, '"2"')
    assert ended.json() == made | {
        "until": "2025-10-31",
        "ended_because": "条例修改",
        "version": 2,
    }
    assert said(await end(register, made, "2025-10-20")) == (409, "ended_before")
    assert await version_of(register, item_id) == 3
    (entry,) = [each for each in await register.entries() if each["action"] == "ended"]
    assert (entry["facts"]["until"], entry["facts"]["item_version"]) == ("2025-10-31", 3)
    assert entry["rows"] == ["nanchang/2", "nanchang/22"]


async def test_it_holds_from_its_first_day_to_its_last(at_centre: Opening) -> None:
    register = await at_centre("nanchang")
    item_id = await register.item(None)
    made = await entered(register, item_id)
    later = await entered(register, item_id, since="2025-01-01", until="2025-10-08")
    assert (await end(register, made, "2025-10-20")).status_code == 201
    for on, held in (
        ("2024-12-31", []),
        ("2025-01-01", [later["id"]]),
        ("2025-10-08", [later["id"]]),
        ("2025-10-09", [made["id"]]),
        ("2025-10-20", [made["id"]]),
        ("2025-10-21", []),
    ):
        assert await holding(register, item_id, on) == held, on
    path = f"/items/{item_id}/legal-overrides"
    first = (await register.get(path, limit="1")).json()
    rest = (await register.get(path, limit="1", after=first["next"])).json()
    assert [each["id"] for each in first["items"] + rest["items"]] == [made["id"], later["id"]]


async def test_one_that_was_a_mistake_never_held_and_is_in_nobody_s_way(
    at_centre: Opening,
) -> None:
    register = await at_centre("nanchang")
    item_id = await register.item(None)
    mistaken = await entered(register, item_id)
    assert (await end(register, mistaken, "2025-10-08")).status_code == 201
    assert await holding(register, item_id, "2025-10-08") == []
    assert await holding(register, item_id, "2025-10-09") == []
    right = await entered(register, item_id, since="2025-10-08")
    for on in ("2025-10-08", "2025-10-09"):
        assert await holding(register, item_id, on) == [right["id"]]
    refused = await enter(register, item_id)
    assert said(refused) == (409, "legal_override_stands")
    assert right["id"] in refused.json()["detail"]


@pytest.mark.parametrize("times", range(5))
async def test_of_two_who_enter_at_once_one_is_refused(at_centre: Opening, times: int) -> None:
    register = await at_centre("nanchang")
    item_id = await register.item(None)
    answers = await asyncio.gather(
        enter(register, item_id, since="2025-10-09"),
        enter(register, item_id, since="2025-11-03", until="2025-12-31"),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert len(await register.listed(f"/items/{item_id}/legal-overrides")) == 1
    assert await version_of(register, item_id) == 2


async def test_of_two_who_end_it_at_once_one_is_refused(at_centre: Opening) -> None:
    register = await at_centre("nanchang")
    made = await entered(register, await register.item(None))
    answers = await asyncio.gather(*(end(register, made, "2025-10-31") for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [201, 412]


async def test_the_same_key_is_answered_with_the_same_entry(at_centre: Opening) -> None:
    register = await at_centre("nanchang")
    path, key = f"/items/{await register.item(None)}/legal-overrides", uuid4().hex
    first, again = [await register.post(path, LAW, key=key) for _ in range(2)]
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert len(await register.listed(path)) == 1


@pytest.mark.parametrize("field", ["law", "article", "document_number"])
async def test_a_number_of_somebody_is_not_entered(at_centre: Opening, field: str) -> None:
    register = await at_centre("nanchang")
    answer = await enter(register, await register.item(None), **{field: "联系人13800138000"})
    assert said(answer) == (422, "personal_value")
    assert "13800138000" not in answer.text


async def test_a_number_of_somebody_is_no_reason_to_end_it(at_centre: Opening) -> None:
    register = await at_centre("nanchang")
    made = await entered(register, await register.item(None))
    answer = await end(register, made, "2025-10-31", reason="见13800138000")
    assert said(answer) == (422, "personal_value")


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit_days": 0},
        {"limit_days": 36_501},
        {"limit_days": "7"},
        {"law": ""},
        {"law": "  "},
        {"law": None},
        {"until": "2025-10-08"},
        {"since": "2025-10"},
        {"because": "nobody reads it"},
    ],
)
async def test_what_cannot_be_is_not_entered(at_centre: Opening, wrong: Json) -> None:
    register = await at_centre("nanchang")
    item_id = await register.item(None)
    assert (await enter(register, item_id, **wrong)).status_code == 422
    assert await register.listed(f"/items/{item_id}/legal-overrides") == []


@pytest.mark.parametrize("days", [1, 36_500])
async def test_the_shortest_and_the_longest_limit_are_entered(
    at_centre: Opening, days: int
) -> None:
    register = await at_centre("nanchang")
    assert (await entered(register, await register.item(None), limit_days=days))["until"] is None


async def test_the_first_and_the_last_day_that_can_be_written(at_centre: Opening) -> None:
    register = await at_centre("nanchang")
    item_id = await register.item(None)
    first = await entered(register, item_id, since="0001-01-01", until="0001-01-01")
    last = await entered(register, item_id, since="9999-12-31")
    assert await holding(register, item_id, "0001-01-01") == [first["id"]]
    assert await holding(register, item_id, "9999-12-31") == [last["id"]]
    for_ever = await entered(register, await register.item(None), since="0001-01-01")
    assert (await end(register, for_ever, "0001-01-01")).status_code == 201


async def test_an_entry_belongs_to_its_item_and_its_centre(at_centre: Opening) -> None:
    here, there = await at_centre("nanchang"), await at_centre("nanchang")
    item_id, other = await here.item(None), await here.item(None)
    made = await entered(here, item_id)
    for register, place in ((here, other), (there, item_id), (there, await there.item(None))):
        path = f"/items/{place}/legal-overrides/{made['id']}"
        assert (await register.get(path)).status_code == 404
        body = {"until": "2025-10-31", "reason": "条例修改"}
        assert (await register.post(f"{path}/end", body, etag='"1"')).status_code == 404
    assert (await enter(there, item_id)).status_code == 404
    assert (await there.get(f"/items/{item_id}/legal-overrides")).status_code == 404
