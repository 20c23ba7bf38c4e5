"""Rectification over HTTP: a second person sets a mistaken act aside, and the case is told anew."""

import asyncio
import random
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select

from app.db import ledger
from app.db.case_rows import folded
from app.db.ledger import ledger as entries
from app.db.outbox import outbox
from app.db.repositories import Repositories
from app.db.sweep import sweep
from app.domain.casework.rectification import papers_of
from tests.api.cases.desk import FIVE, Desk, nowhere
from tests.api.conftest import Speaker

Json = dict[str, Any]  # Any: answers are read as the free JSON that they are.
SECOND = Speaker(subject="second")
HEADERS = ("Authorization", "Idempotency_Key", "If_Match")


def said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def token(desk: Desk, by: Speaker = SECOND, *scopes: str) -> str:
    return desk.issuer.bearer(*scopes, centres=(desk.centre,), by=by)["Authorization"]


async def rectify(desk: Desk, case_id: str, act: int, **more: Any) -> httpx.Response:
    """By the second person, on the state that was seen last, unless it is said otherwise."""
    headers = {"Authorization": token(desk), "If_Match": desk.etags[case_id]}
    headers |= {name: more.pop(name) for name in HEADERS if name in more}
    body = {"act": act, "reason": "登记到了另一件"} | more
    answer = await desk.post(f"/{case_id}/rectification", body, **headers)
    if answer.status_code == 201:
        desk.etags[case_id] = answer.headers["etag"]
    return answer


async def accepted(desk: Desk) -> str:
    case_id: str = (await desk.receive(FIVE))["id"]
    assert (await desk.accept(case_id)).status_code == 201
    return case_id


