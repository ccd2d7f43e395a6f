"""A small seeded feed for the example mall: one plausible day, through the same intake as everybody.

It invents arrivals (an opening surge, a lull at noon), first-come service at a limited number of
counters, breaks, no-shows and results, and three troubles worth seeing: an agency that opens late,
one whose central system stops, one whose feed falls silent. Same seed and day, same events.
"""

from __future__ import annotations

import heapq
import random
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from mpp.live.intake import Intake
from mpp.mall.model import Agency, Mall, Source
from queues.clock import WorkClock

VISITORS: Final = 900
BATCH: Final = 500
HEARTBEAT: Final = timedelta(seconds=30)
PRIORITIES: Final = ("lansia", "disabilitas", "hamil")
RESULTS: Final = (("accepted", 55), ("done", 25), ("incomplete", 12), ("consulted", 8))
_NEVER: Final = datetime.max.replace(tzinfo=UTC)
CURVE: Final = (1.5, 1.7, 1.4, 1.2, 1.0, 0.9, 0.8, 0.5, 0.4, 0.7, 0.8, 0.6, 0.4, 0.2)
"""Weight of arrivals by half hours from opening."""


Visitor = tuple[datetime, str, float, str | None]
"""When a number is taken, for which service, seconds at the desk, priority."""


@dataclass(order=True, frozen=True, slots=True)
class Planned:
    """One item to be sent by a source at an instant."""

    at: datetime
    order: int
    source: str = field(compare=False)
    item: dict[str, Any] = field(compare=False)


def demo_start(mall: Mall, real: datetime) -> datetime:
    """The instant the demo shows first: the real one while the mall is open, else 09.40 of the
    next day it opens, so that there is always something to see."""
    clock = WorkClock(mall.calendar)
    if clock.state(real).name in ("open", "break", "friday_prayer") and real > _opening(clock, real):
        return real
    opening = clock.next_opening(real) or real
    return opening + timedelta(minutes=100)


def _opening(clock: WorkClock, at: datetime) -> datetime:
    span = clock.open_span(clock.day_of(at))
    return span[0] + timedelta(minutes=30) if span else at


class Feed:
    """Sends a day's plan as its time comes. ``run`` is a job: call it every second or so."""

    def __init__(self, intake: Intake, mall: Mall, seed: int = 1) -> None:
        self.intake, self.mall, self.seed = intake, mall, seed
        self._day: date | None = None
        self._plan: list[Planned] = []
        self._sent = 0
        self._beat: datetime | None = None
        self._silent_from: dict[str, datetime] = {}

    def run(self, now: datetime) -> str | None:
        """Send everything due by ``now``; feeds report at least every half minute."""
        day = now.astimezone(ZoneInfo(self.mall.zone)).date()
        if day != self._day:
            maker = _Day(self.mall, day, self.seed)
            self._plan, self._sent, self._day = maker.plan(), 0, day
            self._silent_from = maker.silent_from
        due = bisect_right(self._plan, now, lo=self._sent, key=lambda planned: planned.at)
        by_source: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for planned in self._plan[self._sent : due]:
            by_source[planned.source].append(planned.item)
        self._sent = due
        if self._beat is None or now - self._beat >= HEARTBEAT:
            self._beat = now
            for source in self.mall.sources:
                if now < self._silent_from.get(source.code, _NEVER):
                    by_source.setdefault(source.code, [])
        for code, items in by_source.items():
            self._send(code, items, min(now, self._silent_from.get(code, now)))
        return None

    def _send(self, code: str, items: Sequence[dict[str, Any]], at: datetime) -> None:
        """Hand items in; those of a feed that fell silent as of when it last spoke."""
        intake = Intake(self.intake.store, lambda: at) if code in self._silent_from else self.intake
        for start in range(0, max(len(items), 1), BATCH):
            intake.accept(code, items[start : start + BATCH])


