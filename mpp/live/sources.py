"""How fresh each feed is, and how fresh an agency is: as its worst required source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mpp.live.facts import Facts
from mpp.live.model import SourceNow
from mpp.mall.model import Source
from mpp.store.sources import SourceRow

LATE_AFTER: Final = 3
SILENT_AFTER: Final = 10
"""Missed intervals after which a source is late, and silent."""

WORST_FIRST: Final = ("never", "silent", "failing", "paused", "late", "live")


@dataclass(frozen=True, slots=True)
class AgencyData:
    """State and age of what an agency's figures are drawn from."""

    state: str
    at: datetime | None
    error: str | None = None


def source_state(source: Source, row: SourceRow | None, now: datetime, mode: str = "live") -> str:
    """live, late, silent, never or failing.

    A source without an expected interval is live once it was heard of; a file never is: what it
    holds is history when it is read. In a replay the feeds are history too: whatever had reported
    by then is live.
    """
    if row is None or row.last_reported is None:
        return "never"
    if mode == "replay":
        return "live"
    if source.kind == "file":
        return "silent"
    age = (now - row.last_reported).total_seconds()
    if source.expected_every_s is not None and age >= SILENT_AFTER * source.expected_every_s:
        return "silent"
    if row.last_error is not None:
        return "failing"
    if source.expected_every_s is not None and age >= LATE_AFTER * source.expected_every_s:
        return "late"
    return "live"


def sources_now(facts: Facts, now: datetime) -> tuple[SourceNow, ...]:
    """Every source of the description."""
    found = []
    for source in facts.judge.on(facts.day).sources:
        row = facts.sources.get(source.code)
        found.append(
            SourceNow(
                code=source.code,
                name=source.name,
                agencies=source.agencies,
                state=source_state(source, row, now, facts.mode),
                last_reported=row.last_reported if row else None,
                last_changed=row.last_changed if row else None,
                last_error=row.last_error if row else None,
            )
        )
    return tuple(found)


def agency_data(facts: Facts, agency: str, now: datetime) -> AgencyData:
    """The worst state among the agency's required sources; "never" when it has none."""
    worst = AgencyData("never", None)
    rank = len(WORST_FIRST)
    for source in facts.judge.on(facts.day).sources:
        if agency in source.agencies and source.required:
            row = facts.sources.get(source.code)
            state = source_state(source, row, now, facts.mode)
            if WORST_FIRST.index(state) < rank:
                rank = WORST_FIRST.index(state)
                worst = AgencyData(state, row.last_reported if row else None, row.last_error if row else None)
    return worst
