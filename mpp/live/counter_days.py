"""The day of every counter of an agency, from the log and its legs, today or any past day kept.

Reads one agency's legs of the day, the state events of its counters, and for what is usual the service
times of the HISTORY_DAYS days before; never the whole log.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import nsmallest
from typing import Final

from counters.day import Around, CounterDay, Hours, counter_day
from counters.desk_tickets import DeskTicket
from counters.events import CounterEvent
from counters.findings import far_beyond
from counters.lost import Lost, lost_time
from counters.spans import Span, union
from mpp.live.judge import Judge
from mpp.live.silences import silent_spans
from mpp.mall.model import Agency
from mpp.store import Read
from mpp.store import counter_days as stored
from mpp.store.counter_days import DeskLeg
from queues.lines import FORGOTTEN_AFTER, FORGOTTEN_WAIT_S
from queues.waiting import LEAVES_OUT_WAIT

HISTORY_DAYS: Final = 28
"""Days before the judged one whose service times say what is usual."""


@dataclass(frozen=True, slots=True)
class AgencyCounters:
    """The counters of an agency on a day, in the description's order, then others its tickets name.
    ``work`` are its working stretches of that day (empty: no hours are known, or it is ``off``); ``lost``
    what causes outside it cost, None where no counter tells its pauses; ``names`` are the counters' by
    code."""

    agency: str
    day: date
    counters: tuple[CounterDay, ...]
    work: tuple[Span, ...]
    lost: Lost | None
    names: Mapping[str, str]
    off: bool = False


def counter_days(
    tx: Read, judge: Judge, agencies: Collection[str], day: date, now: datetime
) -> dict[str, AgencyCounters]:
    """The counters of these agencies on a mall-zone day, as far as it has come by ``now``, by agency.
    Codes that day's description does not have are left out."""
    known = [one for one in judge.on(day).agencies if one.code in agencies]
    codes = [one.code for one in known]
    far = _far(tx, codes, day)
    return _made(tx, judge, known, day, now=now, far=far)


def lost(tx: Read, judge: Judge, agency: str, day: date, now: datetime) -> Lost | None:
    """What causes outside an agency (its central system, network or power) cost it on a day, by
    ``now``: how long at least one counter was stopped for them in its working hours, and counter time
    added up. None where no counter tells its pauses, or that day's description has no such agency."""
    known = [one for one in judge.on(day).agencies if one.code == agency]
    found = _made(tx, judge, known, day, now=now, far={})
    return found[agency].lost if agency in found else None


def plain_day(tx: Read, judge: Judge, agency: str, day: date, now: datetime) -> AgencyCounters | None:
    """One agency's counters on a day without what is far beyond the usual, which would read the weeks
    before it: for many days in a row. Serving, idle and findings of a number whose end was never told are
    not those of :func:`counter_days`. None where that day's description has no such agency."""
    known = [one for one in judge.on(day).agencies if one.code == agency]
    return _made(tx, judge, known, day, now=now, far={}).get(agency)


def _made(
    tx: Read,
    judge: Judge,
    known: Sequence[Agency],
    day: date,
    *,
    now: datetime,
    far: Mapping[str, Mapping[str, float]],
) -> dict[str, AgencyCounters]:
    by_agency: dict[str, list[DeskLeg]] = defaultdict(list)
    for leg in stored.desk_legs(tx, day, [one.code for one in known]):
        by_agency[leg.agency].append(leg)
    codes = {one.code: _codes(one, by_agency[one.code]) for one in known}
    start, end = judge.midnight(day), judge.midnight(day + timedelta(days=1))
    events: dict[str, list[CounterEvent]] = defaultdict(list)
    for event in stored.state_events(tx, list(codes), start, end):
        events[event.agency].append(event)
    held = {leg.agency for some in by_agency.values() for leg in some if _held(leg)}
    at_hold = stored.held_at(tx, held, start, end) if held else set()
    made = {}
    for one in known:
        hours = _hours(judge, one, day)
        floor = _Floor(one, by_agency[one.code], events[one.code], far.get(one.code, {}))
        floor.silent = tuple(silent_spans(tx, judge, one.code, [day], now).get(day, ()))
        floor.held = {counter for agency, counter in at_hold if agency == one.code}
        days = tuple(floor.counter(code, hours, min(now, end)) for code in codes[one.code])
        names = {counter.code: counter.name for counter in one.counters}
        off = one.calendar.week is not None and hours.opens is None
        whole = lost_time(days, hours.work)
        made[one.code] = AgencyCounters(one.code, day, days, hours.work, whole, names, off)
    return made


def _hours(judge: Judge, agency: Agency, day: date) -> Hours:
    clock = judge.clock(day, agency.code)
    opens, closes = (agency.calendar.week is not None and clock.open_span(day)) or (None, None)
    start, end = judge.midnight(day), judge.midnight(day + timedelta(days=1))
    return Hours(start, end, opens, closes, clock.work(day))


