"""What a device may be called, where it may stand, and that it is one. Each raises AccountError."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from mpp.i18n import Words
from mpp.people.accounts import AccountError
from mpp.store import Read, devices
from mpp.store.devices import Device


def name_of(name: str, w: Words) -> str:
    """The name as it is kept."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= 100 or not name.isprintable():
        raise AccountError("name", w.text("A name of 1 to 100 characters"))
    return name


def check_place(
    agency: str | None, counter: str | None, agencies: Mapping[str, Collection[str]], w: Words
) -> None:
    """The agency or counter a device stands at is one of ``agencies``, the mall's with their counters."""
    if (agency and agency not in agencies) or (counter and counter not in agencies.get(agency or "", ())):
        known = f"{agency or ''}/{counter}" if counter else agency
        raise AccountError("counter", w.text("There is no counter {counter} in the mall", counter=known))


def check_live(tx: Read, device: Device, w: Words) -> None:
    """Nobody has revoked the device meanwhile."""
    found = devices.by_id(tx, device.id)
    if found is not None and found.revoked_at is not None:
        raise AccountError("", w.text("This device is revoked. Pair it anew, with a code of its own."))
