"""Counter states and readings: what the log says of them, ready to read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, insert, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from mpp.store.database import AGENCIES, Read, Write
from mpp.store.tables import counters, readings


class CounterRow(NamedTuple):
    """A counter's folded state; ``rank`` and ``event_id`` are of the event that decided it."""

    agency: str
    counter: str
    state: str
    since: datetime | None
    reason: str | None
    last_seen: datetime
    rank: int
    event_id: str


class ReadingRow(NamedTuple):
    """The newest reading of one service."""

    agency: str
    service: str
    source_id: int
    at: datetime
    waiting: int | None
    open_counters: int | None
    current: str | None


_COUNTER = tuple(counters.c[name] for name in CounterRow._fields)


def of(tx: Read, source_id: int, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], CounterRow]:
    """What a source's events say of these (agency, counter)."""
    query = select(*_COUNTER).where(
        counters.c.source_id == source_id,
        tuple_(counters.c.agency, counters.c.counter).in_(list(keys)),
    )
    return {(row.agency, row.counter): CounterRow(*row) for row in tx.connection.execute(query)}


_COUNTERS_OF = select(*_COUNTER).where(counters.c.agency.in_(AGENCIES))


def all_counters(tx: Read, agencies: Collection[str]) -> list[CounterRow]:
    """The counters of these agencies that ever reported, once for each source that spoke of them."""
    return [
        CounterRow._make(row) for row in tx.connection.execute(_COUNTERS_OF, {"agencies": list(agencies)})
    ]


def upsert(tx: Write, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write states; a row has every column of the table."""
    if not rows:
        return
    statement = (sqlite if tx.sqlite else postgresql).insert(counters)
    statement = statement.on_conflict_do_update(
        index_elements=[counters.c.source_id, counters.c.agency, counters.c.counter],
        set_={c.name: statement.excluded[c.name] for c in counters.c if not c.primary_key},
    )
    tx.connection.execute(statement, rows)


def add_readings(tx: Write, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append readings."""
    if rows:
        tx.connection.execute(insert(readings), rows)


def _latest() -> Select[Any]:
    c = readings.c
    place = func.row_number().over(partition_by=(c.agency, c.service), order_by=(c.at.desc(), c.seq.desc()))
    ranked = (
        select(*(c[name] for name in ReadingRow._fields), place.label("place"))
        .where(c.agency.in_(AGENCIES), c.at >= bindparam("since"), c.at <= bindparam("until"))
        .subquery()
    )
    return select(*(ranked.c[name] for name in ReadingRow._fields)).where(ranked.c.place == 1)


_LATEST = _latest()


def latest_readings(
    tx: Read, since: datetime, until: datetime, agencies: Collection[str]
) -> list[ReadingRow]:
    """The newest reading of every service of these agencies within [since, until]; at one instant
    the one written last."""
    given = {"agencies": list(agencies), "since": since, "until": until}
    return [ReadingRow._make(row) for row in tx.connection.execute(_LATEST, given)]
