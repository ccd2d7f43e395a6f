"""What is asked for when an agency carries something away, and the shape of what it gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from mpp.i18n import Words
from mpp.live.agency_history import Period, covering
from mpp.reports.sheets import Column, Value
from mpp.store import Store


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: one agency's ``first`` to ``last`` day, as known at ``now`` (aware UTC)."""

    store: Store
    agency: str
    first: date
    last: date
    now: datetime
    words: Words

    @property
    def whole(self) -> Period:
        """All its days."""
        return Period(self.first, self.last)

    def periods(self, kind: str) -> tuple[Period, ...]:
        """Its days as periods of a kind."""
        return covering(kind, self.first, self.last)


Made = tuple[Sequence[Column], Callable[[], Iterator[Sequence[Value]]]]
"""Columns, and what makes the rows."""
