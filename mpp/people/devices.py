"""Devices: pairing by a short code, the token that stays, reports, and the end of it."""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy.exc import IntegrityError

from mpp.access import DEVICES, Actor
from mpp.i18n import Words
from mpp.people.accounts import AccountError, ChangedError
from mpp.people.audit import By, note
from mpp.people.device_checks import STARTS, check_live, check_place, name_of, start_of
from mpp.people.tries import network
from mpp.store import Store, Write, devices, people
from mpp.store.devices import Device, Pairing
from mpp.store.people import digest

CODE_CHARS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""What is not taken for something else when it is read out from a screen."""
CODE_LENGTH: Final = 6
CODE_FOR: Final = timedelta(minutes=10)
MOST_WAITING: Final = 50
"""So many devices may show a code at once; then the oldest code of the address that has most goes."""
MOST_OF_ONE: Final = 5
"""So many of one address: whoever asks for codes in a loop takes nobody else's place."""
COLLECT_FOR: Final = timedelta(days=1)
"""A device has so long to see that its code was confirmed."""

SILENT_AFTER: Final = timedelta(minutes=3)
"""A device that reports every minute is missed after this."""

RENEW_WITHIN: Final = timedelta(days=365)
"""A device that was away so long does not get the new token any more."""
AGAIN_AFTER: Final = timedelta(seconds=30)
"""A new token that did not arrive is made anew after this."""


def actor_of(device: Device) -> Actor:
    """The device as the table of rights knows it."""
    agencies = frozenset((device.agency,)) if device.agency else frozenset()
    counters = (
        frozenset(((device.agency, device.counter),)) if device.agency and device.counter else frozenset()
    )
    return Actor(
        device.kind,
        name=device.name,
        login=f"device:{device.id}",
        agencies=agencies,
        counters=counters,
        open=device.open,
    )


class BusyError(Exception):
    """Too many devices at one address wait for somebody to confirm them."""


def ask(store: Store, now: datetime, kind: str, remote: str, *, instead: str = "") -> tuple[str, str]:
    """A device wants to be paired: its token, which opens nothing until somebody confirms, and the code
    it shows for CODE_FOR, ``instead`` of that of an earlier token of it. Raises BusyError."""
    if kind not in DEVICES:
        raise ValueError(f"a device is one of {', '.join(DEVICES)}, not {kind!r}")
    token = secrets.token_urlsafe(32)
    with store.write() as tx:
        people.lock(tx, "pairing")
        devices.forget_old(tx, now, now - COLLECT_FOR)
        before = devices.asking(tx, instead) if instead else None
        if before is not None:
            devices.forget(tx, before.id)
        _make_room(tx, now, remote)
        taken = devices.codes(tx)
        code = next(made for made in iter(_code, "") if made not in taken)
        devices.ask(tx, code=code, token=token, kind=kind, now=now, until=now + CODE_FOR, remote=remote)
    return token, code


def _make_room(tx: Write, now: datetime, remote: str) -> None:
    shown: defaultdict[str, list[Pairing]] = defaultdict(list)  # the newest first
    waiting = devices.waiting(tx, now)
    for one in waiting:
        shown[network(one.remote)].append(one)
    if len(shown[network(remote)]) >= MOST_OF_ONE:
        raise BusyError
    if len(waiting) >= MOST_WAITING:
        greediest = max(shown.values(), key=len)
        devices.forget(tx, greediest[-1].id)


def _code() -> str:
    return "".join(secrets.choice(CODE_CHARS) for _ in range(CODE_LENGTH))


def code_of(text: str) -> str:
    """A code as somebody typed it."""
    return "".join(c for c in text[:40].upper() if c.isalnum())


def waits(store: Store, token: str, now: datetime) -> Pairing | None:
    """The pairing a device waits for; None when its code ran out."""
    with store.glance() as tx:
        found = devices.asking(tx, token)
    return found if found is not None and (found.until > now or found.device_id is not None) else None


def told(device: Device) -> dict[str, Any]:
    """A device as the audit log has it."""
    kept = ("kind", "name", "open", "agency", "counter", "start")
    return {name: asdict(device)[name] for name in kept} | {"revoked": device.revoked_at is not None}


