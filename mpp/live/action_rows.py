"""The rows of *Perlu tindakan*: episodes joined with what holds now, in their order. Pure.

What holds although no episode tells it is a row as well, one that is not kept: were the jobs to stand
still, an empty list would say that all is calm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from mpp.live.conditions import of_mall, unheard
from mpp.live.episodes import (
    ENDED,
    SHOWN_AFTER,
    SILENT,
    Episode,
    Place,
    due_steps,
    place_of,
)
from mpp.live.facts import Facts
from mpp.live.model import CONFIDENTIAL, RULES, ActionNow, Board, Condition, PastAction

_RANKS: Final = {rule: max(0, place - 1) for place, rule in enumerate(RULES)}
"""The first two rank alike."""

UNKEPT_AFTER: Final = SHOWN_AFTER + timedelta(minutes=1)
"""So long something has held that its episode should be there, however slow or far apart the clocks."""


def action_rows(
    facts: Facts, board: Board, of_agencies: Iterable[Condition]
) -> tuple[tuple[ActionNow, ...], PastAction | None]:
    """The rows shown at ``board.now``, and the last episode of the day that is over. ``of_agencies``
    are the conditions of all agencies, known already."""
    found = [*of_agencies, *of_mall(facts, board)]
    told = facts.actions
    holding = {place_of(one): one for one in found}
    names = _Names(board)
    unkept = _unkept(facts, found, told, board.now)
    hidden = _hidden(facts, board, told)
    rows = [names.row(one, holding, kept=False) for one in unkept.values()]
    rows += [
        names.row(one, holding)
        for one in told
        if one.key not in unkept and one.shown(board.now) and not _hides(hidden, one)
    ]
    # Who sees which rows is decided in one place (mpp.live.sight); the last one is told to everybody.
    plain = [one for one in told if one.rule not in CONFIDENTIAL]
    return tuple(sorted(rows, key=_order)), _last(plain, names)


def _unkept(
    facts: Facts, found: Iterable[Condition], told: Iterable[Episode], now: datetime
) -> Mapping[str, Episode]:
    """By key, what nobody wrote down though it has held for UNKEPT_AFTER. Not silence: that the process
    itself was away is no news of a feed. Not in a replay, which shows what the record says."""
    if facts.mode == "replay":
        return {}
    missed = [
        one
        for one in found
        if one.rule != SILENT and one.since is not None and now - one.since >= UNKEPT_AFTER
    ]
    if not missed:
        return {}
    known = {one.key: replace(one, ended=None) for one in told}
    due = due_steps(told, missed, now, facts.judge.midnight(facts.day))
    return {
        step.episode: known.get(step.episode)
        or Episode(step.episode, step.rule, step.agency, step.source, step.started or now)
        for step in due
        if step.kind != ENDED
    }


def _hidden(facts: Facts, board: Board, told: Iterable[Episode]) -> frozenset[str]:
    """Agencies whose rows nobody can vouch for now. In a replay every feed that had spoken is live; the
    record tells which were silent then."""
    hidden = unheard(board)
    if facts.mode == "replay":
        feeds = facts.judge.on(facts.day).sources_by_code
        for one in told:
            if one.rule == SILENT and one.ended is None:
                feed = feeds.get(one.source)
                hidden |= {one.agency, *(feed.agencies if feed else ())}
    return hidden


def _hides(hidden: frozenset[str], one: Episode) -> bool:
    return one.ended is None and one.rule != SILENT and one.agency in hidden


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

    def row(self, episode: Episode, holding: Mapping[Place, Condition], *, kept: bool = True) -> ActionNow:
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
            kept=kept,
        )


def _order(row: ActionNow) -> tuple[int, bool, float, float, datetime, int, str]:
    """By rule; inside one those that hold first, the gravest, the oldest."""
    what = row.what
    people = -float(what.over or 0) if row.rule == "priority" else 0.0
    excess = -what.excess_s if row.rule == "over" else 0.0
    since = what.since or row.since
    return _RANKS[row.rule], row.ended is not None, people, excess, since, RULES.index(row.rule), row.episode
