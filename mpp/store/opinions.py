"""Answers about one agency with what visitors said beside their score, which stays in the log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, select

from mpp.store.database import Read
from mpp.store.tables import events, ratings


class Said(NamedTuple):
    """One answer; ``data`` is the JSON its source sent."""

    day: date
    source_id: int
    score: int
    data: str


_OF = (
    select(ratings.c.day, ratings.c.source_id, ratings.c.score, events.c.data)
    .join(events, events.c.seq == ratings.c.seq)
    .where(ratings.c.agency == bindparam("agency"))
    .order_by(ratings.c.seq)
)


def about(tx: Read, agency: str) -> Iterator[Said]:
    """Every answer about the agency, each source's in the order they came."""
    rows = tx.connection.execute(_OF, {"agency": agency}, execution_options={"yield_per": 5000})
    for row in rows:
        yield Said._make(row)
