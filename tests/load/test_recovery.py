"""Two hundred viewers while the server is killed and while Redis is: everybody comes back, nobody waits
for news. Short forms of ``benchmarks/recovery.py``, which measures how long it takes."""

import contextlib
import json
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.live_load import QUIET, feeds, seed
from benchmarks.live_mall import Served, answer, helper, mall, prepare, running, serving, wall_look
from benchmarks.live_mall import token as token_of
from benchmarks.recovery import clocks_right, pages
from mpp.now import Now
from tests.services import RedisServer, free_port

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

VIEWERS = 200
LONG_MS = 20_000
"""Far more than it takes on a quiet machine; that is measured, not tested."""


@contextlib.contextmanager
def viewers(
    servers: Sequence[Served], *ports: int, count: int = VIEWERS
) -> Iterator[subprocess.Popen[bytes]]:
    """Raw viewers that keep the rule of live.js, all of them live."""
    where = ports or [server.port for server in servers]
    with running(helper("live_viewers", "--ports", *where, "--count", count, *wall_look(servers))) as some:
        eventually_live(some, count)
        yield some


def state(some: subprocess.Popen[bytes]) -> dict[str, int]:
    told: dict[str, int] = json.loads(answer(some, "state"))
    return told


def eventually_live(some: subprocess.Popen[bytes], count: int) -> None:
    give_up = time.monotonic() + LONG_MS / 1000
    while (live := state(some)["live"]) != count:
        assert time.monotonic() < give_up, f"{live} of {count} viewers are live"
        time.sleep(0.05)


def ticket(server: Served, agency: str, number: int) -> None:
    """Take a number at a quiet agency."""
    import httpx

    description = mall()
    source = next(s.code for s in description.sources if agency in s.agencies)
    service = description.by_code[agency].services[0].code
    item = {
        "specversion": "1.0",
        "id": f"t-{agency}-{number}",
        "source": source,
        "type": "mpp.ticket.issued",
        "time": Now()().isoformat(),
        "subject": f"ticket/t-{agency}-{number}",
        "data": {"agency": agency, "service": service, "number": f"T-{number:03}"},
    }
    head = {"Authorization": f"Bearer {token_of(source)}", "Content-Type": "application/cloudevents+json"}
    sent = httpx.post(f"{server.address}/api/v1/events", json=item, headers=head, timeout=10)
    assert sent.json()["accepted"] == 1, sent.text


def waiting(page: Page, agency: str) -> int:
    return int(page.locator(f'[data-live="a.{agency}.n"]').inner_text())


def test_everybody_comes_back_when_a_killed_server_does(browser: Browser, tmp_path: Path) -> None:
    prepare(tmp_path)
    server, through = Served(tmp_path), free_port()
    with serving([server]), running(helper("live_proxy", through, server.port)) as proxy:
        answer(proxy)
        seed(server.port, mall(), feeds(mall()))
        addresses = [server.address, f"http://127.0.0.1:{through}"]
        with (
            viewers([server]) as near,
            viewers([server], through, count=20) as far,
            pages(browser, addresses, 2, server) as walls,
        ):
            for page in walls:
                page.evaluate("window.same = true")
            server.end(signal.SIGKILL)
            for page in walls:
                page.wait_for_selector("html:not(.live-on)", timeout=LONG_MS)
            time.sleep(2)  # long enough for EventSource itself to give up behind the proxy
            server.start()
            for page in walls:
                page.wait_for_selector("html.live-on", timeout=LONG_MS)
                assert page.evaluate("window.same"), "the page was reloaded"
            eventually_live(near, VIEWERS)
            eventually_live(far, 20)
            assert state(far)["refused"], "the proxy never answered 502"
            before = waiting(walls[0], QUIET[0])
            ticket(server, QUIET[0], 1)
            for page in walls:
                cell = page.locator(f'[data-live="a.{QUIET[0]}.n"]')
                expect(cell).to_have_text(str(before + 1), timeout=LONG_MS)
            assert clocks_right(walls)


def test_nobody_waits_for_news_while_redis_is_away(
    browser: Browser, tmp_path: Path, postgres_url: str, own_redis: RedisServer
) -> None:
    prepare(tmp_path, postgres_url)
    servers = [Served(tmp_path, postgres_url, own_redis.url) for _ in range(2)]
    with serving(servers):
        seed(servers[0].port, mall(), feeds(mall()))
        with viewers(servers) as some, pages(browser, [servers[1].address], 1, servers[1]) as (page,):
            opened = state(some)["opened"]
            for turn, step in enumerate((lambda: None, own_redis.stop, own_redis.start)):
                step()
                agency = QUIET[turn]
                before = waiting(page, agency)
                ticket(servers[0], agency, turn)
                cell = page.locator(f'[data-live="a.{agency}.n"]')
                expect(cell).to_have_text(str(before + 1), timeout=LONG_MS)
            found = state(some)
            assert (found["opened"], found["live"]) == (opened, VIEWERS), "a viewer was cut off"
            assert page.evaluate("window.cutAt") == 0, "the wall was cut off"
