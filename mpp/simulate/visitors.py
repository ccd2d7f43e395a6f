"""Who comes on a day: when, for what, how long it takes, and how long each is ready to wait."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate
from random import Random
from typing import Final

from mpp.mall.model import Agency, Mall, Service, Source
from queues.clock import WorkClock

PER_COUNTER: Final = 12.5
"""Visitors a counter of the mall sees on an average day: about 1,200 in the example."""

FEWEST: Final = 7.0
"""Visitors a counter sees at the least, however small its agency's share."""

WEEKDAYS: Final = (1.08, 1.05, 1.02, 1.0, 0.9, 0.8, 0.8)
"""How busy the days of the week are, Monday first."""

QUARTER: Final = 900
EARLY: Final = 2 * QUARTER
CURVE: Final = (
    *(1.2, 2.0),  # before opening: people stand at the door
    *(2.6, 2.4, 2.4, 2.4, 2.5, 2.6, 2.5, 2.3),  # the first two hours
    *(2.0, 1.8, 1.7, 1.6, 1.5, 1.3, 1.1, 0.9),
    *(0.5, 0.4, 0.4, 0.6, 1.0, 1.1, 1.0, 0.9),  # noon, and those who come after it
    *(0.7, 0.5, 0.3, 0.2, 0.15, 0.1),
)
"""Weight of arrivals by quarter hours from EARLY seconds before opening."""

PRIORITIES: Final = ("lansia", "disabilitas", "hamil", "anak-kecil")
PRIORITY_SHARE: Final = 0.06
SPREAD: Final = 0.6
PATIENCE_S: Final = 95 * 60
OPEN_AT, SHUT_AT = 8 * 3600, 15 * 3600
MOST_HOURS: Final = 14 * 3600


@dataclass(frozen=True, slots=True)
class Visitor:
    """One who takes a number ``at`` an instant (seconds since the epoch); ``desk_s`` at the counter;
    gone after ``patience_s`` of waiting."""

    at: int
    service: Service
    desk_s: int
    priority: str | None
    patience_s: int


@dataclass(frozen=True, slots=True)
class Booth:
    """An agency on one day, in seconds since the epoch: its hours, its stops (begin, end, reason),
    and the source that tells of it."""

    agency: Agency
    source: Source
    opens: int
    closes: int
    last_ticket: int
    stops: tuple[tuple[int, int, str], ...] = ()


def booths(mall: Mall, day: date) -> list[Booth]:
    """The agencies that serve on ``day`` and of which a source tells."""
    found = []
    for agency in mall.agencies:
        source = _source(mall, agency.code)
        hours = _hours(agency, day)
        if source is None or hours is None or not agency.services:
            continue
        opens, closes, stops = hours
        before = mall.last_ticket_s if mall.last_ticket_s is not None else 1800
        found.append(Booth(agency, source, opens, closes, max(opens, closes - before), stops))
    return found


def _source(mall: Mall, agency: str) -> Source | None:
    """The source that tells of an agency: one that follows tickets before one that only counts."""
    listing = [source for source in mall.sources if agency in source.agencies]
    return min(listing, key=lambda source: source.kind == "readings", default=None)


def _hours(agency: Agency, day: date) -> tuple[int, int, tuple[tuple[int, int, str], ...]] | None:
    """Opening, closing and the breaks everybody takes; from 08.00 to 15.00 where no hours are known."""
    clock = WorkClock(agency.calendar)
    span = clock.open_span(day)
    if span is None:
        return None
    opens, closes = _seconds(span[0]), _seconds(span[1])
    if closes - opens > MOST_HOURS:
        return opens + OPEN_AT, opens + SHUT_AT, ()
    stops = []
    at = span[0]
    while at < span[1]:
        state = clock.state(at)
        until = state.until or span[1]
        if state.name in ("break", "friday_prayer"):
            reason = "prayer" if state.name == "friday_prayer" else "break"
            stops.append((_seconds(at), _seconds(until), reason))
        at = until
    return opens, closes, tuple(stops)


def _seconds(at: datetime) -> int:
    return math.ceil(at.timestamp())


def arrivals(mall: Mall, booth: Booth, day: date, dice: Random) -> list[Visitor]:
    """Everybody who takes a number at an agency, in order; a service's quota is not exceeded."""
    count = _count(mall, booth.agency, day, dice)
    services = _shares(booth.agency)
    curve = list(accumulate(CURVE))
    left = {service.code: service.quota for service in booth.agency.services}
    found = []
    for at in sorted(_arrival(booth, curve, dice) for _ in range(count)):
        service = dice.choices(booth.agency.services, services)[0]
        quota = left[service.code]
        mean = (service.desk_s or 600) * 0.72
        visitor = Visitor(
            at,
            service,
            round(max(40.0, min(dice.lognormvariate(0, SPREAD), 5.0) * mean)),
            dice.choice(PRIORITIES) if dice.random() < PRIORITY_SHARE else None,
            round(PATIENCE_S * dice.lognormvariate(0, 0.5)),
        )
        if at <= booth.last_ticket and quota != 0:
            left[service.code] = None if quota is None else quota - 1
            found.append(visitor)
    return found


def _arrival(booth: Booth, curve: list[float], dice: Random) -> int:
    place = bisect_right(curve, dice.random() * curve[-1])
    return booth.opens - EARLY + min(place, len(curve) - 1) * QUARTER + dice.randrange(QUARTER)


def _count(mall: Mall, agency: Agency, day: date, dice: Random) -> int:
    """How many try to come to an agency that day: its share, and a few for each counter."""
    counters = sum(max(1, len(one.counters)) for one in mall.agencies)
    own = max(1, len(agency.counters))
    part = own / counters if agency.share is None else agency.share / 100
    count = max(counters * PER_COUNTER * part, own * FEWEST)
    return round(count * WEEKDAYS[day.weekday()] * dice.uniform(0.93, 1.1))


def _shares(agency: Agency) -> list[float]:
    """Weight of each service: its share where the description tells it, else the first lead."""
    return [s.share or 1 / (place + 1.5) for place, s in enumerate(agency.services)]
