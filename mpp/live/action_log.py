"""Steps of actions in the event log: no table of their own.

They stand under a source of our own, whose row is their lock and version like that of any feed, and
carry the mall-zone day as their subject, so a day's are found by the index.
"""

from __future__ import annotations

import json
import logging
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from mpp.live.envelope import content_digest
from mpp.live.episodes import KINDS, SYSTEM, TAKEN, Episode, Step, fold
from mpp.store import Read, Write, log, sources
from mpp.store.codec import dumps
from mpp.store.log import Told
from mpp.store.sources import OWN, SourceRow

_logger = logging.getLogger(__name__)

AHEAD: Final = timedelta(minutes=1)
"""So far several processes may be apart. A step further ahead was written while the clock was wrong."""

_INSTANTS: Final = ("started", "until")
_IN_DATA: Final = ("episode", "rule", "agency", "source", "started", "who", "note", "until")


def subject(day: date) -> str:
    """The subject of a day's steps."""
    return f"action/{day.isoformat()}"


def steps_of(tx: Read, source_id: int, day: date) -> list[Step]:
    """Every step of a day as it was written; ``source_id`` is that of our own source."""
    return settled(steps(log.of_subject(tx, source_id, subject(day), KINDS)))


def concluded(tx: Read, source_id: int, day: date, episode: str | None = None) -> list[Step]:
    """What the product itself concluded that day, and who took ``episode``: however many takings a
    day has, only those are read."""
    holding = "" if episode is None else f'"episode":{json.dumps(episode)}'
    other = None if episode is None else TAKEN
    told = log.of_subject(tx, source_id, subject(day), SYSTEM, other=other, holding=holding)
    return settled(steps(told))


def step_of(tx: Read, step_id: str) -> Step | None:
    """The step with this id, of whichever day."""
    told = log.told(tx, OWN, step_id)
    return None if told is None else steps([told])[0]


def settled(steps: Sequence[Step]) -> list[Step]:
    """The steps, given as they were written, without those of a wrong clock: the product concluded
    something later that is dated well before them. A taking may be noted afterwards, so it dates
    nothing."""
    kept: list[Step] = []
    earliest: datetime | None = None
    for step in reversed(steps):
        if earliest is not None and step.at > earliest + AHEAD:
            continue
        kept.append(step)
        if step.kind != TAKEN and (earliest is None or step.at < earliest):
            earliest = step.at
    return kept[::-1]


def steps(told: Iterable[Told]) -> list[Step]:
    """The steps that rows of the log tell."""
    return [_step(row) for row in told]


def _step(row: Told) -> Step:
    fields: dict[str, Any] = json.loads(row.data)
    for name in _INSTANTS:
        if name in fields:
            fields[name] = datetime.fromisoformat(fields[name])
    return Step(row.event_id, row.type, at=row.at, **fields)


class Followed:
    """The running day's episodes. Of our own source only rows that are new are read, and only the
    episodes they are about are folded again."""

    def __init__(self) -> None:
        self._rev: int | None = None
        self._warned = False
        self._begin(None)

    def _begin(self, day: date | None) -> None:
        self._day, self._rev, self._last = day, None, 0
        self._steps: list[Step] = []
        self._shown: list[Step] = []
        self._of: dict[str, list[Step]] = {}
        self._folded: dict[str, tuple[Episode, ...]] = {}
        self._episodes: tuple[Episode, ...] = ()

    def of(self, tx: Read, own: SourceRow | None, day: date, now: datetime) -> tuple[Episode, ...]:
        """The episodes of ``day`` at ``now``, without steps more than AHEAD of it; ``own`` is our own
        source's row as the heads told it."""
        if own is None:
            return ()
        if day != self._day:
            self._begin(day)
        if own.rev != self._rev:
            told = log.of_subject(tx, own.id, subject(day), KINDS, after_seq=self._last)
            self._last = max((row.seq for row in told), default=self._last)
            self._rev = own.rev
            self._steps = settled([*self._steps, *steps(told)])
        shown = [step for step in self._steps if step.at <= now + AHEAD]
        self._warn(len(self._steps) - len(shown))
        if shown != self._shown:
            self._fold(shown)
        return self._episodes

    def _fold(self, shown: list[Step]) -> None:
        before = len(self._shown)
        if shown[:before] == self._shown:
            fresh = shown[before:]
        else:
            fresh, self._of, self._folded = shown, {}, {}
        for step in fresh:
            self._of.setdefault(step.episode, []).append(step)
        for key in {step.episode for step in fresh}:
            self._folded[key] = fold(self._of[key])
        found = (one for some in self._folded.values() for one in some)
        self._episodes = tuple(sorted(found, key=lambda one: (one.started, one.key)))
        self._shown = shown

    def _warn(self, ahead: int) -> None:
        if ahead and not self._warned:
            _logger.warning("%d steps of actions are ahead of the clock and left out; was it wrong?", ahead)
        self._warned = ahead > 0


class Replayed:
    """A past day's episodes as they stood at an instant of it."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._folded = 0
        self._episodes: tuple[Episode, ...] = ()

    def load(self, tx: Read, day: date) -> None:
        """Read a day's steps."""
        own = sources.own(tx)
        found = [] if own is None else steps_of(tx, own, day)
        self._steps = sorted(found, key=lambda step: (step.at, step.id))
        self._folded, self._episodes = 0, ()

    @property
    def kept(self) -> bool:
        """Whether the day has steps at all. Without one nobody knows what needed action: the day was
        imported or invented, or no monitor ran."""
        return bool(self._steps)

    def until(self, now: datetime) -> tuple[Episode, ...]:
        """The episodes made by the steps up to ``now``."""
        last = bisect_right(self._steps, now, key=lambda step: step.at)
        if last != self._folded:
            self._folded, self._episodes = last, fold(self._steps[:last])
        return self._episodes


def append(tx: Write, source_id: int, day: date, steps: Iterable[Step]) -> list[Step]:
    """Add those of ``steps`` that the log does not hold, and say which those were. The caller holds
    our own source's lock."""
    wanted = {step.id: step for step in steps}
    known = log.digests(tx, wanted)
    fresh = [step for step in wanted.values() if (OWN, step.id) not in known]
    log.append(tx, [_row(source_id, day, step) for step in fresh])
    return fresh


def _row(source_id: int, day: date, step: Step) -> dict[str, Any]:
    stored = dumps({name: value for name in _IN_DATA if (value := getattr(step, name))})
    occurred_at = step.at.isoformat()
    return {
        "source_id": source_id,
        "origin": OWN,
        "event_id": step.id,
        "type": step.kind,
        "subject": subject(day),
        "leg": 1,
        "agency": step.agency,
        "at": step.at,
        "occurred_at": occurred_at,
        "offset_s": 0,
        "received_at": step.at,
        "digest": content_digest(step.kind, occurred_at, subject(day), 1, stored),
        "data": stored,
    }
