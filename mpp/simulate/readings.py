"""An agency that publishes only its status: the day goes on unseen, every minute it is counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from mpp.simulate.items import Speaker
from mpp.simulate.visitors import Booth

EVERY_S: Final = 60
RENEWED: Final = 5
"""Each minute what changed is told, every fifth minute all of it."""

_OPENS: Final = {"counter.opened": 1, "counter.resumed": 1, "counter.paused": -1, "counter.closed": -1}


@dataclass(slots=True)
class Tallied:
    """Hears what happens at ``booth`` and tells only how many wait, how many counters are open and
    which number was called last."""

    booth: Booth
    _heard: list[tuple[int, int, str, dict[str, Any], str | None]] = field(default_factory=list)

    def say(self, at: int, kind: str, subject: str | None = None, /, **data: Any) -> None:
        """Remember what happened."""
        self._heard.append((at, len(self._heard), kind, data, subject))

    def readings(self, speaker: Speaker) -> None:
        """Tell the day as readings, from opening to half an hour after closing."""
        heard = sorted(self._heard, key=lambda entry: entry[:2], reverse=True)
        waiting: dict[str, set[str | None]] = {s.code: set() for s in self.booth.agency.services}
        current: dict[str, str] = {}
        told: dict[str, tuple[object, ...]] = {}
        counters = 0
        for minute, at in enumerate(range(self.booth.opens, self.booth.closes + 1800, EVERY_S)):
            while heard and heard[-1][0] <= at:
                _, _, kind, data, subject = heard.pop()
                counters += _OPENS.get(kind, 0)
                if kind == "ticket.issued":
                    waiting[data["service"]].add(subject)
                elif kind in ("ticket.called", "ticket.cancelled"):
                    waiting[data["service"]].discard(subject)
                    current[data["service"]] = data["number"]
            for service, people in waiting.items():
                now = (len(people), counters, current.get(service))
                if minute % RENEWED == 0 or told.get(service) != now:
                    told[service] = now
                    self._tell(speaker, at, service, now)

    def _tell(self, speaker: Speaker, at: int, service: str, now: tuple[object, ...]) -> None:
        waiting, counters, current = now
        data = {"agency": self.booth.agency.code, "service": service, "waiting": waiting}
        speaker.say(at, "queue.reading", None, **data, open_counters=counters, current=current)
