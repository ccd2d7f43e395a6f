"""Cases, ready to read. Those that the log holds already are made when a release
that knows them first starts: what a case says takes the mall's description and calendar."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("id", KEY, nullable=False),
        sa.Column("mall", sa.String(length=64), nullable=False),
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("key", sa.String(length=210), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=True),
        sa.Column("same_number", sa.String(length=192), nullable=True),
        sa.Column("visit", sa.String(length=265), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("received_at", AT, nullable=False),
        sa.Column("due", sa.String(length=40), nullable=True),
        sa.Column("due_at", AT, nullable=True),
        sa.Column("ended_at", AT, nullable=True),
        sa.Column("collected_at", AT, nullable=True),
        sa.Column("result", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("findings", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_cases_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("source_id", "key", name=op.f("uq_cases_source_id_key")),
    )
    op.create_index("ix_cases_desk", "cases", ["agency", "state", "due_at"], unique=False)
    op.create_index("ix_cases_number", "cases", ["agency", "same_number", "day"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_cases_number", table_name="cases")
    op.drop_index("ix_cases_desk", table_name="cases")
    op.drop_table("cases")
