"""What becomes of a file that was taken in: a case (permohonan), from the set of its events.

A case is received, then completed or refused, then perhaps collected. It is a function of the *set*
of its events, whatever their order and however often they came; what cannot be is a finding, never
an error. A press that was a slip is taken back by an event of its own (:class:`CaseUndone`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final

from queues.clock import WorkClock

STATES: Final = ("open", "completed", "refused", "collected")
"""States of a case. "collected": completed, and its holder has it; a refused one stays refused."""

FINDINGS: Final = (
    "answered_twice",
    "collected_early",
    "completion_missing",
    "ended_early",
    "moved",
    "received_again",
    "receipt_missing",
)
"""answered_twice: completed and refused; the later answer counts. collected_early: collected before
it was completed. completion_missing: collected, but nobody told its completion; the collection
stands in. ended_early: answered before it was received. moved: its service changed. received_again:
received at two instants; the first counts. receipt_missing: nobody told its receipt; its earliest
event stands in."""

REFUSALS: Final = ("requirements", "mismatch", "twofold", "not_ours", "other")
"""Why a case is refused: requirements not met, data that do not match, the same application twice,
a matter of another agency, something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """What every event of a case carries: codes, the instant (aware UTC), the number of the ticket or
    file, and the day or instant it is ``due`` as ISO text, where that is told. ``arrived`` is its place
    in the order in which events were written."""

    id: str
    at: datetime
    agency: str
    service: str
    number: str | None = None
    visit: str | None = None
    due: str | None = None
    arrived: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReceived(CaseEvent):
    """The file was taken in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCompleted(CaseEvent):
    """What was applied for is ready."""

    result: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRefused(CaseEvent):
    """The application was refused for ``reason``."""

    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCollected(CaseEvent):
    """Its holder has come for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseUndone(CaseEvent):
    """The event ``undoes`` (an id) of this case was a slip and does not count."""

    undoes: str


