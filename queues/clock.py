"""Working time: the clock a promise is judged by.

A :class:`Calendar` says when a place works; :class:`WorkClock` counts the seconds of an interval
that fall inside it. Waiting people see wall time; the promise stops at breaks and outside hours
(design.md section 3).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

Span = tuple[int, int]
"""A stretch of a local day in seconds from local midnight, end excluded: (28800, 54000)."""


@dataclass(frozen=True, slots=True)
class Break:
    """A stop inside the hours. ``kind`` is "break" or "friday_prayer"."""

    span: Span
    kind: str = "break"


@dataclass(frozen=True, slots=True)
class DayPlan:
    """One weekday: ``open`` is the span from opening to closing, None where the place is shut."""

    open: Span | None = None
    breaks: tuple[Break, ...] = ()


@dataclass(frozen=True, slots=True)
class DateRange:
    """Days (both ends included) with their own week, such as Ramadan."""

    first: date
    last: date
    week: tuple[DayPlan, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a place works.

    ``week`` has seven plans, Monday first; None means no hours are known: then working time is
    wall time and a day closes at 24.00. The last range that holds a day wins over ``week``; a day
    in ``holidays`` (day, name) is shut whatever else is said.
    """

    zone: str
    week: tuple[DayPlan, ...] | None = None
    ranges: tuple[DateRange, ...] = ()
    holidays: tuple[tuple[date, str], ...] = ()

    def plan(self, day: date) -> DayPlan:
        """What ``day`` looks like: a shut plan on holidays and where no hours are known."""
        if self.holiday(day) is not None or self.week is None:
            return DayPlan()
        for held in reversed(self.ranges):
            if held.first <= day <= held.last:
                return held.week[day.weekday()]
        return self.week[day.weekday()]

    def holiday(self, day: date) -> str | None:
        """Name of the holiday on ``day`` (perhaps empty), or None."""
        return next((name for held, name in self.holidays if held == day), None)


@dataclass(frozen=True, slots=True)
class DayState:
    """What a place is doing: ``name`` is one of :data:`STATES`, ``until`` the instant the name
    changes (None: it never does), ``reason`` the holiday's name or the date range's reason."""

    name: str
    until: datetime | None = None
    reason: str = ""


STATES: Final = ("open", "before", "break", "friday_prayer", "closed", "shut", "holiday")
"""before: opens later today; closed: was open today; shut: not a serving day."""

_DAY: Final = 86_400
_US: Final = 1_000_000
_BLOCK: Final = 32 * _DAY * _US
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_SECOND: Final = timedelta(seconds=1)
_END: Final = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
_FIRST: Final = date(1, 1, 3).toordinal()
_LAST: Final = date(9999, 12, 29).toordinal()
_HORIZON: Final = timedelta(days=3_660)
_MOST_BLOCKS: Final = 4_096
_MOST_DAYS: Final = 1_000

Segment = tuple[int, int, str]
"""A stretch of a local day, in seconds from local midnight, and its state's name."""


def segments(plan: DayPlan) -> tuple[Segment, ...]:
    """A day's hours cut into stretches of "open", "break" and "friday_prayer".

    Breaks may overlap or stick out of the hours; where a break and the Friday prayer overlap, it
    is prayer. Neighbours of one name are joined; a shut day has none.
    """
    if plan.open is None:
        return ()
    first, last = max(plan.open[0], 0), min(plan.open[1], _DAY)
    if last <= first:
        return ()
    edges = {first, last}
    for stop in plan.breaks:
        if stop.span[0] < stop.span[1]:
            edges.update(edge for edge in stop.span if first < edge < last)
    cut = sorted(edges)
    found: list[Segment] = []
    for begin, end in pairwise(cut):
        kinds = {stop.kind for stop in plan.breaks if stop.span[0] <= begin and end <= stop.span[1]}
        name = "open" if not kinds else "friday_prayer" if "friday_prayer" in kinds else "break"
        if found and found[-1][2] == name:
            found[-1] = (found[-1][0], end, name)
        else:
            found.append((begin, end, name))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Block:
    """The working stretches of 32 days of UTC, in microseconds since the epoch: ``edges`` is
    begin, end, begin, end ...; ``before[i]`` is the work done up to ``edges[i - 1]``."""

    edges: tuple[int, ...]
    before: tuple[int, ...]

    def done(self, at: int) -> int:
        """Microseconds of work from the block's start to ``at``."""
        i = bisect_right(self.edges, at)
        return self.before[i] + (at - self.edges[i - 1] if i & 1 else 0)


