"""CloudEvents 1.0 items as they come in: read, checked, stripped of what we may not keep.

Pure: bytes and clocks stay outside. An item becomes an :class:`Incoming` or a :class:`Refused`;
nothing here raises for bad input.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from mpp.live.vocabulary import DIGITS, FIELDS, NEEDS_SUBJECT, NIK, Field, UnfitError
from mpp.store.codec import INSTANTS, dumps, instant

MAX_AGE: Final = timedelta(days=7)
MAX_AHEAD: Final = timedelta(minutes=5)
OLDEST_STEP: Final = timedelta(days=366)
"""How far back a row's own steps may lie: a booking is older than the row's last change."""
ENVELOPE: Final = ("specversion", "id", "source", "type", "time", "subject", "datacontenttype", "data")
_ID = Field("text", "", most=200)
_SUBJECT = Field("key", "", most=200)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A readable item: ``at`` corrected UTC, ``occurred_at`` as given, ``data`` the fields kept,
    ``stored`` their canonical JSON, ``dropped`` how many fields were not ours to keep."""

    origin: str
    event_id: str
    type: str
    subject: str
    leg: int
    agency: str
    at: datetime
    occurred_at: str
    data: Mapping[str, Any]
    stored: str
    digest: str
    dropped: int = 0

    def envelope(self) -> str:
        """The item again as CloudEvents JSON, with the fields kept: what a quarantine holds."""
        return dumps(
            {
                "specversion": "1.0",
                "id": self.event_id,
                "source": self.origin,
                "type": f"mpp.{self.type}",
                "time": self.occurred_at,
                "subject": self.subject,
                "data": {**self.data, "leg": self.leg} if self.type.startswith("ticket.") else self.data,
            }
        )


@dataclass(frozen=True, slots=True)
class Refused:
    """An item that cannot be taken: ``reason`` a code, ``detail`` what is wrong, where, and what
    would be right, ``item`` what we may keep of it as JSON, ``at`` when it happened where that could
    be read. ``forbidden`` items are not kept."""

    event_id: str
    reason: str
    detail: str
    item: str
    agency: str | None = None
    subject: str | None = None
    forbidden: bool = False
    dropped: int = 0
    at: datetime | None = None


def content_digest(kind: str, occurred_at: str, subject: str, leg: int, stored: str) -> str:
    """What makes two copies of an id the same content: 32 hex digits."""
    text = "\x1f".join((kind, occurred_at, subject, str(leg), stored))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def read(item: Any, source: str, received_at: datetime, offset_s: int = 0) -> Incoming | Refused:
    """One item sent with the token of ``source``.

    ``received_at`` (aware UTC) bounds its time; ``offset_s`` is added to it (the source's clock).
    """
    if not isinstance(item, dict):
        return _refuse(item, "not_an_object", "an item must be a JSON object, a CloudEvent")
    try:
        return _read(item, source, received_at, offset_s)
    except _ItemError as problem:
        return _refuse(item, problem.reason, problem.detail, forbidden=problem.forbidden)


class _ItemError(Exception):
    def __init__(self, reason: str, detail: str, *, forbidden: bool = False) -> None:
        super().__init__(detail)
        self.reason, self.detail, self.forbidden = reason, detail, forbidden


def _read(item: dict[str, Any], source: str, received_at: datetime, offset_s: int) -> Incoming:
    if item.get("specversion") != "1.0":
        raise _ItemError("bad_envelope", 'specversion must be "1.0"')
    event_id = _field(_ID, "id", item.get("id"), "bad_envelope")
    origin = item.get("source")
    if not isinstance(origin, str) or not _owns(source, origin):
        raise _ItemError(
            "foreign_source",
            f'source must be "{source}" or start with "{source}/": the token decides',
            forbidden=True,
        )
    kind = item.get("type")
    kind = kind[4:] if isinstance(kind, str) and kind.startswith("mpp.") else ""
    fields = FIELDS.get(kind)
    if fields is None:
        raise _ItemError("unknown_type", f"type must be one of {', '.join('mpp.' + k for k in FIELDS)}")
    at = _time(item.get("time"), received_at, offset_s)
    data = item.get("data")
    if not isinstance(data, dict):
        raise _ItemError("bad_data", "data must be a JSON object")
    kept = _data(fields, data)
    dropped = len(data.keys() - fields.keys()) + sum(1 for key in item if key not in ENVELOPE)
    subject = _subject(kind, item.get("subject"), kept)
    leg = kept.pop("leg", 1)
    # The digest is of what was sent: a changed clock offset does not make it other content.
    stored = dumps(kept)
    digest = content_digest(kind, item["time"], subject, leg, stored)
    if kind == "ticket.observed":
        stored = dumps(_steps(kept, received_at, offset_s))
    return Incoming(
        origin=origin,
        event_id=event_id,
        type=kind,
        subject=subject,
        leg=leg,
        agency=kept["agency"],
        at=at,
        occurred_at=item["time"],
        data=kept,
        stored=stored,
        digest=digest,
        dropped=dropped,
    )


