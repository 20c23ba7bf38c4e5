"""Identifiers (标识): UUIDv7 of RFC 9562, made here so that any PostgreSQL 15 will do."""

import os
import time
from uuid import UUID

_RANDOM_BITS = 74
_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62
_last = (0, 0)  # the millisecond and the 74 bits of the newest id of this process


def uuid7() -> UUID:
    """A new id, above every earlier one of this process (RFC 9562, 6.2, method 2).

    The time in it is for the order on disk only: no rule and no answer reads it.
    """
    global _last  # noqa: PLW0603 - the counter of the process, as the method asks
    now, (last, tail) = time.time_ns() // 1_000_000, _last
    if now > last:
        # The highest bit stays clear as room to count on within the same millisecond.
        tail = int.from_bytes(os.urandom(10)) >> 7
    else:
        now, tail = last, tail + 1 + int.from_bytes(os.urandom(4))
        if tail >> _RANDOM_BITS:
            now, tail = last + 1, int.from_bytes(os.urandom(10)) >> 7
    _last = (now, tail)
    return UUID(int=now << 80 | _VERSION | (tail >> 62) << 64 | _VARIANT | tail & ((1 << 62) - 1))
