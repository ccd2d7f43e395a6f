"""Tickets as a counter knows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DeskTicket:
    """What a leg tells of the counter it was at.

    ``called`` and ``start`` (None: not known or not yet; at least one of them is set), ``end`` None
    while nobody told it: still at the counter (``going_on``), or left open at closing. ``waited_from``
    is None where it is not known. ``service_s`` are the seconds of service without holds of a
    ``served`` one, None where unknown; ``held`` says that it was put aside meanwhile.
    """

    key: str
    service: str
    number: str | None = None
    waited_from: datetime | None = None
    called: datetime | None = None
    start: datetime | None = None
    end: datetime | None = None
    served: bool = False
    service_s: float | None = None
    held: bool = False
    going_on: bool = False

    @property
    def begin(self) -> datetime:
        """When it came to the counter."""
        return min(at for at in (self.called, self.start) if at is not None)
