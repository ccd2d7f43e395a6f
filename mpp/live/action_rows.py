"""The rows of *Perlu tindakan*: episodes joined with what holds now, in their order. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from mpp.live.conditions import of_mall
from mpp.live.episodes import Episode, Place, place_of
from mpp.live.facts import Facts
from mpp.live.model import CONFIDENTIAL, RULES, ActionNow, Board, Condition, PastAction

_RANKS: Final = {rule: max(0, place - 1) for place, rule in enumerate(RULES)}
"""The first two rank alike."""


def action_rows(
    facts: Facts, board: Board, of_agencies: Iterable[Condition]
) -> tuple[tuple[ActionNow, ...], PastAction | None]:
    """The rows shown at ``board.now``, and the last episode of the day that is over. ``of_agencies``
    are the conditions of all agencies, known already."""
    if not facts.actions:
        return (), None
    holding = {place_of(found): found for found in (*of_agencies, *of_mall(facts, board))}
    names = _Names(board)
    # Left out here, where every screen, stream and the API have their rows from: none can forget to.
    told = [one for one in facts.actions if one.rule not in CONFIDENTIAL]
    rows = [names.row(one, holding) for one in told if one.shown(board.now)]
    return tuple(sorted(rows, key=_order)), _last(told, names)


def _last(episodes: Iterable[Episode], names: _Names) -> PastAction | None:
    over = [(one.ended, one.key, one) for one in episodes if one.counts and one.ended is not None]
    if not over:
        return None
    ended, _, last = max(over)
    return PastAction(last.rule, names.of(last), last.started, ended)


class _Names:
    """What a row begins with and whom to call."""

    def __init__(self, board: Board) -> None:
        self._agencies = {agency.code: (agency.short, agency.extension) for agency in board.agencies}
        self._sources = {source.code: source.name for source in board.sources}

    def of(self, episode: Episode) -> str:
        """The agency's short name, the source's name, or nothing for the mall."""
        short, _ = self._agencies.get(episode.agency, (episode.agency, None))
        return short or self._sources.get(episode.source, episode.source)

    def row(self, episode: Episode, holding: Mapping[Place, Condition]) -> ActionNow:
        """The row of an episode; the figures of now unless it ended."""
        alone = Condition(episode.rule, episode.agency, episode.source)
        return ActionNow(
            episode=episode.key,
            name=self.of(episode),
            since=episode.started,
            ended=episode.ended,
            what=holding.get(episode.place, alone) if episode.ended is None else alone,
            extension=self._agencies.get(episode.agency, ("", None))[1],
            taken=episode.taken[-1] if episode.taken else None,
        )


def _order(row: ActionNow) -> tuple[int, bool, float, float, datetime, int, str]:
    """By rule; inside one those that hold first, the gravest, the oldest."""
    what = row.what
    people = -float(what.over or 0) if row.rule == "priority" else 0.0
    excess = -what.excess_s if row.rule == "over" else 0.0
    since = what.since or row.since
    return _RANKS[row.rule], row.ended is not None, people, excess, since, RULES.index(row.rule), row.episode
