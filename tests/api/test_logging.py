"""Logs: one line per request that can be found again, and nobody's personal data."""

import json
import logging as stdlib
from io import StringIO
from typing import Any, Final
from uuid import UUID

import httpx
import pytest

from app.api.redaction import redacted
from tests.api.conftest import Issuer

ID_NUMBER: Final = "11010519491231002X"


def lines(log: StringIO) -> list[dict[str, Any]]:  # Any: a log line is free JSON
    return [json.loads(line) for line in log.getvalue().splitlines()]


async def test_a_request_is_one_line_with_its_template_and_its_client(
    client: httpx.AsyncClient, issuer: Issuer, log: StringIO
) -> None:
    headers = issuer.bearer("calendars")
    answer = await client.get("/v1/calendars/CN/days?since=2025-10-01&until=x", headers=headers)
    (line,) = lines(log)
    assert line["method"] == "GET"
    assert line["route"] == "/v1/calendars/{jurisdiction}/days"
    assert line["status"] == answer.status_code == 422
    assert line["client"] == "tester"
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert "since" not in log.getvalue()


async def test_the_caller_s_request_id_is_kept_and_our_own_is_a_uuid(
    client: httpx.AsyncClient, log: StringIO
) -> None:
    given = await client.get("/probe/now", headers={"X-Request-Id": "gateway-0001.a_b"})
    assert given.headers["X-Request-Id"] == given.json()["request_id"] == "gateway-0001.a_b"
    assert UUID((await client.get("/livez")).headers["X-Request-Id"]).version == 4


@pytest.mark.parametrize("wrong", ["short", "a" * 65, "with space 1", 'quote"quote"', ID_NUMBER])
async def test_a_request_id_that_is_none_is_replaced(client: httpx.AsyncClient, wrong: str) -> None:
    answer = await client.get("/livez", headers={"X-Request-Id": wrong})
    assert UUID(answer.headers["X-Request-Id"]).version == 4


async def test_an_unexpected_error_is_logged_under_its_request_and_redacted(
    client: httpx.AsyncClient, log: StringIO
) -> None:
    answer = await client.get("/probe/fails/unexpected")
    error, access = lines(log)
    assert error["request_id"] == access["request_id"] == answer.json()["request_id"]
    assert "RuntimeError" in error["exception"]
    assert ID_NUMBER not in log.getvalue()


async def test_lines_of_libraries_are_json_and_redacted_too(log: StringIO) -> None:
    stdlib.getLogger("library").warning("tel %s, %s", "13812345678", "Bearer abcdefgh.x")
    (line,) = lines(log)
    assert line["event"] == "tel ***, ***"


@pytest.mark.parametrize(
    "secret",
    [
        ID_NUMBER,
        "110105194912310021",
        "身份证11010519491231002x",
        "110105491231002",
        "13812345678",
        "+8613812345678",
        "电话13812345678。",
        "Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln",
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln",
    ],
)
def test_what_names_a_person_or_opens_a_door_is_hidden(secret: str) -> None:
    assert redacted(f"a {secret} b").count("***") == 1
    assert not any(part in redacted(secret) for part in ("1949", "138123", "eyJ"))


@pytest.mark.parametrize(
    "harmless",
    [
        "0193e7a1-0000-7000-8000-138123456789",
        "2025-10-09T09:00:00.123456+08:00",
        "3f2c8a0d138123456783f2c8a0d1381234567",
        "第八条",
        "12345678901",
    ],
)
def test_ids_days_and_digests_are_left_alone(harmless: str) -> None:
    assert redacted(harmless) == harmless
