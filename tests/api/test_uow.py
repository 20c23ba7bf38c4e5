"""Work over HTTP: one transaction a request, committed before the answer, refusals audited."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from fastapi import APIRouter, Response
from sqlalchemy import text

from app.api.place import VisibleCentre
from app.api.uow import OnCentre, Work, WorkRoute
from app.api.wire import Json
from app.db import sequencer
from app.domain.errors import DomainError
from app.domain.provision import Written
from tests.api.cases.desk import Desk, desk_of, serving
from tests.api.conftest import Issuer
from tests.databases import Clone

router = APIRouter(route_class=WorkRoute)


class NotToday(DomainError):
    """A refusal of this test."""

    slug = "not_today"
    title = "今日不办"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted(Written):
    how: str = "done"


@router.post("/probe/centres/{centre}/work", status_code=201)
async def work_in(centre: VisibleCentre, body: Json[Wanted], work: OnCentre) -> Response:
    work.subject = ("probe", centre.id)
    await work.enter("worked", {"how": body.how})
    match body.how:
        case "refused":
            raise NotToday
        case "rehearsed":
            work.rehearse()
        case "forgotten":
            return Response(status_code=201)
        case _:
            pass
    answer = await work.answer({"how": body.how})
    if body.how == "cut off":
        await cut_off(work)
    return answer


async def cut_off(work: Work) -> None:
    """End the connection behind the transaction, so that it cannot be committed."""
    own = await work.uow.connection.execute(text("SELECT pg_backend_pid()"))
    engine = work.request.app.state.repositories.engine
    async with engine.connect() as other:
        await other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": own.scalar_one()})


@pytest.fixture
async def desk(fresh_database: Clone, trial: Path, issuer: Issuer) -> AsyncIterator[Desk]:
    async with (
        serving(fresh_database.service_url, trial) as app,
        desk_of(app, issuer, "aohan") as desk,
    ):
        app.include_router(router)
        yield desk


async def ask(desk: Desk, how: str, key: str | None = None) -> httpx.Response:
    return await desk.client.post(
        f"/probe/centres/{desk.centre}/work",
        json={"how": how},
        headers=desk.headers(Idempotency_Key=key or uuid4().hex),
    )


async def told(desk: Desk) -> list[str]:
    kept = desk.app.state.repositories
    await sequencer.sequence(kept.engine)
    return [event.type for event in await kept.events.after(desk.centre, 0, limit=100)]


async def test_work_is_done_once_and_answered_alike(desk: Desk) -> None:
    first, again = await ask(desk, "done", "key"), await ask(desk, "done", "key")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert "idempotent-replayed" in again.headers
    assert await told(desk) == ["cn.guiju.probe.worked"]


async def test_a_key_of_another_request_is_refused(desk: Desk) -> None:
    await ask(desk, "done", "key")
    other = await ask(desk, "done differently", "key")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert await told(desk) == ["cn.guiju.probe.worked"]


async def test_a_refusal_leaves_only_its_own_entry(desk: Desk) -> None:
    refused = await ask(desk, "refused", "key")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_today")
    assert await told(desk) == ["cn.guiju.refusal"]
    assert "idempotent-replayed" not in (await ask(desk, "refused", "key")).headers


async def test_a_rehearsal_leaves_nothing(desk: Desk) -> None:
    shown = await ask(desk, "rehearsed", "key")
    assert (shown.status_code, shown.json()) == (201, {"how": "rehearsed"})
    assert await told(desk) == []
    assert "idempotent-replayed" not in (await ask(desk, "rehearsed", "key")).headers


async def test_an_answer_leaves_only_after_its_commit(desk: Desk) -> None:
    lost = await ask(desk, "cut off", "key")
    assert (lost.status_code, lost.json()["code"]) == (503, "busy")
    assert await told(desk) == []


async def test_a_route_without_an_answer_to_keep_writes_nothing(desk: Desk) -> None:
    failed = await ask(desk, "forgotten")
    assert (failed.status_code, failed.json()["code"]) == (500, "internal_error")
    assert await told(desk) == []


async def test_another_centre_is_not_there(desk: Desk) -> None:
    foreign = await desk.client.post(
        "/probe/centres/nanchang/work",
        json={},
        headers=desk.headers(Idempotency_Key="key"),
    )
    assert foreign.status_code == 404
    assert await told(desk) == []
