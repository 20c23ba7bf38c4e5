"""Official text: the wording of a regulation's articles, where an operator has attached it."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
CREATE TABLE official_text (
    regulation TEXT NOT NULL,
    edition TEXT NOT NULL,
    article SMALLINT NOT NULL,
    wording TEXT NOT NULL,
    digest TEXT NOT NULL,
    attached_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_official_text PRIMARY KEY (regulation, edition, article),
    CONSTRAINT ck_official_text_article CHECK (article >= 1),
    CONSTRAINT ck_official_text_wording CHECK (wording <> '')
)
""")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON official_text TO guiju_service")


def downgrade() -> None:
    op.execute("DROP TABLE official_text")
