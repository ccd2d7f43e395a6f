"""Wait and service-time measures of legs, and the statistics drawn from them.

Durations are seconds. Unknown is None, never 0. People are shown wall time; the promise is judged
on working time (design.md section 3).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from queues.events import Leg

EARLY_START_S: Final = 10.0
"""A start this much before the issue is rounding and counts as a wait of 0 (design.md section 3)."""

LEAVES_OUT_WAIT: Final = frozenset({"issue_missing", "not_checked_in", "start_before_issue"})
"""Findings that make the wait unknown: such a leg stays out of wait figures and of the share."""

LEAVES_OUT_SERVICE: Final = frozenset({"end_before_start", "end_missing", "start_missing"})
"""Findings that make the service time unknown."""


class Worked(Protocol):
    """A clock of working time (:class:`queues.clock.WorkClock`)."""

    def seconds(self, start: datetime, end: datetime) -> float:
        """Working seconds from ``start`` to ``end``."""
        ...


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of one leg. ``wait_s`` (wall) and ``wait_work_s`` (working) run to the service
    start; ``service_s`` is wall time at the counter without holds; ``lost_work_s`` is the working
    wait of an ended leg whose service never started, to its first call if any, else to its end."""

    wait_s: float | None = None
    wait_work_s: float | None = None
    service_s: float | None = None
    lost_work_s: float | None = None


def waits_from(leg: Leg) -> datetime | None:
    """The instant the wait counts from: issue or check-in. None where it is not known: the issue
    is missing, or a booking never checked in."""
    if leg.booked and leg.checked_in_at is None:
        return None
    if leg.findings and not LEAVES_OUT_WAIT.isdisjoint(leg.findings):
        return None
    return leg.wait_from


def times(leg: Leg, worked: Worked) -> Times:
    """Measure ``leg`` against the working clock of its service.

    A start up to 10 s before the wait began is a wait of 0; an earlier one has no wait (finding
    ``start_before_issue``).
    """
    since = waits_from(leg)
    wait_s = wait_work_s = lost_work_s = None
    if since is not None and leg.start_at is not None:
        wait_s = (leg.start_at - since).total_seconds()
        if wait_s < -EARLY_START_S:
            wait_s = None
        elif wait_s <= 0:
            wait_s = wait_work_s = 0.0
        else:
            wait_work_s = worked.seconds(since, leg.start_at)
    elif since is not None and leg.ended_at is not None:
        lost_work_s = _worked(worked, since, leg.called_at or leg.ended_at)
    return Times(wait_s, wait_work_s, _service_s(leg), lost_work_s)


def _service_s(leg: Leg) -> float | None:
    if leg.outcome != "served" or leg.start_at is None or leg.ended_at is None:
        return None
    if leg.start_by != "start" or leg.end_by == "step":
        return None
    if leg.findings and not LEAVES_OUT_SERVICE.isdisjoint(leg.findings):
        return None
    seconds = (leg.ended_at - leg.start_at).total_seconds() - leg.held_s
    return seconds if seconds >= 0 else None


def _worked(worked: Worked, start: datetime, end: datetime) -> float:
    return worked.seconds(start, end) if end > start else 0.0


def verdict(leg: Leg, measured: Times, promise_s: float | None, now: datetime, worked: Worked) -> bool | None:
    """Whether ``leg`` kept the wait promise (working seconds).

    True: its service started within it. False: it started later, or has not started and its
    working wait to its first call, its end or ``now`` already exceeds the promise. None: outside
    the share (no promise, wait unknown, not started and nothing exceeded yet). The share within
    the promise is True / (True + False).
    """
    if promise_s is None:
        return None
    if leg.start_at is not None:
        return None if measured.wait_work_s is None else measured.wait_work_s <= promise_s
    if leg.ended_at is not None:
        waited = measured.lost_work_s
    else:
        since = waits_from(leg)
        waited = None if since is None else _worked(worked, since, leg.called_at or now)
    return False if waited is not None and waited > promise_s else None


def mean(values: Iterable[float]) -> float | None:
    """Arithmetic mean, exact whatever the order; None of nothing."""
    kept = list(values)
    return math.fsum(kept) / len(kept) if kept else None


