"""A ledger for a forger: whole at first, with the rights of the service and of the owner."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db import sequencer
from app.db.chains import Chains
from app.db.engine import open_engine
from app.db.heads import Signer, Witness, new_key, public_keys
from app.db.ids import uuid7
from app.db.verification import Compared, Kept, Walked, compare, verify
from app.domain.oversight.ledger import GENESIS, Entry, chained
from tests.databases import Clone
from tests.kept import NOON, act, enter, entry, new_centre

LENGTH = 6


def nobody(_done: int) -> None:
    """Nobody watches."""


@dataclass
class Ledger:
    """The ledger of one centre, and the file of its signed heads."""

    engine: AsyncEngine
    owner: AsyncEngine
    centre: UUID
    heads: Path
    key: bytes = field(default_factory=new_key)
    entered: list[Entry] = field(default_factory=list)

    async def enter(self, count: int = LENGTH, *, placed: bool = True) -> None:
        """Acts on a case, each with every column filled but the first, which overrides nothing."""
        case = uuid7()
        for number in range(1, count + 1):
            one = act(case, number, entry(self.centre, seconds=number))
            over = {"reason": "急", "approver_id": str(case)} if number > 1 else None
            self.entered.append(await enter(self.engine, replace(one, override=over)))
        if placed:
            await sequencer.sequence(self.engine)

    async def sign(self, minutes: int = 0) -> int:
        """As a worker that has just begun."""
        witness = Witness(self.heads, lambda: self.key)
        return await witness.sign(self.engine, NOON + timedelta(minutes=minutes))

    async def forge(self, statement: str, **values: Any) -> None:  # Any: a column's value
        """As the owner; `:centre` is the centre, and it must hit something."""
        async with self.owner.connect() as connection:
            done = await connection.execute(text(statement), {"centre": self.centre, **values})
            assert done.rowcount

    async def chain_anew(self) -> None:
        """Make the chain over what the entries are now, each with its hash, as the owner."""
        chains, head = Chains(self.owner), GENESIS
        for link in await chains.links(self.centre, 0):
            assert link.computed
            head = chained(head, link.computed)
            values = {"p": link.position, "id": link.entry_id, "h": link.computed, "c": head}
            await self.forge(
                "UPDATE ledger_chain SET hash = :h, chained_hash = :c"
                " WHERE centre_id = :centre AND position = :p",
                **{name: values[name] for name in "phc"},
            )
            await self.forge(
                "UPDATE ledger SET hash = :h WHERE centre_id = :centre AND id = :id",
                id=link.entry_id,
                h=link.computed,
            )

    async def verified(self) -> Walked:
        return await verify(Chains(self.engine), self.centre, nobody)

    async def compared(self) -> Compared:
        keys = public_keys([Signer.of(self.key).public])
        return await compare(Chains(self.engine), Kept([self.heads], keys, None), nobody)


@asynccontextmanager
async def ledger_in(database: Clone, folder: Path) -> AsyncIterator[Ledger]:
    """A ledger with a few entries, placed and not signed yet."""
    engine, owner = open_engine(database.service_url, size=2), open_engine(database.owner_url)
    try:
        centre = await new_centre(engine)
        made = Ledger(engine, owner, centre.id, folder / "heads.jsonl")
        await made.enter()
        yield made
    finally:
        await engine.dispose()
        await owner.dispose()
