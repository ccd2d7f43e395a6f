"""Times as files write them, made aware UTC."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

LONGEST = 40
"""Characters of a time that are kept as given."""


class TimeReader:
    """Reads times of one zone.

    A local time that happens twice (clocks go back) is the first of the two; one that is skipped
    (clocks go forward) is read with the offset before the change. A time that brings its own
    offset keeps it.
    """

    def __init__(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)

    def read(self, text: str, form: str | None) -> datetime:
        """``text`` in a strptime format, None for ISO 8601. Raises ValueError or OverflowError."""
        if len(text) > LONGEST:
            raise ValueError("is too long for a time")
        if form is not None:
            found = datetime.strptime(text, form)  # noqa: DTZ007 the zone is the map's
        elif len(text) < 13:
            raise ValueError("has no time of day")
        else:
            found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            found = found.replace(tzinfo=self.zone)
        return found.astimezone(UTC)


def last_step(times: Mapping[str, datetime]) -> str:
    """The name of the latest time; of equal ones the first."""
    return max(times, key=lambda name: times[name])
