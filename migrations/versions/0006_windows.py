"""Windows: own, comprehensive, specialised halls and sub-halls, with their approvals."""

from typing import Final

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES: Final = (
    """
CREATE TABLE "window" (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    stage TEXT NOT NULL,
    kind TEXT NOT NULL,
    department_id UUID,
    number TEXT,
    CONSTRAINT pk_window PRIMARY KEY (centre_id, id),
    CONSTRAINT fk_window_centre_id_centre FOREIGN KEY (centre_id) REFERENCES centre (id),
    CONSTRAINT fk_window_centre_id_department_id_department
        FOREIGN KEY (centre_id, department_id) REFERENCES department (centre_id, id),
    CONSTRAINT ck_window_version CHECK (version >= 1),
    CONSTRAINT ck_window_stage CHECK (stage IN ('prepared', 'active', 'closed')),
    CONSTRAINT ck_window_kind
        CHECK (kind IN ('own', 'comprehensive', 'specialised_hall', 'sub_hall')),
    CONSTRAINT ck_window_department CHECK (kind <> 'own' OR department_id IS NOT NULL)
)
""",
    """
CREATE TABLE window_version (
    centre_id UUID NOT NULL,
    window_id UUID NOT NULL,
    version INTEGER NOT NULL,
    since DATE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    stage TEXT NOT NULL,
    kind TEXT NOT NULL,
    department_id UUID,
    name TEXT NOT NULL,
    number TEXT,
    reason TEXT,
    opened_on DATE,
    closed_on DATE,
    temporary BOOLEAN NOT NULL,
    large_volume BOOLEAN NOT NULL,
    special_reason TEXT,
    approval_by TEXT,
    approval_number TEXT,
    approval_document TEXT,
    approval_issued_on DATE,
    CONSTRAINT pk_window_version PRIMARY KEY (centre_id, window_id, version),
    CONSTRAINT fk_window_version_centre_id_window_id_window
        FOREIGN KEY (centre_id, window_id) REFERENCES "window" (centre_id, id),
    CONSTRAINT fk_window_version_centre_id_department_id_department
        FOREIGN KEY (centre_id, department_id) REFERENCES department (centre_id, id),
    CONSTRAINT ck_window_version_version CHECK (version >= 1),
    CONSTRAINT ck_window_version_closed CHECK ((stage = 'closed') = (closed_on IS NOT NULL)),
    CONSTRAINT ck_window_version_opened CHECK (
        CASE stage WHEN 'prepared' THEN opened_on IS NULL
                   WHEN 'active' THEN opened_on IS NOT NULL ELSE TRUE END
    ),
    CONSTRAINT ck_window_version_approval
        CHECK (approval_by IS NOT NULL OR num_nonnulls(
            approval_number, approval_document, approval_issued_on) = 0)
)
""",
    """
CREATE TABLE window_request (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    window_id UUID NOT NULL,
    event TEXT NOT NULL,
    proposal JSONB,
    reason TEXT NOT NULL,
    stage TEXT NOT NULL,
    submitted_by TEXT NOT NULL,
    submitted_on DATE NOT NULL,
    decided_by TEXT,
    decided_on DATE,
    decided_because TEXT,
    carried_out_on DATE,
    CONSTRAINT pk_window_request PRIMARY KEY (centre_id, id),
    CONSTRAINT fk_window_request_centre_id_window_id_window
        FOREIGN KEY (centre_id, window_id) REFERENCES "window" (centre_id, id),
    CONSTRAINT ck_window_request_version CHECK (version >= 1),
    CONSTRAINT ck_window_request_event CHECK (event IN ('enter', 'adjust', 'withdraw')),
    CONSTRAINT ck_window_request_stage
        CHECK (stage IN ('submitted', 'approved', 'rejected', 'carried_out')),
    CONSTRAINT ck_window_request_proposal
        CHECK ((event = 'adjust') = (proposal IS NOT NULL)),
    CONSTRAINT ck_window_request_decided CHECK (
        (stage = 'submitted') = (decided_on IS NULL)
        AND (decided_on IS NULL) = (decided_by IS NULL)
    ),
    CONSTRAINT ck_window_request_rejected
        CHECK (stage <> 'rejected' OR decided_because IS NOT NULL),
    CONSTRAINT ck_window_request_carried_out
        CHECK ((stage = 'carried_out') = (carried_out_on IS NOT NULL))
)
""",
    """
CREATE TABLE delegation (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    department_id UUID NOT NULL,
    window_id UUID NOT NULL,
    item_ids UUID[],
    few_items BOOLEAN NOT NULL,
    low_frequency BOOLEAN NOT NULL,
    figures TEXT,
    approval_by TEXT,
    approval_number TEXT,
    approval_document TEXT,
    approval_issued_on DATE,
    since DATE NOT NULL,
    until DATE,
    ended_because TEXT,
    CONSTRAINT pk_delegation PRIMARY KEY (centre_id, id),
    CONSTRAINT fk_delegation_centre_id_department_id_department
        FOREIGN KEY (centre_id, department_id) REFERENCES department (centre_id, id),
    CONSTRAINT fk_delegation_centre_id_window_id_window
        FOREIGN KEY (centre_id, window_id) REFERENCES "window" (centre_id, id),
    CONSTRAINT ck_delegation_version CHECK (version >= 1),
    CONSTRAINT ck_delegation_days CHECK (until >= since - 1),
    CONSTRAINT ck_delegation_items CHECK (cardinality(item_ids) > 0),
    CONSTRAINT ck_delegation_ended CHECK (ended_because IS NULL OR until IS NOT NULL),
    CONSTRAINT ck_delegation_approval
        CHECK (approval_by IS NOT NULL OR num_nonnulls(
            approval_number, approval_document, approval_issued_on) = 0)
)
""",
    """
CREATE TABLE entrusted_case (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    window_id UUID NOT NULL,
    department_id UUID NOT NULL,
    item_id UUID NOT NULL,
    case_id UUID,
    accepted_on DATE NOT NULL,
    completed_on DATE,
    steps JSONB NOT NULL,
    CONSTRAINT pk_entrusted_case PRIMARY KEY (centre_id, id),
    CONSTRAINT fk_entrusted_case_centre_id_window_id_window
        FOREIGN KEY (centre_id, window_id) REFERENCES "window" (centre_id, id),
    CONSTRAINT fk_entrusted_case_centre_id_department_id_department
        FOREIGN KEY (centre_id, department_id) REFERENCES department (centre_id, id),
    CONSTRAINT fk_entrusted_case_centre_id_item_id_item
        FOREIGN KEY (centre_id, item_id) REFERENCES item (centre_id, id),
    CONSTRAINT fk_entrusted_case_centre_id_case_id_cases
        FOREIGN KEY (centre_id, case_id) REFERENCES cases (centre_id, id),
    CONSTRAINT uq_entrusted_case_centre_id_case_id UNIQUE (centre_id, case_id),
    CONSTRAINT ck_entrusted_case_version CHECK (version >= 1),
    CONSTRAINT ck_entrusted_case_steps CHECK (jsonb_array_length(steps) > 0)
)
""",
)
INDEXES: Final = (
    'CREATE UNIQUE INDEX ix_window_number ON "window" (centre_id, number)'
    " WHERE stage <> 'closed'",
    'CREATE INDEX ix_window_department ON "window" (centre_id, department_id)',
    "CREATE UNIQUE INDEX ix_window_request_pending ON window_request (centre_id, window_id, event)"
    " WHERE stage = 'submitted'",
    "CREATE INDEX ix_window_request_window ON window_request (centre_id, window_id, id)",
    "CREATE INDEX ix_delegation_department ON delegation (centre_id, department_id)",
)
# What a window was, and what was asked and approved, is never rewritten.
GRANTS: Final = (
    'GRANT SELECT, INSERT ON "window", window_version, window_request, delegation, entrusted_case'
    " TO guiju_service",
    'GRANT UPDATE (version, stage, kind, department_id, number) ON "window" TO guiju_service',
    "GRANT UPDATE (version, stage, decided_by, decided_on, decided_because, carried_out_on)"
    " ON window_request TO guiju_service",
    "GRANT UPDATE (version, until, ended_because) ON delegation TO guiju_service",
    "GRANT UPDATE (version, completed_on, steps) ON entrusted_case TO guiju_service",
)


def upgrade() -> None:
    for statement in (*TABLES, *INDEXES, *GRANTS):
        op.execute(statement)


def downgrade() -> None:
    for table in ("entrusted_case", "delegation", "window_request", "window_version", '"window"'):
        op.execute(f"DROP TABLE {table}")
