"""Adoptions (采用) as they are kept: which regulation governs a centre from which day on."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import entries
from app.db.centres import adoption
from app.domain.organisation.adoption import Acknowledgement, Adoption, AdoptionStands

_ADD: Final = insert(adoption)
_LIST: Final = entries.listed(adoption, "centre_id")


async def add(connection: AsyncConnection, made: Adoption) -> None:
    """Raises AdoptionStands where another one begins on the same day."""
    said = made.acknowledgement
    row = {
        "centre_id": made.centre_id,
        "id": made.id,
        "regulation": made.regulation,
        "national": made.national,
        "since": made.since,
        "applied_by_reference": made.applied_by_reference,
        "acknowledged_by": said and said.by,
        "acknowledged_because": said and said.reason,
        "entered_by": made.entered_by,
        "entered_at": made.entered_at,
    }
    with entries.refused_as(uq_adoption_centre_id_since=AdoptionStands(made.since)):
        await connection.execute(_ADD, row)


async def listed(
    connection: AsyncConnection, centre_id: UUID, *, after: UUID | None, limit: int
) -> list[Adoption]:
    """The adoptions of a centre in the order in which they were entered."""
    found = await entries.page(connection, _LIST, after, limit, centre_id=centre_id)
    return [_adoption(row) for row in found]


def _adoption(row: Row[*tuple[Any, ...]]) -> Adoption:  # Any: each column has a type of its own
    said = None
    if row.acknowledged_by is not None:
        said = Acknowledgement(by=row.acknowledged_by, reason=row.acknowledged_because)
    return Adoption(
        centre_id=row.centre_id,
        id=row.id,
        regulation=row.regulation,
        national=row.national,
        since=row.since,
        applied_by_reference=row.applied_by_reference,
        acknowledgement=said,
        entered_by=row.entered_by,
        entered_at=row.entered_at,
    )
