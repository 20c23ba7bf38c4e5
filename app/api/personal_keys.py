"""Keys of personal data (个人信息密钥): a data key for each centre, wrapped by a master key from a
file, and what is sealed with it.

Whoever has the database alone reads nothing; whoever deletes a centre's data key has shredded the
personal data of that centre. Master keys change by adding a line: the first wraps, all unwrap.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, Final, Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from fastapi import Depends, Request

from app.api.keys import private_file
from app.db import personal_keys, persons
from app.db.engine import transaction
from app.db.persons import KeptPerson, SealedValue
from app.db.repositories import Repositories
from app.db.uow import Connection
from app.domain.errors import DomainError
from app.domain.personal import PersonalData, PersonalField

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_ID_BYTES: Final = 4
_FORMAT: Final = b"\x01"
_AT_ONCE: Final = 500
NOTE: Final = "note"  # what is written in a staff record


class PersonalKeysWrong(Exception):
    """A data key is not wrapped by any master key of our file."""


class PersonalDataLost(DomainError):
    """The centre's data key is gone, or what was sealed is damaged: nobody can open it."""

    slug: ClassVar[str] = "personal_data_lost"
    title: ClassVar[str] = "个人信息已不可恢复"

    def __init__(self) -> None:
        super().__init__(
            "封存的内容已不能打开（密钥已销毁，或内容已损坏）；可以更正登记，重新填写。"
        )


class Vault:
    """The master keys; they open data keys and nothing else."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != _KEY_BYTES for key in keys):
            raise ValueError("a master key of personal data is 32 bytes, written in base64")
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}
        self._current = _key_id(keys[0])

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """The keys of the file, one a line; it is made with a new key if it is not there."""
        lines = private_file(path, _new_key).split()
        try:
            return cls([base64.b64decode(line, validate=True) for line in lines])
        except ValueError as wrong:
            raise ValueError(f"{path}: {wrong}") from None

    def wrap(self, centre_id: UUID, key: bytes) -> bytes:
        """The data key as the database keeps it, for this centre alone."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, key, centre_id.bytes)
        return self._current + nonce + sealed

    def unwrap(self, centre_id: UUID, wrapped: bytes) -> bytes:
        """Raises PersonalKeysWrong."""
        nonce, sealed = _parted(wrapped[_ID_BYTES:])
        try:
            return self._ciphers[wrapped[:_ID_BYTES]].decrypt(nonce, sealed, centre_id.bytes)
        except (KeyError, InvalidTag):
            raise PersonalKeysWrong(
                f"GUIJU_PERSONAL_KEYS: no key of the file opens the data key of centre {centre_id}"
            ) from None

    def is_current(self, wrapped: bytes) -> bool:
        """Whether the first key of the file wraps it."""
        return wrapped.startswith(self._current)


@dataclass(frozen=True, slots=True)
class Box:
    """What a centre's data key seals and opens: each value for its owner and its field alone."""

    centre_id: UUID
    key: bytes

    def seal(self, owner: UUID, field: str, value: str) -> bytes:
        """The value as the database keeps it."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._cipher().encrypt(nonce, value.encode(), self._bound_to(owner, field))
        return _FORMAT + nonce + sealed

    def open(self, owner: UUID, field: str, sealed: bytes) -> str:
        """Raises PersonalDataLost where it was sealed with a key that is gone."""
        nonce, rest = _parted(sealed.removeprefix(_FORMAT))
        try:
            return self._cipher().decrypt(nonce, rest, self._bound_to(owner, field)).decode()
        except (InvalidTag, ValueError):
            raise PersonalDataLost from None

    def sealed(self, owner: UUID, field: PersonalField, value: str | None) -> SealedValue:
        """A personal value with its blind index: equal values of a centre have equal ones."""
        if value is None:
            return SealedValue(field=field, sealed=None)
        sealed = self.seal(owner, field.value, value)
        return SealedValue(field=field, sealed=sealed, index=self.index(field, value))

    def index(self, field: PersonalField, value: str) -> bytes:
        """By what the value is found without being opened; only with the key can it be guessed."""
        said = f"{field.value}\n{value}".encode()
        return hmac.digest(self._derived(b"guiju blind index"), said, "sha256")

    def _cipher(self) -> AESGCM:
        return AESGCM(self._derived(b"guiju personal data"))

    def _derived(self, purpose: bytes) -> bytes:
        return HKDFExpand(algorithm=SHA256(), length=_KEY_BYTES, info=purpose).derive(self.key)

    def _bound_to(self, owner: UUID, field: str) -> bytes:
        return self.centre_id.bytes + owner.bytes + field.encode()


async def vault(request: Request) -> Vault:
    """The master keys of this process."""
    held: Vault = request.app.state.vault
    return held


VaultDep = Annotated[Vault, Depends(vault)]


async def box_of(connection: Connection, vault: Vault, centre_id: UUID) -> Box:
    """The centre's box for writing; it gets its data key with the first value."""
    kept = await personal_keys.wrapped(connection, centre_id)
    if kept is None:
        new = vault.wrap(centre_id, os.urandom(_KEY_BYTES))
        kept = await personal_keys.keep(connection, centre_id, new)
    return Box(centre_id, vault.unwrap(centre_id, kept))


async def box_for_reading(connection: Connection, vault: Vault, centre_id: UUID) -> Box | None:
    """The centre's box, if it has one; reading makes none."""
    kept = await personal_keys.wrapped(connection, centre_id)
    return None if kept is None else Box(centre_id, vault.unwrap(centre_id, kept))


def opened(kept: KeptPerson, box: Box | None) -> PersonalData:
    """What is known of the person. Raises PersonalDataLost."""
    if kept.sealed and box is None:
        raise PersonalDataLost
    read = {
        field.value: box.open(kept.id, field.value, sealed)
        for field, sealed in kept.sealed.items()
        if box is not None
    }
    return PersonalData(**({"name": kept.clear_name} | read))


async def prepare(kept: Repositories, vault: Vault) -> None:
    """Wrap every data key with the first master key, and seal the names that an earlier release has
    left in clear. Raises PersonalKeysWrong."""
    async with transaction(kept.engine) as connection:
        for centre_id, wrapped in await personal_keys.every(connection):
            key = vault.unwrap(centre_id, wrapped)
            if not vault.is_current(wrapped):
                anew = vault.wrap(centre_id, key)
                await personal_keys.rewrap(connection, centre_id, wrapped, anew)
    while await _seal_some(kept, vault):
        pass


async def _seal_some(kept: Repositories, vault: Vault) -> bool:
    """Whether there may be more."""
    async with transaction(kept.engine) as connection:
        found = await persons.unsealed(connection, _AT_ONCE)
        for centre_id, person_id, name in found:
            box = await box_of(connection, vault, centre_id)
            sealed = box.sealed(person_id, PersonalField.NAME, name)
            await persons.seal(connection, centre_id, person_id, sealed)
    return len(found) == _AT_ONCE


def _parted(sealed: bytes) -> tuple[bytes, bytes]:
    return sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"guiju personal key" + key).digest()[:_ID_BYTES]


def _new_key() -> bytes:
    return base64.b64encode(os.urandom(_KEY_BYTES)) + b"\n"
