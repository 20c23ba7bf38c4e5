"""Key rotation: the issuer changes its keys while we serve, and no good token is ever refused."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from threading import Thread

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from fastapi import FastAPI

from app.api.keys import (
    ADDRESS_ASKED_EVERY,
    FORCED_EVERY,
    STALE_FOR,
    KeySource,
    ensure_local_keys,
    public_jwk,
)
from app.api.security import TokenRefused, TokenRules, Verifier
from app.main import create_app
from app.settings import Settings

ISSUER = "https://issuer.example"
NAMES = ("first", "second", "third")


class Publisher(ThreadingHTTPServer):
    """The issuer's address: what it publishes, how slowly, and how often it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Page)
        self.keys: list[dict[str, str]] = []
        self.status = 200
        self.slow = 0.0
        self.asked = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/jwks.json"


class Page(BaseHTTPRequestHandler):
    server: Publisher

    def do_GET(self) -> None:
        self.server.asked += 1
        time.sleep(self.server.slow)
        body = json.dumps({"keys": self.server.keys}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as publisher:
        thread = Thread(target=publisher.serve_forever, args=(0.01,))
        thread.start()
        yield publisher
        publisher.shutdown()
        thread.join()


def encoded(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


class Signer:
    """One key pair of the issuer, and the tokens that it signs."""

    def __init__(self, folder: Path) -> None:
        pem = ensure_local_keys(folder)[0].read_bytes()
        self.public = public_jwk(pem)
        self._key = load_pem_private_key(pem, None)  # read once: that takes long
        self._signed = 0

    def token(self, now: float) -> str:
        """A token of its own each time, so that none is remembered."""
        self._signed += 1
        claims = {
            "iss": ISSUER,
            "aud": "guiju",
            "sub": f"caller-{self._signed}",
            "iat": int(now),
            "exp": int(now) + 7 * 86400,
            "scope": "calendars",
            "platform": True,
        }
        header = {"alg": "RS256", "kid": self.public["kid"]}
        signed = f"{encoded(json.dumps(header).encode())}.{encoded(json.dumps(claims).encode())}"
        assert isinstance(self._key, rsa.RSAPrivateKey)
        signature = self._key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{encoded(signature)}"


@pytest.fixture(scope="module")
def signers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Signer, Signer, Signer]:
    first, second, third = (Signer(tmp_path_factory.mktemp(name)) for name in NAMES)
    return first, second, third


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


Signers = tuple[Signer, Signer, Signer]


def verifier(address: str, clock: Clock) -> Verifier:
    rules = TokenRules(issuer=ISSUER, audience="guiju", algorithm="RS256")
    return Verifier(rules, KeySource(address, clock), clock)


async def refused(checking: Verifier, token: str) -> bool:
    try:
        await checking.caller(token)
    except TokenRefused:
        return True
    return False


async def test_keys_are_asked_for_once_in_ten_minutes_however_many_tokens_come(
    publisher: Publisher, signers: Signers
) -> None:
    clock = Clock()
    first, *_ = signers
    publisher.keys = [first.public]
    checking = verifier(publisher.address, clock)
    async with asyncio.TaskGroup() as many:
        for _ in range(50):
            many.create_task(checking.caller(first.token(clock.now)))
    assert publisher.asked == 1
    clock.now += ADDRESS_ASKED_EVERY - 1
    await checking.caller(first.token(clock.now))
    assert publisher.asked == 1
    clock.now += 1
    await checking.caller(first.token(clock.now))
    assert publisher.asked == 2


async def test_unknown_keys_make_us_ask_once_a_minute_however_many_are_invented(
    publisher: Publisher, signers: Signers
) -> None:
    clock = Clock()
    first, *_ = signers
    publisher.keys = [first.public]
    checking = verifier(publisher.address, clock)
    await checking.caller(first.token(clock.now))
    for second in range(int(FORCED_EVERY) * 2):
        clock.now += 1
        for number in range(3):
            assert await refused(checking, of_unknown_key(first.token(clock.now), second, number))
        await checking.caller(first.token(clock.now))
    assert publisher.asked in {3, 4}  # at the start, and at most once in each of two minutes


def of_unknown_key(token: str, *name: int) -> str:
    _, *rest = token.split(".")
    header = json.dumps({"alg": "RS256", "kid": f"unknown-{name}"}).encode()
    return ".".join([encoded(header), *rest])


async def test_the_keys_of_yesterday_stand_while_the_issuer_fails(
    publisher: Publisher, signers: Signers
) -> None:
    clock = Clock()
    first, second, _ = signers
    publisher.keys = [first.public]
    checking = verifier(publisher.address, clock)
    await checking.caller(first.token(clock.now))
    publisher.status = 503
    for _ in range(23):
        clock.now += STALE_FOR / 24
        await checking.caller(first.token(clock.now))
        assert await refused(checking, second.token(clock.now))
    publisher.status, publisher.keys = 200, [second.public]
    clock.now += FORCED_EVERY
    await checking.caller(second.token(clock.now))


async def test_a_key_that_is_gone_is_refused_once_the_keys_were_asked_for_again(
    publisher: Publisher, signers: Signers
) -> None:
    clock = Clock()
    first, second, _ = signers
    publisher.keys = [first.public, second.public]
    checking = verifier(publisher.address, clock)
    used, unused = first.token(clock.now), first.token(clock.now)
    await checking.caller(used)
    publisher.keys = [second.public]
    clock.now += 10
    assert not await refused(checking, unused)  # nobody has told us yet
    clock.now += ADDRESS_ASKED_EVERY
    await checking.caller(second.token(clock.now))
    assert await refused(checking, used)
    assert await refused(checking, unused)


async def test_no_good_token_fails_while_keys_overlap_and_change_under_load(
    publisher: Publisher, signers: Signers
) -> None:
    clock = Clock()
    publisher.keys = [signers[0].public]
    publisher.slow = 0.02
    checking = verifier(publisher.address, clock)
    failed = 0

    async def call(signer: Signer) -> None:
        nonlocal failed
        failed += await refused(checking, signer.token(clock.now))

    for before, after in pairwise(signers):
        # The new key is published two refreshes before the first token that it signs.
        publisher.keys = [before.public, after.public]
        for signer in (before, before, after):
            for _ in range(3):
                clock.now += ADDRESS_ASKED_EVERY / 2
                await asyncio.gather(*(call(signer) for _ in range(8)))
        publisher.keys = [after.public]
        clock.now += ADDRESS_ASKED_EVERY
        await asyncio.gather(*(call(after) for _ in range(8)))
        assert await refused(checking, before.token(clock.now))
    assert failed == 0


async def test_the_first_tokens_of_a_new_key_are_good_at_once_however_many_come_together(
    publisher: Publisher, signers: Signers
) -> None:
    clock = Clock()
    first, second, third = signers
    publisher.keys, publisher.slow = [first.public], 0.05
    checking = verifier(publisher.address, clock)
    await checking.caller(first.token(clock.now))
    publisher.keys = [first.public, second.public]
    clock.now += 1
    answers = await asyncio.gather(
        *(refused(checking, second.token(clock.now)) for _ in range(20)),
        *(refused(checking, third.token(clock.now)) for _ in range(20)),
    )
    assert answers == [False] * 20 + [True] * 20
    assert publisher.asked == 2


@asynccontextmanager
async def calling(address: str, var: Path) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings.model_validate({"var": var, "issuer": ISSUER, "jwks": address})
    app: FastAPI = create_app(settings)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://guiju") as client,
    ):
        yield client


async def test_who_needs_no_key_is_served_while_a_slow_issuer_is_asked(
    publisher: Publisher, signers: Signers, tmp_path: Path
) -> None:
    first, *_ = signers
    publisher.keys, publisher.slow = [first.public], 1.0
    token = first.token(datetime.now(UTC).timestamp())  # noqa: TID251 - against the service's clock
    async with calling(publisher.address, tmp_path) as client:
        bearer = {"Authorization": f"Bearer {token}"}
        waiting = asyncio.create_task(client.get("/v1/calendars", headers=bearer))
        served = 0
        while not waiting.done():
            assert (await client.get("/livez")).status_code == 200
            served += 1
            await asyncio.sleep(0.01)
        assert (await waiting).status_code == 200
    assert served > 20
    assert publisher.asked == 1
