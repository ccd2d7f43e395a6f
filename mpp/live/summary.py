"""The figures of a period by agency, service, counter or day: ``mpp summary``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from mpp.live.judge import Judge
from mpp.measures import PERIOD, Summary, Tally
from mpp.store import Store, legs
from mpp.store.legs import DayLeg
from queues.events import Leg
from queues.waiting import Times, verdict

_KEYS: Final = MappingProxyType[str, Callable[[DayLeg], str | None]](
    {
        "agency": lambda leg: leg.agency,
        "service": lambda leg: f"{leg.agency}/{leg.service}",
        "counter": lambda leg: None if leg.counter is None else f"{leg.agency}/{leg.counter}",
        "day": lambda leg: leg.day.isoformat(),
        "none": lambda _leg: "all",
    }
)

BY: Final = tuple(_KEYS)
"""What figures can be grouped by. "counter" leaves out legs whose counter is not known."""

JSON_KEYS: Final = tuple(key for key in PERIOD if key != "cancelled")
"""Figures of a row for a script, after its key (design.md section 4)."""


def summaries(
    store: Store,
    judge: Judge,
    first: date,
    last: date,
    *,
    by: str = "agency",
    now: datetime,
    agency: str | None = None,
) -> dict[str, Summary]:
    """Figures of the legs issued on the mall-zone days ``first`` to ``last``, by key, sorted.

    Keys are codes ("agency/service"), ISO days, or "all" where ``by`` is "none". Only groups that
    have legs are there. Open legs are judged at ``now`` (aware UTC).
    """
    key_of = _KEYS[by]

    def overdue(leg: DayLeg) -> bool | None:
        return overdue_at(judge, leg, now)

    tallies: dict[str, Tally[DayLeg]] = {}
    with store.read() as tx:
        for leg in legs.between(tx, first, last, None if agency is None else [agency]):
            key = key_of(leg)
            if key is None:
                continue
            tally = tallies.get(key)
            if tally is None:
                tally = tallies[key] = Tally(overdue)
            tally.add(leg)
    return {key: tallies[key].summary() for key in sorted(tallies)}


def overdue_at(judge: Judge, leg: DayLeg, now: datetime) -> bool | None:
    """False for an open, unstarted leg that is beyond its promise at ``now``, else None."""
    if leg.promise_s is None:
        return None
    findings = tuple(leg.findings.split())
    shown = Leg(
        ticket="",
        leg=1,
        agency=leg.agency,
        service=leg.service,
        number=None,
        counter=leg.counter,
        priority=leg.priority,
        visit=None,
        state=leg.state,
        since=leg.issued_at,
        issued_at=leg.issued_at,
        checked_in_at=leg.checked_in_at,
        called_at=leg.called_at,
        booked=leg.state == "booked",
        findings=findings,
    )
    return verdict(shown, Times(), leg.promise_s, now, judge.clock(leg.day, leg.agency))


def row(key: str, figures: Summary) -> dict[str, Any]:
    """One object of ``mpp summary --json``; unknown is None."""
    return {"key": key, **{name: getattr(figures, name) for name in JSON_KEYS}}
