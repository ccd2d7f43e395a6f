"""What every browser test needs: the fake app in a process of its own, and pages that have come to rest."""

from __future__ import annotations

import re
import signal
import time
from typing import Any

import httpx
from playwright.sync_api import Locator, Page

from tests.forked import Forked
from tests.services import free_port

PATIENCE_MS = 20_000
"""What is awaited may take so long on a busy machine; how long it takes is measured in benchmarks/."""
CUT = re.compile(r"TERPUTUS sejak \d\d\.\d\d\.\d\d — angka di layar ini tidak bergerak\.")


class FakeApp:
    """The fake app in a process of its own, which a test may kill and start again."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: Forked | None = None

    def start(self, *args: str) -> None:
        """Start it and wait until it answers."""
        self.process = Forked("tests.browser.fake_app", "--port", str(self.port), *args)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                self.set()
                return
            except httpx.TransportError:
                assert self.process.poll() is None, f"the fake app ended: {self.process.communicate()}"
                time.sleep(0.05)
        self.kill()
        raise AssertionError("the fake app does not answer")

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None

    def set(self, **given: Any) -> dict[str, Any]:
        """Change what it shows (tests/browser/fake_app.py); the answer counts the viewers."""
        answer: dict[str, Any] = httpx.get(f"{self.url}/fake", params=given, timeout=30).json()
        return answer


def live(page: Page) -> None:
    """Wait until figures move, and until letters have the widths they keep."""
    page.wait_for_selector("html.live-on")
    # Dash has taken over from the page's first picture: until then a link loads the page anew.
    page.wait_for_selector("#drawn", state="detached")
    page.evaluate("() => document.fonts.ready.then(() => true)")


def wall(page: Page, app: FakeApp, query: str = "") -> None:
    """Open the control room."""
    page.goto(f"{app.url}/ruang-kendali{query}")
    live(page)


def phone(page: Page, app: FakeApp, query: str = "") -> None:
    """Open the manager's phone."""
    page.goto(f"{app.url}/ringkas{query}")
    live(page)


def cell(page: Page, key: str) -> Locator:
    """What the live path writes to under this key."""
    return page.locator(f'[data-live="{key}"]')


def problems(page: Page) -> list[str]:
    """Every complaint the page makes from now on."""
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said
