"""Repositories (存取): everything that is kept, reached through one pool of connections."""

from dataclasses import dataclass
from typing import Self

from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.case_numbers import CaseNumbers
from app.db.cases import Cases
from app.db.centres import Centres
from app.db.engine import open_engine
from app.db.items import Items
from app.db.official_texts import OfficialTexts
from app.db.outbox import Events
from app.db.persons import Persons


@dataclass(frozen=True, slots=True, kw_only=True)
class Repositories:
    """Opened once per process; nothing connects before it is asked something."""

    engine: AsyncEngine
    centres: Centres
    items: Items
    persons: Persons
    events: Events
    case_numbers: CaseNumbers
    cases: Cases
    official_texts: OfficialTexts

    @classmethod
    def over(cls, engine: AsyncEngine) -> Self:
        items = Items(engine)
        return cls(
            engine=engine,
            centres=Centres(engine),
            items=items,
            persons=Persons(engine),
            events=Events(engine),
            case_numbers=CaseNumbers(engine),
            cases=Cases(engine, items),
            official_texts=OfficialTexts(engine),
        )

    @classmethod
    def at(cls, url: str, *, size: int, wait: float) -> Self:
        """With a pool of its own: `size` connections, `wait` seconds for one of them."""
        return cls.over(open_engine(url, size=size, wait=wait))

    async def close(self) -> None:
        await self.engine.dispose()
