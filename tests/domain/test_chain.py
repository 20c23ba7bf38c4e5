"""The chain: what is wrong with a link, told from the link and the place before it alone."""

from dataclasses import replace
from hashlib import sha256
from uuid import UUID

import pytest

from app.domain.oversight.chain import Fault, Link, Place, walk
from app.domain.oversight.ledger import GENESIS, chained

BYTES = bytes(32)


def sound(count: int) -> list[Link]:
    links, head = [], GENESIS
    for position in range(1, count + 1):
        sealed = sha256(bytes([position])).digest()
        head = chained(head, sealed)
        links.append(
            Link(
                position=position,
                entry_id=UUID(int=position),
                sealed=sealed,
                chained=head,
                there=True,
                stored=sealed,
                computed=sealed,
                told=True,
                told_at=position,
            )
        )
    return links


def test_a_sound_chain_is_walked_in_one_piece_or_in_several() -> None:
    links = sound(5)
    whole = walk(links, Place())
    first = walk(links[:2], Place())
    assert isinstance(first, Place)
    assert walk(links[2:], first) == whole == Place(5, links[-1].chained)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"computed": BYTES}, Fault.ENTRY_CHANGED),
        ({"computed": None}, Fault.ENTRY_CHANGED),
        ({"stored": BYTES}, Fault.ENTRY_CHANGED),
        ({"stored": BYTES, "computed": BYTES}, Fault.ENTRY_CHANGED),
        ({"there": False, "stored": None, "computed": None}, Fault.ENTRY_REMOVED),
        ({"sealed": BYTES}, Fault.LINK_CHANGED),
        ({"chained": BYTES}, Fault.LINK_CHANGED),
        ({"told_at": 9}, Fault.REORDERED),
        ({"told_at": None}, Fault.REORDERED),  # it would be placed a second time
        ({"position": 4}, Fault.LINK_REMOVED),
        ({"position": 2}, Fault.LINK_REMOVED),
    ],
    ids=str,
)
def test_the_first_broken_link_is_named(change: dict[str, object], fault: Fault) -> None:
    links = sound(5)
    links[2] = replace(links[2], **change)  # type: ignore[arg-type]  # any field
    assert walk(links, Place()) == (fault, links[2], 3)


def test_an_event_that_is_gone_says_nothing_about_the_order() -> None:
    links = [replace(link, told=False, told_at=None) for link in sound(3)]
    assert walk(links, Place()) == Place(3, links[-1].chained)
