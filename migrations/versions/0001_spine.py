"""The spine: centres, their items and people, cases, the ledger with its chain, events, answers."""

from typing import Final

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES: Final = (
    """
CREATE TABLE reference_edition (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    edition TEXT NOT NULL,
    digest TEXT NOT NULL,
    loaded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_reference_edition PRIMARY KEY (kind, key, edition),
    CONSTRAINT ck_reference_edition_kind CHECK (kind IN ('rulebook', 'calendar'))
)
""",
    """
CREATE TABLE reference_version (
    id SMALLINT NOT NULL,
    version TEXT NOT NULL,
    CONSTRAINT pk_reference_version PRIMARY KEY (id),
    CONSTRAINT ck_reference_version_one_row CHECK (id = 1)
)
""",
    """
CREATE TABLE centre (
    id UUID NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    level TEXT NOT NULL,
    region TEXT NOT NULL,
    regulation TEXT NOT NULL,
    national BOOLEAN NOT NULL,
    settings JSONB DEFAULT '{}' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_centre PRIMARY KEY (id),
    CONSTRAINT uq_centre_code UNIQUE (code),
    CONSTRAINT ck_centre_code CHECK (code ~ '^[a-z0-9-]{3,40}$'),
    CONSTRAINT ck_centre_level CHECK (level IN ('county', 'township', 'village')),
    CONSTRAINT ck_centre_region CHECK (region ~ '^[0-9]{6,12}$')
)
""",
    """
CREATE TABLE item (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    statutory_days INTEGER,
    promised_days INTEGER,
    licence BOOLEAN NOT NULL,
    exclusions_in_guide TEXT[] NOT NULL,
    CONSTRAINT pk_item PRIMARY KEY (centre_id, id),
    CONSTRAINT ck_item_kind CHECK (kind IN ('instant', 'promised')),
    CONSTRAINT ck_item_statutory_days CHECK (statutory_days >= 0),
    CONSTRAINT ck_item_promised_days CHECK (promised_days >= 0)
)
""",
    """
CREATE TABLE person (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    CONSTRAINT pk_person PRIMARY KEY (centre_id, id),
    CONSTRAINT uq_person_centre_id_subject UNIQUE (centre_id, subject),
    CONSTRAINT ck_person_role CHECK (role IN (
        'clerk', 'chief_representative', 'window_head', 'centre'
    ))
)
""",
    """
CREATE TABLE cases (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    number TEXT NOT NULL,
    item_id UUID NOT NULL,
    item_name TEXT NOT NULL,
    item_kind TEXT NOT NULL,
    statutory_days INTEGER,
    promised_days INTEGER,
    regulation TEXT NOT NULL,
    edition TEXT NOT NULL,
    edition_digest TEXT NOT NULL,
    national BOOLEAN NOT NULL,
    calendar TEXT NOT NULL,
    stage TEXT NOT NULL,
    version INTEGER NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    materials_complete_at TIMESTAMP WITH TIME ZONE,
    notified_at TIMESTAMP WITH TIME ZONE,
    notices INTEGER DEFAULT 0 NOT NULL,
    corrections JSONB,
    accepted_at TIMESTAMP WITH TIME ZONE,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision TEXT,
    sealed_at TIMESTAMP WITH TIME ZONE,
    completed_at TIMESTAMP WITH TIME ZONE,
    declined_at TIMESTAMP WITH TIME ZONE,
    exclusions JSONB DEFAULT '[]' NOT NULL,
    extension JSONB,
    green JSONB,
    channel TEXT NOT NULL,
    reference TEXT,
    counts_from_on DATE,
    due_on DATE,
    silent_after_on DATE,
    reference_version TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_cases PRIMARY KEY (centre_id, id),
    CONSTRAINT uq_cases_centre_id_number UNIQUE (centre_id, number),
    CONSTRAINT ck_cases_item_kind CHECK (item_kind IN ('instant', 'promised')),
    CONSTRAINT ck_cases_stage CHECK (stage IN (
        'received', 'awaiting_correction', 'deemed_accepted', 'accepted',
        'suspended', 'decided', 'sealed', 'completed', 'declined'
    )),
    CONSTRAINT ck_cases_version CHECK (version >= 1),
    CONSTRAINT ck_cases_notices CHECK (notices >= 0),
    CONSTRAINT ck_cases_decision CHECK (decision IN ('granted', 'denied')),
    CONSTRAINT ck_cases_decided CHECK ((decision IS NULL) = (decided_at IS NULL))
)
""",
    """
CREATE TABLE case_number (
    centre_id UUID NOT NULL,
    year INTEGER NOT NULL,
    next BIGINT NOT NULL,
    CONSTRAINT pk_case_number PRIMARY KEY (centre_id, year),
    CONSTRAINT ck_case_number_next CHECK (next >= 1)
)
""",
    """
CREATE TABLE ledger (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT NOT NULL,
    client TEXT NOT NULL,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id UUID,
    number INTEGER,
    facts JSONB NOT NULL,
    rows TEXT[] NOT NULL,
    override JSONB,
    request_id TEXT NOT NULL,
    hash BYTEA NOT NULL,
    CONSTRAINT pk_ledger PRIMARY KEY (centre_id, id, at),
    CONSTRAINT ck_ledger_number CHECK (number >= 1),
    CONSTRAINT ck_ledger_hash CHECK (octet_length(hash) = 32)
) PARTITION BY RANGE (at)
""",
    """
CREATE TABLE ledger_chain (
    centre_id UUID NOT NULL,
    position BIGINT NOT NULL,
    entry_id UUID NOT NULL,
    entry_at TIMESTAMP WITH TIME ZONE NOT NULL,
    hash BYTEA NOT NULL,
    chained_hash BYTEA NOT NULL,
    CONSTRAINT pk_ledger_chain PRIMARY KEY (centre_id, position),
    CONSTRAINT ck_ledger_chain_position CHECK (position >= 1),
    CONSTRAINT ck_ledger_chain_chained_hash CHECK (octet_length(chained_hash) = 32)
)
""",
    """
CREATE TABLE outbox (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID,
    type TEXT NOT NULL,
    data JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    position BIGINT,
    CONSTRAINT pk_outbox PRIMARY KEY (centre_id, id),
    CONSTRAINT ck_outbox_position CHECK (position >= 1)
)
""",
    """
CREATE TABLE idempotency (
    centre_id UUID NOT NULL,
    client TEXT NOT NULL,
    operation TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint BYTEA NOT NULL,
    answer BYTEA NOT NULL,
    status INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_idempotency PRIMARY KEY (centre_id, client, operation, key),
    CONSTRAINT ck_idempotency_fingerprint CHECK (octet_length(fingerprint) = 32),
    CONSTRAINT ck_idempotency_status CHECK (status BETWEEN 200 AND 299),
    CONSTRAINT ck_idempotency_expires_after CHECK (expires_at > created_at)
)
""",
)
FOREIGN_KEYS: Final = (
    "ALTER TABLE item ADD CONSTRAINT fk_item_centre_id_centre"
    " FOREIGN KEY (centre_id) REFERENCES centre (id)",
    "ALTER TABLE person ADD CONSTRAINT fk_person_centre_id_centre"
    " FOREIGN KEY (centre_id) REFERENCES centre (id)",
    "ALTER TABLE cases ADD CONSTRAINT fk_cases_centre_id_centre"
    " FOREIGN KEY (centre_id) REFERENCES centre (id)",
    "ALTER TABLE cases ADD CONSTRAINT fk_cases_centre_id_item_id_item"
    " FOREIGN KEY (centre_id, item_id) REFERENCES item (centre_id, id)",
    "ALTER TABLE case_number ADD CONSTRAINT fk_case_number_centre_id_centre"
    " FOREIGN KEY (centre_id) REFERENCES centre (id)",
)
INDEXES: Final = (
    "CREATE INDEX ix_cases_due ON cases (centre_id, due_on, id) WHERE due_on IS NOT NULL",
    "CREATE INDEX ix_cases_silent ON cases (silent_after_on, id) WHERE stage = 'received'",
    "CREATE INDEX ix_cases_stage ON cases (centre_id, stage, id)",
    "CREATE INDEX ix_ledger_subject ON ledger (centre_id, subject_id, number)",
    "CREATE UNIQUE INDEX ix_outbox_position ON outbox (centre_id, position)"
    " WHERE position IS NOT NULL",
    "CREATE INDEX ix_outbox_waiting ON outbox (centre_id, id) WHERE position IS NULL",
    "CREATE INDEX ix_idempotency_expires_at ON idempotency (expires_at)",
)
# Only the owner enters this schema: nobody reaches a partition but through the ledger.
PARTITIONS: Final = (
    "CREATE SCHEMA ledger_parts",
    "CREATE TABLE ledger_parts.ledger_default PARTITION OF ledger DEFAULT",
    """
DO $$
DECLARE
    month timestamp;
BEGIN
    FOR month IN
        SELECT date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ahead)
          FROM generate_series(0, 24) AS ahead
    LOOP
        EXECUTE format(
            'CREATE TABLE ledger_parts.%I PARTITION OF ledger FOR VALUES FROM (%L) TO (%L)',
            'ledger_' || to_char(month, 'YYYY_MM'),
            month AT TIME ZONE 'UTC',
            (month + interval '1 month') AT TIME ZONE 'UTC'
        );
    END LOOP;
END $$
""",
)
# The owner may lack the right to create roles where the service's role is there already.
ROLE: Final = """
DO $$ BEGIN
    IF to_regrole('guiju_service') IS NULL THEN
        CREATE ROLE guiju_service NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL; -- another database of this server was migrated at the same moment
END $$
"""
GRANTS: Final = (
    "GRANT SELECT, INSERT ON ledger, ledger_chain TO guiju_service",
    "GRANT SELECT, INSERT, UPDATE ON reference_edition, reference_version, centre, item, person,"
    " cases, case_number, outbox TO guiju_service",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency TO guiju_service",
    "GRANT SELECT ON alembic_version TO guiju_service",
)


def upgrade() -> None:
    for statement in (*TABLES, *FOREIGN_KEYS, *INDEXES, *PARTITIONS, ROLE, *GRANTS):
        op.execute(statement)


def downgrade() -> None:
    """The role stays: other databases of the server may know it."""
    op.execute("REVOKE ALL ON alembic_version FROM guiju_service")
    for table in (
        "idempotency",
        "outbox",
        "ledger_chain",
        "ledger",
        "case_number",
        "cases",
        "person",
        "item",
        "centre",
        "reference_version",
        "reference_edition",
    ):
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP SCHEMA ledger_parts")