class WorkClock:
    """Counts working time of one calendar. Instants are aware; a naive one raises TypeError.

    A local clock time becomes the first instant at which the zone's clock shows it or, where a
    change of clocks skips it, the instant of the change; so an hour that happens twice in autumn
    is worked twice when both its ends are inside the hours, and a skipped one is not worked.

    Safe to share between threads: what it remembers are immutable blocks, and two threads that
    build the same one build equal ones.
    """

    def __init__(self, calendar: Calendar) -> None:
        """Raises zoneinfo.ZoneInfoNotFoundError for a zone nobody knows."""
        self.calendar = calendar
        self.zone = ZoneInfo(calendar.zone)
        self._always = calendar.week is None
        self._blocks: dict[int, _Block] = {}
        self._days: dict[date, tuple[tuple[datetime, datetime, str], ...]] = {}

    def seconds(self, start: datetime, end: datetime) -> float:
        """Working seconds between two instants, to the microsecond; 0 unless ``end`` is later.
        Wall seconds where no hours are known."""
        a, b = (start - _EPOCH) // _MICROSECOND, (end - _EPOCH) // _MICROSECOND
        if b <= a:
            return 0.0
        if self._always:
            return (b - a) / _US
        first, last = a // _BLOCK, b // _BLOCK
        work = self._block(last).done(b) - self._block(first).done(a)
        for index in range(first, last):
            work += self._block(index).before[-1]
        return work / _US

    def add(self, start: datetime, seconds: float) -> datetime | None:
        """The first instant by which ``seconds`` of work have passed since ``start`` (``start``
        itself for 0 or less); None when that is not within ten years."""
        if seconds <= 0:
            return start.astimezone(UTC)
        a, left = (start - _EPOCH) // _MICROSECOND, max(round(seconds * _US), 1)
        limit = min(_END, a + _HORIZON // _MICROSECOND)
        if self._always:
            return _EPOCH + timedelta(microseconds=a + left) if a + left <= limit else None
        left += self._block(a // _BLOCK).done(a)
        for index in range(a // _BLOCK, limit // _BLOCK + 1):
            block = self._block(index)
            if left <= block.before[-1]:
                i = bisect_left(block.before, left)
                return _EPOCH + timedelta(microseconds=block.edges[i - 1] - (block.before[i] - left))
            left -= block.before[-1]
        return None

    def day_of(self, instant: datetime) -> date:
        """The day of the calendar's zone that holds ``instant``."""
        return instant.astimezone(self.zone).date()

    def open_span(self, day: date) -> tuple[datetime, datetime] | None:
        """Opening and closing (UTC) of ``day``, breaks included; from midnight to midnight where
        no hours are known, None on a day that does not serve."""
        if self._always:
            return self._instant(day, 0), self._instant(day, _DAY)
        found = self._stretches(day)
        return (found[0][0], found[-1][1]) if found else None

    def work(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """The stretches (UTC) of ``day`` that are worked, breaks left out; none where no hours are
        known."""
        if self._always:
            return ()
        return tuple((begin, end) for begin, end, name in self._stretches(day) if name == "open")

    def closing(self, day: date) -> datetime:
        """When ``day`` closes (UTC): 24.00 local where it has no hours."""
        span = self.open_span(day)
        return span[1] if span else self._instant(day, _DAY)

    def state(self, instant: datetime) -> DayState:
        """What the place is doing at ``instant`` and until when. Without hours: always open."""
        if self._always:
            return DayState("open")
        day = self.day_of(instant)
        holiday = self.calendar.holiday(day)
        if holiday is not None:
            return DayState("holiday", self._instant(day, _DAY), holiday)
        reason = next((r.reason for r in reversed(self.calendar.ranges) if r.first <= day <= r.last), "")
        found = self._stretches(day)
        if not found:
            return DayState("shut", self._instant(day, _DAY), reason)
        opening = found[0][0]
        if instant < opening:
            return DayState("before", opening, reason)
        for _, until, name in found:
            if instant < until:
                return DayState(name, until, reason)
        return DayState("closed", self._instant(day, _DAY), reason)

    def begun(self, instant: datetime) -> datetime | None:
        """When the stretch that holds ``instant`` began: opening, or the begin or end of a break.
        None outside the hours and where none are known."""
        if self._always:
            return None
        found = self._stretches(self.day_of(instant))
        return next((begin for begin, end, _ in found if begin <= instant < end), None)

    def next_opening(self, instant: datetime) -> datetime | None:
        """The first opening after ``instant`` (the end of a break is none); None where no hours
        are known or none come within ten years."""
        if self._always:
            return None
        first = self.day_of(instant).toordinal()
        for ordinal in range(first, min(first + _HORIZON.days, _LAST)):
            span = self.open_span(date.fromordinal(ordinal))
            if span and span[0] > instant:
                return span[0]
        return None

    def serving_day(self, day: date, ahead: int) -> date | None:
        """The ``ahead``-th day after ``day`` that serves (``day`` itself for 0 or less); None when it is
        not within ten years."""
        found, left = day.toordinal(), ahead
        last = min(found + _HORIZON.days, _LAST)
        while left > 0:
            found += 1
            if found > last:
                return None
            left -= self.open_span(date.fromordinal(found)) is not None
        return date.fromordinal(found)

    def serving_days(self, first: date, last: date) -> int:
        """How many days after ``first``, up to ``last`` and including it, serve; at most those of ten
        years."""
        begin = first.toordinal() + 1
        end = min(last.toordinal(), begin + _HORIZON.days, _LAST)
        return sum(self.open_span(date.fromordinal(day)) is not None for day in range(begin, end + 1))

    def _stretches(self, day: date) -> tuple[tuple[datetime, datetime, str], ...]:
        """The day's segments as instants (UTC)."""
        known = self._days.get(day)
        if known is None:
            if len(self._days) >= _MOST_DAYS:
                self._days = {}
            cut = segments(self.calendar.plan(day))
            known = tuple((self._instant(day, a), self._instant(day, b), name) for a, b, name in cut)
            self._days[day] = known
        return known

    def _block(self, index: int) -> _Block:
        block = self._blocks.get(index)
        if block is None:
            if len(self._blocks) >= _MOST_BLOCKS:
                self._blocks = {}
            block = self._blocks[index] = self._build(index)
        return block

    def _build(self, index: int) -> _Block:
        begin, end = index * _BLOCK, (index + 1) * _BLOCK
        day = _EPOCH.toordinal() + begin // (_DAY * _US)
        edges: list[int] = []
        before = [0]
        # A zone is at most a day away from UTC, so a day either side holds all that reaches in.
        for ordinal in range(max(day - 2, _FIRST), min(day + 35, _LAST)):
            local = date.fromordinal(ordinal)
            for first, last, name in segments(self.calendar.plan(local)):
                if name != "open":
                    continue
                a = max((self._instant(local, first) - _EPOCH) // _MICROSECOND, begin)
                b = min((self._instant(local, last) - _EPOCH) // _MICROSECOND, end)
                if a < b:
                    edges += (a, b)
                    before += (before[-1], before[-1] + b - a)
        return _Block(tuple(edges), tuple(before))

    def _instant(self, day: date, seconds: int) -> datetime:
        """The first instant (UTC) at which the local clock shows that time of ``day`` or later."""
        shown = datetime(day.year, day.month, day.day) + timedelta(seconds=seconds)  # noqa: DTZ001 a clock's face
        found = shown.replace(tzinfo=self.zone).astimezone(UTC)
        if found.astimezone(self.zone).replace(tzinfo=None) == shown:
            return found
        # Skipped by a change of clocks: the change lies between the readings by either offset.
        low, high = sorted((shown.replace(tzinfo=self.zone, fold=1).astimezone(UTC), found))
        while high - low > _SECOND:
            middle = (low + (high - low) / 2).replace(microsecond=0)
            if middle.astimezone(self.zone).replace(tzinfo=None) < shown:
                low = middle
            else:
                high = middle
        return high
