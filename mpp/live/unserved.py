"""That nobody serves, and since when: told alike by the row of *Perlu tindakan* and the agency's sentence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mpp.live.model import AgencyNow, CounterNow


def nobody_serves(agency: AgencyNow, counters: Sequence[CounterNow]) -> bool:
    """Whether it is known that none of its ``counters`` serves in its hours: a feed that tells tickets
    alone does not say, and a counter of which nothing is known may."""
    if agency.serving or agency.hours != "open":
        return False
    if agency.estimate:
        return bool(agency.counters)
    if agency.counters.get("unknown"):
        return False
    return any(c.since is not None or c.last_ended is not None for c in counters)


def unserved_since(
    agency: AgencyNow, counters: Sequence[CounterNow], begun: datetime | None
) -> datetime | None:
    """Since when, as far as the data tells. ``begun`` is when its present hours began: whoever paused for
    the break has not been missed before its end."""
    stopped = [at for c in counters for at in (c.since, c.last_ended)]
    known = [at for at in (*stopped, agency.longest_since) if at is not None]
    if known and begun is not None:
        known.append(begun)
    return max(known, default=None)
