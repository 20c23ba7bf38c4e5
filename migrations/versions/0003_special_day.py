"""Special days: closures, festivals and make-up days entered meanwhile, and what they moved."""

from typing import Final

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES: Final = (
    """
CREATE TABLE special_day (
    id UUID NOT NULL,
    jurisdiction TEXT NOT NULL,
    day DATE NOT NULL,
    works BOOLEAN NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    completes_year BOOLEAN NOT NULL,
    document_title TEXT NOT NULL,
    document_number TEXT,
    number_unknown BOOLEAN NOT NULL,
    issued_on DATE,
    entered_by TEXT NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_by TEXT,
    revoked_at TIMESTAMP WITH TIME ZONE,
    revoked_because TEXT,
    CONSTRAINT pk_special_day PRIMARY KEY (id),
    CONSTRAINT ck_special_day_jurisdiction CHECK (jurisdiction ~ '^(CN|[0-9]{6})$'),
    CONSTRAINT ck_special_day_kind CHECK (kind IN ('closure', 'festival', 'makeup')),
    CONSTRAINT ck_special_day_works CHECK (works = (kind = 'makeup')),
    CONSTRAINT ck_special_day_weekend CHECK (NOT works OR extract(isodow FROM day) >= 6),
    CONSTRAINT ck_special_day_completes_year CHECK (
        NOT completes_year OR (kind = 'festival' AND jurisdiction <> 'CN')
    ),
    CONSTRAINT ck_special_day_document CHECK (name <> '' AND document_title <> ''),
    CONSTRAINT ck_special_day_number_unknown CHECK (number_unknown = (document_number IS NULL)),
    CONSTRAINT ck_special_day_revoked CHECK (
        (revoked_at IS NULL) = (revoked_by IS NULL)
        AND (revoked_at IS NULL) = (revoked_because IS NULL)
    )
)
""",
    """
CREATE TABLE calendar_change (
    id UUID NOT NULL,
    jurisdiction TEXT NOT NULL,
    first_day DATE NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE,
    settled_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_calendar_change PRIMARY KEY (id),
    CONSTRAINT ck_calendar_change_jurisdiction CHECK (jurisdiction ~ '^(CN|[0-9]{6})$'),
    CONSTRAINT ck_calendar_change_settled CHECK (settled_at IS NULL OR seen_at IS NOT NULL)
)
""",
)
INDEXES: Final = (
    "CREATE UNIQUE INDEX ix_special_day_standing ON special_day (jurisdiction, day)"
    " WHERE revoked_at IS NULL",
    "CREATE INDEX ix_calendar_change_open ON calendar_change (id) WHERE settled_at IS NULL",
)
# What was entered is never rewritten: only its revocation is written beside it.
GRANTS: Final = (
    "GRANT SELECT, INSERT ON special_day, calendar_change TO guiju_service",
    "GRANT UPDATE (revoked_by, revoked_at, revoked_because) ON special_day TO guiju_service",
    "GRANT UPDATE (seen_at, settled_at) ON calendar_change TO guiju_service",
)


def upgrade() -> None:
    for statement in (*TABLES, *INDEXES, *GRANTS):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE calendar_change")
    op.execute("DROP TABLE special_day")
