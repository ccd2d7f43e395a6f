import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from mpp.i18n import words
from mpp.live.model import Board
from mpp.live.push import Hub, NoPictureError, Timing
from mpp.live.viewers import Viewer
from mpp.live.views import Cell, View, Views
from mpp.now import Now
from tests.factories import empty_board

ROOM = View("room", "", "id")
FAST = Timing(tick=0.005, beat=0.02, recheck=0.02, linger=0.2, stuck=0.1, stalled=0.1)


class Source:
    """A board source whose boards the test moves."""

    def __init__(self) -> None:
        self.version = 1
        self.fails: Exception | None = None
        self.calls = 0

    def board(self) -> Board:
        self.calls += 1
        if self.fails is not None:
            raise self.fails
        return empty_board(version=self.version)


def yes() -> bool:
    return True


def make_views() -> Views:
    views = Views()

    def room(board: Board, scope: str, words: Any) -> dict[str, Cell]:
        return {"n": Cell(str(board.version)), f"odd{board.version % 2}": Cell("x"), "fixed": Cell("same")}

    views.register("room", room)
    return views


@asynccontextmanager
async def hub_of(source: Source, **given: Any) -> AsyncIterator[Hub]:
    hub = Hub(source, make_views(), words, Now(), release="r1", **({"timing": FAST} | given))
    await hub.start()
    try:
        yield hub
    finally:
        await hub.stop()


