"""The keeper builds anew what was told or has aged, and keeps the rest."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from mpp.live.keeper import FRESH_S, WHOLE_S, Keeper
from mpp.live.model import AgencyNow, Board
from mpp.mall.model import Source
from tests.world import World, small_mall, world

MALL_WIDE = small_mall(sources=(Source("all", "Semua", ("dukcapil", "samsat"), expected_every_s=60),))


@dataclass
class Monotonic:
    """The clock that paces the keeper, set by a test."""

    at: float = 0.0

    def monotonic(self) -> float:
        return self.at


@dataclass
class Kept:
    """A keeper over a mall whose agencies share one source."""

    world: World
    pace: Monotonic
    keeper: Keeper

    def tick(self, seconds: float = 0.25) -> dict[str, AgencyNow]:
        """The agencies so much later."""
        self.pace.at += seconds
        self.world.clock.at += timedelta(seconds=seconds)
        return {agency.code: agency for agency in self.keeper.board().agencies}


@pytest.fixture
def kept(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    pace = Monotonic()
    monkeypatch.setattr("mpp.live.keeper.time", pace)
    with world(database_url, MALL_WIDE) as w:
        w.send(w.item("counter.opened", None, -90, source="all", counter="1"), source="all")
        w.send(*w.life("A3-001", -29.9, source="all"), source="all")
        yield Kept(w, pace, Keeper(w.facts, w.clock))


def test_a_source_of_many_agencies_lets_those_alone_it_told_nothing_of(kept: Kept) -> None:
    before = kept.tick()
    kept.tick(WHOLE_S)
    settled = kept.tick(WHOLE_S * 2)
    kept.world.send(*kept.world.life("A3-002", -1, source="all"), source="all")
    after = kept.tick()
    assert (before["dukcapil"].waiting, after["dukcapil"].waiting) == (1, 2)
    assert after["samsat"] is settled["samsat"]


def test_time_alone_builds_an_agency_anew(kept: Kept) -> None:
    assert kept.tick()["dukcapil"].over == 0
    assert kept.tick(30)["dukcapil"].over == 1


def test_a_silent_source_that_speaks_again_shows_at_once_though_nothing_else_changed(kept: Kept) -> None:
    kept.tick()
    assert kept.tick(11 * 60)["dukcapil"].state == "silent"
    kept.world.send(source="all")
    assert kept.tick()["dukcapil"].state != "silent"


def test_only_the_hub_asks_at_every_tick(kept: Kept) -> None:
    kept.tick()
    kept.world.send(*kept.world.life("A3-003", -1, source="all"), source="all")
    kept.pace.at += FRESH_S / 2
    assert waiting(kept.keeper.recent()) == 1
    assert waiting(kept.keeper.board()) == 2
    kept.world.send(*kept.world.life("A3-004", -1, source="all"), source="all")
    assert waiting(kept.keeper.recent()) == 2
    kept.pace.at += FRESH_S
    assert waiting(kept.keeper.recent()) == 3


def waiting(board: Board) -> int | None:
    return board.totals.waiting
