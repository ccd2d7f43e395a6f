"""A real Chromium that looks at the wall, and events whose way to its screen is timed.

The clocks of the browser and of this process are compared before each series: both are of one
machine, but Chromium's stands still while time is adjusted.
"""

from __future__ import annotations

import contextlib
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from benchmarks.intake import Sender
from benchmarks.live_load import QUIET
from benchmarks.live_mall import Served, token
from mpp.mall.model import Mall
from mpp.now import Now
from tests.services import CHROMIUM_ARGS, chromium_program

QUIET_S = 2.2
"""live.js holds a changed cell for 2 s; only a cell that stood longer shows a change at once."""

WATCH = """
(codes) => {
  window.seen = {};
  const cells = {};
  const look = () => {
    const at = performance.timeOrigin + performance.now();
    for (const code of codes) {
      const cell = document.querySelector(`[data-live="a.${code}.n"]`);
      const text = cell && cell.textContent;
      if (text !== cells[code]) { cells[code] = text; window.seen[code] = at; }
    }
  };
  look();
  new MutationObserver(look).observe(document.body,
    {subtree: true, childList: true, characterData: true});
}
"""


@dataclass
class Probe:
    """Events to quiet agencies, each followed to the screen."""

    page: Page
    port: int
    mall: Mall
    times_ms: list[float] = field(default_factory=list)
    lost: int = 0
    _posted: dict[str, float] = field(default_factory=dict)
    _open: dict[str, dict[str, Any]] = field(default_factory=dict)
    _count: int = 0

    def start(self) -> None:
        """Watch the cells of the quiet agencies."""
        self.page.evaluate(WATCH, list(QUIET))
        self._source = {a: s.code for s in self.mall.sources for a in s.agencies}
        self._senders: dict[str, Sender] = {}

    def run(self, seconds: float, gap_s: float = 0.28) -> None:
        """Follow events for so many seconds, a tick apart or more."""
        dice, end = random.Random(3), time.monotonic() + seconds
        ahead = self._clock_ahead_ms()
        turn = 0
        while time.monotonic() < end:
            began = time.monotonic()
            code = QUIET[turn % len(QUIET)]
            turn += 1
            self._collect(code, ahead)
            # A random phase against the server's tick, and the cell rests long enough.
            rest = max(gap_s, QUIET_S / len(QUIET)) + dice.random() * 0.25
            self._post(code)
            time.sleep(max(0.0, began + rest - time.monotonic()))
        time.sleep(1.0)
        for code in QUIET:
            self._collect(code, ahead)

    def _post(self, code: str) -> None:
        source = self._source[code]
        body = json.dumps([self._event(code, source)]).encode()
        try:
            if source not in self._senders:
                self._senders[source] = Sender(self.port, token(source))
            self._senders[source].post(body)
        except OSError:
            self._senders[source] = Sender(self.port, token(source))
            self._senders[source].post(body)
        self._posted[code] = time.time() * 1000

    def _collect(self, code: str, ahead_ms: float) -> None:
        """The way of the last event to ``code``."""
        posted = self._posted.pop(code, None)
        if posted is None:
            return
        seen = self.page.evaluate("(code) => window.seen[code] || 0", code) - ahead_ms
        # The stream may overtake the answer of the POST; an older change is none of this event.
        if seen > posted - 250:
            self.times_ms.append(max(0.0, seen - posted))
        else:
            self.lost += 1

    def _event(self, code: str, source: str) -> dict[str, Any]:
        """A ticket taken, or the last one cancelled: the number waiting changes."""
        agency = self.mall.by_code[code]
        self._count += 1
        before = self._open.pop(code, None)
        if before is None:
            service = agency.services[0]
            data = {"agency": code, "service": service.code, "number": f"{service.prefix}-{self._count:03}"}
            before = {"subject": f"ticket/probe-{code}-{time.time_ns()}", "data": data}
            self._open[code] = before
            kind = "issued"
        else:
            kind = "cancelled"
        head = {"specversion": "1.0", "id": f"probe-{time.time_ns()}", "source": f"{source}/qms"}
        return head | before | {"type": f"mpp.ticket.{kind}", "time": Now()().isoformat()}

    def _clock_ahead_ms(self) -> float:
        """How far the browser's clock is ahead of ours: the quickest of some questions tells."""
        found = []
        for _ in range(20):
            before = time.time() * 1000
            theirs = self.page.evaluate("performance.timeOrigin + performance.now()")
            after = time.time() * 1000
            found.append((after - before, theirs - (before + after) / 2))
        return float(min(found)[1])


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of this machine."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_program(), args=[*CHROMIUM_ARGS, "--enable-precise-memory-info"]
        )
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def wall(browser: Browser, server: Served, path: str = "/ruang-kendali") -> Iterator[Page]:
    """The wall on a large display, alive."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, bypass_csp=True)
    page = context.new_page()
    try:
        name, _, value = server.cookie().partition("=")
        context.add_cookies([{"name": name, "value": value, "url": server.address}])
        page.goto(server.address + path)
        yield page
    finally:
        context.close()


class Meter:
    """What the page costs its browser."""

    def __init__(self, page: Page) -> None:
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        self._cdp.send("Performance.enable")

    def read(self, *, collect: bool = False) -> dict[str, float]:
        """Chromium's metrics by name, after a garbage collection if asked."""
        if collect:
            self._cdp.send("HeapProfiler.collectGarbage")
        found = self._cdp.send("Performance.getMetrics")["metrics"]
        return {one["name"]: one["value"] for one in found}


def busy(before: dict[str, float], after: dict[str, float]) -> float:
    """Share of the main thread that tasks took between two readings."""
    return (after["TaskDuration"] - before["TaskDuration"]) / (after["Timestamp"] - before["Timestamp"])
