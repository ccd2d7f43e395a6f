"""Events as a busy mall sends them, 100 a second over real HTTP: `python -m benchmarks.live_load`.

Tickets live: issued, called, started, finished, in small batches of varying sources. Half of the
events are such steps; the others are repeated calls and counters that pause, resume and report, so
that minutes of measuring do not make a day of many thousand tickets. One process;
on its standard input it is told `go` and asked how many, and it ends when that is closed.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.intake import Sender, batches
from benchmarks.live_mall import mall as all_day
from benchmarks.live_mall import monotonic_until, token
from mpp.mall.model import Mall, Source
from mpp.now import Now

#: Agencies the load leaves alone: their tiles are quiet, so a single event to them can be followed.
QUIET = ("pa", "pn", "kejari", "taspen", "bank", "pdam", "disdik", "dlh")
BATCH = 5
LIVES = 0.5
WAITING = 200
MORNING = 1_000
RESULTS = ("accepted", "accepted", "accepted", "done", "incomplete", "consulted")
ALIVE_S = 20.0

Ticket = dict[str, Any]
Item = dict[str, Any]


class Feed:
    """One source's tickets: what it sends next. ``lives`` is the part of the events that moves a
    ticket on; the others are repeated calls and counters' pauses, which make a day of any length
    without making it fuller."""

    def __init__(
        self, mall: Mall, source: Source, *, lives: float = LIVES, quiet: Collection[str] = QUIET
    ) -> None:
        self.source = source
        self.agencies = [mall.by_code[code] for code in source.agencies if code not in quiet]
        self.shares = [agency.share or 1.0 for agency in self.agencies]
        self.weight = sum(self.shares)
        self.line = 0
        self.waiting: list[Ticket] = []
        self.called: deque[Ticket] = deque()
        self.serving: deque[Ticket] = deque()
        self._lives = lives
        self._dice = random.Random(source.code)
        self._ids, self._run = itertools.count(), f"{time.time_ns():x}"
        self._paused: set[tuple[str, str]] = set()

    def batch(self, size: int, at: datetime) -> list[Item]:
        """The next events, all of the instant ``at``."""
        return [self._next(at) for _ in range(size)]

    def morning(self, total_weight: float, now: datetime) -> list[Item]:
        """What happened before: counters opened, tickets served, tickets that still wait."""
        opened = [
            self._counter(agency.code, counter.code, "opened", now - timedelta(minutes=100))
            for agency in self.agencies
            for counter in agency.counters
        ]
        part = self.weight / total_weight
        self.line = round(WAITING * part)
        lives: list[tuple[datetime, Item]] = []
        for _ in range(round(MORNING * part)):
            at = now - timedelta(minutes=self._dice.uniform(25, 100))
            for step in (self._issue, self._call, self._start, self._finish):
                lives.append((at, step(at)))
                at += timedelta(minutes=min(8.0, self._dice.expovariate(1 / 4)))
        for _ in range(self.line):
            at = now - timedelta(minutes=self._dice.triangular(0, 45, 5))
            lives.append((at, self._issue(at)))
        return opened + [item for _, item in sorted(lives, key=lambda pair: pair[0])]

    def _next(self, at: datetime) -> Item:
        if self._dice.random() < self._lives:
            return self._step()(at)
        if self._dice.random() < 0.5:
            return self._again(at)
        return self._pause(at)

    def _step(self) -> Callable[[datetime], Item]:
        """Any of the four, so that lines grow and shrink, within bounds."""
        if len(self.waiting) > 1.3 * self.line:
            return self._call
        if len(self.called) + len(self.serving) > self.line:
            return self._finish if self.serving else self._start
        return self._dice.choice((self._issue, self._call, self._start, self._finish))

    def _issue(self, at: datetime) -> Item:
        agency = self._dice.choices(self.agencies, self.shares)[0]
        weights = [1 / (place + 1) for place in range(len(agency.services))]
        service = self._dice.choices(agency.services, weights)[0]
        number = next(self._ids)
        data = {"agency": agency.code, "service": service.code}
        data["number"] = f"{service.prefix or 'X'}-{number % 1000:03}"
        if self._dice.random() < 0.06:
            data["priority"] = "lansia"
        ticket = {"key": f"ticket/{self._run}-{number}", "data": data}
        self.waiting.append(ticket)
        return self._item("ticket.issued", at, ticket)

    def _call(self, at: datetime) -> Item:
        if not self.waiting:
            return self._issue(at)
        # The newest first: those of the morning stay and their waits grow as on a bad day.
        ticket = self.waiting.pop()
        agency = next(a for a in self.agencies if a.code == ticket["data"]["agency"])
        ticket["data"]["counter"] = self._dice.choice(agency.counters).code
        self.called.append(ticket)
        return self._item("ticket.called", at, ticket)

    def _start(self, at: datetime) -> Item:
        if not self.called:
            return self._issue(at)
        self.serving.append(self.called.popleft())
        return self._item("ticket.started", at, self.serving[-1])

    def _finish(self, at: datetime) -> Item:
        if not self.serving:
            return self._issue(at)
        ticket = self.serving.popleft()
        ticket["data"]["result"] = self._dice.choice(RESULTS)
        return self._item("ticket.finished", at, ticket)

    def _again(self, at: datetime) -> Item:
        """Called once more: of the last few, so that no ticket's story grows for ever."""
        some = [*self.called, *self.serving] or self.waiting
        if not some or not some[-1]["data"].get("counter"):
            return self._pause(at)
        return self._item("ticket.recalled", at, self._dice.choice(some[-20:]))

    def _pause(self, at: datetime) -> Item:
        agency = self._dice.choices(self.agencies, self.shares)[0]
        counter = self._dice.choice(agency.counters).code
        if (agency.code, counter) in self._paused:
            self._paused.discard((agency.code, counter))
            return self._counter(agency.code, counter, "resumed", at)
        if len(self._paused) > 2:
            return self._counter(agency.code, counter, "heartbeat", at)
        self._paused.add((agency.code, counter))
        return self._counter(agency.code, counter, "paused", at, reason="break")

    def _counter(self, agency: str, counter: str, step: str, at: datetime, **more: Any) -> Item:
        data = {"agency": agency, "counter": counter} | more
        return self._event(f"counter.{step}", at, f"counter/{agency}/{counter}", data)

    def _item(self, kind: str, at: datetime, ticket: Ticket) -> Item:
        return self._event(kind, at, ticket["key"], dict(ticket["data"]))

    def _event(self, kind: str, at: datetime, subject: str, data: dict[str, Any]) -> Item:
        return {
            "specversion": "1.0",
            "id": f"{self._run}-e{next(self._ids)}",
            "source": f"{self.source.code}/qms",
            "type": f"mpp.{kind}",
            "time": at.isoformat(),
            "subject": subject,
            "data": data,
        }


