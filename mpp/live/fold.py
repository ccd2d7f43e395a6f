"""From the log to the rows that are read: legs of touched tickets, states of touched counters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from counters.events import CounterEvent
from counters.states import CounterState, apply, overtaken
from mpp.live.case_fold import fold_cases, opened_by
from mpp.live.envelope import Incoming
from mpp.live.judge import Judge
from mpp.store import Read, Store, Write, counters, legs, log, sources
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
    opened: set[str] = set()
    for ticket, events in log.of_tickets(tx, row.id, tickets).items():
        if any(type(event) is Transferred or event.leg != 1 for event in events):
            branched.add(ticket)
        opened |= opened_by(ticket, events)
        for leg in fold(events, ticket=ticket, steps=source.steps, agencies=source.agencies):
            written = judge.row(row.id, row.code, leg, now)
            if written is not None:
                rows.append(written)
    legs.upsert(tx, rows)
    if branched:
        # An event that came late can take back a transfer, and the leg it had opened.
        kept = {(written["ticket"], written["leg"]) for written in rows}
        legs.forget_others(tx, row.id, branched, kept)
    fold_cases(tx, judge, row.id, opened)
    return len(rows)


def fold_counters(tx: Write, mall: str, source_id: int, items: Sequence[Incoming]) -> None:
    """Bring the states of touched counters up to date with new counter events."""
    if not items:
        return
    known = counters.of(tx, source_id, {(item.agency, item.data["counter"]) for item in items})
    states = {key: state_of(row) for key, row in known.items()}
    _apply_all(
        tx,
        source_id,
        states,
        (
            counter_event(item.type, whole_id(item.event_id, item.origin), item.at, item.stored)
            for item in items
        ),
    )
    _write(tx, mall, source_id, states)


def fold_counter_log(store: Store, mall: str, source_id: int, now: datetime) -> None:
    """Fold every counter of a source from the whole log. The log is read outside the lock; inside
    it only what came meanwhile."""
    states: dict[tuple[str, str], CounterState] = {}
    last = 0

    def told(tx: Read) -> Iterator[CounterEvent]:
        nonlocal last
        for seq, _, event in log.of_counters(tx, source_id=source_id, after_seq=last):
            last = max(last, seq)
            yield event

    with store.read() as tx:
        _apply_all(tx, source_id, states, told(tx))
    with store.write() as tx:
        sources.lock(tx, source_id, now, heard=False)
        _apply_all(tx, source_id, states, told(tx))
        _write(tx, mall, source_id, states)


def _apply_all(
    tx: Read, source_id: int, states: dict[tuple[str, str], CounterState], events: Iterable[CounterEvent]
) -> None:
    """Apply events that the log holds; those of a counter that was overtaken once more from there on."""
    again: dict[tuple[str, str], datetime] = {}
    for event in events:
        key = event.agency, event.counter
        state = states.get(key)
        if overtaken(state, event):
            again[key] = min(event.at, again.get(key, event.at))
        states[key] = apply(state, event)
    if not again:
        return
    for _, _, event in log.of_counters(tx, source_id=source_id, start=min(again.values())):
        key = event.agency, event.counter
        if key in again:
            states[key] = apply(states[key], event)


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
            "opened_at": state.opened,
            "closed_from": state.closed_from,
        }
        for (agency, counter), state in states.items()
    ]
    counters.upsert(tx, rows)
