"""The table of cases (办件): a projection of the acts in the ledger, with the days to list by."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.db.base import metadata
from app.db.centres import centre
from app.db.items import item

cases = Table(
    "cases",
    metadata,
    Column("centre_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("number", Text, nullable=False),
    Column("item_id", Uuid, nullable=False),
    Column("item_name", Text, nullable=False),
    Column("item_kind", Text, nullable=False),
    Column("statutory_days", Integer),
    Column("promised_days", Integer),
    Column("regulation", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("edition_digest", Text, nullable=False),
    Column("national", Boolean, nullable=False),
    Column("calendar", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("materials_complete_at", DateTime(timezone=True)),
    Column("notified_at", DateTime(timezone=True)),
    Column("notices", Integer, nullable=False, server_default=text("0")),
    Column("corrections", JSONB),
    Column("accepted_at", DateTime(timezone=True)),
    Column("decided_at", DateTime(timezone=True)),
    Column("decision", Text),
    Column("sealed_at", DateTime(timezone=True)),
    Column("completed_at", DateTime(timezone=True)),
    Column("declined_at", DateTime(timezone=True)),
    Column("exclusions", JSONB, nullable=False, server_default=text("'[]'")),
    Column("extension", JSONB),
    Column("green", JSONB),
    Column("channel", Text, nullable=False),
    Column("reference", Text),
    Column("counts_from_on", Date),
    Column("due_on", Date),
    Column("silent_after_on", Date),
    Column("reference_version", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("centre_id", "id"),
    UniqueConstraint("centre_id", "number"),
    ForeignKeyConstraint(["centre_id"], [centre.c.id]),
    ForeignKeyConstraint(["centre_id", "item_id"], [item.c.centre_id, item.c.id]),
    CheckConstraint("item_kind IN ('instant', 'promised')", name="item_kind"),
    CheckConstraint(
        "stage IN ('received', 'awaiting_correction', 'deemed_accepted', 'accepted', 'suspended',"
        " 'decided', 'sealed', 'completed', 'declined')",
        name="stage",
    ),
    CheckConstraint("version >= 1", name="version"),
    CheckConstraint("notices >= 0", name="notices"),
    CheckConstraint("decision IN ('granted', 'denied')", name="decision"),
    CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided"),
    Index(
        "ix_cases_due",
        "centre_id",
        "due_on",
        "id",
        postgresql_where=text("due_on IS NOT NULL"),
    ),
    Index("ix_cases_stage", "centre_id", "stage", "id"),
    Index(
        "ix_cases_silent",
        "silent_after_on",
        "id",
        postgresql_where=text("stage = 'received'"),
    ),
)
"""`due_on` is the day as it would be if nobody answered any more; null while the clock has not
begun, is suspended or has ended. After `silent_after_on` silence is acceptance (视为受理)."""
