"""Short ways to write tickets, for the tests of the pure core."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from queues.events import Leg, TicketEvent
from queues.tickets import fold

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""08.00 WIB on a Monday."""


def at(minutes: float) -> datetime:
    """So many minutes after the morning began."""
    return MORNING + timedelta(minutes=minutes)


def event(kind: type[TicketEvent], minutes: float, **values: Any) -> Any:
    """An event of A3-042 at Dukcapil, ``minutes`` after the morning began."""
    given = {"agency": "dukcapil", "service": "kk", "number": "A3-042", **values}
    return kind(**{"id": f"{kind.__name__}-{minutes}", "at": at(minutes), **given})


def leg(*events: TicketEvent, **options: Any) -> Leg:
    """The first leg of these events."""
    return fold(events, ticket="t", **options)[0]


class WallClock:
    """Working time is wall time."""

    def seconds(self, start: datetime, end: datetime) -> float:
        return max(0.0, (end - start).total_seconds())


class BreakClock:
    """Nobody works between two instants; otherwise working time is wall time."""

    def __init__(self, first: datetime, last: datetime) -> None:
        self.first, self.last = first, last

    def seconds(self, start: datetime, end: datetime) -> float:
        pause = max(0.0, (min(end, self.last) - max(start, self.first)).total_seconds())
        return max(0.0, (end - start).total_seconds() - pause)
