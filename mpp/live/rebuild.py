"""Everything that is read, made anew from the log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Final

from mpp.live.case_fold import rebuild_cases, refold_cases
from mpp.live.description import Descriptions
from mpp.live.fold import fold_counter_log, fold_tickets
from mpp.live.judge import Judges
from mpp.live.ratings import rebuild_ratings
from mpp.store import Store, legs, log, sources

CHUNK: Final = 150
"""Tickets folded in one transaction: holds the lock well under 50 ms."""


def rebuild(store: Store, now: datetime, progress: Callable[[int], None] = lambda _: None) -> int:
    """Fold every ticket of every source from the log and replace its legs; fold every counter;
    make the rows of every rating and case.

    Returns how many legs there are. The result equals what intake had written: a difference is a
    defect. Works source by source in short transactions, so intake goes on beside it.
    ``progress`` is called with the number of tickets done since the last call.
    """
    with store.read() as tx:
        versions = Descriptions().versions(tx)
        known = list(sources.all_sources(tx).values())
    if not versions:
        return 0
    judges = Judges()
    written = 0
    for row in known:
        for tickets in log.subjects(store, row.id, CHUNK):
            with store.write() as tx:
                sources.lock(tx, row.id, now, heard=False)
                legs.forget(tx, row.id, tickets)
                written += fold_tickets(tx, judges.of(tx), row, tickets, now)
            progress(len(tickets))
        fold_counter_log(store, versions.newest.code, row.id, now)
        rebuild_ratings(store, judges, row.id, now)
        rebuild_cases(store, judges, row, now)
    return written


def refold_since(store: Store, day: date, now: datetime) -> int:
    """Judge the legs issued and the cases received on ``day`` or later anew, after a description that
    is valid from then; returns how many tickets were folded."""
    judges = Judges()
    with store.read() as tx:
        known = {row.id: row for row in sources.all_sources(tx).values()}
        found = legs.tickets_between(tx, day, datetime.max.replace(tzinfo=UTC).date())
    done = 0
    for source_id, tickets in found.items():
        for start in range(0, len(tickets), CHUNK):
            some = tickets[start : start + CHUNK]
            with store.write() as tx:
                sources.lock(tx, source_id, now, heard=False)
                fold_tickets(tx, judges.of(tx), known[source_id], some, now)
            done += len(some)
    for row in known.values():
        refold_cases(store, judges, row, day, now)
    return done
