"""The one clock of the product. Everything that needs the present instant is handed a Now."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Now:
    """The real clock, or one moved for the demo and replay: ``base`` at real instant ``anchor``
    (seconds since the epoch), running ``speed`` times as fast and standing still at ``end``."""

    base: datetime | None = None
    anchor: float = 0.0
    speed: float = 1.0
    end: datetime | None = None

    def __call__(self) -> datetime:
        """The present instant, aware UTC."""
        if self.base is None:
            return datetime.now(UTC)
        shown = self.base + timedelta(seconds=(time.time() - self.anchor) * self.speed)
        return shown if self.end is None else min(shown, self.end)

    @classmethod
    def starting_at(cls, base: datetime, speed: float = 1.0, end: datetime | None = None) -> Now:
        """A clock that shows ``base`` (aware) now, runs ``speed`` times as fast from here and
        stands still at ``end``."""
        return cls(base.astimezone(UTC), time.time(), speed, end)
