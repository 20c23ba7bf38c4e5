"""Verifying the ledger from the command line: the first broken entry is named, the end is 1."""

import asyncio
import os
import pty
import re
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.db.heads import new_key
from tests.databases import Clone
from tests.db.forged import LENGTH, Ledger, ledger_in
from tests.test_cli import GUIJU, Done, Here, environment, here

__all__ = ["here"]  # the fixture


@pytest.fixture
async def kept(fresh_database: Clone, tmp_path: Path) -> AsyncIterator[Ledger]:
    """A ledger whose heads are signed, in the folder that the command looks into."""
    async with ledger_in(fresh_database, tmp_path) as made:
        (tmp_path / "heads.key").write_bytes(made.key)
        await made.sign()
        yield made


@dataclass(frozen=True)
class Verifying:
    """The command, on this ledger."""

    kept: Ledger
    here: Here

    async def __call__(self, *more: str) -> Done:
        url = self.kept.engine.url.render_as_string(hide_password=False)
        return await asyncio.to_thread(self.here, "audit", "verify", *more, DATABASE_URL=url)


@pytest.fixture
def verify(kept: Ledger, capsys: pytest.CaptureFixture[str]) -> Verifying:
    return Verifying(kept, Here(kept.heads.parent, capsys))


async def test_a_sound_ledger_ends_with_0_and_its_counts(kept: Ledger, verify: Verifying) -> None:
    await kept.enter(2)
    await kept.enter(1, placed=False)
    done = await verify()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"{kept.centre}: whole, {LENGTH + 2} links, {LENGTH + 3} entries",
        f"sound: 1 chains, {LENGTH + 2} links, {LENGTH + 3} entries (1 wait for a place); "
        "1 signed heads agree, 2 links are newer",
    ]


async def test_the_first_broken_entry_is_named(kept: Ledger, verify: Verifying) -> None:
    changed = kept.entered[1].id
    await kept.forge("UPDATE ledger SET actor = 'x' WHERE id = :id", id=changed)
    await kept.forge("DELETE FROM ledger WHERE id = :id", id=kept.entered[3].id)
    done = await verify("--without-heads", "--centre", str(kept.centre))
    assert (done.returncode, done.stderr) == (1, "")
    named = [line for line in done.stdout.splitlines() if line.startswith("broken: ")]
    assert named == [
        f"broken: centre {kept.centre}, position 2, entry {changed}: the entry was changed"
    ]
    assert done.stdout.splitlines()[-1].startswith("broken, 1 places named: ")
    nowhere = await verify("--centre", "nowhere")
    assert (nowhere.returncode, nowhere.stderr) == (1, "guiju: no centre nowhere\n")


async def test_a_chain_made_anew_is_found_with_copies_of_heads_and_key(
    kept: Ledger, verify: Verifying, tmp_path: Path
) -> None:
    shown = await asyncio.to_thread(verify.here, "audit", "key")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "heads.pub").write_text(shown.stdout)
    (elsewhere / "heads.jsonl").write_bytes(kept.heads.read_bytes())
    kept.heads.unlink()
    (tmp_path / "heads.key").unlink()
    await kept.forge("UPDATE ledger SET actor = 'x' WHERE id = :id", id=kept.entered[1].id)
    await kept.chain_anew()
    copies = (
        *("--heads", str(elsewhere / "heads.jsonl")),
        *("--key", str(elsewhere / "heads.pub")),
    )
    done = await verify(*copies)
    assert done.returncode == 1
    assert re.search(
        f"^broken: centre {kept.centre}, position {LENGTH}, entry {kept.entered[-1].id}, "
        f"{elsewhere}/heads.jsonl:1: the chain was made anew",
        done.stdout,
        re.MULTILINE,
    )
    alone = await verify("--without-heads")
    assert alone.returncode == 0
    assert "not held against signed heads" in alone.stdout


async def test_a_bar_is_shown_on_a_terminal(kept: Ledger) -> None:
    terminal, end = pty.openpty()
    url = kept.engine.url.render_as_string(hide_password=False)
    own = environment(kept.heads.parent, DATABASE_URL=url, TERM="xterm", COLUMNS="100")
    process = subprocess.Popen(  # noqa: ASYNC220, S603 - our own program
        [GUIJU, "audit", "verify"], env=own, stdout=subprocess.PIPE, stderr=end, text=True
    )
    os.close(end)
    said, _ = await asyncio.to_thread(process.communicate, timeout=60)
    drawn = os.read(terminal, 100_000).decode()
    os.close(terminal)
    assert process.returncode == 0
    assert said.startswith("sound: ")  # and no line for each chain
    assert f"{2 * LENGTH}/{2 * LENGTH}" in drawn


@pytest.mark.parametrize(
    ("arguments", "about"),
    [
        (["verify"], "--without-heads"),
        (["verify", "--heads", "/nowhere.jsonl"], "/nowhere.jsonl"),
        (["verify", "--heads", __file__, "--key", __file__], "test_cli_audit.py"),
        (["key"], "heads.key"),
    ],
)
def test_a_mistake_is_one_line_that_names_it(here: Here, arguments: list[str], about: str) -> None:
    done = here("audit", *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"guiju: [^\n]+\n", done.stderr), done.stderr
    assert about in done.stderr


async def test_heads_that_another_key_has_signed_prove_nothing(
    kept: Ledger, verify: Verifying, tmp_path: Path
) -> None:
    (tmp_path / "heads.key").write_bytes(new_key())
    done = await verify()
    assert done.returncode == 1
    assert "no head that a known key has signed" in done.stdout