async def read(desk: Desk, path: str, **query: str) -> Json:
    answer = await desk.get(path, **query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def assert_told(desk: Desk, case_id: str) -> None:
    """The row is what the ledger tells."""
    kept: Repositories = desk.app.state.repositories
    stored = (await kept.cases.get(desk.centre, UUID(case_id))).case
    told = await ledger.acts(kept.engine, desk.centre, stored.id)
    assert folded(papers_of(stored), told) == stored
    assert [entry.number for entry in told] == list(range(1, stored.version + 1))


async def test_an_acceptance_that_was_a_mistake_is_set_aside(aohan: Desk) -> None:
    case_id = (await aohan.receive(FIVE))["id"]
    untouched = await read(aohan, f"/{case_id}")
    await aohan.accept(case_id)
    answer = await rectify(aohan, case_id, 2, document="更正单第3号")
    assert answer.status_code == 201
    aside = [{"number": 2, "act": "accept", "by": 3}]
    assert answer.json()["case"] == untouched | {"version": 3, "rectified": aside}
    assert answer.json()["decision"]["outcome"] == "no_rule"
    assert answer.headers["etag"] == '"3.2025-09-30"'
    assert await read(aohan, f"/{case_id}") == answer.json()["case"]
    (last,) = (await aohan.client.get(answer.headers["location"], headers=aohan.headers())).json()[
        "items"
    ]
    assert (last["number"], last["act"], last["rectifies"]) == (3, "rectify", 2)
    await assert_told(aohan, case_id)


async def test_both_acts_stay_in_the_list_and_name_one_another(aohan: Desk) -> None:
    case_id = await accepted(aohan)
    await rectify(aohan, case_id, 2, document="更正单第3号")
    acts = (await read(aohan, f"/{case_id}/acts"))["items"]
    assert [(a["act"], a["rectifies"], a["rectified_by"], a["actor"]) for a in acts] == [
        ("receive", None, None, "tester"),
        ("accept", None, 3, "tester"),
        ("rectify", 2, None, "second"),
    ]
    assert acts[2]["facts"] == {
        "rectifies": 2,
        "mistaken": "accept",
        "reason": "登记到了另一件",
        "document": "更正单第3号",
        "before": {"stage": "accepted", "due_on": "2025-10-14"},
        "after": {"stage": "received"},
    }


async def test_clock_and_proof_say_which_act_was_set_aside(aohan: Desk) -> None:
    case_id = await accepted(aohan)
    await aohan.act(case_id, "decision", verdict="granted")
    await rectify(aohan, case_id, 3)
    aside = [{"number": 3, "act": "decide", "by": 4}]
    assert (await read(aohan, f"/{case_id}/clock"))["rectified"] == aside
    proof = await read(aohan, f"/{case_id}/clock/proof")
    assert (proof["rectified"], proof["due_on"]) == (aside, "2025-10-14")


async def test_subscribers_learn_of_the_case_before_and_after(aohan: Desk) -> None:
    case_id = await accepted(aohan)
    await rectify(aohan, case_id, 2)
    kept: Repositories = aohan.app.state.repositories
    sent = select(outbox.c.type, outbox.c.data).where(
        outbox.c.centre_id == aohan.centre, outbox.c.case_id == UUID(case_id)
    )
    async with kept.engine.connect() as connection:
        last = (await connection.execute(sent.order_by(outbox.c.id))).all()[-1]
    assert last.type == "cn.guiju.case.rectified"
    assert last.data["rectifies"] == {"number": 2, "act": "accept"}
    assert last.data["before"] == {"stage": "accepted", "due_on": "2025-10-14"}
    assert last.data["after"] == {"stage": "received", "due_on": None}
    assert last.data["due_on"] is None
    assert "登记" not in str(last.data)


async def test_an_acceptance_set_aside_too_late_leaves_what_silence_brought(nanchang: Desk) -> None:
    case_id = await accepted(nanchang)
    nanchang.move_to("2025-10-10")
    seen = (await rectify(nanchang, case_id, 2)).json()["case"]
    assert (seen["stage"], seen["accepted_at"]) == ("deemed_accepted", None)
    assert (seen["deemed_accepted"], seen["accepted_on"]) == (True, "2025-09-30")
    overdue = await read(nanchang, "", stage="deemed_accepted", limit="200")
    assert case_id in {case["id"] for case in overdue["items"]}
    kept: Repositories = nanchang.app.state.repositories
    books, calendars = nanchang.app.state.rulebooks, nanchang.app.state.calendars
    await sweep(kept.engine, nanchang.now[0], books, calendars)
    after = await read(nanchang, f"/{case_id}")
    assert after == seen | {"version": 4}
    nanchang.etags[case_id] = '"4.2025-10-10"'
    assert said(await rectify(nanchang, case_id, 4)) == (409, "not_rectifiable")
    assert (await nanchang.accept(case_id)).status_code == 201
    await assert_told(nanchang, case_id)


async def test_a_receipt_that_was_a_mistake_annuls_the_case(aohan: Desk) -> None:
    case_id = (await aohan.receive(FIVE))["id"]
    annulled = (await rectify(aohan, case_id, 1)).json()["case"]
    assert (annulled["stage"], annulled["standing"]) == ("annulled", "annulled")
    assert (annulled["due_on"], annulled["counts_from_on"], annulled["allowed"]) == (None, None, [])
    aohan.move_to("2026-02-02")
    assert (await read(aohan, f"/{case_id}"))["stage"] == "annulled"
    clock = await read(aohan, f"/{case_id}/clock")
    assert (clock["standing"], clock["decision"]["outcome"]) == ("annulled", "no_rule")
    assert (await read(aohan, f"/{case_id}/clock/proof"))["days"] == []
    await assert_told(aohan, case_id)
    listed = {band for band in BANDS if case_id in await ids(aohan, band=band, within="9")}
    assert listed == {"ended"}
    assert case_id in await ids(aohan, stage="annulled")
    assert said(await aohan.accept(case_id)) == (409, "transition_refused")
    assert said(await rectify(aohan, case_id, 1)) == (409, "rectified_already")


BANDS = ("overdue", "due_today", "due_soon", "running", "not_started", "suspended", "ended")


async def ids(desk: Desk, **query: str) -> set[str]:
    found: set[str] = set()
    after: dict[str, str] = {}
    while True:
        page = await read(desk, "", limit="200", **query, **after)
        found |= {case["id"] for case in page["items"]}
        if page["next"] is None:
            return found
        after = {"after": page["next"]}


async def test_a_later_act_that_rests_on_it_is_named_and_comes_first(aohan: Desk) -> None:
    case_id = await accepted(aohan)
    await aohan.act(case_id, "decision", verdict="granted")
    before = await read(aohan, f"/{case_id}")
    refused = await rectify(aohan, case_id, 2)
    assert said(refused) == (409, "later_act_rests_on_it")
    assert "decide" in refused.json()["detail"]
    assert await read(aohan, f"/{case_id}") == before
    assert (await rectify(aohan, case_id, 3)).status_code == 201
    assert (await rectify(aohan, case_id, 2)).json()["case"]["stage"] == "received"


async def test_whoever_entered_the_act_does_not_set_it_aside(aohan: Desk) -> None:
    case_id = await accepted(aohan)
    own = await rectify(aohan, case_id, 2, Authorization=token(aohan, Speaker()))
    assert said(own) == (403, "second_person_required")
    kept: Repositories = aohan.app.state.repositories
    refused = select(entries.c.facts, entries.c.number).where(
        entries.c.centre_id == aohan.centre,
        entries.c.subject_id == UUID(case_id),
        entries.c.action == "refused",
    )
    async with kept.engine.connect() as connection:
        (entry,) = (await connection.execute(refused)).all()
    assert entry.facts == {"act": "rectify", "code": "second_person_required"}
    assert (await read(aohan, f"/{case_id}"))["version"] == 2


async def test_neither_a_mistake_nor_a_counter_act_is_set_aside_twice(aohan: Desk) -> None:
    case_id = await accepted(aohan)
    await rectify(aohan, case_id, 2)
    for number in (2, 3):
        assert said(await rectify(aohan, case_id, number)) == (409, "rectified_already")


async def test_an_act_that_is_not_there_is_422_and_named(aohan: Desk) -> None:
    case_id = await accepted(aohan)
    assert said(await rectify(aohan, case_id, 3)) == (422, "act_unknown")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"reason": " "}, "reason_missing"),
        ({"reason": ""}, "invalid_request"),
        ({"reason": None}, "invalid_request"),
        ({"reason": "把13800138000登成了另一人"}, "personal_value"),
        ({"document": "11010519491231002X的更正单"}, "personal_value"),
        ({"occurred_at": "2025-09-30T09:00:00+08:00"}, "invalid_request"),
        ({"override": None}, "invalid_request"),
    ],
)
async def test_what_is_no_reason_or_no_rectification_is_422(
    aohan: Desk, more: Json, code: str
) -> None:
    case_id = await accepted(aohan)
    refused = await rectify(aohan, case_id, 2, **more)
    assert said(refused) == (422, code)
    assert "13800138000" not in refused.text
    assert (await read(aohan, f"/{case_id}"))["version"] == 2


