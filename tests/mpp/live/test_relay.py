"""Two hubs as two processes would have them, with a real Redis between."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from mpp.i18n import words
from mpp.live.push import Hub, Timing
from mpp.live.relay import Relay
from mpp.now import Now
from tests.mpp.live.test_push import ROOM, Screen, Source, eventually, make_views, run, yes
from tests.services import RedisServer

TIMING = Timing(tick=0.02, beat=0.1, linger=0.2, stuck=1.0)


class Processes:
    """Hubs that share a Redis and nothing else; each has a board source of its own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.prefix = f"t{secrets.token_hex(4)}:"
        self.source = Source()

    @asynccontextmanager
    async def hub(self, source: Source | None = None) -> AsyncIterator[Hub]:
        relay = Relay(self.url, prefix=self.prefix, lease_s=0.6)
        hub = Hub(source or self.source, make_views(), words, Now(), release="r1", relay=relay, timing=TIMING)
        await hub.start()
        try:
            await eventually(lambda: hub.redis_state != "connecting")
            yield hub
        finally:
            await hub.stop()


def holders(*hubs: Hub) -> list[bool]:
    return [bool(hub._relay and hub._relay.holder) for hub in hubs]


def two(story: Callable[[Processes, Hub, Hub], Awaitable[None]], url: str) -> None:
    async def told() -> None:
        some = Processes(url)
        async with some.hub() as one, some.hub() as other:
            await eventually(lambda: holders(one, other) == [True, False])
            await story(some, one, other)

    run(told)


def test_one_renders_and_the_other_passes_the_same_bytes_on(redis_url: str) -> None:
    async def story(some: Processes, one: Hub, other: Hub) -> None:
        near, far = Screen(one.connect(ROOM, yes)), Screen(other.connect(ROOM, yes))
        await near.until(lambda: bool(near.frames))
        await far.until(lambda: bool(far.frames))
        for version in range(2, 30):
            some.source.version = version
            await far.until(lambda version=version: far.cells.get("n") == str(version))  # type: ignore[misc]
        await near.until(lambda: near.cells.get("n") == "29")
        assert (near.boot, near.v, near.cells) == (far.boot, far.v, far.cells)
        assert far.boot == one.boot
        assert other.drawn == 0
        assert one.redis_state == other.redis_state == "up"

    two(story, redis_url)


def test_a_view_only_looked_at_elsewhere_is_rendered_too(redis_url: str) -> None:
    async def story(some: Processes, one: Hub, other: Hub) -> None:
        far = Screen(other.connect(ROOM, yes))
        await far.until(lambda: bool(far.frames))
        some.source.version = 2
        await far.until(lambda: far.cells.get("n") == "2")
        late = Screen(other.connect(ROOM, yes))
        await late.until(lambda: bool(late.frames))
        assert late.cells == far.cells
        other.disconnect(far.viewer)
        other.disconnect(late.viewer)
        await eventually(lambda: not one._pictures)

    two(story, redis_url)


def test_polling_works_in_every_process(redis_url: str) -> None:
    async def story(some: Processes, one: Hub, other: Hub) -> None:
        body = await other.poll(ROOM)
        assert one.boot.encode() in body

    two(story, redis_url)


def test_when_the_holder_dies_another_takes_over_with_a_whole_picture(redis_url: str) -> None:
    async def story(some: Processes, one: Hub, other: Hub) -> None:
        far = Screen(other.connect(ROOM, yes))
        await far.until(lambda: bool(far.frames))
        # As after kill -9: nothing is given back, the lease runs out.
        one._relay.holder = False  # type: ignore[union-attr]
        for task in one._tasks:
            task.cancel()
        some.source.version = 5
        await far.until(lambda: far.cells.get("n") == "5")
        assert far.boot == other.boot
        assert "p" not in next(frame for frame in far.frames if frame["boot"] == other.boot)

    two(story, redis_url)


def test_a_holder_whose_boards_fail_gives_way(redis_url: str) -> None:
    async def story() -> None:
        some, broken = Processes(redis_url), Source()
        async with some.hub(broken) as one, some.hub() as other:
            await eventually(lambda: holders(one, other) == [True, False])
            near, far = Screen(one.connect(ROOM, yes)), Screen(other.connect(ROOM, yes))
            await near.until(lambda: bool(near.frames))
            broken.fails = OSError("database is down")
            await eventually(lambda: holders(one, other) == [False, True])
            some.source.version = 9
            await near.until(lambda: near.cells.get("n") == "9")
            await far.until(lambda: far.cells.get("n") == "9")
            await near.until(lambda: bool(near.beats) and "stuck" not in near.beats[-1])

    run(story)


def test_without_redis_every_process_renders_and_finds_back(own_redis: RedisServer) -> None:
    async def story(some: Processes, one: Hub, other: Hub) -> None:
        near, far = Screen(one.connect(ROOM, yes)), Screen(other.connect(ROOM, yes))
        await near.until(lambda: bool(near.frames))
        await far.until(lambda: bool(far.frames))
        await asyncio.to_thread(own_redis.stop)
        await eventually(lambda: one.redis_state == other.redis_state == "down", 8)
        some.source.version = 2
        await near.until(lambda: near.cells.get("n") == "2")
        await far.until(lambda: far.cells.get("n") == "2")
        assert far.boot == other.boot
        await asyncio.to_thread(own_redis.start)
        await eventually(lambda: one.redis_state == other.redis_state == "up", 8)
        await eventually(lambda: sum(holders(one, other)) == 1)
        some.source.version = 3
        await near.until(lambda: near.cells.get("n") == "3")
        await far.until(lambda: far.cells.get("n") == "3")
        await far.until(lambda: far.boot == near.boot)
        await near.until(lambda: far.boot == near.boot)

    two(story, own_redis.url)


def test_a_process_that_starts_without_redis_serves(own_redis: RedisServer) -> None:
    own_redis.stop()

    async def story() -> None:
        some = Processes(own_redis.url)
        async with some.hub() as hub:
            assert hub.redis_state == "down"
            screen = Screen(hub.connect(ROOM, yes))
            await screen.until(lambda: bool(screen.frames))

    run(story)


def test_a_frame_that_was_missed_is_made_good(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(some: Processes, one: Hub, other: Hub) -> None:
        far = Screen(other.connect(ROOM, yes))
        await far.until(lambda: bool(far.frames))
        assert one._relay is not None
        lost: list[bytes] = []
        with monkeypatch.context() as patch:
            patch.setattr(one._relay, "publish", lambda view, data: lost.append(data))
            some.source.version = 2
            await eventually(lambda: bool(lost))
        # Nothing else changes: only the announcement of what it holds can bring the whole picture.
        await far.until(lambda: far.cells.get("n") == "2")

    two(story, redis_url)


def test_garbage_on_the_channels_harms_nobody(redis_url: str) -> None:
    import redis

    async def story(some: Processes, one: Hub, other: Hub) -> None:
        client = redis.Redis.from_url(redis_url)
        for channel in ("want", "frame:room||id", "frame:x", "frame:room||id", "other"):
            for data in (
                b"",
                b"\xff",
                b"[]",
                b"{}",
                b'{"from":"x","views":{"a":"b"}}',
                b'{"boot":1,"v":"x","p":0}',
            ):
                client.publish(some.prefix + channel, data)
        client.close()
        far = Screen(other.connect(ROOM, yes))
        await far.until(lambda: bool(far.frames))
        some.source.version = 2
        await far.until(lambda: far.cells.get("n") == "2")

    two(story, redis_url)