class Screen:
    """Reads a viewer the way live.js does."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.cells: dict[str, Any] = {}
        self.frames: list[dict[str, Any]] = []
        self.beats: list[dict[str, Any]] = []
        self.end: dict[str, Any] | None = None
        self.boot, self.v = "", -1

    def take(self, text: bytes) -> None:
        for message in text.decode().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in message.splitlines())
            if not fields:
                continue
            body = json.loads(fields["data"])
            if fields.get("event") == "beat":
                self.beats.append(body)
            elif fields.get("event") == "end":
                self.end = body
            else:
                assert fields["id"] == f"{body['boot']}-{body['v']}"
                self.apply(body)

    def apply(self, body: dict[str, Any]) -> None:
        self.frames.append(body)
        if "p" in body:
            assert (body["boot"], body["p"]) == (self.boot, self.v), "a change was skipped"
            self.cells.update(body["set"])
        else:
            self.cells = dict(body["set"])
        for key in body["gone"]:
            del self.cells[key]
        self.boot, self.v = body["boot"], body["v"]

    async def until(self, done: Callable[[], bool], seconds: float = 20.0) -> None:
        async with asyncio.timeout(seconds):
            while not done():
                message = await self.viewer.next()
                if message is None:
                    return
                self.take(message)


async def eventually(done: Callable[[], bool], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not done():  # noqa: ASYNC110 the hub tells nobody but its viewers
            await asyncio.sleep(0.005)


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(60):
            await story()

    asyncio.run(limited())


def test_the_first_frame_is_the_whole_picture_and_changes_follow() -> None:
    async def story() -> None:
        source = Source()
        async with hub_of(source) as hub:
            screen = Screen(hub.connect(ROOM, yes))
            await screen.until(lambda: bool(screen.frames))
            assert "p" not in screen.frames[0]
            assert screen.cells == {"n": "1", "odd1": "x", "fixed": "same"}
            source.version = 2
            await screen.until(lambda: screen.cells.get("n") == "2")
            assert screen.frames[-1]["set"] == {"n": "2", "odd0": "x"}
            assert screen.frames[-1]["gone"] == ["odd1"]

    run(story)


def test_every_viewer_gets_the_same_bytes() -> None:
    async def story() -> None:
        source = Source()
        async with hub_of(source) as hub:
            viewers = [hub.connect(ROOM, yes) for _ in range(3)]
            pushed: list[list[bytes]] = [[], [], []]
            for viewer, got in zip(viewers, pushed, strict=True):
                viewer.push = got.append  # type: ignore[assignment,method-assign]
            await eventually(lambda: any(b'"set"' in m for m in pushed[0]))
            source.version = 2
            await eventually(lambda: any(b'"p"' in m for m in pushed[0]))
            frames = [[m for m in got if b'"set"' in m] for got in pushed]
            assert len(frames[0]) == 2
            assert all(a is b is c for a, b, c in zip(*frames, strict=True))

    run(story)


def test_a_board_that_stands_still_is_not_drawn_again() -> None:
    async def story() -> None:
        source = Source()
        async with hub_of(source) as hub:
            screen = Screen(hub.connect(ROOM, yes))
            await screen.until(lambda: bool(screen.frames))
            calls = source.calls
            await eventually(lambda: source.calls > calls + 5)
            assert hub.drawn == 1

    run(story)


def test_nobody_looks_and_nothing_is_asked() -> None:
    async def story() -> None:
        source = Source()
        async with hub_of(source) as hub:
            viewer = hub.connect(ROOM, yes)
            await eventually(lambda: source.calls > 2)
            hub.disconnect(viewer)
            await asyncio.sleep(0.05)
            calls = source.calls
            await asyncio.sleep(0.05)
            assert source.calls == calls
            source.version = 7
            screen = Screen(hub.connect(ROOM, yes))
            await screen.until(lambda: screen.cells.get("n") == "7")

    run(story)


def test_a_screen_that_lags_gets_a_new_picture_and_skips_no_change() -> None:
    async def story() -> None:
        source = Source()
        async with hub_of(source, queue=3) as hub:
            screen = Screen(hub.connect(ROOM, yes))
            await screen.until(lambda: bool(screen.frames))
            for version in range(2, 12):
                source.version = version
                drawn = hub.drawn
                await eventually(lambda drawn=drawn: hub.drawn > drawn)  # type: ignore[misc]
            assert screen.viewer.lagged
            before = len(screen.frames)
            await screen.until(lambda: screen.cells["n"] == "11")
            assert "p" not in screen.frames[before]
            source.version = 12
            await screen.until(lambda: screen.cells["n"] == "12")
            assert "p" in screen.frames[-1]

    run(story)


def test_a_failing_board_is_said_and_survived(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        source = Source()
        async with hub_of(source) as hub:
            screen = Screen(hub.connect(ROOM, yes))
            await screen.until(lambda: bool(screen.frames))
            source.fails = OSError("database is down")
            await screen.until(lambda: "stuck" in (screen.beats or [{}])[-1])
            source.fails, source.version = None, 2
            await screen.until(lambda: screen.cells["n"] == "2")
            await screen.until(lambda: "stuck" not in screen.beats[-1])
        assert len([r for r in caplog.records if "tick failed" in r.message]) == 1

    run(story)


def test_one_broken_page_neither_stops_the_others_nor_looks_fresh() -> None:
    async def story() -> None:
        source = Source()
        async with hub_of(source) as hub:

            def broken(board: Board, scope: str, words: Any) -> dict[str, Cell]:
                if board.version == 2:
                    raise ZeroDivisionError
                return {"n": Cell(str(board.version))}

            hub.views.register("broken", broken)
            good, bad = Screen(hub.connect(ROOM, yes)), Screen(hub.connect(View("broken", "", "id"), yes))
            await bad.until(lambda: bool(bad.frames))
            source.version = 2
            await good.until(lambda: good.cells.get("n") == "2")
            await bad.until(lambda: "stuck" in bad.beats[-1])
            assert "stuck" not in good.beats[-1]
            source.version = 3
            await bad.until(lambda: bad.cells.get("n") == "3" and "stuck" not in bad.beats[-1])

    run(story)


def test_stopping_ends_every_stream() -> None:
    async def story() -> None:
        hub = Hub(Source(), make_views(), words, Now(), release="r1", timing=FAST)
        await hub.start()
        screen = Screen(hub.connect(ROOM, yes))
        await hub.stop()
        await screen.until(lambda: screen.end is not None)
        assert screen.end == {"why": "restart"}
        await hub.start()
        again = Screen(hub.connect(ROOM, yes))
        await again.until(lambda: bool(again.frames))
        await hub.stop()

    run(story)


def test_polling_gives_the_whole_picture_then_changes_then_nothing() -> None:
    async def story() -> None:
        source = Source()
        async with hub_of(source) as hub:
            first = json.loads(await hub.poll(ROOM))
            assert "p" not in first
            assert first["set"]["n"] == "1"
            assert first["beat"]["release"] == "r1"
            for version in (2, 3, 4):
                source.version = version
                drawn = hub.drawn
                await eventually(lambda drawn=drawn: hub.drawn > drawn)  # type: ignore[misc]
            second = json.loads(await hub.poll(ROOM, first["boot"], first["v"]))
            assert (second["p"], second["set"], second["gone"]) == (
                first["v"],
                {"n": "4", "odd0": "x"},
                ["odd1"],
            )
            third = json.loads(await hub.poll(ROOM, second["boot"], second["v"]))
            assert (third["set"], third["gone"], third["v"]) == ({}, [], second["v"])
            lost = json.loads(await hub.poll(ROOM, "other", 1))
            assert "p" not in lost
            assert lost["set"]["fixed"] == "same"

    run(story)


def test_the_numbers_of_a_picture_tell_nothing_of_the_others() -> None:
    async def story() -> None:
        source = Source()
        async with hub_of(source) as hub:
            hub.views.register("quiet", lambda board, *_: {"n": Cell(str(board.version // 10))})
            quiet, busy = Screen(hub.connect(View("quiet", "", "id"), yes)), Screen(hub.connect(ROOM, yes))
            await quiet.until(lambda: bool(quiet.frames))
            for version in range(2, 11):
                source.version = version
                await busy.until(lambda version=version: busy.cells.get("n") == str(version))  # type: ignore[misc]
            await quiet.until(lambda: quiet.cells["n"] == "1")
            assert [frame["v"] - quiet.frames[0]["v"] for frame in quiet.frames] == [0, 1]
            assert [frame["v"] - busy.frames[0]["v"] for frame in busy.frames] == list(range(10))

    run(story)


async def look(hub: Hub, source: Source) -> list[int]:
    """The numbers of a picture and a change of it; afterwards nobody looks and it is forgotten."""
    screen = Screen(hub.connect(ROOM, yes))
    await screen.until(lambda: bool(screen.frames))
    source.version += 20
    await screen.until(lambda: screen.cells["n"] == str(source.version))
    hub.disconnect(screen.viewer)
    await eventually(lambda: not hub._pictures)
    return [frame["v"] for frame in screen.frames]


def test_a_picture_made_anew_repeats_no_number_a_screen_may_hold() -> None:
    async def story() -> None:
        source = Source()
        async with hub_of(source, timing=replace(FAST, linger=0)) as hub:
            held: list[int] = []
            for version in range(1, 16):
                source.version = version
                held += await look(hub, source)
            assert held == sorted(set(held))
            # What a screen held of an earlier picture brings the whole of the present one.
            hub.connect(ROOM, yes)
            await eventually(lambda: bool(hub._pictures))
            for v in held:
                assert "p" not in json.loads(await hub.poll(ROOM, hub.boot, v))

    run(story)


def test_polling_without_any_board_says_so() -> None:
    async def story() -> None:
        source = Source()
        source.fails = OSError("database is down")
        async with hub_of(source) as hub:
            with pytest.raises(NoPictureError):
                await hub.poll(ROOM, patience=0.05)

    run(story)
