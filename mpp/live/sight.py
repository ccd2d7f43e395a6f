"""How much of a board somebody may see (:func:`mpp.access.sight`): pure, asked in one place by pages,
streams and the API."""

from __future__ import annotations

from dataclasses import replace

from mpp.access import FULL, OPEN
from mpp.live.model import CONFIDENTIAL, ActionNow, Board


def seen(board: Board, level: str) -> Board:
    """The board as it is shown at a level of sight: integrity reports only at ``full``; at ``open``,
    where visitors look as well, no names, no notes that people wrote, no extensions."""
    if level == FULL:
        return board
    actions = tuple(one for one in board.actions if one.rule not in CONFIDENTIAL)
    if level != OPEN:
        return board if len(actions) == len(board.actions) else replace(board, actions=actions)
    return replace(
        board,
        actions=tuple(_nameless(one) for one in actions),
        agencies=tuple(replace(one, extension=None) for one in board.agencies),
        dial="",
    )


def _nameless(action: ActionNow) -> ActionNow:
    taken = action.taken and replace(action.taken, who="", note="")
    return replace(action, extension=None, taken=taken)
