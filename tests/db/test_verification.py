"""Verification: every byte of the ledger is under its chain, and every chain under its heads."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.db import chains as chains_module
from app.db.chains import Chains
from app.db.ids import uuid7
from app.db.ledger import ledger, ledger_chain
from app.domain.oversight.chain import Broken, Fault
from tests.databases import Clone
from tests.db.forged import LENGTH, Ledger, ledger_in
from tests.kept import enter, entry, new_centre

THIRD = 3


@pytest.fixture
async def kept(fresh_database: Clone, tmp_path: Path) -> AsyncIterator[Ledger]:
    async with ledger_in(fresh_database, tmp_path) as made:
        yield made


async def test_a_sound_ledger_is_walked_to_its_end_and_counts_what_waits(kept: Ledger) -> None:
    await kept.enter(2, placed=False)
    walked = await kept.verified()
    assert walked.broken is None
    assert (walked.links, walked.entries, walked.waiting) == (LENGTH, LENGTH + 2, 2)


async def test_a_long_ledger_is_read_in_parts(
    kept: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chains_module, "LINKS_AT_ONCE", 2)
    monkeypatch.setattr(chains_module, "ENTRIES_AT_ONCE", 4)
    await kept.enter(3)
    walked = await kept.verified()
    assert (walked.broken, walked.links, walked.entries) == (None, LENGTH + 3, LENGTH + 3)
    await kept.forge("UPDATE ledger SET actor = 'x' WHERE id = :id", id=kept.entered[-1].id)
    broken = (await kept.verified()).broken
    assert broken
    assert (broken.fault, broken.position) == (Fault.ENTRY_CHANGED, LENGTH + 3)


async def test_a_ledger_that_grows_meanwhile_is_sound(kept: Ledger) -> None:
    async def grow() -> None:
        for _ in range(10):
            await kept.enter(3)

    growing = asyncio.create_task(grow())
    found = []
    while not growing.done():
        found.append(await kept.verified())
    await growing
    assert found
    assert not [walked for walked in found if walked.broken]


# Each column of an entry, with the least that can be done to it; a second way where the database
# can write the same value in two ways.
TAMPERED = {
    "centre_id": ["gen_random_uuid()"],
    "id": ["gen_random_uuid()"],
    "at": ["at + interval '1 microsecond'", "'infinity'", "'0044-03-15 BC'"],
    "occurred_at": ["occurred_at - interval '1 microsecond'", "'infinity'", "'0044-03-15 BC'"],
    "actor": ["actor || ' '"],
    "client": ["upper(client)"],
    "action": ["'accepteb'"],
    "subject_kind": ["'casf'"],
    "subject_id": ["gen_random_uuid()", "NULL"],
    "number": ["number + 1", "NULL"],
    "facts": [
        "facts || '{\"more\": null}'",
        "replace(facts::text, 'accept', 'accepu')::jsonb",
        "replace(facts::text, '[1, 2]', '[1.0, 2]')::jsonb",
        "replace(facts::text, '[1, 2]', '[' || repeat('9', 5000) || ', 2]')::jsonb",
    ],
    "rows": ["'{nanchang/21}'", "'[2:2]={nanchang/20}'", "'{{nanchang/20}}'"],
    "override": ["NULL", "'null'", 'override || \'{"reason": "更急"}\''],
    "request_id": ["request_id || '\u200b'"],
    "hash": ["set_byte(hash, 31, get_byte(hash, 31) # 1)"],
}
EACH = [(column, how) for column, ways in TAMPERED.items() for how in ways]


def test_every_column_of_the_ledger_is_tampered_with() -> None:
    assert TAMPERED.keys() == {column.name for column in ledger.c}


@pytest.mark.parametrize(("column", "how"), EACH)
async def test_a_changed_byte_of_an_entry_is_found(kept: Ledger, column: str, how: str) -> None:
    changed = kept.entered[THIRD - 1]
    await kept.forge(
        f"UPDATE ledger SET {column} = {how} WHERE centre_id = :centre AND id = :id",  # noqa: S608
        id=changed.id,
    )
    walked = await kept.verified()
    gone = column in {"id", "centre_id"}
    assert walked.broken == Broken(
        fault=Fault.ENTRY_REMOVED if gone else Fault.ENTRY_CHANGED,
        centre_id=kept.centre,
        position=THIRD,
        entry_id=changed.id,
    )
    assert walked.links == 0  # nothing behind it is called whole


async def test_an_override_that_was_not_is_not_the_null_of_json(kept: Ledger) -> None:
    first = kept.entered[0]
    await kept.forge("UPDATE ledger SET override = 'null' WHERE id = :id", id=first.id)
    broken = (await kept.verified()).broken
    assert broken
    assert (broken.fault, broken.position) == (Fault.ENTRY_CHANGED, 1)


async def test_an_entry_that_was_changed_together_with_its_hash_is_found(kept: Ledger) -> None:
    await kept.forge("UPDATE ledger SET actor = 'x' WHERE id = :id", id=kept.entered[1].id)
    (*_, link) = (await Chains(kept.owner).links(kept.centre, 0))[:2]
    await kept.forge(
        "UPDATE ledger SET hash = :hash WHERE id = :id", id=link.entry_id, hash=link.computed
    )
    broken = (await kept.verified()).broken
    assert broken
    assert (broken.fault, broken.position) == (Fault.ENTRY_CHANGED, 2)


async def test_a_removed_entry_is_found(kept: Ledger) -> None:
    removed = kept.entered[THIRD - 1]
    await kept.forge("DELETE FROM ledger WHERE id = :id", id=removed.id)
    assert (await kept.verified()).broken == Broken(
        fault=Fault.ENTRY_REMOVED, centre_id=kept.centre, position=THIRD, entry_id=removed.id
    )


LINKS = {
    "centre_id": ("gen_random_uuid()", Fault.LINK_REMOVED),
    "position": ("position + 100", Fault.LINK_REMOVED),
    "entry_id": ("gen_random_uuid()", Fault.LINK_CHANGED),
    "entry_at": ("entry_at + interval '1 microsecond'", Fault.LINK_CHANGED),
    "hash": ("set_byte(hash, 0, get_byte(hash, 0) # 1)", Fault.LINK_CHANGED),
    "chained_hash": (
        "set_byte(chained_hash, 0, get_byte(chained_hash, 0) # 1)",
        Fault.LINK_CHANGED,
    ),
}


def test_every_column_of_the_chain_is_tampered_with() -> None:
    assert LINKS.keys() == {column.name for column in ledger_chain.c}


@pytest.mark.parametrize("column", LINKS)
async def test_a_changed_byte_of_a_link_is_found(kept: Ledger, column: str) -> None:
    how, fault = LINKS[column]
    await kept.forge(
        f"UPDATE ledger_chain SET {column} = {how}"  # noqa: S608
        " WHERE centre_id = :centre AND position = :p",
        p=THIRD,
    )
    broken = (await kept.verified()).broken
    assert broken
    assert (broken.fault, broken.position) == (fault, THIRD)


@pytest.mark.parametrize("position", [1, THIRD, LENGTH])
async def test_a_removed_link_is_found_even_the_last(kept: Ledger, position: int) -> None:
    await kept.forge(
        "DELETE FROM ledger_chain WHERE centre_id = :centre AND position = :p", p=position
    )
    assert (await kept.verified()).broken == Broken(
        fault=Fault.LINK_REMOVED,
        centre_id=kept.centre,
        position=position,
        entry_id=kept.entered[position - 1].id,
    )


async def test_entries_that_changed_places_are_found_though_the_chain_was_made_anew(
    kept: Ledger,
) -> None:
    for column in ("entry_id", "entry_at"):
        await kept.forge(
            f"UPDATE ledger_chain AS mine SET {column} = other.{column}"  # noqa: S608
            "  FROM ledger_chain AS other WHERE mine.centre_id = :centre"
            "   AND other.centre_id = :centre AND mine.position + other.position = 5"
            "   AND mine.position IN (2, 3)"
        )
    await kept.chain_anew()
    broken = (await kept.verified()).broken
    assert broken
    assert (broken.fault, broken.position) == (Fault.REORDERED, 2)


async def test_an_entry_slipped_in_past_the_sequencer_is_found(kept: Ledger) -> None:
    slipped = await enter(kept.engine, entry(kept.centre))
    await kept.forge("DELETE FROM outbox WHERE centre_id = :centre AND id = :id", id=slipped.id)
    assert (await kept.verified()).broken == Broken(
        fault=Fault.ENTRY_OUTSIDE, centre_id=kept.centre, entry_id=slipped.id
    )


async def test_a_copy_of_an_entry_under_another_moment_is_found(kept: Ledger) -> None:
    columns = [c.name for c in ledger.c if c.name != "at"]
    await kept.forge(
        f"INSERT INTO ledger (at, {', '.join(columns)})"  # noqa: S608
        f" SELECT at + interval '1 hour', {', '.join(columns)} FROM ledger WHERE id = :id",
        id=kept.entered[0].id,
    )
    broken = (await kept.verified()).broken
    assert broken
    assert (broken.fault, broken.entry_id) == (Fault.ENTRY_OUTSIDE, kept.entered[0].id)


async def test_events_that_were_disposed_of_leave_a_sound_ledger(kept: Ledger) -> None:
    await kept.forge("DELETE FROM outbox WHERE centre_id = :centre AND position <= 4")
    assert (await kept.verified()).broken is None


async def test_a_chain_made_anew_is_found_by_the_heads_kept_elsewhere_alone(kept: Ledger) -> None:
    await kept.sign()
    await kept.enter(2)
    await kept.sign(minutes=1)
    await kept.forge("UPDATE ledger SET actor = 'x' WHERE id = :id", id=kept.entered[1].id)
    await kept.chain_anew()
    assert (await kept.verified()).broken is None
    compared = await kept.compared()
    assert (compared.agreeing, list(compared.broken)) == (0, [kept.centre])
    found = compared.broken[kept.centre]
    assert (found.fault, found.position) == (Fault.HEAD_DISAGREES, LENGTH)
    assert found.entry_id == kept.entered[LENGTH - 1].id
    assert found.where == f"{kept.heads}:1"


async def test_what_was_forged_behind_a_head_leaves_that_head_agreeing(kept: Ledger) -> None:
    await kept.sign()
    await kept.enter(2)
    await kept.sign(minutes=1)
    await kept.forge("UPDATE ledger SET actor = 'x' WHERE id = :id", id=kept.entered[-1].id)
    await kept.chain_anew()
    compared = await kept.compared()
    assert (compared.agreeing, compared.upto) == (1, {kept.centre: LENGTH})
    assert compared.broken[kept.centre].position == LENGTH + 2


async def test_a_chain_cut_off_with_its_entries_and_events_is_found_by_its_head(
    kept: Ledger,
) -> None:
    await kept.sign()
    last = kept.entered[-1].id
    await kept.forge("DELETE FROM ledger_chain WHERE entry_id = :id", id=last)
    await kept.forge("DELETE FROM ledger WHERE id = :id", id=last)
    await kept.forge("DELETE FROM outbox WHERE id = :id", id=last)
    assert (await kept.verified()).broken is None
    found = (await kept.compared()).broken[kept.centre]
    assert (found.fault, found.position) == (Fault.CHAIN_SHORTENED, LENGTH)


async def test_a_ledger_that_was_removed_altogether_is_found_by_its_head(kept: Ledger) -> None:
    await kept.sign()
    for table in ("ledger_chain", "ledger", "outbox"):
        await kept.forge(f"DELETE FROM {table} WHERE centre_id = :centre")  # noqa: S608
    assert [found async for found in Chains(kept.engine).centres()] == []
    found = (await kept.compared()).broken[kept.centre]
    assert found.fault is Fault.CHAIN_SHORTENED


async def test_each_centre_is_walked_for_itself(kept: Ledger) -> None:
    other = await new_centre(kept.engine)
    await enter(kept.engine, entry(other.id))
    left = uuid7()  # a ledger of no centre that there is
    await enter(kept.engine, entry(left))
    found = [each async for each in Chains(kept.engine).centres()]
    assert found == sorted([kept.centre, other.id, left])
