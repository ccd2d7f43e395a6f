"""The morning's actions of a demo."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from mpp.live.board import build
from mpp.live.facts import LiveFacts
from mpp.mall.model import Mall
from mpp.simulate import Duty, Feed, relive
from tests.world import world

NOON = datetime(2026, 11, 23, 4, 40, tzinfo=UTC)


def test_a_demo_knows_what_was_over_before_it_began(example: Mall, tmp_path: Path) -> None:
    with world(f"sqlite:///{tmp_path / 'a.sqlite'}", example, NOON) as w:
        Feed(w.intake, example, 1).run(NOON)
        assert relive(w.store, example, NOON, Duty(w.store, w.board, 1)) > 10
        facts = LiveFacts(w.store).read(NOON)
        assert facts is not None
        board = build(facts, NOON)
        assert board.last_action is not None
        assert board.last_action.since < board.last_action.ended <= NOON
        late = [one for one in facts.actions if one.rule == "not_opened"]
        assert any(one.ended is not None for one in late)
        taken = [taken for one in facts.actions for taken in one.taken]
        assert taken
        assert all(taken.at < NOON for taken in taken)
        assert relive(w.store, example, NOON) == 0


def test_a_day_without_hours_has_no_morning(example: Mall, tmp_path: Path) -> None:
    sunday = datetime(2026, 11, 29, 4, 0, tzinfo=UTC)
    with world(f"sqlite:///{tmp_path / 'a.sqlite'}", example, sunday) as w:
        assert relive(w.store, example, sunday) == 0
