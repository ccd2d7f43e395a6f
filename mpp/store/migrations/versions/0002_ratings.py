"""Ratings, ready to read, with the answers that the log holds already; when a counter was last told
to be at work and since when it is closed."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


CHUNK = 500
"""Answers filled in by one statement."""


def upgrade() -> None:
    ratings = op.create_table(
        "ratings",
        sa.Column("id", KEY, nullable=False),
        sa.Column("mall", sa.String(length=64), nullable=False),
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("seq", KEY, nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=True),
        sa.Column("counter", sa.String(length=64), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("fee", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["events.seq"], name=op.f("fk_ratings_seq")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_ratings_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("seq", name=op.f("uq_ratings_seq")),
    )
    op.create_index("ix_ratings_day_agency", "ratings", ["day", "agency"], unique=False)
    _fill(ratings)
    with op.batch_alter_table("counters") as batch:
        batch.add_column(sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("closed_from", sa.DateTime(timezone=True), nullable=True))
    # When one that is closed was last at work nobody kept: its next event at work tells it.
    op.execute("UPDATE counters SET opened_at = since WHERE state IN ('open', 'paused')")
    op.execute("UPDATE counters SET closed_from = since WHERE state = 'closed'")


def _fill(ratings: sa.Table) -> None:
    """In the migration's own transaction, which no other process writes beside. What a row says is
    written out here: a migration means the same in every later release."""
    connection = op.get_bind()
    described = "SELECT mall, document FROM mall_versions ORDER BY id DESC LIMIT 1"
    newest = connection.execute(sa.text(described)).one_or_none()
    if newest is None:
        return
    zone = ZoneInfo(json.loads(newest.document)["zone"])
    names = ("seq", "source_id", "agency", "at", "data")
    kinds = {"at": sa.DateTime(timezone=True)}
    events = sa.table("events", sa.column("type"), *(sa.column(name, kinds.get(name)) for name in names))
    query = sa.select(*(events.c[name] for name in names)).where(events.c.type == "rating.given")
    after = 0
    while True:
        some = query.where(events.c.seq > after).order_by(events.c.seq).limit(CHUNK)
        found = connection.execute(some).all()
        if not found:
            return
        connection.execute(sa.insert(ratings), [_row(event, newest.mall, zone) for event in found])
        after = found[-1].seq


def _row(event: Any, mall: str, zone: ZoneInfo) -> dict[str, Any]:
    data = json.loads(event.data)
    at = event.at if event.at.tzinfo else event.at.replace(tzinfo=UTC)  # SQLite keeps UTC, nameless
    return {
        "mall": mall,
        "source_id": event.source_id,
        "seq": event.seq,
        "agency": event.agency,
        "service": data.get("service"),
        "counter": data.get("counter"),
        "at": event.at,
        "day": at.astimezone(zone).date(),
        "score": data["score"],
        "fee": "unofficial_fee" in data.get("reasons", ()),
    }


def downgrade() -> None:
    with op.batch_alter_table("counters") as batch:
        batch.drop_column("closed_from")
        batch.drop_column("opened_at")
    op.drop_index("ix_ratings_day_agency", table_name="ratings")
    op.drop_table("ratings")
