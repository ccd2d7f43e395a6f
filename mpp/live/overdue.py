"""Who waits beyond the promise, class by class: what a row of *Perlu tindakan* counts. Pure.

The board's *lewat standar* counts everybody; a row names a lever, so it leaves out forgotten tickets
(calling more people in does not help them) and keeps apart who has a promise of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mpp.live.facts import NO_LEGS, Facts
from mpp.live.model import ServiceNow
from queues.clock import WorkClock
from queues.lines import Called, line


@dataclass(frozen=True, slots=True)
class Overdue:
    """``count`` people who wait uncalled beyond ``promise_s``, together ``excess_s`` working seconds
    beyond it (whole minutes). ``since`` is when the first of them went beyond it, who has waited from
    ``longest_since`` with ``number``."""

    count: int
    excess_s: float
    promise_s: int
    since: datetime
    longest_since: datetime
    number: str | None


def overdue(
    facts: Facts, service: ServiceNow, clock: WorkClock, now: datetime, *, priority: bool
) -> Overdue | None:
    """Those of one service's priority class, or the ordinary ones; None where nobody is."""
    if service.line is None or not service.line.over:
        return None
    name = "priority" if priority else None
    promise = facts.judge.promise_s(facts.day, service.agency, service.code, name)
    if promise is None:
        return None
    known = facts.agencies[service.agency]
    called = known.day.called_from.get((service.code, priority), ())
    legs = known.lines.get(service.code, NO_LEGS).waiting
    found = line(
        (leg for leg in legs if (leg.priority is not None) is priority),
        now,
        promise_s=promise,
        worked=clock,
        called=Called(priority=called) if priority else Called(ordinary=called),
    )
    # Forgotten ones came first, and so are the first beyond the promise.
    count = (found.over or 0) - len(found.forgotten)
    since = None if found.longest_from is None else clock.add(found.longest_from, promise)
    if count <= 0 or since is None or found.longest_from is None:
        return None
    excess = (found.excess_s or 0.0) // 60 * 60
    return Overdue(count, excess, promise, since, found.longest_from, found.longest_number)


def longest(some: Iterable[Overdue]) -> Overdue:
    """The one in which somebody has waited longest."""
    return min(some, key=lambda one: (one.longest_since, one.number or ""))
