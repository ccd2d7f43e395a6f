"""The figures of a period, computed from legs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from queues.waiting import mean, percentile


class JudgedLeg(Protocol):
    """What the figures need of a leg; :class:`mpp.store.legs.DayLeg` has it."""

    @property
    def state(self) -> str: ...
    @property
    def outcome(self) -> str | None: ...
    @property
    def start_at(self) -> datetime | None: ...
    @property
    def wait_s(self) -> float | None: ...
    @property
    def service_s(self) -> float | None: ...
    @property
    def within(self) -> bool | None: ...


L = TypeVar("L", bound=JudgedLeg)


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a set of legs; :func:`mpp.measures.registry` defines each. ``open`` legs have
    not ended: ``issued`` is their number and that of the five outcomes together. ``waits`` waits
    and ``services`` service times are known; of ``judged`` legs ``within`` kept the promise."""

    issued: int
    served: int
    no_show: int
    left: int
    cancelled: int
    unresolved: int
    open: int
    waits: int
    wait_mean_s: float | None
    wait_p50_s: float | None
    wait_p90_s: float | None
    wait_p95_s: float | None
    services: int
    service_mean_s: float | None
    judged: int
    within: int

    @property
    def share(self) -> float | None:
        """Share within the promise; None while nothing is judged."""
        return self.within / self.judged if self.judged else None


class Tally(Generic[L]):
    """Counts legs in, one by one. ``overdue`` judges a leg that is open and not started (its
    ``within`` is not stored, because it changes as time goes by): False beyond its promise, else
    None. Without it such legs are not judged."""

    def __init__(self, overdue: Callable[[L], bool | None] | None = None) -> None:
        self._overdue = overdue
        self._issued = 0
        self._outcomes: Counter[str | None] = Counter()
        self._waits: list[float] = []
        self._services: list[float] = []
        self._verdicts: Counter[bool | None] = Counter()

    def add(self, leg: L) -> None:
        """Count one leg."""
        self._issued += 1
        self._outcomes[leg.outcome] += 1
        if leg.start_at is not None and leg.wait_s is not None:
            self._waits.append(leg.wait_s)
        if leg.service_s is not None:
            self._services.append(leg.service_s)
        pending = leg.state != "ended" and leg.start_at is None
        if not pending:
            self._verdicts[leg.within] += 1
        elif self._overdue is not None:
            self._verdicts[self._overdue(leg)] += 1

    def summary(self) -> Summary:
        """The figures of the legs counted so far."""
        waits = sorted(self._waits)
        return Summary(
            issued=self._issued,
            served=self._outcomes["served"],
            no_show=self._outcomes["no_show"],
            left=self._outcomes["left"],
            cancelled=self._outcomes["cancelled"],
            unresolved=self._outcomes["unresolved"],
            open=self._outcomes[None],
            waits=len(waits),
            wait_mean_s=mean(waits),
            wait_p50_s=percentile(waits, 0.5),
            wait_p90_s=percentile(waits, 0.9),
            wait_p95_s=percentile(waits, 0.95),
            services=len(self._services),
            service_mean_s=mean(self._services),
            judged=self._verdicts[True] + self._verdicts[False],
            within=self._verdicts[True],
        )


def summarise(legs: Iterable[L], overdue: Callable[[L], bool | None] | None = None) -> Summary:
    """The figures of ``legs``; ``overdue`` as in :class:`Tally`."""
    tally = Tally(overdue)
    for leg in legs:
        tally.add(leg)
    return tally.summary()
