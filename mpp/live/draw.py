"""Drawing: board and views, in a thread of their own, so that neither delays a stream."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Final, NamedTuple, Protocol

from mpp.i18n import Words
from mpp.live.frames import Wire, wire_cells
from mpp.live.model import Board
from mpp.live.views import View, Views

log = logging.getLogger(__name__)

PATIENT_S: Final = 0.03
"""So long a tick may draw views that give way to others; the rest of them come with the next ticks."""
PATIENT_EVERY_S: Final = 0.8
"""How often each of those is drawn at most."""


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


class _Drawn(NamedTuple):
    """Which board a view was drawn from, when (monotonic), and what it was made of."""

    version: int
    at: float
    basis: object | None


class Drawer:
    """Draws the wanted views whose board's version has moved."""

    def __init__(self, source: BoardSource, views: Views, words_for: Callable[[str], Words]) -> None:
        #: Views whose function fails -> the product's time when it began: their screens keep an old
        #: picture and are told so.
        self.failing: dict[View, datetime] = {}
        #: Seconds the last drawing took, board included.
        self.seconds = 0.0
        self._source, self._views, self._words_for = source, views, words_for
        self._drawn: dict[View, _Drawn] = {}
        self._complaints = Complaints()

    def start(self) -> None:
        """Begin, or begin again after :meth:`stop`."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="live-board")

    def forget(self) -> None:
        """Draw everything next time, whatever the board's version."""
        self._drawn = {}

    async def draw(self, wanted: set[View], missing: set[View]) -> dict[View, dict[str, Wire]]:
        """The cells of those ``wanted`` views that the board has moved for since they were drawn, of the
        ``missing`` ones and of those that failed. Raises what the board's source raises."""
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
        before = {view: one for view, one in self._drawn.items() if view in wanted}
        drawn, failing = {}, {view: at for view, at in self.failing.items() if view in wanted}
        for view, basis in self._due(board, wanted, missing | set(failing), before):
            try:
                words = self._words_for(view.locale)
                drawn[view] = wire_cells(self._views.cells(view, board, words))
                before[view] = _Drawn(board.version, time.monotonic(), basis)
                failing.pop(view, None)
            except Exception as trouble:  # noqa: BLE001 one broken page must not stop the others
                self._complaints.log(
                    view.key, f"live view {view.key} failed; its screens keep their picture", trouble
                )
                failing.setdefault(view, board.now)
        self._drawn, self.failing = before, failing
        return drawn

    def _due(
        self, board: Board, wanted: set[View], fresh: set[View], before: dict[View, _Drawn]
    ) -> Iterator[tuple[View, object | None]]:
        """The views to draw, each with its basis: those that nobody has a picture of, those that cannot
        wait, then as many of the patient ones as there is time for, the longest undrawn first."""
        moved = [view for view in wanted if view not in before or before[view].version != board.version]
        patient = [view for view in moved if self._views.patient(view) and view not in fresh]
        for view in (fresh & wanted) | (set(moved) - set(patient)):
            yield view, self._basis(view, board)
        began = time.monotonic()
        waiting = [(before[view].at if view in before else float("-inf"), view) for view in patient]
        for at, view in sorted(waiting):
            now = time.monotonic()
            if now - began > PATIENT_S or now - at < PATIENT_EVERY_S:
                return
            basis = self._basis(view, board)
            known = before.get(view)
            if known is not None and known.basis == basis:
                before[view] = known._replace(version=board.version)
                continue
            yield view, basis

    def _basis(self, view: View, board: Board) -> object | None:
        try:
            return self._views.basis(view, board)
        except Exception:  # noqa: BLE001 drawing it will fail as well, and say so
            return object()
