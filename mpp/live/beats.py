"""What every open stream gets without a change on its page: a beat, the question whether it may still
look, and its end when it takes nothing any more."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from mpp.live.draw import Complaints
from mpp.live.frames import encode, sse
from mpp.live.tasks import end
from mpp.live.viewers import Audience
from mpp.live.views import View

T = TypeVar("T")


class Beats:
    """Goes round the open streams of ``audience``. ``message`` makes the beat of a view; every
    ``beat`` seconds it is sent and who has taken nothing for ``stalled`` seconds is dropped, every
    ``recheck`` seconds access is asked anew. Belongs to the hub's event loop."""

    def __init__(
        self,
        audience: Audience,
        message: Callable[[View], bytes],
        *,
        beat: float,
        recheck: float,
        stalled: float,
    ) -> None:
        self._audience, self._message = audience, message
        self._rounds = ((beat, self._beat), (recheck, self._recheck))
        self._stalled = stalled
        self._complaints = Complaints()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin on the running loop, or begin again after :meth:`stop`."""
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="live-access")
        self._tasks = [asyncio.create_task(self._every(*one)) for one in self._rounds]

    async def stop(self) -> None:
        """No beat and no check after this; one under way is not waited for."""
        await end(self._tasks)
        self._tasks = []
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def ask(self, question: Callable[[], T]) -> T:
        """Ask about access in a thread of its own kind."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, question)

    async def _beat(self) -> None:
        messages = {view: self._message(view) for view in self._audience.views()}
        now = time.monotonic()
        for viewer in self._audience:
            viewer.beat(messages[viewer.view])
            stalled = viewer.sending_since is not None and now - viewer.sending_since > self._stalled
            if stalled and viewer.task is not None:
                viewer.task.cancel()

    async def _recheck(self) -> None:
        for viewer in self._audience:
            try:
                allowed = await self.ask(viewer.allowed)
            except Exception as trouble:  # noqa: BLE001 a database that is down revokes nobody: the screen stays up
                self._complaints.log("access", "live access check failed; the stream goes on", trouble)
                continue
            if not allowed:
                viewer.close(sse(encode({"why": "access"}), event="end"))

    async def _every(self, seconds: float, job: Callable[[], Coroutine[Any, Any, None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await job()
            except Exception as trouble:  # noqa: BLE001 the next round may go well
                self._complaints.log(job.__name__, f"live {job.__name__} failed; trying again", trouble)
