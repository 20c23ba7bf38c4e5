"""Idempotency (幂等): a request that creates or acts is carried out once, however often it is sent.

Here is what HTTP knows of it: the key, the fingerprint of the request, the sealed answer. The claim
and the stored answer live in the same transaction as the act, in `app.db`.
"""

import base64
import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi import Depends, Header, Request, Response
from pydantic_core import to_json

from app.api.keys import private_file
from app.api.logging import route_template
from app.api.security import authenticated
from app.domain.errors import DomainError

REPLAYED: Final = "Idempotent-Replayed"
KEPT_HEADERS: Final = frozenset({"cache-control", "content-type", "etag", "location"})
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_ID_BYTES: Final = 4


class KeyReused(DomainError):
    """The key came before with another request: nothing is done and nothing replayed."""

    slug = "idempotency_key_reused"
    title = "幂等键已用于另一请求"

    def __init__(self) -> None:
        super().__init__("该 Idempotency-Key 已用于内容不同的请求；新的请求请换用新的键。")


class AnswersUnreadable(Exception):
    """A stored answer cannot be opened: its key is gone, or somebody changed or moved it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """One request that may be carried out only once: whose it is, its key, and what it says."""

    centre: UUID
    client: str
    operation: str  # method and route, `POST /v1/centres/{centre}/cases`
    key: str
    fingerprint: bytes  # SHA-256 of method, route, path, query and body; If-Match may move on

    @property
    def bound_to(self) -> bytes:
        """What a sealed answer belongs to; under another key or centre it cannot be opened."""
        return _joined([str(self.centre), self.client, self.operation, self.key])


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """What the first request was answered: enough to say it again, byte for byte."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @classmethod
    def of(cls, response: Response) -> "StoredAnswer":
        kept = [(k, v) for k, v in response.headers.items() if k.lower() in KEPT_HEADERS]
        return cls(status=response.status_code, headers=tuple(kept), body=bytes(response.body))


IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="幂等键：同键同内容重发得到同一答复，保留 7 天",
    ),
]


async def once(request: Request, centre: UUID, idempotency_key: IdempotencyKey) -> Once:
    """This request as one that is carried out once; needs `{centre}` in the path."""
    caller = await authenticated(request)
    template = route_template(request.scope)
    asked = request.scope["query_string"] and sorted(request.query_params.multi_items())
    said = [request.method, request.scope["path"], *(f"{name}={value}" for name, value in asked)]
    return Once(
        centre=centre,
        client=caller.client,
        operation=f"{request.method} {template}",
        key=idempotency_key,
        fingerprint=hashlib.sha256(_joined(said) + await request.body()).digest(),
    )


OnceDep = Annotated[Once, Depends(once)]


def replay(answer: StoredAnswer) -> Response:
    """The stored answer, said again and marked as such."""
    headers = {**dict(answer.headers), REPLAYED: "true"}
    return Response(answer.body, status_code=answer.status, headers=headers)


class Sealer:
    """Encrypts answers at rest (AES-256-GCM): the first key seals, all of them open."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != _KEY_BYTES for key in keys):
            raise ValueError("a key of stored answers is 32 bytes, written in base64")
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}
        self._current = _key_id(keys[0])

    @classmethod
    def from_file(cls, path: Path) -> "Sealer":
        """The keys of the file, one a line; it is made with a new key if it is not there."""
        lines = private_file(path, _new_key).split()
        try:
            return cls([base64.b64decode(line, validate=True) for line in lines])
        except ValueError as wrong:
            raise ValueError(f"{path}: {wrong}") from None

    def seal(self, once: Once, answer: StoredAnswer) -> bytes:
        """The answer, readable only with the key and only as the answer to this request."""
        head = to_json([answer.status, answer.headers])  # on one line
        nonce = os.urandom(_NONCE_BYTES)
        cipher = self._ciphers[self._current]
        sealed = cipher.encrypt(nonce, head + b"\n" + answer.body, once.bound_to)
        return self._current + nonce + sealed

    def unseal(self, once: Once, sealed: bytes) -> StoredAnswer:
        """The answer again; raises AnswersUnreadable."""
        key_id, rest = sealed[:_ID_BYTES], sealed[_ID_BYTES:]
        try:
            plain = self._ciphers[key_id].decrypt(
                rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], once.bound_to
            )
        except (KeyError, InvalidTag, ValueError):
            raise AnswersUnreadable("a stored answer cannot be opened with our keys") from None
        head, _, body = plain.partition(b"\n")
        status, headers = json.loads(head)
        return StoredAnswer(
            status=status, headers=tuple((name, value) for name, value in headers), body=body
        )


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"guiju answers key" + key).digest()[:_ID_BYTES]


def _new_key() -> bytes:
    return base64.b64encode(os.urandom(_KEY_BYTES)) + b"\n"


def _joined(parts: Iterable[str]) -> bytes:
    """The parts with their lengths, so that no two lists of parts read the same."""
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join(len(part).to_bytes(4) + part for part in encoded)
