"""The typical day of a weekday: what its quarter hours usually bring. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

from mpp.live.model import Typical
from mpp.live.sums import QUARTER_S

WEEKS_BACK: Final = 16
"""How far back same weekdays are looked for."""

DAYS_WANTED: Final = 8
"""How many complete days go in: the newest ones."""

DAYS_LEAST: Final = 4
"""With fewer complete days there is no typical day."""

COMPLETE: Final = 0.75
"""Share of the best day's agencies that a complete day has heard of."""

OWN_LEAST: Final = 0.25
"""An agency's day with fewer tickets than this share of its middle day's was cut off, or hardly open."""

Flow = Mapping[int, tuple[int, int]]
"""Arrivals and completions by quarter hour, its start in local seconds since midnight."""


@dataclass(frozen=True, slots=True)
class TypicalDay:
    """A typical day as the quarter hours of one date; empty, and 0 ``days``, without enough days."""

    quarters: tuple[Typical, ...] = ()
    days: int = 0


NO_DAY: Final = TypicalDay()


def same_weekdays(day: date) -> tuple[date, ...]:
    """The earlier days that are looked at, the newest first."""
    return tuple(day - timedelta(weeks=back) for back in range(1, WEEKS_BACK + 1))


def complete_days(agencies: Mapping[date, int], opened: Collection[date]) -> tuple[date, ...]:
    """The newest complete days, at most DAYS_WANTED: days the mall was open on, with tickets of at
    least COMPLETE of the agencies that the best of them has. ``agencies`` counts those by day."""
    gave = {day: count for day, count in agencies.items() if count and day in opened}
    best = max(gave.values(), default=0)
    found = sorted((day for day, count in gave.items() if count >= COMPLETE * best), reverse=True)
    return tuple(found[:DAYS_WANTED])


def own_days(tickets: Mapping[date, int]) -> tuple[date, ...]:
    """The newest days that tell an agency's own usual day, at most DAYS_WANTED: those on which it had at
    least OWN_LEAST of its middle day's tickets. ``tickets`` counts them by day."""
    gave = {day: count for day, count in tickets.items() if count}
    if not gave:
        return ()
    least = OWN_LEAST * median(gave.values())
    return tuple(sorted((day for day, count in gave.items() if count >= least), reverse=True)[:DAYS_WANTED])


def typical_day(days: Sequence[Flow], day: date, zone: ZoneInfo) -> TypicalDay:
    """The medians of these days as quarters of ``day``, from the first to the last that is not
    zero. A quarter in which a day brought nothing counts as 0."""
    if len(days) < DAYS_LEAST:
        return TypicalDay()
    usual = {
        at: (
            float(median(flow.get(at, _NOTHING)[0] for flow in days)),
            float(median(flow.get(at, _NOTHING)[1] for flow in days)),
        )
        for at in {at for flow in days for at in flow}
    }
    told = [at for at, (arrived, completed) in usual.items() if arrived or completed]
    if not told:
        return TypicalDay((), len(days))
    steps = range(min(told), max(told) + QUARTER_S, QUARTER_S)
    return TypicalDay(
        tuple(Typical(_instant(day, at, zone), *usual.get(at, (0.0, 0.0))) for at in steps), len(days)
    )


def local_quarter(at: datetime, zone: ZoneInfo) -> tuple[date, int]:
    """The local day of an instant, and its quarter hour's start in seconds since midnight."""
    local = at.astimezone(zone)
    return local.date(), (local.hour * 60 + local.minute) * 60 // QUARTER_S * QUARTER_S


def _instant(day: date, seconds: int, zone: ZoneInfo) -> datetime:
    clock = time(seconds // 3600, seconds % 3600 // 60)
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


_NOTHING: Final = (0, 0)
