"""Redaction: every operation is asked with somebody's data in every place it can be put, and none
of it is found in a log, a problem, a metric or a header of an answer."""

import json
import logging as stdlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI

from app.api import logging
from app.api.problems import MEDIA_TYPE
from tests.api import probe
from tests.api.cases.desk import Desk, desk_of, serving
from tests.api.conftest import Issuer

IDENTITY: Final = ("11010519491231002X", "360102198807061239", "110105491231002")
PHONES: Final = ("13812345678", "+8613987654321")
NAMES: Final = ("欧阳慕容雪", "司徒长空")
FORGED: Final = (
    "eyJhbGciOiJSUzI1NiIsImtpZCI6ImEifQ.eyJzdWIiOiIxMTAxMDUxOTQ5MTIzMTAwMlgifQ.c2lnbmF0dXJl"
)
PLANTED: Final = (*IDENTITY, *PHONES, *NAMES, FORGED)
EVERYTHING: Final = " ".join(PLANTED)

# Any: OpenAPI and JSON bodies are free JSON.
Document = dict[str, Any]


@dataclass
class Seen:
    """Everything that must tell nothing: what was logged, refused, counted and put in headers."""

    log: StringIO
    asked: int = 0
    problems: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)

    async def look(self, answer: httpx.Response) -> None:
        self.asked += 1
        self.headers.append(str(answer.headers.raw))
        if answer.headers.get("content-type") == MEDIA_TYPE:
            self.problems.append((await answer.aread()).decode())

    def places(self) -> Iterator[tuple[str, str]]:
        yield from (("log", line) for line in self.log.getvalue().splitlines())
        yield from (("problem", body) for body in self.problems)
        yield from (("header", sent) for sent in self.headers)


def forms(secret: str) -> set[str]:
    """The ways in which it could be written."""
    escaped = json.dumps(secret)[1:-1]
    return {secret, secret.lower(), quote(secret), quote(secret).lower(), escaped, repr(secret)}


def told(text: str) -> set[str]:
    return {secret for secret in PLANTED for form in forms(secret) if form in text}


@pytest.fixture(scope="module")
async def service(database_url: str, trial: Path) -> AsyncIterator[FastAPI]:
    async with serving(database_url, trial) as app:
        app.include_router(probe.router)
        yield app


@pytest.fixture
async def desk(service: FastAPI, issuer: Issuer) -> AsyncIterator[Desk]:
    async with desk_of(service, issuer, "nanchang") as desk:
        yield desk


@pytest.fixture
def seen(desk: Desk) -> Iterator[Seen]:
    seen = Seen(StringIO())
    logging.configure("debug", seen.log)
    desk.client.event_hooks["response"].append(seen.look)
    yield seen
    logging.configure()


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def paths(path: str, operation: Document, centre: str) -> Iterator[str]:
    """The path with a planted value for every parameter, and with a real centre."""
    names = [sent["name"] for sent in operation.get("parameters", []) if sent["in"] == "path"]
    for secret in PLANTED if names else ("",):
        filled = path
        for name in names:
            real = centre if name == "centre" and secret in NAMES + PHONES else secret
            filled = filled.replace(f"{{{name}}}", quote(real, safe=""))
        yield filled


def queries(operation: Document) -> Iterator[str]:
    yield ""
    known = [sent["name"] for sent in operation.get("parameters", []) if sent["in"] == "query"]
    for secret in PLANTED:
        yield "&".join(f"{name}={quote(secret)}" for name in [*known, quote(secret), "made_up"])


def bodies(document: Document, operation: Document) -> Iterator[tuple[bytes, str]]:
    """Bodies of the right shape with wrong values, of wrong shapes, and no JSON at all."""
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    if not schema:
        yield b"", "application/json"
        return
    for secret in PLANTED:
        shaped = filled(document, schema["schema"], secret)
        yield json.dumps(shaped).encode(), "application/json"
        made_up = {**(shaped if isinstance(shaped, dict) else {}), secret: secret}
        yield json.dumps(made_up).encode(), "application/json"
        yield json.dumps(made_up, ensure_ascii=False).encode(), "text/plain"
    for body in (
        {EVERYTHING: EVERYTHING},
        [EVERYTHING],
        EVERYTHING,
        {"items": [{"question": EVERYTHING}]},
    ):
        yield json.dumps(body).encode(), "application/json"
    yield f'{{"a": "{EVERYTHING}", '.encode(), "application/json"
    yield EVERYTHING.encode(), f"application/json; charset={PHONES[0]}"


