"""Cases and the organisation: the department and the window of a case, who acts for whom."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

COLUMNS = (
    "ALTER TABLE cases ADD COLUMN department_id UUID",
    "ALTER TABLE cases ADD COLUMN window_id UUID",
    "ALTER TABLE cases ADD CONSTRAINT fk_cases_centre_id_department_id_department"
    " FOREIGN KEY (centre_id, department_id) REFERENCES department (centre_id, id) NOT VALID",
    "ALTER TABLE cases VALIDATE CONSTRAINT fk_cases_centre_id_department_id_department",
    "ALTER TABLE cases ADD CONSTRAINT fk_cases_centre_id_window_id_window"
    ' FOREIGN KEY (centre_id, window_id) REFERENCES "window" (centre_id, id) NOT VALID',
    "ALTER TABLE cases VALIDATE CONSTRAINT fk_cases_centre_id_window_id_window",
)
# Of a few pages for millions of cases; an entry or an act hardly touches it.
MOMENTS = (
    "CREATE INDEX ix_cases_moments ON cases USING brin"
    " (received_at, accepted_at, decided_at, sealed_at, completed_at)"
    " WITH (pages_per_range = 32, autosummarize = on)"
)
OFFICES = (
    "'approval_office_head', 'chief_representative', 'department_head', 'liaison',"
    " 'supervising_leader', 'township_head'"
)
ACTING = "'acting_approval_office_head', 'acting_chief_representative'"


def upgrade() -> None:
    for statement in COLUMNS:
        op.execute(statement)
    op.execute(MOMENTS)
    _offices(f"{ACTING}, {OFFICES}")


def downgrade() -> None:
    op.execute("DELETE FROM appointment WHERE office LIKE 'acting\\_%'")
    _offices(OFFICES)
    op.execute("DROP INDEX ix_cases_moments")
    op.execute("ALTER TABLE cases DROP COLUMN window_id")
    op.execute("ALTER TABLE cases DROP COLUMN department_id")


def _offices(among: str) -> None:
    op.execute("ALTER TABLE appointment DROP CONSTRAINT ck_appointment_office")
    op.execute(
        f"ALTER TABLE appointment ADD CONSTRAINT ck_appointment_office CHECK (office IN ({among}))"
    )
