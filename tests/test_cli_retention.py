"""`guiju retention`: what is kept, and disposal with one line for whatever stands against it."""

import asyncio
import os
import pty
import re
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from app.cli_retention import WAYS
from app.db import sequencer
from app.domain.oversight.retention import CATALOGUE, disposable
from tests.databases import Clone
from tests.db.forged import LENGTH, Ledger, ledger_in
from tests.db.leaving import new_staff
from tests.test_cli import GUIJU, NOBODY, Done, Here, environment, here

__all__ = ["here"]  # the fixture

BEFORE = ("--before", "2026-03-03")


@pytest.fixture
async def kept(fresh_database: Clone, tmp_path: Path) -> AsyncIterator[Ledger]:
    """A ledger whose heads are signed, in the folder that the commands look into."""
    async with ledger_in(fresh_database, tmp_path) as made:
        (tmp_path / "heads.key").write_bytes(made.key)
        await made.sign()
        yield made


def reached(kept: Ledger) -> dict[str, str]:
    return {
        "DATABASE_URL": kept.engine.url.render_as_string(hide_password=False),
        "GUIJU_MIGRATION_URL": kept.owner.url.render_as_string(hide_password=False),
    }


@dataclass(frozen=True)
class Asking:
    """The commands, on this ledger."""

    kept: Ledger
    here: Here

    async def __call__(self, *arguments: str) -> Done:
        return await asyncio.to_thread(self.here, *arguments, **reached(self.kept))

    async def dispose(self, kind: str, *more: str) -> Done:
        return await self("retention", "dispose", "--kind", kind, *BEFORE, *more)


@pytest.fixture
def ask(kept: Ledger, capsys: pytest.CaptureFixture[str]) -> Asking:
    return Asking(kept, Here(kept.heads.parent, capsys))


def test_every_kind_is_printed_with_its_term(here: Here) -> None:
    done = here("retention", "list")
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines[:-1]] == [each.kind.value for each in CATALOGUE]
    assert lines[-1].endswith(": events, persons")


def test_there_is_a_way_for_each_kind_that_is_disposed_of_by_command() -> None:
    assert list(WAYS) == [each.kind for each in disposable()]


@pytest.mark.parametrize(
    ("arguments", "about"),
    [
        ([], "--kind: name one; there are: events, persons"),
        (["--kind", "everything", *BEFORE], "no kind everything; there are: events, persons"),
        (["--kind", "ledger", *BEFORE], "--kind ledger: not disposed of by command"),
        (["--kind", "events"], "--before: no text says how long events are kept"),
        (["--kind", "persons"], "--before: no text says how long persons are kept"),
        (["--kind", "events", "--before", "soon"], "--before soon: no such day"),
        (["--kind", "events", "--before", "9000-01-01"], "still to come"),
        (["--kind", "events", *BEFORE], "GUIJU_MIGRATION_URL"),
    ],
)
def test_a_mistake_is_one_line_that_names_it(here: Here, arguments: list[str], about: str) -> None:
    done = here("retention", "dispose", *arguments, DATABASE_URL=NOBODY)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"guiju: [^\n]+\n", done.stderr), done.stderr
    assert about in done.stderr


async def test_old_events_are_counted_then_gone_then_there_is_nothing_to_do(
    kept: Ledger, ask: Asking
) -> None:
    would = await ask.dispose("events", "--dry-run")
    assert would.stdout == f"would dispose of {LENGTH - 1} events before 2026-03-03\n", would.stderr
    done = await ask.dispose("events")
    assert done.stdout == f"disposed of {LENGTH - 1} events before 2026-03-03\n", done.stderr
    again = await ask.dispose("events")
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.startswith("nothing to do: 0 events before 2026-03-03")
    await sequencer.sequence(kept.engine)
    verified = await ask("audit", "verify")
    assert verified.returncode == 0, verified.stdout
    assert verified.stdout.splitlines()[-1].startswith(
        f"sound: 2 chains, {LENGTH + 1} links, {LENGTH + 1} entries (0 wait for a place); 1 signed"
    )


async def test_people_who_left_are_counted_then_erased(kept: Ledger, ask: Asking) -> None:
    staff = await new_staff(kept.engine)
    left, busy = await staff.person(), await staff.person()
    await staff.posted(left, date(2026, 3, 2))
    await staff.on_duty(await staff.posted(busy, date(2026, 3, 2)), None)
    would = await ask.dispose("persons", "--dry-run")
    more = "; 1 more have duties to finish\n"
    assert would.stdout == f"would erase 1 persons who left before 2026-03-03{more}", would.stderr
    done = await ask.dispose("persons")
    assert done.stdout == f"erased 1 persons who left before 2026-03-03{more}", done.stderr
    assert await staff.known() == {busy}
    assert (await ask.dispose("persons")).stdout.startswith("nothing to do: 0 persons")
    await sequencer.sequence(kept.engine)
    assert (await ask("audit", "verify")).returncode == 0


async def test_a_bar_is_shown_on_a_terminal(kept: Ledger) -> None:
    terminal, end = pty.openpty()
    own = environment(kept.heads.parent, **reached(kept), TERM="xterm", COLUMNS="100")
    process = subprocess.Popen(  # noqa: ASYNC220, S603 - our own program
        [GUIJU, "retention", "dispose", "--kind", "events", *BEFORE],
        env=own,
        stdout=subprocess.PIPE,
        stderr=end,
        text=True,
    )
    os.close(end)
    said, _ = await asyncio.to_thread(process.communicate, timeout=60)
    drawn = os.read(terminal, 100_000).decode()
    os.close(terminal)
    assert (process.returncode, said) == (0, "disposed of 5 events before 2026-03-03\n")
    assert "5/5" in drawn
