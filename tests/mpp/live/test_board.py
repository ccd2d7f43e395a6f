"""The board: what it says in each situation, live and replayed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from mpp.live.facts import LiveFacts
from mpp.live.keeper import Keeper
from mpp.live.rebuild import rebuild, refold_since
from mpp.mall.model import Source
from queues.clock import Calendar, DayPlan
from tests.mpp.live.board_kit import opened
from tests.world import MORNING, WEEK, small_mall, without_promise, world


def test_a_busy_agency_in_figures(database_url: str) -> None:
    with world(database_url) as w:
        opened(w, "1", "2", "3")
        w.send(*w.life("A3-001", -60, -50, -50, -40), *w.life("A3-002", -45, -20, -19))
        w.send(*w.life("A3-003", -41), *w.life("A3-004", -12), *w.life("A3-005", -20, priority="lansia"))
        w.send(w.item("counter.paused", None, -10, counter="2", reason="break"))
        w.send(
            w.item("ticket.issued", "X1", -3, service="paspor"),
            w.item("ticket.issued", "X2", -3, service="x"),
        )
        found = w.agency()
        assert (found.state, found.data, found.waiting) == ("over", "live", 3)
        assert (found.longest_number, found.longest_s) == ("A3-003", 41 * 60.0)
        assert (found.over, found.excess_s) == (2, 11 * 60.0 + 5 * 60.0)
        assert found.bar == 1.36  # 41 of 30 minutes, in whole hundredths
        assert found.counters == {"serving": 1, "paused": 1, "unattended": 1}
        assert found.unknown_numbers == 2
        # Started within 30 minutes: A3-001 and A3-002; A3-003 and the priority one are beyond now.
        assert (found.day.within, found.day.judged) == (2, 4)
        assert (found.day.issued, found.day.served) == (5, 1)
        assert found.day.wait_p50_s == (10 * 60 + 26 * 60) / 2
        totals = w.board().totals
        assert (totals.open, totals.scheduled, totals.heard) == (1, 2, 1)
        assert (totals.waiting, totals.over, totals.serving, totals.planned) == (3, 2, 1, 4)


def test_states_of_an_agency_in_their_order(database_url: str) -> None:
    with world(database_url) as w:
        assert w.agency().state == "silent"
        assert w.agency().waiting is None
        w.send()
        assert w.agency().state == "not_opened"
        assert w.board().totals.not_opened == ("Dukcapil",)
        opened(w, "1")
        assert w.agency().state == "calm"
        w.send(*w.life("A3-001", -29))
        assert w.agency().state == "filling"
        w.send(w.item("counter.paused", None, -1, counter="1", reason="central_system"))
        found = w.agency()
        assert (found.state, found.reason, found.since) == (
            "paused",
            "central_system",
            MORNING - timedelta(minutes=1),
        )


def test_people_waiting_with_nobody_serving_is_filling(database_url: str) -> None:
    with world(database_url) as w:
        opened(w, "1")
        w.send(w.item("ticket.issued", "A3-001", -6))
        assert w.agency().counters["unattended"] == 1
        assert (w.agency().state, w.agency().reason) == ("filling", "nobody_serving")


def test_data_grows_old_late_then_silent_and_is_left_out(database_url: str) -> None:
    with world(database_url) as w:
        opened(w, "1")
        w.send(*w.life("A3-001", -5))
        states = []
        for seconds in (179, 180, 599, 600):
            w.clock.at = MORNING + timedelta(seconds=seconds)
            states.append(w.agency().data)
        assert states == ["live", "late", "late", "silent"]
        board = w.board()
        assert (board.totals.waiting, board.totals.heard, board.totals.open) == (None, 0, 0)
        found = w.agency()
        assert (found.state, found.waiting, found.data_at) == ("silent", 1, MORNING)
        assert {c.state for c in board.counters if c.agency == "dukcapil"} == {"unknown"}


@pytest.mark.parametrize(
    ("hour", "minute", "mall_state", "state"),
    [
        (0, 30, "before", "closed"),
        (5, 15, "break", "calm"),
        (7, 40, "last_ticket", "calm"),
        (9, 0, "closed", "closed"),
    ],
)
def test_the_mall_through_its_day(
    database_url: str, hour: int, minute: int, mall_state: str, state: str
) -> None:
    with world(database_url) as w:
        opened(w, "1")
        w.clock.at = datetime(2026, 11, 23, hour, minute, tzinfo=UTC)
        w.send()
        board = w.board()
        assert (board.mall_state, board.agencies[0].state) == (mall_state, state)
        assert board.agencies[0].hours == {"last_ticket": "open"}.get(mall_state, mall_state)


def test_an_agency_has_hours_of_its_own(database_url: str) -> None:
    mall = small_mall()
    through = Calendar("Asia/Jakarta", week=(DayPlan(open=(8 * 3600, 15 * 3600)),) * 7)
    agencies = (mall.agencies[0], replace(mall.agencies[1], calendar=through))
    with world(database_url, replace(mall, agencies=agencies), at=MORNING + timedelta(minutes=155)) as w:
        board = w.board()
        assert (board.mall_state, [a.hours for a in board.agencies]) == ("break", ["break", "open"])


def test_an_agency_that_does_not_serve_today_is_not_scheduled(database_url: str) -> None:
    mall = small_mall()
    week = (DayPlan(), *(WEEK.week or ())[1:])
    off = replace(mall.agencies[1], calendar=replace(WEEK, week=week))
    with world(database_url, replace(mall, agencies=(mall.agencies[0], off))) as w:
        board = w.board()
        assert [a.state for a in board.agencies] == ["silent", "unscheduled"]
        assert board.totals.scheduled == 1


def test_an_agency_is_as_fresh_as_its_worst_required_source(database_url: str) -> None:
    mall = small_mall()
    second = Source("loket", "Loket", ("dukcapil",), expected_every_s=60)
    spare = Source("cadangan", "Cadangan", ("dukcapil",), expected_every_s=60, required=False)
    with world(database_url, replace(mall, sources=(*mall.sources, second, spare))) as w:
        w.send()
        assert w.agency().data == "never"
        w.intake.accept("loket", [])
        assert w.agency().data == "live"


def test_one_of_its_sources_tells_the_day_though_nobody_pressed_a_button(sqlite_url: str) -> None:
    mall = small_mall()
    buttons = Source("tombol", "Tombol", ("dukcapil", "samsat"), kind="manual", expected_every_s=60)
    with world(sqlite_url, replace(mall, sources=(buttons, *mall.sources))) as w:
        w.intake.accept("tombol", [])
        w.send()
        found = w.agency()
        assert (found.data, found.data_at, found.waiting) == ("live", MORNING, 0)


def test_before_the_first_word_of_a_day_nobody_of_another_is_counted(sqlite_url: str) -> None:
    with world(sqlite_url) as w:
        w.send(w.item("ticket.issued", "A3-001", -60))
        w.clock.at += timedelta(days=1)
        found = w.agency()
        assert (found.waiting, found.day.judged, found.day.share) == (None, 0, None)


def test_readings_show_as_estimates(database_url: str) -> None:
    with world(database_url) as w:
        w.send(
            w.item("queue.reading", None, -2, service="kk", waiting=9, open_counters=2),
            w.item("queue.reading", None, -1, service="kk", waiting=7, open_counters=2),
        )
        found = w.agency()
        assert (found.waiting, found.estimate, found.counters) == (7, True, {"serving": 2})
        assert (found.longest_s, found.over, found.bar) == (None, None, None)


def test_a_description_valid_from_today_leaves_history_alone(database_url: str) -> None:
    with world(database_url) as w:
        w.send(*w.life("A3-001", -60, -20, -20, -10))
        w.clock.at += timedelta(days=1)
        w.send(*w.life("A3-101", -60, -20, -20, -10))
        mall = small_mall()
        first = mall.agencies[0]
        strict = replace(first, services=tuple(replace(s, wait_s=2400) for s in first.services))
        loaded = w.describe(replace(mall, agencies=(strict, mall.agencies[1])))
        assert loaded.valid_from == date(2026, 11, 24)
        refold_since(w.store, loaded.valid_from, w.clock())
        assert [(leg["promise_s"], leg["within"]) for leg in w.legs()] == [(1800, False), (2400, True)]


def test_where_nothing_is_promised_nobody_is_beyond_it(database_url: str) -> None:
    with world(database_url, without_promise(small_mall())) as w:
        w.send(*w.life("A3-001", -100))
        assert w.agency().over is None
        assert w.board().totals.over is None


def test_the_board_without_a_description(database_url: str) -> None:
    from sqlalchemy import create_engine

    from mpp.store import Store, migrate
    from mpp.store.database import engine_options

    engine = create_engine(database_url, **engine_options(database_url))
    migrate.upgrade(engine)
    store = Store(engine)
    assert LiveFacts(store).read(MORNING) is None
    assert Keeper(LiveFacts(store), lambda: MORNING).board().mall_state == "none"
    store.close()


def test_a_silent_agency_is_shown_as_it_was_and_counts_in_no_total(database_url: str) -> None:
    with world(database_url) as w:
        opened(w, "1")
        w.send(*w.life("A3-001", -29), *w.life("A3-002", -60, -50, -50, -40))
        before = w.agency()
        w.clock.at += timedelta(minutes=45)
        w.intake.accept("samsat", [])
        after = w.agency()
        assert (before.state, after.state) == ("filling", "silent")
        assert (after.longest_s, after.bar, after.over) == (before.longest_s, before.bar, 0)
        assert after.day == before.day
        totals = w.board().totals
        assert (totals.day.served, totals.day.judged, totals.waiting) == (0, 0, 0)


def test_a_file_makes_nobody_live(database_url: str) -> None:
    mall = small_mall()
    file = Source("dukcapil", "Berkas", ("dukcapil",), kind="file")
    with world(database_url, replace(mall, sources=(file,))) as w:
        w.send(*w.life("A3-001", -60, -50, -50, -40))
        assert (w.agency().state, w.board().totals.heard) == ("silent", 0)


def test_waiting_is_unknown_where_readings_do_not_tell_it(database_url: str) -> None:
    with world(database_url) as w:
        w.send(w.item("queue.reading", None, -1, service="kk", open_counters=2))
        assert w.agency().waiting is None
        assert w.board().totals.waiting is None


def test_a_booking_belongs_to_the_day_its_holder_came(database_url: str) -> None:
    with world(database_url) as w:
        w.send(w.item("ticket.issued", "B1", -3 * 24 * 60, booked=True))
        w.send(w.item("ticket.checked_in", "B1", -40), *w.life("B1", -3 * 24 * 60, -30, -29, -20)[1:])
        assert w.agency().day.served == 1
        assert w.leg()["wait_s"] == 11 * 60.0


def test_two_sources_may_speak_of_one_counter(database_url: str) -> None:
    mall = small_mall()
    second = Source("loket", "Loket", ("dukcapil",), expected_every_s=60)
    with world(database_url, replace(mall, sources=(*mall.sources, second))) as w:
        w.send(w.item("counter.closed", None, -5, counter="1"))
        w.intake.accept("loket", [w.item("counter.opened", None, -50, counter="1", source="loket")])
        states = {c.code: c.state for c in w.board().counters if c.agency == "dukcapil"}
        assert states["1"] == "closed"
        rebuild(w.store, w.clock())
        w.facts = LiveFacts(w.store)
        assert {c.code: c.state for c in w.board().counters if c.agency == "dukcapil"} == states


def test_what_an_import_created_is_judged_by_its_first_hours(database_url: str) -> None:
    """Described later with hours, an agency's history stays as it was."""
    mall = small_mall()
    without = replace(mall.agencies[0], calendar=replace(WEEK, week=None))
    with world(database_url, replace(mall, agencies=mall.agencies[1:], sources=mall.sources[1:])) as w:
        w.describe(replace(mall, agencies=(without, mall.agencies[1])))
        w.send(*w.life("A3-001", *(minutes - 3 * 24 * 60 for minutes in (-180, -30, -30, -20))))
        before = w.leg()["wait_work_s"]
        w.clock.at += timedelta(days=1)
        w.describe(mall)
        rebuild(w.store, w.clock())
        assert w.leg()["wait_work_s"] == before == 150 * 60.0


def test_what_the_day_brought_stays_when_feeds_are_switched_off_after_closing(database_url: str) -> None:
    with world(database_url) as w:
        opened(w, "1")
        w.send(*w.life("A3-001", -60, -50, -50, -40))
        w.clock.at = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
        board = w.board()
        assert (board.totals.heard, board.totals.day.served, board.agencies[0].state) == (0, 1, "closed")
