"""Two processes, one database, one Redis: an event sent to one shows on screens at the other."""

from __future__ import annotations

import json
import shutil
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mpp import create_app
from mpp.settings import Settings
from mpp.web.context import parts_of
from tests.mpp.web import house
from tests.mpp.web.served import Served
from tests.services import RedisServer

WITHIN_S = 30.0


@pytest.fixture
def instance(tmp_path: Path, database_url: str) -> Path:
    folder = tmp_path / "two"
    folder.mkdir()
    shutil.copy(house.EXAMPLE, folder / "mpp.toml")
    app = create_app(Settings(instance=folder, database_url=database_url))
    house.add_token(parts_of(app).store)
    parts_of(app).close()
    return folder


class Screen:
    """A viewer of the wall that keeps the mapping, as live.js does, over the polling form."""

    def __init__(self, served: Served) -> None:
        self.served, self.since = served, ""
        self.header = served.header("display")
        self.cells: dict[str, Any] = {}

    def look(self) -> dict[str, Any]:
        url = f"http://127.0.0.1:{self.served.port}/live/ruang-kendali?since={self.since or '0-0'}"
        with urllib.request.urlopen(
            urllib.request.Request(url, headers=self.header), timeout=WITHIN_S
        ) as answer:
            frame = json.loads(answer.read())
        if "p" not in frame:
            self.cells = {}
        self.cells |= frame["set"]
        for key in frame["gone"]:
            self.cells.pop(key, None)
        self.since = f"{frame['boot']}-{frame['v']}"
        return self.cells

    def until(self, key: str, value: str) -> None:
        """Wait until a cell shows a value."""
        begun = time.monotonic()
        while time.monotonic() - begun < WITHIN_S:
            if self.look().get(key) == value:
                return
            time.sleep(0.05)
        raise AssertionError(f"{key} is {self.cells.get(key)!r}, not {value!r}, after {WITHIN_S} s")


def post(served: Served, number: int) -> None:
    given = json.dumps(house.event(number)).encode()
    headers = {"Content-Type": house.ONE, "Authorization": f"Bearer {house.TOKEN}"}
    request = urllib.request.Request(f"http://127.0.0.1:{served.port}/api/v1/events", given, headers)
    with urllib.request.urlopen(request, timeout=WITHIN_S) as answer:
        assert json.loads(answer.read())["accepted"] == 1


@pytest.fixture
def pair(instance: Path, database_url: str, own_redis: RedisServer) -> Iterator[tuple[Served, Served]]:
    first = Served(instance, url=database_url, redis_url=own_redis.url)
    second = Served(instance, url=database_url, redis_url=own_redis.url)
    with first, second:
        yield first, second


def test_both_show_what_either_took(pair: tuple[Served, Served], own_redis: RedisServer) -> None:
    first, second = pair
    screens = Screen(first), Screen(second)
    for number, served in enumerate(pair, start=1):
        post(served, number)
        for screen in screens:
            screen.until("a.dukcapil.n", str(number))
    assert len({screen.since.split("-")[0] for screen in screens}) == 1, "one renders for both"
    own_redis.stop()
    post(second, 3)
    for screen in screens:
        screen.until("a.dukcapil.n", "3")
    own_redis.start()
    post(first, 4)
    for screen in screens:
        screen.until("a.dukcapil.n", "4")


def test_another_renders_when_the_one_that_did_is_killed(pair: tuple[Served, Served]) -> None:
    first, second = pair
    post(first, 1)
    screens = {served: Screen(served) for served in pair}
    for screen in screens.values():
        screen.until("a.dukcapil.n", "1")
    first.process.kill()
    first.process.wait()
    post(second, 2)
    screens[second].until("a.dukcapil.n", "2")