def filled(document: Document, schema: Document, secret: str, depth: int = 0) -> Any:
    """A value of this shape with the secret at each leaf, whether or not it fits there."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if depth > 6:
        return secret
    if choice := schema.get("anyOf") or schema.get("oneOf"):
        return filled(document, choice[0], secret, depth + 1)
    if "properties" in schema:
        return {
            name: filled(document, inner, secret, depth + 1)
            for name, inner in schema["properties"].items()
        }
    if schema.get("type") == "array":
        return [filled(document, schema.get("items", {}), secret, depth + 1)]
    return secret


def headers(desk: Desk, content: str) -> dict[str, str]:
    """Good rights, and somebody's data in every other header."""
    return desk.headers(
        Content_Type=content,
        Idempotency_Key=IDENTITY[0],
        If_Match=f'"{PHONES[0]}"',
        X_Request_Id=IDENTITY[1],
        User_Agent=IDENTITY[0],
        Cookie=f"token={FORGED}",
        Referer=f"http://guiju/{quote(NAMES[0])}",
        traceparent=FORGED,
    )


async def test_no_operation_repeats_what_it_was_sent(desk: Desk, seen: Seen) -> None:
    document = desk.app.openapi()
    for method, path, operation in operations(document):
        for filled_in in paths(path, operation, str(desk.centre)):
            await desk.client.request(method, filled_in, headers=headers(desk, "application/json"))
        here = path.replace("{centre}", str(desk.centre)).replace("{", "").replace("}", "")
        for query in queries(operation):
            await desk.client.request(method, f"{here}?{query}", headers=headers(desk, "a/b"))
        for body, content in bodies(document, operation):
            await desk.client.request(method, here, content=body, headers=headers(desk, content))
    assert len(seen.problems) > 500
    await nothing_told(desk, seen)


@pytest.mark.parametrize(
    "authorization",
    [
        *(f"Bearer {quote(secret)}" for secret in PLANTED),
        *(quote(secret) for secret in PLANTED),
        f"Basic {FORGED}",
        f"Bearer Bearer {FORGED}",
    ],
)
async def test_no_token_that_is_refused_is_repeated(
    desk: Desk, seen: Seen, authorization: str
) -> None:
    sent = headers(desk, "application/json") | {"Authorization": authorization}
    answer = await desk.client.get("/v1/calendars", headers=sent)
    assert answer.status_code == 401
    await nothing_told(desk, seen)


async def test_a_good_token_is_not_repeated_either(desk: Desk, seen: Seen) -> None:
    token = desk.headers()["Authorization"].removeprefix("Bearer ")
    for path in (f"/v1/{token}", f"/v1/calendars?{token}={token}", f"/probe/fails/{token}"):
        await desk.client.get(path, headers=desk.headers())
    for part in (token, *token.split(".")[1:]):
        assert all(part not in text for _, text in seen.places())


@pytest.mark.parametrize("path", ["/{}", "/v1/{}", "/v1/centres/{}/cases/{}", "/problems/{}"])
async def test_no_address_is_repeated_whoever_is_named_in_it(
    desk: Desk, seen: Seen, path: str
) -> None:
    for secret in (*PLANTED, f"a{NAMES[0]}", f"身份证{IDENTITY[0]}", f"tel:{PHONES[0]}"):
        for method in ("GET", "POST", "DELETE"):
            await desk.client.request(
                method, path.replace("{}", quote(secret, safe="")), headers=desk.headers()
            )
    await nothing_told(desk, seen)


async def test_no_error_of_ours_repeats_what_it_was_about(desk: Desk, seen: Seen) -> None:
    for how in probe.ERRORS:
        await desk.client.get(f"/probe/fails/{how}")
    for secret in PLANTED:
        stdlib.getLogger("a.library").error("refused: %s", {"id": IDENTITY, "tel": PHONES})
        await desk.client.get(f"/probe/fails/{quote(secret)}")
    await nothing_told(desk, seen)


async def test_an_act_that_is_refused_does_not_repeat_what_was_said(desk: Desk, seen: Seen) -> None:
    case = await desk.receive()
    for secret in PLANTED:
        await desk.post("", desk.application(reference=secret, green_channel={"kind": secret}))
        for act in ("acceptance", "notice", "non-acceptance", "decision", "extension", "seal"):
            await desk.act(
                case["id"], act, reason=secret, document=secret, corrections=[secret], form=secret
            )
        await desk.notify(case["id"], secret, form="oral")
        await desk.notify(case["id"], secret, override={"reason": secret, "document": secret})
        await desk.accept(case["id"], voucher=secret)
    await nothing_told(desk, seen)


async def nothing_told(desk: Desk, seen: Seen) -> None:
    assert len(seen.log.getvalue().splitlines()) >= seen.asked > 0
    found = {(where, *told(text)) for where, text in seen.places() if told(text)}
    assert not found, next(text for _, text in seen.places() if told(text))
    assert not told((await desk.client.get("/metrics")).text)


def test_what_is_planted_would_be_found() -> None:
    for secret in PLANTED:
        for form in forms(secret):
            assert secret in told(f"a {form} b")
