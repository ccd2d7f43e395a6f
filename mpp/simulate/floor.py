"""The mall's hall second by second: lines, officers at their counters, visitors who come and go.

Instants are whole seconds since the epoch. What happens is told to a speaker as it happens.
"""

from __future__ import annotations

import heapq
from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Final

from mpp.mall.model import Service
from mpp.simulate.items import Speaker
from mpp.simulate.visitors import Booth, Visitor

STAYS: Final = 45 * 60
"""How long after closing officers go on for those who still wait."""

FIRST, PRIORITY, ORDINARY = 0, 1, 2
"""Rank in the line: who comes back to a counter goes first."""

NO_SHOW: Final = 0.035
RETURNS: Final = 0.4
HOLDS: Final = 0.02
MOVES: Final = 0.025
SAYS_GOODBYE: Final = 0.3
LOST: Final = 0.001
"""Shares: who misses the call, comes back after it, is put aside for a form, is sent on to another
service, cancels before walking away, and whose slip is lost."""


@dataclass(slots=True, eq=False)
class Ticket:
    """One leg. ``left_s`` is what remains to be done at the counter."""

    key: str
    number: str
    service: Service
    since: int
    left_s: int
    priority: str | None = None
    leg: int = 1
    visit: str | None = None
    state: str = "waiting"
    missed: bool = False
    wait_s: int = 0

    def data(self, booth: Booth, counter: str | None = None) -> dict[str, object]:
        """What every event of the ticket carries."""
        return {
            "agency": booth.agency.code,
            "service": self.service.code,
            "number": self.number,
            "counter": counter,
            "priority": self.priority,
            "visit": self.visit,
            "leg": self.leg if self.leg > 1 else None,
        }


@dataclass(slots=True, eq=False)
class Desk:
    """A counter with its officer: ``opens``, and its ``stops`` (begin, end, reason) in order.
    ``turn`` counts what it did, so that an alarm set before is known to be stale."""

    code: str | None
    opens: int
    services: tuple[str, ...] = ()
    stops: list[tuple[int, int, str]] = field(default_factory=list)
    idle: bool = False
    turn: int = 0

    def stop(self, at: int) -> tuple[int, int, str] | None:
        """The stop that holds at an instant."""
        return next((stop for stop in self.stops if stop[0] <= at < stop[1]), None)

    def serves(self, ticket: Ticket) -> bool:
        """Whether that ticket may be called here."""
        return not self.services or ticket.service.code in self.services


class Clockwork:
    """Does what is due in order of time, and at one instant in the order it was asked for."""

    def __init__(self) -> None:
        self._due: list[tuple[int, int, Callable[[int], None]]] = []
        self._count = count()

    def at(self, when: int, do: Callable[[int], None]) -> None:
        """Have something done at an instant."""
        heapq.heappush(self._due, (when, next(self._count), do))

    def run(self) -> None:
        """Until nothing is left to do."""
        while self._due:
            when, _, do = heapq.heappop(self._due)
            do(when)


@dataclass(frozen=True, slots=True)
class Served:
    """A service that ended: who hears of it decides its result and what follows."""

    booth: Booth
    ticket: Ticket
    counter: str | None
    at: int
    interrupted: bool


