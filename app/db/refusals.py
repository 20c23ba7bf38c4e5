"""Refusals (拒绝留痕): an act that was refused is one ledger entry, in a transaction of its own."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, literal, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.engine import Hot
from app.db.ledger import entry_arguments, entry_binds, ledger
from app.db.outbox import REFUSAL, event_arguments, event_binds, event_columns, outbox
from app.domain.oversight.ledger import Entry

_ENTERED = (
    insert(ledger)
    .from_select([column.name for column in ledger.c], select(*entry_binds()))
    .cte("entered")
)
_ENTER = Hot(
    insert(outbox)
    .from_select(event_columns(), select(*event_binds()))
    .add_cte(_ENTERED)
    .returning(literal(1))
)


async def enter(
    engine: AsyncEngine,
    entry: Entry,
    *,
    type_: str = REFUSAL,
    data: Mapping[str, Any] | None = None,  # Any: JSON of the refusal's own shape
) -> None:
    """Enter what changed nothing but the ledger, with its event, in one statement."""
    about = data if data is not None else {"action": entry.action, "rows": list(entry.rows)}
    await _ENTER.one(engine, entry_arguments(entry) | event_arguments(entry, type_, about))
