"""Fold the events of one ticket into its legs.

A leg is a function of the *set* of its events: they may come in any order and any number of
times. Same instants are ordered by :data:`queues.events.RANK`, then by id. Nothing raises: an
impossible sequence ends as findings (:mod:`queues.quality`). The table of states is
:data:`queues.rules.TABLE`, printed in ``docs/ticket-life.md``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from queues.events import (
    OUTCOMES,
    RANK,
    STEPS,
    Called,
    Cancelled,
    CheckedIn,
    DayClosed,
    Leg,
    NoShow,
    Observed,
    ServiceFinished,
    ServiceStarted,
    TicketEvent,
    TicketIssued,
    Withdrawn,
)
from queues.life import Life
from queues.rules import FULL, SERVING_STATES, WAITING_STATES, Rules

__all__ = ["SERVING_STATES", "WAITING_STATES", "fold"]

Step = tuple[datetime, int, str, TicketEvent]
"""One step of a leg as it is sorted: instant, rank of the step, id, the event that tells it."""

_RANK: Final[dict[type[TicketEvent], int]] = dict(RANK)
_ISSUED: Final = RANK[TicketIssued]
_WITHDRAWN: Final = RANK[Withdrawn]
_FINISHED: Final = RANK[ServiceFinished]
_END_OF_OUTCOME: Final = {
    "served": _FINISHED,
    "no_show": RANK[NoShow],
    "left": RANK[Cancelled],
    "cancelled": RANK[Cancelled],
    "unresolved": RANK[DayClosed],
}


def fold(
    events: Iterable[TicketEvent],
    *,
    ticket: str,
    steps: Collection[str] = STEPS,
    agencies: Collection[str] | None = None,
    until: datetime | None = None,
) -> tuple[Leg, ...]:
    """All legs of one ticket of one source, by leg number.

    ``steps`` are the steps the source reports: without "finished" its last one ends the leg as
    served, without "started" the call is the service start. ``agencies`` are those the source may
    write: a transfer to another one opens no leg here (None: all are its own). ``until`` hides
    whatever happened after it, rows and their steps included. An empty set has no legs.
    """
    rules = FULL if steps is STEPS else Rules.of(steps)
    groups: dict[int, list[TicketEvent]] = {}
    for event in _unique(events, until):
        group = groups.get(event.leg)
        if group is None:
            groups[event.leg] = [event]
        else:
            group.append(event)
    legs: list[Leg] = []
    opening: TicketIssued | None = None
    for number in sorted(groups):
        told = _steps(groups[number], opening, rules, until)
        if not told:
            continue
        life = _live(told, opening, rules)
        legs.append(life.leg(ticket, number))
        opening = None if life.transfer is None else _opening(life, number + 1, agencies)
        if opening is not None and opening.leg not in groups:
            legs.append(_live(_steps([], opening, rules, until), opening, rules).leg(ticket, opening.leg))
            opening = None
    return tuple(legs)


def _unique(events: Iterable[TicketEvent], until: datetime | None) -> Iterable[TicketEvent]:
    """Each id once. Two events of one id with different contents (the store never lets them in)
    count as the earlier one. A row read later may still tell an earlier step, so it stays."""
    seen: dict[str, TicketEvent] = {}
    for event in events:
        if until is not None and event.at > until and type(event) is not Observed:
            continue
        known = seen.setdefault(event.id, event)
        if known is not event and known != event:
            seen[event.id] = min(known, event, key=_content)
    return seen.values()


def _content(event: TicketEvent) -> tuple[datetime, str]:
    return event.at, repr(event)


def _opening(life: Life, number: int, agencies: Collection[str] | None) -> TicketIssued | None:
    """The issue of the leg a transfer opens, or None where another source follows it."""
    transfer = life.transfer
    if transfer is None:
        return None
    to_agency, to_service = transfer.to_agency, transfer.to_service
    if to_agency is not None and agencies is not None and to_agency not in agencies:
        return None
    if to_service is None and to_agency in (None, life.agency):
        to_service = life.service
    return TicketIssued(
        id=transfer.id,
        at=transfer.at,
        leg=number,
        agency=life.agency if to_agency is None else to_agency,
        service=to_service,
        number=life.number,
        priority=life.priority,
        visit=life.visit,
        booked=life.transferred_booking,
    )


def _live(steps: list[Step], opening: TicketIssued | None, rules: Rules) -> Life:
    """Walk a leg through its steps. The same step at the same instant counts once: a system that
    sends events and is polled as well says everything twice."""
    life = Life(rules, steps[0][0], opening)
    last_at, last_rank = None, -1
    for at, rank, _, event in steps:
        if rank == last_rank and at == last_at:
            life.repeat(event, rank)
        else:
            life.step(at, rank, event)
            last_at, last_rank = at, rank
    return life


def _steps(
    events: list[TicketEvent], opening: TicketIssued | None, rules: Rules, until: datetime | None
) -> list[Step]:
    """The steps of one leg in their order; those of its polled row among them."""
    steps: list[Step] = []
    rows: list[Observed | Withdrawn] = []
    for event in events:
        if isinstance(event, Observed | Withdrawn):
            rows.append(event)
            continue
        rank = _RANK.get(type(event))
        if rank is not None:
            steps.append((event.at, rank, event.id, event))
    if opening is not None:
        steps.append((opening.at, _ISSUED, opening.id, opening))
    if rows:
        steps += _row_steps(rows, rules, until)
    steps.sort()
    return steps


def _row_steps(rows: list[Observed | Withdrawn], rules: Rules, until: datetime | None) -> list[Step]:
    """The steps of the newest version of a polled row; a withdrawal newer than it comes last."""
    withdrawn: Withdrawn | None = None
    steps: list[Step] = []
    for row in sorted(rows, key=_version, reverse=True):
        if isinstance(row, Withdrawn):
            withdrawn = withdrawn or row
            continue
        steps = _told(row, rules)
        if until is not None:
            steps = [step for step in steps if step[0] <= until]
        if steps:
            break
    if withdrawn is not None:
        at = max([withdrawn.at, *(step[0] for step in steps)])
        steps.append((at, _WITHDRAWN, withdrawn.id, withdrawn))
    return steps


def _version(row: Observed | Withdrawn) -> tuple[int, int, str]:
    return row.revision, _RANK[type(row)], row.id


def _told(row: Observed, rules: Rules) -> list[Step]:
    """What one row says: its instants and its end. A row without either was seen at ``at``."""
    steps: list[Step] = [
        (at, _RANK[kind], row.id, row)
        for at, kind in (
            (row.issued_at, TicketIssued),
            (row.checked_in_at, CheckedIn),
            (row.called_at, Called),
            (row.started_at, ServiceStarted),
        )
        if at is not None
    ]
    outcome = row.outcome if row.outcome in OUTCOMES else None
    if row.ended_at is not None and outcome in (None, "served"):
        steps.append((row.ended_at, _FINISHED, row.id, row))
    elif outcome == "served" and rules.reached_by(row):
        pass  # the source's last step stands for the end
    elif outcome is not None:
        # no instant of its own: the reading's stands in. Nothing of the row happened after its end.
        at = max([row.ended_at or row.at, *(step[0] for step in steps)])
        steps.append((at, _END_OF_OUTCOME[outcome], row.id, row))
    elif not steps:
        steps.append((row.at, _RANK[Observed], row.id, row))
    return steps
