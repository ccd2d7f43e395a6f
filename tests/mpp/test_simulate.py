"""The invented day: the same for a seed, taken whole by the intake, alive on the board."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mpp.mall.load import examine_bytes
from mpp.mall.model import Mall
from mpp.simulate import Feed, _Day, demo_start
from tests.world import MORNING, world


@pytest.fixture(scope="module")
def mall() -> Mall:
    from mpp.mall.texts import example_text

    found = examine_bytes(example_text().encode(), "example.toml").mall
    assert found is not None
    return found


def test_a_seed_gives_the_same_day_and_another_seed_another(mall: Mall) -> None:
    day = MORNING.date()
    assert _Day(mall, day, 1).plan() == _Day(mall, day, 1).plan()
    assert _Day(mall, day, 1).plan() != _Day(mall, day, 2).plan()


@pytest.mark.parametrize(
    ("real", "shown"),
    [
        (datetime(2026, 11, 23, 4, 0, tzinfo=UTC), datetime(2026, 11, 23, 4, 0, tzinfo=UTC)),
        (datetime(2026, 11, 21, 18, 0, tzinfo=UTC), datetime(2026, 11, 23, 2, 40, tzinfo=UTC)),
        (datetime(2026, 11, 23, 9, 0, tzinfo=UTC), datetime(2026, 11, 24, 2, 40, tzinfo=UTC)),
    ],
)
def test_the_demo_shows_an_open_mall_at_any_hour(mall: Mall, real: datetime, shown: datetime) -> None:
    assert demo_start(mall, real) == shown


def test_everything_is_accepted_and_the_mall_is_alive(database_url: str, mall: Mall) -> None:
    with world(database_url, mall) as w:
        feed = Feed(w.intake, mall)
        feed.run(w.clock())
        w.clock.at += timedelta(minutes=5)
        feed.run(w.clock())
        assert {word for _, word in w.intake.taken} == {"accepted"}
        board = w.board()
        states = {agency.state for agency in board.agencies}
        assert {"calm", "unscheduled", "paused", "silent", "not_opened"} <= states
        assert (board.totals.waiting or 0) > 10
        assert board.totals.serving > 20
        assert any(agency.estimate for agency in board.agencies)
