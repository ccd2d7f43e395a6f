"""Time an agency's counters lost to causes outside it: the central system, the network, the power."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from counters.day import CounterDay, Pause
from counters.spans import Span, both, seconds, union

OUTSIDE: Final = ("central_system", "network_power")
"""Pause reasons the agency has no hand in."""


@dataclass(frozen=True, slots=True)
class LostTime:
    """``seconds`` in which at least one counter was stopped, and ``counter_seconds`` added up over the
    counters: two counters stopped for the same ten minutes are ten and twenty."""

    seconds: float = 0.0
    counter_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Lost:
    """An agency's lost time of a day, in its working hours: ``whole``, and by reason those of OUTSIDE.
    Two reasons may hold at once at two counters, so ``whole.seconds`` is not their sum."""

    whole: LostTime = LostTime()
    by_reason: Mapping[str, LostTime] = field(default_factory=dict)


def lost_time(days: Iterable[CounterDay], work: Sequence[Span]) -> Lost | None:
    """What one agency's counters lost on a day. ``work`` are its working stretches (empty: no hours are
    known, every second counts). None where no counter tells its pauses: unknown is not nothing."""
    told = [day for day in days if day.paused is not None]
    if not told:
        return None
    pauses = [pause for day in told for pause in day.pauses if pause.reason in OUTSIDE]
    by_reason = {
        reason: _of([pause for pause in pauses if pause.reason == reason], work)
        for reason in OUTSIDE
        if any(pause.reason == reason for pause in pauses)
    }
    return Lost(_of(pauses, work), by_reason)


def _of(pauses: Iterable[Pause], work: Sequence[Span]) -> LostTime:
    at_work = [
        span
        for pause in pauses
        for span in (both([(pause.begin, pause.end)], union(work)) if work else [(pause.begin, pause.end)])
    ]
    return LostTime(seconds(union(at_work)), seconds(at_work))
