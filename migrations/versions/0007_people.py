"""People: sealed personal data, postings, duties, records and mandates."""

from typing import Final

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

PERSON: Final = (
    "ALTER TABLE person ALTER COLUMN name DROP NOT NULL",
    """
ALTER TABLE person
    ADD COLUMN name_sealed BYTEA,
    ADD COLUMN id_number_sealed BYTEA,
    ADD COLUMN id_number_index BYTEA,
    ADD COLUMN phone_sealed BYTEA,
    ADD COLUMN phone_index BYTEA,
    ADD COLUMN erased_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN version INTEGER DEFAULT 1 NOT NULL,
    ADD CONSTRAINT uq_person_centre_id_id_number_index UNIQUE (centre_id, id_number_index),
    ADD CONSTRAINT ck_person_name CHECK (name IS NULL OR name_sealed IS NULL),
    ADD CONSTRAINT ck_person_index CHECK (
        (id_number_index IS NULL) = (id_number_sealed IS NULL)
        AND (phone_index IS NULL) = (phone_sealed IS NULL)
    ),
    ADD CONSTRAINT ck_person_erased CHECK (
        erased_at IS NULL
        OR coalesce(name_sealed, id_number_sealed, phone_sealed) IS NULL AND name IS NULL
    )
""",
)
TABLES: Final = (
    """
CREATE TABLE personal_key (
    centre_id UUID NOT NULL,
    wrapped BYTEA NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_personal_key PRIMARY KEY (centre_id),
    CONSTRAINT fk_personal_key_centre_id_centre FOREIGN KEY (centre_id) REFERENCES centre (id)
)
""",
    """
CREATE TABLE posting (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    department_id UUID NOT NULL,
    window_id UUID,
    role TEXT NOT NULL,
    police BOOLEAN NOT NULL,
    party_member BOOLEAN,
    since DATE NOT NULL,
    until DATE,
    end_reason TEXT,
    regulation TEXT NOT NULL,
    edition TEXT NOT NULL,
    digest TEXT NOT NULL,
    entered_by TEXT NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_posting PRIMARY KEY (centre_id, id),
    CONSTRAINT fk_posting_centre_id_centre FOREIGN KEY (centre_id) REFERENCES centre (id),
    CONSTRAINT fk_posting_centre_id_person_id_person
        FOREIGN KEY (centre_id, person_id) REFERENCES person (centre_id, id),
    CONSTRAINT fk_posting_centre_id_department_id_department
        FOREIGN KEY (centre_id, department_id) REFERENCES department (centre_id, id),
    CONSTRAINT fk_posting_centre_id_window_id_window
        FOREIGN KEY (centre_id, window_id) REFERENCES "window" (centre_id, id),
    CONSTRAINT ck_posting_role CHECK (
        role IN ('window_clerk', 'back_office', 'chief_representative', 'approval_office_head',
                 'township_head', 'village_agent')
    ),
    CONSTRAINT ck_posting_days CHECK (until >= since),
    CONSTRAINT ck_posting_ended CHECK ((until IS NULL) = (end_reason IS NULL))
)
""",
    """
CREATE TABLE duty (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    posting_id UUID NOT NULL,
    title TEXT NOT NULL,
    window_related BOOLEAN NOT NULL,
    since DATE NOT NULL,
    until DATE,
    end_reason TEXT,
    entered_by TEXT NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_duty PRIMARY KEY (centre_id, id),
    CONSTRAINT fk_duty_centre_id_centre FOREIGN KEY (centre_id) REFERENCES centre (id),
    CONSTRAINT fk_duty_centre_id_posting_id_posting
        FOREIGN KEY (centre_id, posting_id) REFERENCES posting (centre_id, id),
    CONSTRAINT ck_duty_days CHECK (until >= since),
    CONSTRAINT ck_duty_ended CHECK (end_reason IS NULL OR until IS NOT NULL)
)
""",
    """
CREATE TABLE staff_record (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    posting_id UUID NOT NULL,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    day DATE NOT NULL,
    note_sealed BYTEA,
    entered_by TEXT NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_staff_record PRIMARY KEY (centre_id, id),
    CONSTRAINT fk_staff_record_centre_id_centre FOREIGN KEY (centre_id) REFERENCES centre (id),
    CONSTRAINT fk_staff_record_centre_id_posting_id_posting
        FOREIGN KEY (centre_id, posting_id) REFERENCES posting (centre_id, id),
    CONSTRAINT ck_staff_record_kind CHECK (
        kind IN ('daily', 'business', 'personnel', 'performance_pay', 'party_relation')
    )
)
""",
    """
CREATE TABLE mandate (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    department_id UUID NOT NULL,
    window_id UUID,
    item_ids UUID[] NOT NULL,
    powers TEXT[] NOT NULL,
    since DATE NOT NULL,
    until DATE,
    signed_on DATE NOT NULL,
    document JSONB NOT NULL,
    filed_on DATE,
    filing_number TEXT,
    revoked_from DATE,
    revoked_because TEXT,
    entered_by TEXT NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_mandate PRIMARY KEY (centre_id, id),
    CONSTRAINT fk_mandate_centre_id_centre FOREIGN KEY (centre_id) REFERENCES centre (id),
    CONSTRAINT fk_mandate_centre_id_department_id_department
        FOREIGN KEY (centre_id, department_id) REFERENCES department (centre_id, id),
    CONSTRAINT fk_mandate_centre_id_window_id_window
        FOREIGN KEY (centre_id, window_id) REFERENCES "window" (centre_id, id),
    CONSTRAINT ck_mandate_items CHECK (cardinality(item_ids) > 0),
    CONSTRAINT ck_mandate_powers CHECK (
        cardinality(powers) > 0 AND powers <@ ARRAY['accept', 'decide', 'seal']
    ),
    CONSTRAINT ck_mandate_days CHECK (until >= since),
    CONSTRAINT ck_mandate_filed CHECK ((filed_on IS NULL) = (filing_number IS NULL)),
    CONSTRAINT ck_mandate_revoked CHECK ((revoked_from IS NULL) = (revoked_because IS NULL))
)
""",
)
INDEXES: Final = (
    "CREATE INDEX ix_person_phone_index ON person (centre_id, phone_index)",
    "CREATE UNIQUE INDEX ix_posting_open ON posting (centre_id, person_id) WHERE until IS NULL",
    "CREATE INDEX ix_posting_person ON posting (centre_id, person_id, since)",
    "CREATE INDEX ix_posting_department ON posting (centre_id, department_id, id)",
    "CREATE INDEX ix_posting_window ON posting (centre_id, window_id, id)",
    "CREATE INDEX ix_duty_posting ON duty (centre_id, posting_id, id)",
    "CREATE INDEX ix_duty_outside ON duty (centre_id, posting_id) WHERE NOT window_related",
    "CREATE INDEX ix_staff_record_posting ON staff_record (centre_id, posting_id, id)",
    "CREATE INDEX ix_mandate_department ON mandate (centre_id, department_id, id)",
)
# What was entered stays; only its end is written beside it, and what is personal is taken out of it
# when a person is erased. A centre's data key is deleted by the owner alone: that shreds them all.
GRANTS: Final = (
    "GRANT SELECT, INSERT ON personal_key, posting, duty, staff_record, mandate TO guiju_service",
    "GRANT UPDATE (wrapped) ON personal_key TO guiju_service",
    "GRANT UPDATE (party_member, until, end_reason, version) ON posting TO guiju_service",
    "GRANT UPDATE (until, end_reason) ON duty TO guiju_service",
    "GRANT UPDATE (note_sealed) ON staff_record TO guiju_service",
    "GRANT UPDATE (filed_on, filing_number, revoked_from, revoked_because, version) ON mandate"
    " TO guiju_service",
)


def upgrade() -> None:
    for statement in (*PERSON, *TABLES, *INDEXES, *GRANTS):
        op.execute(statement)


def downgrade() -> None:
    for table in ("mandate", "staff_record", "duty", "posting", "personal_key"):
        op.execute(f"DROP TABLE {table}")
    op.execute("UPDATE person SET name = '***' WHERE name IS NULL")  # sealed, and its key is gone
    op.execute(
        "ALTER TABLE person ALTER COLUMN name SET NOT NULL, DROP COLUMN name_sealed,"
        " DROP COLUMN id_number_sealed, DROP COLUMN id_number_index, DROP COLUMN phone_sealed,"
        " DROP COLUMN phone_index, DROP COLUMN erased_at, DROP COLUMN version"
    )
