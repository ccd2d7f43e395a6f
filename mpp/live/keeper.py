"""Keeps the newest board: asks for facts, rebuilds only what changed, numbers the versions."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy.exc import SQLAlchemyError

from mpp.live.agency import Part
from mpp.live.board import assemble, empty, moved, parts
from mpp.live.facts import Facts
from mpp.live.model import Board
from mpp.live.sources import agency_data

log = logging.getLogger(__name__)

FRESH_S: Final = 0.5
"""Seconds a board is given out again without asking the database: two of the hub's ticks, so that
while somebody looks the hub's board serves all, and nobody's question makes a tick miss an event."""

WHOLE_S: Final = 1.0
"""Seconds after which an agency is built anew though nothing was told, because waits grow with time
alone."""


class Reader(Protocol):
    """Where facts come from: the running mall or a replay."""

    def read(self, now: datetime) -> Facts | None:
        """The facts at ``now``; None while no mall is described."""


class Keeper:
    """The board for everybody in this process. Safe to call from several threads."""

    def __init__(
        self,
        reader: Reader,
        now: Callable[[], datetime],
        mode: str = "live",
        *,
        faulty: Callable[[], bool] = lambda: False,
        end: datetime | None = None,
        own_clock: bool = False,
    ) -> None:
        """``faulty`` says whether the description's file has mistakes, ``end`` when a replay is
        over, ``own_clock`` that ``now`` is not the real instant."""
        self.reader, self.now, self.mode = reader, now, mode
        self._faulty, self._end, self._own_clock = faulty, end, own_clock
        self.build_s = 0.0
        self._lock = threading.Lock()
        self._board: Board | None = None
        self._facts: Facts | None = None
        self._parts: dict[str, Part] = {}
        self._built: dict[str, float] = {}
        self._asked = float("-inf")

    def board(self) -> Board:
        """The board of this instant, for the hub's tick. Raises SQLAlchemy's error while the database
        does not answer: an old board must not pass for a new one."""
        with self._lock:
            return self._newest(0.0)

    def recent(self) -> Board:
        """A board at most FRESH_S old. Raises as :meth:`board`."""
        with self._lock:
            return self._newest(FRESH_S)

    def known(self) -> tuple[Facts, Board] | None:
        """A recent board with the facts it was built from; None while no mall is described. Raises as
        :meth:`board`."""
        with self._lock:
            board = self._newest(FRESH_S)
            return None if self._facts is None else (self._facts, board)

    def latest(self) -> Board:
        """A recent board, or while the database does not answer the last one there was: for drawing a
        page, which its live stream then tells that it is cut off."""
        try:
            return self.recent()
        except SQLAlchemyError as error:
            log.warning("the database does not answer: %s", str(error).splitlines()[0])
            return self._board or self._empty(self.now())

    def _newest(self, fresh_s: float) -> Board:
        clock = time.monotonic()
        if self._board is None or clock - self._asked >= fresh_s:
            self._board = moved(self._board, self._renew(clock))
            self._asked = clock
            self.build_s = time.monotonic() - clock
        return self._board

    def _renew(self, clock: float) -> Board:
        now = self.now()
        facts = self.reader.read(now)
        if facts is None:
            self._facts = None
            return self._empty(now)
        due = self._due(facts, clock)
        if due is None:
            self._parts = parts(facts, now)
            self._built = dict.fromkeys(self._parts, clock)
        elif due:
            self._parts |= parts(facts, now, due)
            self._built |= dict.fromkeys(due, clock)
        self._facts = facts
        board = replace(assemble(facts, self._parts, now), own_clock=self._own_clock)
        return board if self._end is None or now < self._end else replace(board, mode="ended")

    def _due(self, facts: Facts, clock: float) -> list[str] | None:
        """The agencies to build anew, None for all of them: a source writes for many agencies and
        mostly changes few."""
        last, changed = self._facts, facts.changed
        if last is None or changed is None or facts.judge is not last.judge or facts.day != last.day:
            return None

        def told(code: str) -> bool:
            if facts.agencies.get(code) != last.agencies.get(code):
                return True
            return agency_data(facts, code, facts.at).state != self._parts[code].now.data

        return [
            code
            for code, built in self._built.items()
            if clock - built >= WHOLE_S or (code in changed and told(code))
        ]

    def _empty(self, now: datetime) -> Board:
        return empty(now, self.mode, "faulty" if self._faulty() else "none")
