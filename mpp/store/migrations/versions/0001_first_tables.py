"""The first tables: description, sources, events, legs, counters, readings, quarantine, leases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

VISITS = """
CREATE VIEW visits AS
SELECT mall, visit, MIN(day) AS day, MIN(issued_at) AS opened_at,
       CASE WHEN SUM(CASE WHEN state = 'ended' THEN 0 ELSE 1 END) = 0 THEN MAX(ended_at) END AS ended_at,
       COUNT(*) AS legs, COUNT(DISTINCT agency) AS agencies
FROM legs GROUP BY mall, visit
"""


def upgrade() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "mall_versions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("mall", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mall_versions")),
    )
    op.create_table(
        "sources",
        sa.Column("id", KEY, nullable=False),
        sa.Column("mall", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("rev", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_reported", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_changed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("last_error_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clock_offset_s", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("fields_dropped", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("quarantine_overflow", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("code", name=op.f("uq_sources_code")),
    )
    op.create_table(
        "counters",
        sa.Column("mall", sa.String(length=64), nullable=False),
        sa.Column("source_id", KEY, autoincrement=False, nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("counter", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=401), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_counters_source_id")),
        sa.PrimaryKeyConstraint("source_id", "agency", "counter", name=op.f("pk_counters")),
    )
    op.create_table(
        "events",
        sa.Column("seq", KEY, nullable=False),
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("leg", sa.Integer(), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("occurred_at", sa.String(length=40), nullable=False),
        sa.Column("offset_s", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_events_source_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_events")),
        sa.UniqueConstraint("event_id", "origin", name=op.f("uq_events_event_id_origin")),
    )
    op.create_index("ix_events_at", "events", ["at"], unique=False)
    op.create_index("ix_events_subject", "events", ["subject", "source_id"], unique=False)
    op.create_table(
        "legs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("mall", sa.String(length=64), nullable=False),
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("ticket", sa.String(length=200), nullable=False),
        sa.Column("leg", sa.Integer(), nullable=False),
        sa.Column("visit", sa.String(length=265), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=True),
        sa.Column("counter", sa.String(length=64), nullable=True),
        sa.Column("priority", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("start_by", sa.String(length=8), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("result", sa.String(length=16), nullable=True),
        sa.Column("due", sa.String(length=40), nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("held_s", sa.Float(), nullable=False),
        sa.Column("to_agency", sa.String(length=64), nullable=True),
        sa.Column("to_service", sa.String(length=64), nullable=True),
        sa.Column("promise_s", sa.Integer(), nullable=True),
        sa.Column("wait_s", sa.Float(), nullable=True),
        sa.Column("wait_work_s", sa.Float(), nullable=True),
        sa.Column("service_s", sa.Float(), nullable=True),
        sa.Column("within", sa.Boolean(), nullable=True),
        sa.Column("findings", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_legs_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legs")),
        sa.UniqueConstraint("source_id", "ticket", "leg", name=op.f("uq_legs_source_id_ticket_leg")),
    )
    op.create_index("ix_legs_day_agency", "legs", ["day", "agency"], unique=False)
    op.create_index(
        "ix_legs_open",
        "legs",
        ["agency"],
        unique=False,
        sqlite_where=sa.text("state != 'ended'"),
        postgresql_where=sa.text("state != 'ended'"),
    )
    op.create_index("ix_legs_visit", "legs", ["visit"], unique=False)
    op.create_table(
        "quarantine",
        sa.Column("id", KEY, nullable=False),
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=24), nullable=True),
        sa.Column("agency", sa.String(length=64), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=True),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution", sa.String(length=12), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_quarantine_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
        sa.UniqueConstraint(
            "source_id", "origin", "event_id", name=op.f("uq_quarantine_source_id_origin_event_id")
        ),
    )
    op.create_index(
        "ix_quarantine_open",
        "quarantine",
        ["agency", "day"],
        unique=False,
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_table(
        "tokens",
        sa.Column("id", KEY, nullable=False),
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("hint", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_tokens_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_tokens_digest")),
    )
    op.create_table(
        "readings",
        sa.Column("id", KEY, nullable=False),
        sa.Column("mall", sa.String(length=64), nullable=False),
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("seq", KEY, nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=True),
        sa.Column("open_counters", sa.Integer(), nullable=True),
        sa.Column("current", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["seq"], ["events.seq"], name=op.f("fk_readings_seq")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_readings_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
        sa.UniqueConstraint("seq", name=op.f("uq_readings_seq")),
    )
    op.create_index("ix_readings_agency_service_at", "readings", ["agency", "service", "at"], unique=False)
    op.execute(VISITS)


def downgrade() -> None:
    op.execute("DROP VIEW visits")
    op.drop_index("ix_readings_agency_service_at", table_name="readings")
    op.drop_table("readings")
    op.drop_table("tokens")
    op.drop_index(
        "ix_quarantine_open",
        table_name="quarantine",
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.drop_table("quarantine")
    op.drop_index("ix_legs_visit", table_name="legs")
    op.drop_index(
        "ix_legs_open",
        table_name="legs",
        sqlite_where=sa.text("state != 'ended'"),
        postgresql_where=sa.text("state != 'ended'"),
    )
    op.drop_index("ix_legs_day_agency", table_name="legs")
    op.drop_table("legs")
    op.drop_index("ix_events_subject", table_name="events")
    op.drop_index("ix_events_at", table_name="events")
    op.drop_table("events")
    op.drop_table("counters")
    op.drop_table("sources")
    op.drop_table("mall_versions")
    op.drop_table("leases")
