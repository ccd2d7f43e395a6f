"""What can happen at a counter, as frozen values (instants are aware UTC)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterEvent:
    """What every counter event carries: codes of agency and counter, corrected instant."""

    id: str
    at: datetime
    agency: str
    counter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterOpened(CounterEvent):
    """The counter opened for the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterPaused(CounterEvent):
    """The counter stopped for ``reason`` (one of PAUSE_REASONS); ``note`` is what an officer wrote
    about another reason."""

    reason: str = "other"
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterResumed(CounterEvent):
    """The pause is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterClosed(CounterEvent):
    """The counter closed for the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterHeartbeat(CounterEvent):
    """The counter is there; its state is unchanged."""


PAUSE_REASONS: Final = (
    "break",
    "prayer",
    "central_system",
    "network_power",
    "out_of_forms",
    "quota_used",
    "no_officer",
    "meeting",
    "other",
)
"""Why a counter is paused (words.md section 4)."""
