"""Keys: private files made once by many, and key sets that outlive their issuer's bad days."""

import json
import stat
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from pathlib import Path
from threading import Thread

import pytest

from app.api.keys import (
    ADDRESS_ASKED_EVERY,
    STALE_FOR,
    KeySource,
    KeysUnavailable,
    ensure_local_keys,
    public_jwk,
)


def made_by_one(var: Path) -> bytes:
    signing, _ = ensure_local_keys(var)
    return signing.read_bytes()


def test_processes_that_start_at_once_get_one_key_that_only_we_can_read(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as many:
        made = set(many.map(made_by_one, [tmp_path / "var"] * 4))
    assert len(made) == 1
    signing, jwks = ensure_local_keys(tmp_path / "var")
    assert stat.S_IMODE(signing.stat().st_mode) == 0o600
    assert json.loads(jwks.read_text())["keys"] == [public_jwk(signing.read_bytes())]
    assert {path.name for path in (tmp_path / "var").iterdir()} == {"signing.pem", "jwks.json"}


def test_a_public_set_that_was_lost_comes_back(tmp_path: Path) -> None:
    _, jwks = ensure_local_keys(tmp_path)
    before = jwks.read_bytes()
    jwks.unlink()
    ensure_local_keys(tmp_path)
    assert jwks.read_bytes() == before
    assert "d" not in json.loads(before)["keys"][0]


class Publisher(ThreadingHTTPServer):
    """An issuer's address: it counts how often it is asked, and can have a bad day."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Page)
        self.status = 200
        self.body = b'{"keys": [{"kid": "a", "kty": "RSA"}]}'
        self.asked = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/jwks"


class Page(BaseHTTPRequestHandler):
    server: Publisher

    def do_GET(self) -> None:
        self.server.asked += 1
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as publisher:
        thread = Thread(target=publisher.serve_forever)
        thread.start()
        yield publisher
        publisher.shutdown()
        thread.join()


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


async def test_an_address_is_asked_every_ten_minutes_and_for_an_unknown_kid_once_a_minute(
    publisher: Publisher,
) -> None:
    clock = Clock()
    source = KeySource(publisher.address, clock)
    for _ in range(3):
        assert await source.key("a")
    assert publisher.asked == 1
    for _ in range(3):
        clock.now += 1
        assert await source.key("b") is None
    assert publisher.asked == 2
    clock.now += ADDRESS_ASKED_EVERY
    publisher.body = b'{"keys": [{"kid": "b", "kty": "RSA"}]}'
    assert await source.key("b")
    assert await source.key("a") is None


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b""),
        (302, b""),
        (200, b"<html>"),
        (200, b'{"keys": 5}'),
        (200, b'{"keys": [{"kid": "a"}, {"kid": "a"}]}'),
        (200, b" " * 1_100_000),
    ],
)
async def test_a_bad_day_of_the_issuer_is_survived_for_a_day(
    publisher: Publisher, status: int, body: bytes
) -> None:
    clock = Clock()
    source = KeySource(publisher.address, clock)
    assert await source.key("a")
    publisher.status, publisher.body = status, body
    clock.now += STALE_FOR - 1
    assert await source.key("a")
    assert publisher.asked == 2
    clock.now += 61
    with pytest.raises(KeysUnavailable):
        await source.key("a")


async def test_without_any_keys_it_is_tried_again_soon(tmp_path: Path) -> None:
    clock = Clock()
    source = KeySource(str(tmp_path / "jwks.json"), clock)
    with pytest.raises(KeysUnavailable):
        await source.key("a")
    ensure_local_keys(tmp_path)
    clock.now += 1
    assert await source.key("a") is None
