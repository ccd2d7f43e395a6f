"""From the log to the rows that are read: legs of touched tickets, states of touched counters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from counters.events import CounterEvent
from counters.states import CounterState, apply
from mpp.live.envelope import Incoming
from mpp.live.judge import Judge
from mpp.store import Store, Write, counters, legs, log, sources
from mpp.store.codec import counter_event, whole_id
from mpp.store.sources import SourceRow
from queues.events import Transferred
from queues.tickets import fold


def fold_tickets(tx: Write, judge: Judge, row: SourceRow, tickets: Collection[str], now: datetime) -> int:
    """Fold these tickets of a source from their whole event set; returns how many legs they have."""
    if not tickets:
        return 0
    source = judge.source(row.code)
    rows = []
    branched = set()
    for ticket, events in log.of_tickets(tx, row.id, tickets).items():
        if any(type(event) is Transferred or event.leg != 1 for event in events):
            branched.add(ticket)
        for leg in fold(events, ticket=ticket, steps=source.steps, agencies=source.agencies):
            written = judge.row(row.id, row.code, leg, now)
            if written is not None:
                rows.append(written)
    legs.upsert(tx, rows)
    if branched:
        # An event that came late can take back a transfer, and the leg it had opened.
        kept = {(written["ticket"], written["leg"]) for written in rows}
        legs.forget_others(tx, row.id, branched, kept)
    return len(rows)


def fold_counters(tx: Write, mall: str, source_id: int, items: Sequence[Incoming]) -> None:
    """Bring the states of touched counters up to date with new counter events."""
    if not items:
        return
    known = counters.of(tx, source_id, {(item.agency, item.data["counter"]) for item in items})
    states = {key: state_of(row) for key, row in known.items()}
    for item in items:
        key = item.agency, item.data["counter"]
        name = whole_id(item.event_id, item.origin)
        states[key] = apply(states.get(key), counter_event(item.type, name, item.at, item.stored))
    _write(tx, mall, source_id, states)


def fold_counter_log(store: Store, mall: str, source_id: int, now: datetime) -> None:
    """Fold every counter of a source from the whole log. The log is read outside the lock; inside
    it only what came meanwhile."""
    states: dict[tuple[str, str], CounterState] = {}
    with store.read() as tx:
        last = _apply_all(states, log.of_counters(tx, source_id=source_id))
    with store.write() as tx:
        sources.lock(tx, source_id, now, heard=False)
        _apply_all(states, log.of_counters(tx, source_id=source_id, after_seq=last))
        _write(tx, mall, source_id, states)


def _apply_all(
    states: dict[tuple[str, str], CounterState], events: Iterable[tuple[int, int, CounterEvent]]
) -> int:
    """Apply events; returns the highest row number among them."""
    last = 0
    for seq, _, event in events:
        key = event.agency, event.counter
        states[key] = apply(states.get(key), event)
        last = max(last, seq)
    return last


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
