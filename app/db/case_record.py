"""The record of a case (办件留痕): its acts as the ledger has them, to tell the case anew from."""

from sqlalchemy.ext.asyncio import AsyncEngine

from app.db import ledger
from app.db.case_rows import entered_of
from app.domain.casework.case import Case
from app.domain.casework.rectification import Entered


async def record(engine: AsyncEngine, case: Case) -> tuple[Entered, ...]:
    """Every act up to the version of the case that was read, and none that came meanwhile: the
    numbers of the acts are those of the versions, without a gap."""
    found = await ledger.acts(engine, case.centre_id, case.id, limit=case.version)
    return tuple(map(entered_of, found))
