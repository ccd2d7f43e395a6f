"""A day's sums of one service: made from legs, added up over services, agencies and the mall."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from operator import attrgetter
from typing import Final

from counters.ratings import Rating, batches
from mpp.live.model import Day, Ratings
from mpp.store.legs import TodayLeg
from queues.waiting import mean, percentile

QUARTER_S = 900

AT_ONCE: Final = frozenset(("ghost", "back_filled"))
"""Findings of a ticket whose steps were all told within a second: nobody knows how long it waited."""


@dataclass(slots=True)
class Sums:
    """What a day's figures are computed from; see :class:`mpp.live.model.Day` for the meanings. Not
    changed once :meth:`day` was asked.
    ``waits`` are wall seconds of legs whose service started, in no order; ``at_once`` counts legs with a
    finding of AT_ONCE."""

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
    returned: int = 0
    at_once: int = 0
    results: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    _day: Day | None = field(default=None, compare=False)

    @classmethod
    def of(cls, legs: Sequence[TodayLeg]) -> Sums:
        """The sums of some legs. Works on whole columns: there are thousands of rows."""
        columns = dict(zip(TodayLeg._fields, zip(*legs, strict=True), strict=True))
        outcomes = Counter(columns["outcome"])
        services = [s for s in columns["service_s"] if s is not None]
        within = columns["within"]
        results = Counter(
            result
            for result, outcome in zip(columns["result"], columns["outcome"], strict=True)
            if outcome == "served"
        )
        del results[None]
        return cls(
            issued=len(legs),
            served=outcomes["served"],
            no_show=outcomes["no_show"],
            left=outcomes["left"],
            cancelled=outcomes["cancelled"],
            unresolved=outcomes["unresolved"],
            within=within.count(True),
            judged=len(legs) - within.count(None),
            started=sum(columns["started"]),
            service_s=sum(services),
            service_n=len(services),
            returned=sum("returned" in told for told in columns["findings"] if told),
            at_once=sum(not AT_ONCE.isdisjoint(told.split()) for told in columns["findings"] if told),
            results=results,
            waits=[wait for wait in columns["wait_s"] if wait is not None],
        )

    def day(self, over_now: int = 0) -> Day:
        """The figures. ``over_now`` legs are open, not started and beyond their promise by now:
        they count against the share (design.md section 3)."""
        if self._day is None:
            self._day = self._figures()
        return self._day if not over_now else replace(self._day, judged=self._day.judged + over_now)

    def _figures(self) -> Day:
        waits = sorted(self.waits)
        return Day(
            issued=self.issued,
            started=self.started,
            served=self.served,
            results=dict(self.results),
            no_show=self.no_show,
            returned=self.returned,
            left=self.left,
            cancelled=self.cancelled,
            unresolved=self.unresolved,
            wait_p50_s=percentile(waits, 0.5),
            wait_p90_s=percentile(waits, 0.9),
            wait_mean_s=mean(waits),
            service_mean_s=self.service_s / self.service_n if self.service_n else None,
            within=self.within,
            judged=self.judged,
        )


_ADDED = attrgetter(*list(Sums.__dataclass_fields__)[:13])


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
class DeskSums:
    """What one counter served today: ``served`` legs, and the seconds at the desk of the ``n`` of them
    whose service time is known."""

    served: int = 0
    n: int = 0
    seconds: float = 0.0

    @property
    def mean_s(self) -> float | None:
        """Mean seconds at the desk, None while no service time is known."""
        return self.seconds / self.n if self.n else None


NOTHING_SERVED = DeskSums()


@dataclass(frozen=True, slots=True)
class AgencyDay:
    """One agency's day so far: sums by service; for the line rule, when those of a service
    (ordinary False, priority True) who were called already had begun to wait, sorted; by counter
    the last end; arrivals and completions by quarter; ``whole`` is the agency's sums; ``desks`` are
    the sums of counters that served."""

    sums: Mapping[str, Sums]
    called_from: Mapping[tuple[str, bool], tuple[datetime, ...]]
    last_ended: Mapping[str, datetime]
    quarters: Mapping[int, tuple[int, int]]
    whole: Sums
    desks: Mapping[str, DeskSums] = field(default_factory=dict)

    def desk(self, counter: str) -> DeskSums | None:
        """What one counter served: nothing where others served and it did not, None where tickets were
        served and none says at which counter."""
        if not self.desks and self.whole.served:
            return None
        return self.desks.get(counter, NOTHING_SERVED)


EMPTY_DAY = AgencyDay({}, {}, {}, {}, Sums())


def agency_day(day_legs: Iterable[TodayLeg]) -> AgencyDay:
    """Count one agency's legs of a day."""
    by_service: dict[str, list[TodayLeg]] = {}
    called: dict[tuple[str, bool], list[datetime]] = {}
    last_ended: dict[str, datetime] = {}
    times: dict[str, list[float | None]] = {}
    completed: list[datetime] = []
    arrived: list[datetime] = []
    for leg in day_legs:
        _, service, counter, priority, wait_from, was_called, _, ended_at, outcome, _, _, service_s, *_ = leg
        by_service.setdefault(service, []).append(leg)
        arrived.append(wait_from)
        if was_called:
            called.setdefault((service, priority is not None), []).append(wait_from)
        if outcome == "served" and ended_at is not None:
            completed.append(ended_at)
            if counter is not None:
                times.setdefault(counter, []).append(service_s)
                if ended_at > last_ended.get(counter, _EARLIEST):
                    last_ended[counter] = ended_at
    sums = {service: Sums.of(legs) for service, legs in by_service.items()}
    came, done = Counter(map(quarter, arrived)), Counter(map(quarter, completed))
    return AgencyDay(
        sums=sums,
        called_from={key: tuple(sorted(found)) for key, found in called.items()},
        last_ended=last_ended,
        whole=total(sums.values()),
        quarters={at: (came[at], done[at]) for at in came.keys() | done.keys()},
        desks={counter: _desk(of_desk) for counter, of_desk in times.items()},
    )


def _desk(times: Sequence[float | None]) -> DeskSums:
    known = [seconds for seconds in times if seconds is not None]
    return DeskSums(len(times), len(known), sum(known))


def answers(given: Sequence[Rating]) -> Ratings:
    """The answers about one agency, in the order they came, as far as they are told."""
    told = [rating for batch in batches(given) for rating in batch]
    return Ratings(len(told), sum(rating.satisfied for rating in told))


def quarter(at: datetime) -> int:
    """The quarter hour an instant falls in: its start in seconds since the epoch."""
    return int(at.timestamp()) // QUARTER_S * QUARTER_S


_EARLIEST = datetime.min.replace(tzinfo=UTC)
