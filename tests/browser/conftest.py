"""The fake app for the tests of this folder, and how long they wait."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

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


@pytest.fixture
def mortal() -> Iterator[FakeApp]:
    """An app of this test's own, not started yet, to be killed."""
    app = FakeApp()
    yield app
    app.kill()
