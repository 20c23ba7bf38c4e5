"""Sequencer (定序): gives committed entries a gapless position per centre and chains them.

Writers never queue behind a chain's head, and who reads behind a position never misses a commit
that came late: an entry gets its position only after it can be seen by all.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    DateTime,
    LargeBinary,
    Row,
    Uuid,
    and_,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.db.engine import transaction
from app.db.ledger import ledger, ledger_chain
from app.db.outbox import outbox
from app.domain.oversight.ledger import GENESIS, chained

LOCK: Final = 4_774_313_520_117  # any number will do, if every release keeps to it
BATCH: Final = 500
_TURN = select(func.pg_try_advisory_xact_lock(LOCK))
_WAITING = (
    select(outbox.c.centre_id)
    .distinct()
    .where(outbox.c.position.is_(None))
    .execution_options(every_centre="it asks which centres have something to do")
)
_ENTRIES = (
    select(outbox.c.id, ledger.c.at, ledger.c.hash, ledger.c.subject_id, ledger.c.number)
    .join_from(
        outbox,
        ledger,
        and_(
            ledger.c.centre_id == outbox.c.centre_id,
            ledger.c.id == outbox.c.id,
            ledger.c.at == outbox.c.created_at,
        ),
    )
    .where(outbox.c.centre_id == bindparam("centre_id"), outbox.c.position.is_(None))
    .order_by(outbox.c.id)
    .limit(bindparam("count"))
)
_HEAD = (
    select(ledger_chain.c.position, ledger_chain.c.chained_hash)
    .where(ledger_chain.c.centre_id == bindparam("centre_id"))
    .order_by(ledger_chain.c.position.desc())
    .limit(1)
)
_LAST = select(func.coalesce(func.max(outbox.c.stream), 0)).execution_options(
    every_centre="the stream is that of all centres"
)
_LINKS = select(
    bindparam("centre_id", type_=Uuid),
    func.unnest(bindparam("positions", type_=ARRAY(BigInteger))),
    func.unnest(bindparam("ids", type_=ARRAY(Uuid))),
    func.unnest(bindparam("ats", type_=ARRAY(DateTime(timezone=True)))),
    func.unnest(bindparam("hashes", type_=ARRAY(LargeBinary))),
    func.unnest(bindparam("chained_hashes", type_=ARRAY(LargeBinary))),
)
_CHAIN = insert(ledger_chain).from_select([c.name for c in ledger_chain.c], _LINKS)
_PLACES = select(
    func.unnest(bindparam("ids", type_=ARRAY(Uuid))).label("id"),
    func.unnest(bindparam("positions", type_=ARRAY(BigInteger))).label("position"),
    func.unnest(bindparam("streamed", type_=ARRAY(BigInteger))).label("stream"),
).cte("places")
_POSITION = (
    update(outbox)
    .where(outbox.c.centre_id == bindparam("centre"), outbox.c.id == _PLACES.c.id)
    .values(position=_PLACES.c.position, stream=_PLACES.c.stream)
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry that is committed and has no position yet."""

    id: UUID
    at: datetime
    hash: bytes
    subject: UUID | None
    number: int | None


async def sequence(engine: AsyncEngine) -> int:
    """Place what is waiting, at most one batch per centre, and say how many entries that was.

    One process at a time: another one's turn is simply skipped. The order of the stream rests on
    that, for the turn ends only when what it placed can be seen; a position is unique in any case.
    """
    async with engine.connect() as connection:
        centres = (await connection.execute(_WAITING)).scalars().all()
    placed = 0
    for centre_id in centres:
        async with transaction(engine) as connection:
            if not (await connection.execute(_TURN)).scalar_one():
                return placed
            placed += await _place(connection, centre_id)
    return placed


async def _place(connection: AsyncConnection, centre_id: UUID) -> int:
    values = {"centre_id": centre_id, "count": BATCH}
    rows = (await connection.execute(_ENTRIES, values)).all()
    if not rows:
        return 0
    entries = list(in_order([_waiting(row) for row in rows]))
    found = (await connection.execute(_HEAD, {"centre_id": centre_id})).one_or_none()
    last, head = (found.position, found.chained_hash) if found else (0, GENESIS)
    heads = []
    for entry in entries:
        head = chained(head, entry.hash)
        heads.append(head)
    ids = [entry.id for entry in entries]
    positions = list(range(last + 1, last + 1 + len(entries)))
    links = {
        "centre_id": centre_id,
        "positions": positions,
        "ids": ids,
        "ats": [entry.at for entry in entries],
        "hashes": [entry.hash for entry in entries],
        "chained_hashes": heads,
    }
    await connection.execute(_CHAIN, links)
    stream = (await connection.execute(_LAST)).scalar_one()
    places = {
        "centre": centre_id,
        "ids": ids,
        "positions": positions,
        "streamed": [stream + place for place in range(1, len(ids) + 1)],
    }
    await connection.execute(_POSITION, places)
    return len(entries)


def in_order(entries: Sequence[Waiting]) -> Iterator[Waiting]:
    """The entries in the order given, but the acts of one subject by their numbers.

    Two processes whose clocks differ may give a later act the smaller id.
    """
    acts: defaultdict[UUID | None, list[Waiting]] = defaultdict(list)
    for entry in entries:
        if entry.number is not None:
            acts[entry.subject].append(entry)
    turns = {
        subject: iter(sorted(own, key=lambda entry: entry.number or 0))
        for subject, own in acts.items()
    }
    for entry in entries:
        yield entry if entry.number is None else next(turns[entry.subject])


# Any: the driver's values of the five columns.
def _waiting(row: Row[Any, Any, Any, Any, Any]) -> Waiting:
    return Waiting(row.id, row.at, row.hash, row.subject_id, row.number)
