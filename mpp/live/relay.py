"""Frames between processes through Redis: one lease holder renders, the others pass its bytes on.

Every process announces once a second which views it has viewers for and which picture of them it
holds (channel ``want``); the holder publishes each frame once (channel ``frame:<view>``) and, to
whoever has no picture or an old one, the whole picture. The lease is a key with an expiry: a holder
that dies, or whose boards fail, loses it and another process takes over with a boot of its own, so
its first frame is a whole picture. Without Redis every process renders by itself: losing Redis
costs work and nothing a viewer could see.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import time
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from mpp.live.frames import Frame, encode
from mpp.live.tasks import end
from mpp.live.views import View

log = logging.getLogger(__name__)

#: What may go wrong on the way to Redis.
TROUBLE = (RedisError, OSError, TimeoutError)

#: Prolong the lease if it is (still) ours, take it if it is free: 1 ours, 0 somebody else's.
TAKE = """
local holder = redis.call('get', KEYS[1])
if holder == ARGV[1] or not holder then
  redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return 1
end
return 0
"""
RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


class Process(Protocol):
    """What the relay needs of the hub."""

    @property
    def healthy(self) -> bool:
        """Whether boards come."""

    def wants(self) -> dict[str, str]:
        """View keys with local viewers -> ``boot-v`` of the picture held, or ''."""

    def asked(self, view: View, holds: str) -> Frame | None:
        """The whole picture, where ``holds`` is not the present one."""

    def receive(self, view: View, data: bytes) -> bool:
        """A frame has come; False when it does not fit."""

    def follow(self) -> None:
        """Another process holds the lease and is well."""


class Relay:
    """One process's side of it. Belongs to the hub's event loop."""

    def __init__(self, url: str, *, prefix: str = "mpp:live:", lease_s: float = 2.0) -> None:
        #: connecting, up or down.
        self.state = "connecting"
        #: Whether this process holds the lease and so renders for all.
        self.holder = False
        self._url, self._prefix, self._lease_s = url, prefix, lease_s
        self._id = secrets.token_hex(8)
        self._rest_until = 0.0
        self._heard_at = 0.0
        self._wanted: dict[str, float] = {}
        self._out: deque[tuple[str, bytes]] = deque(maxlen=1000)
        self._filled = asyncio.Event()
        self._hear = asyncio.Event()

    def wanted(self) -> set[View]:
        """Views other processes have viewers for: announced in the last three seconds."""
        late = time.monotonic() - 3.0
        self._wanted = {key: at for key, at in self._wanted.items() if at > late}
        return {View.from_key(key) for key in self._wanted}

    def publish(self, view: View, data: bytes) -> None:
        """Send a frame to the others, in order, without waiting."""
        self._out.append((f"{self._prefix}frame:{view.key}", data))
        self._filled.set()

    def ask(self) -> None:
        """Announce at once what this process wants."""
        self._hear.set()

    async def run(self, hub: Process) -> None:
        """Hold, send, announce and listen until cancelled; Redis may come and go."""
        redis = Redis.from_url(self._url, socket_timeout=1.0, socket_connect_timeout=1.0)
        ears = Redis.from_url(self._url, socket_connect_timeout=1.0, health_check_interval=5)
        jobs = (
            lambda: self._hold(redis, hub),
            lambda: self._send(redis),
            lambda: self._announce(redis, hub),
            lambda: self._listen(ears, hub),
        )
        tasks = [asyncio.create_task(self._for_ever(job)) for job in jobs]
        try:
            await asyncio.wait(tasks)
        finally:
            await end(tasks, again=1.0)
            await self._leave(redis)
            await ears.aclose()

    async def _for_ever(self, job: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """No surprise may end a job for good."""
        while True:
            try:
                await job()
            except Exception as trouble:
                log.exception("live relay failed; trying again")
                self._down(trouble)
            await asyncio.sleep(1.0)

    async def _leave(self, redis: Redis) -> None:
        """Give the lease back, so that another process takes over at once."""
        try:
            if self.holder:
                async with asyncio.timeout(0.5):
                    await redis.eval(RELEASE, 1, f"{self._prefix}lease", self._id)
            self.holder = False
            await redis.aclose()
        except TROUBLE:
            log.info("live relay: Redis is gone, the lease will expire by itself")

    # -- the lease ---------------------------------------------------------------------------------

    async def _hold(self, redis: Redis, hub: Process) -> None:
        while True:
            try:
                await self._hold_once(redis, hub)
                self._up()
            except TROUBLE as trouble:
                self._down(trouble)
            await asyncio.sleep(self._lease_s / 4)

    async def _hold_once(self, redis: Redis, hub: Process) -> None:
        key = f"{self._prefix}lease"
        if self.holder and not hub.healthy:
            # Boards fail here: let a process try that may have better luck, and stand back a while.
            self.holder = False
            self._rest_until = time.monotonic() + 5.0
            await redis.eval(RELEASE, 1, key, self._id)
        if time.monotonic() < self._rest_until:
            if await redis.exists(key):
                self._follow(hub)
            return
        mine = await redis.eval(TAKE, 1, key, self._id, str(round(self._lease_s * 1000)))
        took, self.holder = bool(mine) and not self.holder, bool(mine)
        if took:
            log.info("live relay: this process renders for all")
            for view in self.wanted():
                hub.asked(view, "")
        if not mine:
            self._follow(hub)

    def _follow(self, hub: Process) -> None:
        """Somebody healthy renders; what is shown here is fresh if this process hears it, too."""
        if time.monotonic() - self._heard_at < 3.0:
            hub.follow()

    def _up(self) -> None:
        if self.state != "up":
            log.info("live relay: Redis is up")
            self.state = "up"
            self._hear.set()

    def _down(self, trouble: BaseException) -> None:
        if self.state != "down":
            log.warning("live relay: Redis is down (%s); every process renders by itself", trouble)
        self.state, self.holder = "down", False
        self._out.clear()

    # -- frames and wishes ---------------------------------------------------------------------------

    async def _send(self, redis: Redis) -> None:
        while True:
            await self._filled.wait()
            self._filled.clear()
            while self._out:
                channel, data = self._out.popleft()
                try:
                    await redis.publish(channel, data)
                except TROUBLE as trouble:
                    self._down(trouble)

    async def _announce(self, redis: Redis, hub: Process) -> None:
        while True:
            if self.state == "up":
                try:
                    wants = {"from": self._id, "views": hub.wants()}
                    await redis.publish(f"{self._prefix}want", encode(wants))
                except TROUBLE as trouble:
                    self._down(trouble)
            try:
                async with asyncio.timeout(1.0):
                    await self._hear.wait()
            except TimeoutError:
                continue
            self._hear.clear()

    async def _listen(self, ears: Redis, hub: Process) -> None:
        while True:
            pubsub = ears.pubsub()
            try:
                await pubsub.psubscribe(f"{self._prefix}*")
                self._hear.set()
                await self._hear_all(pubsub, hub)
            except TROUBLE as trouble:
                log.info("live relay: listening failed (%s), trying again", trouble)
            finally:
                await pubsub.aclose()
            await asyncio.sleep(self._lease_s / 4)

    async def _hear_all(self, pubsub: PubSub, hub: Process) -> None:
        while True:
            message = await pubsub.get_message(timeout=5.0)
            if message is None:
                # Its own announcements alone come every second.
                raise TimeoutError("nothing heard for 5 seconds")
            self._heard_at = time.monotonic()
            if message["type"] != "pmessage":
                continue
            channel, data = message["channel"].decode(), message["data"]
            try:
                self._heard(channel[len(self._prefix) :], data, hub)
            except (ValueError, KeyError, TypeError):
                log.exception("live relay: unreadable message on %s", channel)

    def _heard(self, channel: str, data: bytes, hub: Process) -> None:
        if channel == "want":
            body: dict[str, Any] = json.loads(data)
            if body["from"] != self._id:
                for key, holds in body["views"].items():
                    self._wish(key, holds, hub)
        elif channel.startswith("frame:") and not self.holder:
            fits = hub.receive(View.from_key(channel[len("frame:") :]), data)
            if not fits:
                self.ask()

    def _wish(self, key: str, holds: str, hub: Process) -> None:
        view = View.from_key(key)
        self._wanted[key] = time.monotonic()
        if self.holder:
            frame = hub.asked(view, holds)
            if frame is not None:
                self.publish(view, frame.json)
