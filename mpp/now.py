"""The one clock of the product. Everything that needs the present instant is handed a Now."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Now:
    """The real clock, or one moved for the demo and replay: ``base`` at real instant ``anchor``
    (seconds since the epoch), running ``speed`` times as fast."""

    base: datetime | None = None
    anchor: float = 0.0
    speed: float = 1.0

    def __call__(self) -> datetime:
        """The present instant, aware UTC."""
        if self.base is None:
            return datetime.now(UTC)
        return self.base + timedelta(seconds=(time.time() - self.anchor) * self.speed)

    @classmethod
    def starting_at(cls, base: datetime, speed: float = 1.0) -> Now:
        """A clock that shows ``base`` (aware) now and runs ``speed`` times as fast from here."""
        return cls(base.astimezone(UTC), time.time(), speed)
