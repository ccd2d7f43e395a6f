"""An agency's past: the figures of its own legs by day, week or month, and how complete its data are.

The figures are those of the registry, made by the same :class:`mpp.measures.Tally` as ``mpp summary``.
A scheduled day nothing is known of is a gap, never a zero.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from mpp.live.judge import Judge
from mpp.live.silences import silent_seconds
from mpp.live.summary import overdue_at
from mpp.measures import Summary, Tally
from mpp.store import Read, agency_legs, sources
from mpp.store.agency_legs import EndedLeg
from mpp.store.legs import DayLeg

KINDS: Final = ("day", "week", "month")
"""Lengths of a period."""

SPAN: Final[Mapping[str, int]] = {"day": 28, "week": 26, "month": 12}
"""How many periods a page shows."""

MOST_DAYS: Final = 400
"""So many days are read at once at most."""


@dataclass(frozen=True, slots=True)
class Period:
    """The days from ``first`` to ``last``, both included."""

    first: date
    last: date

    @property
    def days(self) -> tuple[date, ...]:
        """Each of its days."""
        return tuple(self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True)
class DayData:
    """What is known of one day. ``state`` is data, gap (scheduled, and nothing is known) or off (nothing
    is known, and it is not scheduled, its hours are not known, or nobody fed the monitor yet).
    ``silent_s`` are seconds of its hours without news; ``missing`` are codes of sources that should tell
    tickets and told none, though others did."""

    day: date
    state: str
    silent_s: float = 0.0
    missing: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether there are data and nothing says that some are missing."""
        return self.state == "data" and not self.silent_s and not self.missing


@dataclass(frozen=True, slots=True)
class Past:
    """The figures of one period; None where nothing is known of it. ``results`` counts served tickets
    by result, ``days`` are those up to today that are scheduled or have data."""

    period: Period
    figures: Summary | None
    results: Mapping[str, int] = field(default_factory=dict)
    days: tuple[DayData, ...] = ()

    @property
    def incomplete(self) -> int | None:
        """Tickets served with papers missing; None where no result is known."""
        return self.results.get("incomplete", 0) if self.results else None

    @property
    def known_days(self) -> int:
        """Days with data."""
        return sum(day.state == "data" for day in self.days)

    @property
    def due_days(self) -> int:
        """Days that are scheduled or have data."""
        return sum(day.state != "off" for day in self.days)

    @property
    def silent_s(self) -> float:
        """Seconds without news."""
        return sum(day.silent_s for day in self.days)

    @property
    def whole(self) -> bool:
        """Whether no day of it lacks anything as far as is known."""
        return all(day.whole for day in self.days if day.state != "off")


def start_of(kind: str, day: date) -> date:
    """The first day of the period of this kind that ``day`` lies in; weeks begin on Monday."""
    if kind == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if kind == "month" else day


def before(kind: str, first: date) -> date:
    """The first day of the period before the one that begins on ``first``."""
    return start_of(kind, first - timedelta(days=1))


def after(kind: str, first: date) -> date:
    """The first day of the period after the one that begins on ``first``."""
    if kind == "month":
        return start_of(kind, first + timedelta(days=31))
    return first + timedelta(days=7 if kind == "week" else 1)


def periods(kind: str, until: date, count: int) -> tuple[Period, ...]:
    """``count`` periods in their order, the last one the one ``until`` lies in."""
    first = start_of(kind, until)
    found = [first]
    while len(found) < count:
        found.append(before(kind, found[-1]))
    return tuple(Period(one, after(kind, one) - timedelta(days=1)) for one in reversed(found))


def covering(kind: str, first: date, last: date) -> tuple[Period, ...]:
    """The periods from ``first`` to ``last``, the outer ones cut to these days."""
    begin, found = start_of(kind, first), []
    while begin <= last:
        after_it = after(kind, begin)
        found.append(Period(max(begin, first), min(after_it - timedelta(days=1), last)))
        begin = after_it
    return tuple(found)


