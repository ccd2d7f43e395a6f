"""What a simulated mall says, as the CloudEvents its sources would send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, Final, Protocol

from mpp.mall.model import Source

NEEDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "ticket.issued": ("issued",),
        "ticket.checked_in": ("checked_in",),
        "ticket.called": ("called",),
        "ticket.recalled": ("called",),
        "ticket.started": ("started",),
        "ticket.held": ("started", "finished"),
        "ticket.resumed": ("started", "finished"),
        "ticket.finished": ("finished",),
    }
)
"""Steps a source must report to send an event of that type; others need none."""


@dataclass(order=True, frozen=True, slots=True)
class Planned:
    """One item to be handed in by ``source`` at the instant ``at``, which is when it happened unless
    the source was silent then; ``order`` settles what comes first at one instant."""

    at: datetime
    order: int
    source: str = field(compare=False)
    item: dict[str, Any] = field(compare=False)


class Speaker(Protocol):
    """What an agency's day is told to. ``at`` is in seconds since the epoch."""

    def say(self, at: int, kind: str, subject: str | None = None, /, **data: Any) -> None:
        """Something of that type (without ``mpp.``) happened."""


@dataclass(slots=True)
class Script:
    """Collects what every source of a mall has to tell of one day."""

    day: date
    seed: int
    silent: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    said: list[tuple[int, int, int, str, dict[str, Any]]] = field(default_factory=list)

    def voice(self, source: Source) -> Voice:
        """The speaker for one source."""
        return Voice(self, source)

    def add(self, source: str, at: int, kind: str, subject: str | None, data: Mapping[str, Any]) -> None:
        """Note one item. A silent source hands it in once it is back."""
        count = len(self.said) + 1
        item: dict[str, Any] = {
            "specversion": "1.0",
            "id": f"sim{self.seed}-{self.day.isoformat()}-{count}",
            "source": source,
            "type": f"mpp.{kind}",
            "time": datetime.fromtimestamp(at, UTC).isoformat(),
            "data": {name: value for name, value in data.items() if value is not None},
        }
        if subject is not None:
            item["subject"] = subject
        begin, end = self.silent.get(source, (0, 0))
        sent = end if begin <= at < end else at
        self.said.append((sent, at, count, source, item))

    def planned(self) -> tuple[Planned, ...]:
        """Everything in the order in which it is handed in."""
        ordered = sorted(self.said, key=lambda entry: entry[:3])
        return tuple(
            Planned(datetime.fromtimestamp(sent, UTC), order, source, item)
            for order, (sent, _, _, source, item) in enumerate(ordered)
        )


@dataclass(frozen=True, slots=True)
class Voice:
    """Tells a script what one source reports; steps it does not report stay unsaid."""

    script: Script
    source: Source

    def say(self, at: int, kind: str, subject: str | None = None, /, **data: Any) -> None:
        """Something happened that the source would send."""
        if all(step in self.source.steps for step in NEEDS.get(kind, ())):
            self.script.add(self.source.code, at, kind, subject, data)
