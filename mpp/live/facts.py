"""Facts: everything the board is built from, read from the database.

The board itself is a pure function of them (:mod:`mpp.live.board`); replay makes the same facts
from past events (:mod:`mpp.live.replay`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from counters.ratings import Rating
from counters.states import CounterState, merge
from mpp.live.action_log import Followed
from mpp.live.description import Descriptions
from mpp.live.episodes import Episode
from mpp.live.fold import state_of
from mpp.live.judge import Judge
from mpp.live.past_days import NO_PAST, Past, PastDays
from mpp.live.sums import EMPTY_DAY, AgencyDay, agency_day
from mpp.mall.model import Versions
from mpp.store import Read, Store, counters, legs, quarantine, ratings, sources
from mpp.store.counters import ReadingRow
from mpp.store.legs import OpenLeg
from mpp.store.sources import Heads, SourceRow
from queues.lines import Waiting
from queues.waiting import LEAVES_OUT_WAIT

STATISTICS_EVERY: Final = timedelta(seconds=2)
"""How old an agency's day sums may get while its lines change faster."""

LEGS_A_SECOND: Final = 100
"""So many legs an agency's day sums may read a second on average: 300 of them are read every three
seconds at most. They are read whole each time, so without this a day would cost with the square of its
tickets."""


@dataclass(frozen=True, slots=True)
class OpenLegs:
    """One service's legs that have not ended, sorted out for its line: ``waiting`` for
    :func:`queues.lines.line`, ``serving`` those called to or served at a counter, ``odd`` unstarted
    ones that the line's count of those beyond the promise does not tell today's share (called,
    returned, of another day) with the instant their wait counts from."""

    waiting: tuple[Waiting, ...] = ()
    serving: tuple[OpenLeg, ...] = ()
    odd: tuple[tuple[OpenLeg, datetime], ...] = ()


NO_LEGS = OpenLegs()


def open_by_service(found: Iterable[OpenLeg], day: date) -> dict[str, OpenLegs]:
    """Sort out an agency's open legs."""
    waiting: dict[str, list[Waiting]] = defaultdict(list)
    serving: dict[str, list[OpenLeg]] = defaultdict(list)
    odd: dict[str, list[tuple[OpenLeg, datetime]]] = defaultdict(list)
    for leg in found:
        if leg.state == "serving" or (leg.state == "called" and leg.counter is not None):
            serving[leg.service].append(leg)
        one = _waiting(leg)
        waiting[leg.service].append(one)
        plain = leg.state == "waiting" and not one.returned and leg.day == day
        if leg.start_at is None and one.wait_from is not None and not plain:
            odd[leg.service].append((leg, one.wait_from))
    return {
        code: OpenLegs(tuple(of_service), tuple(serving[code]), tuple(odd[code]))
        for code, of_service in waiting.items()
    }


def _waiting(leg: OpenLeg) -> Waiting:
    if not leg.findings and leg.state != "booked":
        return Waiting(leg.number, leg.state, leg.wait_from, leg.priority)
    found = leg.findings.split()
    unknown = leg.state == "booked" or not LEAVES_OUT_WAIT.isdisjoint(found)
    wait_from = None if unknown else leg.wait_from
    return Waiting(leg.number, leg.state, wait_from, leg.priority, "returned" in found)


