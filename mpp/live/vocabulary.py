"""The events a source may send: types, fields and what each field may hold.

One table serves the check of what comes in (:mod:`mpp.live.envelope`) and the OpenAPI document.
It is also the allow-list for personal data: a field that is not here is dropped before anything
is stored or logged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from counters.events import PAUSE_REASONS
from counters.ratings import REASONS
from mpp.live.personal import DIGITS, has_nik, names_somebody
from mpp.store.codec import instant
from queues.events import OUTCOMES, RESULTS

CODE = re.compile(r"[a-z0-9-]{1,64}\Z")
TIME_HINT: Final = "must be an ISO 8601 time with a zone, like 2026-11-23T09:14:05+07:00"


class UnfitError(ValueError):
    """A value that a field cannot hold; the text says what would be right."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of ``data``. ``kind`` is code, key, id, comment, whole, instant, due, flag, choice
    or labels; ``least``/``most`` bound numbers and lengths."""

    kind: str
    about: str
    required: bool = False
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 64

    def read(self, value: Any) -> Any:
        """The value as it is stored. Raises UnfitError."""
        return _READERS[self.kind](self, value)


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise UnfitError("must be text")
    if not 0 < len(value) <= field.most:
        raise UnfitError(f"must have 1 to {field.most} characters")
    if not value.isprintable():
        raise UnfitError("must not hold control characters")
    return value


def _code(_field: Field, value: Any) -> str:
    if not isinstance(value, str) or not CODE.match(value):
        raise UnfitError("must be a code of small letters, digits and hyphens, as in the mall's description")
    if len(value) > 9:
        _nobody(value)
    return value


def _key(field: Field, value: Any) -> str:
    """A key names a ticket, a case or a visit, never a person."""
    value = _text(field, value)
    if len(value) > 9:
        _nobody(value)
    return value


def _nobody(value: str) -> None:
    found = names_somebody(value)
    if found is not None:
        raise UnfitError(f"looks like {found}: send a number or random key that names nobody")


def _id(field: Field, value: Any) -> str:
    """An event's id may be any 16 digits (machines count so) that do not read as a NIK."""
    value = _text(field, value)
    if has_nik(value, sure=True):
        raise UnfitError("looks like a NIK (16 digits): send a counting or random id")
    return value


