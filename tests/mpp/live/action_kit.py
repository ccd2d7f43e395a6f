"""A mall whose rows that need action are looked at minute by minute."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mpp.live.actions import (
    take,
    watch,
)
from mpp.live.board import build
from mpp.live.facts import Facts, LiveFacts
from mpp.live.model import Board
from tests.world import World


def picture(w: World, reader: LiveFacts | None = None) -> tuple[Facts, Board]:
    facts = (reader or w.facts).read(w.clock())
    assert facts is not None
    return facts, build(facts, w.clock())


def tick(w: World, minutes: float = 0.0) -> Board:
    """What the job does, after so many minutes; the board behind it."""
    w.clock.at += timedelta(minutes=minutes)
    watch(w.store, *picture(w))
    return picture(w)[1]


def rows(board: Board) -> list[tuple[str, str, bool]]:
    return [(row.rule, row.name, row.ended is not None) for row in board.actions]


def opened(w: World, *counters: str, minutes: float = -95, **data: Any) -> None:
    source = data.get("source", "dukcapil")
    w.send(*(w.item("counter.opened", None, minutes, counter=c, **data) for c in counters), source=source)


def steps(w: World) -> list[str]:
    return [row.type for row in w.events() if row.type.startswith("action.")]


def taken(w: World, episode: str, **given: Any) -> str:
    values: dict[str, Any] = {
        "who": "Petugas piket",
        "note": "petugas dalam perjalanan",
        "minutes": 15,
        "id": "one",
    }
    return take(w.store, w.clock(), episode=episode, **(values | given))


def taken_of(w: World, episode: str) -> Any:
    facts, _ = picture(w)
    return next(one.taken[-1] for one in facts.actions if one.key == episode)
