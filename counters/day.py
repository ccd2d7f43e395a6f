"""One counter's day: from when to when it was open, what it did meanwhile, and what is odd about it.

Everything is a function of the *set* of the day's events and tickets: order and repetition change
nothing. At every instant of its open time a counter does exactly one thing, by the rule of the board
(:func:`counters.states.word`):

- serving: a ticket is at it, from its call to its end, and no pause or closing came after that call;
- paused: its events say so, for the reason they say;
- idle: it is open and neither serves nor pauses.

So serving + idle + paused are its open time. A counter whose source tells no states is *inferred* from
its tickets: open from the first call to the last end. What it did between two tickets nobody knows:
idle, pauses, utilisation and hand-overs are None there.

A ticket whose end was never told was at it to the next ticket, and no longer than is far beyond usual for
its service (UNENDED_AT_MOST_S where nothing is usual). What it did after that nobody knows: it serves no
longer, and idle and utilisation are None that day.

While its feed was silent and nothing was told of the counter afterwards either, nobody knows what it did:
that time counts as nothing, and idle and utilisation are None that day. So are serving, idle and hand-overs
where somebody was put on hold: they were not at the counter all the time from their call to their end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import reduce
from typing import Final

from counters.desk_tickets import DeskTicket
from counters.events import CounterEvent, CounterHeartbeat
from counters.findings import Finding, findings
from counters.spans import Span, both, minus, seconds, union
from counters.states import CounterState, apply, merge
from queues.waiting import mean, percentile

UNENDED_AT_MOST_S: Final = 3600.0
"""So long a number whose end nobody told was at a counter at most, where nothing is known of how long its
service usually takes."""
EDGE: Final = timedelta(minutes=1)
"""A word so near to an end of a silence is the last before it or the first after it: the ends are when it
was noted, to the second or the next look."""

Stretch = tuple[datetime, datetime, str, str]
"""(begin, end, state, reason) of a counter as its events tell it."""


@dataclass(frozen=True, slots=True)
class Hours:
    """The day a counter is judged in: from midnight to midnight, its agency's ``opens`` and ``closes``
    (None: not scheduled, or no hours are known) and the stretches of ``work`` in them, without breaks."""

    midnight: datetime
    next_midnight: datetime
    opens: datetime | None = None
    closes: datetime | None = None
    work: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Pause:
    """One stretch in which the counter was paused, without what it served in it."""

    begin: datetime
    end: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class CounterDay:
    """A counter's day so far. Durations are seconds; None is unknown, never nothing.

    ``planned_open``/``planned_close`` are its agency's hours. ``opened`` is when it was first told to be
    at work or had its first ticket, ``closed`` when it was told to be shut and was not told to work
    again; where ``inferred``, its last ticket's end once the agency's hours are over. ``open_s`` =
    ``serving_s`` + ``idle_s`` + all of ``paused``, without silence; one that nobody told to close is open
    to its agency's closing, or to the last thing heard of it where that is later. Where ``inferred`` only
    ``open_s`` (first call to last end) and ``serving_s`` are known. Where its agency served tickets at a
    counter nobody named, ``served``, ``serving_s``, ``idle_s`` and ``handovers`` of one without tickets
    are None: they may have been its own. ``handovers`` counts tickets called to somebody
    who had waited when the ticket before ended, with the counter open and not paused in between.
    ``known`` is False where neither events nor tickets tell anything: then nothing else is set.
    """

    counter: str
    known: bool = True
    inferred: bool = False
    planned_open: datetime | None = None
    planned_close: datetime | None = None
    opened: datetime | None = None
    closed: datetime | None = None
    open_s: float | None = None
    serving_s: float | None = None
    idle_s: float | None = None
    paused: Mapping[str, float] | None = None
    pauses: tuple[Pause, ...] = ()
    served: int | None = None
    service_mean_s: float | None = None
    service_median_s: float | None = None
    handovers: int | None = None
    handover_median_s: float | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def paused_s(self) -> float | None:
        """All pauses together."""
        return None if self.paused is None else sum(self.paused.values())

    @property
    def utilisation(self) -> float | None:
        """Serving / (open - paused), 0-1; None where that is unknown or it was never free to serve."""
        if self.idle_s is None or self.serving_s is None:
            return None
        free = self.idle_s + self.serving_s
        return self.serving_s / free if free else None


@dataclass(frozen=True, slots=True)
class Around:
    """What must be known beside the counter's own events: the stretches in which somebody it serves
    ``waited`` uncalled, by service how many seconds are ``far`` beyond its usual service time, the
    stretches in which its agency's feed was ``silent``, and whether it ``held`` somebody: put them aside
    or took them up again."""

    waited: tuple[Span, ...] = ()
    far: Mapping[str, float] = field(default_factory=dict)
    silent: tuple[Span, ...] = ()
    held: bool = False


NOBODY = Around()


def counter_day(
    counter: str,
    events: Iterable[CounterEvent],
    tickets: Iterable[DeskTicket],
    hours: Hours,
    until: datetime,
    *,
    around: Around = NOBODY,
    spoken: bool = False,
    unplaced: bool = False,
) -> CounterDay:
    """The day of one counter up to ``until`` (later than its next midnight: the whole day).

    ``events`` and ``tickets`` of other days or after ``until`` are left aside. ``spoken``: its agency's
    counters tell their states that day, so that one of which nothing was heard did not open.
    ``unplaced``: it served tickets that day whose counter nobody told.
    """
    until = min(until, hours.next_midnight)
    day = CounterDay(counter, planned_open=hours.opens, planned_close=hours.closes)
    told = _told(events, hours, until)
    came = _came(tickets, hours, until)
    at_work = [state.opened for state in told if state.opened is not None]
    if not at_work and not came:
        to_the_end = any(end >= min(until, hours.closes or until) for _, end in around.silent)
        if not told and (unplaced or not spoken or to_the_end):
            return replace(day, known=False)
        idle_s = None if around.silent else 0.0
        day = replace(day, open_s=0.0, serving_s=0.0, idle_s=idle_s, paused={}, served=0, handovers=0)
        return _nothing_named(day) if unplaced else day
    seen = _Seen(told, came, hours, until, around)
    day = _counted(day, came)
    day = _from_events(day, seen) if at_work else _inferred(day, seen)
    if around.held or any(ticket.held for ticket in came):
        day = replace(day, serving_s=None, idle_s=None, handovers=None, handover_median_s=None)
    return _nothing_named(day) if at_work and unplaced and not came else day


def _nothing_named(day: CounterDay) -> CounterDay:
    """The day of a counter without tickets beside tickets without a counter."""
    return replace(day, served=None, serving_s=None, idle_s=None, handovers=None, findings=())


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a day is made of: the states told and the tickets that came, each once and in order."""

    told: Sequence[CounterState]
    came: Sequence[DeskTicket]
    hours: Hours
    until: datetime
    around: Around

    @property
    def stop(self) -> datetime:
        """Where the day of a counter that nobody told to close ends: at its agency's closing, or with
        the last thing heard of it where that is later. Without known hours: now, or with that thing."""
        last = max([*(s.last_seen for s in self.told), *(t.end or t.begin for t in self.came)])
        going_on = self.until if self.until < self.hours.next_midnight else last
        return min(self.until, max(last, self.hours.closes or going_on))

    @property
    def silent(self) -> list[Span]:
        """The silences of which nothing was told afterwards either."""
        told = [*(s.last_seen for s in self.told), *(at for t in self.came for at in (t.begin, t.end) if at)]
        return union(
            (begin, end)
            for begin, end in self.around.silent
            if not any(begin + EDGE < at < end - EDGE for at in told)
        )


