"""Commands on the ledger (台账): verify its chains, print the key of its signed heads."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from app.command import CommandRefused, database, service_url, shown
from app.db import migrate
from app.db.centres import Centres
from app.db.chains import Chains
from app.db.engine import open_engine
from app.db.heads import KeyFaulty, Keys, Signer, public_keys
from app.db.verification import Compared, Kept, Walked, compare, verify
from app.domain.errors import NotFound
from app.domain.oversight.chain import Broken, Fault
from app.domain.oversight.ledger import PLATFORM
from app.settings import Settings, read_settings

audit = typer.Typer(help="The ledger: is it still what was entered?")

SAYS: Final = {
    Fault.ENTRY_CHANGED: "the entry was changed",
    Fault.ENTRY_REMOVED: "the entry was removed",
    Fault.ENTRY_OUTSIDE: "the entry is on no chain and does not wait for a place",
    Fault.LINK_CHANGED: "the link of the chain was changed",
    Fault.LINK_REMOVED: "the link of the chain was removed",
    Fault.REORDERED: "the order was changed: its event was told under another position",
    Fault.HEAD_DISAGREES: "the chain was made anew: it is not what this signed head says",
    Fault.CHAIN_SHORTENED: "the chain was cut off: a signed head knows more of it",
    Fault.HEAD_FORGED: "this is no head that a known key has signed",
}


@audit.command("verify")
def verify_ledger(
    centre: Annotated[
        list[str] | None, typer.Option(help="A centre's id or code; repeat it. Default: all.")
    ] = None,
    heads: Annotated[
        list[Path] | None, typer.Option(help="A file of signed heads; repeat it. GUIJU_HEADS_FILE.")
    ] = None,
    key: Annotated[
        list[Path] | None,
        typer.Option(help="A public key of theirs; repeat it. Default: that of our own key."),
    ] = None,
    without_heads: Annotated[
        bool, typer.Option("--without-heads", help="Check the chains alone.")
    ] = False,
) -> None:
    """Walk each chain from its first entry on, and hold it against the signed heads.

    Ends with 1 if anything is not what was entered; the first such place of each chain is named.
    """
    settings = read_settings()
    files = [] if without_heads else list(heads or [settings.heads])
    if missing := [file for file in files if not file.is_file()]:
        raise CommandRefused(
            f"{missing[0]}: no signed heads there; the worker writes them (GUIJU_HEADS_FILE), and "
            "--without-heads checks the chains alone"
        )
    keys = _keys(settings, key) if files else {}
    with database(settings) as (reached, _):
        report = asyncio.run(_report(service_url(reached), centre, Kept(files, keys, None)))
    for broken in report.broken:
        typer.echo(f"broken: {_place(broken)}: {SAYS[broken.fault]}")
    typer.echo(report.said())
    if report.broken:
        raise typer.Exit(1)


@audit.command("key")
def print_key() -> None:
    """Print the public key of the signed heads, for whoever verifies them elsewhere."""
    typer.echo(_own_key(read_settings()).decode(), nl=False)


def _own_key(settings: Settings) -> bytes:
    try:
        return Signer.of(settings.head_key.read_bytes()).public
    except KeyFaulty as no:
        raise CommandRefused(f"{settings.head_key}: {no}") from None


def _keys(settings: Settings, files: list[Path] | None) -> Keys:
    if not files:
        return public_keys([_own_key(settings)])
    try:
        return public_keys([file.read_bytes() for file in files])
    except KeyFaulty as no:
        raise CommandRefused(f"{', '.join(map(str, files))}: {no}") from None


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in all chains, and what the signed heads say to it (None: none were read)."""

    walked: Sequence[Walked]
    compared: Compared | None

    @property
    def broken(self) -> list[Broken]:
        """The first broken place of each chain as it lies there, then those that a head shows."""
        shown = self.compared.broken.values() if self.compared else ()
        return [*filter(None, (chain.broken for chain in self.walked)), *shown]

    def said(self) -> str:
        """All of it in one line."""
        links = sum(chain.links for chain in self.walked)
        entries = sum(chain.entries for chain in self.walked)
        waiting = sum(chain.waiting for chain in self.walked)
        verdict = f"broken, {len(self.broken)} places named" if self.broken else "sound"
        return (
            f"{verdict}: {len(self.walked)} chains, {links} links, {entries} entries "
            f"({waiting} wait for a place); {self._heads()}"
        )

    def _heads(self) -> str:
        if self.compared is None:
            return "not held against signed heads"
        upto = self.compared.upto
        newer = sum(max(0, chain.links - upto.get(chain.centre_id, 0)) for chain in self.walked)
        torn = f", {self.compared.torn} torn lines" if self.compared.torn else ""
        return f"{self.compared.agreeing} signed heads agree, {newer} links are newer{torn}"


def _place(broken: Broken) -> str:
    named = {
        "centre": broken.centre_id,
        "position": broken.position,
        "entry": broken.entry_id,
    }
    parts = [f"{name} {value}" for name, value in named.items() if value is not None]
    return ", ".join([*parts, *filter(None, [broken.where])])


async def _report(url: str, named: Sequence[str] | None, kept: Kept) -> Report:
    await migrate.require_head(url)
    engine = open_engine(url, size=1)
    try:
        chains = Chains(engine)
        among = [await _centre(engine, each) for each in named] if named else None
        centres = among or [found async for found in chains.centres()]
        total = 2 * sum([await chains.length(each) for each in centres])
        walked = []
        with shown("entries", total) as advance:
            for each in centres:
                walked.append(await verify(chains, each, advance))
                _tell(walked[-1])
        compared = None
        if kept.files:
            with shown("signed heads", sum(file.stat().st_size for file in kept.files)) as advance:
                compared = await compare(chains, replace(kept, among=among), advance)
        return Report(walked, compared)
    finally:
        await engine.dispose()


async def _centre(engine: AsyncEngine, named: str) -> UUID:
    """By its id even if there is no such centre any more, or by its code."""
    try:
        return UUID(named)
    except ValueError:
        pass
    try:
        return (await Centres(engine).get(named)).id
    except NotFound:
        raise CommandRefused(f"no centre {named}") from None


def _tell(chain: Walked) -> None:
    """One line a chain, where nobody watches a bar."""
    if not sys.stderr.isatty():
        name = "platform" if chain.centre_id == PLATFORM else chain.centre_id
        state = "broken" if chain.broken else "whole"
        typer.echo(f"{name}: {state}, {chain.links} links, {chain.entries} entries")
