"""What a demo adds to the feed: the hours worth showing, and the weeks behind the day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from mpp.live.peers import tell
from mpp.mall.model import Mall
from mpp.now import Stretches
from mpp.simulate.feed import seed_day
from mpp.simulate.visitors import booths
from mpp.store import Store
from queues.clock import WorkClock

BEFORE: Final = timedelta(minutes=10)
AFTER: Final = timedelta(minutes=20)
INTO_THE_DAY: Final = timedelta(minutes=100)
TIME_OF_DAY: Final = time(9, 40)
"""The first thing a demo shows outside hours: 100 minutes after opening, which is 09.40."""

PAST_DAYS: Final = 8
AT_ONCE: Final = 4
"""So many past days make a typical one: they are seeded before the demo is served."""

PAST_WEEKS: Final = 16

RECENT_DAYS: Final = 28
"""Whose history an agency's page shows day by day; they are seeded last."""

OPEN: Final = ("open", "break", "friday_prayer")


def demo_start(mall: Mall, real: datetime, day: date | None = None, at: time | None = None) -> datetime:
    """The instant a demo shows first: the real one while the mall is open, else the next open day
    100 minutes after opening. ``day`` and ``at`` (mall time) are shown as asked for, a day on which
    the mall is shut included; ``at`` alone is of today, or of the next open day."""
    clock = WorkClock(mall.calendar)
    if day is None and at is None and clock.state(real).name in OPEN:
        return real
    if day is None:
        today = clock.day_of(real)
        later = at is not None and clock.open_span(today) is not None
        day = today if later else clock.day_of(clock.next_opening(real) or real)
    span = clock.open_span(day)
    if at is None and span is not None and mall.calendar.week is not None:
        return span[0] + INTO_THE_DAY
    return datetime.combine(day, at or TIME_OF_DAY, ZoneInfo(mall.zone)).astimezone(UTC)


def stretches(mall: Mall) -> Stretches:
    """The hours of a mall worth showing, from 10 minutes before its first opening to 20 minutes
    after its last closing: a wall that is left on always shows a living mall."""
    clocks = [WorkClock(agency.calendar) for agency in mall.agencies if agency.calendar.week is not None]
    mine = WorkClock(mall.calendar)

    def of(day: date) -> tuple[datetime, datetime] | None:
        spans = [span for clock in clocks if (span := clock.open_span(day)) is not None]
        if not spans or (mall.calendar.week is not None and mine.open_span(day) is None):
            return None
        return min(span[0] for span in spans) - BEFORE, max(span[1] for span in spans) + AFTER

    def after(at: datetime) -> tuple[datetime, datetime] | None:
        first = mine.day_of(at)
        if len(clocks) < len(mall.agencies):
            return None  # somebody is always there
        found = (of(first + timedelta(days=ahead)) for ahead in range(400))
        return next((stretch for stretch in found if stretch is not None and stretch[1] > at), None)

    return after


class Past:
    """Seeds the last eight same weekdays, newest first, then the other days of the last four weeks, one
    each time it is run as a job; on every day the clock comes to. The first are what the typical day is
    drawn from, all of them are an agency's history."""

    def __init__(self, store: Store, mall: Mall, seed: int) -> None:
        self.store, self.mall, self.seed = store, mall, seed
        self._known: set[date] = set()
        self._day: date | None = None
        self._todo: list[date] = []

    def run_or_tell(self, now: datetime) -> str | None:
        """Seed the next day that is missing, or, when none is, compute the week's comparison; says which."""
        return self.run(now) or tell(self.store, now)

    def run(self, now: datetime) -> str | None:
        """Seed the next day that is missing; says which."""
        day = now.astimezone(ZoneInfo(self.mall.zone)).date()
        if day != self._day:
            weeks = (day - timedelta(weeks=n) for n in range(1, PAST_WEEKS + 1))
            served = [past for past in weeks if booths(self.mall, past)][:PAST_DAYS]
            # Back to the window of the week's comparison, which ends on Monday.
            span = RECENT_DAYS + day.weekday()
            recent = (day - timedelta(days=n) for n in range(1, span + 1))
            served += [past for past in recent if past not in served and booths(self.mall, past)]
            self._todo = [past for past in reversed(served) if past not in self._known]
            self._day = day
            self._known.add(day)
        if not self._todo:
            return None
        past = self._todo[-1]
        count = seed_day(self.store, self.mall, past, self.seed, now)
        # Only now: a day that could not be written is tried again.
        self._todo.pop()
        self._known.add(past)
        return f"{count} tickets of {past.isoformat()} made"
