"""Dates and overrides that are entered beside the texts."""

from typing import Final

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES: Final[tuple[str, ...]] = (
    """
CREATE TABLE effective_date (
    id UUID NOT NULL,
    regulation TEXT NOT NULL,
    edition TEXT NOT NULL,
    effective_from DATE NOT NULL,
    document_title TEXT NOT NULL,
    document_number TEXT,
    number_unknown BOOLEAN NOT NULL,
    issued_on DATE,
    entered_by TEXT NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_by TEXT,
    revoked_at TIMESTAMP WITH TIME ZONE,
    revoked_because TEXT,
    CONSTRAINT pk_effective_date PRIMARY KEY (id),
    CONSTRAINT ck_effective_date_document CHECK (document_title <> ''),
    CONSTRAINT ck_effective_date_number_unknown CHECK (
        number_unknown = (document_number IS NULL)
    ),
    CONSTRAINT ck_effective_date_revoked CHECK (
        (revoked_at IS NULL) = (revoked_by IS NULL)
        AND (revoked_at IS NULL) = (revoked_because IS NULL)
    )
)
""",
)
INDEXES: Final[tuple[str, ...]] = (
    "CREATE UNIQUE INDEX ix_effective_date_standing ON effective_date (regulation, edition)"
    " WHERE revoked_at IS NULL",
)
# What was entered is never rewritten: only its revocation is written beside it.
GRANTS: Final[tuple[str, ...]] = (
    "GRANT SELECT, INSERT ON effective_date TO guiju_service",
    "GRANT UPDATE (revoked_by, revoked_at, revoked_because) ON effective_date TO guiju_service",
)


def upgrade() -> None:
    for statement in (*TABLES, *INDEXES, *GRANTS):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE effective_date")
