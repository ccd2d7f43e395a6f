"""One open stream: a bounded queue of ready messages between the hub and a screen."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator

from mpp.live.views import View


class Viewer:
    """A screen that looks at ``view``. Belongs to the hub's event loop.

    When the queue is full the screen lags: what is queued is dropped and the next message it gets
    is a whole picture (``whole``), so no change is ever skipped.
    """

    def __init__(
        self, view: View, whole: Callable[[], bytes], allowed: Callable[[], bool], *, limit: int
    ) -> None:
        self.view = view
        self.allowed = allowed
        self.lagged = 0
        #: Loop time at which the present send began; None while nothing is being sent.
        self.sending_since: float | None = None
        self.task: asyncio.Task[object] | None = None
        self._whole = whole
        self._limit = limit
        self._queue: deque[bytes] = deque()
        self._behind = False
        self._last: bytes | None = None
        self._closed = False
        self._wake = asyncio.Event()

    def push(self, message: bytes) -> None:
        """Hand over a message; never blocks."""
        if self._closed or self._behind:
            return
        if len(self._queue) >= self._limit:
            self._queue.clear()
            self._behind = True
            self.lagged += 1
        else:
            self._queue.append(message)
        self._wake.set()

    def beat(self, message: bytes) -> None:
        """Hand over a beat: worth nothing to a screen that has not taken the last messages yet."""
        if len(self._queue) < self._limit and not self._behind:
            self.push(message)

    def close(self, last: bytes | None = None) -> None:
        """End the stream, after ``last``. Later calls change nothing."""
        if not self._closed:
            self._closed, self._last = True, last
            self._wake.set()

    async def next(self) -> bytes | None:
        """What to send now (all that is queued at once); None when the stream ends."""
        while True:
            self._wake.clear()
            if self._closed:
                self._queue.clear()
                last, self._last = self._last, None
                return last
            if self._behind:
                self._behind = False
                return self._whole()
            if self._queue:
                messages = b"".join(self._queue)
                self._queue.clear()
                return messages
            await self._wake.wait()


class Audience:
    """Who looks at what through this process: open streams, and polls, which count for a while."""

    def __init__(self, linger: float) -> None:
        self._linger = linger
        self._streams: dict[View, set[Viewer]] = {}
        self._polls: dict[View, float] = {}

    def __len__(self) -> int:
        """Open streams."""
        return sum(len(some) for some in self._streams.values())

    def __iter__(self) -> Iterator[Viewer]:
        return iter([viewer for some in self._streams.values() for viewer in some])

    def add(self, viewer: Viewer) -> None:
        """A stream has opened."""
        self._streams.setdefault(viewer.view, set()).add(viewer)

    def remove(self, viewer: Viewer) -> None:
        """A stream is over."""
        some = self._streams.get(viewer.view, set())
        some.discard(viewer)
        if not some:
            self._streams.pop(viewer.view, None)

    def polled(self, view: View) -> None:
        """Somebody asked for ``view`` just now."""
        self._polls[view] = time.monotonic()

    def views(self) -> set[View]:
        """Every view somebody looks at."""
        old = time.monotonic() - self._linger
        self._polls = {view: at for view, at in self._polls.items() if at > old}
        return set(self._streams) | set(self._polls)

    def of(self, view: View) -> tuple[Viewer, ...]:
        """The open streams of ``view``."""
        return tuple(self._streams.get(view, ()))
