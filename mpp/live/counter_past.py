"""What an agency's counters did on past days, as its history tells it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from counters.day import CounterDay
from mpp.live.agency import NOT_OPENED_AFTER
from mpp.live.counter_days import AgencyCounters, plain_day
from mpp.live.judge import Judge
from mpp.store import Read

LATE_AFTER: Final = NOT_OPENED_AFTER
"""A counter opened later than this after its agency's opening is late: from then on the control room
calls an agency not opened."""


@dataclass(frozen=True, slots=True)
class FloorDay:
    """One day: ``late`` of the ``told`` counters that tell when they open opened late, ``lost_s`` seconds
    of the hours were lost to causes outside the agency. None where no counter tells it."""

    late: int | None = None
    told: int = 0
    lost_s: float | None = None


def opened_late(one: CounterDay) -> bool | None:
    """Whether the counter opened late; None where that is not told: its first ticket is no opening."""
    if one.inferred or one.opened is None or one.planned_open is None:
        return None
    return one.opened > one.planned_open + LATE_AFTER


def floor_day(found: AgencyCounters | None) -> FloorDay:
    """What a day's counters come to."""
    if found is None:
        return FloorDay()
    verdicts = [late for one in found.counters if (late := opened_late(one)) is not None]
    lost_s = None if found.lost is None else found.lost.whole.seconds
    return FloorDay(sum(verdicts) if verdicts else None, len(verdicts), lost_s)


def floor_days(
    tx: Read, judge: Judge, agency: str, days: Iterable[date], now: datetime
) -> Mapping[date, FloorDay]:
    """These days by day."""
    return {day: floor_day(plain_day(tx, judge, agency, day, now)) for day in days}
