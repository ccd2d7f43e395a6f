"""The fake app for the tests of this folder, and how long they wait."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.harness import PATIENCE_MS, FakeApp

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def beat() -> float:
    """Seconds between the live path's beats. A file that moves the browser's clock takes fewer, or the
    page believes itself cut off."""
    return 1.0


@pytest.fixture(scope="module")
def standing(beat: float) -> Iterator[FakeApp]:
    """An app for the tests of a file."""
    app = FakeApp()
    app.start("--beat", str(beat))
    yield app
    app.kill()


@pytest.fixture
def fake(standing: FakeApp) -> FakeApp:
    """An app that shows the wall of the sketches."""
    standing.set(board="wall")
    return standing


@pytest.fixture(scope="module")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """A profile that the tests of a file share: after the first load its cache is warm."""
    context = browser.new_context(locale="id-ID", timezone_id="Asia/Jakarta")
    yield context
    context.close()


@pytest.fixture(scope="module")
def one_tab(profile: BrowserContext) -> Page:
    """The page behind ``tab``."""
    return profile.new_page()


@pytest.fixture
def tab(one_tab: Page, profile: BrowserContext) -> Iterator[Page]:
    """The same page for all tests of a file, as good as new: a third of the price of ``page``. Tests that
    install a clock or a script take ``page``, since those stay; so do those about what a new browser does."""
    one_tab.set_viewport_size({"width": 1280, "height": 720})
    yield one_tab
    one_tab.unroute_all()
    one_tab.evaluate(FORGET)
    one_tab.goto("about:blank")
    one_tab.mouse.move(0, 0)
    profile.clear_cookies()


FORGET = """() => {
  if (location.protocol.startsWith('http')) for (const kept of [localStorage, sessionStorage]) kept.clear();
}"""


@pytest.fixture
def mortal() -> Iterator[FakeApp]:
    """An app of this test's own, not started yet, to be killed."""
    app = FakeApp()
    yield app
    app.kill()
