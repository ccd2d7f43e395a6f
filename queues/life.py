"""The life of one leg: a table of states and the bookkeeping beside it.

:data:`TABLE` is the whole behaviour: state x event -> next state and finding. The same table is
printed in ``docs/ticket-life.md``; the tests hold the two equal. :class:`Life` walks one leg
through it, its events given in their order (:mod:`queues.tickets` sorts them).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from queues.events import (
    RANK,
    STEPS,
    Called,
    Cancelled,
    CheckedIn,
    DayClosed,
    Held,
    Leg,
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
    ServiceFinished: ("ended start_missing", "ended start_missing", "ended start_missing", "ended start_missing",
                      "ended", "ended", "no_show after_end", "ended after_end"),
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


_ISSUED: Final = RANK[TicketIssued]
_CHECKED_IN: Final = RANK[CheckedIn]
_CALLED: Final = RANK[Called]
_RECALLED: Final = RANK[Recalled]
_STARTED: Final = RANK[ServiceStarted]
_TRANSFERRED: Final = RANK[Transferred]
_FINISHED: Final = RANK[ServiceFinished]
_CANCELLED: Final = RANK[Cancelled]
_WITHDRAWN: Final = RANK[Withdrawn]
_DAY_CLOSED: Final = RANK[DayClosed]
_OPEN: Final = ("new", "booked", "waiting", "called", "serving", "held")


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


class Life:
    """One leg while its events are told to it, in order, by :meth:`step`; then :meth:`leg`."""

    # Defaults on the class: a leg usually sets half of them, and folding is on the way in.
    state: str = "new"
    agency: str | None = None
    service: str | None = None
    number: str | None = None
    counter: str | None = None
    priority: str | None = None
    visit: str | None = None
    issued_at: datetime | None = None
    issued: bool = False
    booked: bool = False
    checked_in_at: datetime | None = None
    called_at: datetime | None = None
    calls: int = 0
    started_at: datetime | None = None
    start_by: str | None = None
    held_from: datetime | None = None
    held_s: float = 0.0
    closed_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str | None = None
    result: str | None = None
    due: str | None = None
    transfer: Transferred | None = None
    transferred_booking: bool = False

    def __init__(self, rules: Rules, first_at: datetime, opening: TicketEvent | None = None) -> None:
        """``first_at`` is the earliest instant known of the leg. ``opening`` is the issue a
        transfer made: an issue of the source's own beside it is no second one."""
        self.rules = rules
        self.first_at = self.since = first_at
        self.opening = opening
        self.findings: set[str] = set()

    def step(self, at: datetime, rank: int, event: Any) -> None:
        """Tell the next event. ``rank`` says which step it is: a row (Observed) tells several."""
        before = self.state
        if rank == _DAY_CLOSED or rank == _WITHDRAWN:
            self._conclude(at, rank, event)
            return
        self.closed_at = None
        self._describe(event, rank)
        after, finding = self.rules.cells[before][rank]
        record = _RECORDS.get(rank)
        if record is not None:
            after, finding = record(self, at, event, after, finding)
        if finding is not None:
            self.findings.add(finding)
        if after != before:
            self._enter(after, at, rank, event)

    def repeat(self, event: TicketEvent, rank: int) -> None:
        """The same step at the same instant once more: only what it says of the leg counts."""
        if rank != _DAY_CLOSED and rank != _WITHDRAWN:
            self._describe(event, rank)

    def _describe(self, event: TicketEvent, rank: int) -> None:
        """Take over what the event says about the leg: the last word counts."""
        if event.agency is not None and event.agency != self.agency:
            if self.agency is not None:
                self.findings.add("moved")
            self.agency = event.agency
        if event.service is not None and event.service != self.service:
            if self.service is not None:
                self.findings.add("moved")
            self.service = event.service
        if event.number is not None:
            self.number = event.number
        if event.counter is not None and (rank >= _CALLED or type(event) is not Observed):
            self.counter = event.counter
        if event.priority is not None:
            self.priority = event.priority
        if event.visit is not None:
            self.visit = event.visit

    def _conclude(self, at: datetime, rank: int, event: TicketEvent) -> None:
        """A closing marks the leg beside its state, for a later event to take off again. A row
        that is gone cancels what is still open."""
        after, finding = self.rules.cells[self.state][rank]
        if finding is not None:
            self.findings.add(finding)
        if self.agency is None and self.service is None:
            self._describe(event, rank)
        if rank == _DAY_CLOSED:
            self.closed_at = self.closed_at or at
        elif after != self.state and self.closed_at is None and self._reached() is None:
            self._enter(after, at, rank, event)

    def _issue(self, at: datetime, event: Any, after: str, finding: str | None) -> tuple[str, str | None]:
        if self.issued_at is None:
            self.issued_at = at
            self.booked = event.booked
            if event.booked and after == "waiting" and self.state == "new":
                after = "booked"
        if event is self.opening or not self.issued:
            finding = None
        if event is not self.opening:
            self.issued = True
        return after, finding

    def _check_in(self, at: datetime, event: Any, after: str, finding: str | None) -> tuple[str, str | None]:
        if self.checked_in_at is None and self.state != "ended":
            self.checked_in_at = at
        return after, finding

    def _call(self, at: datetime, event: Any, after: str, finding: str | None) -> tuple[str, str | None]:
        if self.state != "ended":
            self.calls += 1
            if self.called_at is None:
                self.called_at = at
        return after, finding

    def _start(self, at: datetime, event: Any, after: str, finding: str | None) -> tuple[str, str | None]:
        """A start reported in service replaces the call that stood for it; one reported after the
        end of a served leg is kept, so that its times can be told to be wrong."""
        late = self.state == "ended" and self.outcome == "served" and self.started_at is None
        if late or (self.start_by == "call" and self.state != "ended"):
            self.started_at = at
            self.start_by = "start"
        return after, finding

    def _transfer(self, at: datetime, event: Any, after: str, finding: str | None) -> tuple[str, str | None]:
        """The first transfer opens the next leg, whatever became of this one."""
        if self.transfer is None:
            self.transfer = event
            self.transferred_booking = self.state == "booked"
        return after, finding

    def _enter(self, after: str, at: datetime, rank: int, event: Any) -> None:
        before = self.state
        if before == "held" and self.held_from is not None:
            self.held_s += (at - self.held_from).total_seconds()
        if after == "serving" and before != "held":
            self.started_at = at
            self.start_by = "start" if rank == _STARTED else "call"
        elif after == "held":
            self.held_from = at
        elif after == "no_show":
            # nobody came, so what was taken for a service was none
            self.started_at = self.start_by = None
            self.held_s = 0.0
            self._end(at, "no_show")
            if type(event) is Observed and event.ended_at is None:
                self.findings.add("end_missing")
        elif after == "ended":
            self._finish(at, rank, event)
        if before == "no_show" and after != "ended":
            self.ended_at = self.outcome = None
        self.state = after
        self.since = at

    def _finish(self, at: datetime, rank: int, event: Any) -> None:
        if rank == _FINISHED:
            self._end(at, "served")
            self.result = event.result
            self.due = event.due
        elif rank == _TRANSFERRED:
            self._end(at, "served" if self.started_at is not None else "cancelled")
            self.result = "referred"
        elif rank == _CANCELLED:
            word = event.outcome if type(event) is Observed else event.reason
            self._end(at, "left" if word == "left" else "cancelled")
        else:
            self._end(at, "cancelled")
        if type(event) is Observed and event.ended_at is None:
            self.findings.add("end_missing")

    def _end(self, at: datetime, outcome: str) -> None:
        self.ended_at = at
        self.outcome = outcome

    def _reached(self) -> datetime | None:
        """When an open leg reached the source's last step, where that stands for its end."""
        last = self.rules.last
        if last == "finished" or self.state in ("new", "booked", "no_show", "ended"):
            return None
        if self.started_at is not None:
            return self.started_at
        if last == "issued":
            return self.issued_at
        return self.checked_in_at if last == "checked_in" else None

    def leg(self, ticket: str, number: int) -> Leg:
        """The leg as told so far."""
        state, since, ended_at, outcome = self.state, self.since, self.ended_at, self.outcome
        end_by = None
        if state == "no_show" or state == "ended":
            state, end_by = "ended", "event"
        else:
            reached = self._reached()
            if reached is not None:
                state, since, ended_at, outcome, end_by = "ended", reached, reached, "served", "step"
            elif self.closed_at is not None:
                state, since, ended_at, outcome = "ended", self.closed_at, self.closed_at, "unresolved"
                end_by = "closing"
        return Leg(
            ticket=ticket,
            leg=number,
            agency=self.agency,
            service=self.service,
            number=self.number,
            counter=self.counter,
            priority=self.priority,
            visit=self.visit,
            state=state,
            since=since,
            issued_at=self.issued_at or self.first_at,
            checked_in_at=self.checked_in_at,
            called_at=self.called_at,
            start_at=self.called_at if self.start_by == "call" else self.started_at,
            start_by=self.start_by,
            ended_at=ended_at,
            outcome=outcome,
            result=self.result,
            due=self.due,
            calls=self.calls,
            held_s=self.held_s,
            to_agency=self.transfer and self.transfer.to_agency,
            to_service=self.transfer and self.transfer.to_service,
            end_by=end_by,
            booked=self.booked,
            findings=self._findings(),
        )

    def _findings(self) -> tuple[str, ...]:
        found = self.findings
        if self.issued_at is None and self.checked_in_at is None:
            found.add("issue_missing")
        if self.started_at is not None or not self.rules.expects_start:
            found.discard("start_missing")
        return tuple(sorted(found)) if found else ()


_Record = Callable[[Life, datetime, Any, str, str | None], tuple[str, str | None]]

_RECORDS: Final[Mapping[int, _Record]] = MappingProxyType(
    {
        _ISSUED: Life._issue,
        _CHECKED_IN: Life._check_in,
        _CALLED: Life._call,
        _RECALLED: Life._call,
        _STARTED: Life._start,
        _TRANSFERRED: Life._transfer,
    }
)
"""What an event records beside the transition."""
