"""The push: one hub per process hands the pictures of the live views to the screens that look.

The hub ticks only while somebody looks. A tick asks the :class:`BoardSource` for the board (in the
hub's own thread), renders the views that are wanted when the board's version moved, and hands the
same bytes to every viewer of a view. With a :class:`~mpp.live.relay.Relay` only the lease holder
renders and the others pass its frames on; without Redis every process renders by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from mpp.i18n import Words
from mpp.live.beats import Beats
from mpp.live.draw import BoardSource, Complaints, Drawer
from mpp.live.frames import Frame, Picture, Wire, encode, sse
from mpp.live.relay import Relay
from mpp.live.tasks import end
from mpp.live.viewers import Audience, Viewer
from mpp.live.views import View, Views
from mpp.now import Now

T = TypeVar("T")


def ms(instant: datetime) -> int:
    """Milliseconds since the epoch."""
    return round(instant.timestamp() * 1000)


class NoPictureError(Exception):
    """No board could be built, so there is nothing to show yet."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds between ticks, beats and access checks; how long a view stays warm after its last
    poll (``linger``), how long a board may fail before screens are told (``stuck``), and how long
    a screen may take nothing before it is dropped (``stalled``)."""

    tick: float = 0.25
    beat: float = 5.0
    recheck: float = 30.0
    linger: float = 10.0
    stuck: float = 5.0
    stalled: float = 30.0


class Hub:
    """Live views of one process. Everything but :meth:`end` is used on one event loop."""

    def __init__(
        self,
        source: BoardSource,
        views: Views,
        words_for: Callable[[str], Words],
        now: Now,
        *,
        release: str,
        relay: Relay | None = None,
        timing: Timing | None = None,
        queue: int = 16,
        history: int = 120,
    ) -> None:
        self.views = views
        self.boot = secrets.token_hex(4)
        self.release = release
        #: Frames drawn here, messages handed to viewers, viewers that ever lagged: for /metrics.
        self.drawn = self.handed = self.lagged = 0
        self.drawer = Drawer(source, views, words_for)
        self._now, self._relay, self._timing = now, relay, timing or Timing()
        self._queue, self._history = queue, history
        self._audience = Audience(self._timing.linger)
        self._beats = Beats(
            self._audience,
            self._beat_message,
            beat=self._timing.beat,
            recheck=self._timing.recheck,
            stalled=self._timing.stalled,
        )
        self._pictures: dict[View, Picture] = {}
        self._arrived: dict[View, asyncio.Event] = {}
        self._born = time.monotonic()
        self._idle = True
        self._good_at, self._good_t = 0.0, 0
        self._complaints = Complaints()
        self._tasks: list[asyncio.Task[None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    # -- life ------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin on the running loop."""
        self._loop = asyncio.get_running_loop()
        self._nudge = asyncio.Event()
        self.drawer.start()
        self._beats.start()
        jobs = [self._ticks()]
        if self._relay is not None:
            jobs.append(self._relay.run(self))
        self._tasks = [asyncio.create_task(job) for job in jobs]

    async def stop(self) -> None:
        """End every stream and everything begun."""
        self._end("restart")
        await end(self._tasks)
        self._tasks = []
        await self._beats.stop()
        self.drawer.stop()
        self._loop = None

    def end(self, why: str = "restart") -> None:
        """End every open stream, from any thread or a signal handler: the server is going down."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end, why)

    def _end(self, why: str) -> None:
        for viewer in self._audience:
            viewer.close(sse(encode({"why": why}), event="end"))

    # -- screens ---------------------------------------------------------------------------------

    @property
    def viewers(self) -> int:
        """Open streams."""
        return len(self._audience)

    @property
    def redis_state(self) -> str:
        """none (not configured), connecting, up or down: for /metrics and /readyz."""
        return "none" if self._relay is None else self._relay.state

    def connect(self, view: View, allowed: Callable[[], bool]) -> Viewer:
        """A new stream; ``allowed`` is asked again in a thread every ``timing.recheck`` seconds."""

        def whole() -> bytes:
            picture = self._pictures.get(view)
            return picture.whole(self._t()).message if picture else self._beat_message(view)

        viewer = Viewer(view, whole, allowed, limit=self._queue)
        self._audience.add(viewer)
        viewer.push(self._beat_message(view))
        if view in self._pictures:
            viewer.push(whole())
        self._wanted_now(view)
        return viewer

    def disconnect(self, viewer: Viewer) -> None:
        """The stream is over."""
        self._audience.remove(viewer)
        self.lagged += bool(viewer.lagged)

    async def poll(self, view: View, boot: str = "", v: int = -1, patience: float = 5.0) -> bytes:
        """The polling form: what happened since picture ``v`` of ``boot`` or the whole picture, with
        a beat in it. Waits up to ``patience`` seconds for a first picture, then raises NoPictureError."""
        self._audience.polled(view)
        if view not in self._pictures:
            arrived = self._arrived.setdefault(view, asyncio.Event())
            self._wanted_now(view)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await arrived.wait()
        picture = self._pictures.get(view)
        if picture is None:
            raise NoPictureError(view.key)
        body: dict[str, Any] = {"boot": picture.boot, "v": picture.v, "t": self._t()}
        steps = picture.since(boot, v)
        if steps is None:
            body.update(set=picture.cells, gone=[])
        else:
            body.update(p=v, set=steps[0], gone=steps[1])
        return encode(body | {"beat": self._beat_body(view)})

    async def ask(self, question: Callable[[], T]) -> T:
        """Ask about access in a thread of the hub's own."""
        return await self._beats.ask(question)

    # -- between processes (called by the relay) ---------------------------------------------------

    @property
    def rendering(self) -> bool:
        """Whether this process draws the pictures itself."""
        return self._relay is None or self._relay.holder or self._relay.state == "down"

    @property
    def healthy(self) -> bool:
        """False while boards fail here: somebody else had better hold the lease."""
        if self._idle or self._loop is None:
            return True
        return self._loop.time() - self._good_at < self._timing.stuck

    def wants(self) -> dict[str, str]:
        """The views this process has viewers for, with the picture it holds (``boot-v`` or '')."""
        return {view.key: self._holds(view) for view in self._audience.views()}

    def asked(self, view: View, holds: str) -> Frame | None:
        """Another process wants ``view`` and holds that picture: the whole one where that is old."""
        picture = self._mine(view)
        if picture is None:
            self._nudge.set()
            return None
        return None if holds == f"{picture.boot}-{picture.v}" else picture.whole(self._t())

    def receive(self, view: View, data: bytes) -> bool:
        """A frame from the lease holder; False when it does not fit and the whole one is needed."""
        if self.rendering or view not in self._audience.views():
            return True
        body = json.loads(data)
        boot, v, p = body["boot"], body["v"], body.get("p")
        picture = self._pictures.get(view)
        if p is None:
            if picture is None or (picture.boot, picture.v) != (boot, v):
                self._show(view, Picture(boot, v, body["set"], history=self._history))
            return True
        if picture is None or picture.boot != boot or picture.v != p:
            return picture is not None and picture.boot == boot and picture.v >= v
        picture.apply(v, body["set"], body["gone"])
        self._deliver(view, sse(data, ident=f"{boot}-{v}"))
        return True

    def follow(self) -> None:
        """The lease holder was heard of a moment ago: what is shown here is fresh."""
        if self._loop is not None:
            self._good_at, self._good_t = self._loop.time(), self._t()

    # -- the tick --------------------------------------------------------------------------------

    async def _ticks(self) -> None:
        while True:
            began = time.monotonic()
            busy = True
            try:
                busy = await self._tick()
            except Exception as trouble:  # noqa: BLE001 a database that is down is up again some day
                self._complaints.log("tick", "live tick failed; trying again", trouble)
            rest = max(0.01, began + self._timing.tick - time.monotonic()) if busy else None
            # asyncio.wait_for of Python 3.11 now and then loses a cancellation; asyncio.timeout does not.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(rest):
                    await self._nudge.wait()
            self._nudge.clear()

    async def _tick(self) -> bool:
        """Draw what moved; False when nobody looks."""
        wanted = self._audience.views()
        if self._relay is not None and self._relay.holder:
            wanted |= self._relay.wanted()
        for view in [view for view in self._pictures if view not in wanted]:
            del self._pictures[view]
        self._busy(bool(wanted))
        if wanted and self.rendering:
            missing = {view for view in wanted if self._mine(view) is None}
            async with contextlib.aclosing(self.drawer.draw(wanted, missing)) as pictures:
                async for drawn in pictures:
                    self.follow()
                    for view, cells in drawn.items():
                        self._advance(view, cells)
        return bool(wanted)

    def _busy(self, busy: bool) -> None:
        """Somebody looks, or nobody does any more; time without viewers is no trouble with the board."""
        if busy and self._idle:
            self.follow()
            self.drawer.forget()
        self._idle = not busy

    def _mine(self, view: View) -> Picture | None:
        """The picture of ``view`` if it was drawn here."""
        picture = self._pictures.get(view)
        return picture if picture is not None and picture.boot == self.boot else None

    def _advance(self, view: View, cells: dict[str, Wire]) -> None:
        if not self.rendering:
            self.drawer.forget()  # the lease went while this was drawn
            return
        picture = self._mine(view)
        if picture is None:
            frame = self._show(view, Picture(self.boot, self._first(), cells, history=self._history))
        else:
            changed = picture.advance(cells, picture.v + 1, self._t())
            if changed is None:
                return
            frame = changed
            self._deliver(view, frame.message)
        self.drawn += 1
        if self._relay is not None and self._relay.holder:
            self._relay.publish(view, frame.json)

    def _show(self, view: View, picture: Picture) -> Frame:
        """Begin a new picture: everybody gets it whole."""
        self._pictures[view] = picture
        frame = picture.whole(self._t())
        self._deliver(view, frame.message)
        arrived = self._arrived.pop(view, None)
        if arrived is not None:
            arrived.set()
        return frame

    def _deliver(self, view: View, message: bytes) -> None:
        for viewer in self._audience.of(view):
            viewer.push(message)
            self.handed += 1

    # -- beats -------------------------------------------------------------------------------------

    def _beat_body(self, view: View) -> dict[str, Any]:
        """The server's time: ``t`` the product's, ``r`` the real one (ms), ``speed`` of the former,
        ``end`` where it stands still;
        ``stuck`` since when (product's time) the picture cannot be renewed, if so."""
        body = {"t": self._t(), "r": ms(Now()()), "speed": self._now.speed, "release": self.release}
        if self._now.end is not None:
            body["end"] = ms(self._now.end)
        if not self.healthy:
            return body | {"stuck": self._good_t}
        failing = self.drawer.failing.get(view)
        return body if failing is None else body | {"stuck": ms(failing)}

    def _beat_message(self, view: View) -> bytes:
        return sse(encode(self._beat_body(view)), event="beat")

    # -- small things --------------------------------------------------------------------------------

    def _t(self) -> int:
        return ms(self._now())

    def _first(self) -> int:
        """The number of a picture begun now: milliseconds of this hub. Each picture counts its own
        changes, so its numbers tell nobody how much of others' changed; ticks are 10 ms apart, so no
        picture begun anew repeats a number that its predecessor had."""
        return 1 + int((time.monotonic() - self._born) * 1000)

    def _holds(self, view: View) -> str:
        picture = self._pictures.get(view)
        return f"{picture.boot}-{picture.v}" if picture else ""

    def _wanted_now(self, view: View) -> None:
        if view not in self._pictures:
            self._nudge.set()
            if self._relay is not None and not self.rendering:
                self._relay.ask()
