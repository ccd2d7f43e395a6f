"""Counters that open and close, told late, twice or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mpp.live.board import build
from mpp.live.facts import STATISTICS_EVERY
from mpp.live.rebuild import rebuild
from mpp.live.replay import ReplayFacts
from mpp.store import counters
from tests.mpp.live.board_kit import opened, reading
from tests.world import MORNING, WEEK, World, small_mall, world


def test_one_forgotten_ticket_keeps_no_agency_open(database_url: str) -> None:
    with world(database_url, at=MORNING + timedelta(hours=4)) as w:
        opened(w, "1", minutes=-330)
        w.send(w.item("ticket.issued", "A3-001", -320))
        for n in range(2, 12):
            w.send(*w.life(f"A3-{n:03d}", -310 + n, -300 + 5 * n, -300 + 5 * n, -297 + 5 * n))
        found = w.agency()
        assert (found.state, found.over, found.forgotten, found.over_forgotten) == ("calm", 1, 1, 1)
        assert (w.board().totals.over, w.board().totals.over_forgotten) == (1, 1)
        w.send(w.item("counter.closed", None, -20, counter="1"))
        found = w.agency()
        assert (found.state, found.since, found.waiting) == ("closed", w.clock() - timedelta(minutes=20), 1)
        w.send(w.item("ticket.issued", "A3-100", -1))
        assert (w.agency().state, w.agency().waiting) == ("filling", 2)


OPENING = MORNING - timedelta(minutes=100)


def test_a_closing_alone_is_no_sign_that_anybody_opened(database_url: str) -> None:
    with world(database_url) as w:
        w.send(w.item("counter.opened", None, -24 * 60, counter="1"))
        w.send(w.item("counter.closed", None, -95, counter="1"))
        board = w.board()
        assert (board.agencies[0].state, board.agencies[0].since) == ("not_opened", OPENING)
        assert board.totals.not_opened == ("Dukcapil",)
        w.clock.at += STATISTICS_EVERY
        w.send(*w.life("A3-001", -97, -96, -96, -95, counter=None))
        assert (w.agency().state, w.board().totals.not_opened) == ("closed", ())


def test_a_closing_before_the_opening_is_none_after_it_however_often_it_is_told(database_url: str) -> None:
    with world(database_url) as w:
        opened(w, "1", minutes=-120)
        w.send(*(w.item("counter.closed", None, minutes, counter="1") for minutes in (-110, -90, -5)))
        assert w.agency().state == "not_opened"


def test_a_closing_that_is_told_again_stays_where_it_was(database_url: str) -> None:
    with world(database_url) as w:
        opened(w, "1", minutes=-110)
        for minutes in (-40, -20, -10):
            w.send(w.item("counter.closed", None, minutes, counter="1"))
            counter = next(c for c in w.board().counters if c.agency == "dukcapil" and c.code == "1")
            assert (counter.state, counter.since) == ("closed", MORNING - timedelta(minutes=40))
            assert (w.agency().state, w.agency().since) == ("closed", MORNING - timedelta(minutes=40))


@pytest.mark.parametrize("late", [0, 1, 2, 3])
def test_an_opening_that_comes_late_counts_as_if_in_time(database_url: str, late: int) -> None:
    """Also between closings that were told already: as a rebuild from the log says."""
    with world(database_url) as w:
        items = [w.item("counter.closed", None, minutes, counter="1") for minutes in (-90, -40, -20, -10)]
        items.insert(1, w.item("counter.resumed", None, -50, counter="1"))
        delayed = items.pop(1)
        w.send(w.item("counter.opened", None, -95, counter="2"))
        w.send(*items[: late + 1])
        w.send(delayed, *items[late + 1 :])
        straight = states(w)
        rebuild(w.store, w.clock())
        assert states(w) == straight
        at = w.clock()
        assert straight["1"] == ("closed", at - timedelta(minutes=10), *ago(at, 50, 40))
        assert straight["2"] == ("open", at - timedelta(minutes=95), *ago(at, 95), None)


def ago(at: datetime, *minutes: float) -> tuple[datetime, ...]:
    return tuple(at - timedelta(minutes=m) for m in minutes)


def states(w: World) -> dict[str, tuple[object, ...]]:
    """Dukcapil's counters as they are kept."""
    with w.store.read() as tx:
        rows = counters.all_counters(tx, ["dukcapil"])
    return {row.counter: (row.state, row.since, row.opened_at, row.closed_from) for row in rows}


