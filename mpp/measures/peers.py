"""Where an agency stands among the others without saying who they are. Pure.

What may be told, and why no more: docs/decisions/0014-anonymous-peers.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from queues.waiting import percentile

JUDGED_LEAST: Final = 30
"""An agency with fewer judged tickets is in no group: one ticket would move it by more than three
points of a hundred, and a step is five."""

PEERS_LEAST: Final = 5
"""So many agencies besides the viewer's own must be in a group that is shown."""

SHARE_STEP: Final = 5
"""Shares of others are rounded to steps of so many points."""

WAIT_STEP: Final = 10
"""Waits of others are rounded to steps of so many hundredths of their promise."""

WAIT_MOST: Final = 200
"""A wait of twice the promise or longer is told as that."""


@dataclass(frozen=True, slots=True)
class PeerFigures:
    """One agency's figures of the window: of ``judged`` tickets ``within`` kept the promise;
    ``wait`` is the median of working wait / promise of the tickets whose service started, None of fewer
    than JUDGED_LEAST: it would be that of a few visitors."""

    judged: int
    within: int
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class Strip:
    """One figure of a group: the viewer's ``mine`` as it is, and the others' rounded and sorted, so
    that neither a name nor an order of names is in it. In hundredths."""

    mine: float
    peers: tuple[int, ...]
    step: int

    @property
    def rounded(self) -> int:
        """The viewer's own figure in steps, as the others are compared with it."""
        return rounded(self.mine, self.step)

    @property
    def below(self) -> int:
        """How many others have a lower step."""
        return sum(peer < self.rounded for peer in self.peers)

    @property
    def equal(self) -> int:
        """How many others have the same step."""
        return sum(peer == self.rounded for peer in self.peers)

    @property
    def above(self) -> int:
        """How many others have a higher step."""
        return len(self.peers) - self.below - self.equal


@dataclass(frozen=True, slots=True)
class Standing:
    """What an agency is told. ``why`` says why there are no strips: "" (there are), not_yet (nothing
    computed), no_promise (none of its tickets is judged), few_judged or few_peers. ``own`` are its own
    figures, None where it has none."""

    why: str
    own: PeerFigures | None = None
    share: Strip | None = None
    wait: Strip | None = None


def figures(legs: Iterable[tuple[str, float | None, int | None, bool | None]]) -> dict[str, PeerFigures]:
    """Figures by agency from (agency, working wait in seconds, promise in seconds, within the promise:
    None where not judged) of each leg of the window."""
    judged: dict[str, int] = {}
    within: dict[str, int] = {}
    waits: dict[str, list[float]] = {}
    for agency, wait_s, promise_s, kept in legs:
        if kept is not None:
            judged[agency] = judged.get(agency, 0) + 1
            within[agency] = within.get(agency, 0) + kept
        if wait_s is not None and promise_s:
            waits.setdefault(agency, []).append(wait_s / promise_s)
    return {
        agency: PeerFigures(count, within[agency], _median(waits.get(agency, ())))
        for agency, count in sorted(judged.items())
    }


def _median(waits: Sequence[float]) -> float | None:
    return percentile(sorted(waits), 0.5) if len(waits) >= JUDGED_LEAST else None


def standing(found: Mapping[str, PeerFigures], agency: str, known: Collection[str] = ()) -> Standing:
    """Where ``agency`` stands among ``found``. ``known`` are agencies whose figures the viewer knows
    anyway, being theirs as well: they hide nobody else."""
    own = found.get(agency)
    if own is None:
        return Standing("no_promise")
    if own.judged < JUDGED_LEAST:
        return Standing("few_judged", own)
    others = {code: one for code, one in found.items() if code != agency and one.judged >= JUDGED_LEAST}
    if len(others.keys() - set(known)) < PEERS_LEAST:
        return Standing("few_peers", own)
    share = Strip(
        100 * own.within / own.judged,
        _steps((100 * one.within / one.judged for one in others.values()), SHARE_STEP),
        SHARE_STEP,
    )
    timed = {code: one.wait for code, one in others.items() if one.wait is not None}
    wait = None
    if own.wait is not None and len(timed.keys() - set(known)) >= PEERS_LEAST:
        waits = (min(100 * one, float(WAIT_MOST)) for one in timed.values())
        wait = Strip(min(100 * own.wait, float(WAIT_MOST)), _steps(waits, WAIT_STEP), WAIT_STEP)
    return Standing("", own, share, wait)


def tellable(found: Mapping[str, PeerFigures]) -> bool:
    """Whether there is anything to tell anybody."""
    return sum(one.judged >= JUDGED_LEAST for one in found.values()) > PEERS_LEAST


def rounded(value: float, step: int) -> int:
    """The nearest step, halves up."""
    return int(value / step + 0.5) * step


def _steps(values: Iterable[float], step: int) -> tuple[int, ...]:
    return tuple(sorted(rounded(value, step) for value in values))
