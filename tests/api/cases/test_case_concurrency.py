"""Many callers at once, and callers that never hear the answer: nothing happens twice."""

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import func, select
from starlette.types import Message, Receive, Scope, Send

from app.db import items, ledger
from app.db.case_rows import folded
from app.db.case_table import cases
from app.db.engine import transaction
from app.db.repositories import Repositories
from app.domain.casework.acts import Papers
from app.domain.items.item import ItemStage, ServiceItem
from tests.api.cases.desk import FIVE, Desk, desk_of, serving
from tests.api.conftest import Issuer
from tests.databases import Clone

AT_ONCE = 32


@pytest.fixture
async def desk(fresh_database: Clone, trial: Path, issuer: Issuer) -> AsyncIterator[Desk]:
    async with (
        serving(fresh_database.service_url, trial) as app,
        desk_of(app, issuer, "aohan") as desk,
    ):
        yield desk


async def counted(desk: Desk) -> int:
    kept: Repositories = desk.app.state.repositories
    async with kept.engine.connect() as connection:
        found = select(func.count()).select_from(cases).where(cases.c.centre_id == desk.centre)
        return (await connection.execute(found)).scalar_one()


async def all_at_once(
    calls: list[Callable[[], Awaitable[httpx.Response]]],
) -> list[httpx.Response]:
    room = asyncio.Semaphore(AT_ONCE)

    async def one(call: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        async with room:
            return await call()

    return list(await asyncio.gather(*(one(call) for call in calls)))


async def test_a_hundred_keys_from_ten_callers_each_make_a_hundred_cases(desk: Desk) -> None:
    keys = [uuid4().hex for _ in range(100)] * 10
    random.Random(7).shuffle(keys)  # noqa: S311 - the order of a test
    body = desk.application(FIVE)

    def call(key: str) -> Callable[[], Awaitable[httpx.Response]]:
        return lambda: desk.post("", body, Idempotency_Key=key)

    answers = await all_at_once([call(key) for key in keys])
    assert {answer.status_code for answer in answers} == {201}
    assert await counted(desk) == 100
    told: dict[str, set[str]] = {}
    for key, answer in zip(keys, answers, strict=True):
        told.setdefault(key, set()).add(answer.json()["case"]["id"])
    assert {len(ids) for ids in told.values()} == {1}
    replayed = sum("idempotent-replayed" in answer.headers for answer in answers)
    assert replayed == 900


async def test_of_two_writers_with_one_etag_one_gets_412(desk: Desk) -> None:
    for _ in range(10):
        case_id = (await desk.receive(FIVE))["id"]
        seen = desk.etags[case_id]
        body = {"form": "system", "channel": "window", "contains": ["seal"]}
        path = f"/{case_id}/acceptance"
        answers = await asyncio.gather(
            *(desk.post(path, body, If_Match=seen) for _ in range(2)),
        )
        assert sorted(answer.status_code for answer in answers) == [201, 412]
        loser = next(answer for answer in answers if answer.status_code == 412)
        assert loser.headers["etag"] == '"2.2025-09-30"'


async def test_what_several_clerks_do_at_once_is_explained_by_the_ledger(desk: Desk) -> None:
    for _ in range(10):
        case = await desk.receive(FIVE, materials_complete=False)
        await asyncio.gather(*(scramble(desk, case["id"], seed) for seed in range(4)))
        await assert_explained(desk, case)


async def scramble(desk: Desk, case_id: str, seed: int) -> None:
    """One clerk who reads, then tries something, again and again."""
    chance = random.Random(seed)  # noqa: S311 - the order of a test
    acts: list[tuple[str, dict[str, Any]]] = [
        (
            "notice",
            {"form": "written", "channel": "window", "corrections": ["甲"], "contains": ["seal"]},
        ),
        ("correction", {}),
        ("acceptance", {"form": "system", "channel": "window", "contains": ["seal"]}),
        ("decision", {"verdict": "granted"}),
        ("seal", {}),
        ("completion", {}),
    ]
    for _ in range(6):
        seen = (await desk.get(f"/{case_id}")).headers["etag"]
        act, body = chance.choice(acts)
        answer = await desk.post(f"/{case_id}/{act}", body, If_Match=seen)
        assert answer.status_code in {201, 409, 412, 422}, answer.text


async def assert_explained(desk: Desk, case: dict[str, Any]) -> None:
    kept: Repositories = desk.app.state.repositories
    stored = (await kept.cases.get(desk.centre, UUID(case["id"]))).case
    entries = await ledger.acts(kept.engine, desk.centre, stored.id)
    papers = Papers(
        id=stored.id,
        centre_id=stored.centre_id,
        number=stored.number,
        item_name=stored.item_name,
        reference=stored.reference,
    )
    assert folded(papers, entries) == stored
    assert [entry.number for entry in entries] == list(range(1, stored.version + 1))


async def test_the_same_act_sent_ten_times_at_once_is_done_once(desk: Desk) -> None:
    case_id = (await desk.receive(FIVE))["id"]
    key, seen = uuid4().hex, desk.etags[case_id]
    body = {"form": "system", "channel": "window", "contains": ["seal"]}
    path = f"/{case_id}/acceptance"
    answers = await asyncio.gather(
        *(desk.post(path, body, Idempotency_Key=key, If_Match=seen) for _ in range(10))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert (await desk.get(f"/{case_id}")).json()["version"] == 2


class Unheard(Exception):
    """The caller is gone."""


class Mute:
    """A connection that breaks after the work is done and before the answer is heard."""

    def __init__(self, desk: Desk) -> None:
        self.app = desk.app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def unheard(message: Message) -> None:
            raise Unheard(message["type"])

        await self.app(scope, receive, unheard)


async def elsewhere(desk: Desk, change: Callable[[ServiceItem], ServiceItem]) -> None:
    """Another process changes the item, and this one is not told."""
    engine = desk.app.state.repositories.engine
    async with transaction(engine) as connection:
        known = await items.lock(connection, desk.centre, UUID(desk.item(FIVE)))
        changed = replace(change(known), version=known.version + 1)
        await items.save(connection, desk.centre, changed)


async def test_a_promise_that_another_process_shortened_is_kept_at_once(desk: Desk) -> None:
    assert (await desk.receive(FIVE))["item"]["promised_days"] == 5
    await elsewhere(desk, lambda item: replace(item, promised_days=3))
    received = await desk.receive(FIVE)
    assert received["item"]["promised_days"] == 3


async def test_an_item_that_another_process_withdrew_takes_no_application(desk: Desk) -> None:
    await desk.receive(FIVE)
    today = desk.now[0].date()
    await elsewhere(desk, lambda item: replace(item, stage=ItemStage.WITHDRAWN, withdrawn_on=today))
    refused = await desk.post("", desk.application(FIVE))
    assert (refused.status_code, refused.json()["code"]) == (409, "item_not_active")
    assert await counted(desk) == 1


async def test_an_answer_that_was_not_heard_is_given_again(desk: Desk) -> None:
    key, body = uuid4().hex, desk.application(FIVE)
    transport = httpx.ASGITransport(Mute(desk))
    async with httpx.AsyncClient(transport=transport, base_url="http://guiju") as deaf:
        heard = Desk(desk.app, deaf, desk.issuer, desk.code, desk.now)
        with pytest.raises(Unheard):
            await heard.post("", body, Idempotency_Key=key)
    assert await counted(desk) == 1
    again = await desk.post("", body, Idempotency_Key=key)
    assert (again.status_code, again.headers["idempotent-replayed"]) == (201, "true")
    assert await counted(desk) == 1


async def test_a_caller_who_gives_up_may_ask_again(desk: Desk) -> None:
    key, body = uuid4().hex, desk.application(FIVE)
    for wait in (0.0, 0.001, 0.002, 0.004):
        task = asyncio.create_task(desk.post("", body, Idempotency_Key=key))
        await asyncio.sleep(wait)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    again = await desk.post("", body, Idempotency_Key=key)
    assert again.status_code == 201
    assert await counted(desk) == 1


SERVER = """
import os, signal, sys, uvicorn
from app.main import app_from_environment

app = app_from_environment()

async def serve(scope, receive, send):
    async def dying(message):
        if scope["method"] == "POST" and message["type"] == "http.response.start":
            os.kill(os.getpid(), signal.SIGKILL)
        await send(message)
    await app(scope, receive, dying if scope["type"] == "http" else send)

uvicorn.run(serve, uds=sys.argv[1], log_level="error")
"""


async def test_a_server_killed_between_commit_and_answer_leaves_one_case(
    desk: Desk, fresh_database: Clone, trial: Path, tmp_path: Path
) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": fresh_database.service_url,
        "GUIJU_VAR": str(trial),
    }
    key, body = uuid4().hex, desk.application(FIVE)
    sent = desk.headers(Idempotency_Key=key)
    server = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        SERVER,
        str(tmp_path / "socket"),
        env=environment,
        stderr=asyncio.subprocess.DEVNULL,
    )
    async with await reached(tmp_path / "socket") as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post(desk.path, json=body, headers=sent)
    assert await server.wait() == -signal.SIGKILL
    assert await counted(desk) == 1
    again = await desk.client.post(desk.path, json=body, headers=sent)
    assert again.status_code == 201
    assert again.headers["idempotent-replayed"] == "true"
    assert await counted(desk) == 1


async def reached(socket: Path) -> httpx.AsyncClient:
    """A client of the server behind that socket, as soon as it listens."""
    async with asyncio.timeout(30):
        while not await asyncio.to_thread(socket.exists):  # noqa: ASYNC110 - a file has no event
            await asyncio.sleep(0.05)
    transport = httpx.AsyncHTTPTransport(uds=str(socket))
    return httpx.AsyncClient(transport=transport, base_url="http://guiju", timeout=30)
