"""A day's sums of one service: made from legs, added up over services, agencies and the mall."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import attrgetter

from mpp.live.model import Day
from mpp.store.legs import DayLeg
from queues.waiting import percentile

QUARTER_S = 900


@dataclass(slots=True)
class Sums:
    """What a day's figures are computed from; see :class:`mpp.live.model.Day` for the meanings.
    ``waits`` are wall seconds of legs whose service started, in no order."""

    issued: int = 0
    served: int = 0
    no_show: int = 0
    left: int = 0
    cancelled: int = 0
    unresolved: int = 0
    within: int = 0
    judged: int = 0
    started: int = 0
    service_s: float = 0.0
    service_n: int = 0
    results: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)

    def take(self, leg: DayLeg) -> None:
        """Count one leg in."""
        self.issued += 1
        if leg.outcome is not None:
            setattr(self, leg.outcome, getattr(self, leg.outcome) + 1)
            if leg.outcome == "served" and leg.result is not None:
                self.results[leg.result] += 1
        if leg.start_at is not None:
            self.started += 1
        if leg.wait_s is not None:
            self.waits.append(leg.wait_s)
        if leg.service_s is not None:
            self.service_s += leg.service_s
            self.service_n += 1
        if leg.within is not None:
            self.judged += 1
            self.within += leg.within

    def day(self, over_now: int = 0) -> Day:
        """The figures. ``over_now`` legs are open, not started and beyond their promise by now:
        they count against the share (design.md section 3)."""
        waits = sorted(self.waits)
        return Day(
            issued=self.issued,
            started=self.started,
            served=self.served,
            results=dict(self.results),
            no_show=self.no_show,
            left=self.left,
            cancelled=self.cancelled,
            unresolved=self.unresolved,
            wait_p50_s=percentile(waits, 0.5) if waits else None,
            wait_p90_s=percentile(waits, 0.9) if waits else None,
            wait_mean_s=sum(waits) / len(waits) if waits else None,
            service_mean_s=self.service_s / self.service_n if self.service_n else None,
            within=self.within,
            judged=self.judged + over_now,
        )


_ADDED = attrgetter(*list(Sums.__dataclass_fields__)[:11])


def total(many: Iterable[Sums]) -> Sums:
    """The sums of several services together."""
    listed = list(many)
    numbers = zip(*(_ADDED(one) for one in listed), strict=True)
    result = Sums(*(sum(column) for column in numbers))
    for one in listed:
        result.results.update(one.results)
        result.waits.extend(one.waits)
    return result


@dataclass(frozen=True, slots=True)
class AgencyDay:
    """One agency's day so far: sums by service; for the line rule, when those of a service
    (ordinary False, priority True) who were called already had begun to wait, sorted; by counter
    the last end; the first sign that a counter worked; arrivals and completions by quarter."""

    sums: Mapping[str, Sums]
    called_from: Mapping[tuple[str, bool], tuple[datetime, ...]]
    last_ended: Mapping[str, datetime]
    worked_since: datetime | None
    quarters: Mapping[int, tuple[int, int]]


EMPTY_DAY = AgencyDay({}, {}, {}, None, {})


def agency_day(day_legs: Iterable[DayLeg]) -> AgencyDay:
    """Count one agency's legs of a day."""
    sums: dict[str, Sums] = {}
    called: dict[tuple[str, bool], list[datetime]] = {}
    last_ended: dict[str, datetime] = {}
    arrived: Counter[int] = Counter()
    completed: Counter[int] = Counter()
    worked: datetime | None = None
    for leg in day_legs:
        of_service = sums.get(leg.service)
        if of_service is None:
            of_service = sums[leg.service] = Sums()
        of_service.take(leg)
        first = leg.called_at or leg.start_at
        if first is not None:
            called.setdefault((leg.service, leg.priority is not None), []).append(
                leg.checked_in_at or leg.issued_at
            )
            worked = first if worked is None or first < worked else worked
        arrived[quarter(leg.checked_in_at or leg.issued_at)] += 1
        if leg.outcome == "served" and leg.ended_at is not None:
            completed[quarter(leg.ended_at)] += 1
            if leg.counter is not None and leg.ended_at > last_ended.get(leg.counter, _EARLIEST):
                last_ended[leg.counter] = leg.ended_at
    return AgencyDay(
        sums=sums,
        called_from={key: tuple(sorted(found)) for key, found in called.items()},
        last_ended=last_ended,
        worked_since=worked,
        quarters={at: (arrived[at], completed[at]) for at in arrived.keys() | completed.keys()},
    )


def quarter(at: datetime) -> int:
    """The quarter hour an instant falls in: its start in seconds since the epoch."""
    return int(at.timestamp()) // QUARTER_S * QUARTER_S


_EARLIEST = datetime.min.replace(tzinfo=UTC)
