"""What is odd about a counter's day. A finding judges a counter and what was pressed there, never a
person: it names no officer, and each may have a good cause."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from counters.desk_tickets import DeskTicket
from counters.spans import Span, seconds, union
from counters.states import UNATTENDED_S
from queues.waiting import percentile

FINDINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "two_at_once": "Two services ran at this counter at once for at least a minute.",
        "open_without_serving": "It was open and free for 5 minutes or more while somebody it serves waited.",
        "long_service": "A service took far longer than this service usually does.",
        "no_end": "The end of a number was never told, and for far longer than usual no next one came.",
    }
)
"""Every finding and its meaning."""

TOGETHER_S: Final = 60.0
"""Shorter overlaps are the next number called before the last one was ended."""

LEAST_HISTORY: Final = 30
"""So many past service times it takes to say what is usual."""

FAR_SCORES: Final = 3.5
"""How many robust standard deviations beyond the median is far (Iglewicz and Hoaglin's bound for the
modified z-score)."""

FAR_TIMES: Final = 2.0
"""And at least so many times the median: where all services take nearly the same time, a little more is
not far."""

_MAD_TO_DEVIATION: Final = 1.4826
_LEAST_TIME_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of finding of a counter's day: ``code`` is one of FINDINGS, ``count`` how often.

    ``seconds`` are all of them together, of long_service those of the longest one. ``span`` is the
    longest stretch. ``numbers`` are the tickets concerned, as printed, in the order they came.
    """

    code: str
    count: int
    seconds: float
    span: Span | None = None
    numbers: tuple[str, ...] = ()


def findings(
    came: Sequence[DeskTicket],
    alone: Iterable[Span],
    far: Mapping[str, float],
    until: datetime,
    unended: Sequence[tuple[DeskTicket, Span]] = (),
) -> tuple[Finding, ...]:
    """The findings of a counter's day in the order of FINDINGS.

    ``came`` are its tickets by the instant they came; ``alone`` the stretches in which it was open and
    free while somebody it serves waited; ``far`` the bounds of :func:`far_beyond` by service; ``until``
    the instant they are judged at; ``unended`` the tickets whose end was never told, each with the stretch
    of which nobody knows whether it was still there.
    """
    found = (
        _two_at_once(came),
        _open_without_serving(alone),
        _long_service(came, far, until),
        _no_end(unended),
    )
    return tuple(finding for finding in found if finding is not None)


def far_beyond(times: Iterable[float]) -> float | None:
    """How many seconds of service are far beyond the usual, from a service's past service times; None
    where fewer than LEAST_HISTORY of at least 10 seconds are known.

    Service times are skewed: a tenth of them is two or three times the median, and a mean and its
    deviation are moved by the very cases sought. So the distance is judged as a ratio: FAR_SCORES times
    the median absolute deviation of the logarithms (made comparable to a standard deviation) above the
    median, and never less than FAR_TIMES the median. Of log-normal times one in 4,000 lies beyond.
    """
    logs = sorted(math.log(time) for time in times if time >= _LEAST_TIME_S)
    if len(logs) < LEAST_HISTORY:
        return None
    middle = percentile(logs, 0.5) or 0.0
    spread = percentile(sorted(abs(log - middle) for log in logs), 0.5) or 0.0
    return math.exp(middle + max(math.log(FAR_TIMES), FAR_SCORES * _MAD_TO_DEVIATION * spread))


def _two_at_once(came: Sequence[DeskTicket]) -> Finding | None:
    """Services with a known start and end that overlap. Who was put aside meanwhile was not at it."""
    known = [(t.start, t.end, t) for t in came if t.start is not None and t.end is not None and not t.held]
    known = sorted((one for one in known if one[0] < one[1]), key=lambda one: (one[0], one[1], one[2].key))
    overlaps: list[Span] = []
    concerned: list[DeskTicket] = []
    running: tuple[datetime, DeskTicket] | None = None
    count = 0
    for start, end, ticket in known:
        if running is not None and (min(running[0], end) - start).total_seconds() >= TOGETHER_S:
            overlaps.append((start, min(running[0], end)))
            concerned += [running[1], ticket]
            count += 1
        if running is None or end > running[0]:
            running = end, ticket
    if not overlaps:
        return None
    joined = union(overlaps)
    return Finding("two_at_once", count, seconds(joined), max(joined, key=_length), _numbers(concerned))


def _open_without_serving(alone: Iterable[Span]) -> Finding | None:
    long = [span for span in alone if _length(span) >= UNATTENDED_S]
    if not long:
        return None
    return Finding("open_without_serving", len(long), seconds(long), max(long, key=_length))


def _long_service(came: Sequence[DeskTicket], far: Mapping[str, float], until: datetime) -> Finding | None:
    """Those that ended, and the one that goes on."""
    last = came[-1] if came else None
    found: list[tuple[float, DeskTicket]] = []
    for ticket in came:
        took = ticket.service_s if ticket.served else None
        if ticket is last and ticket.going_on and ticket.start is not None and not ticket.held:
            took = (until - ticket.start).total_seconds()
        if took is not None and took > far.get(ticket.service, math.inf):
            found.append((took, ticket))
    if not found:
        return None
    longest = max(took for took, _ in found)
    return Finding("long_service", len(found), longest, None, _numbers(ticket for _, ticket in found))


def _no_end(unended: Sequence[tuple[DeskTicket, Span]]) -> Finding | None:
    if not unended:
        return None
    spans = union(span for _, span in unended)
    numbers = _numbers(ticket for ticket, _ in unended)
    return Finding("no_end", len(unended), seconds(spans), max(spans, key=_length), numbers)


def _length(span: Span) -> float:
    return (span[1] - span[0]).total_seconds()


def _numbers(tickets: Iterable[DeskTicket]) -> tuple[str, ...]:
    """Their printed numbers, each once."""
    return tuple(dict.fromkeys(ticket.number for ticket in tickets if ticket.number))
