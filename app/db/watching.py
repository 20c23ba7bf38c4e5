"""Watching (观测): what an operator wants to know of the database, in two short statements."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Uuid, event, func, literal, select, union
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import QueuePool

from app.db.centres import centre
from app.db.ledger import ledger_chain
from app.db.outbox import outbox
from app.domain.oversight.ledger import PLATFORM

MOST_COUNTED: Final = 100_000

_EVERY_CENTRE: Final = {"every_centre": "the backlog is that of the whole service"}
_UNPLACED = (
    select(outbox.c.created_at)
    .where(outbox.c.position.is_(None))
    .limit(MOST_COUNTED)
    .execution_options(**_EVERY_CENTRE)
    .subquery()
)
_WAITING = select(func.count(), func.min(_UNPLACED.c.created_at)).execution_options(**_EVERY_CENTRE)
_CHAINS = union(select(centre.c.id), select(literal(PLATFORM, Uuid))).subquery()
# One probe of the primary key per chain; a count would read all of each.
_SEALED = select(
    func.coalesce(
        func.sum(
            select(func.max(ledger_chain.c.position))
            .where(ledger_chain.c.centre_id == _CHAINS.c.id)
            .scalar_subquery()
        ),
        0,
    )
).select_from(_CHAINS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How far the sequencer is behind: entries without a position (at most `MOST_COUNTED` are
    counted), since when the oldest has waited, and how many are sealed in the chains."""

    waiting: int
    oldest_at: datetime | None
    sealed: int


async def backlog(engine: AsyncEngine) -> Backlog:
    """The backlog of all centres together. Raises what the driver raises."""
    async with engine.connect() as connection:
        waiting, oldest_at = (await connection.execute(_WAITING)).one()
        sealed = (await connection.execute(_SEALED)).scalar_one()
    return Backlog(waiting=waiting, oldest_at=oldest_at, sealed=int(sealed))


def watch_pool(engine: AsyncEngine, changed: Callable[[int], None]) -> None:
    """Tell how many connections are in use, each time one is taken or given back."""
    pool = engine.sync_engine.pool
    if not isinstance(pool, QueuePool):
        return

    def taken(*_: object) -> None:
        changed(pool.checkedout())

    def given_back(*_: object) -> None:
        changed(pool.checkedout() - 1)  # It is told before the pool has it again.

    event.listen(engine.sync_engine, "checkout", taken)
    event.listen(engine.sync_engine, "checkin", given_back)
