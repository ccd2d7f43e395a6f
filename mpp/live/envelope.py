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

from mpp.live.kept import names_nobody, owns, read_id, strip
from mpp.live.vocabulary import (
    ENVELOPE,
    FIELDS,
    MAX_AGE,
    MAX_AHEAD,
    NEEDS_SUBJECT,
    SUBJECT,
    TIME_HINT,
    Field,
    UnfitError,
)
from mpp.store.codec import INSTANTS, dumps, instant

OLDEST_STEP: Final = timedelta(days=366)
"""How far back a row's own steps may lie: a booking is older than the row's last change."""


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
    be read. ``forbidden`` items are not kept.

    ``event_id`` is the id as sent, for the answer; ``name`` stands for it in quarantine where it
    may not be kept. ``origin`` None: its CloudEvents source cannot be read. ``whole`` says that
    ``item`` is all of it, so that it can be read again.
    """

    event_id: str
    reason: str
    detail: str
    item: str
    agency: str | None = None
    subject: str | None = None
    forbidden: bool = False
    dropped: int = 0
    at: datetime | None = None
    name: str | None = None
    origin: str | None = None
    type: str | None = None
    whole: bool = True


def content_digest(kind: str, occurred_at: str, subject: str, leg: int, stored: str) -> str:
    """What makes two copies of an id the same content: 32 hex digits."""
    text = "\x1f".join((kind, occurred_at, subject, str(leg), stored))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def read(item: Any, source: str, received_at: datetime, offset_s: int = 0) -> Incoming | Refused:
    """One item sent with the token of ``source``.

    ``received_at`` (aware UTC) bounds its time; ``offset_s`` is added to it (the source's clock).
    """
    if not isinstance(item, dict):
        problem = _ItemError("not_an_object", "an item must be a JSON object, a CloudEvent")
        return _refuse(item, source, received_at, problem)
    try:
        return _read(item, source, received_at, offset_s)
    except _ItemError as problem:
        return _refuse(item, source, received_at, problem)


class _ItemError(Exception):
    def __init__(self, reason: str, detail: str, *, forbidden: bool = False) -> None:
        super().__init__(detail)
        self.reason, self.detail, self.forbidden = reason, detail, forbidden


def _read(item: dict[str, Any], source: str, received_at: datetime, offset_s: int) -> Incoming:
    if item.get("specversion") != "1.0":
        raise _ItemError("bad_envelope", 'specversion must be "1.0"')
    event_id = _event_id(item.get("id"), received_at)
    origin = item.get("source")
    if not isinstance(origin, str) or not owns(source, origin):
        raise _ItemError(
            "foreign_source",
            f'source must be "{source}" or start with "{source}/": the token decides',
            forbidden=True,
        )
    if not names_nobody(source, origin):
        raise _ItemError("bad_envelope", f'source names a person behind "{source}/": name the sending system')
    kind = item.get("type")
    kind = kind[4:] if isinstance(kind, str) and kind.startswith("mpp.") else ""
    fields = FIELDS.get(kind)
    if fields is None:
        raise _ItemError("unknown_type", f"type must be one of {', '.join('mpp.' + k for k in FIELDS)}")
    at = _time(item.get("time"), received_at, offset_s)
    data = item.get("data")
    if not isinstance(data, dict):
        wrong = "is missing: add" if data is None else "must be"
        raise _ItemError("bad_data", f"data {wrong} a JSON object with the event's fields")
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
            at = _shifted(f"data.{name}", kept[name], offset_s, "bad_field")
            # Differences, for they never leave the calendar as a sum may.
            if received_at - at > OLDEST_STEP:
                raise _ItemError("too_old", f"data.{name} is more than a year old: use `mpp import`")
            if at - received_at > MAX_AHEAD:
                raise _ItemError(
                    "too_far_ahead", f"data.{name} is more than 5 minutes ahead: check the clock"
                )
            steps[name] = at
    return steps


def _shifted(name: str, at: datetime, offset_s: int, reason: str) -> datetime:
    """An instant corrected for the source's clock."""
    if not offset_s:
        return at
    try:
        return at + timedelta(seconds=offset_s)
    except OverflowError:
        raise _ItemError(reason, f"{name} is no time of our days") from None


def _event_id(value: Any, received_at: datetime) -> str:
    try:
        return read_id(value, received_at)
    except UnfitError as error:
        raise _ItemError("bad_envelope", f"id {error}") from None


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
    # The value itself is not told: whatever was sent there would be kept with the detail.
    if not isinstance(value, str) or len(value) > 40 or not value.isascii() or not value.isprintable():
        raise _ItemError("bad_time", f"time {TIME_HINT}")
    try:
        at = instant(value)
    except (ValueError, OverflowError):
        raise _ItemError("bad_time", f"time {TIME_HINT}") from None
    at = _shifted("time", at, offset_s, "bad_time")
    if received_at - at > MAX_AGE:
        raise _ItemError("too_old", "time is more than 7 days old: bring history in with `mpp import`")
    if at - received_at > MAX_AHEAD:
        raise _ItemError("too_far_ahead", "time is more than 5 minutes ahead: check the sender's clock (NTP)")
    return at


def _subject(kind: str, value: Any, kept: Mapping[str, Any]) -> str:
    if kind.startswith(NEEDS_SUBJECT):
        if value is None:
            raise _ItemError("missing_field", "subject is missing: the key of the ticket or case")
        return str(_field(SUBJECT, "subject", value, "bad_field"))
    place = kept.get("counter") or kept.get("service") or ""
    return f"{kind.split('.', maxsplit=1)[0]}/{kept['agency']}/{place}"


def _refuse(item: Any, source: str, received_at: datetime, problem: _ItemError) -> Refused:
    kept = strip(item, source, received_at)
    return Refused(
        event_id=kept.shown,
        reason=problem.reason,
        detail=problem.detail[:500],
        item=dumps(kept.item),
        agency=kept.agency,
        subject=kept.subject,
        forbidden=problem.forbidden,
        dropped=kept.dropped,
        name=kept.name,
        origin=kept.origin,
        type=kept.type,
        whole=kept.whole,
    )
