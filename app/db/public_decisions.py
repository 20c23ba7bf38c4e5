"""Granted decisions (准予决定) as everybody may read them: the newest first, nobody named."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Self
from uuid import UUID

from sqlalchemy import DateTime, Index, and_, bindparam, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import entries
from app.db.case_table import cases
from app.db.items import item
from app.db.public_items import KEPT_SECRET
from app.db.withholdings import open_to_all
from app.domain.casework.case import Stage
from app.domain.items.publicity import OpenKind

granted_first: Final = Index(
    "ix_cases_granted",
    cases.c.centre_id,
    cases.c.decided_at,
    cases.c.id,
    postgresql_where=text("decision = 'granted'"),
)
"""Only what was granted is in it: a refusal is on no list, and costs nothing here."""

_LAST: Final = UUID(int=2**128 - 1)
_GRANTED: Final = (
    select(cases.c.id, cases.c.item_id, cases.c.item_name, cases.c.decided_at)
    .join(item, and_(item.c.centre_id == cases.c.centre_id, item.c.id == cases.c.item_id))
    .where(
        cases.c.centre_id == bindparam("centre_id"),
        cases.c.decision == text("'granted'"),
        cases.c.stage != Stage.ANNULLED.value,
        tuple_(cases.c.decided_at, cases.c.id)
        < tuple_(
            bindparam("decided_before", type_=DateTime(timezone=True)),
            bindparam("before", type_=cases.c.id.type),
        ),
        cases.c.decided_at >= bindparam("since"),
        entries.as_wanted(cases.c.item_id),
        open_to_all(OpenKind.DECISION, cases.c.centre_id, cases.c.id),
        open_to_all(OpenKind.ITEM, cases.c.centre_id, cases.c.item_id),
        item.c.centre_id == bindparam("centre_id"),
        ~KEPT_SECRET,
    )
    .order_by(cases.c.decided_at.desc(), cases.c.id.desc())
    .limit(bindparam("count"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A decision in the applicant's favour: of which item, and when."""

    id: UUID
    item_id: UUID
    item_name: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last decision of a page; those before it come next."""

    decided_at: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{self.decided_at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}_{self.id}"

    @classmethod
    def read(cls, written: str) -> Self:
        """Raises ValueError."""
        moment, _, id_ = written.partition("_")
        at = datetime.strptime(moment, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
        return cls(at, UUID(id_))


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionQuery:
    """What was decided from `since` to `until`, of one item or of all, before the cursor."""

    since: datetime
    until: datetime
    item_id: UUID | None = None
    after: Cursor | None = None


async def listed(
    connection: AsyncConnection, centre_id: UUID, query: DecisionQuery, *, limit: int
) -> list[Granted]:
    """What was granted, the newest first, as far as nothing of it is secret or withheld."""
    last = query.after or Cursor(query.until, _LAST)
    values = {
        "centre_id": centre_id,
        "item_id": query.item_id,
        "since": query.since,
        "decided_before": last.decided_at,
        "before": last.id,
        "count": limit,
    }
    rows = await connection.execute(_GRANTED, values)
    return [
        Granted(id=r.id, item_id=r.item_id, item_name=r.item_name, decided_at=r.decided_at)
        for r in rows
    ]
