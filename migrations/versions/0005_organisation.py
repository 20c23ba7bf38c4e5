"""Organisation: departments, appointments, policies, adoptions and settings of centres."""

from typing import Final

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ALTERED: Final = (
    "ALTER TABLE centre ADD COLUMN parent_id UUID,"
    " ADD COLUMN unit_type TEXT,"
    " ADD COLUMN version INTEGER DEFAULT 1 NOT NULL,"
    " ADD CONSTRAINT fk_centre_parent_id_centre FOREIGN KEY (parent_id) REFERENCES centre (id),"
    " ADD CONSTRAINT ck_centre_unit_type CHECK (unit_type IN ("
    "'county_hall', 'township_centre', 'village_station', 'community_station', 'specialised_hall'"
    ")),"
    " ADD CONSTRAINT ck_centre_parent_id CHECK (parent_id <> id)",
)
TABLES: Final = (
    """
CREATE TABLE adoption (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    regulation TEXT NOT NULL,
    "national" BOOLEAN NOT NULL,
    since DATE NOT NULL,
    applied_by_reference BOOLEAN NOT NULL,
    acknowledged_by TEXT,
    acknowledged_because TEXT,
    entered_by TEXT NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_adoption PRIMARY KEY (centre_id, id),
    CONSTRAINT uq_adoption_centre_id_since UNIQUE (centre_id, since),
    CONSTRAINT fk_adoption_centre_id_centre FOREIGN KEY (centre_id) REFERENCES centre (id),
    CONSTRAINT ck_adoption_acknowledged CHECK (
        (acknowledged_by IS NULL) = (acknowledged_because IS NULL)
    )
)
""",
    """
CREATE TABLE centre_setting (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    key TEXT NOT NULL,
    value JSONB,
    since DATE NOT NULL,
    entered_by TEXT NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_centre_setting PRIMARY KEY (centre_id, id),
    CONSTRAINT fk_centre_setting_centre_id_centre FOREIGN KEY (centre_id) REFERENCES centre (id)
)
""",
    """
CREATE TABLE department (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    credit_code TEXT,
    kind TEXT NOT NULL,
    since DATE NOT NULL,
    until DATE,
    ended_because TEXT,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_department PRIMARY KEY (centre_id, id),
    CONSTRAINT fk_department_centre_id_centre FOREIGN KEY (centre_id) REFERENCES centre (id),
    CONSTRAINT ck_department_credit_code CHECK (
        credit_code ~ '^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-Z]{9}[0-9A-HJ-NPQRTUWXY]$'
    ),
    CONSTRAINT ck_department_kind CHECK (
        kind IN ('ordinary', 'police_station', 'village_committee')
    ),
    CONSTRAINT ck_department_until CHECK (until >= since)
)
""",
    """
CREATE TABLE department_office (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    department_id UUID NOT NULL,
    name TEXT NOT NULL,
    since DATE NOT NULL,
    until DATE,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_department_office PRIMARY KEY (centre_id, id),
    CONSTRAINT fk_department_office_centre_id_department_id_department
        FOREIGN KEY (centre_id, department_id) REFERENCES department (centre_id, id),
    CONSTRAINT ck_department_office_until CHECK (until >= since)
)
""",
    """
CREATE TABLE appointment (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    office TEXT NOT NULL,
    department_id UUID,
    person_id UUID NOT NULL,
    since DATE NOT NULL,
    until DATE,
    ended_because TEXT,
    outside_duties JSONB NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_appointment PRIMARY KEY (centre_id, id),
    CONSTRAINT fk_appointment_centre_id_department_id_department
        FOREIGN KEY (centre_id, department_id) REFERENCES department (centre_id, id),
    CONSTRAINT fk_appointment_centre_id_person_id_person
        FOREIGN KEY (centre_id, person_id) REFERENCES person (centre_id, id),
    CONSTRAINT ck_appointment_office CHECK (
        office IN (
            'approval_office_head', 'chief_representative', 'department_head', 'liaison',
            'supervising_leader', 'township_head'
        )
    ),
    CONSTRAINT ck_appointment_department_id CHECK (
        (department_id IS NULL) = (office = 'township_head')
    ),
    CONSTRAINT ck_appointment_until CHECK (until >= since - 1),
    CONSTRAINT ck_appointment_ended_because CHECK ((until IS NULL) = (ended_because IS NULL))
)
""",
    """
CREATE TABLE policy (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT,
    title TEXT NOT NULL,
    department_id UUID,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_policy PRIMARY KEY (centre_id, id),
    CONSTRAINT fk_policy_centre_id_centre FOREIGN KEY (centre_id) REFERENCES centre (id),
    CONSTRAINT fk_policy_centre_id_department_id_department
        FOREIGN KEY (centre_id, department_id) REFERENCES department (centre_id, id)
)
""",
    """
CREATE TABLE policy_version (
    centre_id UUID NOT NULL,
    policy_id UUID NOT NULL,
    number INTEGER NOT NULL,
    issued_on DATE NOT NULL,
    since DATE NOT NULL,
    until DATE,
    document JSONB,
    entered_by TEXT NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_policy_version PRIMARY KEY (centre_id, policy_id, number),
    CONSTRAINT uq_policy_version_centre_id_policy_id_since UNIQUE (centre_id, policy_id, since),
    CONSTRAINT fk_policy_version_centre_id_policy_id_policy
        FOREIGN KEY (centre_id, policy_id) REFERENCES policy (centre_id, id),
    CONSTRAINT ck_policy_version_number CHECK (number >= 1),
    CONSTRAINT ck_policy_version_until CHECK (until >= since)
)
""",
    """
CREATE TABLE centre_check (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    on_day DATE NOT NULL,
    at_centre_id UUID NOT NULL,
    entered_by TEXT NOT NULL,
    CONSTRAINT pk_centre_check PRIMARY KEY (centre_id, id),
    CONSTRAINT fk_centre_check_centre_id_centre FOREIGN KEY (centre_id) REFERENCES centre (id)
)
""",
    """
CREATE TABLE check_finding (
    centre_id UUID NOT NULL,
    check_id UUID NOT NULL,
    number INTEGER NOT NULL,
    found TEXT NOT NULL,
    follow_up TEXT,
    closed_on DATE,
    CONSTRAINT pk_check_finding PRIMARY KEY (centre_id, check_id, number),
    CONSTRAINT fk_check_finding_centre_id_check_id_centre_check
        FOREIGN KEY (centre_id, check_id) REFERENCES centre_check (centre_id, id),
    CONSTRAINT ck_check_finding_number CHECK (number >= 1),
    CONSTRAINT ck_check_finding_closed_on CHECK ((closed_on IS NULL) = (follow_up IS NULL))
)
""",
)
INDEXES: Final = (
    "CREATE INDEX ix_centre_parent_id ON centre (parent_id) WHERE parent_id IS NOT NULL",
    "CREATE INDEX ix_centre_setting_centre_id_key_since ON centre_setting (centre_id, key, since)",
    "CREATE UNIQUE INDEX ix_department_standing_name ON department (centre_id, name)"
    " WHERE until IS NULL",
    "CREATE UNIQUE INDEX ix_department_standing_credit_code"
    " ON department (centre_id, credit_code) WHERE until IS NULL",
    "CREATE INDEX ix_department_office_centre_id_department_id"
    " ON department_office (centre_id, department_id)",
    "CREATE INDEX ix_appointment_centre_id_department_id_office"
    " ON appointment (centre_id, department_id, office)",
    "CREATE INDEX ix_appointment_centre_id_person_id ON appointment (centre_id, person_id)",
)
# What a centre adopted, set or issued is never rewritten: the next one begins on its own day.
GRANTS: Final = (
    "GRANT SELECT, INSERT ON adoption, centre_setting, department, department_office, appointment,"
    " policy, policy_version, centre_check, check_finding TO guiju_service",
    "GRANT UPDATE (name, credit_code, until, ended_because, version) ON department"
    " TO guiju_service",
    "GRANT UPDATE (until, version) ON department_office TO guiju_service",
    "GRANT UPDATE (until, ended_because, version) ON appointment TO guiju_service",
    "GRANT UPDATE (version) ON policy TO guiju_service",
    "GRANT UPDATE (follow_up, closed_on) ON check_finding TO guiju_service",
)
MADE: Final = (
    "adoption",
    "centre_setting",
    "department",
    "department_office",
    "appointment",
    "policy",
    "policy_version",
    "centre_check",
    "check_finding",
)


def upgrade() -> None:
    for statement in (*ALTERED, *TABLES, *INDEXES, *GRANTS):
        op.execute(statement)


def downgrade() -> None:
    for table in reversed(MADE):
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP INDEX ix_centre_parent_id")
    op.execute(
        "ALTER TABLE centre DROP CONSTRAINT fk_centre_parent_id_centre,"
        " DROP COLUMN parent_id, DROP COLUMN unit_type, DROP COLUMN version"
    )
