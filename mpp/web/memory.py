"""Who was let in last, for the time the database does not answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar, cast

from sqlalchemy.exc import InterfaceError, OperationalError

from mpp.store.people import digest

T = TypeVar("T")


class Memory:
    """Who last came with which token: while the database cannot be reached, a wall that was let in goes
    on. Bounded in number and, as somebody may be revoked where the database does answer, in time."""

    def __init__(self, seconds: float, most: int = 2000) -> None:
        self._most, self._seconds = most, seconds
        self._known: dict[str, tuple[float, Any]] = {}
        self._lock = Lock()

    def ask(self, token: str, look: Callable[[], T]) -> T:
        """What ``look`` finds; what it last found where the database cannot be reached."""
        key = digest(token)
        try:
            found = look()
        except (OperationalError, InterfaceError):
            with self._lock:
                at, kept = self._known.get(key, (float("-inf"), None))
            if time.monotonic() - at > self._seconds:
                raise
            return cast("T", kept)
        with self._lock:
            self._known.pop(key, None)
            if found is not None:
                self._known[key] = (time.monotonic(), found)
            if len(self._known) > self._most:
                del self._known[next(iter(self._known))]
        return found
