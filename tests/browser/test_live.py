"""The live path in a real browser: tests/browser/fake_app.py behind Chromium."""

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
CUT = re.compile(r"TERPUTUS sejak \d\d\.\d\d\.\d\d — angka di layar ini tidak bergerak\.")


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


class FakeApp:
    """The fake app in a process of its own, which a test may kill and start again."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *args: str) -> None:
        command = [sys.executable, "-m", "tests.browser.fake_app", "--port", str(self.port), *args]
        self.process = subprocess.Popen(command, cwd=ROOT)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                self.set()
                return
            except httpx.TransportError:
                assert self.process.poll() is None, "the fake app ended"
                time.sleep(0.05)
        raise AssertionError("the fake app does not answer")

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def set(self, **given: Any) -> dict[str, Any]:
        answer: dict[str, Any] = httpx.get(f"{self.url}/fake", params=given, timeout=5).json()
        return answer


@pytest.fixture
def mortal() -> Iterator[FakeApp]:
    """An app of this test's own, to be killed."""
    app = FakeApp()
    app.start()
    yield app
    app.kill()


@pytest.fixture(scope="module")
def standing() -> Iterator[FakeApp]:
    app = FakeApp()
    app.start()
    yield app
    app.kill()


@pytest.fixture
def fake(standing: FakeApp) -> FakeApp:
    """An app that shows the wall of the sketches."""
    standing.set(board="wall")
    return standing


def show(page: Page, app: FakeApp, query: str = "") -> None:
    page.goto(f"{app.url}/ruang-kendali{query}")
    page.wait_for_selector("html.live-on")


def cell(page: Page, key: str) -> Any:
    return page.locator(f'[data-live="{key}"]')


