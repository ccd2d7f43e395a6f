"""A past stretch as if it were now: the same facts, folded from the events up to an instant.

Reads the log, writes nothing. One day and the one before it are held in memory.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any, TypeVar

from counters.events import CounterEvent
from counters.ratings import Rating
from counters.states import CounterState, apply
from mpp.live.action_log import Replayed
from mpp.live.description import Descriptions
from mpp.live.facts import AgencyFacts, Facts, open_by_service, quarters
from mpp.live.judge import Judge
from mpp.live.past_days import PastDays
from mpp.live.ratings import arrivals, rating
from mpp.live.sums import agency_day
from mpp.store import Read, Store, counters, legs, log, sources
from mpp.store.counters import ReadingRow
from mpp.store.legs import OpenLeg, TodayLeg
from mpp.store.sources import SourceRow
from queues.events import Leg, Observed, TicketEvent
from queues.tickets import fold

T = TypeVar("T", OpenLeg, TodayLeg)

Row = dict[str, Any]

Key = tuple[int, str]
"""A ticket: source id and ticket key."""


def moments(event: TicketEvent) -> list[datetime]:
    """The instants at which an event changes something: its own, or a row's steps."""
    if not isinstance(event, Observed):
        return [event.at]
    steps = (event.issued_at, event.checked_in_at, event.called_at, event.started_at, event.ended_at)
    # A row's own instant stands for an end it tells without one.
    return [event.at, *(at for at in steps if at is not None)]