async def test_of_two_who_rectify_at_once_one_gets_412(aohan: Desk) -> None:
    for _ in range(10):
        case_id = await accepted(aohan)
        seen = aohan.etags[case_id]
        answers = await asyncio.gather(
            *(rectify(aohan, case_id, 2, If_Match=seen) for _ in range(2))
        )
        assert sorted(answer.status_code for answer in answers) == [201, 412]
        loser = next(answer for answer in answers if answer.status_code == 412)
        assert (said(loser), loser.headers["etag"]) == (
            (412, "case_changed_meanwhile"),
            '"3.2025-09-30"',
        )
        await assert_told(aohan, case_id)


async def test_the_same_key_gives_the_same_answer_before_anything_is_looked_at(
    aohan: Desk,
) -> None:
    case_id = await accepted(aohan)
    key, seen = uuid4().hex, aohan.etags[case_id]
    first = await rectify(aohan, case_id, 2, Idempotency_Key=key)
    again = await rectify(aohan, case_id, 2, Idempotency_Key=key, If_Match=seen)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    other = await rectify(aohan, case_id, 1, Idempotency_Key=key)
    assert said(other) == (422, "idempotency_key_reused")
    assert (await read(aohan, f"/{case_id}"))["version"] == 3


async def test_without_key_or_state_nothing_is_set_aside(aohan: Desk) -> None:
    case_id = await accepted(aohan)
    body = {"act": 2, "reason": "误登"}
    blind = await aohan.post(f"/{case_id}/rectification", body, Authorization=token(aohan))
    assert said(blind) == (428, "if_match_missing")
    stale = await rectify(aohan, case_id, 2, If_Match='"1.2025-09-30"')
    assert said(stale) == (412, "case_changed_meanwhile")
    headers = aohan.headers(Authorization=token(aohan), If_Match="*")
    url = f"{aohan.path}/{case_id}/rectification"
    keyless = await aohan.client.post(url, json=body, headers=headers)
    assert said(keyless) == (400, "idempotency_key_missing")


