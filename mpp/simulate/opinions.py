"""What visitors of past days answered, invented without playing those days: an agency reads the faces and
reasons of a whole month, so a demo needs two behind it, and answers are told in the order they came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from mpp.live.envelope import Incoming, Refused, read
from mpp.live.intake import Intake
from mpp.mall.model import Mall
from mpp.simulate.feed import BATCH
from mpp.simulate.outcomes import RATES, answer
from mpp.simulate.visitors import Booth, arrivals, booths
from mpp.store import Store, sources

MOODS: Final = (0.3, 0.8, 1.2, 1.8)
"""How long visitors of a day waited, in times the promise; short waits more often."""
MOOD_WEIGHTS: Final = (45, 30, 17, 8)


def seed_opinions(store: Store, mall: Mall, day: date, seed: int) -> int:
    """Write the answers of the month before ``day`` and of its own month up to it, of each source in the
    order of the days; before any answer of a later day. Gives how many."""
    first = (day.replace(day=1) - timedelta(days=1)).replace(day=1)
    by_source: dict[str, list[Incoming | Refused]] = defaultdict(list)
    for past in (first + timedelta(days=n) for n in range((day - first).days)):
        for booth in booths(mall, past):
            at = datetime.fromtimestamp(booth.closes, UTC)
            told = _answers(mall, booth, past, seed) if booth.source.kind != "readings" else ()
            by_source[booth.source.code] += [read(item, booth.source.code, at) for item in told]
    with store.read() as tx:
        rows = sources.all_sources(tx)
    midnight = datetime.combine(day, time(), ZoneInfo(mall.zone)).astimezone(UTC)
    intake = Intake(store, lambda: midnight)
    for code, parsed in by_source.items():
        for start in range(0, len(parsed), BATCH):
            intake.take(rows[code], parsed[start : start + BATCH], midnight, heard=False)
    return sum(map(len, by_source.values()))


def _answers(mall: Mall, booth: Booth, day: date, seed: int) -> Iterator[dict[str, Any]]:
    agency = booth.agency.code
    dice = Random(f"{seed}:{day.isoformat()}:{agency}:opinions")  # noqa: S311 a simulation
    for number, visitor in enumerate(arrivals(mall, booth, day, dice)):
        if dice.random() >= RATES:
            continue
        at = min(visitor.at + dice.randrange(900, 3600), booth.closes)
        told = answer(dice.choices(MOODS, MOOD_WEIGHTS)[0], dice, dice)
        yield {
            "specversion": "1.0",
            "id": f"sim{seed}-{day.isoformat()}-{agency}-opinion-{number}",
            "source": booth.source.code,
            "type": "mpp.rating.given",
            "time": datetime.fromtimestamp(at, UTC).isoformat(),
            "data": {"agency": agency, "service": visitor.service.code, **told},
        }
