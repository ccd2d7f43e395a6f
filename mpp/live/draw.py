"""Drawing: board and views, in a thread of their own, so that neither delays a stream."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from mpp.i18n import Words
from mpp.live.frames import Wire, wire_cells
from mpp.live.model import Board
from mpp.live.views import View, Views

log = logging.getLogger(__name__)

T = TypeVar("T")
Drawn = dict[View, dict[str, Wire]]
"""Views with their cells."""

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


class _Last(NamedTuple):
    """Which board a view was drawn from, when it was drawn and when last looked at whether it must be
    (monotonic), and what it was made of."""

    version: int
    at: float
    looked: float
    basis: object | None


class Drawer:
    """Draws the wanted views whose board's version has moved."""

    def __init__(self, source: BoardSource, views: Views, words_for: Callable[[str], Words]) -> None:
        #: Views whose function fails -> the product's time when it began: their screens keep an old
        #: picture and are told so.
        self.failing: dict[View, datetime] = {}
        #: Seconds the last drawing took, board included, patient views not.
        self.seconds = 0.0
        self._source, self._views, self._words_for = source, views, words_for
        self._drawn: dict[View, _Last] = {}
        self._complaints = Complaints()

    def start(self) -> None:
        """Begin, or begin again after :meth:`stop`."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="live-board")

    def forget(self) -> None:
        """Draw everything next time, whatever the board's version."""
        self._drawn = {}

    async def draw(self, wanted: set[View], missing: set[View]) -> AsyncGenerator[Drawn, None]:
        """The cells of those ``wanted`` views that the board has moved for since they were drawn, of the
        ``missing`` ones and of those that failed: first all that cannot wait, then one by one the patient
        ones, so that in between the first are on their way. Raises what the board's source raises."""
        began = time.perf_counter()
        board, drawn = await self._in_thread(self._at_once, wanted, missing)
        self.seconds = time.perf_counter() - began
        yield drawn
        await asyncio.sleep(0)  # their streams send before the thread wants the interpreter again
        waiting = self._patient(board, wanted)
        while (one := await self._in_thread(self._next, waiting, board)) is not None:
            yield one

    def stop(self) -> None:
        """No drawing after this; one under way is not waited for."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _in_thread(self, job: Callable[..., T], *given: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, job, *given)

    def _at_once(self, wanted: set[View], missing: set[View]) -> tuple[Board, Drawn]:
        """The board, and the views that nobody has a picture of and those that are not patient."""
        board = self._source.board()
        self._drawn = {view: one for view, one in self._drawn.items() if view in wanted}
        self.failing = {view: at for view, at in self.failing.items() if view in wanted}
        due = (missing | set(self.failing)) & wanted
        due |= {view for view in self._moved(board, wanted) if not self._views.patient(view)}
        drawn: Drawn = {}
        for view in due:
            drawn |= self._cells(view, board, self._basis(view, board))
        return board, drawn

    def _next(self, waiting: Iterator[tuple[View, object | None]], board: Board) -> Drawn | None:
        """The next of the patient views; None when there is none or no time is left."""
        found = next(waiting, None)
        return None if found is None else self._cells(found[0], board, found[1])

    def _patient(self, board: Board, wanted: set[View]) -> Iterator[tuple[View, object | None]]:
        """As many of the patient views as there is time for, each with its basis, the longest not looked at
        first: else those without news would keep those with news waiting."""
        began = time.monotonic()
        moved = [view for view in self._moved(board, wanted) if self._views.patient(view)]
        # One that fails was tried with those that cannot wait.
        waiting = [(self._drawn.get(view), view) for view in moved if view not in self.failing]
        for known, view in sorted(waiting, key=lambda one: one[0].looked if one[0] else float("-inf")):
            now = time.monotonic()
            if now - began > PATIENT_S:
                return
            if known is not None and now - known.at < PATIENT_EVERY_S:
                continue
            basis = self._basis(view, board)
            if known is not None and known.basis == basis:
                self._drawn[view] = known._replace(version=board.version, looked=now)
                continue
            yield view, basis

    def _moved(self, board: Board, wanted: set[View]) -> list[View]:
        """Those of ``wanted`` that were drawn from another board, or never."""
        return [
            view for view in wanted if view not in self._drawn or self._drawn[view].version != board.version
        ]

    def _cells(self, view: View, board: Board, basis: object | None) -> Drawn:
        """The picture of one view; nothing where its function fails."""
        try:
            made = wire_cells(self._views.cells(view, board, self._words_for(view.locale)))
        except Exception as trouble:  # noqa: BLE001 one broken page must not stop the others
            self._complaints.log(
                view.key, f"live view {view.key} failed; its screens keep their picture", trouble
            )
            self.failing = {view: board.now} | self.failing
            return {}
        now = time.monotonic()
        self._drawn[view] = _Last(board.version, now, now, basis)
        self.failing = {other: at for other, at in self.failing.items() if other != view}
        return {view: made}

    def _basis(self, view: View, board: Board) -> object | None:
        try:
            return self._views.basis(view, board)
        except Exception:  # noqa: BLE001 drawing it will fail as well, and say so
            return object()
