"""Rectification: a case says which of its acts were set aside, and may be annulled."""

from typing import Final

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STAGES: Final = (
    "'received', 'awaiting_correction', 'deemed_accepted', 'accepted', 'suspended', 'decided',"
    " 'sealed', 'completed', 'declined'"
)
VALIDATE: Final = "ALTER TABLE cases VALIDATE CONSTRAINT ck_cases_stage"


def upgrade() -> None:
    """Nothing is read under the lock that everybody waits for: the stages are looked through after
    it. What was done before that is done again by whoever is interrupted there."""
    op.execute("ALTER TABLE cases ADD COLUMN IF NOT EXISTS rectified JSONB")
    op.execute(_stages(f"{STAGES}, 'annulled'"))
    with op.get_context().autocommit_block():
        op.execute(VALIDATE)


def downgrade() -> None:
    """It is refused while there is an annulled case: the program before knows no such stage."""
    op.execute(_stages(STAGES))
    op.execute(VALIDATE)
    op.execute("ALTER TABLE cases DROP COLUMN rectified")


def _stages(stages: str) -> str:
    return (
        "ALTER TABLE cases DROP CONSTRAINT ck_cases_stage,"
        f" ADD CONSTRAINT ck_cases_stage CHECK (stage IN ({stages})) NOT VALID"
    )