def percentile(sorted_values: Sequence[float], q: float) -> float | None:
    """The ``q`` quantile (0 to 1) of ascending values by linear interpolation: type 7 of Hyndman
    and Fan, "Sample quantiles in statistical packages", The American Statistician 50 (1996); the
    one of NumPy, pandas, PostgreSQL's percentile_cont and spreadsheets. None of nothing.

    Raises ValueError where ``q`` is not between 0 and 1.
    """
    position = _position(len(sorted_values), q)
    if position is None:
        return None
    low = int(position)
    value = sorted_values[low]
    part = position - low
    return value + (sorted_values[low + 1] - value) * part if part else float(value)


def _position(count: int, q: float) -> float | None:
    if not 0.0 <= q <= 1.0:
        raise ValueError(f"q is {q!r}; a quantile lies between 0 and 1 (0.9 for the 90th percentile)")
    return q * (count - 1) if count else None


_GROWTH: Final = 1.02
_LOG_GROWTH: Final = math.log(_GROWTH)


class Histogram:
    """Durations in bins 2 % wide, so that days add up to months without their tickets.

    ``mean`` is exact to the millisecond; ``quantile`` is within 1 % of :func:`percentile` (below
    one second: within that second). Adding in any order and merging in any grouping give equal
    histograms.
    """

    __slots__ = ("_bins", "_count", "_total_ms")

    def __init__(self) -> None:
        self._bins: dict[int, int] = {}
        self._count = 0
        self._total_ms = 0

    @property
    def count(self) -> int:
        """How many values were added."""
        return self._count

    @property
    def mean(self) -> float | None:
        """Mean in seconds; None of nothing."""
        return self._total_ms / 1000 / self._count if self._count else None

    def add(self, seconds: float) -> None:
        """Count one duration. Raises ValueError where it is negative or not finite."""
        if not (seconds >= 0 and math.isfinite(seconds)):
            raise ValueError(f"a duration of {seconds!r} s cannot be counted; it must be 0 or more")
        place = 0 if seconds < 1 else 1 + int(math.log(seconds) / _LOG_GROWTH)
        self._bins[place] = self._bins.get(place, 0) + 1
        self._count += 1
        self._total_ms += round(seconds * 1000)

    def merge(self, other: Histogram) -> Histogram:
        """Both together, as a new histogram."""
        both = Histogram()
        both._bins = dict(self._bins)
        for place, count in other._bins.items():
            both._bins[place] = both._bins.get(place, 0) + count
        both._count = self._count + other._count
        both._total_ms = self._total_ms + other._total_ms
        return both

    def quantile(self, q: float) -> float | None:
        """The ``q`` quantile (0 to 1) in seconds, interpolated as :func:`percentile` does; None of
        nothing. Raises ValueError where ``q`` is not between 0 and 1."""
        position = _position(self._count, q)
        if position is None:
            return None
        low = int(position)
        part = position - low
        value = self._value(low)
        return value + (self._value(low + 1) - value) * part if part else value

    def _value(self, rank: int) -> float:
        below = 0
        place = 0
        for place in sorted(self._bins):
            below += self._bins[place]
            if below > rank:
                break
        return _GROWTH ** (place - 0.5) if place else 0.0

    def to_dict(self) -> dict[str, Any]:
        """A compact form that survives JSON: count, sum in milliseconds, bins."""
        bins = {str(place): count for place, count in sorted(self._bins.items())}
        return {"n": self._count, "ms": self._total_ms, "bins": bins}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Histogram:
        """The histogram :meth:`to_dict` wrote. Raises ValueError where it does not add up."""
        made = cls()
        made._bins = {int(place): int(count) for place, count in kept["bins"].items()}
        made._count = int(kept["n"])
        made._total_ms = int(kept["ms"])
        if sum(made._bins.values()) != made._count:
            raise ValueError(f"histogram of {made._count} values whose bins hold another number")
        return made

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Histogram):
            return NotImplemented
        return self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]  # it grows

    def __repr__(self) -> str:
        return f"Histogram(n={self._count}, mean={self.mean})"