def _told(events: Iterable[CounterEvent], hours: Hours, until: datetime) -> list[CounterState]:
    """What each state event of the day says, in their order, each once."""
    mine = {e for e in events if hours.midnight <= e.at <= until and e.at < hours.next_midnight}
    states = [apply(None, event) for event in mine if not isinstance(event, CounterHeartbeat)]
    return sorted(states, key=lambda s: (s.last_seen, s.rank, s.event_id, s.reason or ""))


def _came(tickets: Iterable[DeskTicket], hours: Hours, until: datetime) -> list[DeskTicket]:
    """The day's tickets by the instant they came, as they were at ``until``. One without an end leaves
    when the next one comes."""
    mine = {t for t in tickets if hours.midnight <= t.begin <= until and t.begin < hours.next_midnight}
    return sorted(
        (_as_of(ticket, until) for ticket in mine),
        key=lambda t: (t.begin, t.end is None, t.end or until, t.key),
    )


def _as_of(ticket: DeskTicket, until: datetime) -> DeskTicket:
    if ticket.end is None or ticket.end <= until:
        return ticket
    return replace(ticket, end=until, going_on=True, served=False, service_s=None)


def _counted(day: CounterDay, came: Sequence[DeskTicket]) -> CounterDay:
    times = sorted(t.service_s for t in came if t.served and t.service_s is not None)
    return replace(
        day,
        served=sum(t.served for t in came),
        service_mean_s=mean(times),
        service_median_s=percentile(times, 0.5),
    )


def _inferred(day: CounterDay, seen: _Seen) -> CounterDay:
    """The day as far as tickets alone tell it."""
    came, hours = seen.came, seen.hours
    stays, lost = _stays(seen)
    at_desk = union(stays)
    last = max([came[-1].begin, *(end for _, end in at_desk)])
    over = seen.until >= (hours.closes or hours.next_midnight)
    gone = over and all(ticket.end is not None and not ticket.going_on for ticket in came)
    return replace(
        day,
        inferred=True,
        opened=came[0].begin,
        closed=last if gone else None,
        open_s=(last - came[0].begin).total_seconds(),
        serving_s=seconds(at_desk),
        findings=findings(came, (), seen.around.far, seen.until, lost),
    )


