"""Settings (中心设置) as they are kept: what a centre set from which day on, never rewritten."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Row,
    Table,
    Text,
    Uuid,
    bindparam,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.base import metadata
from app.db.centres import centre
from app.domain.organisation.setting import SettingVersion

centre_setting = Table(
    "centre_setting",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("key", Text, nullable=False),
    Column("value", JSONB(none_as_null=True)),
    Column("since", Date, nullable=False),
    Column("entered_by", Text, nullable=False),
    Column("entered_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id"], [centre.c.id]),
    Index("ix_centre_setting_centre_id_key_since", "centre_id", "key", "since"),
)
"""No value: not set any more from that day on."""

_ADD: Final = insert(centre_setting)
_ALL: Final = (
    select(centre_setting)
    .where(centre_setting.c.centre_id == bindparam("centre_id"))
    .order_by(centre_setting.c.key, centre_setting.c.since, centre_setting.c.id)
)


async def add(connection: AsyncConnection, made: SettingVersion) -> None:
    row = {
        "centre_id": made.centre_id,
        "id": made.id,
        "key": made.key,
        "value": made.value,
        "since": made.since,
        "entered_by": made.entered_by,
        "entered_at": made.entered_at,
    }
    await connection.execute(_ADD, row)


async def versions(connection: AsyncConnection, centre_id: UUID) -> tuple[SettingVersion, ...]:
    """All that a centre ever set, by key and day."""
    return tuple(_version(row) for row in await connection.execute(_ALL, {"centre_id": centre_id}))


def _version(row: Row[*tuple[Any, ...]]) -> SettingVersion:  # Any: columns of several types
    return SettingVersion(
        centre_id=row.centre_id,
        id=row.id,
        key=row.key,
        value=row.value,
        since=row.since,
        entered_by=row.entered_by,
        entered_at=row.entered_at,
    )
