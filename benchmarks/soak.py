"""The wall for hours: `python -m benchmarks.soak --minutes 60 [--out FILE]`. It is no part of `make bench`.

A real server takes 100 events a second, Chromium shows the wall, and every minute the page's heap
(after a garbage collection), DOM nodes and listeners, its share of the main thread and the server's
memory are written down. Two tickets are taken a second, so that the hour's day is several times a
real one and not a hundred times; the other events are steps of tickets, repeated calls and counters.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

from playwright.sync_api import Page

from benchmarks.live_browser import Meter, chromium, wall
from benchmarks.live_mall import Served, answer, helper, prepare, running, serving, spent

LIVES = 0.08
SETTLE_MIN = 15
"""Minutes left out of the slope: fonts, compiled code and caches settle."""
MARK_BUSY = 0.10
HEAP_MB_PER_HOUR, NODES_PER_HOUR = 1.0, 50.0
"""What still counts as flat: a month of it must fit a small box."""

HEAD = (
    "minute heap_MB nodes listeners  main_% script_% layout_% "
    "server_MB board_s/min loop_s/min rest_s/min events/s"
)


class Curve:
    """Minutes and what was measured in them."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self.minutes: list[float] = []
        self.heap: list[float] = []
        self.nodes: list[float] = []
        self.busy: list[float] = []

    def say(self, line: str) -> None:
        """A line, at once, to the file and to whoever looks."""
        self._out.write(f"{line}\n")
        self._out.flush()
        print(line, flush=True)

    def slope(self, values: list[float], after: float) -> float:
        """Growth an hour after a minute; 0 with too few points."""
        points = [(m, v) for m, v in zip(self.minutes, values, strict=True) if m >= after]
        if len(points) < 3:
            return 0.0
        return statistics.linear_regression(*zip(*points, strict=True)).slope * 60

    def verdict(self) -> bool:
        """Print slopes and shares; whether the wall stays flat and light."""
        after = min(SETTLE_MIN, self.minutes[-1] / 4)
        heap, nodes = self.slope(self.heap, after), self.slope(self.nodes, after)
        busy = statistics.mean(self.busy)
        self.say(f"from minute {after:.0f}: heap {heap:+.2f} MB an hour, nodes {nodes:+.0f} an hour")
        self.say(f"main thread {busy:.1%} on average, at most {max(self.busy):.1%} (mark {MARK_BUSY:.0%})")
        flat = heap <= HEAP_MB_PER_HOUR and nodes <= NODES_PER_HOUR
        return flat and busy <= MARK_BUSY


def watch(page: Page, server: Served, load: subprocess.Popen[bytes], curve: Curve, minutes: float) -> None:
    """A line every minute."""
    meter = Meter(page)
    began = time.monotonic()
    before, cpu, at = meter.read(collect=True), server.cpu(), began
    sent = json.loads(answer(load, "count"))["sent"]
    curve.say(HEAD)
    for minute in range(1, round(minutes) + 1):
        page.wait_for_timeout(max(0.0, began + minute * 60 - time.monotonic()) * 1000)
        now = time.monotonic()
        # Before the collection, which is ours and not the page's.
        after, used = meter.read(), spent(cpu, server.cpu(), now - at)
        told = json.loads(answer(load, "count"))
        wall_s = after["Timestamp"] - before["Timestamp"]
        shares = [
            (after[n] - before[n]) / wall_s for n in ("TaskDuration", "ScriptDuration", "LayoutDuration")
        ]
        before, cpu = meter.read(collect=True), server.cpu()
        rate, sent, at = (told["sent"] - sent) / (now - at), told["sent"], now
        curve.minutes.append(minute)
        curve.heap.append(before["JSHeapUsedSize"] / 1e6)
        curve.nodes.append(before["Nodes"])
        curve.busy.append(shares[0])
        live = page.evaluate("document.documentElement.classList.contains('live-on')")
        curve.say(
            f"{minute:6d} {curve.heap[-1]:7.2f} {before['Nodes']:5.0f} {before['JSEventListeners']:9.0f} "
            + " ".join(f"{share:7.1%}" for share in shares)
            + f" {server.resident_mb():9.0f} {used['board']:11.2f} {used['loop']:10.2f} {used['rest']:10.2f}"
            + f" {rate:8.1f}{'' if live else '  CUT OFF'}"
        )


def soak(minutes: float, out: IO[str]) -> int:
    """Serve, load, look; 1 when the wall grows or is heavy."""
    curve = Curve(out)
    with tempfile.TemporaryDirectory(prefix="mpp-soak-") as folder:
        prepare(Path(folder))
        server = Served(Path(folder))
        loading = ("live_load", "--port", server.port, "--lives", LIVES)
        with serving([server]), running(helper(*loading)) as load:
            answer(load)
            with chromium() as browser, wall(browser, server) as page:
                page.wait_for_selector("html.live-on")
                answer(load, "go")
                page.wait_for_timeout(5000)
                watch(page, server, load, curve, minutes)
    return 0 if curve.verdict() else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--out", type=Path, default=Path("soak.txt"))
    given = parser.parse_args()
    with given.out.open("w", encoding="utf-8") as file:
        sys.exit(soak(given.minutes, file))