def _comment(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise UnfitError("must be text")
    value = "".join(c if c.isprintable() else " " for c in value[: field.most])
    return DIGITS.sub("…", value)


def _whole(field: Field, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not field.least <= value <= field.most:
        raise UnfitError(f"must be a whole number from {field.least} to {field.most}")
    return value


def _instant(_field: Field, value: Any) -> datetime:
    # The texts of Python's own errors hold the value: they are not passed on.
    if not isinstance(value, str) or len(value) > 40 or not value.isascii() or not value.isprintable():
        raise UnfitError(TIME_HINT)
    try:
        return instant(value)
    except (ValueError, OverflowError):
        raise UnfitError(TIME_HINT) from None


def _due(field: Field, value: Any) -> str:
    """A day or an instant as ISO 8601 writes it, in the zone that was given."""
    hint = "must be an ISO 8601 day or time with a zone, like 2026-11-30 or 2026-11-30T15:00:00+07:00"
    if not isinstance(value, str) or len(value) > field.most:
        raise UnfitError(hint)
    try:
        if len(value) <= 10:
            return date.fromisoformat(value).isoformat()
        instant(value)
        text = datetime.fromisoformat(value).isoformat()
    except (ValueError, OverflowError):
        raise UnfitError(hint) from None
    if len(text) > field.most:
        raise UnfitError(hint)
    return text


def _flag(_field: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise UnfitError("must be true or false")
    return value


def _choice(field: Field, value: Any) -> str:
    if not isinstance(value, str) or value not in field.choices:
        raise UnfitError(f"must be one of {', '.join(field.choices)}")
    return value


def _labels(field: Field, value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > 10:
        raise UnfitError("must be a list of at most 10 codes")
    for item in value:
        if not isinstance(item, str) or item not in field.choices:
            raise UnfitError(f"must be some of {', '.join(field.choices)}")
    return value


_READERS: Final = MappingProxyType(
    {
        "code": _code,
        "key": _key,
        "id": _id,
        "comment": _comment,
        "whole": _whole,
        "instant": _instant,
        "due": _due,
        "flag": _flag,
        "choice": _choice,
        "labels": _labels,
    }
)

_AGENCY = Field("code", "Code of the agency (instansi).", required=True)
_SERVICE = Field("code", "Code of the service (layanan), unique within its agency.", required=True)
_COUNTER = Field("code", "Code of the counter (loket), unique within its agency.")
_TICKET: Final[dict[str, Field]] = {
    "agency": _AGENCY,
    "service": _SERVICE,
    "number": Field("key", "What is printed on the ticket. Never a key: it restarts daily.", True, most=40),
    "counter": _COUNTER,
    "priority": Field("code", "Priority class, such as lansia; absent for an ordinary ticket."),
    "visit": Field("key", "Key that joins the tickets of one visitor's errand.", most=200),
    "leg": Field("whole", "1 until the ticket is transferred, then 2 ...", least=1, most=99),
}
_RESULT = Field("choice", "How the service ended.", choices=RESULTS)
_DUE = Field("due", "Day or instant the case is due.", most=40)
_REVISION = Field("whole", "Counts up with every change of the row.", least=1, most=2_000_000_000)
_CASE: Final[dict[str, Field]] = {
    "agency": _AGENCY,
    "service": _SERVICE,
    "number": Field("key", "Ticket number under which it was received.", most=40),
    "visit": _TICKET["visit"],
    "due": _DUE,
}
_PLACE: Final[dict[str, Field]] = {
    "agency": _AGENCY,
    "counter": Field("code", _COUNTER.about, required=True),
}


def _step(about: str) -> Field:
    return Field("instant", about)


FIELDS: Final[Mapping[str, Mapping[str, Field]]] = MappingProxyType(
    {
        "ticket.issued": _TICKET | {"booked": Field("flag", "Reserved ahead; waits from check-in.")},
        "ticket.checked_in": _TICKET,
        "ticket.called": _TICKET,
        "ticket.recalled": _TICKET,
        "ticket.started": _TICKET,
        "ticket.held": _TICKET,
        "ticket.resumed": _TICKET,
        "ticket.finished": _TICKET | {"result": _RESULT, "due": _DUE},
        "ticket.no_show": _TICKET,
        "ticket.transferred": _TICKET
        | {
            "to_agency": Field("code", "Agency it goes to; absent: the same."),
            "to_service": Field("code", "Service it goes to.", required=True),
        },
        "ticket.cancelled": _TICKET
        | {"reason": Field("code", "left: the visitor walked away; anything else is a cancellation.")},
        "ticket.observed": _TICKET
        | {
            "revision": _REVISION,
            "issued_at": _step("When the number was taken."),
            "checked_in_at": _step("When the holder of a booking arrived."),
            "called_at": _step("First call."),
            "started_at": _step("Service start."),
            "ended_at": _step("End, however it ended."),
            "booked": Field("flag", "Reserved ahead; waits from check-in."),
            "outcome": Field("choice", "How it ended.", choices=OUTCOMES),
            "result": _RESULT,
            "due": _DUE,
        },
        "ticket.withdrawn": _TICKET | {"revision": _REVISION},
        "counter.opened": _PLACE,
        "counter.paused": _PLACE
        | {
            "reason": Field("choice", "Why it stopped.", required=True, choices=PAUSE_REASONS),
            "note": Field("comment", "What is behind the reason other; long digit runs are masked.", most=80),
        },
        "counter.resumed": _PLACE,
        "counter.closed": _PLACE,
        "counter.heartbeat": _PLACE,
        "queue.reading": {
            "agency": _AGENCY,
            "service": _SERVICE,
            "waiting": Field("whole", "People waiting.", most=100_000),
            "open_counters": Field("whole", "Counters open.", most=10_000),
            "current": Field("key", "Number being served.", most=40),
        },
        "case.received": _CASE,
        "case.completed": _CASE | {"result": _RESULT},
        "case.refused": _CASE | {"reason": Field("code", "Why it was refused.")},
        "case.collected": _CASE,
        "case.undone": _CASE
        | {"undoes": Field("id", "Id of the event of this case that was a slip.", required=True, most=200)},
        "rating.given": {
            "agency": _AGENCY,
            "service": Field("code", _SERVICE.about),
            "counter": _COUNTER,
            "score": Field(
                "whole", "4 sangat puas, 3 puas, 2 kurang puas, 1 tidak puas.", True, least=1, most=4
            ),
            "reasons": Field("labels", "Codes of the reasons that were touched.", choices=REASONS),
            "comment": Field("comment", "Free text; long digit runs are masked.", most=1000),
        },
    }
)
"""Fields of ``data`` by type (the CloudEvents type without ``mpp.``)."""

MAX_AGE: Final = timedelta(days=7)
MAX_AHEAD: Final = timedelta(minutes=5)
"""How far from its arrival an event may have happened."""

ENVELOPE: Final = ("specversion", "id", "source", "type", "time", "subject", "datacontenttype", "data")
"""Fields of a CloudEvent that are read; others are dropped."""

ID: Final = Field("id", "Unique within source.", most=200)
SUBJECT: Final = Field("key", "Key of the ticket or case.", most=200)

NEEDS_SUBJECT: Final = ("ticket.", "case.")
"""Families whose ``subject`` is the key of what they speak of."""
