"""Drawing: board and views, in a thread of their own, so that neither delays a stream."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Protocol

from mpp.i18n import Words
from mpp.live.frames import Wire, wire_cells
from mpp.live.model import Board
from mpp.live.views import View, Views

log = logging.getLogger(__name__)


class BoardSource(Protocol):
    """Where boards come from. ``board()`` is called in a thread of the hub, several times a second,
    and is cheap when nothing happened: same version, same content apart from ``now``."""

    def board(self) -> Board:
        """The board of this moment."""


class Complaints:
    """Logs trouble, the same at most once a minute."""

    def __init__(self) -> None:
        self._at: dict[str, float] = {}

    def log(self, what: str, message: str, trouble: BaseException) -> None:
        """``what`` says which complaints are the same."""
        now = time.monotonic()
        if now - self._at.get(what, -60.0) >= 60:
            self._at = {key: at for key, at in self._at.items() if now - at < 60} | {what: now}
            log.error(message, exc_info=trouble)


class Drawer:
    """Draws the wanted views when the board's version has moved."""

    def __init__(self, source: BoardSource, views: Views, words_for: Callable[[str], Words]) -> None:
        #: Views whose function fails -> the product's time when it began: their screens keep an old
        #: picture and are told so.
        self.failing: dict[View, datetime] = {}
        #: Seconds the last drawing took, board included.
        self.seconds = 0.0
        self._source, self._views, self._words_for = source, views, words_for
        self._version: int | None = None
        self._complaints = Complaints()

    def start(self) -> None:
        """Begin, or begin again after :meth:`stop`."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="live-board")

    def forget(self) -> None:
        """Draw everything next time, whatever the board's version."""
        self._version = None

    async def draw(self, wanted: set[View], missing: set[View]) -> dict[View, dict[str, Wire]]:
        """The cells of the ``wanted`` views if the board has moved since the last call, else of the
        ``missing`` ones and those that failed. Raises what the board's source raises."""
        began = time.perf_counter()
        loop = asyncio.get_running_loop()
        drawn = await loop.run_in_executor(self._thread, self._draw, wanted, missing)
        self.seconds = time.perf_counter() - began
        return drawn

    def stop(self) -> None:
        """No drawing after this; one under way is not waited for."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _draw(self, wanted: set[View], missing: set[View]) -> dict[View, dict[str, Wire]]:
        board = self._source.board()
        due = wanted if board.version != self._version else (missing | set(self.failing)) & wanted
        drawn, failing = {}, {view: at for view, at in self.failing.items() if view in wanted}
        for view in due:
            try:
                words = self._words_for(view.locale)
                drawn[view] = wire_cells(self._views.cells(view, board, words))
                failing.pop(view, None)
            except Exception as trouble:  # noqa: BLE001 one broken page must not stop the others
                self._complaints.log(
                    view.key, f"live view {view.key} failed; its screens keep their picture", trouble
                )
                failing.setdefault(view, board.now)
        self._version, self.failing = board.version, failing
        return drawn
