"""Actions of a replay, of a new day, and under clocks that were wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from mpp.live.actions import (
    watch,
)
from mpp.live.board import build
from mpp.live.facts import LiveFacts
from mpp.live.replay import ReplayFacts
from tests.mpp.live.action_kit import opened, picture, steps, taken, tick
from tests.world import MORNING, alone, world


def test_a_replay_shows_the_same_rows_minute_by_minute(database_url: str) -> None:
    with world(database_url, alone()) as w:
        start = MORNING - timedelta(minutes=99)
        items = [w.item("counter.opened", None, -70, counter="1")]
        items += [w.item("counter.paused", None, -20, counter="1", reason="central_system")]
        items += [w.item("counter.resumed", None, 5, counter="1")]
        for n in range(14):
            items += w.life(f"A3-{n:03d}", 4 * n - 90, 5 * n - 60, 5 * n - 60, 5 * n - 55)
        items += w.life("A3-P01", -45, priority="lansia")
        items += [w.item("rating.given", None, -30, score=1, reasons=["unofficial_fee"])]
        items = [
            i for i in items if not start + timedelta(minutes=79) < _at(i) < start + timedelta(minutes=104)
        ]
        items.sort(key=_at)
        shown = {}
        for minute in range(125):
            now = w.clock.at = start + timedelta(minutes=minute)
            w.send(*(i for i in items if now - timedelta(minutes=1) < _at(i) <= now))
            open_now = [row for row in picture(w)[1].actions if row.ended is None]
            if minute % 10 == 0 and open_now:
                taken(w, open_now[-1].episode, id=f"at-{minute}", confidential=True)
            shown[now] = tick(w)
        last, _ = picture(w)
        told = [row for board in shown.values() for row in board.actions]
        assert any(row.taken and row.ended for row in told)
        assert {row.rule for row in told} >= {"not_opened", "priority", "over", "system", "integrity"}
        assert any(row.rule == "integrity" for row in last.actions)
        replayed = ReplayFacts(w.store)
        for at in [*shown, *reversed(shown)]:
            facts = replayed.read(at)
            assert facts is not None
            again = build(facts, at)
            assert (again.actions, again.last_action) == (shown[at].actions, shown[at].last_action), at


def test_a_replay_knows_whether_its_day_was_recorded(database_url: str) -> None:
    """An imported or invented day has no steps: no row there says nothing."""
    with world(database_url, alone()) as w:
        opened(w, "1")
        for n in range(4):
            w.send(*w.life(f"A3-{n:03d}", -90 + n))
        at = w.clock()
        assert all(told.actions_kept for told in picture(w))
        replayed = ReplayFacts(w.store).read(at)
        assert replayed is not None
        board = build(replayed, at)
        assert any(one.state == "over" for one in board.agencies)
        assert (board.actions, board.actions_kept) == ((), False)
        tick(w)
        for moment in (at, at - timedelta(hours=2)):
            again = ReplayFacts(w.store).read(moment)
            assert again is not None
            assert build(again, moment).actions_kept


def _at(item: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(item["time"])


def test_a_tick_without_news_asks_for_no_steps(database_url: str) -> None:
    with world(database_url, alone()) as w:
        w.send()
        tick(w)
        asked: list[str] = []

        @event.listens_for(w.store.engine, "before_cursor_execute")
        def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            asked.append(statement)

        w.clock.at += timedelta(seconds=1)
        assert tick(w).actions
        assert len([one for one in asked if "events" in one]) == 0
        assert not any(one.startswith(("UPDATE", "INSERT", "BEGIN IMMEDIATE")) for one in asked)


def test_a_new_day_begins_with_nothing(database_url: str) -> None:
    with world(database_url, alone()) as w:
        w.send()
        assert tick(w).actions
        w.clock.at = MORNING.replace(hour=18)  # 01.00 of the next day
        w.send()
        board = tick(w)
        assert (board.actions, board.last_action) == ((), None)


def test_steps_of_a_clock_that_was_wrong_count_for_nothing(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with world(database_url, alone()) as w:
        opened(w, "1", "2", "3")
        w.send(*w.life("A3-001", -30, -29, -29), *w.life("A3-002", -29))
        tick(w)
        w.clock.at += timedelta(hours=3)  # by mistake
        w.send()
        assert [row.rule for row in tick(w).actions] == ["over"]
        w.clock.at -= timedelta(hours=3, minutes=-2)
        w.send()
        board = tick(w)
        assert [(row.rule, row.since) for row in board.actions] == []
        for _ in range(3):
            w.clock.at += timedelta(minutes=1)
            w.send()
            board = tick(w)
        assert [(row.rule, row.since) for row in board.actions] == [("over", MORNING + timedelta(minutes=1))]
        taken(w, board.actions[0].episode)
        assert tick(w).actions[0].taken is not None
        told = [record for record in caplog.records if "ahead of the clock" in record.message]
        assert len(told) == 1
        # And they stay out when their time comes, live and in a replay.
        w.clock.at = MORNING + timedelta(hours=3)
        for reader in (LiveFacts(w.store), ReplayFacts(w.store)):
            facts = reader.read(w.clock())
            assert facts is not None
            (one,) = facts.actions
            assert (one.ended, len(one.taken)) == (None, 1)


def test_a_clock_set_back_without_news_shows_what_was(database_url: str) -> None:
    with world(database_url, alone()) as w:
        w.send()
        (row,) = tick(w).actions
        w.clock.at += timedelta(hours=2)
        assert [one.rule for one in tick(w).actions if one.ended is None] == ["silent"]
        w.clock.at -= timedelta(hours=2)
        board = picture(w)[1]
        assert [(one.episode, one.ended) for one in board.actions] == [(row.episode, None)]
        assert watch(w.store, *picture(w)) == 0


def test_a_picture_older_than_the_clock_ends_nothing(database_url: str) -> None:
    with world(database_url, alone()) as w:
        w.send()
        old = picture(w)
        w.clock.at += timedelta(minutes=5)
        assert watch(w.store, *old, clock=w.clock) == 0
        assert steps(w) == []
