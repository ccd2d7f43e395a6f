"""One day of a mall as a pure function of the description, the day and a seed."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from random import Random
from typing import Final

from mpp.live.case_fold import key_of
from mpp.mall.model import Mall, Service
from mpp.simulate.floor import MOVES, Clockwork, Served, Station, Ticket
from mpp.simulate.items import Planned, Script, Speaker
from mpp.simulate.outcomes import due, rating, result, working_day
from mpp.simulate.readings import Tallied
from mpp.simulate.staff import LATE_S, desks
from mpp.simulate.troubles import troubles
from mpp.simulate.visitors import Booth, Visitor, arrivals, booths
from queues.clock import WorkClock

ON_TIME: Final = 0.88
STAY: Final = 0.35
"""Shares: cases of one working day that are ready the next, visitors who wait at a shut counter."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A day: its ``items`` in the order they are handed in, and the stretch (begin, end) in which a
    source is ``silent``: nothing comes from it, then everything at once."""

    day: date
    items: tuple[Planned, ...] = ()
    silent: Mapping[str, tuple[datetime, datetime]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """A file that was accepted and goes on behind the counter."""

    key: str
    agency: str
    service: Service
    number: str
    source: str


def plan(mall: Mall, day: date, seed: int = 1) -> Plan:
    """Everything the sources of ``mall`` hand in on ``day``; the same for the same seed. A day on
    which nobody serves has no items. No person is in it: numbers, codes and instants alone."""
    made = _Day(mall, day, seed)
    made.run()
    made.completions(_Day(mall, _before(mall, day), seed))
    silent = {
        source: (datetime.fromtimestamp(begin, UTC), datetime.fromtimestamp(end, UTC))
        for source, (begin, end) in made.script.silent.items()
    }
    return Plan(day, made.script.planned(), silent)


def tickets_only(mall: Mall, day: date, seed: int = 1) -> Plan:
    """The same day without what came of the day before: half the work, for seeding past days."""
    made = _Day(mall, day, seed)
    made.run()
    return Plan(day, made.script.planned())


def keys_of(day: date, seed: int) -> str:
    """How the keys of a simulated day's tickets begin."""
    return f"sim{seed}/{day.isoformat()}"


def _before(mall: Mall, day: date) -> date:
    return working_day(WorkClock(mall.calendar), day, -1)


def _dice(seed: int, day: date, what: str) -> Random:
    return Random(f"{seed}:{day.isoformat()}:{what}")  # noqa: S311 a simulation, not a secret


