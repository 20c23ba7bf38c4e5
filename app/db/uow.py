"""Unit of work (工作单元): one request, one transaction, with its key, its ledger and its events.

The cold path of every act that has no statement of its own. The key is claimed first: whoever
sends it again meanwhile waits for this transaction and then finds its answer, or nothing and goes
on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from sqlalchemy import and_, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_not
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.cases import Claim, Given
from app.db.idempotency import KEPT, idempotency
from app.db.ledger import ledger
from app.db.outbox import outbox
from app.domain.oversight.ledger import Entry

Connection: TypeAlias = AsyncConnection
"""The transaction of one request, for those above who hand it on and write no SQL."""

_CLAIM: Final = insert_or_not(idempotency).on_conflict_do_nothing().returning(idempotency.c.key)
_THIS: Final = and_(
    idempotency.c.centre_id == bindparam("of_centre"),
    idempotency.c.client == bindparam("of_client"),
    idempotency.c.operation == bindparam("of_operation"),
    idempotency.c.key == bindparam("of_key"),
)
_GIVEN: Final = select(idempotency.c.fingerprint, idempotency.c.answer).where(_THIS)
_SETTLE: Final = (
    update(idempotency)
    .where(_THIS)
    .values(answer=bindparam("sealed"), status=bindparam("answered"))
)
_ENTER: Final = insert(ledger)
_TELL: Final = insert(outbox)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A ledger entry with the event that tells of it."""

    entry: Entry
    type_: str
    data: Mapping[str, Any]  # Any: JSON of the event's own shape


class UnitOfWork:
    """What one request does, written together or not at all; nobody in it commits."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def claim(self, claim: Claim, at: datetime) -> Given | None:
        """Take the key for this request, or give back the answer that it had before."""
        values = {
            "centre_id": claim.centre_id,
            "client": claim.client,
            "operation": claim.operation,
            "key": claim.key,
            "fingerprint": claim.fingerprint,
            "answer": b"",  # nobody sees it before `settle` has written the answer
            "status": claim.status,
            "created_at": at,
            "expires_at": at + KEPT,
        }
        taken = (await self.connection.execute(_CLAIM, values)).one_or_none()
        if taken is not None:
            return None
        given = (await self.connection.execute(_GIVEN, _of(claim))).one()
        return Given(fingerprint=given.fingerprint, answer=given.answer)

    async def settle(self, claim: Claim) -> None:
        """Keep the sealed answer under the key."""
        values = {**_of(claim), "sealed": claim.answer, "answered": claim.status}
        await self.connection.execute(_SETTLE, values)

    async def enter(self, recorded: Sequence[Recorded]) -> None:
        """Enter in the ledger and tell; each entry with its event, for the sequencer needs both."""
        if not recorded:
            return
        await self.connection.execute(_ENTER, [_line(each.entry) for each in recorded])
        await self.connection.execute(_TELL, [_event(each) for each in recorded])


def _of(claim: Claim) -> dict[str, Any]:
    return {
        "of_centre": claim.centre_id,
        "of_client": claim.client,
        "of_operation": claim.operation,
        "of_key": claim.key,
    }


def _line(entry: Entry) -> dict[str, Any]:
    named = {column.name: getattr(entry, column.name) for column in ledger.c}
    return named | {"rows": list(entry.rows)}


def _event(recorded: Recorded) -> dict[str, Any]:
    entry = recorded.entry
    return {
        "centre_id": entry.centre_id,
        "id": entry.id,
        "case_id": entry.subject_id if entry.subject_kind == "case" else None,
        "type": recorded.type_,
        "data": recorded.data,
        "created_at": entry.at,
    }
