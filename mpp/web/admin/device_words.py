"""What is asked and said about a device."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from mpp.i18n import Words
from mpp.people import devices as use
from mpp.store.devices import Device
from mpp.web.admin.desk import Desk
from mpp.web.admin.fields import Choice, Field, Flag
from mpp.web.admin.kinds import counter_options
from mpp.web.people.sign_in import role_words

LOW: Final = 20
"""Percent of battery from which on somebody should look for a plug."""


def place_fields(desk: Desk) -> list[Field]:
    """Where a device stands, and whether visitors see it."""
    w, counters = desk.w, counter_options(desk.state())
    return [
        Choice(
            key="counter",
            label=w.text("Counter (of a kiosk)"),
            hint=w.text("The counter whose visitors use it"),
            options=[("", w.text("none")), *counters],
        ),
        Flag(
            key="open",
            label=w.text("In front of visitors: without names, extensions and integrity reports"),
            default=True,
        ),
    ]


def about(device: Device, w: Words) -> str:
    """What it is, who sees it, and where it stands."""
    place = f"{device.agency}/{device.counter}" if device.counter else device.agency or ""
    said = w.text("in front of visitors") if device.open else w.text("for staff")
    return " · ".join(part for part in (role_words(device.kind, w), said, place) if part)


def state_of(device: Device, now: datetime, w: Words) -> str:
    """How it is: a sign and a word."""
    if device.revoked_at is not None:
        return f"■ {w.text('revoked')}"
    if device.seen_at is None or device.seen_at - now > use.SILENT_AFTER:  # or by a clock gone wrong
        return f"○ {w.text('not heard of yet')}"
    if now - device.seen_at > use.SILENT_AFTER:
        return f"▨ {w.text('no news for {time}', time=w.duration((now - device.seen_at).total_seconds()))}"
    return f"● {w.text('there')}"


def battery(device: Device, w: Words) -> str:
    """What is left in it."""
    if device.battery is None:
        return "–"
    told = w.percent(device.battery / 100)
    return f"▲ {told}, {w.text('low')}" if device.battery < LOW else told