class _Day:
    """Makes one day's plan."""

    def __init__(self, mall: Mall, day: date, seed: int) -> None:
        self.mall, self.day = mall, day
        self.dice = random.Random(f"{seed}:{day.isoformat()}")  # noqa: S311 a simulation, not a secret
        self.planned: list[Planned] = []
        self.count = 0
        self.silent_from: dict[str, datetime] = {}

    def plan(self) -> list[Planned]:
        """Every item of the day in order of time."""
        serving = []
        for agency in self.mall.agencies:
            span = WorkClock(agency.calendar).open_span(self.day)
            source = next((s for s in self.mall.sources if agency.code in s.agencies), None)
            if span is not None and source is not None:
                serving.append((agency, source, span))
        # The smaller half of the agencies has room for trouble that does not drown the wall.
        small = sorted(serving, key=lambda entry: entry[0].share or 0)[: len(serving) // 2]
        own = [e for e in small if len(e[1].agencies) == 1 and e[1].expected_every_s is not None]
        late = self.dice.choice(small)[0].code if small else ""
        others = sorted((e[0] for e in serving if e[0].code != late), key=lambda a: a.share or 0)
        stopped = others[-2].code if len(others) > 1 else ""
        silent = self.dice.choice(own)[1].code if own else ""
        for agency, source, (opening, closing) in serving:
            if source.code == silent:
                self.silent_from[source.code] = opening + timedelta(minutes=88)
            start = opening + timedelta(minutes=125 if agency.code == late else self.dice.randrange(1, 7))
            stop = opening + timedelta(minutes=72) if agency.code == stopped else None
            if source.kind == "readings":
                self._readings(agency, source, opening, closing)
            else:
                self._agency(_Booth(agency, source, start, closing, stop), opening)
        return sorted(p for p in self.planned if p.at < self.silent_from.get(p.source, _NEVER))

    def _agency(self, booth: _Booth, opening: datetime) -> None:
        agency = booth.agency
        arrivals = self._arrivals(agency, opening, booth.closing)
        counters = list(agency.counters)
        seconds = sum(duration for _, _, duration, _ in arrivals)
        wanted = seconds / max((booth.closing - opening).total_seconds(), 1) / self.dice.uniform(0.78, 1.12)
        counters = counters[: max(1, min(len(counters), round(wanted) + 1))]
        for counter in counters:
            self._counter(booth, counter.code, "opened", booth.start)
            if booth.stop is not None:
                self._counter(booth, counter.code, "paused", booth.stop, reason="central_system")
            elif booth.closing > booth.start:
                self._counter(booth, counter.code, "closed", booth.closing + timedelta(minutes=5))
        self._serve(booth, arrivals, [counter.code for counter in counters])

    def _arrivals(self, agency: Agency, opening: datetime, closing: datetime) -> list[Visitor]:
        """The day's visitors, in order."""
        share = agency.share or 100 / len(self.mall.agencies)
        count = round(VISITORS * share / 100 * self.dice.uniform(0.85, 1.2))
        halves = [opening + timedelta(minutes=30 * i - 10) for i in range(len(CURVE))]
        weights = [1 / (place + 1) for place in range(len(agency.services))]
        found = []
        for half in self.dice.choices(halves, CURVE, k=count):
            at = half + timedelta(seconds=self.dice.randrange(1800))
            service = self.dice.choices(agency.services, weights)[0]
            mean = (service.desk_s or 600) * 0.75
            seconds = min(self.dice.lognormvariate(0, 0.6) * mean, mean * 6)
            priority = self.dice.choice(PRIORITIES) if self.dice.random() < 0.07 else None
            if at < closing - timedelta(minutes=30):
                found.append((at, service.code, max(45.0, seconds), priority))
        return sorted(found, key=lambda visitor: visitor[0])

    def _serve(
        self,
        booth: _Booth,
        arrivals: Sequence[Visitor],
        counters: Sequence[str],
    ) -> None:
        """First come, first served, priority first, at the counters as they get free."""
        clock = WorkClock(booth.agency.calendar)
        free = [(booth.start + timedelta(seconds=20 * i), code) for i, code in enumerate(counters)]
        heapq.heapify(free)
        numbers: dict[str, Iterator[int]] = defaultdict(lambda: iter(range(1, 10_000)))
        waiting: list[tuple[bool, datetime, int, str, float]] = []
        coming = list(arrivals)
        while coming or waiting:
            ready, counter = heapq.heappop(free)
            while coming and (coming[0][0] <= ready or not waiting):
                at, service, seconds, priority = coming.pop(0)
                number = next(numbers[service])
                self._ticket(booth, "issued", at, service, number, priority=priority)
                heapq.heappush(waiting, (priority is None, at, number, service, seconds))
            _, issued, number, service, seconds = heapq.heappop(waiting)
            call = max(ready, issued + timedelta(seconds=5))
            # A counter at its break calls again when working time goes on.
            call = clock.add(call, 1.0) or call
            if call > booth.closing or (booth.stop is not None and call > booth.stop):
                heapq.heappush(free, (call + timedelta(days=1), counter))
                if not coming and call > booth.closing + timedelta(days=1):
                    return
                continue
            heapq.heappush(free, (self._desk(booth, (service, number, counter), call, seconds), counter))

    def _desk(self, booth: _Booth, turn: tuple[str, int, str], call: datetime, seconds: float) -> datetime:
        """Call, serve and finish one visitor (service, number, counter); returns when the counter
        is free again."""
        service, number, counter = turn
        self._ticket(booth, "called", call, service, number, counter=counter)
        if self.dice.random() < 0.05:
            gone = call + timedelta(seconds=90)
            self._ticket(booth, "no_show", gone, service, number, counter=counter)
            return gone
        start = call + timedelta(seconds=self.dice.randrange(8, 45))
        end = start + timedelta(seconds=seconds)
        result = self.dice.choices([name for name, _ in RESULTS], [weight for _, weight in RESULTS])[0]
        self._ticket(booth, "started", start, service, number, counter=counter)
        self._ticket(booth, "finished", end, service, number, counter=counter, result=result)
        return end + timedelta(seconds=self.dice.randrange(5, 40))

    def _readings(self, agency: Agency, source: Source, opening: datetime, closing: datetime) -> None:
        at, waiting = opening, 2
        while at < closing:
            waiting = max(0, waiting + self.dice.choice((-2, -1, 0, 1, 1, 2)))
            data: dict[str, Any] = {"agency": agency.code, "service": agency.services[0].code}
            data |= {"waiting": waiting, "open_counters": 2}
            self._add(source.code, at, "mpp.queue.reading", None, data)
            at += timedelta(seconds=60)

    def _ticket(self, booth: _Booth, step: str, at: datetime, service: str, number: int, **more: Any) -> None:
        prefix = next((s.prefix for s in booth.agency.services if s.code == service), None) or service
        data = {"agency": booth.agency.code, "service": service, "number": f"{prefix}-{number:03d}"}
        data |= {name: value for name, value in more.items() if value is not None}
        subject = f"{booth.agency.code}/{self.day.isoformat()}/{prefix}-{number:03d}"
        self._add(booth.source.code, at, f"mpp.ticket.{step}", subject, data)

    def _counter(self, booth: _Booth, counter: str, step: str, at: datetime, **more: str) -> None:
        data = {"agency": booth.agency.code, "counter": counter, **more}
        self._add(booth.source.code, at, f"mpp.counter.{step}", None, data)

    def _add(self, source: str, at: datetime, kind: str, subject: str | None, data: dict[str, Any]) -> None:
        self.count += 1
        at = at.astimezone(UTC).replace(microsecond=0)
        item: dict[str, Any] = {
            "specversion": "1.0",
            "id": f"{self.day.isoformat()}-{self.count}",
            "source": source,
            "type": kind,
            "time": at.isoformat(),
            "data": data,
        }
        if subject is not None:
            item["subject"] = subject
        self.planned.append(Planned(at, self.count, source, item))


@dataclass(frozen=True, slots=True)
class _Booth:
    """An agency's day: ``start`` when its counters open, ``stop`` when its central system stops."""

    agency: Agency
    source: Source
    start: datetime
    closing: datetime
    stop: datetime | None