class Station:
    """One agency's line and counters."""

    def __init__(
        self,
        booth: Booth,
        clock: Clockwork,
        speaker: Speaker,
        dice: Random,
        *,
        after: Callable[[Served], None],
        numbers: Callable[[Service], str],
        keys: str,
        heeds: bool = True,
    ) -> None:
        """``after`` is told of every service that ended, ``numbers`` gives the next number of a
        service, ``keys`` begins the keys of the tickets; without ``heeds`` priority tickets wait
        like all others."""
        self.booth, self.clock, self.speaker, self.dice = booth, clock, speaker, dice
        self.heeds = heeds
        self.desks: list[Desk] = []
        self._after, self._numbers, self._keys = after, numbers, keys
        self._line: list[tuple[int, int, int, Ticket]] = []
        self._count = count()

    # counters

    def open(self, desk: Desk) -> None:
        """A counter of the day."""
        self.desks.append(desk)
        desk.stops.sort()
        self.clock.at(desk.opens, lambda at: self._opened(desk, at))

    def _opened(self, desk: Desk, at: int) -> None:
        self._counter(desk, "opened", at)
        self.clock.at(at + 1, lambda later: self._ready(desk, later))

    def _ready(self, desk: Desk, at: int) -> None:
        """The counter is free: pause, close or call the next."""
        desk.idle = False
        desk.turn += 1
        stop = desk.stop(at)
        if stop is not None:
            self._counter(desk, "paused", at, reason=stop[2])
            self.clock.at(stop[1], lambda later: self._resumed(desk, later))
            return
        place = next((i for i, entry in enumerate(self._line) if desk.serves(entry[3])), None)
        if at >= self.booth.closes and (place is None or at >= self.booth.closes + STAYS):
            self._counter(desk, "closed", at)
        elif place is None:
            self._rest(desk, at)
        else:
            self._take(desk, self._line.pop(place)[3], at)

    def _resumed(self, desk: Desk, at: int) -> None:
        if desk.stop(at) is None:
            self._counter(desk, "resumed", at)
            at += 1
        self._ready(desk, at)

    def _rest(self, desk: Desk, at: int) -> None:
        """Nobody waits: until somebody comes, or the next stop or closing."""
        desk.idle, turn = True, desk.turn
        alarms = [begin for begin, _, _ in desk.stops if begin > at]
        alarm = min([*alarms, self.booth.closes])

        def wake(later: int) -> None:
            if desk.idle and desk.turn == turn:
                self._ready(desk, later)

        self.clock.at(max(alarm, at + 1), wake)

    def _counter(self, desk: Desk, step: str, at: int, reason: str | None = None) -> None:
        if desk.code is not None:
            data = {"agency": self.booth.agency.code, "counter": desk.code, "reason": reason}
            self.speaker.say(at, f"counter.{step}", None, **data)

    # visitors

    def comes(self, visitor: Visitor, at: int, visit: str | None = None) -> None:
        """Somebody takes a number; ``visit`` joins it to a ticket of another agency."""
        number = self._numbers(visitor.service)
        key = f"{self._keys}/{self.booth.agency.code}/{number}" if visit is None else f"{visit}+{number}"
        ticket = Ticket(key, number, visitor.service, at, visitor.desk_s, visitor.priority, visit=visit)
        self.speaker.say(at, "ticket.issued", key, **ticket.data(self.booth))
        if self.dice.random() < LOST:
            return
        self.joins(ticket, at)
        self.clock.at(at + visitor.patience_s, lambda later: self._impatient(ticket, later))

    def joins(self, ticket: Ticket, at: int, rank: int | None = None) -> None:
        """A ticket joins the line; a counter that is free calls in a moment."""
        if rank is None:
            rank = PRIORITY if ticket.priority is not None and self.heeds else ORDINARY
        insort(self._line, (rank, at, next(self._count), ticket))
        desk = next((d for d in self.desks if d.idle and d.serves(ticket)), None)
        if desk is not None:
            desk.idle = False
            self.clock.at(at + self.dice.randrange(4, 20), lambda later: self._ready(desk, later))

    def _impatient(self, ticket: Ticket, at: int) -> None:
        """Still not called: some cancel, most just walk away."""
        if ticket.state != "waiting":
            return
        if self.dice.random() < SAYS_GOODBYE:
            self._line = [entry for entry in self._line if entry[3] is not ticket]
            ticket.state = "ended"
            self.speaker.say(at, "ticket.cancelled", ticket.key, reason="left", **ticket.data(self.booth))
        else:
            ticket.state = "gone"

    # at the counter

    def _take(self, desk: Desk, ticket: Ticket, at: int) -> None:
        if ticket.state == "held":
            self._say("resumed", ticket, desk, at)
            self._serve(desk, ticket, at)
            return
        at = max(at, ticket.since + 2)  # a slip is printed and read first
        self._say("called", ticket, desk, at)
        absent = ticket.state == "gone" or (not ticket.missed and self.dice.random() < NO_SHOW)
        ticket.wait_s = at - ticket.since
        if absent:
            self._missed(desk, ticket, at)
            return
        if self.dice.random() < 0.08:
            at += self.dice.randrange(30, 60)
            self._say("recalled", ticket, desk, at)
        at += self.dice.randrange(8, 45)
        ticket.state = "serving"
        self._say("started", ticket, desk, at)
        self._serve(desk, ticket, at)

    def _missed(self, desk: Desk, ticket: Ticket, at: int) -> None:
        """Nobody comes; some turn up within the hour and are called again."""
        self._say("recalled", ticket, desk, at + self.dice.randrange(30, 50))
        end = at + self.dice.randrange(70, 130)
        self._say("no_show", ticket, desk, end)
        back = end + self.dice.randrange(300, 3000)
        if ticket.state != "gone" and self.dice.random() < RETURNS and back < self.booth.closes:
            ticket.missed, ticket.state = True, "returned"
            self.clock.at(back, lambda later: self.joins(ticket, later, FIRST))
        else:
            ticket.state = "ended"
        self.clock.at(end + 3, lambda later: self._ready(desk, later))

    def _serve(self, desk: Desk, ticket: Ticket, at: int) -> None:
        """Serve until done, until put aside for a form, or until the central system stops."""
        end, interrupted = at + max(ticket.left_s, 20), False
        broken = next((s for s in desk.stops if s[2] == "central_system" and at < s[0] < end), None)
        if broken is not None and end > broken[0] + 120:
            end, interrupted = broken[0] + self.dice.randrange(40, 120), True
        elif ticket.left_s > 240 and ticket.state == "serving" and self.dice.random() < HOLDS:
            self._hold(desk, ticket, at)
            return
        ticket.state = "ended"
        self.clock.at(
            end, lambda later: self._after(Served(self.booth, ticket, desk.code, later, interrupted))
        )
        self.clock.at(end + self.dice.randrange(5, 40), lambda later: self._ready(desk, later))

    def _hold(self, desk: Desk, ticket: Ticket, at: int) -> None:
        part = ticket.left_s // 2
        ticket.left_s, ticket.state = ticket.left_s - part, "held"
        back = at + part + self.dice.randrange(240, 780)
        self._say("held", ticket, desk, at + part)
        self.clock.at(back, lambda later: self.joins(ticket, later, FIRST))
        self.clock.at(at + part + 5, lambda later: self._ready(desk, later))

    def _say(self, step: str, ticket: Ticket, desk: Desk, at: int) -> None:
        self.speaker.say(at, f"ticket.{step}", ticket.key, **ticket.data(self.booth, desk.code))
