"""Boards about *Perlu tindakan*: none, many, long ones, and those that are over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from mpp.live.model import ActionNow, Board, Condition, Taken
from tests import factories
from tests.factories import MORNING

LONG = "Kantor Wilayah Kementerian Hukum dan Hak Asasi Manusia Jatim"


def action(what: Condition, name: str = "Dukcapil", *, at: datetime = MORNING, **given: object) -> ActionNow:
    """One row, nobody on it."""
    values: dict[str, object] = {
        "episode": f"{what.rule}/{what.agency or what.source or 'mall'}/20261123T010000Z",
        "name": name,
        "since": at - timedelta(minutes=30),
        "ended": None,
        "what": what,
        "extension": "201",
        "taken": None,
    }
    return ActionNow(**(values | given))  # type: ignore[arg-type]


def calm_board() -> Board:
    """Nothing needs action; something did."""
    return replace(factories.board(), actions=())


def many_board(count: int = 20) -> Board:
    """``count`` rows, of every rule, each of its own agency."""
    base = factories.board()
    rows = [
        replace(row, episode=f"{row.episode}/{turn}")
        for turn in range(1 + count // len(base.actions))
        for row in base.actions
    ]
    return replace(base, actions=tuple(rows[:count]))


def long_board(at: datetime = MORNING) -> Board:
    """Eight rows that say as much as rows can, all of them taken."""
    taken = Taken(at - timedelta(minutes=9), "Sri Wahyuningsih Kusumawardhani", "x" * 120, at)
    what = Condition(
        "over",
        "dukcapil",
        since=at - timedelta(minutes=40),
        over=119,
        promise_s=7200,
        longest_since=at - timedelta(minutes=119),
        serving=5,
        planned=18,
        unattended=("6", "7", "8", "9"),
        shut=("10", "11", "12", "13"),
    )
    rows = [action(what, LONG, episode=f"over/a{n}/20261123T010000Z", taken=taken) for n in range(8)]
    return replace(factories.board(), actions=tuple(rows))


def over_board(at: datetime = MORNING) -> Board:
    """Rows that were over a minute ago stand among those that hold."""
    base = factories.board()
    rows = list(base.actions)
    ended = at - timedelta(minutes=1)
    for place in (2, 5):
        what = Condition(rows[place].rule, rows[place].what.agency)
        rows[place] = replace(rows[place], ended=ended, what=what)
    return replace(base, actions=tuple(rows))
