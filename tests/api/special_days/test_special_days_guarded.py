"""Who may enter special days and how often, and how every process of the service learns of them."""

import asyncio
import random
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from app import worker
from app.api.in_force import Following
from app.db import calendar_changes
from app.db.case_rows import case_of, deadlines_of
from app.db.case_table import cases
from app.domain.casework.case_clock import Deadlines, deadlines
from app.domain.day import local_day
from app.domain.law_of_case import law_of
from app.domain.oversight.ledger import PLATFORM
from tests.api.cases.desk import FIVE, Desk, desk_of, serving
from tests.api.conftest import Issuer
from tests.api.special_days.office import (
    DOCUMENT,
    TYPHOON,
    Json,
    day,
    days_of,
    enter,
    entered,
    kept,
    listed,
    platform,
    revoke,
    told,
)
from tests.databases import Clone


@pytest.mark.parametrize(
    ("days", "document", "status", "code"),
    [
        ([{**TYPHOON, "works": True, "kind": "makeup"}], {}, 422, "impossible_fact"),
        ([{**TYPHOON, "works": True}], {}, 422, "impossible_fact"),
        ([{**TYPHOON, "completes_year": True}], {}, 422, "impossible_fact"),
        ([TYPHOON, TYPHOON], {}, 422, "impossible_fact"),
        ([TYPHOON | {"on": "2028-01-03"}], {}, 422, "impossible_fact"),
        ([TYPHOON | {"on": "2003-12-31"}], {}, 409, "calendar_missing"),
        (
            [TYPHOON | {"on": f"2026-0{m}-{d:02}"} for m in (6, 7) for d in range(1, 31)]
            + [TYPHOON],
            {},
            422,
            "invalid_request",
        ),
        ([], {}, 422, "invalid_request"),
        ([TYPHOON], {"number": None}, 422, "impossible_fact"),
        ([TYPHOON], {"number_unknown": True}, 422, "impossible_fact"),
        ([TYPHOON], {"title": "王某 13800138000 的申请"}, 422, "personal_value"),
    ],
)
async def test_what_cannot_be_is_refused_and_audited(
    nanchang: Desk, days: list[Json], document: Json, status: int, code: str
) -> None:
    answer = await nanchang.client.post(
        "/v1/calendars/360100/special-days",
        json={"days": days, "document": DOCUMENT | document},
        headers=platform(nanchang),
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await listed(nanchang) == []
    refusals = [event.type for event in await told(nanchang, PLATFORM)]
    assert refusals == ([] if code == "invalid_request" else ["cn.guiju.refusal"])


async def test_a_number_that_nobody_saw_is_said_to_be_unknown(nanchang: Desk) -> None:
    answer = await nanchang.client.post(
        "/v1/calendars/360100/special-days",
        json={"days": [TYPHOON], "document": {"title": "停办通告", "number_unknown": True}},
        headers=platform(nanchang),
    )
    assert answer.status_code == 201
    assert (await listed(nanchang))[0]["document"]["number"] is None


async def test_one_day_has_one_entry(nanchang: Desk) -> None:
    await entered(nanchang)
    second = await enter(nanchang)
    assert (second.status_code, second.json()["code"]) == (409, "special_day_stands")
    assert (await enter(nanchang, place="360000")).status_code == 201


async def test_of_two_who_enter_the_same_day_at_once_one_is_refused(
    nanchang: Desk, beside: Desk
) -> None:
    answers = await asyncio.gather(enter(nanchang), enter(beside))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert len(await listed(nanchang)) == 1


async def test_the_same_key_enters_once_and_is_answered_alike(nanchang: Desk) -> None:
    key = uuid4().hex
    answers = await asyncio.gather(*(enter(nanchang, key=key) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == 7
    assert len(await listed(nanchang)) == 1
    other = await enter(nanchang, TYPHOON | {"on": "2025-10-10"}, key=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_a_refusal_leaves_its_key_free(nanchang: Desk) -> None:
    key = uuid4().hex
    refused = await enter(nanchang, TYPHOON | {"works": True}, key=key)
    assert refused.status_code == 422
    assert (await enter(nanchang, key=key)).status_code == 201


async def test_only_the_platform_with_the_scope_enters(nanchang: Desk) -> None:
    path, body = "/v1/calendars/360100/special-days", {"days": [TYPHOON], "document": DOCUMENT}

    async def tried(headers: dict[str, str]) -> tuple[int, str]:
        sent = headers | {"Idempotency-Key": uuid4().hex}
        answer = await nanchang.client.post(path, json=body, headers=sent)
        return answer.status_code, answer.json()["code"]

    own = nanchang.issuer.bearer("calendars:write", centres=(nanchang.centre,))
    assert await tried(own) == (403, "platform_only")
    reader = nanchang.issuer.bearer("calendars", platform=True)
    assert await tried(reader) == (403, "scope_missing")
    keyless = await nanchang.client.post(
        path, json=body, headers=nanchang.issuer.bearer("calendars:write", platform=True)
    )
    assert (keyless.status_code, keyless.json()["code"]) == (400, "idempotency_key_missing")
    assert (await enter(nanchang, place="99")).status_code == 404
    assert await listed(nanchang) == []


async def test_the_platforms_own_ledger_tells_what_was_done(nanchang: Desk) -> None:
    entry = (await entered(nanchang))["items"][0]
    await revoke(nanchang, entry)
    events = await told(nanchang, PLATFORM)
    assert [event.type for event in events] == [
        "cn.guiju.calendar.special_days_entered",
        "cn.guiju.calendar.special_day_revoked",
    ]
    assert events[0].data["days"][0]["document"]["number"] == DOCUMENT["number"]
    assert [event.position for event in events] == [1, 2]


async def test_another_process_writes_by_the_new_days_at_once(nanchang: Desk, beside: Desk) -> None:
    await entered(nanchang)
    assert (await day(beside))["working_day"] is True  # it has not looked yet
    case = await beside.receive(FIVE)
    assert await days_of(nanchang, case["id"]) == ("2025-10-15", "2025-09-30")
    assert (await day(beside))["working_day"] is False


async def test_another_process_shows_the_new_days_once_it_has_looked(
    nanchang: Desk, beside: Desk
) -> None:
    entry = (await entered(nanchang))["items"][0]
    following = Following(beside.app.state, kept(beside))
    await following.refresh()
    assert (await day(beside))["why"] == "closure"
    # What it enters itself and somebody else revokes leads back to a version that it has seen.
    (other,) = (await entered(beside, TYPHOON | {"on": "2025-10-10"}))["items"]
    await revoke(nanchang, other)
    await following.refresh()
    assert (await day(beside, "2025-10-10"))["why"] == "working_day"
    await revoke(nanchang, entry)
    await following.refresh()
    assert (await day(beside))["why"] == "working_day"


async def test_a_process_looks_by_itself(nanchang: Desk, beside: Desk) -> None:
    await entered(nanchang)
    async with asyncio.timeout(20):
        # Its look is at a time of its own: no event of ours can tell.
        while (await day(beside))["working_day"]:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def test_a_process_that_starts_later_begins_with_the_special_days(
    nanchang: Desk, fresh_database: Clone, trial: Path, issuer: Issuer
) -> None:
    await entered(nanchang)
    async with (
        serving(fresh_database.service_url, trial) as app,
        desk_of(app, issuer, "nanchang") as late,
    ):
        assert (await day(late))["why"] == "closure"
        case = await late.receive(FIVE)
        assert (await days_of(late, case["id"]))[0] == "2025-10-15"
    assert (await nanchang.receive(FIVE))["version"] == 1


async def test_a_case_that_was_written_past_the_change_is_found_when_it_is_settled(
    nanchang: Desk,
) -> None:
    case = await nanchang.receive(FIVE)
    await entered(nanchang)
    engine = kept(nanchang).engine
    past = update(cases).where(cases.c.centre_id == nanchang.centre, cases.c.id == UUID(case["id"]))
    async with engine.connect() as connection:
        await connection.execute(past.values(due_on=date(2025, 10, 14)))
    assert await calendar_changes.ripe(engine) == []
    (change,) = await calendar_changes.ripe(engine, timedelta())
    await worker.settle(engine, change, nanchang.now[0])
    assert await days_of(nanchang, case["id"]) == ("2025-10-15", "2025-09-30")
    assert (await nanchang.get(f"/{case['id']}")).json()["version"] == 3
    assert await calendar_changes.ripe(engine, timedelta()) == []


async def test_whoever_writes_while_the_calendar_changes_is_right_in_the_end(
    nanchang: Desk, beside: Desk
) -> None:
    chance = random.Random(3)  # noqa: S311 - the order of a test
    known = [await nanchang.receive(FIVE) for _ in range(20)]
    beside.etags = dict(nanchang.etags)
    acts = [beside.accept(case["id"]) for case in known]
    intakes = [desk.post("", desk.application(FIVE)) for desk in (nanchang, beside) * 20]
    calls = [*acts, *intakes]
    chance.shuffle(calls)
    half = len(calls) // 2
    answers = await asyncio.gather(*calls[:half], enter(nanchang), *calls[half:])
    assert {answer.status_code for answer in answers} <= {201, 412, 503}
    engine = kept(nanchang).engine
    await calendar_changes.ripe(engine)
    (change,) = await calendar_changes.ripe(engine, timedelta())
    await worker.settle(engine, change, nanchang.now[0])
    judged = await judged_anew(nanchang)
    assert len(judged) >= 20
    assert [(stored, now) for stored, now in judged if stored != now] == []


async def judged_anew(desk: Desk) -> list[tuple[Deadlines, Deadlines]]:
    """The days of each case as they are stored, and as the calendar in force has them."""
    state, found = desk.app.state, select(cases).where(cases.c.centre_id == desk.centre)
    async with kept(desk).engine.connect() as connection:
        rows = [dict(row) for row in (await connection.execute(found)).mappings()]
    judged = []
    for row in rows:
        case = case_of(row)
        received_on, on = local_day(case.received_at), local_day(desk.now[0])
        calendar = state.calendars.of(case.under.calendar)
        law = law_of(case.under, state.rulebooks, calendar, received_on=received_on, on=on)
        judged.append((deadlines_of(row), deadlines(case, law)))
    return judged
