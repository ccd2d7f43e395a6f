"""From the log to the rows of ratings."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from operator import itemgetter
from typing import Any, Final

from counters.ratings import FEE, Rating
from mpp.live.judge import Judge, Judges
from mpp.store import Store, log, ratings, sources
from mpp.store.log import RatingEvent

CHUNK: Final = 500
"""Answers remade in one transaction: holds the lock well under 50 ms."""


def row(judge: Judge, event: RatingEvent) -> dict[str, Any]:
    """The row of one answer as the log has it."""
    data = json.loads(event.data)
    given = rating(event)
    return {
        "mall": judge.mall.code,
        "source_id": event.source_id,
        "seq": event.seq,
        "agency": event.agency,
        "service": data.get("service"),
        "counter": data.get("counter"),
        "at": event.at,
        "day": judge.day(event.at),
        "score": given.score,
        "fee": given.fee,
    }


def rating(event: RatingEvent) -> Rating:
    """The answer that a row of the log tells."""
    data = json.loads(event.data)
    return Rating(event.at, data["score"], fee=FEE in data.get("reasons", ()), source=event.source_id)


def arrivals(told: Iterable[RatingEvent]) -> list[tuple[datetime, RatingEvent]]:
    """Each answer with the instant from which on it was known, in that order; ``told`` is in the
    log's order.

    That is when it was received, and never before the answers that its source had told already: one
    out of quarantine keeps the instant it was first received, and a clock may be put back.
    """
    latest: dict[int, datetime] = {}
    found = []
    for event in told:
        known = max(event.received_at, latest.get(event.source_id, event.received_at))
        latest[event.source_id] = known
        found.append((known, event))
    return sorted(found, key=itemgetter(0))


def rebuild_ratings(store: Store, judges: Judges, source_id: int, now: datetime) -> None:
    """Make the rows of a source's answers anew, in short transactions. The log is read outside the
    lock: what it holds of a source never changes, and what comes meanwhile intake writes itself."""
    after = 0
    while True:
        with store.read() as tx:
            found = log.ratings_after(tx, source_id, after, CHUNK)
        if not found:
            return
        last = found[-1].seq
        with store.write() as tx:
            sources.lock(tx, source_id, now, heard=False)
            judge = judges.of(tx)
            ratings.forget(tx, source_id, after, last)
            ratings.add(tx, [row(judge, event) for event in found])
        after = last
