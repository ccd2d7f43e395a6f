"""Handing plans in: everything is accepted, and the mall is alive on the board."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from mpp.live.cases import Cases
from mpp.live.closing import close_due
from mpp.live.press import Press
from mpp.live.presses import Presses
from mpp.mall.model import Mall
from mpp.simulate import Feed, plan, pour
from mpp.simulate.feed import seed_day
from mpp.store import cases
from mpp.store.cases import Wanted
from tests.mpp.simulate.conftest import odd_mall
from tests.world import MORNING, small_mall, world

ODD = {"served_without_counter"}
"""What a source that reports little leaves behind, by no fault of the plan."""


def test_the_morning_is_behind_it_and_the_mall_is_alive(database_url: str, example: Mall) -> None:
    with world(database_url, example) as w:
        feed = Feed(w.intake, example)
        feed.run(w.clock())
        w.clock.at += timedelta(minutes=5)
        feed.run(w.clock())
        assert {word for _, word in w.intake.taken} == {"accepted"}
        board = w.board()
        states = {agency.state for agency in board.agencies}
        assert {"calm", "unscheduled", "paused", "silent", "not_opened", "over"} <= states
        assert 90 < (board.totals.waiting or 0) < 250
        assert 45 < board.totals.serving < 75
        assert 20 < (board.totals.over or 0) < 80
        assert any(agency.estimate for agency in board.agencies)
        assert (board.totals.ratings.n or 0) >= 10  # in whole batches of five


def test_a_whole_day_leaves_no_dirt(sqlite_url: str, example: Mall) -> None:
    """No quarantine and no finding but that visitors came back; hardly anybody is left over."""
    with world(sqlite_url, example) as w:
        words = pour(w.store, plan(example, MORNING.date(), 3).items)
        assert set(words) == {"accepted"}
        w.clock.at += timedelta(hours=12)
        close_due(w.store, w.clock())
        found = {finding for leg in w.legs() for finding in (leg["findings"] or "").split()}
        assert found <= {"returned"}
        assert {leg["state"] for leg in w.legs()} == {"ended"}
        unresolved = [leg for leg in w.legs() if leg["outcome"] == "unresolved"]
        assert len(unresolved) < 20


def test_minute_by_minute_is_the_same_as_all_at_once(sqlite_url: str, example: Mall) -> None:
    day = MORNING.date()
    with world(sqlite_url, example) as w:
        feed = Feed(w.intake, example, 4)
        w.clock.at = MORNING - timedelta(hours=3)
        while w.clock.at < MORNING + timedelta(hours=7):
            feed.run(w.clock())
            w.clock.at += timedelta(minutes=7)
        seen = w.snapshot()
        again = pour(w.store, plan(example, day, 4).items)
        assert set(again) == {"duplicate"}
        assert w.snapshot() == seen


def test_what_is_written_is_told_batch_by_batch(sqlite_url: str) -> None:
    """Whoever interrupts it knows what there is."""
    mall, told = small_mall(), Tally[str]()

    def heard(words: Tally[str]) -> None:
        told.update(words)
        if told.total() > 20:
            raise KeyboardInterrupt

    with world(sqlite_url, mall) as w:
        with pytest.raises(KeyboardInterrupt):
            pour(w.store, plan(mall, MORNING.date()).items, progress=heard)
        assert told == {"accepted": len(w.events())}


def test_a_clock_that_jumps_leaves_nothing_unsent(sqlite_url: str) -> None:
    mall, tuesday = small_mall(), MORNING + timedelta(days=1)
    with world(sqlite_url, mall) as w:
        feed = Feed(w.intake, mall)
        feed.run(w.clock())
        w.clock.at = tuesday
        feed.run(w.clock())
        today = {leg["day"] for leg in w.legs()}
        assert today == {MORNING.date(), tuesday.date()}
        assert set(pour(w.store, plan(mall, MORNING.date()).items)) == {"duplicate"}


def test_a_silent_source_is_silent_then_tells_what_it_missed(sqlite_url: str, example: Mall) -> None:
    made = plan(example, MORNING.date())
    (silent, (begin, end)), *_ = made.silent.items()
    with world(sqlite_url, example) as w:
        feed = Feed(w.intake, example)
        for at, state in (
            (begin - timedelta(minutes=1), "live"),
            (begin + timedelta(minutes=11), "silent"),
            (end + timedelta(seconds=5), "live"),
        ):
            w.clock.at = at
            feed.run(at)
            (source,) = [one for one in w.board().sources if one.code == silent]
            assert source.state == state
        sent = {event.event_id for event in w.events()}
        assert all(one.item["id"] in sent for one in made.items if one.source == silent and one.at <= end)


def test_a_demo_that_starts_within_the_silence_knows_what_came_before(sqlite_url: str, example: Mall) -> None:
    with world(sqlite_url, example) as w:
        (silent, (begin, _)), *_ = plan(example, MORNING.date()).silent.items()
        w.clock.at = begin + timedelta(minutes=30)
        Feed(w.intake, example).run(w.clock())
        (source,) = [one for one in w.board().sources if one.code == silent]
        assert source.state == "silent"
        assert source.last_reported == begin
        assert w.intake.taken[silent, "accepted"] > 0
        assert w.intake.taken.total() == len(w.events())


@pytest.mark.parametrize("make", [small_mall, odd_mall])
def test_any_mall_can_be_fed(sqlite_url: str, make: Callable[[], Mall]) -> None:
    mall = make()
    with world(sqlite_url, mall) as w:
        words = pour(w.store, plan(mall, MORNING.date()).items)
        assert set(words) == {"accepted"}
        Feed(w.intake, mall).run(w.clock())
        w.clock.at += timedelta(hours=15)
        close_due(w.store, w.clock())
        assert {leg["state"] for leg in w.legs()} == {"ended"}
        found = {finding for leg in w.legs() for finding in (leg["findings"] or "").split()}
        assert found <= {"returned"} | ODD


def test_a_seeded_day_never_shows_somebody_waiting(database_url: str, example: Mall) -> None:
    """Each of its transactions leaves only tickets that have ended."""
    with world(database_url, example) as w:
        waiting: list[object] = []
        take = w.intake.take
        with pytest.MonkeyPatch.context() as patched:

            def taken(self: object, *given: object, **more: object) -> object:
                answers = take.__func__(self, *given, **more)  # type: ignore[attr-defined]
                waiting.extend(leg for leg in w.legs() if leg["state"] != "ended")
                return answers

            patched.setattr("mpp.simulate.feed.Intake.take", taken)
            assert seed_day(w.store, example, date(2026, 11, 16), 1) > 900
        assert waiting == []
        assert all(source.last_reported is None for source in w.board().sources)


def test_from_the_first_press_on_a_booth_fed_by_hand_is_real(sqlite_url: str, example: Mall) -> None:
    """Visitors go on taking numbers, nobody else calls them, and silence is silence again."""
    with world(sqlite_url, example) as w:
        feed = Feed(w.intake, example)
        feed.run(w.clock())
        presses = Presses(w.store, w.intake)
        mark = presses.look("pa", "1", w.clock()).booth.mark
        presses.press("pa", "1", Press("pressed-0001", "pause", mark, reason="meeting"), w.clock())
        before = len(w.events())
        w.clock.at += timedelta(minutes=90)
        feed.run(w.clock())
        later = [event for event in w.events()[before:] if event.agency == "pa"]
        assert {event.type for event in later} == {"ticket.issued"}
        assert w.agency("pa").data == "silent"
        assert {event.type for event in w.events()[before:] if event.agency != "pa"} > {"ticket.called"}


def test_what_became_of_a_past_days_files_is_told_as_far_as_it_was_known(
    sqlite_url: str, example: Mall
) -> None:
    with world(sqlite_url, example) as w:
        seed_day(w.store, example, date(2026, 11, 16), 1, MORNING)
        desk = Cases(w.store, w.intake).look(Wanted("dukcapil", MORNING))
        with w.store.read() as tx:
            found = cases.listed(tx, Wanted("dukcapil", MORNING), 0, 9999)
        assert len(found) > 50
        assert 0 < desk.counts.open < len(found) / 10
        assert max(row.ended_at for row in found if row.ended_at) < MORNING
        assert desk.share is not None
        assert 0.8 < desk.share < 1
