"""Recovery: how long after the server's return every viewer is live again.

The server is killed (SIGKILL) and started again after some seconds, looked at directly and through
a proxy that answers 502 meanwhile, by real Chromium pages and by raw stream clients that keep the
rule of live.js. Counted from the moment the server accepts connections. Then Redis is killed and
started again under two processes: nobody may be cut off, and news must go on arriving.

`make bench ARGS=recovery` stays away for 5 s; `python -m benchmarks.recovery --outage 600` for ten
minutes.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page

from benchmarks.intake import free_port, postgres
from benchmarks.live_browser import Probe, chromium
from benchmarks.live_load import feeds, seed
from benchmarks.live_mall import Served, answer, helper, mall, prepare, running, serving, wall_look
from mpp.now import Now
from tests.services import RedisServer, own_redis

MARK_S = 2.5
PAGES = 4
"""Chromium pages on each way; more would measure this machine's two cores drawing pages."""
RAW = 200
CLOCK_OFF_S = 180

#: Notes when the page last became live, and shows it a clock that is wrong.
NOTE = """
const off = %d, real = Date.now; Date.now = () => real() + off * 1000;
window.liveAt = 0; window.cutAt = 0;
let live = false;
new MutationObserver(() => {
  const now = document.documentElement.classList.contains('live-on');
  if (now !== live) {
    live = now;
    window[live ? 'liveAt' : 'cutAt'] = performance.timeOrigin + performance.now();
  }
}).observe(document, {subtree: true, attributes: true, attributeFilter: ['class']});
"""


@contextlib.contextmanager
def pages(browser: Browser, addresses: list[str], each: int, server: Served) -> Iterator[list[Page]]:
    """Walls in browsers of their own (six streams are all one browser opens to a server), every
    other one with a clock that is wrong."""
    with contextlib.ExitStack() as stack:
        found = []
        for place in range(each * len(addresses)):
            context = browser.new_context(viewport={"width": 1280, "height": 800})
            stack.callback(context.close)
            context.add_init_script(NOTE % (CLOCK_OFF_S if place % 2 else 0))
            name, _, value = server.cookie().partition("=")
            context.add_cookies([{"name": name, "value": value, "domain": "127.0.0.1", "path": "/"}])
            page = context.new_page()
            page.goto(f"{addresses[place % len(addresses)]}/ruang-kendali")
            page.wait_for_selector("html.live-on", timeout=30_000)
            found.append(page)
        yield found


def accepts_at(port: int, within_s: float = 30.0) -> float:
    """When (time.time) the port began to accept connections."""
    give_up = time.monotonic() + within_s
    while time.monotonic() < give_up:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return time.time()
        time.sleep(0.005)
    raise SystemExit("the server does not come back")


def start_again(server: Served) -> float:
    """Start the server; when it accepted connections."""
    found: list[float] = []
    watch = threading.Thread(target=lambda: found.append(accepts_at(server.port)))
    watch.start()
    server.start()
    watch.join()
    return found[0]


def outage(
    server: Served, raw: dict[str, subprocess.Popen[bytes]], walls: list[Page], seconds: float
) -> bool:
    """Kill, wait, start, and print when everybody was live again; whether the mark is reached."""
    server.end(signal.SIGKILL)
    time.sleep(seconds)
    for page in walls:
        page.wait_for_selector("html:not(.live-on)", timeout=10_000)
    back = start_again(server)
    for page in walls:
        page.wait_for_selector("html.live-on", timeout=30_000)
    took = [page.evaluate("window.liveAt") / 1000 - back for page in walls]
    reached = tell(f"{len(walls)} Chromium pages", took)
    for name, clients in raw.items():
        reached &= tell(f"{RAW} raw viewers {name}", all_live(clients, back))
    return reached and clocks_right(walls)


def clocks_right(walls: list[Page]) -> bool:
    """Whether every page shows the server's clock, whatever its browser's says."""
    shown = {page.evaluate("document.querySelector('[data-live-clock]').textContent") for page in walls}
    now = Now()().astimezone(ZoneInfo(mall().zone))
    right = {f"{now - timedelta(minutes=ago):%H.%M}" for ago in (0, 1)}
    print(f"  clocks shown: {', '.join(sorted(shown))}; half of the browsers' are {CLOCK_OFF_S} s off")
    return shown <= right


