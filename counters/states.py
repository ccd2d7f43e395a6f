"""The state of one counter, from its events and from what its tickets show.

The state is a function of the *set* of events: the latest state event (by instant, then kind,
then id) decides, so any order and any repetition give the same; only since when a closing was
repeated may need a second look (:func:`overtaken`). A heartbeat says only that the counter is
there. Silence is a matter of age, never an event (:func:`presence`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from counters.events import (
    CounterClosed,
    CounterEvent,
    CounterOpened,
    CounterPaused,
    CounterResumed,
)

STATES: Final = ("open", "paused", "closed", "unknown")
"""What a counter's events say of it. "unknown": it was heard of, but not whether it is open."""

WORDS: Final = ("serving", "ready", "unattended", "paused", "not_opened", "closed", "unknown")
"""What the board says of a counter. *Melayani* on the wall is serving + ready."""

UNATTENDED_S: Final = 300.0
"""Seconds an open counter may be without a ticket while somebody it serves waits."""

_KINDS: Final = MappingProxyType(
    {
        CounterOpened: (0, "open"),
        CounterPaused: (1, "paused"),
        CounterResumed: (2, "open"),
        CounterClosed: (3, "closed"),
    }
)
"""State events: their order at the same instant, and the state they bring."""


@dataclass(frozen=True, slots=True)
class CounterState:
    """A counter as its events tell it.

    ``since`` is the instant of the latest state event: a pause that is reported again counts from
    the repetition, because an earlier event may still be on its way. ``reason`` is set while
    paused. ``last_seen`` is the latest instant of any event. ``rank`` and ``event_id`` settle which
    of two events at one instant is the later.

    ``opened`` is the latest instant it was told to be at work (opened, paused or resumed), None
    where it never was. ``closed_from``, set while closed, is the earliest closing after that: a
    closing that is told again is the same one.
    """

    state: str
    since: datetime | None
    reason: str | None
    last_seen: datetime
    rank: int = -1
    event_id: str = ""
    opened: datetime | None = None
    closed_from: datetime | None = None

    @property
    def begun(self) -> datetime | None:
        """Since when it has been in its state: ``since``, or the first of the closings."""
        return self.since if self.closed_from is None else self.closed_from


def apply(state: CounterState | None, event: CounterEvent) -> CounterState:
    """``state`` (None: nothing heard yet) after ``event`` of the same counter."""
    kind = _KINDS.get(type(event))
    if kind is None:
        told = CounterState("unknown", None, None, event.at)
    else:
        rank, name = kind
        reason = event.reason if isinstance(event, CounterPaused) else None
        closed = name == "closed"
        told = CounterState(
            name,
            event.at,
            reason,
            event.at,
            rank,
            event.id,
            opened=None if closed else event.at,
            closed_from=event.at if closed else None,
        )
    return told if state is None else merge(state, told)


def overtaken(state: CounterState | None, event: CounterEvent) -> bool:
    """Whether ``event`` tells late that the counter was at work between two closings of ``state``.

    Which closing was the first after it is not kept: until every event from its instant on is
    applied once more, the closing counts from its repetition.
    """
    if state is None or state.since is None or state.closed_from is None:
        return False
    name = _KINDS.get(type(event), (0, "closed"))[1]
    return name != "closed" and state.closed_from < event.at < state.since


def _order(state: CounterState, since: datetime) -> tuple[datetime, int, str, str]:
    return since, state.rank, state.event_id, state.reason or ""


def merge(one: CounterState, other: CounterState) -> CounterState:
    """What two sources together say of one counter: the later state event of the two decides. Where
    one told it to be at work between two closings of the other, the later of these counts."""
    seen = max(one.last_seen, other.last_seen)
    if one.since is None or other.since is None:
        told = other if one.since is None else one
        return told if told.last_seen == seen else replace(told, last_seen=seen)
    told = max(one, other, key=lambda state: _order(state, state.since or seen))
    opened = max((at for at in (one.opened, other.opened) if at is not None), default=None)
    first = _closed_from((one, other), opened) if told.state == "closed" else None
    if (told.last_seen, told.opened, told.closed_from) == (seen, opened, first):
        return told
    return replace(told, last_seen=seen, opened=opened, closed_from=first)


def _closed_from(states: Iterable[CounterState], opened: datetime | None) -> datetime | None:
    """The earliest closing known that is not before ``opened``; at one instant a closing is later."""
    closings = (at for s in states if s.state == "closed" for at in (s.closed_from, s.since))
    return min((at for at in closings if at is not None and (opened is None or at >= opened)), default=None)


def presence(state: CounterState | None, now: datetime, silent_after_s: float | None) -> str:
    """How fresh the counter's news are: "live", "silent" (nothing for ``silent_after_s`` seconds) or
    "never" (nothing at all). ``silent_after_s`` None: its source sends no heartbeats, so silence
    means nothing."""
    if state is None:
        return "never"
    if silent_after_s is not None and (now - state.last_seen).total_seconds() > silent_after_s:
        return "silent"
    return "live"


@dataclass(frozen=True, slots=True)
class Desk:
    """What the board knows of a counter beside its events.

    ``ticket_since``: when the ticket now at it was called or sat down (None: no ticket).
    ``waits_since``: since when somebody it serves has waited uncalled (None: nobody waits).
    ``last_end``: when its last ticket of today ended. ``day_start``: the mall's midnight; a state
    from before it says nothing of today. ``opens_at`` and ``closes_at``: its agency's hours today,
    ``opens_at`` None where it is not scheduled (a place without known hours opens at midnight),
    ``closes_at`` None where no closing is known. ``silent``: no news of it.
    """

    day_start: datetime
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    ticket_since: datetime | None = None
    waits_since: datetime | None = None
    last_end: datetime | None = None
    silent: bool = False


def word(state: CounterState | None, desk: Desk, now: datetime) -> str:
    """The board's word for a counter, one of :data:`WORDS`; the first that holds.

    1. No news: unknown.
    2. A ticket is at it and no pause or closing came after that ticket: serving.
    3. Closed today: closed. Paused today: paused, or unattended where the reason is no_officer.
    4. Opened today, or a ticket ended at it today and it is not past closing: unattended where
       somebody it serves has waited and it had no ticket for :data:`UNATTENDED_S`, else ready.
    5. Not scheduled, before opening or after closing: closed.
    6. Heard of, but never whether it is open: unknown. Else not_opened.
    """
    if desk.silent:
        return "unknown"
    told = since = reason = None
    if state is not None and state.since is not None and state.since >= desk.day_start:
        told, since, reason = state.state, state.since, state.reason
    stopped = told in ("closed", "paused")
    if desk.ticket_since is not None and not (stopped and since is not None and since >= desk.ticket_since):
        return "serving"
    if stopped:
        return "unattended" if reason == "no_officer" else str(told)
    past = desk.closes_at is not None and now >= desk.closes_at
    if told == "open" or (desk.last_end is not None and desk.last_end >= desk.day_start and not past):
        return "unattended" if _idle(since, desk, now) else "ready"
    if desk.opens_at is None or now < desk.opens_at or past:
        return "closed"
    return "unknown" if state is not None and state.state == "unknown" else "not_opened"


def _idle(since: datetime | None, desk: Desk, now: datetime) -> bool:
    """Whether people have waited for this open counter too long while it had no ticket."""
    if desk.waits_since is None:
        return False
    starts = [instant for instant in (since, desk.last_end, desk.waits_since) if instant is not None]
    return (now - max(starts)).total_seconds() >= UNATTENDED_S
