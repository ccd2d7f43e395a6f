"""The demo: which moment it shows, which hours it keeps, what lies behind its day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from unittest.mock import patch

import pytest

from mpp.cli.tools import INVENTED_DAY
from mpp.i18n import words
from mpp.live import peers
from mpp.live.actions import EndedError, take, watch
from mpp.live.agency_read import reading
from mpp.live.model import Board
from mpp.mall.model import Mall
from mpp.measures.peers import figures
from mpp.now import LivingNow
from mpp.simulate import Duty, Feed, Past, demo_start, plan, stretches
from mpp.simulate.duty import NOTES
from mpp.store import agency_legs
from mpp.web.parts.action_words import notes, said
from queues.clock import Calendar
from tests.world import MORNING, World, small_mall, world


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of November 2026."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("real", "shown"),
    [
        (utc(23, 4), utc(23, 4)),
        (utc(23, 1, 5), utc(23, 1, 5)),
        (utc(27, 5), utc(27, 5)),  # Friday prayer
        (utc(21, 18), utc(23, 2, 40)),
        (utc(23, 9), utc(24, 2, 40)),
        (utc(23, 0), utc(23, 2, 40)),
    ],
)
def test_it_shows_an_open_mall_at_any_hour(example: Mall, real: datetime, shown: datetime) -> None:
    assert demo_start(example, real) == shown


def test_it_shows_what_it_is_asked_for(example: Mall) -> None:
    asked = {
        (date(2026, 11, 27), time(12, 0)): utc(27, 5),
        (date(2026, 11, 27), None): utc(27, 2, 40),
        (date(2026, 11, 29), None): utc(29, 2, 40),  # a Sunday
        (None, time(14, 40)): utc(23, 7, 40),
    }
    for (day, at), shown in asked.items():
        assert demo_start(example, utc(23, 4), day, at) == shown
    assert demo_start(example, utc(22, 4), None, time(14, 40)) == utc(23, 7, 40)


@pytest.mark.parametrize("day", [INVENTED_DAY.first, INVENTED_DAY.last])
def test_any_day_that_can_be_asked_for_has_hours_and_a_past(example: Mall, day: date) -> None:
    at = demo_start(example, utc(23, 4), day)
    assert at.date() == day
    assert stretches(example)(at) is not None
    plan(example, day)


def test_the_clock_keeps_to_the_hours_worth_showing(example: Mall) -> None:
    after = stretches(example)
    assert after(utc(23, 4)) == (utc(23, 0, 50), utc(23, 8, 20))
    assert after(utc(23, 8, 20)) == (utc(24, 0, 50), utc(24, 8, 20))
    assert after(utc(28, 6)) == (utc(30, 0, 50), utc(30, 8, 20))
    with patch("mpp.now.time.time", return_value=1000.0 + 5 * 60):
        clock = LivingNow(utc(23, 8, 19), 1000.0, after=after)
        assert clock() - utc(24, 0, 54) < timedelta(seconds=30)


def test_without_hours_the_clock_just_runs() -> None:
    always = Calendar("Asia/Jakarta")
    mall = small_mall(
        calendar=always, agencies=tuple(replace(a, calendar=always) for a in small_mall().agencies)
    )
    assert stretches(mall)(MORNING) is None
    assert demo_start(mall, MORNING) == MORNING


def weekdays() -> set[date]:
    """The eight same weekdays before MORNING."""
    return {MORNING.date() - timedelta(weeks=week) for week in range(1, 9)}


def recent() -> set[date]:
    """The open days of the four weeks before MORNING."""
    days = {MORNING.date() - timedelta(days=n) for n in range(1, 29)}
    return {day for day in days if day.weekday() < 5}


def test_eight_same_weekdays_and_four_weeks_lie_behind_it(sqlite_url: str) -> None:
    mall = small_mall()
    with world(sqlite_url, mall) as w:
        past = Past(w.store, mall, 1)
        said = [past.run(w.clock()) for _ in range(8)]
        assert {leg["day"] for leg in w.legs()} == weekdays()
        said += [past.run(w.clock()) for _ in range(18)]
        assert said[-2:] == [None, None]
        assert {leg["day"] for leg in w.legs()} == weekdays() | recent()
        assert "2026-11-16" in (said[0] or "")
        assert past.run(w.clock() + timedelta(days=1)) is not None


def test_a_past_day_that_could_not_be_written_is_tried_again(sqlite_url: str) -> None:
    with world(sqlite_url) as w:
        past = Past(w.store, small_mall(), 1)
        with (
            patch("mpp.simulate.demo.seed_day", side_effect=OSError("the disk is full")),
            pytest.raises(OSError, match="full"),
        ):
            past.run(w.clock())
        while past.run(w.clock()) is not None:
            pass
        assert {leg["day"] for leg in w.legs()} == weekdays() | recent()


def test_the_typical_day_is_drawn_from_them(sqlite_url: str, example: Mall) -> None:
    with world(sqlite_url, example) as w:
        past = Past(w.store, example, 1)
        for _ in range(4):
            past.run(w.clock())
        Feed(w.intake, example).run(w.clock())
        board = w.board()
        assert board.typical_days == 4
        assert sum(quarter.arrived for quarter in board.typical) > 700


def test_officers_take_some_of_the_actions(sqlite_url: str, example: Mall) -> None:
    with world(sqlite_url, example) as w:
        feed, duty = Feed(w.intake, example), Duty(w.store, w.board, 1)
        for _ in range(60):
            feed.run(w.clock())
            board = w.board()
            facts = w.facts.read(w.clock())
            assert facts is not None
            watch(w.store, facts, board)
            duty.run(w.clock())
            w.clock.at += timedelta(seconds=20)
        actions = w.board().actions
        taken = [action for action in actions if action.taken is not None]
        assert 0 < len(taken) < len(actions)
        assert {action.taken.who for action in taken if action.taken} == {"Petugas piket"}
        assert all(action.since < action.taken.at <= w.clock() for action in taken if action.taken)


def watched(w: World, mall: Mall, minutes: int) -> Board:
    """The board after so many minutes in which somebody watched."""
    feed = Feed(w.intake, mall)
    for _ in range(minutes + 1):
        feed.run(w.clock())
        facts = w.facts.read(w.clock())
        assert facts is not None
        watch(w.store, facts, w.board())
        w.clock.at += timedelta(minutes=1)
    return w.board()


def test_what_the_officer_notes_can_be_said_in_every_language() -> None:
    assert set(NOTES.values()) <= set(notes(words("id")))
    assert all(said(note, words("en")) in notes(words("en")) for note in NOTES.values())


@pytest.mark.parametrize(
    ("failure", "passes"), [(EndedError("it is over"), True), (OSError("the disk is full"), False)]
)
def test_an_action_that_was_not_taken_is_taken_later(
    sqlite_url: str, example: Mall, failure: Exception, passes: bool
) -> None:
    """One that ended since the board was drawn does not stop the officer, and one that could not be
    written is not forgotten."""
    with world(sqlite_url, example) as w:
        board = watched(w, example, 25)
        duty = Duty(w.store, w.board, 1)
        refused: list[object] = []

        def fails_once(*given: object, **more: object) -> str:
            if not refused:
                refused.append(more["episode"])
                raise failure
            return take(*given, **more)  # type: ignore[arg-type]

        with patch("mpp.simulate.duty.take", fails_once):
            if passes:
                duty.see(board, w.clock())
            else:
                with pytest.raises(OSError, match="full"):
                    duty.see(board, w.clock())
            duty.see(w.board(), w.clock())
        assert {one.episode for one in w.board().actions if one.taken} > set(refused) != set()


def test_the_week_s_comparison_waits_for_the_days_it_is_made_of(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "tellable", bool)
    with world(sqlite_url) as w:
        now = w.clock() + timedelta(days=2)  # a Wednesday: the window lies two days further back
        past = Past(w.store, small_mall(), 1)
        said = []
        while (one := past.run_or_tell(now)) is not None:
            said.append(one)
        assert [n for n, one in enumerate(said) if one.startswith("figures of")] == [len(said) - 1]
        with reading(w.store) as (tx, judge):
            window = peers.window(judge, MORNING.date())
            assert peers.told(tx, judge, now) == figures(agency_legs.judged(tx, window))
        assert {*window} <= {leg["day"] for leg in w.legs()}
