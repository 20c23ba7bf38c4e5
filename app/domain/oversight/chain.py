"""Chain (链): whether each entry of a ledger is still what was sealed, and which is the first that
is not."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.domain.oversight.ledger import GENESIS, chained


class Fault(StrEnum):
    """What is wrong with a ledger at one place."""

    ENTRY_CHANGED = "entry_changed"  # 台账内容被改动
    ENTRY_REMOVED = "entry_removed"  # 台账内容被删除
    ENTRY_OUTSIDE = "entry_outside"  # 不在链上
    LINK_CHANGED = "link_changed"  # 链上封印被改动
    LINK_REMOVED = "link_removed"  # 链上缺失
    REORDERED = "reordered"  # 次序被改动
    HEAD_DISAGREES = "head_disagrees"  # 与库外链头不符
    CHAIN_SHORTENED = "chain_shortened"  # 短于库外链头
    HEAD_FORGED = "head_forged"  # 库外链头的签名不成立


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The place at which a ledger is not what it was."""

    fault: Fault
    centre_id: UUID | None = None  # None: a line that names no centre for certain
    position: int | None = None
    entry_id: UUID | None = None
    where: str = ""  # beyond the position, such as the line of a file


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One position of a chain, with what the ledger holds of its entry today.

    `computed` is the hash of what is there; it is None if that cannot even be read. `told_at` is
    the position of its event in the stream; an event that is gone (`told` false) says nothing.
    """

    position: int
    entry_id: UUID
    sealed: bytes
    chained: bytes
    there: bool
    stored: bytes | None
    computed: bytes | None
    told: bool
    told_at: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """How far a chain has been walked, and its head there."""

    position: int = 0
    head: bytes = GENESIS


def walk(links: Iterable[Link], place: Place) -> Place | tuple[Fault, Link, int]:
    """The place behind the last link; or what is wrong first, with which link, at which position.

    A chain that was made anew in one piece passes: only a head kept elsewhere disagrees with it.
    """
    for link in links:
        if fault := fault_of(link, place):
            return fault, link, place.position + 1
        place = Place(link.position, link.chained)
    return place


def fault_of(link: Link, before: Place) -> Fault | None:
    """What is wrong with the link that should follow this place."""
    if link.position != before.position + 1:
        return Fault.LINK_REMOVED
    if not link.there:
        return Fault.ENTRY_REMOVED
    whole = chained(before.head, link.sealed) == link.chained
    if link.told and link.told_at != link.position:
        return Fault.REORDERED
    if link.stored != link.computed:
        return Fault.ENTRY_CHANGED
    if link.computed != link.sealed:
        # An intact seal over other words: the entry was changed together with its own hash.
        return Fault.ENTRY_CHANGED if whole else Fault.LINK_CHANGED
    return None if whole else Fault.LINK_CHANGED
