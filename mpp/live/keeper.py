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

log = logging.getLogger(__name__)

FRESH_S: Final = 0.2
"""Seconds a board is given out again without asking the database."""

WHOLE_S: Final = 1.0
"""Seconds after which every agency is built anew, because waits grow with time alone."""


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
    ) -> None:
        """``faulty`` says whether the description's file has mistakes, ``end`` when a replay is
        over."""
        self.reader, self.now, self.mode = reader, now, mode
        self._faulty, self._end = faulty, end
        self.build_s = 0.0
        self._lock = threading.Lock()
        self._board: Board | None = None
        self._facts: Facts | None = None
        self._parts: dict[str, Part] = {}
        self._asked = self._whole = float("-inf")

    def board(self) -> Board:
        """The newest board, at most FRESH_S old. Raises SQLAlchemy's error while the database does
        not answer: an old board must not pass for a new one."""
        with self._lock:
            clock = time.monotonic()
            if self._board is None or clock - self._asked >= FRESH_S:
                self._board = moved(self._board, self._renew(clock))
                self._asked = clock
                self.build_s = time.monotonic() - clock
            return self._board

    def latest(self) -> Board:
        """The board, or while the database does not answer the last one there was: for drawing a
        page, which its live stream then tells that it is cut off."""
        try:
            return self.board()
        except SQLAlchemyError as error:
            log.warning("the database does not answer: %s", str(error).splitlines()[0])
            return self._board or self._empty(self.now())

    def _renew(self, clock: float) -> Board:
        now = self.now()
        facts = self.reader.read(now)
        if facts is None:
            return self._empty(now)
        last = self._facts
        other = last is None or facts.judge is not last.judge or facts.day != last.day
        if other or facts.changed is None or clock - self._whole >= WHOLE_S:
            self._parts = parts(facts, now)
            self._whole = clock
        elif facts.changed:
            self._parts |= parts(facts, now, facts.changed)
        self._facts = facts
        board = assemble(facts, self._parts, now)
        return board if self._end is None or now < self._end else replace(board, mode="ended")

    def _empty(self, now: datetime) -> Board:
        return empty(now, self.mode, "faulty" if self._faulty() else "none")
