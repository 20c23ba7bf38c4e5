"""Sandboxes: centres for trying, whose day runs ahead."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE centre ADD COLUMN sandbox_on DATE")
    op.execute("GRANT UPDATE (sandbox_on) ON centre TO guiju_service")


def downgrade() -> None:
    op.execute("ALTER TABLE centre DROP COLUMN sandbox_on")
