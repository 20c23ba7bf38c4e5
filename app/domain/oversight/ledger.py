"""Ledger (留痕): one entry per act or refusal, sealed with its own hash and chained per centre."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Final, TypeAlias
from uuid import UUID

Plain: TypeAlias = "bool | int | str | Sequence[Plain] | Mapping[str, Plain] | None"
"""JSON without fractions: what a database gives back must be what was hashed."""

GENESIS: Final = bytes(32)
"""What the first entry of a centre is chained to."""
PLATFORM: Final = UUID(int=0)
"""Whose ledger holds what belongs to no centre: changes of the data that all centres share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What happened: `at` is when it was recorded, `occurred_at` when it happened.

    `number` is the act's number within its subject, which is the version that it led to. `facts`
    holds names of fields, ids, days and amounts; never a personal value.
    """

    centre_id: UUID
    id: UUID
    at: datetime
    occurred_at: datetime
    actor: str
    client: str
    action: str
    subject_kind: str
    subject_id: UUID | None = None
    number: int | None = None
    facts: Mapping[str, Plain] = field(default_factory=dict)
    rows: tuple[str, ...] = ()
    override: Mapping[str, Plain] | None = None
    request_id: str = ""

    @property
    def hash(self) -> bytes:
        """SHA-256 over the canonical JSON of it all: sorted keys, no blanks, instants in UTC."""
        written = {name: _plain(getattr(self, name)) for name in _NAMES}
        return hashlib.sha256(_CANONICAL.encode(written).encode()).digest()


_NAMES: Final = tuple(f.name for f in fields(Entry))
_CANONICAL: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_PLAIN_ALREADY: Final = frozenset({str, int, bool, type(None)})


def chained(previous: bytes, entry_hash: bytes) -> bytes:
    """The head of a centre's chain after this entry; `GENESIS` precedes the first one."""
    return hashlib.sha256(previous + entry_hash).digest()


def _plain(value: object) -> object:
    if type(value) in _PLAIN_ALREADY:
        return value
    match value:
        case str() | int():
            return value
        case UUID():
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case float():
            raise TypeError("a ledger entry holds no fractions: write them as text")
        case dict() | Mapping():
            return {str(key): _plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case _:
            raise TypeError(f"a ledger entry holds no {type(value).__name__}")
