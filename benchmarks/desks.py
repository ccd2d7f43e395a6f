"""Agencies at their desks beside the wall: 200 viewers on 26 different views, and signing in.

A real `mpp serve` (SQLite) takes 100 events a second. First the wall alone is looked at by 200
viewers, then 200 agency viewers on 26 views (each sees its own agency) beside one wall. Processor
seconds of the server by what its threads do; an event to a quiet agency is followed to the wall of a
real Chromium, so that the marks of the live path can be compared. Then signing in: from the form's
POST to the last byte of the page it leads to, at the server (password check included).

`python -m benchmarks.desks --short` takes a third of the time.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import create_engine

from benchmarks.live import MARKS, Marks, bench
from benchmarks.live_browser import Meter, Probe, wall
from benchmarks.live_mall import Served, answer, helper, mall, prepare, running, spent, wall_look
from mpp.access import Actor
from mpp.i18n import words
from mpp.now import Now
from mpp.people import accounts
from mpp.people.accounts import Wish
from mpp.people.audit import By
from mpp.store import Store
from mpp.store.database import engine_options

VIEWERS = 200
SIGN_IN_MS = 300.0
TRIES = 9
"""Fewer than a login may try in a minute."""
PASSWORD = "sebuah kalimat pendek"


def looks(server: Served) -> list[str]:
    """Every agency's own view, each with the cookie of one of its people."""
    made: list[str] = []
    for agency in mall().agencies:
        cookie = server.cookie("agency", agencies={agency.code})
        made += ["--look", f"/live/instansi?scope={agency.code}&locale=id", cookie]
    return made


def phase(name: str, server: Served, looking: list[str], seconds: float, marks: Marks) -> None:
    """Measure with 200 viewers of one kind and a wall in Chromium."""
    with bench([server]) as under:
        raw = helper("live_viewers", "--ports", server.port, "--count", VIEWERS, *looking)
        with running(raw), wall(under.browser, server) as page:
            page.wait_for_selector("html.live-on")
            give_up = time.monotonic() + 40
            while json.loads(answer(raw, "state"))["live"] < VIEWERS:
                if time.monotonic() > give_up:
                    raise SystemExit(f"not every viewer became live: {answer(raw, 'state')}")
                time.sleep(0.1)
            time.sleep(3)
            probe, meter = Probe(page, server.port, mall()), Meter(page)
            probe.start()
            cpu, sent, began = server.cpu(), under.sent(), time.monotonic()
            seen = json.loads(answer(raw, "state"))
            meter.read()
            probe.run(seconds)
            took = time.monotonic() - began
            used, rate = spent(cpu, server.cpu(), took), (under.sent() - sent) / took
            now = json.loads(answer(raw, "state"))
    times = sorted(probe.times_ms)
    print(f"{name}: {rate:.0f} events/s, {len(times)} events followed to the wall, {probe.lost} not seen")
    for which, part in (("p50", 0.5), ("p99", 0.99)):
        value = times[min(len(times) - 1, int(part * len(times)))] if times else float("nan")
        print(f"  event to text {which} {value:.0f} ms {marks.told(f'{name} {which}', value, MARKS[which])}")
    parts = ", ".join(f"{part} {value:.2f}" for part, value in used.items())
    each = VIEWERS * took
    print(f"  processor s/min: {parts}, in all {sum(used.values()):.1f}")
    print(
        f"  {(now['frames'] - seen['frames']) / each:.2f} frames and "
        f"{(now['bytes'] - seen['bytes']) / each / 1e3:.2f} KB a second and viewer",
        flush=True,
    )


def account(server: Served) -> str:
    """Somebody of an agency with a password; the login."""
    address = f"sqlite:///{server.instance / 'mpp.sqlite'}"
    store = Store(create_engine(address, **engine_options(address)))
    with store.write() as tx:
        wish = Wish("bench", "Bench", "agency", frozenset(("dukcapil",)))
        by = By.of(Actor("administrator", login="bench"), "")
        accounts.add(tx, Now()(), wish, by, w=words("en"), password=PASSWORD)
    store.close()
    return wish.login


def sign_in(server: Served, login: str) -> float:
    """Milliseconds from the form's POST to the last byte of the agency's page."""
    began = time.perf_counter()
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        form = urlencode({"login": login, "password": PASSWORD, "next": "/instansi/dukcapil"})
        head = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/masuk", form, head)
        told = connection.getresponse()
        told.read()
        if told.status != 303:
            raise SystemExit(f"not signed in: {told.status}")
        cookie = "; ".join(one.partition(";")[0] for one in told.msg.get_all("Set-Cookie") or ())
        connection.request("GET", told.getheader("Location") or "/", headers={"Cookie": cookie})
        page = connection.getresponse()
        page.read()
        if page.status != 200:
            raise SystemExit(f"no page after signing in: {page.status}")
    return (time.perf_counter() - began) * 1000


def main() -> int:
    """Print the phases; 1 when a mark is missed."""
    seconds = 25.0 if "--short" in sys.argv else 66.0
    marks = Marks()
    for name, own in (("200 walls", False), ("200 agencies on 26 views beside the wall", True)):
        with tempfile.TemporaryDirectory() as folder:
            prepare(Path(folder))
            server = Served(Path(folder))
            phase(name, server, looks(server) if own else list(wall_look([server])), seconds, marks)
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        server = Served(Path(folder))
        server.start()
        try:
            login = account(server)
            times = sorted(sign_in(server, login) for _ in range(TRIES))
        finally:
            server.end()
    median, worst = times[len(times) // 2], times[-1]
    told = marks.told("sign-in to page", median, SIGN_IN_MS)
    print(f"sign-in to page, {TRIES} times: median {median:.0f} ms {told}, longest {worst:.0f} ms")
    print("missed: " + "; ".join(marks.missed) if marks.missed else "every mark reached")
    return 1 if marks.missed else 0


if __name__ == "__main__":
    sys.exit(main())
