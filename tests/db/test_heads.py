"""Signed heads: one line for each new head, on the disk, in words that only our key can sign."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.db.heads import (
    KeyFaulty,
    NotSigned,
    Signer,
    Witness,
    append,
    new_key,
    public_keys,
    read,
)
from app.domain.oversight.chain import Fault
from app.domain.oversight.head import Head
from tests.databases import Clone
from tests.db.forged import LENGTH, Ledger, ledger_in
from tests.kept import NOON, enter, entry, new_centre

SIGNER = Signer.of(new_key())
KEYS = public_keys([SIGNER.public])
HEAD = Head(centre_id=UUID(int=9), position=7, chained_hash=bytes(range(32)), at=NOON)


@pytest.fixture
async def kept(fresh_database: Clone, tmp_path: Path) -> AsyncIterator[Ledger]:
    async with ledger_in(fresh_database, tmp_path) as made:
        yield made


def said(file: Path) -> list[tuple[str, int]]:
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    return [(line["centre"], line["position"]) for line in lines]


def test_a_line_says_its_head_to_whoever_has_the_public_key() -> None:
    assert read(SIGNER.line(HEAD).encode(), KEYS) == HEAD


@pytest.mark.parametrize("place", range(0, len(SIGNER.line(HEAD)) - 1, 3))
def test_no_byte_of_a_line_can_be_changed(place: int) -> None:
    line = bytearray(SIGNER.line(HEAD).encode())
    line[place] ^= 1
    with pytest.raises(NotSigned):
        read(bytes(line), KEYS)


@pytest.mark.parametrize(
    "change",
    [
        {"position": "7"},
        {"position": 7.5},
        {"position": float("inf")},
        {"position": 8},
        {"more": 1},
        {"centre": None},
        {"key": ["a"]},
        {"signature": ""},
        {"at": "2026-03-02T04:00:00"},
    ],
    ids=str,
)
def test_what_is_written_otherwise_is_no_head(change: dict[str, object]) -> None:
    line = json.loads(SIGNER.line(HEAD)) | change
    with pytest.raises(NotSigned):
        read(json.dumps(line).encode(), KEYS)


def test_a_head_of_another_key_is_not_known() -> None:
    with pytest.raises(NotSigned):
        read(Signer.of(new_key()).line(HEAD).encode(), KEYS)


def test_a_key_of_another_kind_is_refused() -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    private = other.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = other.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    for pem in (private, b"nothing"):
        with pytest.raises(KeyFaulty):
            Signer.of(pem)
    for pem in (public, b"nothing"):
        with pytest.raises(KeyFaulty):
            public_keys([pem])


def test_a_torn_line_does_not_swallow_the_next(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "heads.jsonl"
    append(file, [SIGNER.line(HEAD)])
    with file.open("ab") as torn:
        torn.write(SIGNER.line(HEAD).encode()[:80])
    append(file, [SIGNER.line(HEAD)] * 2)
    lines = file.read_bytes().splitlines()
    assert [len(line) == 80 for line in lines] == [False, True, False, False]
    assert file.stat().st_mode & 0o777 == 0o600


async def test_only_new_heads_are_written_also_after_a_new_start(kept: Ledger) -> None:
    other = await new_centre(kept.engine)
    assert await kept.sign() == 1
    assert await kept.sign(minutes=1) == 0
    await enter(kept.engine, entry(other.id))
    await kept.enter(1)
    witness = Witness(kept.heads, lambda: kept.key)
    assert await witness.sign(kept.engine, NOON + timedelta(minutes=2)) == 2
    assert await witness.sign(kept.engine, NOON + timedelta(minutes=3)) == 0
    own, theirs = str(kept.centre), str(other.id)
    assert said(kept.heads) == [(own, LENGTH), (own, LENGTH + 1), (theirs, 1)]
    compared = await kept.compared()
    assert (compared.agreeing, compared.broken) == (3, {})
    assert compared.upto == {kept.centre: LENGTH + 1, other.id: 1}


async def test_a_file_that_was_taken_away_is_begun_with_every_head(kept: Ledger) -> None:
    await kept.sign()
    kept.heads.rename(kept.heads.with_suffix(".1"))
    assert await kept.sign(minutes=1) == 1


async def test_a_new_key_signs_every_head_once_more(kept: Ledger) -> None:
    await kept.sign()
    kept.key = new_key()
    assert await kept.sign(minutes=1) == 1
    compared = await kept.compared()
    assert (compared.agreeing, list(compared.broken)) == (1, [None])
    assert compared.broken[None].fault is Fault.HEAD_FORGED


async def test_a_chain_without_its_last_signed_head_is_not_signed_again(kept: Ledger) -> None:
    witness = Witness(kept.heads, lambda: kept.key)
    assert await witness.sign(kept.engine, NOON) == 1
    await kept.forge("UPDATE ledger SET actor = 'x' WHERE id = :id", id=kept.entered[1].id)
    await kept.chain_anew()
    await kept.enter(1)
    assert await witness.sign(kept.engine, NOON + timedelta(minutes=1)) == 0
    assert await kept.sign(minutes=2) == 0  # nor after a new start
    assert said(kept.heads) == [(str(kept.centre), LENGTH)]


async def test_a_torn_line_is_counted_and_a_forged_one_named(kept: Ledger) -> None:
    await kept.sign()
    line = kept.heads.read_text()
    kept.heads.write_text(line[:100])
    await kept.sign(minutes=1)
    forged = Signer.of(new_key()).line(replace(HEAD, centre_id=kept.centre))
    append(kept.heads, [forged])
    compared = await kept.compared()
    assert (compared.agreeing, compared.torn) == (1, 1)
    assert compared.broken[None].fault is Fault.HEAD_FORGED
    assert compared.broken[None].where.startswith(f"{kept.heads}:3")