def _steps(kept: Mapping[str, Any], received_at: datetime, offset_s: int) -> dict[str, Any]:
    """A row's fields with its instants corrected for the source's clock."""
    steps: dict[str, Any] = dict(kept)
    for name in INSTANTS:
        if name in kept:
            at = kept[name] + timedelta(seconds=offset_s)
            if at < received_at - OLDEST_STEP:
                raise _ItemError("too_old", f"data.{name} is more than a year old: use `mpp import`")
            if at > received_at + MAX_AHEAD:
                raise _ItemError(
                    "too_far_ahead", f"data.{name} is more than 5 minutes ahead: check the clock"
                )
            steps[name] = at
    return steps


def _owns(source: str, origin: str) -> bool:
    fits = origin == source or origin.startswith(source + "/")
    return fits and len(origin) <= 200 and origin.isprintable()


def _field(field: Field, name: str, value: Any, reason: str) -> Any:
    try:
        return field.read(value)
    except UnfitError as error:
        raise _ItemError(reason, f"{name} {error}") from None


def _data(fields: Mapping[str, Field], data: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, field in fields.items():
        value = data.get(name)
        if value is None:
            if field.required:
                raise _ItemError("missing_field", f"data.{name} is missing: {field.about}")
            continue
        kept[name] = _field(field, f"data.{name}", value, "bad_field")
    return kept


def _time(value: Any, received_at: datetime, offset_s: int) -> datetime:
    if not isinstance(value, str) or len(value) > 40 or not value.isascii() or not value.isprintable():
        raise _ItemError(
            "bad_time", "time must be an ISO 8601 time with a zone, like 2026-11-23T09:14:05+07:00"
        )
    try:
        at = instant(value)
        if offset_s:
            at += timedelta(seconds=offset_s)
    except (ValueError, OverflowError) as error:
        raise _ItemError("bad_time", f"time {value!r} cannot be read: {error}") from None
    if at < received_at - MAX_AGE:
        raise _ItemError("too_old", "time is more than 7 days old: bring history in with `mpp import`")
    if at > received_at + MAX_AHEAD:
        raise _ItemError("too_far_ahead", "time is more than 5 minutes ahead: check the sender's clock (NTP)")
    return at


def _subject(kind: str, value: Any, kept: Mapping[str, Any]) -> str:
    if kind.startswith(NEEDS_SUBJECT):
        if value is None:
            raise _ItemError("missing_field", "subject is missing: the key of the ticket or case")
        return str(_field(_SUBJECT, "subject", value, "bad_field"))
    place = kept.get("counter") or kept.get("service") or ""
    return f"{kind.split('.', maxsplit=1)[0]}/{kept['agency']}/{place}"


def _refuse(item: Any, reason: str, detail: str, *, forbidden: bool = False) -> Refused:
    kept, dropped = strip(item)
    text = dumps(kept)
    given = kept.get("id") if isinstance(kept, dict) else None
    name = given if isinstance(given, str) and 0 < len(given) <= 200 and given.isprintable() else None
    data = kept.get("data") if isinstance(kept, dict) else None
    data = data if isinstance(data, dict) else {}
    agency, subject = data.get("agency"), kept.get("subject") if isinstance(kept, dict) else None
    return Refused(
        event_id=name
        or "unnamed:" + hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest(),
        reason=reason,
        detail=detail[:500],
        item=text,
        agency=agency if isinstance(agency, str) and len(agency) <= 64 else None,
        subject=subject if isinstance(subject, str) and 0 < len(subject) <= 200 else None,
        forbidden=forbidden,
        dropped=dropped,
    )


def strip(item: Any) -> tuple[Any, int]:
    """What we may keep of an unreadable item: the envelope and the fields of its type, short,
    with long digit runs masked; and how many fields were dropped."""
    if not isinstance(item, dict):
        return {"not_an_object": type(item).__name__}, 0
    kind = item.get("type")
    fields = FIELDS.get(kind[4:]) if isinstance(kind, str) else None
    kept: dict[str, Any] = {k: _short(k, item[k]) for k in ENVELOPE if k in item and k != "data"}
    dropped = sum(1 for k in item if k not in ENVELOPE)
    data = item.get("data")
    if isinstance(data, dict):
        allowed = fields if fields is not None else {"agency": None, "service": None, "counter": None}
        kept["data"] = {k: _short(k, data[k]) for k in allowed if k in data}
        dropped += sum(1 for k in data if k not in allowed)
    return kept, dropped


_WHOLE: Final = frozenset(
    ("time", "issued_at", "checked_in_at", "called_at", "started_at", "ended_at", "id", "subject")
)


def _short(name: str, value: Any) -> Any:
    """A value fit to be kept: text of printable characters, at most 200, digits masked unless the
    field's own meaning is digits (times and keys keep theirs, but never a NIK)."""
    if isinstance(value, str):
        clean = "".join(c if c.isprintable() else "�" for c in value[:200])
        return clean if name in _WHOLE and not NIK.search(clean) else DIGITS.sub("…", clean)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < 10**7:
        return value
    if isinstance(value, list):
        return [_short(name, v) for v in value[:10] if isinstance(v, str)]
    return f"({type(value).__name__})"