def all_live(clients: subprocess.Popen[bytes], back: float, within_s: float = 30.0) -> list[float]:
    """Seconds until each raw viewer was live again."""
    give_up = time.monotonic() + within_s
    while True:
        state = json.loads(answer(clients, "state"))
        if state["live"] == RAW or time.monotonic() > give_up:
            return [at - back for at in state["live_at"]]
        time.sleep(0.1)


def tell(who: str, took: list[float]) -> bool:
    """Print the spread; whether everybody was in time."""
    found = sorted(took)
    middle = found[len(found) // 2]
    reached = found[-1] <= MARK_S
    print(
        f"  {who}: live again after {middle:.2f} s (median), the last after {found[-1]:.2f} s "
        f"(mark {MARK_S}{'' if reached else ', MISSED'})",
        flush=True,
    )
    return reached


def killed(browser: Browser, folder: Path, seconds: float) -> bool:
    """Directly and behind the proxy at once."""
    prepare(folder)
    server, through = Served(folder), free_port()
    with serving([server]), contextlib.ExitStack() as stack:
        seed(server.port, mall(), feeds(mall()))
        proxy = stack.enter_context(running(helper("live_proxy", through, server.port)))
        answer(proxy)
        look = wall_look([server])
        raw = {
            name: stack.enter_context(running(helper("live_viewers", "--ports", port, "--count", RAW, *look)))
            for name, port in (("directly", server.port), ("behind the proxy", through))
        }
        for clients in raw.values():
            all_live(clients, 0.0)
        addresses = [server.address, f"http://127.0.0.1:{through}"]
        with pages(browser, addresses, PAGES, server) as walls:
            print(f"server killed, {seconds:.0f} s away, half of the pages behind a proxy with 502:")
            return outage(server, raw, walls, seconds)


def redis_gone(browser: Browser, folder: Path, url: str, redis: RedisServer, seconds: float) -> bool:
    """Redis killed and started under two processes: events to one, the wall at the other."""
    prepare(folder, url)
    servers = [Served(folder, url, redis.url) for _ in range(2)]
    with serving(servers), contextlib.ExitStack() as stack:
        seed(servers[0].port, mall(), feeds(mall()))
        ports = [server.port for server in servers]
        raw = stack.enter_context(
            running(helper("live_viewers", "--ports", *ports, "--count", RAW, *wall_look(servers)))
        )
        all_live(raw, 0.0)
        (page,) = stack.enter_context(pages(browser, [servers[1].address], 1, servers[1]))
        opened = json.loads(answer(raw, "state"))["opened"]
        news(page, servers[0], "with Redis", 8)
        redis.stop()
        lost = news(page, servers[0], "Redis killed", max(seconds, 8))
        redis.start()
        lost += news(page, servers[0], "Redis back", 8)
        state = json.loads(answer(raw, "state"))
        reopened, cut = state["opened"] - opened, page.evaluate("window.cutAt") > 0
        print(f"  {RAW} viewers: {reopened} re-opened, {state['live']} live; the wall was cut off: {cut}")
        return not lost and state["live"] == RAW and not cut


def news(page: Page, server: Served, when: str, seconds: float) -> int:
    """Follow events for a while; how many never showed."""
    probe = Probe(page, server.port, mall())
    probe.start()
    probe.run(seconds)
    worst = max(probe.times_ms, default=float("nan"))
    print(
        f"  {when}: {len(probe.times_ms)} events shown, the slowest after {worst:.0f} ms, "
        f"{probe.lost} not within 2 s",
        flush=True,
    )
    return probe.lost


def main(seconds: float = 5.0) -> int:
    """Print the figures; 1 when a mark is missed."""
    with chromium() as browser:
        with tempfile.TemporaryDirectory(prefix="mpp-bench-") as folder:
            reached = killed(browser, Path(folder), seconds)
        with tempfile.TemporaryDirectory(prefix="mpp-bench-") as folder, postgres() as url:
            if url:
                with own_redis() as redis:
                    print("Redis killed and started again under two processes:")
                    reached &= redis_gone(browser, Path(folder), url, redis, min(seconds, 60.0))
            else:
                print("PostgreSQL: none found; set MPP_TEST_POSTGRES_URL")
    return 0 if reached else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--outage", type=float, default=5.0, help="seconds the server is away")
    sys.exit(main(parser.parse_args().outage))
