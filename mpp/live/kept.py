"""What may be kept of an item that cannot be read, and under which name.

A value that its field's own reader accepts is kept as it is: nothing else would be stored of a
good item. Any other is cut and masked; such an item is no longer whole, so it is not read again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from mpp.live.personal import like_a_time, masked, names_somebody
from mpp.live.vocabulary import ENVELOPE, FIELDS, ID, MAX_AGE, MAX_AHEAD, SUBJECT, Field, UnfitError

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_STAMP: Final = re.compile(r"(?<!\d)\d{16}(?!\d)")
_TIME: Final = Field("instant", "")
_PLACES: Final = {name: FIELDS["ticket.called"][name] for name in ("agency", "service", "counter")}


@dataclass(frozen=True, slots=True)
class Kept:
    """``item`` is what may be kept, ``dropped`` how many fields were not ours to keep, ``whole``
    whether all others are there unchanged. ``name`` stands for its id in quarantine, ``shown`` in
    the answer to the sender; ``origin``, ``type``, ``agency`` and ``subject`` are None where they
    cannot be read."""

    item: Any
    dropped: int
    whole: bool
    name: str
    shown: str
    origin: str | None = None
    type: str | None = None
    agency: str | None = None
    subject: str | None = None


def read_id(value: Any, received_at: datetime) -> str:
    """An event's id. A stamp of microseconds since 1970 from the days an event may come from is a
    machine's count, whatever else its digits say. Raises UnfitError."""
    try:
        return str(ID.read(value))
    except UnfitError:
        if not isinstance(value, str) or len(value) > ID.most:
            raise
        ID.read(_STAMP.sub(lambda found: _unless_recent(found[0], received_at), value))
        return value


def _unless_recent(digits: str, received_at: datetime) -> str:
    age = received_at - _EPOCH - timedelta(microseconds=int(digits))
    return "stamp" if -MAX_AHEAD <= age <= MAX_AGE else digits


def owns(source: str, origin: str) -> bool:
    """Whether a CloudEvents source belongs to the token's source: its code, alone or with /part."""
    if origin == source:
        return True
    return origin.startswith(source + "/") and len(origin) <= 200 and origin.isprintable()


def names_nobody(source: str, origin: str) -> bool:
    """Whether the part behind the source's code may be kept."""
    return origin == source or names_somebody(origin[len(source) :]) is None


def strip(item: Any, source: str, received_at: datetime) -> Kept:
    """What may be kept of an unreadable item sent by ``source``."""
    if not isinstance(item, dict):
        name = _hash_name(item)
        return Kept({"not_an_object": type(item).__name__}, 0, whole=False, name=name, shown=name)
    kind = _kind(item.get("type"))
    origin = _origin(item.get("source"), source)
    kept: dict[str, Any] = {}
    whole = True
    for name in ENVELOPE:
        if name in item and name != "data":
            kept[name], same = _envelope(name, item[name], kind, origin, received_at)
            whole = whole and same
    data = item.get("data")
    dropped = sum(1 for key in item if key not in ENVELOPE)
    if isinstance(data, dict):
        fields = FIELDS.get(kind or "", _PLACES)
        kept["data"], same = _data(fields, data)
        others = len(data.keys() - fields.keys())
        dropped += others
        whole = whole and same and (kind is not None or not others)
    elif data is not None:
        whole = False
    shown = _shown(item.get("id"))
    named = _fits(lambda: read_id(item.get("id"), received_at))
    key = shown if named and shown is not None else _hash_name(item)
    found = kept.get("data", {}).get("agency")
    return Kept(
        item=kept,
        dropped=dropped,
        whole=whole,
        name=key,
        shown=shown if shown is not None else key,
        origin=origin,
        type=kind,
        agency=found if _accepts(_PLACES["agency"], found) else None,
        subject=item["subject"] if _accepts(SUBJECT, item.get("subject")) else None,
    )


def _shown(value: Any) -> str | None:
    """The id as it was sent, None where it cannot be an answer's."""
    fits = isinstance(value, str) and 0 < len(value) <= ID.most and value.isprintable()
    return value if fits else None


def _hash_name(item: Any) -> str:
    """A name made of all that was sent: two different items never share one."""
    try:
        text = json.dumps(item, sort_keys=True, default=str)
    except (RecursionError, TypeError, ValueError):
        text = repr(type(item))
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16)
    return f"unnamed:{digest.hexdigest()}"


def _kind(value: Any) -> str | None:
    kind = value[4:] if isinstance(value, str) and value.startswith("mpp.") else ""
    return kind if kind in FIELDS else None


def _origin(value: Any, source: str) -> str | None:
    good = isinstance(value, str) and owns(source, value) and names_nobody(source, value)
    return value if good else None


def _envelope(
    name: str, value: Any, kind: str | None, origin: str | None, received_at: datetime
) -> tuple[Any, bool]:
    """A field of the envelope as it may be kept, and whether that is all of it."""
    if name == "id":
        good = _fits(lambda: read_id(value, received_at))
    elif name == "subject":
        good = _accepts(SUBJECT, value)
    elif name == "time":
        return _value(_TIME, value)
    else:
        good = (name == "source" and origin is not None) or (name == "type" and kind is not None)
    return (value, True) if good else _short(value)


def _data(fields: Mapping[str, Field], data: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    kept: dict[str, Any] = {}
    whole = True
    for name, field in fields.items():
        if name in data:
            kept[name], same = _value(field, data[name])
            whole = whole and same
    return kept, whole


def _value(field: Field, value: Any) -> tuple[Any, bool]:
    try:
        read = field.read(value)
    except UnfitError:
        if field.kind == "instant" and isinstance(value, str) and like_a_time(value):
            return value, True
        return _short(value)
    return (read if field.kind == "comment" else value), True


def _accepts(field: Field, value: Any) -> bool:
    return _fits(lambda: field.read(value))


def _fits(read: Any) -> bool:
    try:
        read()
    except UnfitError:
        return False
    return True


def _short(value: Any) -> tuple[Any, bool]:
    """A value fit to be kept: text of at most 200 printable characters without long digit runs,
    small numbers, short lists of texts; and whether it is unchanged."""
    if isinstance(value, str):
        clean = masked(value)
        return clean, clean == value
    if value is None or isinstance(value, bool):
        return value, True
    if isinstance(value, int) and abs(value) < 10**7:
        return value, True
    if isinstance(value, list):
        parts = [_short(part) for part in value[:10] if isinstance(part, str)]
        same = len(parts) == len(value) and all(kept for _, kept in parts)
        return [part for part, _ in parts], same
    return f"({type(value).__name__})", False
