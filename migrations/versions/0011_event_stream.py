"""The stream of all events: a place across the centres, beside the position in each of them."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

PLACED = """
UPDATE outbox SET stream = placed.stream
  FROM (SELECT centre_id, id, row_number() OVER (ORDER BY created_at, centre_id, position) AS stream
          FROM outbox WHERE position IS NOT NULL) AS placed
 WHERE outbox.centre_id = placed.centre_id AND outbox.id = placed.id
"""


def upgrade() -> None:
    op.execute("ALTER TABLE outbox ADD COLUMN stream BIGINT")
    op.execute(PLACED)
    op.execute(
        "ALTER TABLE outbox ADD CONSTRAINT ck_outbox_stream"
        " CHECK ((stream IS NULL) = (position IS NULL) AND stream >= 1)"
    )
    op.execute("CREATE INDEX ix_outbox_stream ON outbox (stream) WHERE stream IS NOT NULL")
    op.execute("GRANT UPDATE (stream) ON outbox TO guiju_service")


def downgrade() -> None:
    op.execute("ALTER TABLE outbox DROP COLUMN stream")
