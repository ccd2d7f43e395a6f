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
    """A counter's folded state; ``rank`` and ``event_id`` are of the event that decided it,
    ``opened_at`` when it was last told to be at work, ``closed_from`` since when it is closed."""

    agency: str
    counter: str
    state: str
    since: datetime | None
    reason: str | None
    last_seen: datetime
    rank: int
    event_id: str
    opened_at: datetime | None
    closed_from: datetime | None


class ReadingRow(NamedTuple):
    """The newest reading of one service; ``most_open`` is the largest ``open_counters`` of all the
    readings it was sought among, None where none tells it."""

    agency: str
    service: str
    source_id: int
    at: datetime
    waiting: int | None
    open_counters: int | None
    current: str | None
    most_open: int | None


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
    of_service = (c.agency, c.service)
    place = func.row_number().over(partition_by=of_service, order_by=(c.at.desc(), c.seq.desc()))
    most_open = func.max(c.open_counters).over(partition_by=of_service)
    told = [c[name] for name in ReadingRow._fields if name != "most_open"]
    ranked = (
        select(*told, most_open.label("most_open"), place.label("place"))
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
