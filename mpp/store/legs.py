"""Legs: one row each, always what the fold of its events says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Insert,
    Row,
    bindparam,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite

from mpp.store.bulk import Bulk
from mpp.store.database import AGENCIES, Read, Write
from mpp.store.log import chunks
from mpp.store.tables import legs

_KEY = ("source_id", "ticket", "leg")
_FOLDED = tuple(c.name for c in legs.c if c.name not in (*_KEY, "id", "mall"))

# Written as text: a bound value would keep both engines from using the partial index.
_OPEN = text("legs.state != 'ended'")


class OpenLeg(NamedTuple):
    """What the board needs of a leg that has not ended. ``wait_from`` is check-in or issue."""

    agency: str
    service: str
    number: str | None
    counter: str | None
    priority: str | None
    state: str
    since: datetime
    day: date
    wait_from: datetime
    called_at: datetime | None
    start_at: datetime | None
    promise_s: int | None
    findings: str


class TodayLeg(NamedTuple):
    """What the board's day sums need of a leg: few columns, for there are thousands of rows.
    ``called`` says whether a call or start is known, ``started`` whether a service start is."""

    agency: str
    service: str
    counter: str | None
    priority: str | None
    wait_from: datetime
    called: bool
    started: bool
    ended_at: datetime | None
    outcome: str | None
    result: str | None
    wait_s: float | None
    service_s: float | None
    within: bool | None
    findings: str


class DayLeg(NamedTuple):
    """What a day's figures need of a leg."""

    agency: str
    service: str
    source_id: int
    day: date
    counter: str | None
    priority: str | None
    state: str
    issued_at: datetime
    checked_in_at: datetime | None
    called_at: datetime | None
    start_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    result: str | None
    promise_s: int | None
    wait_s: float | None
    wait_work_s: float | None
    service_s: float | None
    within: bool | None
    findings: str


_DERIVED = {
    "wait_from": func.coalesce(legs.c.checked_in_at, legs.c.issued_at),
    "called": or_(legs.c.called_at.is_not(None), legs.c.start_at.is_not(None)),
    "started": legs.c.start_at.is_not(None),
}


def _columns(fields: Iterable[str]) -> list[Any]:
    return [_DERIVED.get(name, legs.c.get(name)) for name in fields]


_OPEN_OF = select(*_columns(OpenLeg._fields)).where(_OPEN, legs.c.agency.in_(AGENCIES))
_TODAY_OF = select(*_columns(TodayLeg._fields)).where(
    legs.c.day == bindparam("day"), legs.c.agency.in_(AGENCIES)
)
_DAY_COLUMNS = tuple(legs.c[name] for name in DayLeg._fields)


def _upsert(dialect: str) -> Insert:
    statement = (sqlite if dialect == "sqlite" else postgresql).insert(legs)
    return statement.on_conflict_do_update(
        index_elements=[legs.c[name] for name in _KEY],
        set_={name: statement.excluded[name] for name in _FOLDED},
    )


_UPSERT = Bulk(_upsert, (c.name for c in legs.c if c.name != "id"))


