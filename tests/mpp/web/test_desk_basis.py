"""A picture that is not drawn again would look the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mpp.i18n import words
from mpp.live.model import Board, Taken
from mpp.web.pages.agency_desk import cells
from mpp.web.parts.desk_basis import basis
from tests import factories

CODE = "dukcapil"
ID = words("id")


def agency(board: Board, **given: Any) -> Board:
    """The board with one agency changed."""
    return replace(
        board, agencies=tuple(replace(a, **given) if a.code == CODE else a for a in board.agencies)
    )


def changes(board: Board) -> list[Board]:
    """Boards that differ from ``board`` in one thing each."""
    one = next(a for a in board.agencies if a.code == CODE)
    counters, services = list(board.counters), list(board.services)
    desk = next(i for i, c in enumerate(counters) if c.agency == CODE)
    line = next(i for i, s in enumerate(services) if s.agency == CODE and s.line is not None)
    found = [
        agency(board, state="paused", reason="prayer"),
        agency(board, waiting=(one.waiting or 0) + 1),
        agency(board, over=(one.over or 0) + 1),
        agency(board, day=replace(one.day, no_show=one.day.no_show + 1)),
        agency(board, hours="break"),
        replace(board, mode="replay"),
        replace(board, mall_state="closed"),
        replace(board, last_ticket=board.now),
        replace(
            board,
            sources=tuple(replace(s, state="silent") if CODE in s.agencies else s for s in board.sources),
        ),
        replace(
            board,
            actions=tuple(replace(a, taken=Taken(board.now, "x", "y")) for a in board.actions),
        ),
    ]
    changed: tuple[dict[str, Any], ...] = ({"state": "closed"}, {"ticket": "Z-1"}, {"since": board.now})
    for given in changed:
        moved = [replace(counters[desk], **given) if i == desk else c for i, c in enumerate(counters)]
        found.append(replace(board, counters=tuple(moved)))
    held = services[line].line
    assert held is not None
    told = replace(held, waiting=99, load=0.5, longest_number="Z-9")
    found.append(
        replace(
            board, services=tuple(replace(s, line=told) if i == line else s for i, s in enumerate(services))
        )
    )
    return found


@pytest.mark.parametrize("make", [factories.board, factories.busy_board, factories.silent_board])
def test_what_would_look_otherwise_has_another_basis(make) -> None:
    board = make()
    picture, made = cells(board, CODE, ID), basis(board, CODE)
    others = 0
    for other in changes(board):
        if cells(other, CODE, ID) != picture:
            others += 1
            assert basis(other, CODE) != made
    assert others >= 6, "the changes do not show"


def test_what_moves_by_itself_has_the_same(monkeypatch) -> None:
    board = factories.board()
    later = agency(replace(board, now=board.now + timedelta(seconds=3)), excess_s=1234.5, longest_s=999.0)
    assert basis(later, CODE) == basis(board, CODE)
    other = next(a.code for a in board.agencies if a.code != CODE)
    moved = tuple(replace(a, waiting=77, state="over") if a.code == other else a for a in board.agencies)
    assert basis(replace(board, agencies=moved), CODE) == basis(board, CODE), "another agency's news"


def test_no_agency_has_no_basis() -> None:
    assert basis(factories.board(), "nosuch") is None
