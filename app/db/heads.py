"""Signed heads (库外链头): where the chains ended, signed and kept in a file outside the database.

Whoever owns the database can make a chain anew; the heads that lie elsewhere then disagree.
"""

import asyncio
import base64
import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Self
from uuid import UUID

import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.chains import Chains
from app.domain.oversight.head import Head

_NAME_DIGITS: Final = 16
_LONGEST_LINE: Final = 1024
_MEMBERS: Final = frozenset({"at", "centre", "chained_hash", "key", "position", "signature"})


class KeyFaulty(Exception):
    """A file holds no key of the kind that heads are signed with."""


class NotSigned(Exception):
    """A line is no head that one of the known keys has signed; the message says why."""


@dataclass(frozen=True, slots=True)
class Signer:
    """The private key that heads are signed with (Ed25519)."""

    key: Ed25519PrivateKey

    @classmethod
    def of(cls, pem: bytes) -> Self:
        """Raises KeyFaulty."""
        try:
            key = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError):
            raise KeyFaulty("no private key in PEM") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise KeyFaulty("the key that signs heads is an Ed25519 key")
        return cls(key)

    @property
    def public(self) -> bytes:
        """The public half in PEM, for whoever checks elsewhere."""
        return self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def line(self, head: Head) -> str:
        """The head as one line of JSON, with the name of the key and the signature."""
        signature = base64.b64encode(self.key.sign(head.said())).decode()
        own = {"key": name_of(self.key.public_key()), "signature": signature}
        return json.dumps(head.plain() | own, sort_keys=True, separators=(",", ":")) + "\n"


def new_key() -> bytes:
    """A new private key in PEM."""
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


Keys = Mapping[str, Ed25519PublicKey]
"""Public keys by their names."""


def public_keys(pems: Iterable[bytes]) -> Keys:
    """The keys that a signature may be of. Raises KeyFaulty."""
    keys = {}
    for pem in pems:
        try:
            key = serialization.load_pem_public_key(pem)
        except ValueError:
            raise KeyFaulty("no public key in PEM") from None
        if not isinstance(key, Ed25519PublicKey):
            raise KeyFaulty("heads are signed with an Ed25519 key")
        keys[name_of(key)] = key
    return keys


def name_of(key: Ed25519PublicKey) -> str:
    """The beginning of the SHA-256 of the public key."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:_NAME_DIGITS]


def read(line: bytes, keys: Keys) -> Head:
    """The head that the line says, if one of the keys has signed just that. Raises NotSigned."""
    try:
        said = json.loads(line)
        if not isinstance(said, dict) or said.keys() != _MEMBERS:
            raise NotSigned("it has not the members of a head")
        head = Head(
            centre_id=UUID(said["centre"]),
            position=int(said["position"]),
            chained_hash=bytes.fromhex(said["chained_hash"]),
            at=datetime.fromisoformat(said["at"]),
        )
        signature = base64.b64decode(said["signature"], validate=True)
    except (ValueError, TypeError, AttributeError, ArithmeticError, RecursionError):
        raise NotSigned("it cannot be read") from None
    if said != head.plain() | {"key": said["key"], "signature": said["signature"]}:
        raise NotSigned("it is not written as heads are")
    key = keys.get(str(said["key"]))
    if key is None:
        raise NotSigned(f"its key {str(said['key'])[:_NAME_DIGITS]!r} is not known")
    try:
        key.verify(signature, head.said())
    except InvalidSignature:
        raise NotSigned("its signature is wrong") from None
    return head


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file of heads. A torn one was being written when its machine went down."""

    number: int
    text: bytes

    @property
    def torn(self) -> bool:
        """Whether it breaks off: to cut a line tells no more than to take it out."""
        return not self.text.rstrip().endswith(b"}")


def lines(file: Path) -> Iterator[Line]:
    """The lines that say something, one after the other; of an endless one only its beginning."""
    with file.open("rb") as opened:
        number = 0
        while text := opened.readline(_LONGEST_LINE):
            number += 1
            if text.strip():
                yield Line(number, text)


def append(file: Path, written: Sequence[str]) -> None:
    """Add the lines in one piece and see them on the disk."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = not file.exists()
    handle = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+b", buffering=0) as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        end = opened.seek(0, os.SEEK_END)
        text = "".join(written).encode()
        if end and os.pread(handle, 1, end - 1) != b"\n":
            text = b"\n" + text  # the line before was torn
        while text:
            text = text[opened.write(text) or 0 :]
        os.fsync(handle)
    if new:
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class Witness:
    """Signs the head of each chain whenever there is a new one, into a file.

    What it has signed last it reads from the file when it begins. A chain that no longer holds its
    last signed head was changed behind our back: it is said in the log, and not signed again.
    """

    def __init__(self, file: Path, key: Callable[[], bytes]) -> None:
        self._file = file
        self._key = key
        self._signer: Signer | None = None
        self._last: dict[UUID, Head] = {}

    async def sign(self, engine: AsyncEngine, now: datetime) -> int:
        """Write the heads that are new, and say how many."""
        signer = await asyncio.to_thread(self._begun)
        chains = Chains(engine)
        found = await chains.heads(now)
        ends = {head.centre_id: _end(head) for head in found}
        known = {head.centre_id: _end(head) for head in self._last.values()}
        lost = await _lost(
            chains, [head for at, head in self._last.items() if ends.get(at) != known[at]]
        )
        moved = (head for head in found if known.get(head.centre_id) != _end(head))
        new = [head for head in moved if head.centre_id not in lost]
        if new:
            await asyncio.to_thread(append, self._file, [signer.line(head) for head in new])
            self._last |= {head.centre_id: head for head in new}
        return len(new)

    def _begun(self) -> Signer:
        if self._signer is None:
            signer = Signer.of(self._key())
            append(self._file, [])  # it is there as soon as there is a worker
            self._last = _last_signed(self._file, public_keys([signer.public]))
            self._signer = signer
        return self._signer


def _end(head: Head) -> tuple[int, bytes]:
    return head.position, head.chained_hash


async def _lost(chains: Chains, signed: Sequence[Head]) -> set[UUID]:
    """The centres whose chain no longer holds the head that was signed; the log names them."""
    there = await chains.sealed(signed) if signed else {}
    lost = set()
    for head in signed:
        _, chained_hash = there.get((head.centre_id, head.position), (None, None))
        if chained_hash != head.chained_hash:
            lost.add(head.centre_id)
            structlog.get_logger().error(
                "ledger_chain_broken", centre=str(head.centre_id), position=head.position
            )
    return lost


def _last_signed(file: Path, keys: Keys) -> dict[UUID, Head]:
    """The last head of each centre in the file that our own key has signed."""
    newest: dict[str, bytes] = {}
    for line in lines(file):
        try:
            newest[str(json.loads(line.text)["centre"])] = line.text
        except (ValueError, TypeError, KeyError):
            continue  # whoever verifies is told of it
    found = {}
    for text in newest.values():
        try:
            head = read(text, keys)
        except NotSigned:
            continue  # of another key, or of nobody: it is signed anew
        found[head.centre_id] = head
    return found
