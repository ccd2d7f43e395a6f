"""Beats, access asked anew, and screens that take nothing."""

import asyncio
from datetime import UTC, datetime

import pytest

from mpp.i18n import words
from mpp.live.push import Hub
from mpp.now import Now
from tests.mpp.live.test_push import FAST, ROOM, Screen, Source, hub_of, make_views, run, yes


def test_beats_bring_the_products_time_and_the_real_one() -> None:
    async def story() -> None:
        base = datetime(2015, 2, 10, 3, tzinfo=UTC)
        hub = Hub(Source(), make_views(), words, Now.starting_at(base, 60), release="r1", timing=FAST)
        await hub.start()
        screen = Screen(hub.connect(ROOM, yes))
        await screen.until(lambda: len(screen.beats) >= 3)
        first = screen.beats[0]
        assert first["t"] - base.timestamp() * 1000 == pytest.approx(0, abs=60_000)
        assert first["r"] > 1_700_000_000_000
        assert (first["speed"], first["release"]) == (60, "r1")
        assert "stuck" not in first
        await hub.stop()

    run(story)


def test_access_is_asked_again_and_the_stream_ends_with_the_reason() -> None:
    async def story() -> None:
        async with hub_of(Source()) as hub:
            allowed = [True]
            screen = Screen(hub.connect(ROOM, lambda: allowed[0]))
            await screen.until(lambda: bool(screen.frames))
            allowed[0] = False
            await screen.until(lambda: screen.end is not None)
            assert screen.end == {"why": "access"}
            assert await screen.viewer.next() is None

    run(story)


def test_an_access_check_that_fails_revokes_nobody() -> None:
    async def story() -> None:
        def broken() -> bool:
            raise OSError("database is down")

        async with hub_of(Source()) as hub:
            screen = Screen(hub.connect(ROOM, broken))
            await screen.until(lambda: len(screen.beats) > 5)
            assert screen.end is None

    run(story)


def test_a_stalled_screen_is_dropped() -> None:
    async def story() -> None:
        async with hub_of(Source()) as hub:

            async def takes_nothing() -> None:
                viewer = hub.connect(ROOM, yes)
                viewer.task = asyncio.current_task()
                await viewer.next()
                viewer.sending_since = 0.0
                try:
                    await asyncio.sleep(60)
                finally:
                    hub.disconnect(viewer)

            task = asyncio.create_task(takes_nothing())
            await asyncio.wait([task], timeout=30)
            assert task.cancelled()
            assert hub.viewers == 0

    run(story)
