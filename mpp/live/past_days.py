"""What earlier days brought, read once and kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from mpp.live.judge import Judge
from mpp.live.typical import (
    DAYS_WANTED,
    Flow,
    TypicalDay,
    complete_days,
    local_quarter,
    same_weekdays,
    typical_day,
)
from mpp.store import Read, legs

LOOK_AGAIN: Final = timedelta(minutes=1)
"""How often days are looked for while there are too few: an import brings them meanwhile."""


class PastDays:
    """The typical day of a day, read once for the day and the description in force. Not for
    several threads at once."""

    def __init__(self) -> None:
        self._judge: Judge | None = None
        self._day: date | None = None
        self._looked: datetime | None = None
        self._counted: legs.Counted = []
        self._complete: tuple[date, ...] = ()
        self._found = TypicalDay()

    def typical(self, tx: Read, judge: Judge, day: date, now: datetime) -> TypicalDay:
        """The typical day as quarters of ``day``, from days before it."""
        if judge is not self._judge or day != self._day:
            self._judge, self._day, self._looked = judge, day, None
            self._counted, self._complete, self._found = [], (), TypicalDay()
        if not self._settled(now):
            self._look(tx, judge, day)
            self._looked = now
        return self._found

    def _settled(self, now: datetime) -> bool:
        if self._looked is None:
            return False
        return len(self._complete) == DAYS_WANTED or timedelta(0) <= now - self._looked < LOOK_AGAIN

    def _look(self, tx: Read, judge: Judge, day: date) -> None:
        days = [past for past in same_weekdays(day) if _opened(judge, past)]
        counted = legs.counted(tx, days)
        if counted == self._counted:
            return
        agencies: dict[date, int] = defaultdict(int)
        for past, _, _ in counted:
            agencies[past] += 1
        complete = complete_days(agencies, days)
        found = typical_day(_flows(tx, complete, judge), day, judge.zone)
        # Together and last: what was counted but not read would pass for known until tomorrow.
        self._counted, self._complete, self._found = counted, complete, found


def _opened(judge: Judge, day: date) -> bool:
    """Whether the mall served that day, by the description valid then."""
    return judge.clock_of(judge.on(day).calendar).open_span(day) is not None


def _flows(tx: Read, days: Sequence[date], judge: Judge) -> list[Flow]:
    """Arrivals and completions of each day, those of its own hours."""
    found: dict[date, dict[int, tuple[int, int]]] = {day: {} for day in days}
    for day, quarter, arrived, completed in legs.flow(tx, days):
        on, at = local_quarter(datetime.fromtimestamp(quarter, UTC), judge.zone)
        if on == day:
            came, done = found[day].get(at, (0, 0))
            found[day][at] = came + arrived, done + completed
    return list(found.values())
