"""One service's line now: how many wait, how long, who is beyond the promise, who was forgotten."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from operator import itemgetter
from typing import Final, TypeVar

from queues.rules import WAITING_STATES
from queues.waiting import Worked

FORGOTTEN_AFTER: Final = 5
"""So many later numbers of its class must have been called before a waiting one is forgotten:
fewer is the usual disorder of several counters calling at once."""

FORGOTTEN_WAIT_S: Final = 600.0
"""And so many seconds it must have waited: in a fast line five calls are one minute's noise."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a line needs of an open leg. ``wait_from`` None: not known (:func:`queues.waiting.waits_from`).
    ``returned`` has been called before and came back after a no-show."""

    number: str | None
    state: str
    wait_from: datetime | None
    priority: str | None = None
    returned: bool = False


@dataclass(frozen=True, slots=True)
class Called:
    """``wait_from`` of the legs of this line called today, ascending, by class."""

    ordinary: Sequence[datetime] = ()
    priority: Sequence[datetime] = ()

    @classmethod
    def of(cls, legs: Iterable[tuple[datetime, str | None]]) -> Called:
        """From (``wait_from``, priority) of each called leg, in any order."""
        ordinary: list[datetime] = []
        priority: list[datetime] = []
        for wait_from, name in legs:
            (ordinary if name is None else priority).append(wait_from)
        return cls(sorted(ordinary), sorted(priority))


NOBODY_CALLED: Final = Called()


@dataclass(frozen=True, slots=True)
class Line:
    """A line at an instant.

    ``waiting`` counts every leg in WAITING_STATES, ``uncalled`` those nobody called yet,
    ``priority_waiting`` the uncalled ones of a priority class. ``longest_s`` is the longest wall
    wait of the uncalled, forgotten ones aside, with its number and the instant it waits from;
    ``priority_number`` and ``priority_longest_from`` are those of the priority class alone.

    ``over`` counts the uncalled beyond their promise in working time, ``over_priority`` those of a
    priority class; ``excess_s`` sums their working seconds beyond it and ``load`` is the highest
    working wait / promise, both without forgotten ones. All four are None without a promise.
    ``forgotten`` are the numbers that were overtaken; they stay in ``waiting`` and ``over``, and
    ``over_forgotten`` of those beyond their promise are such, ``over_forgotten_priority`` of those of a
    priority class.
    """

    waiting: int = 0
    uncalled: int = 0
    priority_waiting: int = 0
    longest_s: float | None = None
    longest_number: str | None = None
    longest_from: datetime | None = None
    over: int | None = None
    over_priority: int | None = None
    excess_s: float | None = None
    load: float | None = None
    forgotten: tuple[str | None, ...] = ()
    over_forgotten: int = 0
    priority_number: str | None = None
    priority_longest_from: datetime | None = None
    over_forgotten_priority: int = 0


def line(
    open_legs: Iterable[Waiting],
    now: datetime,
    *,
    promise_s: float | None,
    promise_priority_s: float | None = None,
    worked: Worked,
    called: Called = NOBODY_CALLED,
) -> Line:
    """The line of one service at ``now`` from its open legs (others than waiting ones are ignored).

    Promises are working seconds; ``promise_priority_s`` replaces ``promise_s`` for priority legs
    where it is set. A leg is forgotten when it has waited :data:`FORGOTTEN_WAIT_S` and at least
    :data:`FORGOTTEN_AFTER` legs of its class that came later have been called.
    """
    waiting = [leg for leg in open_legs if leg.state in WAITING_STATES]
    if not waiting:
        return _empty(promise_s is None, promise_s is None and promise_priority_s is None)
    uncalled = [leg for leg in waiting if leg.state == "waiting" and not leg.returned]
    first = promise_s if promise_priority_s is None else promise_priority_s
    ordinary = _part(
        uncalled, now, priority=False, promise_s=promise_s, called_from=called.ordinary, worked=worked
    )
    priority = _part(
        uncalled, now, priority=True, promise_s=first, called_from=called.priority, worked=worked
    )
    leaders = [entry for entry in (ordinary.longest, priority.longest) if entry is not None]
    longest = min(leaders, key=itemgetter(0, 1), default=None)
    return Line(
        waiting=len(waiting),
        uncalled=len(uncalled),
        priority_waiting=sum(leg.priority is not None for leg in uncalled),
        longest_s=None if longest is None else max(0.0, (now - longest[0]).total_seconds()),
        longest_number=None if longest is None else longest[2].number,
        longest_from=None if longest is None else longest[0],
        over=_sum(ordinary.over, priority.over),
        over_priority=priority.over,
        excess_s=_sum(ordinary.excess_s, priority.excess_s),
        load=max((load for load in (ordinary.load, priority.load) if load is not None), default=None),
        forgotten=ordinary.forgotten + priority.forgotten,
        over_forgotten=ordinary.over_forgotten + priority.over_forgotten,
        priority_number=None if priority.longest is None else priority.longest[2].number,
        priority_longest_from=None if priority.longest is None else priority.longest[0],
        over_forgotten_priority=priority.over_forgotten,
    )


@cache
def _empty(unpromised: bool, priority_unpromised: bool) -> Line:
    """The line in which nobody waits, as most are most of the time."""
    if unpromised and priority_unpromised:
        return Line()
    return Line(over=0, over_priority=None if priority_unpromised else 0, excess_s=0.0, load=0.0)


def ahead(open_legs: Iterable[Waiting], leg: Waiting) -> int | None:
    """How many people are before ``leg``: every waiting, uncalled priority leg before an ordinary
    one, then whoever came earlier. None where it does not wait uncalled or since when is unknown."""
    if leg.state != "waiting" or leg.wait_from is None:
        return None
    mine = _turn(leg, leg.wait_from)
    return sum(
        other.state == "waiting" and other.wait_from is not None and _turn(other, other.wait_from) < mine
        for other in open_legs
    )


def _turn(leg: Waiting, since: datetime) -> tuple[bool, datetime, str]:
    return leg.priority is None, since, leg.number or ""


_Number = TypeVar("_Number", int, float)
_Entry = tuple[datetime, str, Waiting]


@dataclass(frozen=True, slots=True)
class _Part:
    """One class of a line, ordinary or priority: its share of the fields of :class:`Line`."""

    longest: _Entry | None = None
    over: int | None = None
    excess_s: float | None = None
    load: float | None = None
    forgotten: tuple[str | None, ...] = ()
    over_forgotten: int = 0


def _part(
    uncalled: list[Waiting],
    now: datetime,
    *,
    priority: bool,
    promise_s: float | None,
    called_from: Sequence[datetime],
    worked: Worked,
) -> _Part:
    legs: list[_Entry] = [
        (leg.wait_from, leg.number or "", leg)
        for leg in uncalled
        if leg.wait_from is not None and (leg.priority is not None) is priority
    ]
    if not legs:
        return _Part() if promise_s is None else _NOBODY
    legs.sort(key=itemgetter(0, 1))
    behind = _forgotten(legs, called_from, now)
    longest = legs[behind] if behind < len(legs) else None
    forgotten = tuple(leg.number for _, _, leg in legs[:behind])
    if promise_s is None:
        return _Part(longest=longest, forgotten=forgotten)
    over, excess_s, load = 0, 0.0, 0.0
    for place, (since, _, _) in enumerate(legs):
        waited = worked.seconds(since, now) if now > since else 0.0
        if place == behind and promise_s > 0:
            load = waited / promise_s
        if waited > promise_s:
            over += 1
            excess_s += waited - promise_s if place >= behind else 0.0
        elif place >= behind:
            break  # whoever came later has waited no longer
    # The forgotten came first, so they are the first beyond the promise.
    return _Part(longest, over, excess_s, load, forgotten, min(over, behind))


_NOBODY: Final = _Part(over=0, excess_s=0.0, load=0.0)


def _forgotten(legs: list[_Entry], called_from: Sequence[datetime], now: datetime) -> int:
    """How many of ``legs``, first come first, are forgotten: they are always the first ones."""
    for place, (since, _, _) in enumerate(legs):
        overtaken_by = len(called_from) - bisect_right(called_from, since)
        if overtaken_by < FORGOTTEN_AFTER or (now - since).total_seconds() < FORGOTTEN_WAIT_S:
            return place
    return len(legs)


def _sum(one: _Number | None, other: _Number | None) -> _Number | None:
    """The sum of what is known; None where nothing is."""
    if one is None or other is None:
        return one if other is None else other
    return one + other
