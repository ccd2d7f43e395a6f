"""Many screens that look: raw stream clients with the manners of assets/live.js
(`python -m benchmarks.live_viewers`). Light, so that the machine is left to the server.

One process; asked `state` on its standard input it answers with counts and with the instants at
which its viewers last became live, and it ends when that is closed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from typing import Any

WALL = "/live/ruang-kendali?locale=id"
#: The rule of live.js: re-open after 1 s ± 0.5, give up a connect after 5 s, a silent stream after 12 s.
REOPEN_S, CONNECT_S, SILENCE_S = (0.5, 1.5), 5.0, 12.0
CLOSE = b"event: end\n"
OK = b"HTTP/1.1 200"


class Stream(asyncio.Protocol):
    """One open stream."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._head = b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._viewer.request)

    def data_received(self, data: bytes) -> None:
        viewer = self._viewer
        viewer.heard = time.monotonic()
        viewer.bytes += len(data)
        if len(self._head) < len(OK):
            self._head += data[: len(OK)]
            if not OK.startswith(self._head[: len(OK)]):
                viewer.refused += 1
                self._abort()
                return
        if b'"set":' in data:
            viewer.frames += data.count(b"\nid: ") or 1
            if viewer.live_at is None:
                viewer.live_at = time.time()
        if CLOSE in data:
            self._abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 the base class's name
        self._viewer.lost()

    def _abort(self) -> None:
        if self.transport is not None:
            self.transport.abort()


class Viewer:
    """One screen: opens its stream for ever."""

    def __init__(self, host: str, port: int, path: str, cookie: str) -> None:
        self._host, self._port = host, port
        head = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: text/event-stream\r\n"
        self.request = f"{head}Cookie: {cookie}\r\n\r\n".encode()
        self.bytes = self.frames = self.refused = 0
        self.opened = 0
        self.heard = time.monotonic()
        self.live_at: float | None = None
        self._over = asyncio.Event()

    def lost(self) -> None:
        """The stream is over."""
        self.live_at = None
        self._over.set()

    async def look(self) -> None:
        """Open, watch, re-open."""
        loop = asyncio.get_running_loop()
        while True:
            self._over.clear()
            try:
                async with asyncio.timeout(CONNECT_S):
                    transport, _ = await loop.create_connection(lambda: Stream(self), self._host, self._port)
                self.opened += 1
                self.heard = time.monotonic()
                await self._watch(transport)
            except (OSError, TimeoutError):
                pass
            await asyncio.sleep(random.uniform(*REOPEN_S))

    async def _watch(self, transport: asyncio.Transport) -> None:
        while not self._over.is_set():
            try:
                async with asyncio.timeout(SILENCE_S):
                    await self._over.wait()
            except TimeoutError:
                if time.monotonic() - self.heard > SILENCE_S:
                    transport.abort()


def state(viewers: list[Viewer]) -> dict[str, Any]:
    """Counts over all viewers."""
    return {
        "live": sum(one.live_at is not None for one in viewers),
        "live_at": sorted(one.live_at for one in viewers if one.live_at is not None),
        "opened": sum(one.opened for one in viewers),
        "refused": sum(one.refused for one in viewers),
        "frames": sum(one.frames for one in viewers),
        "bytes": sum(one.bytes for one in viewers),
    }


async def run(ports: list[int], count: int, looks: list[tuple[str, str]]) -> None:
    """Look until standard input is closed; viewers are dealt out to the ports, and to what they look at
    (path and cookie), in turn."""
    viewers = [Viewer("127.0.0.1", ports[i % len(ports)], *looks[i % len(looks)]) for i in range(count)]
    tasks = []
    for place, viewer in enumerate(viewers):
        tasks.append(asyncio.create_task(viewer.look()))
        if place % 20 == 19:
            await asyncio.sleep(0.02)
    asked = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    while await asked.readline():
        print(json.dumps(state(viewers)), flush=True)
    for task in tasks:
        task.cancel()


def serve() -> None:
    """The viewers' process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--ports", type=int, nargs="+", required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--look", nargs=2, action="append", metavar=("PATH", "COOKIE"))
    given = parser.parse_args()
    asyncio.run(run(given.ports, given.count, given.look))


if __name__ == "__main__":
    serve()