def upsert(tx: Write, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write legs, replacing what stood under (source, ticket, leg)."""
    _UPSERT.run(tx, rows)


def forget(tx: Write, source_id: int, tickets: Iterable[str]) -> None:
    """Remove the rows of tickets that are about to be folded anew."""
    for some in chunks(tickets):
        tx.connection.execute(delete(legs).where(legs.c.source_id == source_id, legs.c.ticket.in_(some)))


def forget_others(
    tx: Write, source_id: int, tickets: Iterable[str], kept: Collection[tuple[str, int]]
) -> None:
    """Remove the rows of these tickets that are not among the (ticket, leg) kept."""
    for some in chunks(tickets):
        rows = tx.connection.execute(
            select(legs.c.id, legs.c.ticket, legs.c.leg).where(
                legs.c.source_id == source_id, legs.c.ticket.in_(some)
            )
        )
        gone = [row.id for row in rows if (row.ticket, row.leg) not in kept]
        if gone:
            tx.connection.execute(delete(legs).where(legs.c.id.in_(gone)))


def open_legs(tx: Read, agencies: Collection[str]) -> list[OpenLeg]:
    """Legs of these agencies that have not ended, through the partial index."""
    rows = tx.connection.execute(_OPEN_OF, {"agencies": list(agencies)})
    return [OpenLeg._make(row) for row in rows.all()]


def open_counts(tx: Read) -> list[tuple[str, int]]:
    """(agency, legs that have not ended), agencies without one left out."""
    query = select(legs.c.agency, func.count()).where(_OPEN).group_by(legs.c.agency).order_by(legs.c.agency)
    return [(agency, count) for agency, count in tx.connection.execute(query)]


def today_legs(tx: Read, day: date, agencies: Collection[str]) -> list[TodayLeg]:
    """Legs of these agencies issued on a mall-zone day."""
    rows = tx.connection.execute(_TODAY_OF, {"day": day, "agencies": list(agencies)})
    return [TodayLeg._make(row) for row in rows.all()]


def between(tx: Read, first: date, last: date, agencies: Collection[str] | None = None) -> Iterator[DayLeg]:
    """Legs issued on the days from ``first`` to ``last``, both included, in no order."""
    query = select(*_DAY_COLUMNS).where(legs.c.day >= first, legs.c.day <= last)
    if agencies is not None:
        query = query.where(legs.c.agency.in_(agencies))
    result = tx.connection.execute(query, execution_options={"yield_per": 5000})
    for row in result:
        yield DayLeg(*row)


def tickets_between(tx: Read, first: date, last: date) -> dict[int, list[str]]:
    """Tickets that have a leg issued on these days, by source id."""
    found: dict[int, list[str]] = {}
    rows = tx.connection.execute(
        select(legs.c.source_id, legs.c.ticket).where(legs.c.day >= first, legs.c.day <= last).distinct()
    )
    for source_id, ticket in rows:
        found.setdefault(source_id, []).append(ticket)
    return found


def open_legs_moved_before(tx: Read, instant: datetime) -> list[Row[Any]]:
    """Open legs that last moved before an instant: (source_id, ticket, leg, agency, state, since)."""
    query = (
        select(legs.c.source_id, legs.c.ticket, legs.c.leg, legs.c.agency, legs.c.state, legs.c.since)
        .where(_OPEN, legs.c.since < instant)
        .order_by(legs.c.source_id, legs.c.since)
    )
    return list(tx.connection.execute(query))


def _quarter(at: Any, *, sqlite: bool) -> Any:
    """Start of an instant's quarter hour, seconds since the epoch."""
    epoch = func.strftime("%s", at) if sqlite else func.floor(func.extract("epoch", at))
    return cast(epoch, BigInteger) // 900 * 900


def _flow(*, sqlite: bool) -> Any:
    came, done = _quarter(_DERIVED["wait_from"], sqlite=sqlite), _quarter(legs.c.ended_at, sqlite=sqlite)
    on = legs.c.day.in_(_DAYS)
    served = (legs.c.outcome == "served", legs.c.ended_at.is_not(None))
    # Grouped by place: an expression with a bound value would not be known again.
    quarter = (text("1"), text("2"), text("3"))
    return union_all(
        select(legs.c.day, legs.c.agency, came, func.count(), literal(0)).where(on).group_by(*quarter),
        select(legs.c.day, legs.c.agency, done, literal(0), func.count())
        .where(on, *served)
        .group_by(*quarter),
    )


_DAYS: Any = bindparam("days", expanding=True)
_COUNTED = (
    select(legs.c.day, legs.c.agency, func.count())
    .where(legs.c.day.in_(_DAYS))
    .group_by(legs.c.day, legs.c.agency)
    .order_by(legs.c.day, legs.c.agency)
)
_JUDGED = (
    select(legs.c.agency, func.count().filter(legs.c.within.is_(True)), func.count())
    .where(legs.c.day == bindparam("day"), legs.c.within.is_not(None))
    .group_by(legs.c.agency)
)
_FLOW = {sqlite: _flow(sqlite=sqlite) for sqlite in (True, False)}

Counted = list[tuple[date, str, int]]
"""(day, agency, its legs issued on that day)."""


def counted(tx: Read, days: Collection[date]) -> Counted:
    """How many legs each agency has on these days, in their order; from an index alone."""
    return [tuple(row) for row in tx.connection.execute(_COUNTED, {"days": list(days)})]


def flow(tx: Read, days: Collection[date]) -> list[tuple[date, str, int, int, int]]:
    """(day, agency, quarter hour's start in seconds since the epoch, legs that began to wait in it,
    legs served in it) of the legs issued on these days; a quarter may come twice."""
    return [tuple(row) for row in tx.connection.execute(_FLOW[tx.sqlite], {"days": list(days)})]


def judged(tx: Read, day: date) -> dict[str, tuple[int, int]]:
    """By agency how many legs issued on a day kept their promise, of how many that were judged."""
    return {row[0]: (int(row[1]), int(row[2])) for row in tx.connection.execute(_JUDGED, {"day": day})}


def days_known(tx: Read) -> tuple[date | None, date | None]:
    """First and last day that has a leg."""
    row = tx.connection.execute(select(func.min(legs.c.day), func.max(legs.c.day))).one()
    return row[0], row[1]


def snapshot(tx: Read) -> list[tuple[Any, ...]]:
    """Every leg as plain values in a fixed order, without row ids: for comparing a rebuild."""
    columns = [c for c in legs.c if c.name != "id"]
    rows = tx.connection.execute(select(*columns).order_by(*(legs.c[name] for name in _KEY)))
    return [tuple(row) for row in rows]
