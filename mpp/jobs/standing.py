"""The standing jobs of an installation."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

from mpp.jobs import Job
from mpp.live.closing import close_due
from mpp.live.description import load_file
from mpp.live.rebuild import refold_since
from mpp.mall.mistakes import DescriptionError
from mpp.store import Store

log = logging.getLogger(__name__)


def standing(store: Store, description: Path) -> list[Job]:
    """Closing of days, and following the mall's description when its file changes."""
    return [
        Job("closing", 30.0, lambda now: _closing(store, now)),
        Job("description", 5.0, Follower(store, description)),
    ]


def _closing(store: Store, now: datetime) -> str | None:
    closed = close_due(store, now)
    return f"closed {closed} open legs" if closed else None


class Follower:
    """Loads the description again when its file changed. A faulty file changes nothing: the
    version in force stays, and ``mistakes`` says what is wrong until it is mended."""

    def __init__(self, store: Store, path: Path) -> None:
        self.store, self.path = store, path
        self.mistakes: tuple[str, ...] = ()
        self._seen: tuple[float, int] | None = None

    def __call__(self, now: datetime) -> str | None:
        """Load the file if it changed since the last call; says what happened."""
        try:
            stat = self.path.stat()
        except OSError:
            return None
        mark = (stat.st_mtime, stat.st_size)
        if mark == self._seen:
            return None
        self._seen = mark
        return self.load(now)

    def load(self, now: datetime) -> str | None:
        """Load the file now; today's legs are judged anew when it says something new."""
        try:
            loaded = load_file(self.store, self.path, now)
        except DescriptionError as error:
            self.mistakes = tuple(str(mistake) for mistake in error.mistakes)
            for mistake in self.mistakes:
                log.warning("mistake in the mall's description: %s", mistake)
            return None
        self.mistakes = ()
        if not loaded.changed:
            return None
        if loaded.valid_from is not None:
            refold_since(self.store, loaded.valid_from, now)
        return f"description version {loaded.version} is in force"
