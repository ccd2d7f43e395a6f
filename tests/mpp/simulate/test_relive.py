"""The morning's actions of a demo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

import pytest

from mpp.live.board import build
from mpp.live.episodes import Episode
from mpp.live.facts import LiveFacts
from mpp.mall.model import Mall
from mpp.simulate import Duty, Feed, relive
from mpp.simulate.relive import FAR_STEP, NEAR, STEP, looks
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


@pytest.mark.parametrize("minutes", [0, 1, 100, 125, 131, 220, 410])
def test_it_looks_closely_at_what_was_last(minutes: int) -> None:
    opens = NOON - timedelta(minutes=minutes)
    at = [*looks(opens, NOON), NOON]
    assert at[0] == opens
    for one, after in pairwise(at):
        assert timedelta(0) < after - one <= (STEP if NOON - one <= NEAR else FAR_STEP)
    assert len(at) <= 66 + minutes / 10


def morning(example: Mall, folder: Path) -> tuple[int, tuple[Episode, ...]]:
    """How many boards a morning takes, and the episodes found."""
    with (
        world(f"sqlite:///{folder / 'm.sqlite'}", example, NOON) as w,
        patch("mpp.simulate.relive.build", side_effect=build) as drawn,
    ):
        Feed(w.intake, example, 1).run(NOON)
        relive(w.store, example, NOON)
        facts = LiveFacts(w.store).read(NOON)
        assert facts is not None
        return drawn.call_count, facts.actions


def test_a_long_morning_costs_little_and_loses_nothing_that_lasted(example: Mall, tmp_path: Path) -> None:
    (tmp_path / "close").mkdir()
    with patch("mpp.simulate.relive.FAR_STEP", STEP):
        all_boards, closely = morning(example, tmp_path / "close")
    boards, found = morning(example, tmp_path)
    assert all_boards > 105
    assert boards <= 75
    lasted = [one for one in closely if (one.ended or NOON) - one.started > FAR_STEP]
    assert len(lasted) > 15
    assert {one.place for one in lasted} <= {one.place for one in found}
    for one in closely:
        if one.ended is None:
            (same,) = (other for other in found if other.place == one.place and other.ended is None)
            assert abs(same.started - one.started) <= FAR_STEP
