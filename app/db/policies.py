"""Policies (制度) as they are kept: each with its versions, of which none is rewritten."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Row,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    bindparam,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import entries
from app.db.base import metadata
from app.db.centres import centre
from app.db.departments import department
from app.domain.organisation.document import Document
from app.domain.organisation.policy import Policy, PolicyVersion

policy = Table(
    "policy",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("kind", Text),
    Column("title", Text, nullable=False),
    Column("department_id", Uuid),
    Column("version", Integer, nullable=False, server_default=text("1")),
    PrimaryKeyConstraint("centre_id", "id"),
    ForeignKeyConstraint(["centre_id"], [centre.c.id]),
    ForeignKeyConstraint(["centre_id", "department_id"], [department.c.centre_id, department.c.id]),
)
policy_version = Table(
    "policy_version",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("policy_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Column("document", JSONB(none_as_null=True)),
    Column("entered_by", Text, nullable=False),
    Column("entered_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("centre_id", "policy_id", "number"),
    UniqueConstraint("centre_id", "policy_id", "since"),
    ForeignKeyConstraint(["centre_id", "policy_id"], [policy.c.centre_id, policy.c.id]),
    CheckConstraint("number >= 1", name="number"),
    CheckConstraint("until >= since", name="until"),
)
"""`until` as it was issued: that the next version ends it is computed when it is read."""

_ONE: Final = entries.one(policy, "centre_id")
_TURN: Final = _ONE.with_for_update()
_LIST: Final = entries.listed(policy, "centre_id").where(entries.as_wanted(policy.c.department_id))
_KINDS: Final = (
    select(policy)
    .where(policy.c.centre_id == bindparam("centre_id"), policy.c.kind.is_not(None))
    .order_by(policy.c.id)
)
_VERSIONS: Final = (
    select(policy_version)
    .where(
        policy_version.c.centre_id == bindparam("centre_id"),
        policy_version.c.policy_id == bindparam("policies", type_=ARRAY(Uuid)).any_(),
    )
    .order_by(policy_version.c.policy_id, policy_version.c.number)
)
_ADD: Final = insert(policy)
_ISSUE: Final = insert(policy_version)
_CHANGED: Final = entries.next_version(policy)
_DOCUMENT: Final = TypeAdapter(Document)


async def get(connection: AsyncConnection, centre_id: UUID, id_: UUID) -> Policy:
    """Raises NotFound."""
    row = await entries.find(connection, _ONE, "制度", id_, centre_id=centre_id)
    return (await _with_versions(connection, centre_id, [row]))[0]


async def turn(connection: AsyncConnection, centre_id: UUID, id_: UUID) -> Policy:
    """Take one's turn to issue a version; it lasts as long as the request. Raises NotFound."""
    row = await entries.find(connection, _TURN, "制度", id_, centre_id=centre_id)
    return (await _with_versions(connection, centre_id, [row]))[0]


async def listed(
    connection: AsyncConnection,
    centre_id: UUID,
    *,
    department_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> list[Policy]:
    """Policies in the order of their ids, each with all its versions."""
    asked = {"centre_id": centre_id, "department_id": department_id}
    rows = await entries.page(connection, _LIST, after, limit, **asked)
    return await _with_versions(connection, centre_id, rows)


async def of_a_kind(connection: AsyncConnection, centre_id: UUID) -> list[Policy]:
    """All policies that a regulation asks for by their kind, with all their versions."""
    found = await connection.execute(_KINDS, {"centre_id": centre_id})
    return await _with_versions(connection, centre_id, found)


async def add(connection: AsyncConnection, made: Policy) -> None:
    """The policy with the versions that it begins with."""
    row = {
        "centre_id": made.centre_id,
        "id": made.id,
        "kind": made.kind,
        "title": made.title,
        "department_id": made.department_id,
    }
    await connection.execute(_ADD, row)
    for version in made.versions:
        await connection.execute(_ISSUE, _issued(made, version))


async def issue(connection: AsyncConnection, after: Policy) -> None:
    """The last version that it has now, under the turn of the policy."""
    await connection.execute(_ISSUE, _issued(after, after.versions[-1]))
    await entries.write(connection, _CHANGED, after.centre_id, after)


async def _with_versions(
    connection: AsyncConnection, centre_id: UUID, rows: Iterable[Row[*tuple[Any, ...]]]
) -> list[Policy]:
    found = list(rows)
    values = {"centre_id": centre_id, "policies": [row.id for row in found]}
    versions: dict[UUID, list[PolicyVersion]] = {row.id: [] for row in found}
    for row in await connection.execute(_VERSIONS, values):
        versions[row.policy_id].append(_version(row))
    return [_policy(row, versions[row.id]) for row in found]


def _issued(made: Policy, version: PolicyVersion) -> dict[str, Any]:
    return {
        "centre_id": made.centre_id,
        "policy_id": made.id,
        "number": version.number,
        "issued_on": version.issued_on,
        "since": version.since,
        "until": version.until,
        "document": version.document and _DOCUMENT.dump_python(version.document, mode="json"),
        "entered_by": version.entered_by,
        "entered_at": version.entered_at,
    }


def _version(row: Row[*tuple[Any, ...]]) -> PolicyVersion:
    return PolicyVersion(
        number=row.number,
        issued_on=row.issued_on,
        since=row.since,
        until=row.until,
        document=row.document and _DOCUMENT.validate_python(row.document),
        entered_by=row.entered_by,
        entered_at=row.entered_at,
    )


def _policy(row: Row[*tuple[Any, ...]], versions: Iterable[PolicyVersion]) -> Policy:
    return Policy(
        centre_id=row.centre_id,
        id=row.id,
        kind=row.kind,
        title=row.title,
        department_id=row.department_id,
        version=row.version,
        versions=tuple(versions),
    )
