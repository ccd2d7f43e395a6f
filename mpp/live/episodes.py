"""Episodes: from when to when something needed action, and who took it. Pure.

An episode is a function of the *set* of its steps: order and repetition do not matter. The product
opens and ends them itself (:func:`due_steps`), people take them; all of it stands in the event log.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from mpp.live.model import Condition, Taken

SHOWN_AFTER: Final = timedelta(minutes=2)
"""How long something must have needed action before a screen says so."""

KEPT_AFTER: Final = timedelta(minutes=2)
"""How long it stays on the screen after it ended."""

BACK_WITHIN: Final = timedelta(minutes=2)
"""What comes back so soon after its end is the same episode: a figure that hovers about its promise
does not make a new one every minute."""

SILENT: Final = "silent"
"""The rule that tells that nothing is heard: the only one that is known without news."""

EXACT: Final = (SILENT,)
"""Rules whose condition tells the very instant it began: a later one is another episode however soon
it comes, because between the two the feed did report."""

OPENED: Final = "action.opened"
RESUMED: Final = "action.resumed"
ENDED: Final = "action.ended"
TAKEN: Final = "action.taken"
KINDS: Final = (OPENED, RESUMED, ENDED, TAKEN)
"""The steps of an episode, in the order they have at the same instant."""
SYSTEM: Final = (OPENED, RESUMED, ENDED)
"""Those that the product concludes."""

Place = tuple[str, str, str]
"""Rule, agency, source: what a condition and an episode have in common."""


@dataclass(frozen=True, slots=True)
class Step:
    """One event of an episode. ``id`` is deterministic, so the same step twice is one; ``at`` is when
    the product concluded it or somebody took it, ``started`` the episode's start. ``who``, ``note``
    and ``until`` belong to a taking."""

    id: str
    kind: str
    episode: str
    at: datetime
    rule: str = ""
    agency: str = ""
    source: str = ""
    started: datetime | None = None
    who: str = ""
    note: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Episode:
    """Something needed action from ``started`` to ``ended`` (None: it still does)."""

    key: str
    rule: str
    agency: str
    source: str
    started: datetime
    ended: datetime | None = None
    taken: tuple[Taken, ...] = ()

    @property
    def place(self) -> Place:
        """What it is about."""
        return self.rule, self.agency, self.source

    def shown(self, now: datetime) -> bool:
        """Whether a screen shows it at ``now``: from SHOWN_AFTER its start until KEPT_AFTER its end,
        and never when it lasted less than SHOWN_AFTER."""
        if self.ended is None:
            return now - self.started >= SHOWN_AFTER
        return self.counts and now - self.ended < KEPT_AFTER

    @property
    def counts(self) -> bool:
        """Whether it is over and lasted long enough to have been shown."""
        return self.ended is not None and self.ended - self.started >= SHOWN_AFTER


def place_of(condition: Condition) -> Place:
    """What a condition is about."""
    return condition.rule, condition.agency, condition.source


def key_of(place: Place, started: datetime) -> str:
    """An episode's key: "over/dukcapil/20261123T021500Z"; "source:" before a source's code, "mall"
    for the mall as a whole."""
    rule, agency, source = place
    about = agency or (f"source:{source}" if source else "mall")
    return f"{rule}/{about}/{started.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def fold(steps: Iterable[Step]) -> tuple[Episode, ...]:
    """The episodes these steps make, by start and key. What was never opened is none."""
    of: dict[str, dict[str, Step]] = defaultdict(dict)
    for step in steps:
        of[step.episode][step.id] = step
    found = (_episode(key, sorted(some.values(), key=_order)) for key, some in of.items())
    return tuple(sorted((one for one in found if one is not None), key=lambda one: (one.started, one.key)))


def _order(step: Step) -> tuple[datetime, int, str]:
    return step.at, KINDS.index(step.kind), step.id


def _episode(key: str, steps: Sequence[Step]) -> Episode | None:
    opened = next((step for step in steps if step.kind == OPENED), None)
    if opened is None:
        return None
    last = [step for step in steps if step.kind != TAKEN][-1]
    return Episode(
        key=key,
        rule=opened.rule,
        agency=opened.agency,
        source=opened.source,
        started=opened.started or opened.at,
        ended=last.at if last.kind == ENDED else None,
        taken=tuple(Taken(s.at, s.who, s.note, s.until) for s in steps if s.kind == TAKEN),
    )


def due_steps(
    episodes: Iterable[Episode],
    conditions: Iterable[Condition],
    now: datetime,
    midnight: datetime,
    *,
    unheard: Collection[str] = (),
    unproven: Collection[Place] = (),
) -> tuple[Step, ...]:
    """The steps by which the day's episodes follow what holds at ``now``; none where they do already.

    An episode starts with its condition as far as the data tells, but not before the day's
    ``midnight``, so that after a restart everything is on the screen at once. It is resumed where its
    condition came back within BACK_WITHIN, or has held since clearly before its end (it was hidden by
    a graver one, or nobody was there to see it); of EXACT rules only the same condition resumes it.

    Of the agencies ``unheard`` nobody knows whether a condition is gone, so their episodes stay as they
    are until something is heard. At the places ``unproven`` no episode begins; those that are open go on.
    """
    holding = {place_of(condition): condition for condition in conditions}
    latest: dict[Place, Episode] = {}
    steps: list[Step] = []
    for episode in sorted(episodes, key=lambda one: (one.started, one.key)):
        before = latest.get(episode.place)
        if before is not None and before.ended is None:
            steps.append(_system(ENDED, before.place, before.key, now))  # two opened it; one is enough
        latest[episode.place] = episode
    for place, episode in latest.items():
        known = episode.rule == SILENT or episode.agency not in unheard
        if episode.ended is None and place not in holding and known:
            steps.append(_system(ENDED, place, episode.key, now))
    for place, condition in holding.items():
        before = latest.get(place)
        if before is not None and before.ended is None:
            continue
        started = _start(condition, now, midnight)
        if before is not None and _same(before, started, condition, now):
            steps.append(_system(RESUMED, place, before.key, now))
        elif place not in unproven:
            steps.append(_system(OPENED, place, key_of(place, started), now, started))
    return tuple(steps)


def _start(condition: Condition, now: datetime, midnight: datetime) -> datetime:
    started = now if condition.since is None else max(min(condition.since, now), midnight)
    return started.replace(microsecond=0)


def _same(known: Episode, started: datetime, condition: Condition, now: datetime) -> bool:
    ended = known.ended or now
    if started <= known.started:
        return True  # it began before: no other key could be made of it either
    if condition.rule in EXACT:
        return False
    if now - ended <= BACK_WITHIN:
        return True
    # An end is noted some seconds after it came; what began about then began anew.
    return condition.since is not None and condition.since <= ended - BACK_WITHIN


def _system(kind: str, place: Place, key: str, now: datetime, started: datetime | None = None) -> Step:
    word = kind.removeprefix("action.")
    # An opening is known by its start alone; ends and returns may come several times.
    named = f"{word}:{key}" if kind == OPENED else f"{word}:{key}:{now.astimezone(UTC).isoformat()}"
    rule, agency, source = place
    return Step(named, kind, key, now, rule, agency, source, started)
