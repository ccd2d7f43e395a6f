"""Sources that fall silent: neither the end of an action nor a reason to blame anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from mpp.live.actions import (
    watch,
)
from mpp.live.board import build
from mpp.live.episodes import Episode, due_steps, key_of
from mpp.live.facts import LiveFacts
from mpp.live.intake import UnknownSourceError
from mpp.live.model import Board, Condition
from mpp.live.rebuild import rebuild
from mpp.live.replay import ReplayFacts
from mpp.store import sources
from mpp.store.tables import sources as table
from tests.mpp.live.action_kit import opened, picture, rows, steps, taken, taken_of, tick
from tests.world import MORNING, alone, small_mall, world


def test_silence_is_not_the_end(database_url: str) -> None:
    with world(database_url, alone()) as w:
        opened(w, "1")
        w.send(*w.life("A3-000", -9, -8, -8), *w.life("A3-001", -60))
        (over,) = tick(w).actions
        taken(w, over.episode)
        board = tick(w, 11)
        assert rows(board) == [("silent", "Dukcapil", False)]
        assert (board.last_action, steps(w)) == (None, ["action.opened", "action.taken", "action.opened"])
        # In a replay the feed is live; the record says that the row was not there.
        replayed = ReplayFacts(w.store).read(w.clock())
        assert replayed is not None
        assert rows(build(replayed, w.clock())) == rows(board)
        w.send()
        (again,) = [row for row in tick(w).actions if row.rule == "over"]
        assert (again.episode, again.ended, again.taken) == (over.episode, None, taken_of(w, over.episode))
        tick(w, 11)
        w.send(w.item("ticket.called", "A3-001", 0, counter="1"))
        board = tick(w)
        assert [row.rule for row in board.actions if row.ended == w.clock()] == ["over", "silent"]
        assert board.last_action is not None
        assert board.last_action.ended == w.clock()


def test_silence_until_closing_ends_with_the_hours(database_url: str) -> None:
    with world(database_url, alone()) as w:
        opened(w, "1")
        w.send(*w.life("A3-001", -60))
        tick(w)
        tick(w, 11)
        tick(w, 6 * 60)
        assert [one.ended for one in picture(w)[0].actions] == [w.clock()] * 2


def test_after_an_absence_what_was_open_is_open_and_nobody_is_called_silent(database_url: str) -> None:
    with world(database_url, alone()) as w:
        opened(w, "1")
        w.send(*w.life("A3-001", -60))
        (row,) = tick(w).actions
        w.clock.at += timedelta(hours=1)
        w.facts = LiveFacts(w.store)

        def listened(seconds: float) -> Board:
            watch(w.store, *picture(w), listened_s=seconds)
            return picture(w)[1]

        board = listened(3)
        assert (board.agencies[0].state, board.actions, steps(w)) == ("silent", (), ["action.opened"])
        w.send()
        board = listened(60)
        assert [(one.episode, one.ended) for one in board.actions] == [(row.episode, None)]
        w.clock.at += timedelta(minutes=11)
        assert listened(599).actions == ()
        assert rows(listened(600)) == [("silent", "Dukcapil", False)]
        assert rows(listened(0)) == [("silent", "Dukcapil", False)]  # another process begins


def test_agencies_never_heard_of_are_one_row_to_take(database_url: str) -> None:
    with world(database_url) as w:
        (row,) = tick(w).actions
        assert (row.episode, row.name, row.kept) == ("silent/mall/20261123T010000Z", "", True)
        assert (row.what.names, row.extension) == (("Dukcapil", "Samsat"), None)
        assert taken(w, row.episode, note="vendor datang") == "taken"
        opened(w, "1")
        w.send(*w.life("A3-001", -5, -4, -4))
        (row,) = tick(w).actions
        assert (row.what.names, row.taken is None) == (("Samsat",), False)
        w.send(source="samsat")
        ended = [one for one in tick(w).actions if one.ended is not None]
        assert [one.episode for one in ended] == [row.episode]


def test_our_own_source_disturbs_nobody(database_url: str) -> None:
    with world(database_url, alone()) as w:
        w.send()
        tick(w)
        with w.store.read() as tx:
            codes = list(tx.connection.execute(select(table.c.code)).scalars())
            assert sources.OWN in codes
            assert set(sources.all_sources(tx)) == {"dukcapil", "samsat"}
            assert sources.heads(tx).sources.keys() == {"dukcapil", "samsat"}
        assert {source.code for source in w.board().sources} == {"dukcapil", "samsat"}
        with pytest.raises(UnknownSourceError):
            w.intake.accept(sources.OWN, [])
        before = w.events()
        rebuild(w.store, w.clock())
        assert w.events() == before
        w.describe(alone(small_mall(name="MPP Baru")))
        assert tick(w).actions


def test_a_feed_that_reported_once_between_two_silences(database_url: str) -> None:
    with world(database_url, alone()) as w:
        w.send()
        opened(w, "1")
        (row,) = tick(w, 15).actions
        assert (row.rule, row.since) == ("silent", MORNING)
        taken(w, row.episode, note="teknisi datang")
        w.clock.at += timedelta(minutes=1)
        w.send()
        tick(w, 1 / 60)
        (again,) = tick(w, 120).actions
        assert (again.rule, again.since, again.taken) == ("silent", MORNING + timedelta(minutes=16), None)
        assert steps(w) == ["action.opened", "action.taken", "action.ended", "action.opened"]


def test_a_feed_that_reported_while_nobody_looked(database_url: str) -> None:
    with world(database_url, alone()) as w:
        opened(w, "1")
        (row,) = tick(w, 15).actions
        taken(w, row.episode)
        w.clock.at += timedelta(minutes=1)
        w.send()
        tick(w, 9.9)  # the end is noted so late that the next silence begins at once
        (again,) = [one for one in tick(w, 0.5).actions if one.ended is None]
        assert (again.rule, again.since, again.taken) == ("silent", MORNING + timedelta(minutes=16), None)


def test_the_same_silence_is_the_same_episode_however_late() -> None:
    place, hour = ("silent", "dukcapil", ""), timedelta(hours=1)
    over = Episode(key_of(place, MORNING), *place, started=MORNING, ended=MORNING + hour)
    for since, kind in ((MORNING, "action.resumed"), (MORNING + hour / 2, "action.opened")):
        held = Condition("silent", "dukcapil", since=since)
        (step,) = due_steps([over], [held], MORNING + 2 * hour, MORNING - hour)
        assert step.kind == kind
