"""Bodies: taken literally or refused, never a server error, never an echo."""

import json
import random
from collections.abc import AsyncIterator
from typing import Final

import httpx
import pytest
from pydantic import TypeAdapter, ValidationError

from app.api.wire import ONE_BATCH, ONE_BODY, Json, Raw
from tests.api.conftest import Issuer
from tests.api.probe import Facts

GOOD: Final = b'{"on": "2025-10-09", "at": "2025-10-09T09:00:00+08:00", "steps": [{"name": "a"}]}'
TRIES: Final = 10_000


async def send(
    client: httpx.AsyncClient, issuer: Issuer, body: bytes, content_type: str = "application/json"
) -> httpx.Response:
    headers = issuer.bearer() | ({"Content-Type": content_type} if content_type else {})
    return await client.post("/probe/facts", content=body, headers=headers)


async def test_a_good_body_arrives_as_the_domain_s_own_value(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    answer = await send(client, issuer, GOOD)
    assert answer.status_code == 200
    assert "datetime.date(2025, 10, 9)" in answer.json()["facts"]


@pytest.mark.parametrize(
    ("written", "field", "code"),
    [
        ('{"on": "0"}', "on", "day_invalid"),
        ('{"on": 20251009}', "on", "day_invalid"),
        ('{"on": "2025-02-29"}', "on", "day_invalid"),
        ('{"on": "2025-10-09T00:00:00"}', "on", "day_invalid"),
        ('{"on": "2025-10-09", "at": "2025-10-09T09:00:00"}', "at", "instant_invalid"),
        ('{"on": "2025-10-09", "at": "2025-10-09"}', "at", "instant_invalid"),
        ('{"on": "2025-10-09", "at": "1760000000"}', "at", "instant_invalid"),
        ('{"on": "2025-10-09", "at": "0001-01-01T00:00:00+14:00"}', "at", "instant_invalid"),
        ('{"on": "2025-10-09", "at": "9999-12-31T23:59:59-12:00"}', "at", "instant_invalid"),
        ('{"on": "2025-10-09", "count": "5"}', "count", "int_type"),
        ('{"on": "2025-10-09", "count": 5.0}', "count", "int_type"),
        ('{"on": "2025-10-09", "count": true}', "count", "int_type"),
        ('{"on": "2025-10-09", "count": NaN}', "count", "int_type"),
        ('{"on": "2025-10-09", "count": 2147483648}', "count", "less_than_equal"),
        ('{"on": "2025-10-09", "told": 1}', "told", "bool_type"),
        ('{"on": "2025-10-09", "told": "yes"}', "told", "bool_type"),
        ('{"on": "2025-10-09", "score": Infinity}', "score", "finite_number"),
        ('{"on": "2025-10-09", "score": 1e999999}', "score", "finite_number"),
        ('{"on": "2025-10-09", "kind": "other"}', "kind", "literal_error"),
        ('{"on": "2025-10-09", "conditions": {"a": "x"}}', "conditions.a", "literal_error"),
        ('{"on": "2025-10-09", "first": []}', "first", "object_type"),
        ('{"on": "2025-10-09", "first": {"name": "a\\u0000"}}', "first.name", "text_invalid"),
        ('{"on": "2025-10-09", "steps": [{"name": "a", "x": 1}]}', "steps.0.x", "extra_forbidden"),
        ('{"on": "2025-10-09", "rest": [{"a": NaN}]}', "rest", "finite_number"),
        ('{"on": "2025-10-09", "rest": {"a\\u0000": 1}}', "rest", "text_invalid"),
        ('{"on": "2025-10-09", "more": 1}', "more", "extra_forbidden"),
        ('{"count": 1}', "on", "missing"),
        ("[]", "", "object_type"),
        ("null", "", "object_type"),
        ("", "", "missing"),
    ],
)
async def test_what_is_not_literally_right_is_refused_by_its_field(
    client: httpx.AsyncClient, issuer: Issuer, written: str, field: str, code: str
) -> None:
    answer = await send(client, issuer, written.encode())
    assert answer.status_code == 422
    assert {(e["location"], e["field"], e["code"]) for e in answer.json()["errors"]} == {
        ("body", field, code)
    }


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"on": "2025-10-09"',
        b'{"on": "\xff"}',
        b"\xef\xbb\xbf{}",
        b"[" * 100_000,
        b'{"on": "2025-10-09", "count": 1' + b"0" * 10_000 + b"}",
        b"'on'",
        b'{"on": "\x00"}',
    ],
)
async def test_what_is_no_json_is_400(
    client: httpx.AsyncClient, issuer: Issuer, body: bytes
) -> None:
    answer = await send(client, issuer, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")


@pytest.mark.parametrize("lone", [rb"\ud800", rb"\udfff", rb"\ud800\u0041", rb"x\uDBFF"])
async def test_a_lone_surrogate_is_no_text(
    client: httpx.AsyncClient, issuer: Issuer, lone: bytes
) -> None:
    body = b'{"on": "2025-10-09", "first": {"name": "' + lone + b'"}}'
    assert (await send(client, issuer, body)).status_code == 422


@pytest.mark.parametrize(
    "type_", ["", "text/plain", "application/x-www-form-urlencoded", "nonsense"]
)
async def test_a_body_that_is_not_declared_as_json_is_415(
    client: httpx.AsyncClient, issuer: Issuer, type_: str
) -> None:
    answer = await send(client, issuer, GOOD, type_)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


async def test_without_a_token_the_body_is_not_looked_at(client: httpx.AsyncClient) -> None:
    answer = await client.post("/probe/facts", content=b"{")
    assert answer.status_code == 401


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(
    ("path", "limit"), [("/probe/facts", ONE_BODY), ("/probe/facts:batch", ONE_BATCH)]
)
async def test_a_body_over_the_limit_is_413_announced_or_not(
    client: httpx.AsyncClient, issuer: Issuer, path: str, limit: int, chunked: bool
) -> None:
    async def parts() -> AsyncIterator[bytes]:
        sent = 0
        while sent <= limit:
            sent += 65_536
            yield b" " * 65_536

    headers = issuer.bearer() | {"Content-Type": "application/json"}
    content = parts() if chunked else b" " * (limit + 1)
    answer = await client.post(path, content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    allowed = await client.post(path, content=b" " * limit, headers=headers)
    assert allowed.status_code == 400


async def test_no_value_that_was_sent_comes_back(client: httpx.AsyncClient, issuer: Issuer) -> None:
    secret = "11010519491231002X"
    body = json.dumps(
        {"on": secret, secret: secret, "count": secret, "kind": secret, "told": secret}
    )
    answer = await send(client, issuer, body.encode())
    assert answer.status_code == 422
    assert secret not in answer.text


async def test_a_query_day_is_a_day_and_nothing_else(client: httpx.AsyncClient) -> None:
    assert (await client.get("/probe/days?on=2025-10-09")).json() == {"on": "2025-10-09"}
    for wrong in ("0", "1760000000", "2025-10-9", "2025-10-09T00:00:00", "%00"):
        assert (await client.get(f"/probe/days?on={wrong}")).status_code == 422


def test_ten_thousand_broken_bodies_are_refused_and_never_break_the_reader() -> None:
    # The reader itself, since ten thousand requests would take a minute: whatever it raises that
    # is no ValidationError would be a 500.
    reader = TypeAdapter(Json[Facts])
    chance = random.Random(20251009)  # noqa: S311 - a seed, so that a failure comes again
    pieces = [
        b"NaN",
        b"\\u0000",
        b"\\ud800",
        b"\xff",
        b"[" * 300,
        b"{",
        b'"on"',
        b"1e999",
        b"-0",
        b"\x00",
    ]
    refused = 0
    for _ in range(TRIES):
        body = bytearray(GOOD)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(body))
            body[at : at + chance.randint(0, 3)] = chance.choice(
                [*pieces, bytes([chance.randrange(256)])]
            )
        try:
            reader.validate_python(Raw(body))
        except ValidationError as error:
            error.errors()
            refused += 1
    assert refused > TRIES // 2


async def test_a_sample_of_broken_bodies_over_http(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    chance = random.Random(20251010)  # noqa: S311 - a seed, so that a failure comes again
    for _ in range(300):
        body = bytearray(GOOD)
        for _ in range(chance.randint(1, 5)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        answer = await send(client, issuer, bytes(body))
        assert answer.status_code in {200, 400, 422}
