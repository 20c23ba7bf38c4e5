"""Items and guides: placement, approvals, versions, forms."""

from typing import Final

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# What was there before is taken over as it was served: active, in the hall, with nobody's approval.
ITEM: Final = """
ALTER TABLE item
    ADD COLUMN stage TEXT NOT NULL DEFAULT 'active',
    ADD COLUMN active_since DATE,
    ADD COLUMN withdrawn_on DATE,
    ADD COLUMN version INTEGER NOT NULL DEFAULT 1,
    ADD COLUMN item_class TEXT,
    ADD COLUMN type_code TEXT,
    ADD COLUMN basic_code TEXT,
    ADD COLUMN implementation_code TEXT,
    ADD COLUMN department_id UUID,
    ADD COLUMN office_id UUID,
    ADD COLUMN flow TEXT[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT ck_item_stage CHECK (stage IN ('draft', 'active', 'withdrawn')),
    ADD CONSTRAINT ck_item_withdrawn CHECK ((stage = 'withdrawn') = (withdrawn_on IS NOT NULL)),
    ADD CONSTRAINT ck_item_version CHECK (version >= 1),
    ADD CONSTRAINT ck_item_office CHECK (office_id IS NULL OR department_id IS NOT NULL),
    ADD CONSTRAINT fk_item_centre_id_department_id_department
        FOREIGN KEY (centre_id, department_id) REFERENCES department (centre_id, id),
    ADD CONSTRAINT fk_item_centre_id_office_id_department_office
        FOREIGN KEY (centre_id, office_id) REFERENCES department_office (centre_id, id)
"""
TABLES: Final = (
    """
CREATE TABLE item_window (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    item_id UUID NOT NULL,
    window_id UUID NOT NULL,
    since DATE NOT NULL,
    until DATE,
    CONSTRAINT pk_item_window PRIMARY KEY (centre_id, id),
    CONSTRAINT fk_item_window_centre_id_item_id_item
        FOREIGN KEY (centre_id, item_id) REFERENCES item (centre_id, id),
    CONSTRAINT fk_item_window_centre_id_window_id_window
        FOREIGN KEY (centre_id, window_id) REFERENCES "window" (centre_id, id),
    CONSTRAINT ck_item_window_days CHECK (until >= since - 1)
)
""",
    """
CREATE TABLE item_placement (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    item_id UUID NOT NULL,
    placement TEXT NOT NULL,
    off_system BOOLEAN NOT NULL,
    ground TEXT,
    approval_by TEXT,
    approval_number TEXT,
    approval_document TEXT,
    approval_issued_on DATE,
    approved_until DATE,
    reason TEXT,
    since DATE NOT NULL,
    until DATE,
    CONSTRAINT pk_item_placement PRIMARY KEY (centre_id, id),
    CONSTRAINT fk_item_placement_centre_id_item_id_item
        FOREIGN KEY (centre_id, item_id) REFERENCES item (centre_id, id),
    CONSTRAINT ck_item_placement_placement CHECK (placement IN ('in_hall', 'outside')),
    CONSTRAINT ck_item_placement_days CHECK (until >= since - 1)
)
""",
    """
CREATE TABLE item_change (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    item_id UUID NOT NULL,
    kind TEXT NOT NULL,
    stage TEXT NOT NULL,
    version INTEGER NOT NULL,
    proposal JSONB NOT NULL,
    reason TEXT NOT NULL,
    submitted_by TEXT NOT NULL,
    submitted_on DATE NOT NULL,
    done JSONB NOT NULL,
    before JSONB,
    ended_on DATE,
    ended_because TEXT,
    CONSTRAINT pk_item_change PRIMARY KEY (centre_id, id),
    CONSTRAINT fk_item_change_centre_id_item_id_item
        FOREIGN KEY (centre_id, item_id) REFERENCES item (centre_id, id),
    CONSTRAINT ck_item_change_kind CHECK (kind IN ('enter', 'exit', 'change')),
    CONSTRAINT ck_item_change_stage
        CHECK (stage IN ('open', 'implemented', 'rejected', 'retracted')),
    CONSTRAINT ck_item_change_version CHECK (version >= 1),
    CONSTRAINT ck_item_change_ended CHECK ((stage = 'open') = (ended_on IS NULL)),
    CONSTRAINT ck_item_change_before CHECK ((stage = 'implemented') = (before IS NOT NULL))
)
""",
    """
CREATE TABLE guide (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    item_id UUID NOT NULL,
    number INTEGER NOT NULL,
    version INTEGER NOT NULL,
    content JSONB NOT NULL,
    since DATE NOT NULL,
    channels TEXT[] NOT NULL,
    published_on DATE,
    published_by TEXT,
    filed_on DATE,
    filed_by TEXT,
    filing_number TEXT,
    effective_on DATE,
    CONSTRAINT pk_guide PRIMARY KEY (centre_id, id),
    CONSTRAINT fk_guide_centre_id_item_id_item
        FOREIGN KEY (centre_id, item_id) REFERENCES item (centre_id, id),
    CONSTRAINT uq_guide_centre_id_item_id_number UNIQUE (centre_id, item_id, number),
    CONSTRAINT ck_guide_number CHECK (number >= 1),
    CONSTRAINT ck_guide_version CHECK (version >= 1),
    CONSTRAINT ck_guide_published CHECK ((published_on IS NULL) = (published_by IS NULL)),
    CONSTRAINT ck_guide_filed CHECK ((filed_on IS NULL) = (filed_by IS NULL)),
    CONSTRAINT ck_guide_effective CHECK (
        effective_on IS NULL
        OR (effective_on >= since AND effective_on >= published_on AND published_on IS NOT NULL)
    )
)
""",
    """
CREATE TABLE item_form (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    item_id UUID NOT NULL,
    form_id UUID NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    address TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    price NUMERIC(12, 2) NOT NULL,
    since DATE NOT NULL,
    CONSTRAINT pk_item_form PRIMARY KEY (centre_id, id),
    CONSTRAINT fk_item_form_centre_id_item_id_item
        FOREIGN KEY (centre_id, item_id) REFERENCES item (centre_id, id),
    CONSTRAINT uq_item_form_centre_id_form_id_number UNIQUE (centre_id, form_id, number),
    CONSTRAINT ck_item_form_number CHECK (number >= 1),
    CONSTRAINT ck_item_form_kind CHECK (kind IN ('form', 'sample')),
    CONSTRAINT ck_item_form_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT ck_item_form_size CHECK (size > 0),
    CONSTRAINT ck_item_form_price CHECK (price >= 0)
)
""",
)
INDEXES: Final = (
    "CREATE INDEX ix_item_department ON item (centre_id, department_id, id)",
    "CREATE UNIQUE INDEX ix_item_implementation_code ON item (centre_id, implementation_code)"
    " WHERE stage <> 'withdrawn'",
    "CREATE UNIQUE INDEX ix_item_window_current ON item_window (centre_id, item_id, window_id)"
    " WHERE until IS NULL",
    "CREATE UNIQUE INDEX ix_item_placement_current ON item_placement (centre_id, item_id)"
    " WHERE until IS NULL",
    "CREATE INDEX ix_item_placement_item ON item_placement (centre_id, item_id, since)",
    "CREATE UNIQUE INDEX ix_item_change_open ON item_change (centre_id, item_id)"
    " WHERE stage = 'open'",
    "CREATE INDEX ix_item_change_item ON item_change (centre_id, item_id, id)",
    "CREATE INDEX ix_item_change_implemented ON item_change (centre_id, ended_on, id)"
    " WHERE stage = 'implemented'",
    "CREATE INDEX ix_guide_effective ON guide (centre_id, item_id, effective_on)"
    " WHERE effective_on IS NOT NULL",
    "CREATE INDEX ix_item_form_item ON item_form (centre_id, item_id, since)",
)
# What an item was, was asked to become and told the public is never rewritten.
GRANTS: Final = (
    "GRANT SELECT, INSERT ON item_window, item_placement, item_change, guide, item_form"
    " TO guiju_service",
    "GRANT UPDATE (until) ON item_window, item_placement TO guiju_service",
    "GRANT UPDATE (stage, version, done, before, ended_on, ended_because) ON item_change"
    " TO guiju_service",
    "GRANT UPDATE (version, content, since, channels, published_on, published_by, filed_on,"
    " filed_by, filing_number, effective_on) ON guide TO guiju_service",
)


def upgrade() -> None:
    for statement in (ITEM, *TABLES, *INDEXES, *GRANTS):
        op.execute(statement)


def downgrade() -> None:
    """It is refused while there is an item that may not be applied for: the program before knows
    no such item."""
    op.execute("ALTER TABLE item ADD CONSTRAINT ck_item_every CHECK (stage = 'active')")
    for table in ("item_form", "guide", "item_change", "item_placement", "item_window"):
        op.execute(f"DROP TABLE {table}")
    for column in (
        "flow",
        "office_id",
        "department_id",
        "implementation_code",
        "basic_code",
        "type_code",
        "item_class",
        "version",
        "withdrawn_on",
        "active_since",
        "stage",
    ):
        op.execute(f"ALTER TABLE item DROP COLUMN {column}")