@dataclass(frozen=True, slots=True)
class AgencyFacts:
    """What is known of one agency."""

    lines: Mapping[str, OpenLegs] = field(default_factory=dict)
    day: AgencyDay = EMPTY_DAY
    counters: Mapping[str, CounterState] = field(default_factory=dict)
    readings: Mapping[str, ReadingRow] = field(default_factory=dict)
    unknown_numbers: int = 0
    ratings: tuple[Rating, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the mall at ``at``: ``judge`` holds the description. ``changed`` are the
    agencies that differ from the facts before, None for all of them; ``quarters`` are the mall's
    arrivals and completions by quarter hour (its start in seconds since the epoch). ``past`` is what
    earlier days of its weekday tell of the day. ``actions`` are the day's episodes; not
    ``actions_kept`` is a past day of which none were recorded."""

    judge: Judge
    at: datetime
    day: date
    mode: str
    agencies: Mapping[str, AgencyFacts]
    sources: Mapping[str, SourceRow]
    changed: frozenset[str] | None = None
    quarters: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    past: Past = NO_PAST
    actions: tuple[Episode, ...] = ()
    actions_kept: bool = True


def quarters(agencies: Iterable[AgencyFacts]) -> dict[int, tuple[int, int]]:
    """Arrivals and completions of all agencies by quarter hour."""
    arrived: Counter[int] = Counter()
    completed: Counter[int] = Counter()
    for known in agencies:
        for at, (came, done) in known.day.quarters.items():
            arrived[at] += came
            completed[at] += done
    return {at: (arrived[at], completed[at]) for at in sorted(arrived.keys() | completed.keys())}


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read last. Made anew by each read and kept whole or not at all: a read that fails half
    way leaves nothing behind, so the next one asks for the same again.

    ``revisions`` are those of the sources by id. ``summed`` is when each agency's day sums were read,
    ``moved`` are the agencies whose lines were read again since."""

    facts: Facts
    revisions: Mapping[int, int] = field(default_factory=dict)
    summed: Mapping[str, datetime] = field(default_factory=dict)
    moved: frozenset[str] = frozenset()

    def due(self, code: str, now: datetime) -> bool:
        """Whether an agency's day sums may be read again."""
        last = self.summed.get(code)
        if last is None:
            return True
        legs_read = self.facts.agencies[code].day.whole.issued
        every = max(STATISTICS_EVERY, timedelta(seconds=legs_read / LEGS_A_SECOND))
        # A clock that was put back would else stop them until it has caught up.
        return not timedelta(0) <= now - last < every


class LiveFacts:
    """Facts of the running mall. Reads only agencies whose source's ``rev`` moved, and their day
    sums as seldom as STATISTICS_EVERY and LEGS_A_SECOND say. Not for several threads at once."""

    def __init__(self, store: Store, mode: str = "live") -> None:
        self.store = store
        self.mode = mode
        self._descriptions = Descriptions()
        self._known: _Known | None = None
        self._past = PastDays()
        self._actions = Followed()

    def read(self, now: datetime) -> Facts | None:
        """The facts at ``now``; None while no mall is described."""
        # The heads first: what is written after them moves them again.
        with self.store.glance() as tx:
            heads = sources.heads(tx)
            versions = self._descriptions.versions(tx, heads.description)
            if not versions:
                return None
            last = self._start(versions, now)
            judge, day = last.facts.judge, last.facts.day
            past = self._past.of(tx, judge, day, now)
            renewed = _renew(tx, last, heads, now)
            facts = replace(
                renewed.facts,
                past=past,
                actions=self._actions.of(tx, heads.own, day, now),
            )
        self._known = replace(renewed, facts=facts)
        return facts

    def _start(self, versions: Versions, now: datetime) -> _Known:
        """What to renew: what was read last, or nothing after a new day or description."""
        last = self._known
        if last is None or last.facts.judge.versions is not versions:
            judge = Judge(versions)
        else:
            judge = last.facts.judge
        day = judge.day(now)
        if last is None or last.facts.judge is not judge or last.facts.day != day:
            return _Known(Facts(judge, now, day, self.mode, {}, {}))
        return last


def _renew(tx: Read, known: _Known, heads: Heads, now: datetime) -> _Known:
    last = known.facts
    changed = _changed(known, heads.sources)
    wanted = frozenset(last.judge.on(last.day).by_code) if changed is None else changed
    moved = known.moved | wanted
    stale = frozenset(code for code in moved if known.due(code, now))
    found = dict(last.agencies)
    if wanted:
        found |= _lines(tx, wanted, last, heads, now)
    if stale:
        found |= _days(tx, stale, found, last.day, heads)
    facts = replace(
        last,
        at=now,
        agencies=found,
        sources=heads.sources,
        changed=None if changed is None else wanted | stale,
        quarters=quarters(found.values()) if stale else last.quarters,
    )
    return _Known(
        facts,
        revisions={row.id: row.rev for row in heads.sources.values()},
        summed={**known.summed, **dict.fromkeys(stale, now)},
        moved=moved - stale,
    )


def _changed(known: _Known, told: Mapping[str, SourceRow]) -> frozenset[str] | None:
    """The agencies whose sources wrote since; None for all of them."""
    last = known.facts
    if not last.sources:
        return None
    mall = last.judge.on(last.day)
    moved = [code for code, row in told.items() if known.revisions.get(row.id) != row.rev]
    listed = (mall.sources_by_code[code].agencies for code in moved if code in mall.sources_by_code)
    return frozenset(agency for agencies in listed for agency in agencies)


def _lines(
    tx: Read, wanted: Collection[str], last: Facts, heads: Heads, now: datetime
) -> dict[str, AgencyFacts]:
    waiting = _by_agency(legs.open_legs(tx, wanted))
    states: dict[str, dict[str, CounterState]] = defaultdict(dict)
    for row in counters.all_counters(tx, wanted):
        one, said_before = state_of(row), states[row.agency].get(row.counter)
        states[row.agency][row.counter] = one if said_before is None else merge(said_before, one)
    said: dict[str, dict[str, ReadingRow]] = defaultdict(dict)
    if heads.readings:
        for reading in counters.latest_readings(tx, last.judge.midnight(last.day), now, wanted):
            said[reading.agency][reading.service] = reading
    unknown = quarantine.unknown_numbers(tx, last.day) if heads.quarantine else {}
    return {
        code: replace(
            last.agencies.get(code, AgencyFacts()),
            lines=open_by_service(waiting.get(code, ()), last.day),
            counters=states.get(code, {}),
            readings=said.get(code, {}),
            unknown_numbers=unknown.get(code, 0),
        )
        for code in wanted
    }


def _days(
    tx: Read, wanted: Collection[str], found: Mapping[str, AgencyFacts], day: date, heads: Heads
) -> dict[str, AgencyFacts]:
    of_day: dict[str, list[legs.TodayLeg]] = defaultdict(list)
    for leg in legs.today_legs(tx, day, wanted):
        of_day[leg.agency].append(leg)
    said: dict[str, list[Rating]] = defaultdict(list)
    if heads.ratings:
        for row in ratings.of_day(tx, day, wanted):
            said[row.agency].append(Rating(row.at, row.score, row.fee, row.source_id))
    return {
        code: replace(found.get(code, AgencyFacts()), day=agency_day(of_day[code]), ratings=tuple(said[code]))
        for code in wanted
    }


def _by_agency(found: Iterable[OpenLeg]) -> dict[str, list[OpenLeg]]:
    sorted_out: dict[str, list[OpenLeg]] = defaultdict(list)
    for leg in found:
        sorted_out[leg.agency].append(leg)
    return sorted_out
