"""What a day of counters is made of, read for some agencies through indexes."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from counters.events import CounterEvent
from mpp.store.codec import counter_event, whole_id
from mpp.store.database import AGENCIES, Read
from mpp.store.tables import events, legs

STATE_TYPES = ("counter.opened", "counter.paused", "counter.resumed", "counter.closed")
"""Events that change a counter's state; a heartbeat tells nothing of its day."""


class DeskLeg(NamedTuple):
    """What a counter's day needs of a leg; ``wait_from`` is check-in or issue."""

    agency: str
    source_id: int
    ticket: str
    leg: int
    service: str
    number: str | None
    counter: str | None
    priority: str | None
    state: str
    since: datetime
    wait_from: datetime
    called_at: datetime | None
    start_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    service_s: float | None
    held_s: float
    findings: str


_WAIT_FROM = func.coalesce(legs.c.checked_in_at, legs.c.issued_at)
_LEGS = select(*(_WAIT_FROM if name == "wait_from" else legs.c[name] for name in DeskLeg._fields)).where(
    legs.c.day == bindparam("day"), legs.c.agency.in_(AGENCIES)
)
_TOLD = select(events.c.type, events.c.event_id, events.c.origin, events.c.at, events.c.data).where(
    events.c.agency.in_(AGENCIES),
    events.c.type.in_(STATE_TYPES),
    events.c.at >= bindparam("start"),
    events.c.at < bindparam("end"),
)
_PAUSED = select(events.c.data).where(
    events.c.agency == bindparam("agency"),
    events.c.type == "counter.paused",
    events.c.at == bindparam("at"),
)
_HELD = select(events.c.agency, events.c.data).where(
    events.c.agency.in_(AGENCIES),
    events.c.type.in_(("ticket.held", "ticket.resumed")),
    events.c.at >= bindparam("start"),
    events.c.at < bindparam("end"),
)
# Its days one by one, as in agency_legs: else the index on (day, agency) is read for all agencies.
_TIMES = select(legs.c.agency, legs.c.service, legs.c.service_s).where(
    legs.c.day.in_(bindparam("days", expanding=True)),
    legs.c.agency.in_(AGENCIES),
    legs.c.service_s.is_not(None),
)


def desk_legs(tx: Read, day: date, agencies: Collection[str]) -> list[DeskLeg]:
    """Legs of these agencies issued on a mall-zone day, in no order."""
    rows = tx.connection.execute(_LEGS, {"day": day, "agencies": list(agencies)})
    return [DeskLeg._make(row) for row in rows.all()]


def state_events(tx: Read, agencies: Collection[str], start: datetime, end: datetime) -> list[CounterEvent]:
    """What was told of the states of these agencies' counters with ``start <= at < end``, in no order.

    By instant, not by counter: a counter's subject leads through every heartbeat it ever sent (0.4 s
    after 30 days of one a minute; a day by its instants takes 0.01 s).
    """
    given = {"agencies": list(agencies), "start": start, "end": end}
    rows = tx.connection.execute(_TOLD, given).all()
    return [counter_event(kind, whole_id(id_, origin), at, data) for kind, id_, origin, at, data in rows]


def pause_notes(tx: Read, agency: str, at: datetime) -> dict[str, str]:
    """What was written about the pauses of an agency's counters that began at this very instant, by
    counter."""
    rows = tx.connection.execute(_PAUSED, {"agency": agency, "at": at}).scalars()
    told = [json.loads(data) for data in rows]
    return {one["counter"]: one["note"] for one in told if one.get("note")}


def held_at(tx: Read, agencies: Collection[str], start: datetime, end: datetime) -> set[tuple[str, str]]:
    """(agency, counter) where somebody was put on hold or taken up again with ``start <= at < end``, as far
    as the counter was told."""
    rows = tx.connection.execute(_HELD, {"agencies": list(agencies), "start": start, "end": end})
    told = ((agency, json.loads(data).get("counter")) for agency, data in rows)
    return {(agency, counter) for agency, counter in told if counter is not None}


def service_times(
    tx: Read, days: Collection[date], agencies: Collection[str]
) -> list[tuple[str, str, float]]:
    """(agency, service, seconds) of every known service time of the legs issued on these days."""
    given = {"days": list(days), "agencies": list(agencies)}
    return [tuple(row) for row in tx.connection.execute(_TIMES, given).all()]
