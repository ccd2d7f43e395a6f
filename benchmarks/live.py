"""The live path: from an accepted event to changed text in a real Chromium, and what it costs.

A real `mpp serve` (SQLite; then two on one PostgreSQL and Redis) takes 100 events a second over
HTTP. One Chromium and N-1 raw stream clients look at the wall. An event to an agency that is quiet
otherwise is followed from the answer of its POST to the change of the text. Beside it, in the same
run, the habit this replaces: a page that asks once a second by callback for the whole board.

Processor seconds are the server's own, told apart by thread: *board and views* is the thread that
reads facts, builds the board and draws the views; *fan-out* is what the event loop and the access
checks take at N viewers above what they take at one; the rest is intake, requests and jobs.

`python -m benchmarks.live --short` takes a third of the time.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from benchmarks.intake import postgres
from benchmarks.live_browser import Meter, Probe, busy, chromium, wall
from benchmarks.live_interval import PATH as INTERVAL_PATH
from benchmarks.live_mall import Served, answer, helper, mall, prepare, running, serving, spent, wall_look
from tests.services import own_redis

TICK_MS = 250
MARKS = {
    "p50": 150.0,
    "p99": 300.0,
    "fan-out 200": 2.0,
    "fan-out 500": 5.0,
    "board": 2.0,
    "main thread": 10.0,
}
LONG_S, SHORT_S = 66.0, 25.0
"""Seconds with 200 viewers: long enough for 150 events to be followed, and a try-out."""


@dataclass
class Marks:
    """What is missed."""

    missed: list[str] = field(default_factory=list)

    def told(self, name: str, value: float, mark: float) -> str:
        """The mark as it is printed beside its figure."""
        if value <= mark:
            return f"(mark {mark:g})"
        self.missed.append(f"{name} {value:.2f} > {mark:g}")
        return f"(mark {mark:g}, MISSED)"


@dataclass(frozen=True)
class Phase:
    """Figures of some time with so many viewers; processor seconds a minute."""

    viewers: int
    cpu: dict[str, float]
    rate: float
    frames: float
    kb: float
    busy: float
    times_ms: Sequence[float]
    lost: int

    @property
    def streams(self) -> float:
        """What grows with the number of viewers."""
        return self.cpu["loop"] + self.cpu["access"]

    def at(self, part: float) -> float:
        """A percentile of the way to the screen."""
        found = sorted(self.times_ms)
        return found[min(len(found) - 1, int(part * len(found)))] if found else float("nan")


@dataclass
class Bench:
    """One or more servers under load with a browser in front."""

    servers: list[Served]
    load: subprocess.Popen[bytes]
    browser: Browser

    def phase(self, viewers: int, seconds: float, settle_s: float = 3.0) -> Phase:
        """Measure with ``viewers`` screens, the browser among them."""
        ports = [server.port for server in self.servers]
        raw = helper("live_viewers", "--ports", *ports, "--count", viewers - 1, *wall_look(self.servers))
        # Events go to the first server, the browser looks at the last.
        with running(raw), wall(self.browser, self.servers[-1]) as page:
            page.wait_for_selector("html.live-on")
            self._all_live(raw, viewers - 1)
            time.sleep(settle_s)
            return self._measure(raw, page, viewers, seconds)

    def _measure(self, raw: subprocess.Popen[bytes], page: Page, viewers: int, seconds: float) -> Phase:
        probe, meter = Probe(page, self.servers[0].port, mall()), Meter(page)
        probe.start()
        cpu = [server.cpu() for server in self.servers]
        seen, sent, cost = json.loads(answer(raw, "state")), self.sent(), meter.read()
        began = time.monotonic()
        probe.run(seconds)
        took = time.monotonic() - began
        parts = [spent(a, s.cpu(), took) for a, s in zip(cpu, self.servers, strict=True)]
        now = json.loads(answer(raw, "state"))
        each = max(viewers - 1, 1) * took
        return Phase(
            viewers=viewers,
            cpu={name: sum(part[name] for part in parts) for name in parts[0]},
            rate=(self.sent() - sent) / took,
            frames=(now["frames"] - seen["frames"]) / each,
            kb=(now["bytes"] - seen["bytes"]) / each / 1e3,
            busy=busy(cost, meter.read()),
            times_ms=probe.times_ms,
            lost=probe.lost,
        )

    def sent(self) -> int:
        """Events accepted from the load so far."""
        told = json.loads(answer(self.load, "count"))
        if told["failed"]:
            raise SystemExit(f"events of the load were not accepted: {told}")
        return int(told["sent"])

    def _all_live(self, raw: subprocess.Popen[bytes], count: int) -> None:
        give_up = time.monotonic() + 20
        while json.loads(answer(raw, "state"))["live"] < count:
            if time.monotonic() > give_up:
                raise SystemExit(f"not every viewer became live: {answer(raw, 'state')}")
            time.sleep(0.1)


@contextlib.contextmanager
def bench(servers: Sequence[Served]) -> Iterator[Bench]:
    """Servers ready, the morning posted, 100 events a second under way."""
    with serving(servers), running(helper("live_load", "--port", servers[0].port)) as load:
        answer(load)
        with chromium() as browser:
            answer(load, "go")
            yield Bench(list(servers), load, browser)


def show(name: str, phase: Phase, one: Phase, marks: Marks) -> None:
    """Print a phase; ``one`` is the same with one viewer."""
    n, cpu = phase.viewers, phase.cpu
    way = f"event to text p50 {phase.at(0.5):.0f}  p95 {phase.at(0.95):.0f}  p99 {phase.at(0.99):.0f} ms"
    print(f"{name}, {n} viewers, {phase.rate:.0f} events/s: {way}, {len(phase.times_ms)} events", end="")
    print(f", {phase.lost} not seen" if phase.lost else "", flush=True)
    if phase.lost:
        marks.missed.append(f"{name}, {n} viewers: {phase.lost} events not seen")
    if n == 200:
        for which, part in (("p50", 0.5), ("p99", 0.99)):
            told = marks.told(f"{name} {which}", phase.at(part), MARKS[which])
            print(f"  {which} {phase.at(part):.0f} ms {told}, the tick alone {part * TICK_MS:.0f} ms")
    board = marks.told(f"{name}, {n} viewers: board and views", cpu["board"], MARKS["board"])
    print(f"  processor s/min: board and views {cpu['board']:.2f} {board}", end="")
    fan_out = phase.streams - one.streams
    mark = MARKS.get(f"fan-out {n}")
    if n > 1:
        told = marks.told(f"{name}: fan-out at {n}", fan_out, mark) if mark else ""
        print(f", fan-out {fan_out:.2f} {told}", end="")
    print(f", in all {sum(cpu.values()):.1f}")
    print(f"  of it loop {cpu['loop']:.2f}, access {cpu['access']:.2f}, intake and rest {cpu['rest']:.2f}")
    share = marks.told(f"{name}, {n} viewers: main thread", phase.busy * 100, MARKS["main thread"])
    sizes = f"{phase.frames:.1f} frames and {phase.kb:.1f} KB a second and viewer, " if n > 1 else ""
    print(f"  {sizes}browser's main thread {phase.busy:.1%} {share}", flush=True)


def streams(
    name: str, servers: Sequence[Served], counts: Sequence[int], seconds: float, marks: Marks
) -> None:
    """One viewer, then more; the long phase is that of 200."""
    with bench(servers) as under:
        one = under.phase(1, seconds / 3)
        show(name, one, one, marks)
        for count in counts:
            show(name, under.phase(count, seconds if count == 200 else seconds / 3), one, marks)


def interval(servers: Sequence[Served], counts: Sequence[int], seconds: float) -> None:
    """The page that asks: the same load, the same board."""
    with bench(servers) as under:
        for count in counts:
            asking = helper("live_interval", "look", servers[0].port, count - 1)
            with running(asking), wall(under.browser, servers[0], INTERVAL_PATH) as page:
                try:
                    page.wait_for_selector('[data-live="waiting.n"]', timeout=15_000)
                except PlaywrightTimeout:
                    print(f"dcc.Interval, {count} viewers: saturated, the page never came up in 15 s")
                    return
                time.sleep(2)
                show_interval(under, asking, page, count, seconds)


def show_interval(
    under: Bench, asking: subprocess.Popen[bytes], page: Page, count: int, seconds: float
) -> None:
    """Measure and print the page that asks at one number of viewers."""
    server = under.servers[0]
    probe, meter = Probe(page, server.port, mall()), Meter(page)
    probe.start()
    cpu, cost, before = server.cpu(), meter.read(), json.loads(answer(asking, "state"))
    began = time.monotonic()
    probe.run(seconds)
    took = time.monotonic() - began
    after, used = json.loads(answer(asking, "state")), spent(cpu, server.cpu(), took)
    ways = sorted(probe.times_ms)
    way = "never seen"
    if ways:
        way = (
            f"p50 {statistics.median(ways):.0f}  p99 {ways[min(len(ways) - 1, int(0.99 * len(ways)))]:.0f} ms"
        )
    if probe.lost:
        way += f", {probe.lost} of {len(ways) + probe.lost} not seen in 2 s"
    print(f"dcc.Interval, {count} viewers: event to text {way}")
    line = f"  processor s/min: {sum(used.values()):.1f} in all, browser's main thread"
    line += f" {busy(cost, meter.read()):.0%}"
    answers = after["answers"] - before["answers"]
    if answers:
        kb = (after["bytes"] - before["bytes"]) / (count - 1) / took / 1e3
        each = (after["seconds"] - before["seconds"]) / answers
        line += f", {kb:.0f} KB a second and viewer, an answer takes {each * 1e3:.0f} ms"
    if sum(used.values()) > 54:
        line += f"; saturated: {answers / took:.0f} of {count - 1} answers a second"
    print(line, flush=True)


def measure(seconds: float) -> Marks:
    """All of it; ``seconds`` is the length of the phase with 200 viewers."""
    marks = Marks()
    with tempfile.TemporaryDirectory(prefix="mpp-bench-") as folder:
        prepare(Path(folder))
        streams("SQLite, one process", [Served(Path(folder))], (200, 500), seconds, marks)
    with tempfile.TemporaryDirectory(prefix="mpp-bench-") as folder, postgres() as url, own_redis() as redis:
        if url:
            prepare(Path(folder), url)
            two = [Served(Path(folder), url, redis.url) for _ in range(2)]
            streams("two processes, PostgreSQL and Redis", two, (200,), seconds, marks)
        else:
            print("PostgreSQL: none found; set MPP_TEST_POSTGRES_URL")
    with tempfile.TemporaryDirectory(prefix="mpp-bench-") as folder:
        prepare(Path(folder))
        interval([Served(Path(folder), module="benchmarks.live_interval")], (1, 10, 50, 150), seconds / 6)
    return marks


def main(seconds: float = LONG_S) -> int:
    """Print the figures; 1 when a mark is missed."""
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}", flush=True)
    marks = measure(seconds)
    for missed in marks.missed:
        print(f"missed: {missed}")
    return 1 if marks.missed else 0


if __name__ == "__main__":
    sys.exit(main(SHORT_S if "--short" in sys.argv else LONG_S))
