"""Closing: legs left open when their day is over become unresolved, by an event of our own.

The event has a deterministic id and stands in the same log, so a rebuild finds it again; a later
real event overrides it (docs/ticket-life.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Final

from sqlalchemy import Row

from mpp.live.envelope import content_digest
from mpp.live.fold import fold_tickets
from mpp.live.judge import Judge, Judges
from mpp.store import Store, descriptions, legs, log, sources
from mpp.store.codec import dumps
from mpp.store.sources import SourceRow

CHUNK: Final = 200
"""Legs closed in one transaction: holds the lock well under 50 ms."""

BOOKED_FOR: Final = timedelta(days=30)
"""How long a booking may lie before its holder checks in: no event carries the appointment."""

KIND: Final = "ticket.day_closed"


def closing_of(judge: Judge, agency: str, state: str, moved: datetime) -> datetime:
    """When an open leg that last moved at ``moved`` becomes unresolved: closing of that day plus
    the grace period; what moved after that belongs to the next local midnight plus grace. A
    booking waits for its holder BOOKED_FOR days longer."""
    if state == "booked":
        moved += BOOKED_FOR
    day = judge.day(moved)
    grace = timedelta(seconds=judge.on(day).grace_s)
    due = judge.clock(day, agency).closing(day) + grace
    return due if moved < due else judge.midnight(day + timedelta(days=1)) + grace


def close_due(store: Store, now: datetime) -> int:
    """Close every open leg whose time has come; returns how many. Safe to run at any time, by
    several processes: the same leg gets the same event."""
    closed = 0
    judges = Judges()
    with store.read() as tx:
        if not descriptions.newest_id(tx):
            return 0
        judge = judges.of(tx)
        known = {row.id: row for row in sources.all_sources(tx).values()}
        due: dict[int, list[tuple[Row[Any], datetime]]] = defaultdict(list)
        candidates: dict[int, list[Row[Any]]] = defaultdict(list)
        for row in legs.open_legs_moved_before(tx, now):
            if closing_of(judge, row.agency, row.state, row.since) <= now:
                candidates[row.source_id].append(row)
        for source_id, rows in candidates.items():
            # A recall moves a leg without changing its state, so the log is asked.
            moves = log.last_moves(tx, source_id, {row.ticket for row in rows})
            for row in rows:
                at = closing_of(
                    judge, row.agency, row.state, max(row.since, moves.get(row.ticket, row.since))
                )
                if at <= now:
                    due[source_id].append((row, at))
    for source_id, found in due.items():
        for start in range(0, len(found), CHUNK):
            closed += _close(store, judges, known[source_id], found[start : start + CHUNK], now)
    return closed


def _close(
    store: Store, judges: Judges, row: SourceRow, found: Iterable[tuple[Row[Any], datetime]], now: datetime
) -> int:
    """Append the closing events of one source's legs and fold them."""
    origin = f"mpp/{row.code}"
    wanted = {}
    for leg, at in found:
        # The instant is part of the id: a leg that came back is closed anew. Ticket keys are long.
        ticket = blake2b(f"{leg.ticket}\x1f{leg.leg}".encode(), digest_size=16).hexdigest()
        event_id = f"closing:{ticket}:{at.isoformat()}"
        stored = dumps({"agency": leg.agency})
        wanted[event_id] = {
            "source_id": row.id,
            "origin": origin,
            "event_id": event_id,
            "type": KIND,
            "subject": leg.ticket,
            "leg": leg.leg,
            "agency": leg.agency,
            "at": at,
            "occurred_at": at.isoformat(),
            "offset_s": 0,
            "received_at": now,
            "digest": content_digest(KIND, at.isoformat(), leg.ticket, leg.leg, stored),
            "data": stored,
        }
    with store.write() as tx:
        sources.lock(tx, row.id, now, heard=False)
        known = log.digests(tx, wanted)
        fresh = [event for event_id, event in wanted.items() if (origin, event_id) not in known]
        log.append(tx, fresh)
        fold_tickets(tx, judges.of(tx), row, {event["subject"] for event in fresh}, now)
    return len(fresh)
