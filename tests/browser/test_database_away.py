"""The database goes away and comes back: senders are told to come again, screens say they are cut off."""

from __future__ import annotations

import http.client
import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from psycopg import sql
from sqlalchemy import make_url

from mpp import create_app
from mpp.settings import Settings
from mpp.web.context import parts_of
from tests.mpp.web import house
from tests.mpp.web.served import Served
from tests.services import postgres_connection

pytestmark = pytest.mark.browser


class Database:
    """A database that lets nobody in for a while."""

    def __init__(self, server: str, url: str) -> None:
        self.server, self.name = server, make_url(url).database or ""

    def away(self) -> None:
        self._allow(False)
        with postgres_connection(self.server) as connection:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [self.name]
            )

    def back(self) -> None:
        self._allow(True)

    def _allow(self, yes: bool) -> None:
        statement = sql.SQL("alter database {} with allow_connections {}")
        with postgres_connection(self.server) as connection:
            connection.execute(statement.format(sql.Identifier(self.name), sql.SQL(str(yes).lower())))


@pytest.fixture
def served(tmp_path: Path, postgres_url: str) -> Iterator[Served]:
    shutil.copy(house.EXAMPLE, tmp_path / "mpp.toml")
    app = create_app(Settings(instance=tmp_path, database_url=postgres_url))
    house.add_token(parts_of(app).store)
    parts_of(app).close()
    with Served(tmp_path, url=postgres_url) as server:
        yield server


def post(served: Served, number: int) -> tuple[int, str | None]:
    connection = served.connect()
    headers = {"Content-Type": house.ONE, "Authorization": f"Bearer {house.TOKEN}"}
    connection.request("POST", "/api/v1/events", json.dumps(house.event(number)), headers)
    answer: http.client.HTTPResponse = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.headers["Retry-After"]


def eventually(asked: Callable[[], bool], within_s: float = 60.0) -> None:
    begun = time.monotonic()
    while not asked():
        assert time.monotonic() - begun < within_s
        time.sleep(0.1)


def test_nobody_is_told_that_all_is_well(
    page: Page, served: Served, postgres_server: str, postgres_url: str
) -> None:
    database = Database(postgres_server, postgres_url)
    address = f"http://127.0.0.1:{served.port}"
    name, value = served.cookie("display")
    page.context.add_cookies([{"name": name, "value": value, "url": address}])
    page.goto(f"{address}/ruang-kendali")
    page.wait_for_selector("html.live-on")
    assert post(served, 1) == (200, None)
    number = page.locator('[data-live="a.dukcapil.n"]')
    expect(number).to_have_text("1")
    database.away()
    try:
        page.wait_for_selector("html.live-cut")
        expect(page.locator("#live-link")).to_contain_text("TERPUTUS sejak")
        status, again = post(served, 2)
        assert (status, again is not None) == (503, True)
        assert served.status("/readyz") == 503
        assert served.status("/healthz") == 200
        page.reload()
        page.wait_for_selector("html.live-cut")
    finally:
        database.back()
    eventually(lambda: post(served, 2)[0] == 200)
    expect(number).to_have_text("2")
    page.wait_for_selector("html.live-on:not(.live-cut)")
    assert served.status("/readyz") == 200
