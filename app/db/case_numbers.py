"""Case numbers (办件编号): in blocks per process, so that gaps are normal and reuse is not."""

import asyncio
from collections import defaultdict
from typing import Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Uuid,
    bindparam,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.base import metadata
from app.db.centres import centre
from app.db.engine import Hot
from app.domain.organisation.centre import Centre

case_number = Table(
    "case_number",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("year", Integer, nullable=False),
    Column("next", BigInteger, nullable=False),
    PrimaryKeyConstraint("centre_id", "year"),
    ForeignKeyConstraint(["centre_id"], [centre.c.id]),
    CheckConstraint("next >= 1", name="next"),
)
"""Where the next block of case numbers of a year begins."""

BLOCK: Final = 100
_TAKE_BLOCK = Hot(
    insert(case_number)
    .values(centre_id=bindparam("centre_id"), year=bindparam("year"), next=BLOCK + 1)
    .on_conflict_do_update(
        index_elements=[case_number.c.centre_id, case_number.c.year],
        set_={"next": case_number.c.next + BLOCK},
    )
    .returning(case_number.c.next)
)


class CaseNumbers:
    """The numbers that this process may still give out."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._left: dict[tuple[UUID, int], range] = {}
        self._turn: defaultdict[tuple[UUID, int], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def take(self, centre: Centre, year: int) -> str:
        """The next number of that year (a legal one, Asia/Shanghai): NANCHANG-2026-00000001."""
        place = (centre.id, year)
        left = self._left.get(place, range(0))
        if not left:
            async with self._turn[place]:
                left = self._left.get(place, range(0)) or await self._block(centre.id, year)
                self._left[place] = left[1:]
        else:
            self._left[place] = left[1:]
        return f"{centre.code.upper()}-{year:04d}-{left[0]:08d}"

    async def _block(self, centre_id: UUID, year: int) -> range:
        taken = await _TAKE_BLOCK.one(self._engine, {"centre_id": centre_id, "year": year})
        assert taken is not None, "the statement inserts a row or updates it"  # noqa: S101
        end: int = taken["next"]
        return range(end - BLOCK, end)
