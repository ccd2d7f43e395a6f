"""What can happen to a ticket, as frozen values.

A ticket is followed by one source under one key. It lives in *legs*: a leg is one agency, one
service, one wait, one service time; a transfer ends a leg and opens the next. Every event names
its leg (1 unless a transfer came before) and carries the instant it happened, corrected for the
source's clock, as an aware UTC datetime.

Events are facts in a set: they come late, twice and in any order, and what they mean together
never depends on that (see :mod:`queues.tickets`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketEvent:
    """What every ticket event carries.

    ``id`` is unique within the ticket's source. ``at`` is aware UTC. ``agency``, ``service`` and
    ``counter`` are codes of the mall's description; ``number`` is what is printed on the ticket
    (it restarts daily and is never a key). ``priority`` names a priority class ("lansia") or is
    None for an ordinary ticket. ``visit`` joins the legs of one visitor's errand, also across
    sources; None lets the ticket be its own visit.
    """

    id: str
    at: datetime
    leg: int = 1
    agency: str | None = None
    service: str | None = None
    number: str | None = None
    counter: str | None = None
    priority: str | None = None
    visit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketIssued(TicketEvent):
    """A number was taken. With ``booked`` it was reserved ahead: waiting starts at check-in."""

    booked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedIn(TicketEvent):
    """The holder of a booking is here: the wait starts now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Called(TicketEvent):
    """The number was called to ``counter``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled(TicketEvent):
    """The number was called again. The first call stays the first call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStarted(TicketEvent):
    """Somebody sat down at ``counter``: the wait is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(TicketEvent):
    """Put aside for a while (form to fill in, copy to make); comes back with Resumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(TicketEvent):
    """Taken up again after Held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFinished(TicketEvent):
    """Service ended with a ``result`` (one of RESULTS, None = not said) and, for a case that was
    accepted, the day it is ``due`` (ISO date or datetime text as given)."""

    result: str | None = None
    due: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoShow(TicketEvent):
    """Called and did not come. A later call or start brings the ticket back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferred(TicketEvent):
    """Sent on to another service, perhaps of another agency: this leg ends (served if service had
    started, else cancelled; result ``referred``), the next opens. ``to_agency`` None is the same
    agency; both None put the ticket back into its own line."""

    to_agency: str | None = None
    to_service: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled(TicketEvent):
    """Will not be served. ``reason`` "left" says the visitor walked away; any other or no reason
    is a cancellation."""

    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed(TicketEvent):
    """One row of a polled table or a file: everything it says about the leg at ``revision``.

    The highest revision replaces every earlier one. Instants are None where the row is silent.
    ``outcome`` is one of OUTCOMES or None (then the steps decide); any other word counts as None.
    ``at`` is when the row was read, or for a file its last known step. ``booked`` says the row is
    a reservation: without ``checked_in_at`` nobody waits yet. The row's ``counter`` belongs to its
    call, start or end.
    """

    revision: int = 1
    issued_at: datetime | None = None
    checked_in_at: datetime | None = None
    called_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str | None = None
    result: str | None = None
    due: str | None = None
    booked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(TicketEvent):
    """The polled row is gone. A higher Observed revision brings it back."""

    revision: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DayClosed(TicketEvent):
    """The product's own conclusion: the day closed over an open leg, which is unresolved unless a
    later real event says otherwise."""


RESULTS: Final = ("done", "accepted", "incomplete", "consulted", "referred", "refused", "system")
"""How a served ticket ended (words.md section 4); "batal atas permintaan" is Cancelled."""

OUTCOMES: Final = ("served", "no_show", "left", "cancelled", "unresolved")
"""How a leg ended."""

STEPS: Final = ("issued", "checked_in", "called", "started", "finished")
"""The steps a source may report, in order. A source that never reports "finished" has served a
leg once it reached the last step it does report."""

RANK: Final[Mapping[type[TicketEvent], int]] = MappingProxyType(
    {
        kind: rank
        for rank, kind in enumerate(
            (
                Observed,
                Withdrawn,
                TicketIssued,
                CheckedIn,
                Called,
                NoShow,
                Recalled,
                ServiceStarted,
                Held,
                Resumed,
                Transferred,
                ServiceFinished,
                Cancelled,
                DayClosed,
            )
        )
    }
)
"""Order of events that share an instant; then the id decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One leg of a ticket as the set of its events tells it.

    ``state`` is one of :data:`LEG_STATES`; ``since`` its start. ``wait_from`` is issue or
    check-in; ``booked`` says the number was reserved ahead: without a check-in its wait is
    unknown. ``start_at`` is the service start, or the first call where the source reports no start
    (``start_by`` "start" or "call"). ``ended_at``, ``outcome`` and ``end_by`` are set when
    ``state`` is "ended". ``end_by``: "event" (reported), "step" (the source reports no end, its
    last step stands for it: no service time) or "closing". ``calls`` counts calls and recalls,
    ``held_s`` seconds on hold. ``findings`` are codes of :mod:`queues.quality`, sorted.
    """

    ticket: str
    leg: int
    agency: str | None
    service: str | None
    number: str | None
    counter: str | None
    priority: str | None
    visit: str | None
    state: str
    since: datetime
    issued_at: datetime
    checked_in_at: datetime | None = None
    called_at: datetime | None = None
    start_at: datetime | None = None
    start_by: str | None = None
    ended_at: datetime | None = None
    outcome: str | None = None
    result: str | None = None
    due: str | None = None
    calls: int = 0
    held_s: float = 0.0
    to_agency: str | None = None
    to_service: str | None = None
    end_by: str | None = None
    booked: bool = False
    findings: tuple[str, ...] = field(default=())

    @property
    def wait_from(self) -> datetime:
        """The instant the wait counts from."""
        return self.checked_in_at or self.issued_at


LEG_STATES: Final = ("booked", "waiting", "called", "serving", "held", "ended")
"""States of a leg. "waiting" waits uncalled; "called" waits for the visitor to reach the counter;
"held" was being served and is put aside. ``docs/ticket-life.md`` says which count as waiting."""
