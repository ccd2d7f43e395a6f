"""Rows of the event log and the frozen values they stand for.

``type`` in the log is the CloudEvents type without ``mpp.``: "ticket.called". The fields of a
value that are not columns lie in ``data`` as JSON with ISO instants.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from counters import completion
from counters import events as counter
from queues import events as ticket

TICKET_TYPES: Final[Mapping[str, type[ticket.TicketEvent]]] = MappingProxyType(
    {
        "ticket.issued": ticket.TicketIssued,
        "ticket.checked_in": ticket.CheckedIn,
        "ticket.called": ticket.Called,
        "ticket.recalled": ticket.Recalled,
        "ticket.started": ticket.ServiceStarted,
        "ticket.held": ticket.Held,
        "ticket.resumed": ticket.Resumed,
        "ticket.finished": ticket.ServiceFinished,
        "ticket.no_show": ticket.NoShow,
        "ticket.transferred": ticket.Transferred,
        "ticket.cancelled": ticket.Cancelled,
        "ticket.observed": ticket.Observed,
        "ticket.withdrawn": ticket.Withdrawn,
        "ticket.day_closed": ticket.DayClosed,
    }
)

COUNTER_TYPES: Final[Mapping[str, type[counter.CounterEvent]]] = MappingProxyType(
    {
        "counter.opened": counter.CounterOpened,
        "counter.paused": counter.CounterPaused,
        "counter.resumed": counter.CounterResumed,
        "counter.closed": counter.CounterClosed,
        "counter.heartbeat": counter.CounterHeartbeat,
    }
)

CASE_TYPES: Final[Mapping[str, type[completion.CaseEvent]]] = MappingProxyType(
    {
        "case.received": completion.CaseReceived,
        "case.completed": completion.CaseCompleted,
        "case.refused": completion.CaseRefused,
        "case.collected": completion.CaseCollected,
        "case.undone": completion.CaseUndone,
    }
)

INSTANTS: Final = ("issued_at", "checked_in_at", "called_at", "started_at", "ended_at")
"""Fields of ``data`` that are instants."""


# What json.loads calls in the end; a rebuild calls it for every event there is.
_DECODE: Final = json.JSONDecoder().raw_decode


def whole_id(event_id: str, origin: str) -> str:
    """An event's id as the folds know it: ids are unique within their CloudEvents source only."""
    return f"{event_id}\x1f{origin}"


def instant(value: str) -> datetime:
    """An ISO text with a zone as aware UTC. Raises ValueError without a zone or if unreadable."""
    parsed = datetime.fromisoformat(value)
    if parsed.tzinfo is None:
        raise ValueError("has no zone; add +07:00 or Z")
    return parsed.astimezone(UTC)


def ticket_event(kind: str, event_id: str, at: datetime, leg: int, data: str) -> ticket.TicketEvent:
    """The value of one log row of a ticket."""
    fields: dict[str, Any] = _DECODE(data)[0]
    if kind == "ticket.observed":
        for name in INSTANTS:
            if fields.get(name):
                fields[name] = datetime.fromisoformat(fields[name])
    return TICKET_TYPES[kind](id=event_id, at=at, leg=leg, **fields)


def counter_event(kind: str, event_id: str, at: datetime, data: str) -> counter.CounterEvent:
    """The value of one log row of a counter."""
    return COUNTER_TYPES[kind](id=event_id, at=at, **json.loads(data))


def case_event(
    kind: str, name: tuple[str, str], at: datetime, data: str, arrived: int
) -> completion.CaseEvent:
    """The value of one log row of a case; ``name`` is its id and its CloudEvents source, and it takes
    back events of that one only."""
    fields: dict[str, Any] = json.loads(data)
    if kind == "case.undone":
        fields["undoes"] = whole_id(fields["undoes"], name[1])
    return CASE_TYPES[kind](id=whole_id(*name), at=at, arrived=arrived, **fields)


def dumps(data: Mapping[str, Any]) -> str:
    """The canonical JSON of a log row: sorted keys, no blanks, instants as ISO texts."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_iso)


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"cannot be stored as JSON: {value!r}")
