"""The live path in a real browser: tests/browser/fake_app.py behind Chromium."""

import re
import signal
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from threading import Thread
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.harness import CUT, PATIENCE_MS, FakeApp, cell, live, problems
from tests.browser.harness import wall as show

pytestmark = pytest.mark.browser


def test_a_change_shows_by_itself(tab: Page, fake: FakeApp) -> None:
    said = problems(tab)
    show(tab, fake)
    expect(cell(tab, "a.dukcapil.n")).to_have_text("23")
    fake.set(agency="dukcapil", waiting=77, state="paused")
    expect(cell(tab, "a.dukcapil.n")).to_have_text("77")
    expect(cell(tab, "a.dukcapil")).to_have_attribute("data-state", "paused")
    expect(cell(tab, "a.dukcapil.word")).to_have_text(re.compile(r"jeda 09\.12"))
    expect(cell(tab, "a.dukcapil.bar").locator("svg")).to_have_count(1)
    assert said == []


SEEN = """() => {
  const tile = document.querySelector('[data-live="a.dukcapil"]');
  const digits = document.querySelector('[data-live="a.dukcapil.n"]');
  window.seen = {digits: [], state: 0};
  new MutationObserver(() => window.seen.digits.push([digits.textContent, performance.now()]))
    .observe(digits, {childList: true, characterData: true, subtree: true});
  new MutationObserver(() => { window.seen.state = window.seen.state || performance.now(); })
    .observe(tile, {attributes: true, attributeFilter: ['data-state']});
}"""


def test_digits_stand_for_two_seconds_but_a_state_shows_at_once(tab: Page, fake: FakeApp) -> None:
    show(tab, fake)
    tab.evaluate(SEEN)
    fake.set(agency="dukcapil", waiting=30)
    expect(cell(tab, "a.dukcapil.n")).to_have_text("30")
    fake.set(agency="dukcapil", waiting=31)
    fake.set(agency="dukcapil", waiting=32, state="filling")
    expect(cell(tab, "a.dukcapil.n")).to_have_text("32")
    seen = tab.evaluate("window.seen")
    shown = {text: at for text, at in seen["digits"] if text in {"30", "31", "32"}}
    assert shown["32"] - shown["30"] >= 1900
    assert all(after - before >= 1900 for before, after in pairwise(shown.values()))
    assert seen["state"] < shown["32"]


def test_a_killed_server_is_said_with_the_time_and_the_page_recovers_by_itself(
    page: Page, mortal: FakeApp
) -> None:
    mortal.start()
    page.clock.install()
    show(page, mortal)
    page.evaluate("window.same = true")
    link = page.locator("[data-live-link]")
    mortal.set(agency="dukcapil", since=65)
    expect(cell(page, "a.dukcapil.longest")).to_have_text("1 mnt")
    mortal.kill()
    expect(link).to_have_text(CUT)
    expect(page.locator("html")).to_have_class(re.compile("live-cut"))
    said = link.text_content()
    page.clock.run_for(70_000)  # its wait would be two minutes by now
    assert link.text_content() == said, "the time it is cut off since moves"
    assert cell(page, "a.dukcapil.longest").text_content() == "1 mnt", "a wait grows that nobody vouches for"
    mortal.start("--board", "silent")
    live(page)
    expect(cell(page, "a.dukcapil.word")).to_have_text("tanpa kabar 31 mnt")
    expect(link).to_have_text("")
    assert page.evaluate("window.same"), "the page was reloaded"


def test_a_frozen_server_is_noticed(page: Page, mortal: FakeApp) -> None:
    mortal.start()
    page.clock.install()
    show(page, mortal)
    mortal.signal(signal.SIGSTOP)
    try:
        page.clock.run_for(13_000)  # it is patient for twelve
        expect(page.locator("[data-live-link]")).to_have_text(CUT)
    finally:
        mortal.signal(signal.SIGCONT)
    expect(page.locator("html")).to_have_class(re.compile("live-on"))


def test_times_count_by_the_servers_clock_not_the_browsers(browser: Browser, fake: FakeApp) -> None:
    context = browser.new_context()
    page = context.new_page()
    # A display box whose clock is three hours wrong, and jumps.
    page.add_init_script("const real = Date.now; Date.now = () => real() + 3 * 3600e3;")
    show(page, fake)
    expect(page.locator('[data-live-clock="minute"]')).to_have_text(re.compile(r"09\.4\d"))
    fake.set(agency="dukcapil", since=65)
    expect(cell(page, "a.dukcapil.longest")).to_have_text("1 mnt")
    fake.set(agency="dukcapil", since=117)  # then nothing changes any more but the time
    expect(cell(page, "a.dukcapil.longest")).to_have_text("2 mnt")
    context.close()


