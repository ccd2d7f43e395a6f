"""What a device may be called, where it may stand and begin. Checks raise AccountError."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final
from urllib.parse import urlsplit

from mpp.i18n import Words
from mpp.people.accounts import AccountError
from mpp.store import Read, devices
from mpp.store.devices import Device

STARTS: Final[Mapping[str, str]] = {"display": "/ruang-kendali?rotate=20&theme=auto", "kiosk": "/pasang"}
"""Where a device begins. A kiosk has no page of its own: it begins where it was paired."""
PAGES: Final = ("/ruang-kendali", "/ringkas", "/denah")
"""Pages a display may begin at. They alone report and learn where else to go: on any other a display would
stay until somebody comes with a ladder."""
LONGEST_START: Final = 200


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


def for_display(address: str) -> bool:
    """Whether an address is that of a page a display may begin at. One with a fragment is none: a browser
    that is led there from the same page does not load it anew."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    bare = not (parts.scheme or parts.netloc) and "#" not in address
    here = bare and not address.startswith("//")  # three slashes are a host as well, for a browser
    return here and parts.path in PAGES and address.isprintable()


def start_of(device: Device, address: str, w: Words) -> str:
    """The address a device begins at as it is kept."""
    address = address.strip() or STARTS[device.kind]
    shown = device.kind == "display" and for_display(address) and len(address) <= LONGEST_START
    if not shown and address != STARTS[device.kind]:
        text = w.text("A device shows an address of the wall, such as {address}", address=STARTS["display"])
        raise AccountError("start", text)
    return address


def check_live(tx: Read, device: Device, w: Words) -> None:
    """Nobody has revoked the device meanwhile."""
    found = devices.by_id(tx, device.id)
    if found is not None and found.revoked_at is not None:
        raise AccountError("", w.text("This device is revoked. Pair it anew, with a code of its own."))
