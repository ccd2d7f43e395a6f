"""Ratings: visitors' answers as the log has them, ready to read. Comments stay in the log."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, insert, select

from mpp.store.database import AGENCIES, Read, Write
from mpp.store.tables import ratings


class RatingRow(NamedTuple):
    """What the board needs of an answer; ``fee`` says that an unofficial fee was reported."""

    source_id: int
    agency: str
    at: datetime
    score: int
    fee: bool


_OF_DAY = (
    select(*(ratings.c[name] for name in RatingRow._fields))
    .where(ratings.c.day == bindparam("day"), ratings.c.agency.in_(AGENCIES))
    .order_by(ratings.c.seq)
)


def add(tx: Write, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append answers; a row has every column of the table but ``id``."""
    if rows:
        tx.connection.execute(insert(ratings), rows)


def of_day(tx: Read, day: date, agencies: Collection[str]) -> list[RatingRow]:
    """Answers about these agencies given on a mall-zone day, each source's in the order they came."""
    rows = tx.connection.execute(_OF_DAY, {"day": day, "agencies": list(agencies)})
    return [RatingRow._make(row) for row in rows.all()]


def forget(tx: Write, source_id: int, after_seq: int, last_seq: int) -> None:
    """Remove a source's answers whose row of the log is above ``after_seq`` up to ``last_seq``."""
    tx.connection.execute(
        delete(ratings).where(
            ratings.c.source_id == source_id, ratings.c.seq > after_seq, ratings.c.seq <= last_seq
        )
    )


def snapshot(tx: Read) -> list[tuple[Any, ...]]:
    """Every answer as plain values in the log's order, without row ids: for comparing a rebuild."""
    columns = [c for c in ratings.c if c.name != "id"]
    return [tuple(row) for row in tx.connection.execute(select(*columns).order_by(ratings.c.seq))]
