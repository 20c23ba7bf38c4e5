"""Entered by mistake: postings and approval offices may end on the day before they begin."""

from typing import Final

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

PERIODS: Final = {"posting": "ck_posting_days", "department_office": "ck_department_office_until"}


def upgrade() -> None:
    for table, constraint in PERIODS.items():
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} CHECK (until >= since - 1)")


def downgrade() -> None:
    for table, constraint in PERIODS.items():
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        # Those that were entered by mistake stay as they are.
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {constraint} CHECK (until >= since) NOT VALID"
        )
