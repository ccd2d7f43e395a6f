"""What the officer of one counter sees: its state, the ticket at it, who waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from counters.buttons import AtCounter, Booth, next_up, state_today, walk_in_number
from counters.states import CounterState, apply, merge
from mpp.live.fold import state_of
from mpp.live.judge import Judge
from mpp.live.sources import source_state
from mpp.mall.model import Agency, Counter, Mall, Source
from mpp.store import Read, counters, desks, sources
from mpp.store import counter_days as stored
from mpp.store.desks import DeskLeg
from queues.waiting import LEAVES_OUT_WAIT

ORDER: Final = ("manual", "api", "file", "readings")
"""Which source of an agency writes what is pressed: one fed by hand before all others."""


class UnknownCounterError(LookupError):
    """The agency has no such counter."""


@dataclass(frozen=True, slots=True)
class Line:
    """How many wait uncalled for one service of the counter, since when the longest (None: unknown)."""

    service: str
    name: str
    waiting: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Desk:
    """What the page of one counter shows. ``changed`` is the latest instant its state tells of, ``next``
    who would be called of ``waiting``, ``holder`` the source of the ticket at it, ``source`` the one that
    presses of the counter itself are written under (None: the agency has none)."""

    agency: Agency
    counter: Counter
    booth: Booth
    changed: datetime | None
    since: datetime | None
    reason: str | None
    note: str | None
    served: int
    lines: tuple[Line, ...]
    waiting: tuple[DeskLeg, ...]
    next: DeskLeg | None
    holder: int | None
    source: Source | None

    @property
    def by_hand(self) -> bool:
        """Whether a source fed by hand writes what is pressed here."""
        return self.source is not None and self.source.kind == "manual"

    @property
    def services(self) -> tuple[str, ...]:
        """The services the counter serves."""
        return self.counter.services or tuple(s.code for s in self.agency.services)

    def walk_in(self, before: int) -> str:
        """The number of a visitor without one when so many came before today."""
        codes = [counter.code for counter in self.agency.counters]
        prefixes = (service.prefix for service in self.agency.services)
        return walk_in_number(self.counter.code, codes, before, prefixes)


def writer(mall: Mall, agency: str) -> Source | None:
    """The source under which presses of an agency are written; None where it has none."""
    own = [source for source in mall.sources if agency in source.agencies]
    return min(own, key=lambda source: ORDER.index(source.kind), default=None)


def desk(
    tx: Read,
    judge: Judge,
    agency: str,
    counter: str,
    now: datetime,
    *,
    at: datetime | None = None,
    ticket: str = "",
) -> Desk:
    """The counter as this transaction sees it. Raises UnknownCounterError.

    A press that was kept and comes late is judged on the day ``at`` it was made: of an earlier day, what
    that day left. The ``ticket`` it names stands where it stood, though a closing has come over it.
    """
    found = judge.on(judge.day(now)).by_code.get(agency)
    place = found.counter(counter) if found else None
    if found is None or place is None:
        raise UnknownCounterError(counter)
    return _desk(tx, judge, (found, place), now, (at or now, ticket))


def _desk(
    tx: Read, judge: Judge, where: tuple[Agency, Counter], now: datetime, pressed: tuple[datetime, str]
) -> Desk:
    agency, counter = where
    day, mall = judge.day(pressed[0]), judge.on(judge.day(now))
    served = counter.services or tuple(service.code for service in agency.services)
    legs = desks.open_today(tx, agency.code, day)
    if pressed[1]:
        legs += [_reopened(one) for one in desks.unresolved(tx, agency.code, day, pressed[1])]
    here = _here(legs, counter.code)
    at = here and AtCounter(here.ticket, here.leg, here.number, here.service, here.state, here.since)
    told = _told(tx, agency.code, counter.code)
    if day != judge.day(now):
        told = _told_on(tx, judge, agency.code, counter.code, day)
    state = state_today(told, at, judge.midnight(day))
    waiting = [leg for leg in legs if leg.state == "waiting" and leg.service in served]
    paused = told is not None and state == "paused"
    return Desk(
        agency=agency,
        counter=counter,
        booth=Booth(
            state, at, len(waiting), walk_ins=bool(served) and not _numbers(tx, mall, agency.code, now)
        ),
        changed=max((one for one in (told and told.since, here and here.since) if one), default=None),
        since=told.begun if told is not None and state == told.state else None,
        reason=told.reason if told is not None and paused else None,
        note=_note(tx, agency.code, counter.code, told) if told is not None and paused else None,
        served=desks.served_today(tx, agency.code, counter.code, day),
        lines=tuple(_line(agency, code, waiting) for code in served),
        waiting=tuple(waiting),
        next=next_up([leg._replace(wait_from=_since(leg)) for leg in waiting]),
        holder=here.source_id if here else None,
        source=writer(mall, agency.code),
    )


def _here(legs: list[DeskLeg], counter: str) -> DeskLeg | None:
    """The ticket at the counter: who is served before who is only called, then the later one."""
    mine = [leg for leg in legs if leg.counter == counter and leg.state in ("called", "serving")]
    return max(mine, key=lambda leg: (leg.state == "serving", leg.since, leg.ticket), default=None)


def _reopened(one: desks.Unresolved) -> DeskLeg:
    """A leg as it was before it was closed over."""
    state = "serving" if one.start_at else "called" if one.called_at else "waiting"
    return one.leg._replace(
        state=state, since=one.start_at or one.called_at or one.leg.wait_from or one.leg.since
    )


def _told_on(tx: Read, judge: Judge, agency: str, counter: str, day: date) -> CounterState | None:
    """What the counter's events of one day say of it."""
    start, end = judge.midnight(day), judge.midnight(day + timedelta(days=1))
    told: CounterState | None = None
    for event in sorted(stored.state_events(tx, [agency], start, end), key=lambda e: (e.at, e.id)):
        if event.counter == counter:
            told = apply(told, event)
    return told


def _told(tx: Read, agency: str, counter: str) -> CounterState | None:
    """What all sources together say of the counter."""
    told: CounterState | None = None
    for row in counters.all_counters(tx, [agency]):
        if row.counter == counter:
            told = state_of(row) if told is None else merge(told, state_of(row))
    return told


def _note(tx: Read, agency: str, counter: str, told: CounterState) -> str | None:
    """What was written about the pause; only "other" has something."""
    if told.reason != "other" or told.since is None:
        return None
    return stored.pause_notes(tx, agency, told.since).get(counter)


def _numbers(tx: Read, mall: Mall, agency: str, now: datetime) -> bool:
    """Whether something issues numbers for the agency now: a queue system that is heard of."""
    rows = sources.all_sources(tx)
    return any(
        agency in source.agencies
        and source.kind in ("api", "file")
        and "issued" in source.steps
        and source_state(source, rows.get(source.code), now) in ("live", "late")
        for source in mall.sources
    )


def _since(leg: DeskLeg) -> datetime | None:
    return None if not LEAVES_OUT_WAIT.isdisjoint(leg.findings.split()) else leg.wait_from


def _line(agency: Agency, code: str, waiting: list[DeskLeg]) -> Line:
    mine = [leg for leg in waiting if leg.service == code]
    service = agency.service(code)
    since = min((at for leg in mine if (at := _since(leg)) is not None), default=None)
    return Line(code, service.name if service else code, len(mine), since)
