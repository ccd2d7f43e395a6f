"""Taking back what the audit tells: each kind of change by the use case that made it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mpp.i18n import Words
from mpp.live import changes
from mpp.live.changes import RefusedError
from mpp.live.described import described
from mpp.people import accounts, devices
from mpp.people.accounts import AccountError, Wish
from mpp.people.audit import note
from mpp.store import audit, people, sources
from mpp.store import devices as kept_devices
from mpp.store.audit import Entry
from mpp.store.people import Person
from mpp.web.context import Parts
from mpp.web.numbers import number_of
from mpp.web.session import by_now

UNDOABLE = frozenset(
    (
        changes.ADDED,
        changes.CHANGED,
        changes.ENDED,
        changes.UNDONE,
        "person.created",
        "person.changed",
        "person.disabled",
        "person.enabled",
        "device.changed",
        "token.made",
    )
)
"""A password that was reset, a token or device that was revoked, a sign-in that ended: no."""


class NotUndoneError(Exception):
    """It cannot be taken back; the text says why."""


def undo(parts: Parts, entry: Entry, w: Words) -> None:
    """Take a change back. Raises NotUndoneError."""
    with parts.store.read() as tx:
        if audit.taken_back(tx, [entry.id]):
            raise NotUndoneError(w.text("This was taken back already."))
    if entry.action not in UNDOABLE:
        raise NotUndoneError(w.text("This cannot be taken back."))
    kind = entry.action.partition(".")[0]
    try:
        {"description": _description, "person": _person, "device": _device, "token": _token}[kind](
            parts, entry, w
        )
    except RefusedError as error:
        said = (f"{one.problem}. {one.remedy}" for one in error.mistakes)
        raise NotUndoneError("; ".join(said)) from None
    except AccountError as error:
        raise NotUndoneError(str(error)) from None


def _description(parts: Parts, entry: Entry, w: Words) -> None:
    with parts.store.read() as tx:
        ready = changes.prepare(tx, changes.undoing(tx, entry, w), w)
    with parts.store.write() as tx:
        changes.undo(tx, parts.now(), entry, by_now(), w, real=parts.real(), prepared=ready)


def _changed_since(w: Words) -> NotUndoneError:
    return NotUndoneError(w.text("This was changed again since. Take the later change back first."))


def _number(entry: Entry) -> int:
    return number_of(entry.what.partition(":")[2]) or 0


def _person(parts: Parts, entry: Entry, w: Words) -> None:
    """Only what the account still is as the entry left it."""
    person = _as_left(parts, entry)
    if person is None:
        raise _changed_since(w)
    given: dict[str, Any] = {"by": by_now(), "w": w, "undoes": entry.id}
    if entry.action in ("person.created", "person.enabled"):
        accounts.disable(parts.store, parts.real(), person, **given)
    elif entry.action == "person.disabled":
        accounts.disable(parts.store, parts.real(), person, disabled=False, **given)
    else:
        accounts.change(parts.store, parts.real(), person, _wish(entry.before or {}), **given)


def _as_left(parts: Parts, entry: Entry) -> Person | None:
    with parts.store.read() as tx:
        person = people.by_login(tx, entry.what.partition(":")[2])
    return person if person is not None and accounts.told(person) == entry.after else None


def _wish(was: Mapping[str, Any]) -> Wish:
    pairs = (pair.partition("/") for pair in was["counters"])
    return Wish(
        was["login"],
        was["name"],
        was["role"],
        frozenset(was["agencies"]),
        frozenset((agency, counter) for agency, _, counter in pairs),
        was["subject"],
    )


def _device(parts: Parts, entry: Entry, w: Words) -> None:
    with parts.store.read() as tx:
        device = kept_devices.by_id(tx, _number(entry))
        places = described(tx, w).places
    if device is None or devices.told(device) != entry.after:
        raise _changed_since(w)
    names = ("name", "open", "agency", "counter", "start")
    was = {name: (entry.before or {})[name] for name in names}
    devices.change(
        parts.store, parts.real(), device, by=by_now(), w=w, undoes=entry.id, agencies=places, **was
    )


def _token(parts: Parts, entry: Entry, w: Words) -> None:
    now, made = parts.real(), entry.after or {}
    with parts.store.write() as tx:
        if not sources.revoke_token(tx, made["token"], now):
            raise _changed_since(w)
        note(tx, now, by_now(), "token.revoked", entry.what, before=made, undoes=entry.id)
