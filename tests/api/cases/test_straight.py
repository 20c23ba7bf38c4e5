"""The straight way: what is plain takes it, what is not goes around, and both answer the same."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from starlette.types import Scope

from app.api.v1.router import PREFIX
from app.api.v1.straight import Ends
from app.api.wire import ONE_BODY
from tests.api.cases.desk import FIVE, Desk

ACTS = ("notice", "correction", "acceptance", "suspension", "extension", "seal", "completion")


def way(desk: Desk) -> Ends:
    given = (part for each in desk.app.user_middleware for part in each.args)
    return next(part for part in given if isinstance(part, Ends))


def asked(method: str, path: str, more: Scope) -> Scope:
    return {"type": "http", "method": method, "path": path, "query_string": b"", **more}


def shown(answer: httpx.Response) -> dict[str, Any]:  # Any: an answer is free JSON
    return {"status": answer.status_code, "etag": answer.headers["etag"], "case": answer.json()}


def test_receiving_reading_and_every_act_go_straight(nanchang: Desk) -> None:
    case = f"{nanchang.path}/{UUID(int=7)}"
    plain = [("POST", nanchang.path), ("GET", case), ("GET", f"{case}/clock")]
    plain += [("POST", f"{case}/{act}") for act in ACTS]
    for method, path in plain:
        found = way(nanchang).of(asked(method, path, {}))
        assert found, path
        template = path.replace(str(nanchang.centre), "{centre}")
        assert found[0].path == template.replace(str(UUID(int=7)), "{case_id}")


@pytest.mark.parametrize(
    ("method", "path", "more"),
    [
        ("GET", "", {}),  # a list: its query is read by the framework
        ("DELETE", "", {}),
        ("POST", "/7/nothing", {}),
        ("GET", "/7", {"query_string": b"x=1"}),
        ("GET", "/7", {"fastapi.telemetry": object()}),
    ],
)
def test_what_is_not_plain_to_see_goes_around(
    nanchang: Desk, method: str, path: str, more: Scope
) -> None:
    scope = asked(method, nanchang.path + path, more)
    assert way(nanchang).of(scope) is None


async def test_both_ways_answer_the_same(nanchang: Desk) -> None:
    case_id = (await nanchang.receive(FIVE))["id"]
    straight = await nanchang.get(f"/{case_id}")
    around = await nanchang.get(f"/{case_id.upper()}")  # an id, but not as we write it
    assert shown(around) == shown(straight)


async def test_a_key_that_was_used_on_one_way_is_known_on_the_other(nanchang: Desk) -> None:
    key, application = uuid4().hex, nanchang.application(FIVE)
    straight = await nanchang.post("", application, Idempotency_Key=key)
    declared = {"Idempotency_Key": key, "Content_Type": "application/json; charset=utf-8"}
    around = await nanchang.post("", application, **declared)
    assert around.headers["Idempotent-Replayed"] == "true"
    assert around.json() == straight.json()


async def test_a_body_that_was_read_in_vain_is_read_again(nanchang: Desk) -> None:
    refused = await nanchang.post("", nanchang.application(FIVE, channel="carrier pigeon"))
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["channel"]


@pytest.mark.parametrize("declared", ["application/json", "application/json; charset=utf-8"])
async def test_a_body_that_is_too_large_is_refused_on_either_way(
    nanchang: Desk, declared: str
) -> None:
    too_long = nanchang.application(FIVE, reference="x" * ONE_BODY)
    headers = nanchang.headers(Idempotency_Key=uuid4().hex, Content_Type=declared)

    async def in_parts() -> AsyncIterator[bytes]:
        """Nothing announces its length."""
        yield json.dumps(too_long).encode()

    announced = await nanchang.post("", too_long, Content_Type=declared)
    chunked = await nanchang.client.post(nanchang.path, content=in_parts(), headers=headers)
    for refused in (announced, chunked):
        assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")


def test_addresses_are_made_from_the_routes_behind(nanchang: Desk) -> None:
    made = nanchang.app.url_path_for("read_case", centre="nanchang", case_id=str(UUID(int=7)))
    assert made == f"{PREFIX}/centres/nanchang/cases/{UUID(int=7)}"