async def test_the_scope_is_that_of_decisions(aohan: Desk) -> None:
    case_id = await accepted(aohan)
    writes = token(aohan, SECOND, "cases:read", "cases:write")
    body = {"act": 2, "reason": "误登"}
    path = f"/{case_id}/rectification"
    refused = await aohan.post(path, body, Authorization=writes, If_Match="*")
    assert said(refused) == (403, "scope_missing")
    decides = token(aohan, SECOND, "cases:decide")
    done = await aohan.post(path, body, Authorization=decides, If_Match="*")
    assert done.status_code == 201


async def test_a_case_of_another_centre_is_not_there(aohan: Desk, nanchang: Desk) -> None:
    case_id = await accepted(aohan)
    nanchang.etags[case_id] = aohan.etags[case_id]
    assert said(await rectify(nanchang, case_id, 2)) == (404, "not_found")
    url = f"{aohan.path}/{case_id}/rectification"
    headers = nanchang.headers(Idempotency_Key="k", If_Match="*")
    foreign = await aohan.client.post(url, json={"act": 2, "reason": "误登"}, headers=headers)
    assert said(foreign) == (404, "not_found")
    aohan.etags[unknown := nowhere()] = '"1.2025-09-30"'
    assert said(await rectify(aohan, unknown, 1)) == (404, "not_found")


async def test_what_several_do_and_put_right_at_once_is_explained_by_the_ledger(
    aohan: Desk,
) -> None:
    for round_ in range(6):
        case_id = (await aohan.receive(FIVE, materials_complete=False))["id"]
        await asyncio.gather(*(scramble(aohan, case_id, 4 * round_ + n) for n in range(4)))
        await assert_told(aohan, case_id)


async def scramble(desk: Desk, case_id: str, seed: int) -> None:
    """One who reads, then does or puts right something, again and again."""
    chance = random.Random(seed)  # noqa: S311 - the order of a test
    papers = {"channel": "window", "contains": ["seal"]}
    acts: list[tuple[str, Json]] = [
        ("notice", {"form": "written", "corrections": ["甲"], **papers}),
        ("correction", {}),
        ("acceptance", {"form": "system", **papers}),
        ("decision", {"verdict": "granted"}),
        ("seal", {}),
    ]
    acts += [("rectification", {"act": n, "reason": "误登"}) for n in (2, 3, 4, 5, 6)]
    for _ in range(10):
        seen = (await desk.get(f"/{case_id}")).headers["etag"]
        act, body = chance.choice(acts)
        own = {"Authorization": token(desk)} if act == "rectification" else {}
        answer = await desk.post(f"/{case_id}/{act}", body, If_Match=seen, **own)
        assert answer.status_code in {201, 409, 412, 422}, answer.text