class _Day:
    """Makes one day."""

    def __init__(self, mall: Mall, day: date, seed: int) -> None:
        self.mall, self.day, self.seed = mall, day, seed
        self.booths = booths(mall, day)
        self.troubles = troubles(self.booths, _dice(seed, day, "troubles"))
        silent = {self.troubles.silent: self.troubles.silence} if self.troubles.silent else {}
        self.script = Script(day, seed, silent)
        self.cases: list[Case] = []
        self._clock = Clockwork()
        self._stations: dict[str, Station] = {}
        self._work = {booth.agency.code: WorkClock(booth.agency.calendar) for booth in self.booths}
        self._numbers: Tally[tuple[str, str]] = Tally()
        self._fate = _dice(seed, day, "outcomes")
        self._tallied: list[Tallied] = []

    def run(self) -> None:
        """Let the day pass."""
        for booth in self.booths:
            self._prepare(booth)
        self._clock.run()
        for tallied in self._tallied:
            tallied.readings(self.script.voice(tallied.booth.source))

    def completions(self, before: _Day) -> None:
        """Cases received the serving day before and due now: most are completed."""
        if before.day == self.day or not self.booths:
            return
        before.run()
        hours = {booth.agency.code: booth for booth in self.booths}
        dice = _dice(self.seed, self.day, "cases")
        for case in before.cases:
            done, booth = case.service.done, hours.get(case.agency)
            if done is None or done.working_days != 1 or booth is None or dice.random() >= ON_TIME:
                continue
            at = booth.opens + dice.randrange(1800, max(booth.closes - booth.opens, 1801))
            self._case("completed", case, at, result="done")

    def _prepare(self, booth: Booth) -> None:
        """One agency: its line, its counters, everybody who will come."""
        code = booth.agency.code
        speaker: Speaker = self.script.voice(booth.source)
        if booth.source.kind == "readings":
            tallied = Tallied(booth)
            self._tallied.append(tallied)
            speaker = tallied
        station = Station(
            booth,
            self._clock,
            speaker,
            _dice(self.seed, self.day, f"{code}:desk"),
            after=self._after,
            numbers=partial(self._number, booth),
            keys=keys_of(self.day, self.seed),
            heeds=code != self.troubles.heedless,
        )
        self._stations[code] = station
        coming = arrivals(self.mall, booth, self.day, _dice(self.seed, self.day, code))
        for desk in desks(booth, coming, _dice(self.seed, self.day, f"{code}:staff"), self.troubles):
            station.open(desk)
        for visitor in coming:
            # Most who find nobody there go home again.
            if code != self.troubles.late or visitor.at > booth.opens + LATE_S or self._fate.random() < STAY:
                self._clock.at(visitor.at, partial(station.comes, visitor))

    def _number(self, booth: Booth, service: Service) -> str:
        """The next number of a service, which restarts daily."""
        letters = service.prefix or service.code
        self._numbers[booth.agency.code, letters] += 1
        return f"{letters}-{self._numbers[booth.agency.code, letters]:03d}"

    # after a service

    def _after(self, served: Served) -> None:
        moved = not served.interrupted and self._fate.random() < MOVES and self._move(served)
        if not moved:
            self._finish(served)
        told = rating(served, self._fate)
        if told is not None and served.booth.source.kind != "readings":
            self._tell(served, "rating.given", self._fate.randrange(5, 90), None, **told)

    def _finish(self, served: Served) -> None:
        ticket = served.ticket
        ended = "system" if served.interrupted else result(ticket.service, self._fate)
        until = None
        if ended == "accepted":
            until = due(served, self._work[served.booth.agency.code], self.day)
        data = ticket.data(served.booth, served.counter) | {"result": ended, "due": until}
        self._speak(served, "ticket.finished", 0, ticket.key, **data)
        if ended == "accepted" and served.booth.source.kind != "readings":
            agency, source = served.booth.agency.code, served.booth.source.code
            case = Case(key_of(ticket.key, ticket.leg), agency, ticket.service, ticket.number, source)
            self.cases.append(case)
            self._case("received", case, served.at + self._fate.randrange(10, 60), due=until)

    def _move(self, served: Served) -> bool:
        """Send the visitor on to another service or agency; False where nobody would take them."""
        ticket, booth = served.ticket, served.booth
        others = [
            station.booth
            for station in self._stations.values()
            if served.at < station.booth.last_ticket and station.booth.source.kind != "readings"
        ]
        target = booth if self._fate.random() < 0.6 else self._fate.choice(others or [booth])
        services = [s for s in target.agency.services if (target, s) != (booth, ticket.service)]
        if target not in others or not services or booth.source.kind == "readings":
            return False
        service = self._fate.choice(services)
        data = ticket.data(booth, served.counter)
        data |= {
            "to_agency": target.agency.code,
            "to_service": service.code,
            "visit": ticket.visit or ticket.key,
        }
        self._speak(served, "ticket.transferred", 0, ticket.key, **data)
        self._arrive(served, target, service)
        return True

    def _arrive(self, served: Served, target: Booth, service: Service) -> None:
        """The next leg: of the same ticket where one source follows both, else a ticket of its own."""
        ticket, station = served.ticket, self._stations[target.agency.code]
        seconds = round((service.desk_s or 600) * self._fate.uniform(0.4, 1.1))
        visit = ticket.visit or ticket.key
        if target.agency.code in served.booth.source.agencies and target.source == served.booth.source:
            leg = Ticket(
                ticket.key, ticket.number, service, served.at, seconds, ticket.priority, ticket.leg + 1, visit
            )
            station.joins(leg, served.at)
            return
        visitor = Visitor(served.at, service, seconds, ticket.priority, 3 * 3600)
        later = served.at + self._fate.randrange(120, 400)
        self._clock.at(later, lambda at: station.comes(visitor, at, visit))

    def _case(self, step: str, case: Case, at: int, **more: object) -> None:
        data = {"agency": case.agency, "service": case.service.code, "number": case.number, **more}
        self.script.add(case.source, at, f"case.{step}", case.key, data)

    def _tell(self, served: Served, kind: str, after: int, subject: str | None, **data: object) -> None:
        self.script.voice(served.booth.source).say(served.at + after, kind, subject, **data)

    def _speak(self, served: Served, kind: str, after: int, subject: str, **data: object) -> None:
        """Through the station's own speaker: one that only counts must hear of it, too."""
        self._stations[served.booth.agency.code].speaker.say(served.at + after, kind, subject, **data)