def test_readings_that_never_told_an_open_counter_tell_that_none_opened(database_url: str) -> None:
    with world(database_url, at=OPENING + timedelta(minutes=9)) as w:
        reading(w, -1, waiting=3, open_counters=0)
        assert (w.agency().state, w.board().totals.open) == ("filling", 0)
        w.clock.at = MORNING
        reading(w, -50)
        reading(w, -1, waiting=3, open_counters=0)
        board = w.board()
        found = board.agencies[0]
        assert (found.state, found.since, found.waiting) == ("not_opened", OPENING, 3)
        assert (board.totals.open, board.totals.not_opened) == (0, ("Dukcapil",))
        facts = ReplayFacts(w.store).read(w.clock())
        assert facts is not None
        assert build(facts, w.clock()).agencies[0].state == "not_opened"
        reading(w, -30, waiting=9, open_counters=2)
        assert (w.agency().state, w.agency().reason) == ("filling", "nobody_serving")
        assert (w.board().totals.open, w.board().totals.not_opened) == (0, ())
        reading(w, 0, waiting=0, open_counters=1)
        assert (w.agency().state, w.board().totals.open) == ("calm", 1)


def test_where_hours_are_not_known_readings_do_not_tell_that_none_opened(database_url: str) -> None:
    mall = small_mall()
    agencies = (replace(mall.agencies[0], calendar=replace(WEEK, week=None)), mall.agencies[1])
    with world(database_url, replace(mall, agencies=agencies)) as w:
        reading(w, -1, waiting=0, open_counters=0)
        assert (w.agency().state, w.board().totals.open) == ("calm", 0)


def test_a_counter_that_calls_is_at_work(database_url: str) -> None:
    with world(database_url) as w:
        w.send(*w.life("A3-001", -5, -1))
        counter = next(c for c in w.board().counters if c.agency == "dukcapil" and c.code == "1")
        assert (counter.state, counter.ticket, counter.called) == ("serving", "A3-001", True)
        assert w.agency().state == "calm"
        w.send(*w.life("A3-001", -5, -1, 0)[2:])
        counter = next(c for c in w.board().counters if c.agency == "dukcapil" and c.code == "1")
        assert (counter.state, counter.called) == ("serving", False)


def test_a_free_counter_is_free_since_its_last_visitor(database_url: str) -> None:
    with world(database_url) as w:
        opened(w, "1", "2")
        w.send(*w.life("A3-001", -20, -15, -14, -2))
        ready = {c.code: c for c in w.board().counters if c.agency == "dukcapil" and c.state == "ready"}
        assert ready["1"].since == ready["1"].last_ended == w.clock.at - timedelta(minutes=2)
        assert ready["2"].since is not None
        assert ready["2"].since < w.clock.at - timedelta(minutes=20)


def test_what_a_counter_served_today_is_known_or_unknown_never_guessed(database_url: str) -> None:
    def told(w: World) -> dict[str, tuple[int | None, float | None]]:
        return {c.code: (c.served, c.service_mean_s) for c in w.board().counters if c.agency == "dukcapil"}

    with world(database_url) as w:
        assert set(told(w).values()) == {(None, None)}  # never heard of
        opened(w, "1", "2")
        assert set(told(w).values()) == {(0, None)}
        w.send(*w.life("A3-001", -40, -38, -37, -30, counter=None))
        w.clock.at += timedelta(minutes=1)
        assert set(told(w).values()) == {(None, None)}, "served, and nobody said where"
        w.send(*w.life("A3-002", -40, -35, -30, -20), *w.life("A3-003", -40, -20, -18, -14))
        w.send(*w.life("A3-004", -40, -9, -8), *w.life("A3-005", -40, -3))
        w.clock.at += timedelta(minutes=1)
        assert told(w) == {"1": (2, 7 * 60.0), "2": (0, None), "3": (0, None)}
