"""Verification (台账核验): every chain from its first entry on, and the heads kept elsewhere."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final
from uuid import UUID

from app.db.chains import BEFORE_ALL, Begun, Chains
from app.db.heads import Keys, Line, NotSigned, lines, read
from app.domain.oversight.chain import Broken, Fault, Place, walk
from app.domain.oversight.head import Head

LINES_AT_ONCE: Final = 500
Advance = Callable[[int], None]
"""Told how much of the work was done since the last time."""


@dataclass(slots=True)
class Walked:
    """What was found in a chain and its ledger: how much, and the first thing that is wrong."""

    centre_id: UUID
    links: int = 0
    entries: int = 0
    waiting: int = 0
    broken: Broken | None = None


async def verify(chains: Chains, centre_id: UUID, advance: Advance) -> Walked:
    """Walk one chain, then look through its ledger for entries that are on no chain."""
    walked = Walked(centre_id)
    await _walk(chains, walked, advance)
    if walked.broken is None:
        await _look_through(chains, walked, advance)
    return walked


async def _walk(chains: Chains, walked: Walked, advance: Advance) -> None:
    place = Place()
    while links := await chains.links(walked.centre_id, place.position):
        found = walk(links, place)
        if not isinstance(found, Place):
            fault, link, expected = found
            walked.broken = await chains.named(walked.centre_id, fault, link, expected)
            return
        place = found
        walked.links += len(links)
        advance(len(links))


async def _look_through(chains: Chains, walked: Walked, advance: Advance) -> None:
    after: Begun | None = BEFORE_ALL
    while after is not None and walked.broken is None:
        part = await chains.entries(walked.centre_id, after)
        walked.entries += part.count
        walked.waiting += part.waiting
        walked.broken, after = part.outside, part.last
        advance(part.count)


@dataclass(slots=True)
class Compared:
    """What the heads of a file say: how many agree, up to where for each centre, and the first
    that does not, for each centre once."""

    agreeing: int = 0
    torn: int = 0
    upto: dict[UUID, int] = field(default_factory=dict)
    broken: dict[UUID | None, Broken] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """Files of heads, the public keys that may have signed them, and whose heads are asked for
    (None: everybody's)."""

    files: Sequence[Path]
    keys: Keys
    among: Collection[UUID] | None


async def compare(chains: Chains, kept: Kept, advance: Advance) -> Compared:
    """Hold the chains against each head in the files, one part of a file after the other."""
    compared = Compared()
    for file in kept.files:
        every = lines(file)
        while part := list(islice(every, LINES_AT_ONCE)):
            heads = list(_heads(file, part, kept, compared))
            await _hold(chains, heads, compared)
            advance(sum(len(line.text) for line in part))
    return compared


def _heads(
    file: Path, part: Sequence[Line], kept: Kept, compared: Compared
) -> Iterator[tuple[Head, str]]:
    """The heads whose signature is good, each with its place; the others are noted."""
    for line in part:
        where = f"{file}:{line.number}"
        if line.torn:
            compared.torn += 1
            continue
        try:
            head = read(line.text, kept.keys)
        except NotSigned as no:
            forged = Broken(fault=Fault.HEAD_FORGED, where=f"{where}: {no}")
            compared.broken.setdefault(None, forged)
            continue
        if kept.among is None or head.centre_id in kept.among:
            yield head, where


async def _hold(chains: Chains, heads: Sequence[tuple[Head, str]], compared: Compared) -> None:
    there = await chains.sealed([head for head, _ in heads]) if heads else {}
    for head, where in heads:
        centre_id, position = head.centre_id, head.position
        entry_id, chained_hash = there.get((centre_id, position), (None, None))
        if chained_hash == head.chained_hash:
            compared.agreeing += 1
            compared.upto[centre_id] = max(position, compared.upto.get(centre_id, 0))
            continue
        broken = Broken(
            fault=Fault.HEAD_DISAGREES if chained_hash else Fault.CHAIN_SHORTENED,
            centre_id=centre_id,
            position=position,
            entry_id=entry_id,
            where=where,
        )
        known = compared.broken.get(centre_id)
        if known is None or position < (known.position or 0):
            compared.broken[centre_id] = broken
