"""Official texts (规章全文): the wording of articles that operators have attached, by edition."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any, Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    PrimaryKeyConstraint,
    Row,
    SmallInteger,
    Table,
    Text,
    bindparam,
    delete,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.base import metadata
from app.db.engine import transaction
from app.domain.attached_text import AttachedText

official_text = Table(
    "official_text",
    metadata,
    Column("regulation", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("article", SmallInteger, nullable=False, autoincrement=False),
    Column("wording", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("attached_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    PrimaryKeyConstraint("regulation", "edition", "article"),
    CheckConstraint("article >= 1", name="article"),
    CheckConstraint("wording <> ''", name="wording"),
)
"""Every article of an attached text; `digest` is that of the whole text and the same in all."""

_ATTACH = insert(official_text)
_ATTACH = _ATTACH.on_conflict_do_update(
    index_elements=[
        official_text.c.regulation,
        official_text.c.edition,
        official_text.c.article,
    ],
    set_={
        "wording": _ATTACH.excluded.wording,
        "digest": _ATTACH.excluded.digest,
        "attached_at": func.now(),
    },
)
_DETACH: Final = delete(official_text).where(
    official_text.c.regulation == bindparam("of_regulation"),
    official_text.c.edition == bindparam("of_edition"),
)
_KEY: Final = (official_text.c.regulation, official_text.c.edition)
_DIGESTS: Final = select(
    *_KEY,
    func.max(official_text.c.digest).label("digest"),
    func.max(official_text.c.attached_at).label("attached_at"),
).group_by(*_KEY)
_EVERY: Final = select(official_text).order_by(*_KEY, official_text.c.article)

Digests = Mapping[tuple[str, str], tuple[str, object]]


class OfficialTexts:
    """The texts of all editions; small, shared by all centres, and never computed with."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def attach(self, attached: AttachedText) -> None:
        """Put this text in the place of an earlier one; its edition has as many articles."""
        rows = [
            {
                "regulation": attached.regulation,
                "edition": attached.edition,
                "article": article,
                "wording": wording,
                "digest": attached.digest,
            }
            for article, wording in sorted(attached.articles.items())
        ]
        async with transaction(self._engine) as connection:
            await connection.execute(_ATTACH, rows)

    async def detach(self, regulation: str, edition: str) -> bool:
        """Take a text away; false where none was attached."""
        of = {"of_regulation": regulation, "of_edition": edition}
        async with self._engine.connect() as connection:
            return bool((await connection.execute(_DETACH, of)).rowcount)

    async def digests(self) -> Digests:
        """What is attached, by regulation and edition: enough to see that something changed."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(_DIGESTS)
            return {(r.regulation, r.edition): (r.digest, r.attached_at) for r in rows}

    async def all(self) -> tuple[AttachedText, ...]:
        """Every text, whole."""
        async with self._engine.connect() as connection:
            rows = (await connection.execute(_EVERY)).all()
        return tuple(
            _text(*key, list(group))
            for key, group in groupby(rows, key=lambda row: (row.regulation, row.edition))
        )


def _text(regulation: str, edition: str, rows: list[Row[Any]]) -> AttachedText:
    # Any: a row's columns have types of their own.
    return AttachedText(
        regulation=regulation,
        edition=edition,
        articles={row.article: row.wording for row in rows},
        attached_at=rows[0].attached_at,
    )