def confirm(
    store: Store,
    now: datetime,
    code: str,
    *,
    by: By,
    w: Words,
    name: str,
    open: bool = True,  # noqa: A002 as the column
    agency: str | None = None,
    counter: str | None = None,
    agencies: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> Device:
    """Let the device in that shows ``code``; ``agencies`` are the mall's with their counters, one of
    which may be its place. Raises AccountError."""
    name = name_of(name, w)
    check_place(agency, counter, agencies, w)
    with store.write() as tx:
        found = devices.shown(tx, code_of(code), now)
        if found is None:
            text = w.text("No device shows this code now. Codes last ten minutes; look at the screen again.")
            raise AccountError("code", text)
        pairing, token_digest = found
        try:
            number = devices.add(
                tx,
                token_digest,
                kind=pairing.kind,
                name=name,
                open=open,
                agency=agency or None,
                counter=counter or None,
                start=STARTS[pairing.kind],
                paired_at=now,
                paired_by=by.who,
                remote=pairing.remote,
            )
        except IntegrityError:
            raise AccountError("code", w.text("Somebody has just confirmed this device")) from None
        devices.confirmed(tx, pairing.id, number)
        made = devices.by_id(tx, number)
        assert made is not None  # noqa: S101 it was written a line above
        note(tx, now, by, "device.paired", f"device:{number}", after=told(made))
    return made


def replace_box(store: Store, now: datetime, device: Device, code: str, *, by: By, w: Words) -> None:
    """The device that shows ``code`` becomes ``device`` again, with its name and place: the box was
    exchanged or lost its cookie. What had the old token no longer has a way in. Raises AccountError,
    ChangedError."""
    with store.write() as tx:
        check_live(tx, device, w)
        found = devices.shown(tx, code_of(code), now)
        if found is None or found[0].kind != device.kind:
            text = w.text(
                "No such device shows this code now. Codes last ten minutes; look at the screen again."
            )
            raise AccountError("code", text)
        pairing, token_digest = found
        try:
            given = {"digest": token_digest, "seen_at": None, "remote": pairing.remote}
            if not devices.change(tx, device.id, device.rev, **given):
                raise ChangedError("", w.text("Somebody else has changed this device meanwhile. Look again."))
        except IntegrityError:
            raise AccountError("code", w.text("Somebody has just confirmed this device")) from None
        devices.confirmed(tx, pairing.id, device.id)
        devices.forget_renewal(tx, device.id)
        note(tx, now, by, "device.replaced", f"device:{device.id}", after=told(device))


def change(
    store: Store,
    now: datetime,
    device: Device,
    *,
    by: By,
    w: Words,
    agencies: Mapping[str, Collection[str]] = MappingProxyType({}),
    undoes: int | None = None,
    **given: Any,
) -> None:
    """Rename a device, move it to another counter of ``agencies``, show it to visitors or not: ``name``,
    ``open``, ``agency``, ``counter``, ``start``. Raises AccountError, ChangedError."""
    if "name" in given:
        given["name"] = name_of(given["name"], w)
    if "start" in given:
        given["start"] = start_of(device, given["start"], w)
    to = given.get("agency", device.agency), given.get("counter", device.counter)
    if to != (device.agency, device.counter):
        check_place(*to, agencies, w)
    with store.write() as tx:
        check_live(tx, device, w)
        if not devices.change(tx, device.id, device.rev, **given):
            raise ChangedError("", w.text("Somebody else has changed this device meanwhile. Look again."))
        after = devices.by_id(tx, device.id)
        told_after = None if after is None else told(after)
        what = f"device:{device.id}"
        note(tx, now, by, "device.changed", what, before=told(device), after=told_after, undoes=undoes)


def revoke(store: Store, now: datetime, device: Device, *, by: By, w: Words) -> None:
    """Take a device's way in, for good: within a minute it shows a code again."""
    with store.write() as tx:
        check_live(tx, device, w)
        if not devices.change(tx, device.id, device.rev, revoked_at=now):
            raise ChangedError("", w.text("Somebody else has changed this device meanwhile. Look again."))
        devices.forget_renewal(tx, device.id)
        note(tx, now, by, "device.revoked", f"device:{device.id}", before=told(device))


def of_token(store: Store, token: str) -> Device | None:
    """The device a token belongs to, a revoked one as well; None for a token of none."""
    with store.glance() as tx:
        return devices.of_token(tx, token)


def mark(device: Device) -> str:
    """What a page of the device was drawn for: another mark, and it has to begin anew."""
    given = (device.kind, device.open, device.agency, device.counter, device.start)
    return hashlib.sha256(repr(given).encode()).hexdigest()[:12]


def report(
    store: Store,
    now: datetime,
    device: Device,
    token: str,
    *,
    release: str,
    battery: int | None = None,
    unsent: int | None = None,
    remote: str = "",
) -> str | None:
    """A device says that it is there: its release, its battery in percent (None: it has none or does
    not tell), how many ratings wait in it. Returns the new token it has to keep where one was wished
    (:func:`renew`); ``token`` is the one it came with, empty where it could not keep another."""
    with store.write() as tx:
        devices.heard(tx, device.id, now, release=release, battery=battery, unsent=unsent, remote=remote)
        return _next_token(tx, now, device, token, remote) if token else None


def renew(store: Store, now: datetime, device: Device, *, by: By, w: Words) -> None:
    """Let a device have another token. It gets it with its next report; the old one opens until the
    device has reported with the new one. One that is under way goes on: the device may have nothing but
    the token of it. Raises AccountError."""
    with store.write() as tx:
        check_live(tx, device, w)
        people.lock(tx, f"renewal {device.id}")
        if devices.renewal(tx, device.id) is not None:
            return
        devices.wish_renewal(tx, device.id, now, now + RENEW_WITHIN)
        note(tx, now, by, "device.renewal_wished", f"device:{device.id}")


def _next_token(tx: Write, now: datetime, device: Device, token: str, remote: str) -> str | None:
    found, holder = devices.renewal(tx, device.id), devices.of_token(tx, token)
    # A box that was exchanged may still be remembered for some seconds: it gets nothing.
    if found is None or holder is None or holder.id != device.id:
        return None
    wished, new = found
    if wished.kind == devices.RENEWING and new == digest(token):
        if devices.renewed(tx, wished.id, device.id, token):
            note(tx, now, By.of(actor_of(device), remote), "device.renewed", f"device:{device.id}")
        return None
    if wished.kind == devices.RENEWING and now - wished.asked_at < AGAIN_AFTER:
        return None  # two pages of one device report at once: one token for both
    made = secrets.token_urlsafe(32)
    return made if devices.hand_out(tx, wished.id, made, now) else None
