"""Fees and publicity: published standards, payments, pledges and public lists."""

from typing import Final

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES: Final[tuple[str, ...]] = (
    """
CREATE TABLE fee (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    item_id UUID NOT NULL,
    none BOOLEAN NOT NULL,
    name TEXT NOT NULL,
    basis TEXT,
    amount NUMERIC(12, 2),
    unit TEXT,
    payment_method TEXT,
    payee_kind TEXT,
    payee_name TEXT,
    payee_fiscal BOOLEAN,
    since DATE NOT NULL,
    until DATE,
    ended_because TEXT,
    version INTEGER NOT NULL,
    entered_by TEXT NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_fee PRIMARY KEY (centre_id, id),
    CONSTRAINT fk_fee_centre_id_centre FOREIGN KEY (centre_id) REFERENCES centre (id),
    CONSTRAINT fk_fee_centre_id_item_id_item FOREIGN KEY (centre_id, item_id)
        REFERENCES item (centre_id, id),
    CONSTRAINT ck_fee_none CHECK (none = (name = '') AND none = (amount IS NULL)),
    CONSTRAINT ck_fee_amount CHECK (amount > 0),
    CONSTRAINT ck_fee_payee_kind CHECK (
        payee_kind IN ('fiscal_account', 'bank_window', 'centre_cashier', 'other')
    ),
    CONSTRAINT ck_fee_until CHECK (until >= since - 1),
    CONSTRAINT ck_fee_version CHECK (version >= 1)
)
""",
    """
CREATE TABLE charge (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    item_id UUID NOT NULL,
    case_id UUID,
    fee_id UUID NOT NULL,
    quantity INTEGER NOT NULL,
    amount NUMERIC(12, 2) NOT NULL,
    payee_kind TEXT NOT NULL,
    payee_name TEXT,
    payee_fiscal BOOLEAN,
    charged_on DATE NOT NULL,
    version INTEGER NOT NULL,
    entered_by TEXT NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reversed_by TEXT,
    reversed_at TIMESTAMP WITH TIME ZONE,
    reversed_because TEXT,
    CONSTRAINT pk_charge PRIMARY KEY (centre_id, id),
    CONSTRAINT fk_charge_centre_id_centre FOREIGN KEY (centre_id) REFERENCES centre (id),
    CONSTRAINT fk_charge_centre_id_item_id_item FOREIGN KEY (centre_id, item_id)
        REFERENCES item (centre_id, id),
    CONSTRAINT fk_charge_centre_id_case_id_cases FOREIGN KEY (centre_id, case_id)
        REFERENCES cases (centre_id, id),
    CONSTRAINT fk_charge_centre_id_fee_id_fee FOREIGN KEY (centre_id, fee_id)
        REFERENCES fee (centre_id, id),
    CONSTRAINT ck_charge_quantity CHECK (quantity >= 1),
    CONSTRAINT ck_charge_amount CHECK (amount > 0),
    CONSTRAINT ck_charge_payee_kind CHECK (
        payee_kind IN ('fiscal_account', 'bank_window', 'centre_cashier', 'other')
    ),
    CONSTRAINT ck_charge_version CHECK (version >= 1),
    CONSTRAINT ck_charge_reversed CHECK (
        (reversed_at IS NULL) = (reversed_by IS NULL)
        AND (reversed_at IS NULL) = (reversed_because IS NULL)
    )
)
""",
    """
CREATE TABLE pledge (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    content TEXT,
    procedure TEXT,
    standard TEXT,
    basis TEXT,
    supervision TEXT,
    since DATE NOT NULL,
    until DATE,
    ended_because TEXT,
    version INTEGER NOT NULL,
    entered_by TEXT NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_pledge PRIMARY KEY (centre_id, id),
    CONSTRAINT fk_pledge_centre_id_centre FOREIGN KEY (centre_id) REFERENCES centre (id),
    CONSTRAINT ck_pledge_name CHECK (name <> ''),
    CONSTRAINT ck_pledge_until CHECK (until >= since - 1),
    CONSTRAINT ck_pledge_version CHECK (version >= 1)
)
""",
    """
CREATE TABLE withholding (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    resource_id UUID NOT NULL,
    ground TEXT,
    reason TEXT NOT NULL,
    version INTEGER NOT NULL,
    entered_by TEXT NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    lifted_by TEXT,
    lifted_at TIMESTAMP WITH TIME ZONE,
    lifted_because TEXT,
    CONSTRAINT pk_withholding PRIMARY KEY (centre_id, id),
    CONSTRAINT fk_withholding_centre_id_centre FOREIGN KEY (centre_id) REFERENCES centre (id),
    CONSTRAINT ck_withholding_kind CHECK (
        kind IN ('item', 'guide', 'form', 'fee', 'mandate', 'pledge', 'decision')
    ),
    CONSTRAINT ck_withholding_ground CHECK (
        ground IN ('state_secret', 'trade_secret', 'personal_privacy', 'other')
    ),
    CONSTRAINT ck_withholding_version CHECK (version >= 1),
    CONSTRAINT ck_withholding_lifted CHECK (
        (lifted_at IS NULL) = (lifted_by IS NULL)
        AND (lifted_at IS NULL) = (lifted_because IS NULL)
    )
)
""",
)
INDEXES: Final[tuple[str, ...]] = (
    "CREATE UNIQUE INDEX ix_fee_standing ON fee (centre_id, item_id, name, since)"
    " WHERE until IS NULL OR until >= since",
    "CREATE INDEX ix_charge_case ON charge (centre_id, case_id, id) WHERE case_id IS NOT NULL",
    "CREATE INDEX ix_charge_item ON charge (centre_id, item_id, id)",
    "CREATE UNIQUE INDEX ix_pledge_standing ON pledge (centre_id, name, since)"
    " WHERE until IS NULL OR until >= since",
    "CREATE UNIQUE INDEX ix_withholding_standing ON withholding (centre_id, kind, resource_id)"
    " WHERE lifted_at IS NULL",
    "CREATE INDEX ix_cases_granted ON cases (centre_id, decided_at, id) WHERE decision = 'granted'",
)
# What was published or paid is never rewritten: only its end is written beside it.
GRANTS: Final[tuple[str, ...]] = (
    "GRANT SELECT, INSERT ON fee, charge, pledge, withholding TO guiju_service",
    "GRANT UPDATE (until, ended_because, version) ON fee, pledge TO guiju_service",
    "GRANT UPDATE (reversed_by, reversed_at, reversed_because, version) ON charge TO guiju_service",
    "GRANT UPDATE (lifted_by, lifted_at, lifted_because, version) ON withholding TO guiju_service",
)


def upgrade() -> None:
    for statement in (*TABLES, *INDEXES, *GRANTS):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP INDEX ix_cases_granted")
    for table in ("withholding", "pledge", "charge", "fee"):
        op.execute(f"DROP TABLE {table}")