def _codes(agency: Agency, legs: Iterable[DeskLeg]) -> list[str]:
    """The agency's counters, those described first."""
    return list(
        dict.fromkeys([*(c.code for c in agency.counters), *sorted({x.counter for x in legs if x.counter})])
    )


def _far(tx: Read, agencies: Collection[str], day: date) -> dict[str, dict[str, float]]:
    """By agency and service how long a service must take to be far beyond the usual."""
    times: dict[tuple[str, str], list[float]] = defaultdict(list)
    before = [day - timedelta(days=n) for n in range(1, HISTORY_DAYS + 1)]
    for agency, service, seconds in stored.service_times(tx, before, agencies):
        times[agency, service].append(seconds)
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for (agency, service), known in times.items():
        bound = far_beyond(known)
        if bound is not None:
            found[agency][service] = bound
    return found


class _Floor:
    """One agency's day, sorted out for its counters."""

    def __init__(
        self,
        agency: Agency,
        legs: Sequence[DeskLeg],
        events: Iterable[CounterEvent],
        far: Mapping[str, float],
    ) -> None:
        self.agency, self.far = agency, far
        self.events: dict[str, list[CounterEvent]] = defaultdict(list)
        for event in events:
            self.events[event.counter].append(event)
        self.spoken = bool(self.events)
        self.unplaced = any(
            leg.counter is None and (leg.outcome == "served" or leg.state == "serving") for leg in legs
        )
        self.tickets: dict[str, list[DeskTicket]] = defaultdict(list)
        for leg in legs:
            ticket = _ticket(leg)
            if ticket is not None and leg.counter is not None:
                self.tickets[leg.counter].append(ticket)
        self.lines: dict[str, list[DeskLeg]] = defaultdict(list)
        for leg in legs:
            self.lines[leg.service].append(leg)
        self.waited: dict[str, list[Span]] = {}
        self.silent: tuple[Span, ...] = ()
        self.held: set[str] = set()

    def counter(self, code: str, hours: Hours, until: datetime) -> CounterDay:
        """The day of one counter."""
        counter = self.agency.counter(code)
        serves = (counter.services if counter else ()) or tuple(self.lines)
        waited = union(span for service in serves for span in self._waits(service, until))
        return counter_day(
            code,
            self.events[code],
            self.tickets[code],
            hours,
            until,
            around=Around(tuple(waited), self.far, self.silent, held=code in self.held),
            spoken=self.spoken,
            unplaced=self.unplaced,
        )

    def _waits(self, service: str, until: datetime) -> list[Span]:
        """When somebody waited uncalled for a service."""
        if service not in self.waited:
            self.waited[service] = union(_waits(self.lines.get(service, ()), until))
        return self.waited[service]


def _ticket(leg: DeskLeg) -> DeskTicket | None:
    """The leg as its counter knows it, None where it was never at one."""
    found = leg.findings.split()
    # Whoever came back after a no-show was not at the counter from the first call on.
    called = leg.called_at
    if "returned" in found:
        called = leg.since if leg.state == "called" else None
    ended, gone = leg.state == "ended", leg.ended_at
    if called is None and leg.start_at is None:
        return None
    if not ended and leg.state not in ("serving", "called"):
        gone = leg.since
    elif leg.outcome == "unresolved" or "end_missing" in found:
        gone = None
    return DeskTicket(
        key=f"{leg.source_id}/{leg.ticket}/{leg.leg}",
        service=leg.service,
        number=leg.number,
        waited_from=None if not LEAVES_OUT_WAIT.isdisjoint(found) else leg.wait_from,
        called=called,
        start=leg.start_at,
        end=gone,
        served=leg.outcome == "served",
        service_s=leg.service_s,
        held=_held(leg),
        going_on=not ended and leg.state in ("serving", "called"),
    )


def _held(leg: DeskLeg) -> bool:
    return leg.held_s > 0 or leg.state == "held"


def _waits(line: Sequence[DeskLeg], until: datetime) -> Iterable[Span]:
    """When each of a service's visitors waited uncalled; a forgotten number waits no longer than it
    takes to be overtaken, as on the board (:func:`queues.lines.line`)."""
    called = [(leg.wait_from, leg.called_at or leg.start_at, leg.priority is None) for leg in line]
    for leg in line:
        if leg.state == "booked" or not LEAVES_OUT_WAIT.isdisjoint(leg.findings.split()):
            continue
        end = leg.called_at or leg.start_at or leg.ended_at or until
        if leg.called_at is None and leg.start_at is None:
            later = (
                at
                for since, at, ordinary in called
                if at and since > leg.wait_from and ordinary == (leg.priority is None)
            )
            overtaken = nsmallest(FORGOTTEN_AFTER, later)
            if len(overtaken) == FORGOTTEN_AFTER:
                end = min(end, max(overtaken[-1], leg.wait_from + timedelta(seconds=FORGOTTEN_WAIT_S)))
        yield leg.wait_from, min(end, until)
