"""An index for all answers about one agency, in the order they came."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_ratings_agency_seq", "ratings", ["agency", "seq"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_ratings_agency_seq", table_name="ratings")
