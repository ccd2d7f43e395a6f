"""Remembers what was drawn of a part of the board until that part changes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final, TypeVar

T = TypeVar("T")
S = TypeVar("S")

MOST: Final = 5000
"""More entries than any mall needs: descriptions that change for years must not pile up."""


class Kept:
    """What functions made of values that have not changed since. The parts of a board whose agency had
    no news are the same objects, so most of a picture costs a look."""

    def __init__(self) -> None:
        self._made: dict[Hashable, tuple[object, object]] = {}

    def of(self, key: Hashable, source: S, make: Callable[[S], T]) -> T:
        """``make(source)``, remembered under ``key`` as long as ``source`` stays equal."""
        known = self._made.get(key)
        if known is not None and (known[0] is source or known[0] == source):
            return known[1]  # type: ignore[return-value]
        made = make(source)
        if len(self._made) >= MOST:
            self._made.clear()
        self._made[key] = (source, made)
        return made
