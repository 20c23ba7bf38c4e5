"""Keys of personal data (个人信息密钥) as they are kept: one data key a centre, wrapped by a master
key that the database never sees."""

from typing import Final
from uuid import UUID

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKeyConstraint,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Uuid,
    bindparam,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.base import metadata
from app.db.centres import centre

personal_key = Table(
    "personal_key",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    PrimaryKeyConstraint("centre_id"),
    ForeignKeyConstraint(["centre_id"], [centre.c.id]),
)
"""Where a row is deleted, and its copies with it, the personal data of that centre are gone."""

_HERE: Final = personal_key.c.centre_id == bindparam("of_centre")
_ONE: Final = select(personal_key.c.wrapped).where(_HERE)
_ADD: Final = insert(personal_key).on_conflict_do_nothing()
_ALL: Final = (
    select(personal_key.c.centre_id, personal_key.c.wrapped)
    .order_by(personal_key.c.centre_id)
    .execution_options(every_centre="a new master key wraps the keys of all centres again")
)
_REWRAP: Final = (
    update(personal_key)
    .where(_HERE, personal_key.c.wrapped == bindparam("was"))
    .values(wrapped=bindparam("wrapped_anew"))
)


async def wrapped(connection: AsyncConnection, centre_id: UUID) -> bytes | None:
    """The centre's data key as it is kept; None where it has none."""
    key: bytes | None = await connection.scalar(_ONE, {"of_centre": centre_id})
    return key


async def keep(connection: AsyncConnection, centre_id: UUID, key: bytes) -> bytes:
    """Keep this wrapped key unless somebody was faster; whichever is kept now."""
    await connection.execute(_ADD, {"centre_id": centre_id, "wrapped": key})
    return bytes((await connection.execute(_ONE, {"of_centre": centre_id})).scalar_one())


async def every(connection: AsyncConnection) -> list[tuple[UUID, bytes]]:
    """The keys of all centres as they are kept."""
    return [(row.centre_id, row.wrapped) for row in await connection.execute(_ALL)]


async def rewrap(connection: AsyncConnection, centre_id: UUID, was: bytes, now: bytes) -> None:
    """Keep the same key in another wrapping, unless somebody did so meanwhile."""
    await connection.execute(_REWRAP, {"of_centre": centre_id, "was": was, "wrapped_anew": now})
