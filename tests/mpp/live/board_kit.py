"""What tests of the board tell it and read from it."""

from __future__ import annotations

from dataclasses import fields

from mpp.live.model import Board
from tests.world import World


def opened(w: World, *counters: str, minutes: float = -95) -> None:
    w.send(*(w.item("counter.opened", None, minutes, counter=c) for c in counters))


def reading(w: World, minutes: float, **said: int) -> None:
    w.send(w.item("queue.reading", None, minutes, service="kk", **said))


def figures(board: Board) -> list[object]:
    """What a replay must show exactly as it was: all but the age of the sources."""
    aged = {"data", "data_at"}
    agencies = [
        {f.name: getattr(agency, f.name) for f in fields(agency) if f.name not in aged}
        for agency in board.agencies
    ]
    return [agencies, board.services, board.counters, board.totals, board.quarters, board.mall_state]