@dataclass(frozen=True, slots=True)
class DaysRead:
    """What was read of an agency's days: its legs, and how complete each day is."""

    judge: Judge
    now: datetime
    closed: Sequence[EndedLeg]
    still_open: Sequence[DayLeg]
    known: Mapping[date, DayData]

    def of(self, wanted: Sequence[Period], service: str | None = None) -> tuple[Past, ...]:
        """The figures of these periods, all within the days read. ``service`` narrows the figures, never
        the completeness of the data."""
        tallies, results = _tallies(self, wanted, service)
        return tuple(
            Past(
                period,
                tallies[period].summary() if period in tallies else _nothing(self.known, period),
                dict(results[period]),
                tuple(
                    self.known[day]
                    for day in period.days
                    if day in self.known and self.known[day].state != "off"
                ),
            )
            for period in wanted
        )


def read_days(tx: Read, judge: Judge, agency: str, days: Sequence[date], now: datetime) -> DaysRead:
    """Read an agency's days; those after today are left out, and those before its first ticket are off:
    nobody fed the monitor yet. Open legs are judged at ``now``."""
    today, begun = judge.day(now), agency_legs.first_day(tx, agency)
    days = [day for day in days if day <= today]
    closed = agency_legs.ended(tx, agency, days)
    still_open = agency_legs.still_open(tx, agency, days)
    told: dict[date, set[int]] = defaultdict(set)
    for leg in closed:
        told[leg.day].add(leg.source_id)
    for one in still_open:
        told[one.day].add(one.source_id)
    silent = silent_seconds(tx, judge, agency, days, now)
    codes = {row.id: row.code for row in sources.all_sources(tx).values()}
    known = {}
    for day in days:
        named = {codes.get(one, "") for one in told[day]}
        found = _day_data(judge, agency, day, named, silent.get(day, 0.0))
        # Nobody may have come yet today.
        early = day == today or begun is None or day < begun
        known[day] = replace(found, state="off") if early and not named else found
    return DaysRead(judge, now, closed, still_open, known)


def history(
    tx: Read,
    judge: Judge,
    agency: str,
    wanted: Sequence[Period],
    now: datetime,
    *,
    service: str | None = None,
) -> tuple[Past, ...]:
    """The figures of these periods (see :meth:`DaysRead.of`)."""
    days = [day for period in wanted for day in period.days]
    return read_days(tx, judge, agency, days, now).of(wanted, service)


def _nothing(known: Mapping[date, DayData], period: Period) -> Summary | None:
    """A period without a leg of the service asked for: zeros when the agency told of other legs on a day
    on which no source was missing, which may be the one that tells of this service; else nothing is known."""
    found = (known[day] for day in period.days if day in known)
    told = any(day.state == "data" and not day.missing for day in found)
    return Tally[EndedLeg]().summary() if told else None


def _tallies(
    read: DaysRead, wanted: Sequence[Period], service: str | None
) -> tuple[dict[Period, Tally[EndedLeg | DayLeg]], dict[Period, Counter[str]]]:
    def overdue(leg: EndedLeg | DayLeg) -> bool | None:
        return overdue_at(read.judge, leg, read.now) if isinstance(leg, DayLeg) else leg.within

    of_day = {day: period for period in wanted for day in period.days}
    tallies: dict[Period, Tally[EndedLeg | DayLeg]] = {}
    results: dict[Period, Counter[str]] = defaultdict(Counter)
    for some in (read.closed, read.still_open):
        for leg in some:
            if service is not None and leg.service != service:
                continue
            period = of_day[leg.day]
            tally = tallies.get(period)
            if tally is None:
                tally = tallies[period] = Tally(overdue)
            tally.add(leg)
            if leg.outcome == "served" and leg.result is not None:
                results[period][leg.result] += 1
    return tallies, results


def _day_data(judge: Judge, agency: str, day: date, told: set[str], silent_s: float) -> DayData:
    if not told:
        return DayData(day, "gap" if _scheduled(judge, agency, day) else "off", silent_s)
    expected = (
        source.code
        for source in judge.on(day).sources
        # What is pressed at counters tells of tickets only where there is no queue system.
        if source.required and source.kind not in ("readings", "manual") and agency in source.agencies
    )
    return DayData(day, "data", silent_s, tuple(code for code in expected if code not in told))


def _scheduled(judge: Judge, agency: str, day: date) -> bool:
    """Whether the agency serves on that day as far as its hours are known."""
    clock = judge.clock(day, agency)
    return clock.calendar.week is not None and clock.open_span(day) is not None
