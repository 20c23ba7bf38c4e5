"""Head (链头): where a chain ended at a moment, said in the one way in which it is signed."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

_PURPOSE: Final = b"guiju head 1\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The last position of a centre's chain and its hash, which seals all entries before it."""

    centre_id: UUID
    position: int
    chained_hash: bytes
    at: datetime

    def plain(self) -> dict[str, str | int]:
        """The head as JSON has it; the instant in UTC."""
        return {
            "centre": str(self.centre_id),
            "position": self.position,
            "chained_hash": self.chained_hash.hex(),
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
        }

    def said(self) -> bytes:
        """What is signed: the purpose, then canonical JSON with sorted keys and no blanks."""
        return _PURPOSE + json.dumps(self.plain(), sort_keys=True, separators=(",", ":")).encode()