def feeds(mall: Mall, lives: float = LIVES, quiet: Collection[str] = QUIET) -> list[Feed]:
    """A feed for every source that is sent and has agencies left."""
    made = [Feed(mall, s, lives=lives, quiet=quiet) for s in mall.sources if s.kind != "readings"]
    return [feed for feed in made if feed.agencies]


def seed(port: int, mall: Mall, some: list[Feed]) -> None:
    """Post the morning, of the quiet agencies too."""
    now = Now()()
    zone = ZoneInfo(mall.zone)
    if (now - timedelta(minutes=101)).astimezone(zone).date() != now.astimezone(zone).date():
        print(
            "live: it is shortly after the mall's midnight; the morning falls on yesterday", file=sys.stderr
        )
    total = sum(feed.weight for feed in some)
    quiet = [code for code in mall.by_code if code not in {a.code for feed in some for a in feed.agencies}]
    others = feeds(mall, quiet=[code for code in mall.by_code if code not in quiet])
    for feed in (*some, *others):
        items = feed.morning(total, now)
        with closing(Sender(port, token(feed.source.code))) as sender:
            for some_items in batches(items, 500):
                told = sender.post(json.dumps(some_items).encode())
                if told["accepted"] != len(some_items):
                    raise SystemExit(f"the load was not accepted: {told}")


class Load:
    """Posts batches at an even pace through a few connections."""

    def __init__(self, port: int, mall: Mall, some: list[Feed], rate: float) -> None:
        self._port, self._feeds = port, some
        self._sources = [source.code for source in mall.sources]
        self._pause = BATCH / rate
        self._local = threading.local()
        self._lock = threading.Lock()
        self.sent = self.failed = 0
        self._dice = random.Random(7)

    def run(self, until: threading.Event) -> None:
        """Until told to stop. What is late is sent at once."""
        weights = [feed.weight for feed in self._feeds]
        due, alive = time.monotonic(), 0.0
        with ThreadPoolExecutor(3) as pool:
            while not until.is_set():
                monotonic_until(due)
                due = max(due + self._pause, time.monotonic() - 1.0)
                feed = self._dice.choices(self._feeds, weights)[0]
                pool.submit(self._post, feed.source.code, feed.batch(BATCH, Now()()))
                if time.monotonic() - alive > ALIVE_S:
                    alive = time.monotonic()
                    for code in self._sources:
                        pool.submit(self._post, code, [])

    def _post(self, source: str, items: list[Item]) -> None:
        senders, body, accepted = self._local.__dict__, json.dumps(items).encode(), 0
        for _ in range(2):  # the server closes a connection that rested
            try:
                if source not in senders:
                    senders[source] = Sender(self._port, token(source))
                accepted = senders[source].post(body)["accepted"]
                break
            except (OSError, HTTPException, RuntimeError):
                senders.pop(source, None)
        with self._lock:
            self.sent += accepted
            self.failed += len(items) - accepted


def lines() -> Iterator[str]:
    """What is asked on the standard input."""
    for line in sys.stdin:
        yield line.strip()


def serve() -> None:
    """The load process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--rate", type=float, default=100.0)
    parser.add_argument("--lives", type=float, default=LIVES)
    parser.add_argument("--no-seed", action="store_true")
    given = parser.parse_args()
    mall = all_day()
    some = feeds(mall, given.lives)
    if not given.no_seed:
        seed(given.port, mall, some)
    load, stop = Load(given.port, mall, some, given.rate), threading.Event()
    thread = threading.Thread(target=load.run, args=(stop,))
    print("ready", flush=True)
    for line in lines():
        if line == "go":
            thread.start()
        print(json.dumps({"sent": load.sent, "failed": load.failed}), flush=True)
    stop.set()
    if thread.is_alive():
        thread.join()


if __name__ == "__main__":
    serve()
