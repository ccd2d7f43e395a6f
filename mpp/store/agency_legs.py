"""One agency's legs over many days, and what all agencies' come to.

Every statement names its days one by one: so both engines look each day up in the index on (day,
agency) instead of reading what all agencies did from the first day to the last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select, text

from mpp.store.database import Read
from mpp.store.legs import DayLeg
from mpp.store.tables import legs
from queues.quality import NO_FAULT

_DAYS: Any = bindparam("days", expanding=True)
_OF = (legs.c.day.in_(_DAYS), legs.c.agency == bindparam("agency"))
# Written as text: a bound value would keep both engines from using the partial index.
_ENDED = text("legs.state = 'ended'")
_OPEN = text("legs.state != 'ended'")


class EndedLeg(NamedTuple):
    """What a day's figures need of a leg that has ended: few columns, for a year has many rows."""

    day: date
    service: str
    source_id: int
    counter: str | None
    state: str
    outcome: str | None
    result: str | None
    start_at: datetime | None
    wait_s: float | None
    service_s: float | None
    within: bool | None


class ToldLeg(NamedTuple):
    """A leg as its own agency is shown it: without the key of the source and of the visit, which
    would join it with what happened at other agencies."""

    id: int
    source_id: int
    day: date
    number: str | None
    service: str
    counter: str | None
    priority: str | None
    issued_at: datetime
    checked_in_at: datetime | None
    called_at: datetime | None
    start_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    result: str | None
    due: str | None
    calls: int
    to_agency: str | None
    to_service: str | None
    promise_s: int | None
    wait_s: float | None
    wait_work_s: float | None
    service_s: float | None
    within: bool | None
    findings: str


_ENDED_OF = select(*(legs.c[name] for name in EndedLeg._fields)).where(*_OF, _ENDED)
_OPEN_OF = select(*(legs.c[name] for name in DayLeg._fields)).where(*_OF, _OPEN)
_TOLD = select(*(legs.c[name] for name in ToldLeg._fields))
_OF_DAY = _TOLD.where(legs.c.day == bindparam("day"), legs.c.agency == bindparam("agency")).order_by(
    legs.c.issued_at, legs.c.id
)
_FOUND = (*_OF, legs.c.findings.not_in(("", *NO_FAULT)))
_FOUND_OF = (
    _TOLD.where(*_FOUND)
    .order_by(legs.c.day.desc(), legs.c.issued_at.desc(), legs.c.id.desc())
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
_FOUND_COUNT = (
    select(legs.c.day, legs.c.source_id, legs.c.findings, func.count())
    .where(*_OF)
    .group_by(legs.c.day, legs.c.source_id, legs.c.findings)
)
_FIRST = select(legs.c.day).where(legs.c.agency == bindparam("agency")).order_by(legs.c.day).limit(1)
_JUDGED = select(legs.c.agency, legs.c.wait_work_s, legs.c.promise_s, legs.c.within).where(
    legs.c.day.in_(_DAYS), legs.c.promise_s.is_not(None)
)


def ended(tx: Read, agency: str, days: Sequence[date]) -> list[EndedLeg]:
    """The agency's legs of these days that have ended, in no order."""
    rows = tx.connection.execute(_ENDED_OF, {"agency": agency, "days": list(days)})
    return [EndedLeg._make(row) for row in rows.all()]


def still_open(tx: Read, agency: str, days: Sequence[date]) -> list[DayLeg]:
    """The agency's legs of these days that have not ended."""
    rows = tx.connection.execute(_OPEN_OF, {"agency": agency, "days": list(days)})
    return [DayLeg._make(row) for row in rows.all()]


def first_day(tx: Read, agency: str) -> date | None:
    """The first day the agency has a leg of; None without one."""
    return tx.connection.execute(_FIRST, {"agency": agency}).scalar()


def of_day(tx: Read, agency: str, day: date) -> list[ToldLeg]:
    """The agency's legs of one day, in the order they were issued."""
    rows = tx.connection.execute(_OF_DAY, {"agency": agency, "day": day})
    return [ToldLeg._make(row) for row in rows.all()]


def faulty(tx: Read, agency: str, days: Sequence[date], *, skip: int, most: int) -> list[ToldLeg]:
    """The agency's legs of these days that have a fault, newest first, ``most`` after ``skip``."""
    given = {"agency": agency, "days": list(days), "skip": skip, "most": most}
    return [ToldLeg._make(row) for row in tx.connection.execute(_FOUND_OF, given)]


def counted_findings(tx: Read, agency: str, days: Sequence[date]) -> list[tuple[date, int, str, int]]:
    """(day, source id, findings as they are kept, how many of the agency's legs have just those)."""
    rows = tx.connection.execute(_FOUND_COUNT, {"agency": agency, "days": list(days)})
    return [tuple(row) for row in rows]


def judged(tx: Read, days: Sequence[date]) -> Iterator[tuple[str, float | None, int | None, bool | None]]:
    """(agency, working wait in seconds, promise in seconds, whether it kept it) of every agency's legs
    of these days that have a promise."""
    rows = tx.connection.execute(_JUDGED, {"days": list(days)}, execution_options={"yield_per": 5000})
    yield from (tuple(row) for row in rows)
