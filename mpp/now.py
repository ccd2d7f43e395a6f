"""The one clock of the product. Everything that needs the present instant is handed a Now."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from threading import Lock
from typing import Final

LINGER: Final = timedelta(minutes=20)
"""How long a living clock that begins outside every stretch stays there."""

_NEVER: Final = datetime.max.replace(tzinfo=UTC)

Stretches = Callable[[datetime], tuple[datetime, datetime] | None]
"""The first stretch (begin, end) that ends after an instant; None where none ever comes."""


@dataclass(frozen=True, slots=True)
class Now:
    """The real clock, or one moved for the demo and replay: ``base`` at real instant ``anchor``
    (seconds since the epoch), running ``speed`` times as fast and standing still at ``end``."""

    base: datetime | None = None
    anchor: float = 0.0
    speed: float = 1.0
    end: datetime | None = None

    @property
    def own(self) -> bool:
        """Whether this is another clock than the real one."""
        return self.base is not None

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


@dataclass(frozen=True, slots=True)
class LivingNow(Now):
    """A clock that goes on with the next stretch where one ends, and so shows only those: the demo's
    open hours. It jumps forward, never back. One that begins outside every stretch stays there for
    LINGER.

    The machine's clock is read once, when this is made; from then on it goes by time passed
    (``time.monotonic``), whatever happens to the machine's clock. Several processes agree as far as
    the machine's clock was right when each was started; one that is started after it was put back
    shows an earlier instant than those before it. While the machine sleeps, so may this clock.
    """

    after: Stretches = lambda _at: None
    _made: tuple[float, float] = field(
        default_factory=lambda: (time.time(), time.monotonic()), compare=False, repr=False
    )
    _known: list[tuple[float, datetime, datetime]] = field(default_factory=list, compare=False, repr=False)
    _lock: Lock = field(default_factory=Lock, compare=False, repr=False)

    def __call__(self) -> datetime:
        """The present instant, aware UTC."""
        real, counted = self._made
        passed = (real - self.anchor + time.monotonic() - counted) * self.speed
        with self._lock:
            while self._extend(passed):
                pass
            # Stretches passed long ago are looked up, not counted through: a wall runs for months.
            since, begin, _ = self._known[max(bisect_right(self._known, passed, key=itemgetter(0)) - 1, 0)]
        return begin + timedelta(seconds=passed - since)

    def _extend(self, passed: float) -> bool:
        """Add the next stretch if the known ones are over ``passed`` seconds after the start."""
        if not self._known:
            if self.base is None:
                raise ValueError("a living clock needs the instant it begins with")
            found = self.after(self.base)
            inside = found is not None and found[0] <= self.base
            self._known.append((0.0, self.base, found[1] if found and inside else self.base + LINGER))
            return True
        since, begin, end = self._known[-1]
        until = since + (end - begin).total_seconds()
        if passed < until:
            return False
        found = self.after(end)
        self._known.append((until, max(found[0], end), found[1]) if found else (until, end, _NEVER))
        return True
