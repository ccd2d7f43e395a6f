"""What a map says of a ticket file: which column is what, in which words and whose time.

A map is an allow-list: a column it does not name is dropped before anything is stored.
:mod:`mpp.sources.map_file` reads it; ``docs/import.md`` explains every key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

ENDINGS: Final[Mapping[str, str]] = {"left": "left", "no_show": "no_show", "cancelled": "cancelled"}
"""Time columns that say how a ticket ended besides when."""

TIMES: Final = ("issued", "checked_in", "called", "started", "ended", *ENDINGS)
"""Times a row may hold."""

STEP_TIME: Final[Mapping[str, str]] = {
    "issued": "issued",
    "checked_in": "checked_in",
    "called": "called",
    "started": "started",
    "finished": "ended",
}
"""The time column behind each step a source may report."""


@dataclass(frozen=True, slots=True)
class Coded:
    """Where a code comes from: a ``column`` whose words ``labels`` turn into codes (other words
    become a code by themselves), or a ``constant``. ``names``: what ``--create`` calls a code."""

    column: str | None = None
    constant: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time: its columns (date and time of day may stand apart; joined by a blank) and its
    strptime ``format``, None for ISO 8601."""

    columns: tuple[str, ...]
    format: str | None = None


@dataclass(frozen=True, slots=True)
class Worded:
    """A column whose words stand for one of ours; an empty meaning says nothing."""

    column: str
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketMap:
    """One map. ``zone`` is that of times without one; ``steps`` are those the file reports: a leg
    that reached the last of them is served. ``first``/``last`` bound the day of issue."""

    file: str
    zone: str
    source: str
    source_name: str
    steps: tuple[str, ...]
    key: tuple[str, ...]
    number: str
    agency: Coded
    service: Coded
    times: Mapping[str, Moment]
    counter: Coded | None = None
    priority: Coded | None = None
    visit: str | None = None
    outcome: Worded | None = None
    result: Worded | None = None
    first: date | None = None
    last: date | None = None
    encoding: str = "utf-8-sig"
    delimiter: str = ","

    def columns(self) -> dict[str, str]:
        """Every column that is read, and the first key of the map that names it."""
        found: dict[str, str] = {}
        for column, key in self._named():
            found.setdefault(column, key)
        return found

    def _named(self) -> Iterator[tuple[str, str]]:
        yield from ((column, "ticket.key") for column in self.key)
        yield self.number, "ticket.number"
        coded = {"agency": self.agency, "service": self.service}
        for name, held in (coded | {"counter": self.counter, "priority": self.priority}).items():
            if held is not None and held.column is not None:
                yield held.column, f"ticket.{name}"
        if self.visit is not None:
            yield self.visit, "ticket.visit"
        for name, moment in self.times.items():
            yield from ((column, f"times.{name}") for column in moment.columns)
        for name, worded in (("outcome", self.outcome), ("result", self.result)):
            if worded is not None:
                yield worded.column, f"{name}.column"
