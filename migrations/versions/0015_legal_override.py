"""Legal overrides: the laws that displace a rule for an item, and the limit that a case took."""

from typing import Final

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLE: Final = """
CREATE TABLE legal_override (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    item_id UUID NOT NULL,
    rule TEXT NOT NULL,
    law TEXT NOT NULL,
    article TEXT,
    document_number TEXT,
    limit_days INTEGER NOT NULL,
    since DATE NOT NULL,
    until DATE,
    ended_because TEXT,
    version INTEGER NOT NULL,
    entered_by TEXT NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_legal_override PRIMARY KEY (centre_id, id),
    CONSTRAINT fk_legal_override_centre_id_centre FOREIGN KEY (centre_id) REFERENCES centre (id),
    CONSTRAINT fk_legal_override_centre_id_item_id_item FOREIGN KEY (centre_id, item_id)
        REFERENCES item (centre_id, id),
    CONSTRAINT ck_legal_override_named CHECK (rule <> '' AND law <> ''),
    CONSTRAINT ck_legal_override_limit_days CHECK (limit_days >= 1),
    CONSTRAINT ck_legal_override_until CHECK (until >= since - 1),
    CONSTRAINT ck_legal_override_version CHECK (version >= 1)
)
"""
INDEX: Final = (
    "CREATE UNIQUE INDEX ix_legal_override_standing"
    " ON legal_override (centre_id, item_id, rule, since)"
    " WHERE until IS NULL OR until >= since"
)
# What was entered is never rewritten: only its end is written beside it.
GRANTS: Final[tuple[str, ...]] = (
    "GRANT SELECT, INSERT ON legal_override TO guiju_service",
    "GRANT UPDATE (until, ended_because, version) ON legal_override TO guiju_service",
)


def upgrade() -> None:
    for statement in (TABLE, INDEX, *GRANTS):
        op.execute(statement)
    op.execute("ALTER TABLE cases ADD COLUMN legal_limit JSONB")


def downgrade() -> None:
    op.execute("ALTER TABLE cases DROP COLUMN legal_limit")
    op.execute("DROP TABLE legal_override")
