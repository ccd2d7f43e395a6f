"""Reports of unofficial fees: by day and agency, with what visitors wrote; nothing that points at one."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select

from mpp.store.database import Read
from mpp.store.tables import events, ratings


class Report(NamedTuple):
    """One visitor's report; ``data`` is the JSON its source sent."""

    day: date
    agency: str
    service: str | None
    data: str


class DayCount(NamedTuple):
    """So many reports about an agency on a day."""

    day: date
    agency: str
    n: int


def counts(tx: Read) -> list[DayCount]:
    """How many there are by day and agency, the newest day first."""
    query = (
        select(ratings.c.day, ratings.c.agency, func.count())
        .where(ratings.c.fee.is_(True))
        .group_by(ratings.c.day, ratings.c.agency)
        .order_by(ratings.c.day.desc(), ratings.c.agency)
    )
    return [DayCount(*row) for row in tx.connection.execute(query)]


def reports(
    tx: Read, *, first: date | None, last: date | None, agency: str, skip: int, limit: int
) -> list[Report]:
    """Reports of the days from ``first`` to ``last``, both included (None: without end), about one agency
    or all, the newest day first. Within a day they stand by agency and service, not as they came."""
    c = ratings.c
    asked: list[ColumnElement[Any]] = [c.fee.is_(True)]
    if first is not None:
        asked.append(c.day >= first)
    if last is not None:
        asked.append(c.day <= last)
    if agency:
        asked.append(c.agency == agency)
    query = (
        select(c.day, c.agency, c.service, events.c.data)
        .join(events, events.c.seq == c.seq)
        .where(*asked)
        .order_by(c.day.desc(), c.agency, c.service, events.c.digest)
        .offset(skip)
        .limit(limit)
    )
    return [Report(*row) for row in tx.connection.execute(query)]
