"""What is pressed at a counter, as it is sent; and why it may not be taken."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mpp.store import Read, log

ID: Final = re.compile(r"[A-Za-z0-9-]{8,64}\Z")
"""What a press or a form goes by."""

WALK_IN: Final = "walk-in"
"""What ``next`` names for a visitor without a number."""


class PressError(Exception):
    """A press that was not taken. ``why`` is "stale" (the counter is in another state by now),
    "impossible", "unfit" (a field cannot be kept, ``detail`` says why) or "no_source" (none is described
    that could write it)."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(detail or why)
        self.why, self.detail = why, detail


@dataclass(frozen=True, slots=True)
class Press:
    """What was pressed: ``id`` drawn by the sender, ``what`` one of PRESSES, ``seen`` the mark of the
    state it was pressed on, ``at`` when (aware; None: now). ``reason`` and ``note`` are of a pause,
    ``end`` (one of ENDS) and ``due`` (ISO day) of a finish; ``service`` is a walk-in's, or
    where a visitor is referred to, with ``to_agency``. ``next`` names whom a next was pressed for:
    WALK_IN or :attr:`mpp.store.desks.DeskLeg.name`; None leaves it to the order of calling."""

    id: str
    what: str
    seen: str
    at: datetime | None = None
    reason: str | None = None
    note: str | None = None
    end: str | None = None
    due: str | None = None
    service: str | None = None
    to_agency: str | None = None
    next: str | None = None

    @property
    def ticket(self) -> str:
        """The ticket it names: called next, or at the counter (Booth.mark); empty: none."""
        if self.what == "next" and self.next is not None:
            return self.next.partition("|")[2].rpartition("|")[0]
        return self.seen.partition("|")[2].rpartition("|")[0].rpartition("|")[0]


def taken(tx: Read, name: str) -> bool:
    """Whether a press or a form of this id was taken before."""
    return any(event_id == name for _, event_id in log.digests(tx, [name]))