def _from_events(day: CounterDay, seen: _Seen) -> CounterDay:
    told, came, stop = seen.told, seen.came, seen.stop
    stretches = _stretches(told, came, stop)
    stays, lost = _stays(seen)
    serving = union(
        part for (begin, end) in stays for part in minus([(begin, end)], _stopped_in(stretches, begin))
    )
    # A pause whose end was told, too, was one also where the feed was silent in between.
    paused_through = ((b, e) for b, e, state, _ in stretches[:-1] if state == "paused")
    silent = minus(seen.silent, union([*serving, *paused_through]))
    known = union([*serving, *silent])
    not_serving = minus(union((b, e) for b, e, state, _ in stretches if state == "open"), known)
    lost = [(ticket, part) for ticket, span in lost for part in both([span], not_serving)]
    unended = union(part for _, part in lost)
    free = minus(not_serving, unended)
    unknown_s = seconds(not_serving) - seconds(free)
    pauses = tuple(
        Pause(first, last, reason)
        for begin, end, state, reason in stretches
        if state == "paused"
        for first, last in minus([(begin, end)], known)
    )
    paused: dict[str, float] = defaultdict(float)
    for pause in pauses:
        paused[pause.reason] += (pause.end - pause.begin).total_seconds()
    at_work = union((begin, end) for begin, end, state, _ in stretches if state != "closed")
    gaps = _handovers(came, union([*serving, *free]))
    begun = [state.opened for state in told if state.opened is not None]
    final = reduce(merge, told)
    serving_s, idle_s = seconds(serving), seconds(free)
    waited = seen.around.waited
    alone = both(free, both(seen.hours.work, waited) if seen.hours.work else waited)
    return replace(
        day,
        opened=min([*begun, *(ticket.begin for ticket in came)]),
        closed=final.closed_from,
        open_s=serving_s + idle_s + unknown_s + sum(paused.values()),
        serving_s=serving_s,
        idle_s=None if unknown_s or both(silent, at_work) else idle_s,
        paused=dict(sorted(paused.items())),
        pauses=pauses,
        handovers=len(gaps),
        handover_median_s=percentile(gaps, 0.5),
        findings=findings(came, alone, seen.around.far, seen.until, lost),
    )


def _stays(seen: _Seen) -> tuple[list[Span], list[tuple[DeskTicket, Span]]]:
    """When each ticket was at the counter: to its end, to the next ticket where that was never told. And
    the stretches beyond what is usual of those whose end was never told, with the ticket."""
    stays: list[Span] = []
    lost: list[tuple[DeskTicket, Span]] = []
    following = [*(ticket.begin for ticket in seen.came), seen.stop][1:]
    for n, (ticket, after) in enumerate(zip(seen.came, following, strict=True), 1):
        end = min(seen.stop, ticket.end if ticket.end is not None else after)
        still_there = ticket.going_on and n == len(seen.came)
        if ticket.end is None and not still_there:
            usual = seen.around.far.get(ticket.service, UNENDED_AT_MOST_S)
            latest = ticket.begin + timedelta(seconds=usual)
            if latest < end:
                lost.append((ticket, (latest, end)))
                end = latest
        stays += minus([(ticket.begin, end)], seen.silent if ticket.end is None else ())
    return stays, lost


def _stretches(told: Sequence[CounterState], came: Sequence[DeskTicket], stop: datetime) -> list[Stretch]:
    """What the events say, one stretch for each. Before the first of them a counter is open from its
    first ticket on."""
    edges = [*(state.last_seen for state in told), stop]
    found = [
        (state.last_seen, after, state.state, state.reason or "")
        for state, after in zip(told, edges[1:], strict=True)
    ]
    if came and came[0].begin < edges[0]:
        found.insert(0, (came[0].begin, edges[0], "open", ""))
    return found


def _stopped_in(stretches: Sequence[Stretch], begin: datetime) -> list[Span]:
    """Where a pause or closing holds that came not before ``begin``."""
    return [(first, last) for first, last, state, _ in stretches if state != "open" and first >= begin]


def _handovers(came: Sequence[DeskTicket], at_work: Sequence[Span]) -> list[float]:
    """Seconds from a ticket's end to the next one's call, sorted: of those whose visitor waited already
    and whose gap lies in the open, unpaused time."""
    gaps: list[float] = []
    ended: datetime | None = None
    for ticket in came:
        waited = ticket.waited_from is not None and ended is not None and ticket.waited_from <= ended
        if (
            ended is not None
            and waited
            and ended <= ticket.begin
            and not minus([(ended, ticket.begin)], at_work)
        ):
            gaps.append((ticket.begin - ended).total_seconds())
        ended = None if ticket.end is None else max(ended or ticket.end, ticket.end)
    return sorted(gaps)
