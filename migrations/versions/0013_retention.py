"""Retention: the place of an entry is found in the chain, for its event may be disposed of."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Only the sequencer writes to the chain, and it can wait: nobody's request does meanwhile.
    op.execute("CREATE INDEX ix_ledger_chain_entry ON ledger_chain (centre_id, entry_id)")


def downgrade() -> None:
    op.execute("DROP INDEX ix_ledger_chain_entry")
