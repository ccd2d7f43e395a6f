"""How fresh each feed is, and how fresh an agency is: as its worst required source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mpp.live.facts import AgencyFacts, Facts
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
    by then is live. One fed by hand is live once anybody pressed: whether a booth fell silent is a
    matter of each agency (:func:`state_for`).
    """
    if row is None or row.last_reported is None:
        return "never"
    if mode == "replay" or source.kind == "manual":
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


def state_for(facts: Facts, source: Source, agency: str, now: datetime) -> tuple[str, datetime | None]:
    """How fresh a source is for one of its agencies, and when it was heard of.

    Of one fed by hand it is as fresh as what was pressed at this agency's counters. While none of them is
    open or paused nothing is missing: nobody pressed, so nobody opened, or all have closed.
    """
    row = facts.sources.get(source.code)
    state, at = source_state(source, row, now, facts.mode), row.last_reported if row else None
    if source.kind != "manual" or state != "live" or facts.mode == "replay":
        return state, at
    told = facts.agencies.get(agency, AgencyFacts())
    midnight = facts.judge.midnight(facts.day)
    today = [s for s in told.counters.values() if s.since is not None and s.since >= midnight]
    heard = [s.last_seen for s in told.counters.values()]
    heard += [leg.since for legs in told.lines.values() for leg in legs.serving]
    heard += told.day.last_ended.values()
    if at is not None and len(source.agencies) == 1:
        heard.append(at)
    at = max(heard, default=None)
    missing = any(s.state in ("open", "paused") for s in today)
    if not missing or at is None or source.expected_every_s is None:
        return "live", at
    age = (now - at).total_seconds() / source.expected_every_s
    return "silent" if age >= SILENT_AFTER else "late" if age >= LATE_AFTER else "live", at


def agency_data(facts: Facts, agency: str, now: datetime) -> AgencyData:
    """The worst state among the agency's required sources, of those equally bad the latest word; "never"
    when it has none."""
    worst = AgencyData("never", None)
    rank = len(WORST_FIRST)
    for source in facts.judge.on(facts.day).sources:
        if agency in source.agencies and source.required:
            row = facts.sources.get(source.code)
            state, at = state_for(facts, source, agency, now)
            bad = WORST_FIRST.index(state)
            later = at is not None and (worst.at is None or at > worst.at)
            if bad < rank or (bad == rank and later):
                rank = bad
                worst = AgencyData(state, at, row.last_error if row else None)
    return worst
