"""Every key ``mpp.toml`` may hold, by section. ``docs/mall-description.md`` explains each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_SCHEDULE: Final = ("from", "to", "reason", "hours", "breaks", "friday_prayer")

KEYS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "": ("mall", "agency", "source", "holiday", "plan"),
        "mall": (
            "code",
            "name",
            "zone",
            "example",
            "floors",
            "grace_min",
            "last_ticket_before_close_min",
            "dial",
            "hours",
            "breaks",
            "friday_prayer",
            "schedule",
        ),
        "mall.schedule": _SCHEDULE,
        "holiday": ("day", "name"),
        "plan": ("floor", "file"),
        "agency": (
            "code",
            "letter",
            "short",
            "name",
            "kind",
            "floor",
            "zone",
            "extension",
            "days",
            "hours",
            "breaks",
            "friday_prayer",
            "schedule",
            "planned",
            "counters",
            "share",
            "needs",
            "service",
            "counter",
        ),
        "agency.schedule": _SCHEDULE,
        "agency.service": (
            "code",
            "prefix",
            "name",
            "wait",
            "wait_priority",
            "desk",
            "done",
            "decree",
            "quota",
            "fee",
            "share",
        ),
        "agency.service.done": ("minutes", "working_days"),
        "agency.counter": ("code", "name", "floor", "place", "services"),
        "source": (
            "code",
            "name",
            "kind",
            "agencies",
            "expected_every",
            "steps",
            "clock_offset",
            "required",
        ),
    }
)
"""``hours`` and ``breaks`` are tables whose keys are weekdays ("fri", "mon-thu"), so not listed."""

FEES: Final = ("gratis", "pnbp", "pajak", "retribusi", "tagihan", "iuran", "bank")
"""What a service may cost; never an amount, those change."""

KINDS: Final = ("api", "file", "readings", "manual")
"""How a source's data reaches the monitor."""