RANK: Final = MappingProxyType({CaseReceived: 0, CaseCompleted: 1, CaseRefused: 2, CaseCollected: 3})
"""Order of events that share an instant; then the id decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A ticket that ended with its file accepted: it opens a case."""

    at: datetime
    agency: str
    service: str
    number: str | None = None
    visit: str | None = None
    due: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as its events tell it. ``ended_at`` is when it was completed or refused. ``due`` is the
    day or instant told with its receipt as ISO text (of several the one that arrived last: a mistake
    is mended by telling it again), None where only the service's promise says. ``told``: a
    case event speaks of it, not its ticket alone."""

    agency: str
    service: str
    number: str | None
    visit: str | None
    state: str
    received_at: datetime
    ended_at: datetime | None = None
    collected_at: datetime | None = None
    due: str | None = None
    result: str | None = None
    reason: str | None = None
    told: bool = False
    findings: tuple[str, ...] = field(default=())


def fold(events: Iterable[CaseEvent], accepted: Accepted | None = None) -> Case | None:
    """The case that these events of one key, and the ticket that opened it, tell of; None where
    nothing is left of it. An id counts once: of two contents the earlier."""
    ordered = sorted(events, key=_order)
    undone = {event.undoes for event in ordered if isinstance(event, CaseUndone)}
    seen: set[str] = set()
    counted: list[CaseEvent] = []
    for event in ordered:
        if not isinstance(event, CaseUndone) and event.id not in undone and event.id not in seen:
            counted.append(event)
        seen.add(event.id)
    if not counted and accepted is None:
        return None
    return _Told(accepted).told(counted)


def _order(event: CaseEvent) -> tuple[datetime, int, str, str]:
    return event.at, RANK.get(type(event), len(RANK)), event.id, repr(event)


class _Told:
    """Goes through the events of a case in their order."""

    def __init__(self, accepted: Accepted | None) -> None:
        self.accepted = accepted
        self.received_at = accepted.at if accepted else None
        self.received: datetime | None = None
        self.answer: CaseCompleted | CaseRefused | None = None
        self.collected_at: datetime | None = None
        self.findings: set[str] = set()

    def told(self, events: list[CaseEvent]) -> Case:
        for event in events:
            self._apply(event)
        first = min((event.at for event in events), default=None)
        received = self.received_at or first
        if received is None:
            raise ValueError("a case needs an event or a ticket")
        if self.received_at is None:
            self.findings.add("receipt_missing")
        answer, collected = self.answer, self.collected_at
        if answer is None and collected is not None:
            self.findings.add("completion_missing")
        ended_at = answer.at if answer is not None else collected
        if ended_at is not None and ended_at < received:
            self.findings.add("ended_early")
        completed = not isinstance(answer, CaseRefused)
        if answer is not None and completed and collected is not None and collected < answer.at:
            self.findings.add("collected_early")
        state = "open" if answer is None else "completed" if completed else "refused"
        if completed and collected is not None:
            state = "collected"
        return Case(
            agency=self._last(events, "agency") or "",
            service=self._last(events, "service") or "",
            number=self._last(events, "number"),
            visit=self._last(events, "visit"),
            state=state,
            received_at=received,
            ended_at=ended_at,
            collected_at=collected,
            due=self._due(events),
            result=answer.result if isinstance(answer, CaseCompleted) else None,
            reason=answer.reason if isinstance(answer, CaseRefused) else None,
            told=bool(events),
            findings=tuple(sorted(self.findings | self._moved(events))),
        )

    def _apply(self, event: CaseEvent) -> None:
        if isinstance(event, CaseReceived):
            if self.received not in (None, event.at):
                self.findings.add("received_again")
            elif self.received is None and self.accepted is None:
                self.received_at = event.at
            self.received = self.received or event.at
        elif isinstance(event, CaseCompleted | CaseRefused):
            # Of answers of one kind in a row the first counts: a repetition is none.
            if self.answer is not None and type(self.answer) is not type(event):
                self.findings.add("answered_twice")
            if type(self.answer) is not type(event):
                self.answer = event
        elif isinstance(event, CaseCollected) and self.collected_at is None:
            self.collected_at = event.at

    def _last(self, events: list[CaseEvent], name: str) -> str | None:
        """What the last event that tells it says; else what the ticket does."""
        said: list[str | None] = [getattr(event, name) for event in reversed(events)]
        said.append(getattr(self.accepted, name, None))
        return next((one for one in said if one is not None), None)

    def _due(self, events: list[CaseEvent]) -> str | None:
        """Only a receipt says until when: whoever tells the answer could else say it was in time."""
        said = [event for event in events if isinstance(event, CaseReceived) and event.due is not None]
        if said:
            return max(said, key=lambda event: (event.arrived, *_order(event))).due
        return self.accepted.due if self.accepted else None

    def _moved(self, events: list[CaseEvent]) -> set[str]:
        services = {event.service for event in events} | ({self.accepted.service} if self.accepted else set())
        return {"moved"} if len(services) > 1 else set()


def due_at(due: str, clock: WorkClock) -> datetime:
    """The instant (UTC) until which a case is on time: a day means its closing (24.00 where it has no
    hours). Raises ValueError for what is neither a day nor an instant with a zone."""
    if len(due) <= 10:
        return clock.closing(date.fromisoformat(due))
    at = datetime.fromisoformat(due)
    if at.tzinfo is None:
        raise ValueError("has no zone")
    return at.astimezone(clock.zone)


def promised_day(received_at: datetime, working_days: int, clock: WorkClock) -> date | None:
    """The serving day that is the so-many-th after the day of receipt; None when not in ten years."""
    return clock.serving_day(clock.day_of(received_at), working_days)


def promised_at(received_at: datetime, minutes: int, clock: WorkClock) -> datetime | None:
    """When so many working minutes have passed since the receipt; None when not in ten years."""
    return clock.add(received_at, minutes * 60)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a case stands at an instant. ``word`` is "overdue", "due_today", "running", "no_due", or the
    state it ended in. ``days`` are the serving days left until it is due, or since (None without a
    due; 0: today). ``seconds`` is the working time left or since. ``on_time``: completed within its
    due; None where that is not known or not yet."""

    word: str
    days: int | None = None
    seconds: float | None = None
    on_time: bool | None = None


def standing(
    state: str,
    ended_at: datetime | None,
    due: datetime | None,
    now: datetime,
    clock: WorkClock,
    *,
    completion_missing: bool = False,
) -> Standing:
    """How a case stands at ``now``, in the working time of ``clock``. ``completion_missing``: it ended
    with its collection, so that one collected late may still have been ready in time."""
    if state != "open":
        if state == "refused" or due is None or ended_at is None:
            return Standing(state)
        within = ended_at <= due
        return Standing(state, on_time=None if completion_missing and not within else within)
    if due is None:
        return Standing("no_due")
    late = now > due
    first, last = (due, now) if late else (now, due)
    # Closing is the end of its day: a case due at 24.00 is due on the day before that midnight.
    begin, end = clock.day_of(first - _INSTANT if late else first), clock.day_of(last - _INSTANT)
    days = clock.serving_days(begin, end)
    word = (
        "overdue" if late else "due_today" if clock.day_of(due - _INSTANT) == clock.day_of(now) else "running"
    )
    return Standing(word, days, clock.seconds(first, last))


_INSTANT: Final = timedelta(microseconds=1)


def on_time_share(within: int, completed: int, overdue_open: int) -> float | None:
    """Completed within due / (completed + overdue and still open), of cases that have a due: what is
    late and not finished counts as late, so that leaving it lie never makes the share better. None
    where nothing is to be judged."""
    judged = completed + overdue_open
    return within / judged if judged else None
