"""Officers on duty in a demo: they take about half of the actions, some minutes after they began."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from types import MappingProxyType
from typing import Final

from mpp.live.actions import take
from mpp.live.model import ActionNow, Board
from mpp.store import Store

WHO: Final = "Petugas piket"
TAKEN: Final = 0.5
NOTES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "not_opened": "sudah ditelepon",
        "nobody_serving": "petugas dalam perjalanan",
        "priority": "petugas dalam perjalanan",
        "system": "sudah diumumkan",
        "over": "sudah ditelepon",
        "unfinished": "sudah diumumkan",
        "silent": "sedang diperbaiki",
    }
)
"""What the officer on duty notes, by rule; what is not here is nobody's to take. They are texts that the
form offers, so that a screen says them in its own language."""

LONG: Final = ("not_opened", "silent")
"""Nobody can say for how long."""


class Duty:
    """Takes actions on the board as a job. Which and when follows from the seed and the episode."""

    def __init__(self, store: Store, board: Callable[[], Board], seed: int) -> None:
        self.store, self.board, self.seed = store, board, seed
        self._seen: set[str] = set()

    def run(self, now: datetime) -> None:
        """Take what is due by ``now``; each episode once."""
        self.see(self.board(), now)

    def see(self, board: Board, now: datetime) -> None:
        """Take what is due on a board at ``now``. An action that ended since the board was drawn is
        left alone; what could not be written is tried again."""
        for action in board.actions:
            due = self._due(action)
            if due is None or due > now or action.episode in self._seen or action.ended is not None:
                continue
            if action.taken is None:
                try:
                    self._take(action, now)
                except LookupError:
                    continue
            self._seen.add(action.episode)

    def _take(self, action: ActionNow, now: datetime) -> None:
        take(
            self.store,
            now,
            episode=action.episode,
            who=WHO,
            note=NOTES[action.rule],
            minutes=None if action.rule in LONG else 45,
            id=f"duty:{action.episode}",
        )

    def _due(self, action: ActionNow) -> datetime | None:
        dice = Random(f"{self.seed}:{action.episode}")  # noqa: S311 a simulation, not a secret
        if action.rule not in NOTES or dice.random() >= TAKEN:
            return None
        # An agency that has not opened is on the wall ten minutes after it should have.
        return action.since + timedelta(minutes=dice.randrange(12, 24))
