"""The walk of one leg through the table of :mod:`queues.rules`, and what it records on the way."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from queues.events import (
    RANK,
    Called,
    Cancelled,
    CheckedIn,
    DayClosed,
    Leg,
    Observed,
    Recalled,
    ServiceFinished,
    ServiceStarted,
    TicketEvent,
    TicketIssued,
    Transferred,
    Withdrawn,
)
from queues.rules import Rules

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
_CONCLUSIONS: Final = (_WITHDRAWN, _DAY_CLOSED)
"""What is concluded about a leg rather than done with it."""


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
        if rank in _CONCLUSIONS:
            self._conclude(at, rank, event)
            return
        self.closed_at = None
        self._describe(event, rank)
        after, finding = self.rules.cells[before][rank]
        if rank == _ISSUED:
            after, finding = self._issue(at, event, after, finding)
        else:
            self._record(at, rank, event)
        if finding is not None:
            self.findings.add(finding)
        if after != before:
            self._enter(after, at, rank, event)

    def repeat(self, event: TicketEvent, rank: int) -> None:
        """The same step at the same instant once more: only what it says of the leg counts."""
        if rank not in _CONCLUSIONS:
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
            if event.booked and self.state == "new":
                after = "booked"
        if event is self.opening:
            return after, None
        again, self.issued = self.issued, True
        return after, finding if again else None

    def _record(self, at: datetime, rank: int, event: Any) -> None:
        """What an event says beside its transition. The first check-in and the first call stay;
        nothing of them is taken after the end."""
        if rank == _TRANSFERRED:
            if self.transfer is None:  # the first one opens the next leg, whatever became of this one
                self.transfer = event
                self.transferred_booking = self.state == "booked"
        elif rank == _STARTED:
            self._restart(at)
        elif self.state != "ended":
            if rank in (_CALLED, _RECALLED):
                self.calls += 1
                self.called_at = self.called_at or at
            elif rank == _CHECKED_IN:
                self.checked_in_at = self.checked_in_at or at

    def _restart(self, at: datetime) -> None:
        """A start in service replaces the call that stood for it; one told after the end of a
        served leg is kept, so that its times can be seen to be wrong."""
        if self.state == "ended":
            kept = self.outcome == "served" and self.started_at is None
        else:
            kept = self.start_by == "call"
        if kept:
            self.started_at = at
            self.start_by = "start"

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
        if state in ("no_show", "ended"):
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
            to_agency=None if self.transfer is None else self.transfer.to_agency,
            to_service=None if self.transfer is None else self.transfer.to_service,
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