def test_a_change_shows_by_itself(page: Page, fake: FakeApp) -> None:
    problems: list[str] = []
    page.on("console", lambda m: problems.append(m.text) if m.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    show(page, fake)
    expect(cell(page, "a.dukcapil.n")).to_have_text("23")
    fake.set(agency="dukcapil", waiting=77, state="paused")
    expect(cell(page, "a.dukcapil.n")).to_have_text("77", timeout=2000)
    expect(cell(page, "a.dukcapil")).to_have_attribute("data-state", "paused")
    expect(cell(page, "a.dukcapil.word")).to_have_text(re.compile(r"jeda 09\.12"))
    expect(cell(page, "a.dukcapil.bar").locator("svg")).to_have_count(1)
    assert not problems


def test_digits_stand_for_two_seconds_but_a_state_shows_at_once(page: Page, fake: FakeApp) -> None:
    show(page, fake)
    fake.set(agency="dukcapil", waiting=30)
    expect(cell(page, "a.dukcapil.n")).to_have_text("30")
    began = time.monotonic()
    fake.set(agency="dukcapil", waiting=31)
    fake.set(agency="dukcapil", waiting=32, state="filling")
    expect(cell(page, "a.dukcapil")).to_have_attribute("data-state", "filling", timeout=1500)
    assert cell(page, "a.dukcapil.n").text_content() == "30"
    expect(cell(page, "a.dukcapil.n")).to_have_text("32")
    assert time.monotonic() - began > 1.5


def test_a_killed_server_is_said_with_the_time_and_the_page_recovers_by_itself(
    page: Page, mortal: FakeApp
) -> None:
    show(page, mortal)
    page.evaluate("window.same = true")
    link = page.locator("[data-live-link]")
    mortal.set(agency="dukcapil", since=116)
    expect(cell(page, "a.dukcapil.longest")).to_have_text("1 mnt")
    mortal.kill()
    expect(link).to_have_text(CUT, timeout=6000)
    expect(page.locator("html")).to_have_class(re.compile("live-cut"))
    said = link.text_content()
    time.sleep(3)
    assert link.text_content() == said, "the time it is cut off since moves"
    assert cell(page, "a.dukcapil.longest").text_content() == "1 mnt", "a wait grows that nobody vouches for"
    mortal.start("--board", "silent")
    began = time.monotonic()
    expect(page.locator("html")).to_have_class(re.compile("live-on"), timeout=10_000)
    recovered = time.monotonic() - began
    expect(cell(page, "a.dukcapil.word")).to_have_text("tanpa kabar 31 mnt")
    expect(link).to_have_text("")
    assert recovered <= 2.5
    assert page.evaluate("window.same"), "the page was reloaded"


def test_a_frozen_server_is_noticed(page: Page, mortal: FakeApp) -> None:
    show(page, mortal)
    mortal.signal(signal.SIGSTOP)
    try:
        expect(page.locator("[data-live-link]")).to_have_text(CUT, timeout=17_000)
    finally:
        mortal.signal(signal.SIGCONT)
    expect(page.locator("html")).to_have_class(re.compile("live-on"), timeout=10_000)


def test_times_count_by_the_servers_clock_not_the_browsers(browser: Browser, fake: FakeApp) -> None:
    context = browser.new_context()
    page = context.new_page()
    # A display box whose clock is three hours wrong, and jumps.
    page.add_init_script("const real = Date.now; Date.now = () => real() + 3 * 3600e3;")
    show(page, fake)
    expect(page.locator('[data-live-clock="minute"]')).to_have_text(re.compile(r"09\.4\d"))
    fake.set(agency="dukcapil", since=118)
    expect(cell(page, "a.dukcapil.longest")).to_have_text("1 mnt")
    expect(cell(page, "a.dukcapil.longest")).to_have_text("2 mnt", timeout=5000)
    context.close()


def test_a_hidden_page_holds_no_stream_and_returns_when_shown(page: Page, fake: FakeApp) -> None:
    show(page, fake)
    assert fake.set()["viewers"] == 1
    page.evaluate("""() => {
      Object.defineProperty(document, 'hidden', {configurable: true, get: () => window.away});
      window.away = true;
      document.dispatchEvent(new Event('visibilitychange'));
    }""")
    deadline = time.monotonic() + 5
    while fake.set()["viewers"] and time.monotonic() < deadline:
        time.sleep(0.05)
    assert fake.set()["viewers"] == 0
    time.sleep(2.5)
    assert fake.set()["viewers"] == 0
    fake.set(agency="dukcapil", waiting=55)
    page.evaluate("() => { window.away = false; document.dispatchEvent(new Event('visibilitychange')); }")
    expect(cell(page, "a.dukcapil.n")).to_have_text("55", timeout=3000)


def test_boards_that_fail_are_said_though_the_server_lives(page: Page, fake: FakeApp) -> None:
    show(page, fake)
    fake.set(fail=1)
    expect(page.locator("[data-live-link]")).to_have_text(CUT, timeout=12_000)
    fake.set(fail=0)
    expect(page.locator("html")).to_have_class(re.compile("live-on"), timeout=8000)


def test_a_screen_whose_access_was_taken_says_so(page: Page, fake: FakeApp) -> None:
    fake.set(deny=1)
    page.goto(f"{fake.url}/ruang-kendali")
    expect(page.locator("[data-live-link]")).to_have_text(re.compile("tidak lagi berhak"), timeout=8000)
    fake.set(deny=0)
    expect(page.locator("html")).to_have_class(re.compile("live-on"), timeout=5000)


def test_a_new_release_reloads_the_page_and_the_same_one_does_not(page: Page, mortal: FakeApp) -> None:
    show(page, mortal)
    page.evaluate("window.same = true")
    mortal.kill()
    mortal.start("--release", "1")
    page.wait_for_selector("html.live-on")
    expect(page.locator("html")).to_have_class(re.compile("live-on"), timeout=8000)
    assert page.evaluate("window.same === true")
    mortal.kill()
    mortal.start("--release", "2")
    page.wait_for_function("document.documentElement.dataset.release === '2'", timeout=15_000)
    page.wait_for_selector("html.live-on")


def test_other_agencies_draw_the_page_anew_without_a_reload(page: Page, fake: FakeApp) -> None:
    show(page, fake)
    page.evaluate("window.same = true")
    expect(page.locator(".tile")).to_have_count(26)
    fake.set(board="fewer")
    expect(page.locator(".tile")).to_have_count(12, timeout=5000)
    fake.set(agency="dukcapil", waiting=88)
    expect(cell(page, "a.dukcapil.n")).to_have_text("88", timeout=5000)
    assert page.evaluate("window.same === true")


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
            answer = httpx.request(self.command, target + self.path, content=body, headers=headers)
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
    page.goto(f"http://127.0.0.1:{proxy.server_address[1]}/ruang-kendali")
    expect(page.locator("html")).to_have_attribute("data-live-mode", "poll", timeout=15_000)
    expect(page.locator("html")).to_have_class(re.compile("live-on"), timeout=5000)
    fake.set(agency="dukcapil", waiting=66)
    expect(cell(page, "a.dukcapil.n")).to_have_text("66", timeout=5000)
    page.goto("about:blank")
    proxy.shutdown()
    proxy.server_close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_is_accessible(page: Page, fake: FakeApp, theme: str) -> None:
    show(page, fake, f"?theme={theme}")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("board", ["wall", "full", "silent", "unheard", "closed", "empty"])
@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1280, 800)])
def test_a_wall_needs_no_scrolling_and_cuts_no_figure(
    page: Page, fake: FakeApp, board: str, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    fake.set(board=board)
    show(page, fake)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # Every text of a tile but its name, which may be longer than any tile, is inside it.
    outside = page.evaluate("""() => [...document.querySelectorAll('.tile')].flatMap(tile => {
      const box = tile.getBoundingClientRect();
      return [...tile.querySelectorAll('.tile-number, .tile-facts > span, .tile-bar')].filter(part => {
        const inner = part.getBoundingClientRect();
        return inner.height && (inner.top < box.top - 1 || inner.bottom > box.bottom + 1 ||
          inner.left < box.left - 1 || inner.right > box.right + 1);
      }).map(part => part.textContent);
    })""")
    assert outside == []


def test_a_phone_scrolls_down_and_never_sideways(page: Page, fake: FakeApp) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    show(page, fake)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.documentElement.scrollHeight > innerHeight")
    sizes = page.evaluate(
        "[...document.querySelectorAll('.tile *')].filter(e => e.textContent && e.clientHeight)"
        ".map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 12