def test_a_hidden_page_holds_no_stream_and_returns_when_shown(tab: Page, fake: FakeApp) -> None:
    show(tab, fake)
    assert fake.set()["viewers"] == 1
    tab.evaluate("""() => {
      Object.defineProperty(document, 'hidden', {configurable: true, get: () => window.away});
      window.away = true;
      document.dispatchEvent(new Event('visibilitychange'));
    }""")
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while fake.set()["viewers"] and time.monotonic() < deadline:
        time.sleep(0.05)
    assert fake.set()["viewers"] == 0
    time.sleep(2.5)
    assert fake.set()["viewers"] == 0
    fake.set(agency="dukcapil", waiting=55)
    tab.evaluate("() => { window.away = false; document.dispatchEvent(new Event('visibilitychange')); }")
    expect(cell(tab, "a.dukcapil.n")).to_have_text("55")


def test_boards_that_fail_are_said_though_the_server_lives(tab: Page, fake: FakeApp) -> None:
    show(tab, fake)
    fake.set(fail=1)
    expect(tab.locator("[data-live-link]")).to_have_text(CUT)
    fake.set(fail=0)
    expect(tab.locator("html")).to_have_class(re.compile("live-on"))


def test_a_screen_whose_access_was_taken_says_so(tab: Page, fake: FakeApp) -> None:
    fake.set(deny=1)
    tab.goto(f"{fake.url}/ruang-kendali")
    expect(tab.locator("[data-live-link]")).to_have_text(re.compile("tidak lagi berhak"))
    fake.set(deny=0)
    expect(tab.locator("html")).to_have_class(re.compile("live-on"))


def test_a_new_release_reloads_the_page_and_the_same_one_does_not(tab: Page, mortal: FakeApp) -> None:
    mortal.start()
    show(tab, mortal)
    tab.evaluate("window.same = true")
    mortal.kill()
    mortal.start("--release", "1")
    tab.wait_for_selector("html.live-on")
    expect(tab.locator("html")).to_have_class(re.compile("live-on"))
    assert tab.evaluate("window.same === true")
    mortal.kill()
    mortal.start("--release", "2")
    tab.wait_for_function("document.documentElement.dataset.release === '2'")
    tab.wait_for_selector("html.live-on")


def test_other_agencies_draw_the_page_anew_without_a_reload(tab: Page, fake: FakeApp) -> None:
    show(tab, fake)
    tab.evaluate("window.same = true")
    expect(tab.locator(".tile")).to_have_count(26)
    fake.set(board="fewer")
    expect(tab.locator(".tile")).to_have_count(12)
    fake.set(agency="dukcapil", waiting=88)
    expect(cell(tab, "a.dukcapil.n")).to_have_text("88")
    assert tab.evaluate("window.same === true")


def blocking_proxy(target: str) -> ThreadingHTTPServer:
    """A proxy that hands a response on only when it is complete: streams never come out."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.relay(None)

        def do_POST(self) -> None:
            self.relay(self.rfile.read(int(self.headers.get("content-length", 0))))

        def relay(self, body: bytes | None) -> None:
            headers = {k: v for k, v in self.headers.items() if k.lower() not in {"host", "accept-encoding"}}
            if "text/event-stream" in headers.get("Accept", ""):
                self.send_response(200)
                self.send_header("content-type", "text/event-stream")
                self.end_headers()
                self.wfile.flush()
                time.sleep(30)
                return
            answer = httpx.request(
                self.command, target + self.path, content=body, headers=headers, timeout=30
            )
            self.send_response(answer.status_code)
            for name in ("content-type", "location"):
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base class's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    return server


def test_where_a_proxy_blocks_streams_the_page_polls(page: Page, fake: FakeApp) -> None:
    proxy = blocking_proxy(fake.url)
    page.clock.install()
    with page.expect_response(re.compile("/live/")):
        page.goto(f"http://127.0.0.1:{proxy.server_address[1]}/ruang-kendali")
    page.clock.run_for(11_000)  # it waits ten for a message
    expect(page.locator("html")).to_have_attribute("data-live-mode", "poll")
    expect(page.locator("html")).to_have_class(re.compile("live-on"))
    fake.set(agency="dukcapil", waiting=66)
    expect(cell(page, "a.dukcapil.n")).to_have_text("66")
    page.goto("about:blank")
    proxy.shutdown()
    proxy.server_close()


def test_a_phone_scrolls_down_and_never_sideways(tab: Page, fake: FakeApp) -> None:
    tab.set_viewport_size({"width": 390, "height": 844})
    show(tab, fake)
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert tab.evaluate("document.documentElement.scrollHeight > innerHeight")
    sizes = tab.evaluate(
        "[...document.querySelectorAll('.tile *')].filter(e => e.textContent && e.clientHeight)"
        ".map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 12