class ReplayFacts:
    """Facts of a past instant. Cheap when asked for instants that go forward; not for several
    threads at once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._judge: Judge | None = None
        self._day: date | None = None
        self._at: datetime | None = None
        self._rows: dict[str, SourceRow] = {}
        self._codes: dict[int, str] = {}
        self._events: dict[Key, list[TicketEvent]] = {}
        self._moments: list[tuple[datetime, Key]] = []
        self._legs: dict[str, dict[Key, list[Row]]] = {}
        self._agencies_of: dict[Key, set[str]] = {}
        self._agencies: dict[str, AgencyFacts] = {}
        self._counter_events: list[CounterEvent] = []
        self._states: dict[str, dict[str, CounterState]] = {}
        self._applied = 0
        self._heard: dict[int, list[datetime]] = {}
        self._answers: list[tuple[datetime, str, Rating]] = []
        self._ratings: dict[str, list[Rating]] = {}
        self._answered = 0
        self._past = PastDays()
        self._actions = Replayed()

    def read(self, now: datetime) -> Facts | None:
        """The facts at ``now``; None while no mall is described."""
        with self.store.read() as tx:
            if self._judge is None:
                versions = Descriptions().versions(tx)
                if not versions:
                    return None
                self._judge = Judge(versions)
            day = self._judge.day(now)
            whole = day != self._day or self._at is None or now < self._at
            if day != self._day:
                self._load(tx, self._judge, day)
            said = self._readings(tx, self._judge, day, now)
            past = self._past.of(tx, self._judge, day, now)
        # Last of all: a question that fails leaves what was folded as it was.
        touched = self._fold(self._judge, now, whole)
        self._at = now
        changed = None if whole else frozenset(touched | said.keys())
        facts = self._facts(self._judge, now, said, changed)
        return replace(
            facts,
            past=past,
            actions=self._actions.until(now),
            actions_kept=self._actions.kept,
        )

    def _load(self, tx: Read, judge: Judge, day: date) -> None:
        """Read the events of the tickets of a day and the day before it."""
        self._day = None  # half of another day until all of this one is read
        self._rows = sources.all_sources(tx)
        self._codes = {row.id: row.code for row in self._rows.values()}
        self._events, self._legs, self._agencies_of = {}, {}, {}
        for source_id, tickets in legs.tickets_between(tx, day - timedelta(days=1), day).items():
            for ticket, events in log.of_tickets(tx, source_id, tickets).items():
                self._events[source_id, ticket] = events
        self._moments = sorted(
            ((at, key) for key, events in self._events.items() for event in events for at in moments(event)),
        )
        start = judge.midnight(day)
        end = judge.midnight(day + timedelta(days=1))
        told = list(log.of_counters(tx, start=start, end=end))
        self._counter_events = [event for _, _, event in told]
        self._states, self._applied = {}, 0
        self._heard = defaultdict(list)
        for at, (source_id, _) in self._moments:
            self._heard[source_id].append(at)
        for _, source_id, event in told:
            self._heard[source_id].append(event.at)
        given = arrivals(log.ratings_between(tx, start, end))
        self._answers = [(known, event.agency, rating(event)) for known, event in given]
        self._ratings, self._answered = defaultdict(list), 0
        for known, answer in given:
            self._heard[answer.source_id].append(known)
        for of_source in self._heard.values():
            of_source.sort()
        self._actions.load(tx, day)
        self._day = day

    def _fold(self, judge: Judge, now: datetime, whole: bool) -> set[str]:
        """Fold the tickets that moved since the last instant; returns the touched agencies."""
        first = 0 if whole or self._at is None else bisect_right(self._moments, self._at, key=lambda m: m[0])
        last = bisect_right(self._moments, now, key=lambda m: m[0])
        if whole:
            self._legs, self._agencies_of, self._agencies = {}, {}, {}
            self._states, self._applied = {}, 0
            self._ratings, self._answered = defaultdict(list), 0
        touched = self._counters(now) | self._rated(now)
        for key in {key for _, key in self._moments[first:last]}:
            touched |= self._fold_one(judge, key, now)
        return touched

    def _counters(self, now: datetime) -> set[str]:
        """Apply the counter events up to now; returns the touched agencies."""
        last = bisect_right(self._counter_events, now, key=lambda event: event.at)
        fresh, self._applied = self._counter_events[self._applied : last], last
        for event in fresh:
            of_agency = self._states.setdefault(event.agency, {})
            of_agency[event.counter] = apply(of_agency.get(event.counter), event)
        return {event.agency for event in fresh}

    def _rated(self, now: datetime) -> set[str]:
        """Add the visitors' answers known by now, as live: one that was on its way for an hour is not
        told an hour earlier. Returns the touched agencies."""
        last = bisect_right(self._answers, now, key=itemgetter(0))
        fresh, self._answered = self._answers[self._answered : last], last
        for _, agency, one in fresh:
            self._ratings[agency].append(one)
        return {agency for _, agency, _ in fresh}

    def _fold_one(self, judge: Judge, key: Key, now: datetime) -> set[str]:
        source = judge.source(self._codes[key[0]])
        was = self._agencies_of.get(key, set())
        for agency in was:
            del self._legs[agency][key]
        found: Iterable[Leg] = fold(
            self._events[key], ticket=key[1], steps=source.steps, agencies=source.agencies, until=now
        )
        mine: set[str] = set()
        for leg in found:
            row = judge.row(key[0], source.code, leg, now)
            if row is not None:
                self._legs.setdefault(row["agency"], {}).setdefault(key, []).append(row)
                mine.add(row["agency"])
        self._agencies_of[key] = mine
        return was | mine

    def _readings(
        self, tx: Read, judge: Judge, day: date, now: datetime
    ) -> Mapping[str, Mapping[str, ReadingRow]]:
        said: dict[str, dict[str, ReadingRow]] = defaultdict(dict)
        for row in counters.latest_readings(tx, judge.midnight(day), now, judge.on(day).by_code):
            said[row.agency][row.service] = row
        return said

    def _facts(
        self,
        judge: Judge,
        now: datetime,
        said: Mapping[str, Mapping[str, ReadingRow]],
        changed: frozenset[str] | None,
    ) -> Facts:
        day = judge.day(now)
        everybody = self._legs.keys() | self._states.keys() | self._ratings.keys()
        moved = everybody if changed is None else changed
        for code in moved | said.keys():
            rows = [row for of_ticket in self._legs.get(code, {}).values() for row in of_ticket]
            self._agencies[code] = AgencyFacts(
                lines=open_by_service((_tuple(OpenLeg, r) for r in rows if r["state"] != "ended"), day),
                day=agency_day(_tuple(TodayLeg, row) for row in rows if row["day"] == day),
                counters=dict(self._states.get(code, {})),
                readings=said.get(code, {}),
                ratings=tuple(self._ratings.get(code, ())),
            )
        known = {row.code: self._source(row, now, said) for row in self._rows.values()}
        made = dict(self._agencies)
        return Facts(judge, now, day, "replay", made, known, changed, quarters(made.values()))

    def _source(
        self, row: SourceRow, now: datetime, said: Mapping[str, Mapping[str, ReadingRow]]
    ) -> SourceRow:
        heard = self._heard.get(row.id, [])
        place = bisect_right(heard, now)
        reported = [heard[place - 1]] if place else []
        reported += [r.at for rows in said.values() for r in rows.values() if r.source_id == row.id]
        last = max(reported, default=None)
        return SourceRow(row.id, row.code, place, last, last, None, None, row.clock_offset_s)


def _tuple(kind: type[T], row: Row) -> T:
    known = row | {
        "wait_from": row["checked_in_at"] or row["issued_at"],
        "called": (row["called_at"] or row["start_at"]) is not None,
        "started": row["start_at"] is not None,
    }
    return kind(*(known[name] for name in kind._fields))
