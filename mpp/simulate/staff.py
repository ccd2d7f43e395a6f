"""How many counters an agency opens, and when its officers take their breaks."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from random import Random
from typing import Final

from mpp.simulate.floor import Desk
from mpp.simulate.troubles import Troubles
from mpp.simulate.visitors import Booth, Visitor

CALM: Final = (0.65, 1.0)
STRAINED: Final = (1.0, 1.3)
"""The longer waits of the morning against the promise, from and to, that an agency's officers are
planned for."""

QUANTILE: Final = 0.85

LATE_S: Final = 7_200
MORNING_S: Final = 9_000
FEWEST: Final = 0.2
"""Part of the planned counters that opens even where nobody would wait."""

BREAK_S: Final = 40 * 60
BREAKS_FROM: Final = 12_600
"""Officers who take turns start this long after opening, each for BREAK_S."""


def desks(booth: Booth, visitors: Sequence[Visitor], dice: Random, day: Troubles) -> list[Desk]:
    """The agency's counters of the day with their stops."""
    code = booth.agency.code
    most = len(booth.agency.counters)
    planned = min(booth.agency.planned or most, most)
    limit = dice.uniform(*(STRAINED if code in day.strained else CALM))
    n = enough(booth, visitors, limit, planned)
    if code not in day.strained:
        n = max(n, round(planned * FEWEST))
    if any(counter.services for counter in booth.agency.counters):
        n = most  # counters for some services only: leaving one shut would strand its visitors
    opens = booth.opens + (LATE_S if code == day.late else 0)
    found = [
        Desk(counter.code, opens + 30 + dice.randrange(360 if place else 60), counter.services)
        for place, counter in enumerate(booth.agency.counters[:n])
    ]
    found = found or [Desk(None, opens + 30)]
    for place, desk in enumerate(found):
        desk.stops = [*booth.stops, *_turn(booth, place, len(found)), *_trouble(booth, place, day)]
    return found


def enough(booth: Booth, visitors: Sequence[Visitor], limit: float, most: int) -> int:
    """The fewest counters with which QUANTILE of the morning's visitors wait no longer than ``limit``
    times the promise, ``most`` where no number would do."""
    early = [one for one in visitors if one.at < booth.opens + MORNING_S]
    return next((n for n in range(1, most) if _slowest(booth, early, n) <= limit), most)


def _slowest(booth: Booth, visitors: Sequence[Visitor], n: int) -> float:
    """The wait that QUANTILE of them do not exceed, against the promise: first come, first served at
    ``n`` counters."""
    free = [booth.opens + 180] * n
    waits = []
    for one in visitors:
        start = max(heapq.heappop(free), one.at)
        heapq.heappush(free, start + one.desk_s + 50)
        waits.append((start - max(one.at, booth.opens)) / (one.service.wait_s or 1800))
    return sorted(waits)[int((len(waits) - 1) * QUANTILE)] if waits else 0.0


def _turn(booth: Booth, place: int, n: int) -> list[tuple[int, int, str]]:
    """The officer's own break, where the agency serves through noon: at most half are away at once."""
    noon = booth.opens + BREAKS_FROM
    if booth.stops or n < 2 or booth.closes - booth.opens < 6 * 3600:
        return []
    groups = max(2, min(4, n))
    begin = noon + (place % groups) * (BREAK_S + 120)
    return [(begin, begin + BREAK_S, "break")]


def _trouble(booth: Booth, place: int, day: Troubles) -> list[tuple[int, int, str]]:
    if booth.agency.code == day.broken:
        return [(*day.breakdown, "central_system")]
    if booth.agency.code == day.away and place == 0:
        return [(*day.absence, "no_officer")]
    return []
