"""What earlier days brought, read once and kept."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

from mpp.live.judge import Judge
from mpp.live.typical import (
    DAYS_WANTED,
    NO_DAY,
    Flow,
    TypicalDay,
    complete_days,
    local_quarter,
    own_days,
    same_weekdays,
    typical_day,
)
from mpp.store import Read, legs

LOOK_AGAIN: Final = timedelta(minutes=1)
"""How often days are looked for while there are too few: an import brings them meanwhile."""


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier same weekdays tell of a day: the typical day of the mall and of each agency, and
    each agency's share within the promise a week ago (none where nothing was judged)."""

    mall: TypicalDay = NO_DAY
    agencies: Mapping[str, TypicalDay] = field(default_factory=dict)
    week_ago: Mapping[str, float] = field(default_factory=dict)

    def of(self, agency: str) -> TypicalDay:
        """The typical day of one agency."""
        return self.agencies.get(agency, NO_DAY)


NO_PAST: Final = Past()


class PastDays:
    """What is known of earlier days, read once for the day and the description in force. Not for
    several threads at once."""

    def __init__(self) -> None:
        self._judge: Judge | None = None
        self._day: date | None = None
        self._looked: datetime | None = None
        self._counted: legs.Counted = []
        self._complete: tuple[date, ...] = ()
        self._found = NO_PAST

    def of(self, tx: Read, judge: Judge, day: date, now: datetime) -> Past:
        """What the days before ``day`` tell of it, as quarters of ``day``."""
        if judge is not self._judge or day != self._day:
            self._judge, self._day, self._looked = judge, day, None
            self._counted, self._complete, self._found = [], (), NO_PAST
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
        tickets: dict[str, dict[date, int]] = defaultdict(dict)
        for past, agency, count in counted:
            tickets[agency][past] = count
        complete = complete_days(Counter(past for past, _, _ in counted), days)
        own = {agency: own_days(of_agency) for agency, of_agency in tickets.items()}
        flows = _flows(tx, {past for some in (complete, *own.values()) for past in some}, judge)
        found = Past(
            typical_day([_whole(flows[past]) for past in complete], day, judge.zone),
            {
                agency: typical_day([flows[past].get(agency, {}) for past in some], day, judge.zone)
                for agency, some in own.items()
            },
            _shares(tx, day),
        )
        # Together and last: what was counted but not read would pass for known until tomorrow.
        self._counted, self._complete, self._found = counted, complete, found


def _opened(judge: Judge, day: date) -> bool:
    """Whether the mall served that day, by the description valid then."""
    return judge.clock_of(judge.on(day).calendar).open_span(day) is not None


def _flows(tx: Read, days: set[date], judge: Judge) -> dict[date, dict[str, dict[int, tuple[int, int]]]]:
    """Arrivals and completions of each day by agency, those of its own hours."""
    found: dict[date, dict[str, dict[int, tuple[int, int]]]] = {day: defaultdict(dict) for day in days}
    for day, agency, quarter, arrived, completed in legs.flow(tx, days):
        on, at = local_quarter(datetime.fromtimestamp(quarter, UTC), judge.zone)
        if on == day:
            of_agency = found[day][agency]
            came, done = of_agency.get(at, (0, 0))
            of_agency[at] = came + arrived, done + completed
    return found


def _whole(agencies: Mapping[str, Flow]) -> Flow:
    """One day of all agencies together."""
    came: Counter[int] = Counter()
    done: Counter[int] = Counter()
    for flow in agencies.values():
        for at, (arrived, completed) in flow.items():
            came[at] += arrived
            done[at] += completed
    return {at: (came[at], done[at]) for at in came}


def _shares(tx: Read, day: date) -> dict[str, float]:
    judged: Mapping[str, Sequence[int]] = legs.judged(tx, day - timedelta(weeks=1))
    return {agency: within / of for agency, (within, of) in judged.items() if of}
