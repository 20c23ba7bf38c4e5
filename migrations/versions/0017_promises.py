"""Promises: the statutory limit before a change, and the approval steps of items and cases."""

from typing import Final

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLE: Final = """
CREATE TABLE approval_step (
    centre_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    step TEXT NOT NULL,
    person_id UUID NOT NULL,
    taken_on DATE NOT NULL,
    override JSONB,
    entered_by TEXT NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_approval_step PRIMARY KEY (centre_id, id),
    CONSTRAINT fk_approval_step_centre_id_case_id_cases FOREIGN KEY (centre_id, case_id)
        REFERENCES cases (centre_id, id),
    CONSTRAINT fk_approval_step_centre_id_person_id_person FOREIGN KEY (centre_id, person_id)
        REFERENCES person (centre_id, id),
    CONSTRAINT uq_approval_step_centre_id_case_id_step UNIQUE (centre_id, case_id, step),
    CONSTRAINT ck_approval_step_step CHECK (step IN ('review', 'verify'))
)
"""
# A change kept the promise that it replaced, and not the statutory limit. Where no change has
# touched that since, it is the one that the item has; elsewhere it is not known any more.
BEFORE: Final = """
UPDATE item_change AS change
   SET before = change.before || jsonb_build_object('statutory_days', item.statutory_days)
  FROM item
 WHERE item.centre_id = change.centre_id
   AND item.id = change.item_id
   AND change.stage = 'implemented'
   AND NOT EXISTS (
       SELECT FROM item_change AS later
        WHERE later.centre_id = change.centre_id
          AND later.item_id = change.item_id
          AND later.stage = 'implemented'
          AND later.id >= change.id
          AND later.proposal ->> 'statutory_days' IS NOT NULL)
"""
# The release before reads no field that it does not know.
NOT_KNOWN: Final = """
UPDATE item_change
   SET before = before - 'statutory_days', proposal = proposal - 'approval_steps'
"""


def upgrade() -> None:
    op.execute("ALTER TABLE item ADD COLUMN approval_steps TEXT[] NOT NULL DEFAULT '{}'")
    op.execute(TABLE)
    # Who took a step is never rewritten.
    op.execute("GRANT SELECT, INSERT ON approval_step TO guiju_service")
    op.execute(BEFORE)


def downgrade() -> None:
    op.execute(NOT_KNOWN)
    op.execute("UPDATE guide SET content = content - 'promised_days'")
    op.execute("DROP TABLE approval_step")
    op.execute("ALTER TABLE item DROP COLUMN approval_steps")
