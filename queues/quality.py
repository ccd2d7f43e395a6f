"""Dirt in queue data: findings per ticket, and a score per source.

A finding says what is odd about a leg. It never changes the leg's outcome, and only those of
``LEAVES_OUT_WAIT`` and ``LEAVES_OUT_SERVICE`` (:mod:`queues.waiting`) leave it out of a figure,
because the figure is unknown or impossible there; whatever else is odd stays in and is shown
beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, tzinfo
from types import MappingProxyType
from typing import Final

from queues.events import Leg
from queues.waiting import EARLY_START_S, LEAVES_OUT_WAIT, Times

GHOST_S: Final = 1.0
"""Call, start and end this close together: nobody was served in between."""

INSTANT_S: Final = 10.0
"""A service shorter than this is a hang-up, a wrong press or a number clicked away."""

ABSURD_WAIT_S: Final = 8 * 3600.0
"""Nobody waits longer than a mall's working day; such a number was forgotten or its clock is off."""

ABSURD_SERVICE_S: Final = 4 * 3600.0
"""Nobody sits at one counter for half a day; the end was pressed late."""

FINDINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "absurd_service": "The service took longer than 4 hours: its end was probably pressed late.",
        "absurd_wait": "The wait was longer than 8 hours, more than a working day holds.",
        "after_end": "Something was reported of the ticket after its end; it changed nothing.",
        "back_filled": "Issue, start and end lie within one second: typed in afterwards.",
        "crosses_midnight": "The ticket began on one day and was served or ended on another.",
        "end_before_start": "The service ends before it starts.",
        "end_missing": "The source says how the ticket ended but not when; the reading's instant stands in.",
        "forgotten": "Several later numbers of its line were called before this one, which still waits.",
        "ghost": "Called, started and finished within one second: nobody was served.",
        "instant_service": "The service took less than 10 seconds.",
        "issue_missing": "Neither issue nor check-in is known; the earliest instant stands in.",
        "issued_again": "The number was issued more than once; the first issue counts.",
        "moved": "Agency or service changed without a transfer; the last one counts.",
        "no_show_in_service": "A no-show came after the service start; that service does not count.",
        "not_checked_in": "A booking was called or served without a check-in, so its wait is unknown.",
        "out_of_order": "An event came in a state in which it cannot happen.",
        "returned": "The visitor came back after a no-show.",
        "served_without_counter": "Served, but the counter is not known.",
        "start_before_issue": "The service starts more than 10 seconds before the wait began.",
        "start_missing": "Finished without a service start.",
        "withdrawn": "The source deleted the row of the ticket.",
    }
)
"""Every finding and its meaning."""

NO_FAULT: Final = frozenset({"returned"})
"""Findings that tell of the visitor, not of the data: they do not lower a source's score."""


def findings(leg: Leg, times: Times, zone: tzinfo) -> tuple[str, ...]:
    """Every finding of ``leg``, those of the fold included, sorted. ``zone`` is the mall's."""
    found = set(leg.findings)
    found.update(_of_the_wait(leg, times))
    if leg.outcome == "served":
        found.update(_of_the_service(leg, times))
    if _crosses_midnight(leg, zone):
        found.add("crosses_midnight")
    return tuple(sorted(found))


def score(legs: int, faulty: int) -> float | None:
    """Share (0 to 1) of a source's ``legs`` without a finding, ``faulty`` having one (see
    :func:`faults`); None where there are no legs."""
    return 1.0 - faulty / legs if legs else None


def faults(found: Iterable[str]) -> bool:
    """Whether any of the findings is a fault of the data."""
    return any(code not in NO_FAULT for code in found)


def _of_the_wait(leg: Leg, times: Times) -> Iterable[str]:
    start = leg.start_at
    if start is None or LEAVES_OUT_WAIT & set(leg.findings) or (leg.booked and leg.checked_in_at is None):
        return
    if (leg.wait_from - start).total_seconds() > EARLY_START_S:
        yield "start_before_issue"
    elif times.wait_s is not None and times.wait_s > ABSURD_WAIT_S:
        yield "absurd_wait"


def _of_the_service(leg: Leg, times: Times) -> Iterable[str]:
    if leg.counter is None:
        yield "served_without_counter"
    start, end = leg.start_at, leg.ended_at
    if start is None or end is None or leg.end_by != "event":
        return
    if end < start:
        yield "end_before_start"
        return
    if "issue_missing" not in leg.findings and _within_a_second(leg.issued_at, start, end):
        yield "back_filled"
    if leg.start_by != "start" or times.service_s is None:
        return
    if leg.called_at is not None and _within_a_second(leg.called_at, start, end):
        yield "ghost"
    if times.service_s < INSTANT_S:
        yield "instant_service"
    elif times.service_s > ABSURD_SERVICE_S:
        yield "absurd_service"


def _within_a_second(*instants: datetime) -> bool:
    return (max(instants) - min(instants)).total_seconds() <= GHOST_S


def _crosses_midnight(leg: Leg, zone: tzinfo) -> bool:
    """A closing at 24.00 is no crossing, nor is a booking made the day before."""
    last = leg.ended_at if leg.end_by == "event" else leg.start_at
    if last is None or (leg.booked and leg.checked_in_at is None):
        return False
    return _day(leg.wait_from, zone) != _day(last, zone)


def _day(instant: datetime, zone: tzinfo) -> date:
    try:
        return instant.astimezone(zone).date()
    except OverflowError:  # an instant at the edge of what a datetime can hold
        return instant.date()
