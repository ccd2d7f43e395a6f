"""What one counter's page needs of the tickets."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select, text

from mpp.store.database import Read
from mpp.store.tables import legs

# Written as text: a bound value would keep both engines from using the partial index.
_OPEN = text("legs.state != 'ended'")


class DeskLeg(NamedTuple):
    """An open leg of today. ``wait_from`` is check-in or issue."""

    source_id: int
    ticket: str
    leg: int
    service: str
    number: str | None
    counter: str | None
    priority: str | None
    visit: str
    state: str
    since: datetime
    wait_from: datetime | None
    findings: str

    @property
    def name(self) -> str:
        """What names it in its agency: two sources may use the same keys."""
        return f"{self.source_id}|{self.ticket}|{self.leg}"


_WAIT_FROM = func.coalesce(legs.c.checked_in_at, legs.c.issued_at)
_COLUMNS = [_WAIT_FROM if name == "wait_from" else legs.c[name] for name in DeskLeg._fields]


def open_today(tx: Read, agency: str, day: date) -> list[DeskLeg]:
    """An agency's legs of a day that have not ended."""
    query = select(*_COLUMNS).where(_OPEN, legs.c.agency == agency, legs.c.day == day)
    return [DeskLeg._make(row) for row in tx.connection.execute(query)]


class Unresolved(NamedTuple):
    """A leg that was closed over: its last state is told by its instants."""

    leg: DeskLeg
    called_at: datetime | None
    start_at: datetime | None


def unresolved(tx: Read, agency: str, day: date, ticket: str) -> list[Unresolved]:
    """The legs of one ticket of a day that were left open and closed over (outcome unresolved)."""
    query = select(*_COLUMNS, legs.c.called_at, legs.c.start_at).where(
        legs.c.day == day,
        legs.c.agency == agency,
        legs.c.ticket == ticket,
        legs.c.outcome == "unresolved",
    )
    return [Unresolved(DeskLeg._make(row[:-2]), *row[-2:]) for row in tx.connection.execute(query)]


def served_today(tx: Read, agency: str, counter: str, day: date) -> int:
    """How many legs of a day were served at a counter."""
    query = select(func.count()).where(
        legs.c.day == day, legs.c.agency == agency, legs.c.counter == counter, legs.c.outcome == "served"
    )
    return int(tx.connection.execute(query).scalar_one())


def beginning_with(tx: Read, agency: str, day: date, prefix: str) -> int:
    """How many tickets of a day have a key that begins so."""
    query = select(func.count()).where(
        legs.c.day == day, legs.c.agency == agency, legs.c.ticket.startswith(prefix, autoescape=True)
    )
    return int(tx.connection.execute(query).scalar_one())
