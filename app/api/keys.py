"""Keys (密钥): files that only we may read, and the public keys that tokens are checked with."""

import asyncio
import base64
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from app.db.errors import Busy

FORCED_EVERY: Final = 60.0  # seconds between two refreshes that an unknown key asked for
FILE_CHECKED_EVERY: Final = 60.0
ADDRESS_ASKED_EVERY: Final = 600.0
STALE_FOR: Final = 24 * 3600.0
_FETCH_TIMEOUT: Final = 3.0
_LONGEST_ANSWER: Final = 1024 * 1024

# Any: a JSON web key, as its issuer wrote it.
Jwk = Mapping[str, Any]


class KeysUnavailable(Busy):
    """The issuer's keys can neither be fetched nor are there any from before."""

    slug = "keys_unavailable"
    title = "暂时无法取得验证令牌的公钥"

    def __init__(self) -> None:
        super().__init__("暂时无法取得签发方的公钥，请稍后重试。")


class KeysFaulty(Exception):
    """What was read is no set of public keys; the message says why."""


class KeySource:
    """The issuer's public keys by `kid`, from a file or an address, kept and refreshed.

    A file is looked at once a minute, an address asked every ten minutes; an unknown `kid` forces
    one refresh a minute. When a refresh fails, the keys of the last day still stand.
    """

    def __init__(self, location: str, clock: Callable[[], float]) -> None:
        self.location = location
        self.version = 0  # grows when the keys have changed
        self._clock = clock
        self._is_address = urlsplit(location).scheme in {"http", "https"}
        self._patience = ADDRESS_ASKED_EVERY if self._is_address else FILE_CHECKED_EVERY
        self._keys: dict[str, Jwk] = {}
        self._read_at = self._looked_at = self._forced_at = float("-inf")
        self._mtime = -1
        self._turn = asyncio.Lock()

    async def key(self, kid: str) -> Jwk | None:
        """The key of that id, or None; raises KeysUnavailable when there are no keys at all."""
        now = self._clock()
        if kid not in self._keys:
            await self._look_for(kid, now)
        elif now - self._looked_at >= self._patience and not self._turn.locked():
            # Who finds somebody at it goes on with the keys at hand.
            async with self._turn:
                await self._refresh(now)
        if now - self._read_at > STALE_FOR:
            raise KeysUnavailable
        return self._keys.get(kid)

    async def _look_for(self, kid: str, now: float) -> None:
        """Refresh for a key that we do not know, after whatever refresh is under way: it may be
        the one that brings it."""
        async with self._turn:
            if kid in self._keys:
                return
            if now - self._looked_at >= self._patience:
                await self._refresh(now)
            elif self._keys and now - self._forced_at >= FORCED_EVERY:
                self._forced_at = now
                await self._refresh(now)

    async def _refresh(self, now: float) -> None:
        """Read the keys; only in one's turn."""
        self._looked_at = now
        try:
            keys = await self._read()
        except (OSError, httpx.HTTPError, KeysFaulty):
            # Try again soon, not after the whole period; at once while there are no keys.
            self._looked_at = now - self._patience + (FORCED_EVERY if self._keys else 1)
            return
        self._read_at = now
        if keys is not None and keys != self._keys:
            self._keys = keys
            self.version += 1

    async def _read(self) -> dict[str, Jwk] | None:
        """All keys; None when the file has not changed since."""
        if self._is_address:
            return _keys_in(await _fetched(self.location))
        return self._read_file(Path(self.location))

    def _read_file(self, file: Path) -> dict[str, Jwk] | None:
        # A local file of a few kilobytes, once a minute: not worth a thread.
        mtime = file.stat().st_mtime_ns
        if mtime == self._mtime:
            return None
        keys = _keys_in(file.read_bytes())
        self._mtime = mtime
        return keys


async def _fetched(address: str) -> bytes:
    async with (
        httpx.AsyncClient(timeout=_FETCH_TIMEOUT, follow_redirects=False) as client,
        client.stream("GET", address) as answer,
    ):
        answer.raise_for_status()
        body = b""
        async for part in answer.aiter_bytes():
            body += part
            if len(body) > _LONGEST_ANSWER:
                raise KeysFaulty("the answer is longer than any set of keys")
        return body


def _keys_in(written: bytes) -> dict[str, Jwk]:
    """The keys by id. A key without an id cannot be chosen; two with one id are refused."""
    try:
        listed = json.loads(written)["keys"]
        named = [(key["kid"], key) for key in listed if isinstance(key.get("kid"), str)]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise KeysFaulty('a key set is a JSON object with the list "keys"') from None
    if len(dict(named)) < len(named):
        raise KeysFaulty("two keys have the same kid")
    return dict(named)


def private_file(path: Path, make: Callable[[], bytes]) -> bytes:
    """The content of a file that only we may read, made once however many processes start at once.

    The content is complete before the name exists, so nobody ever reads half a key.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # it is 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # Another process was first: its content counts.
            os.link(unfinished, path)
    finally:
        Path(unfinished).unlink()
    return path.read_bytes()


def ensure_local_keys(var: Path) -> tuple[Path, Path]:
    """The trial's own key pair: the private key (PEM, only for us) and its public set (JWKS).

    Safe when several processes start at once, and when one was killed between the two files.
    """
    signing, public = var / "signing.pem", var / "jwks.json"
    pem = private_file(signing, _new_rsa_key)
    wanted = (json.dumps({"keys": [public_jwk(pem)]}, indent=2) + "\n").encode()
    try:
        found = public.read_bytes()
    except FileNotFoundError:
        found = b""
    if found != wanted:
        handle, unfinished = tempfile.mkstemp(dir=var, prefix=".jwks.json.")
        with os.fdopen(handle, "wb") as file:
            file.write(wanted)
        Path(unfinished).chmod(0o644)
        Path(unfinished).replace(public)
    return signing, public


def _new_rsa_key() -> bytes:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def public_jwk(pem: bytes) -> dict[str, str]:
    """The public half of an RSA private key, named by its thumbprint (RFC 7638)."""
    private = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(private, rsa.RSAPrivateKey):
        raise KeysFaulty("a local signing key is an RSA key")
    numbers = private.public_key().public_numbers()
    required = {"e": _base64url(numbers.e), "kty": "RSA", "n": _base64url(numbers.n)}
    digest = hashlib.sha256(json.dumps(required, separators=(",", ":")).encode()).digest()
    kid = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return {**required, "alg": "RS256", "use": "sig", "kid": kid}


def _base64url(number: int) -> str:
    octets = number.to_bytes((number.bit_length() + 7) // 8)
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
