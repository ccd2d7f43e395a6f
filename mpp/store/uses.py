"""What a day's tickets have to do with an agency, a service or a counter."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import case, func, select

from mpp.store.database import Read
from mpp.store.tables import legs


class Uses(NamedTuple):
    """Tickets of a day, and how many of them did not end yet."""

    tickets: int
    unfinished: int


def of_day(
    tx: Read, day: date, agency: str, *, service: str | None = None, counter: str | None = None
) -> Uses:
    """The tickets of an agency on a mall-zone day, of one service or one counter where that is named. One
    that went on to another service of it is one ticket."""
    c = legs.c
    unfinished_leg = func.max(case((c.state == "ended", 0), else_=1)).label("unfinished")
    each = select(unfinished_leg).where(c.day == day, c.agency == agency).group_by(c.source_id, c.ticket)
    if service is not None:
        each = each.where(c.service == service)
    if counter is not None:
        each = each.where(c.counter == counter)
    found = each.subquery()
    query = select(func.count(), func.coalesce(func.sum(found.c.unfinished), 0)).select_from(found)
    tickets, unfinished = tx.connection.execute(query).one()
    return Uses(int(tickets), int(unfinished))
