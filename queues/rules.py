"""The table of a leg's life: state x event -> next state and finding.

The same table is printed in ``docs/ticket-life.md``; the tests hold the two equal.
:class:`queues.life.Life` walks a leg through it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from queues.events import (
    RANK,
    STEPS,
    Called,
    Cancelled,
    CheckedIn,
    DayClosed,
    Held,
    NoShow,
    Observed,
    Recalled,
    Resumed,
    ServiceFinished,
    ServiceStarted,
    TicketEvent,
    TicketIssued,
    Transferred,
    Withdrawn,
)

WAITING_STATES: Final = ("waiting", "called")
"""Leg states that count as waiting: service has not started. A booking before check-in does not
wait. "Lewat standar" and the longest wait look at the uncalled ones only (:mod:`queues.lines`)."""

SERVING_STATES: Final = ("serving", "held")
"""Leg states that count as in service. A held ticket keeps its service but no counter busy."""

LIFE_STATES: Final = ("new", "booked", "waiting", "called", "serving", "held", "no_show", "ended")
"""Columns of :data:`TABLE`. "new" is before the first event; "no_show" and "ended" are both the
leg state "ended": a no-show can come back."""

Row = tuple[str, str, str, str, str, str, str, str]

# One cell per state of LIFE_STATES, in its order: the next state and, after a space, a finding.
# fmt: off
TABLE: Final[Mapping[type[TicketEvent], Row]] = MappingProxyType({
    Observed: ("waiting", "booked", "waiting", "called", "serving", "held", "no_show", "ended"),
    TicketIssued: ("waiting", "booked issued_again", "waiting issued_again", "called issued_again",
                   "serving issued_again", "held issued_again", "no_show issued_again", "ended issued_again"),
    CheckedIn: ("waiting", "waiting", "waiting", "called out_of_order",
                "serving out_of_order", "held out_of_order", "waiting returned", "ended after_end"),
    Called: ("called", "called not_checked_in", "called", "called",
             "serving out_of_order", "held", "called returned", "ended after_end"),
    NoShow: ("no_show", "no_show", "no_show", "no_show",
             "no_show no_show_in_service", "no_show no_show_in_service", "no_show", "ended after_end"),
    Recalled: ("called out_of_order", "called not_checked_in", "called out_of_order", "called",
               "serving out_of_order", "held", "called returned", "ended after_end"),
    ServiceStarted: ("serving", "serving not_checked_in", "serving", "serving",
                     "serving out_of_order", "serving", "serving returned", "ended after_end"),
    Held: ("waiting out_of_order", "booked out_of_order", "waiting out_of_order", "called out_of_order",
           "held", "held out_of_order", "no_show after_end", "ended after_end"),
    Resumed: ("waiting out_of_order", "booked out_of_order", "waiting out_of_order", "called out_of_order",
              "serving out_of_order", "serving", "no_show after_end", "ended after_end"),
    Transferred: ("ended", "ended", "ended", "ended",
                  "ended", "ended", "ended returned", "ended after_end"),
    ServiceFinished: ("ended start_missing", "ended start_missing", "ended start_missing",
                      "ended start_missing", "ended", "ended", "no_show after_end", "ended after_end"),
    Cancelled: ("ended", "ended", "ended", "ended", "ended", "ended", "no_show after_end", "ended after_end"),
    Withdrawn: ("ended withdrawn", "ended withdrawn", "ended withdrawn", "ended withdrawn",
                "ended withdrawn", "ended withdrawn", "no_show withdrawn", "ended withdrawn"),
    DayClosed: ("unresolved", "unresolved", "unresolved", "unresolved",
                "unresolved", "unresolved", "no_show", "ended"),
})

CALL_STARTS: Final[Mapping[type[TicketEvent], Row]] = MappingProxyType({
    Called: ("serving", "serving not_checked_in", "serving", "serving",
             "serving", "held", "serving returned", "ended after_end"),
    NoShow: ("no_show", "no_show", "no_show", "no_show",
             "no_show", "no_show no_show_in_service", "no_show", "ended after_end"),
    Recalled: ("serving out_of_order", "serving not_checked_in", "serving out_of_order", "serving",
               "serving", "held", "serving returned", "ended after_end"),
    ServiceStarted: ("serving", "serving not_checked_in", "serving", "serving",
                     "serving", "serving", "serving returned", "ended after_end"),
})
# fmt: on
"""Rows that replace those of :data:`TABLE` for a source that reports no service start: there the
call starts the service, and a no-show or another call after it is nothing odd."""

_Cells = Mapping[str, tuple[tuple[str, str | None], ...]]


def _cells(table: Mapping[type[TicketEvent], Row]) -> _Cells:
    """The table turned for the walk: state -> by rank of the event -> (next state, finding)."""
    by_state = {}
    for column, state in enumerate(LIFE_STATES):
        row: list[tuple[str, str | None]] = []
        for kind in RANK:
            after, _, finding = table[kind][column].partition(" ")
            # DayClosed is a mark beside the state, because a later event takes it off again
            row.append((state if after == "unresolved" else after, finding or None))
        by_state[state] = tuple(row)
    return MappingProxyType(by_state)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a source's reported steps mean for the walk. ``last`` is the step that stands for the
    end where none is reported; ``expects_start`` is False where a start can never be known."""

    cells: _Cells
    last: str
    expects_start: bool

    @classmethod
    def of(cls, steps: Collection[str]) -> Rules:
        """The rules for a source that reports ``steps``; unknown words are ignored."""
        reported = [step for step in STEPS if step in steps]
        return cls(
            cells=FULL.cells if "started" in reported else _CALL_STARTS_CELLS,
            last=reported[-1] if reported else "finished",
            expects_start="started" in reported or "called" in reported,
        )

    def reached_by(self, row: Observed) -> bool:
        """Whether ``row`` tells the last step of a source that reports no end."""
        return self.last != "finished" and getattr(row, f"{self.last}_at") is not None


FULL: Final = Rules(cells=_cells(TABLE), last="finished", expects_start=True)
"""The rules for a source that reports every step."""

_CALL_STARTS_CELLS: Final = _cells({**TABLE, **CALL_STARTS})
