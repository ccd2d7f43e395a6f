"""From the log to the rows that are read: legs of touched tickets, states of touched counters."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from counters.states import CounterState, apply
from mpp.live.envelope import Incoming
from mpp.live.judge import Judge
from mpp.store import Write, counters, legs, log
from mpp.store.codec import counter_event
from mpp.store.sources import SourceRow
from queues.tickets import fold


def fold_tickets(tx: Write, judge: Judge, row: SourceRow, tickets: Collection[str], now: datetime) -> int:
    """Fold these tickets of a source from their whole event set; returns how many legs they have."""
    if not tickets:
        return 0
    source = judge.source(row.code)
    rows = []
    for ticket, events in log.of_tickets(tx, row.id, tickets).items():
        for leg in fold(events, ticket=ticket, steps=source.steps, agencies=source.agencies):
            written = judge.row(row.id, row.code, leg, now)
            if written is not None:
                rows.append(written)
    legs.upsert(tx, rows)
    return len(rows)


def fold_counters(tx: Write, mall: str, source_id: int, items: Sequence[Incoming]) -> None:
    """Bring the states of touched counters up to date with new counter events."""
    if not items:
        return
    known = counters.of(tx, {(item.agency, item.data["counter"]) for item in items})
    states: dict[tuple[str, str], CounterState] = {key: state_of(row) for key, row in known.items()}
    for item in items:
        key = item.agency, item.data["counter"]
        states[key] = apply(states.get(key), counter_event(item.type, item.event_id, item.at, item.stored))
    _write(tx, mall, source_id, states)


def fold_counter_log(tx: Write, mall: str, source_id: int) -> None:
    """Fold every counter of a source from the whole log."""
    states: dict[tuple[str, str], CounterState] = {}
    for event in log.of_counters(tx, source_id=source_id):
        key = event.agency, event.counter
        states[key] = apply(states.get(key), event)
    _write(tx, mall, source_id, states)


def state_of(row: counters.CounterRow) -> CounterState:
    """The folded state a row holds."""
    return CounterState(*row[2:])


def _write(tx: Write, mall: str, source_id: int, states: Mapping[tuple[str, str], CounterState]) -> None:
    rows = [
        {
            "mall": mall,
            "agency": agency,
            "counter": counter,
            "source_id": source_id,
            "state": state.state,
            "since": state.since,
            "reason": state.reason,
            "last_seen": state.last_seen,
            "rank": state.rank,
            "event_id": state.event_id,
        }
        for (agency, counter), state in states.items()
    ]
    counters.upsert(tx, rows)
