"""The product itself in a real browser: `mpp serve` on the example mall, behind Chromium."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, Request, expect

from mpp import create_app
from mpp.settings import Settings
from mpp.web.context import parts_of
from tests.mpp.web import house
from tests.mpp.web.served import Served
from tests.services import RedisServer

pytestmark = pytest.mark.browser


@pytest.fixture
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """A server of the example mall, which dukcapil may send events to; on SQLite unless a test says more."""
    url = redis_url = ""
    if getattr(request, "param", "sqlite") != "sqlite":
        own: RedisServer = request.getfixturevalue("own_redis")
        url, redis_url = request.getfixturevalue("postgres_url"), own.url
    folder = tmp_path / "monitor"
    folder.mkdir()
    shutil.copy(house.EXAMPLE, folder / "mpp.toml")
    app = create_app(Settings(instance=folder, database_url=url))
    house.add_token(parts_of(app).store)
    parts_of(app).close()
    with Served(folder, url=url, redis_url=redis_url) as server:
        yield server


class Screen:
    """A page on the control room that notes whatever goes wrong and wherever it asks."""

    def __init__(self, page: Page, served: Served) -> None:
        self.page, self.served = page, served
        self.problems: list[str] = []
        self.asked: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("requestfailed", self._failed)
        page.on("request", lambda request: self.asked.append(request.url))

    def show(self, query: str = "") -> None:
        address = f"http://127.0.0.1:{self.served.port}"
        if not self.page.context.cookies():
            name, value = self.served.cookie("manager")
            self.page.context.add_cookies([{"name": name, "value": value, "url": address}])
        self.page.goto(f"{address}/ruang-kendali{query}")
        self.page.wait_for_selector("html.live-on")
        self.page.wait_for_selector("#drawn", state="detached")

    def cell(self, key: str) -> Any:
        return self.page.locator(f'[data-live="{key}"]')

    def hosts(self) -> set[str]:
        return {re.sub(r"^(\w+://[^/]*|\w+:).*", r"\1", url, flags=re.DOTALL) for url in self.asked}

    def _console(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.problems.append(message.text)

    def _failed(self, request: Request) -> None:
        # The stream ends with its page.
        if "/live/" not in request.url:
            self.problems.append(f"{request.url}: {request.failure}")


@pytest.fixture
def screen(page: Page, served: Served) -> Screen:
    return Screen(page, served)


def post(served: Served, *items: dict[str, Any]) -> None:
    """Send events as dukcapil's queue system does."""
    headers = {"Content-Type": house.BATCH, "Authorization": f"Bearer {house.TOKEN}"}
    with contextlib.closing(served.connect()) as connection:
        connection.request("POST", "/api/v1/events", json.dumps(items), headers)
        answer = connection.getresponse()
        told = json.loads(answer.read())
    assert (answer.status, told["accepted"]) == (200, len(items)), told


@pytest.mark.parametrize("served", ["sqlite", "postgres and redis"], indirect=True)
def test_an_event_that_was_sent_shows_by_itself(screen: Screen) -> None:
    screen.show()
    screen.page.evaluate("window.same = true")
    number = screen.cell("a.dukcapil.n")
    expect(screen.cell("a.dukcapil")).to_have_count(1)
    for count in (1, 2):
        post(screen.served, house.event(count))
        # The second waits for the two seconds that a changed figure stands still.
        expect(number).to_have_text(str(count))
    post(screen.served, house.event(1, "ticket.called", ago=30, counter="1"))
    post(screen.served, house.event(1, "ticket.started", ago=20, counter="1"))
    expect(number).to_have_text("1")
    assert screen.page.evaluate("window.same"), "the page was reloaded"
    assert screen.problems == []
    assert screen.hosts() <= {f"http://127.0.0.1:{screen.served.port}", "data:", "blob:"}


def test_the_page_speaks_english_when_asked_to(screen: Screen) -> None:
    screen.show()
    html = screen.page.locator("html")
    expect(html).to_have_attribute("lang", "id")
    expect(screen.page.get_by_text("Menunggu").first).to_be_visible()
    screen.show("?lang=en")
    expect(html).to_have_attribute("lang", "en")
    expect(screen.page.get_by_text("Waiting").first).to_be_visible()
    expect(screen.page.get_by_text("Menunggu")).to_have_count(0)
    post(screen.served, house.event(1))
    expect(screen.cell("a.dukcapil.n")).to_have_text("1")
    assert screen.problems == []


def test_the_page_is_accessible(screen: Screen) -> None:
    screen.show()
    post(screen.served, *house.life(1), house.event(2), house.event(3))
    for query in ("", "?theme=dark&lang=en"):
        screen.show(query)
        expect(screen.cell("a.dukcapil.n")).to_have_text("2")
        found = Axe().run(screen.page)
        assert found.violations_count == 0, found.generate_report()
