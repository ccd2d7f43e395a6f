"""Which views a tick draws: what cannot wait always, what is patient as there is time and news."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from mpp.i18n import Words, words
from mpp.live import draw
from mpp.live.draw import Drawer
from mpp.live.model import Board
from mpp.live.views import Cell, View, Views
from tests.factories import board

WALL = View("wall", "", "id")
DESKS = {View("desk", f"a{number}", "id") for number in range(8)}


class Source:
    """Gives the board it is told to."""

    def __init__(self) -> None:
        self.now = board()

    def board(self) -> Board:
        return self.now

    def move(self, **given: Any) -> None:
        self.now = replace(self.now, version=self.now.version + 1, **given)


class Story:
    """A drawer of a wall and eight desks; the desks are made of the mall's name."""

    def __init__(self) -> None:
        self.source, self.counted, views = Source(), Counter[View](), Views()
        self.fails, self.busy = False, ""
        self.ill: set[View] = set()

        def cells(page: str):
            def made(_board: Board, scope: str, _words: Words) -> dict[str, Cell]:
                self.counted[View(page, scope, "id")] += 1
                if View(page, scope, "id") in self.ill:
                    raise ValueError("no picture")
                return {"x": Cell("x")}

            return made

        def basis(now: Board, scope: str) -> object:
            if self.fails:
                raise ValueError("no basis")
            return now.version if scope == self.busy else now.mall

        views.register("wall", cells("wall"))
        views.register("desk", cells("desk"), scoped=True, basis=basis)
        self.drawer = Drawer(self.source, views, words)

    def tick(self, missing: set[View] = frozenset()) -> set[View]:  # type: ignore[assignment]
        async def once() -> set[View]:
            self.drawer.start()
            try:
                wanted = {WALL, *DESKS}
                self.drawn = [set(some) async for some in self.drawer.draw(wanted, set(missing))]
                return set().union(*self.drawn)
            finally:
                self.drawer.stop()

        return asyncio.run(once())


@pytest.fixture
def story(monkeypatch) -> Story:
    monkeypatch.setattr(draw, "PATIENT_EVERY_S", 0.0)
    monkeypatch.setattr(draw, "PATIENT_S", 60.0)
    return Story()


def test_a_patient_view_is_not_drawn_while_its_basis_is_the_same(story: Story) -> None:
    assert story.tick({WALL, *DESKS}) == {WALL, *DESKS}
    story.source.move()
    assert story.tick() == {WALL}
    story.source.move(mall="Another")
    assert story.tick() == {WALL, *DESKS}
    assert story.tick() == set()


def test_the_wall_does_not_wait_for_desks_and_every_desk_gets_its_turn(story: Story, monkeypatch) -> None:
    story.tick({WALL, *DESKS})
    monkeypatch.setattr(draw, "PATIENT_S", -1.0)
    story.source.move(mall="Another")
    assert story.tick() == {WALL}, "no time at all for desks"
    turns = iter(range(1000))
    # A clock that moves with every look: one desk fits into each tick.
    monkeypatch.setattr(draw, "PATIENT_S", 1.5)
    monkeypatch.setattr(draw.time, "monotonic", lambda: 1e9 + next(turns))
    drawn = [story.tick() for _ in range(20)]
    assert set().union(*drawn) == DESKS
    assert all(len(some) <= 2 for some in drawn)
    assert sum(map(len, drawn)) == len(DESKS), "none was drawn twice"


def test_desks_without_news_keep_none_with_news_waiting(story: Story, monkeypatch) -> None:
    story.tick({WALL, *DESKS})
    busy = max(DESKS)
    story.busy = busy.scope
    turns = iter(range(1000))
    monkeypatch.setattr(draw, "PATIENT_S", 1.5)
    monkeypatch.setattr(draw.time, "monotonic", lambda: 1e9 + next(turns))
    drawn: set[View] = set()
    for _ in range(2 * len(DESKS)):
        story.source.move()
        drawn |= story.tick()
    assert busy in drawn


def test_the_wall_goes_out_before_any_desk_is_drawn_and_desks_one_by_one(story: Story) -> None:
    story.tick({WALL, *DESKS})
    story.source.move(mall="Another")
    story.tick()
    assert story.drawn[0] == {WALL}
    assert [len(some) for some in story.drawn[1:]] == [1] * len(DESKS)


def test_a_desk_that_fails_is_told_and_keeps_no_other_waiting(story: Story) -> None:
    story.tick({WALL, *DESKS})
    ill = min(DESKS)
    story.ill.add(ill)
    story.source.move(mall="Another")
    assert story.tick() == {WALL, *DESKS} - {ill}
    tried = story.counted[ill]
    assert story.tick() == set()
    assert story.counted[ill] == tried + 1, "once a tick"
    assert set(story.drawer.failing) == {ill}
    story.ill.clear()
    assert story.tick() == {ill}, "it is tried again though nothing moved"
    assert not story.drawer.failing


def test_news_of_a_desk_that_had_none_shows_at_once(story: Story, monkeypatch) -> None:
    story.tick({WALL, *DESKS})
    clock = [draw.time.monotonic() + 10.0]
    monkeypatch.setattr(draw, "PATIENT_EVERY_S", 0.8)
    monkeypatch.setattr(draw.time, "monotonic", lambda: clock[0])
    story.source.move()
    assert story.tick() == {WALL}
    clock[0] += 0.25
    story.source.move(mall="Another")
    assert story.tick() == {WALL, *DESKS}, "that they were looked at a moment ago delays nothing"


def test_a_desk_is_drawn_at_most_so_often(story: Story, monkeypatch) -> None:
    story.tick({WALL, *DESKS})
    monkeypatch.setattr(draw, "PATIENT_EVERY_S", 3600.0)
    story.source.move(mall="Another")
    assert story.tick() == {WALL}
    assert story.tick(DESKS) == DESKS, "who has no picture yet does not wait"


def test_a_basis_that_fails_stops_nobody(story: Story) -> None:
    story.tick({WALL, *DESKS})
    story.fails = True
    story.source.move()
    assert story.tick() == {WALL, *DESKS}
