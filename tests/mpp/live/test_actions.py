"""Actions from the log to the board and back: opened, taken, ended, replayed."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from unicodedata import category

import pytest
from sqlalchemy import create_engine, event, select

from mpp.access import FULL, OPEN, STAFF
from mpp.live.action_log import _step
from mpp.live.action_rows import action_rows
from mpp.live.actions import (
    MOST_TAKINGS,
    UNSEEN,
    EndedError,
    OtherTakingError,
    TakenOftenError,
    UnknownActionError,
    take,
    watch,
)
from mpp.live.board import build
from mpp.live.conditions import of_agency
from mpp.live.episodes import Episode, Step, due_steps, key_of
from mpp.live.facts import Facts, LiveFacts
from mpp.live.intake import UnknownSourceError
from mpp.live.model import Board, Condition
from mpp.live.rebuild import rebuild
from mpp.live.replay import ReplayFacts
from mpp.live.sight import seen
from mpp.mall.model import Mall
from mpp.store import Store, sources
from mpp.store.database import engine_options
from mpp.store.log import Told
from mpp.store.tables import sources as table
from mpp.web.api.board import plain
from tests.world import MORNING, World, alone, small_mall, world


def picture(w: World, reader: LiveFacts | None = None) -> tuple[Facts, Board]:
    facts = (reader or w.facts).read(w.clock())
    assert facts is not None
    return facts, build(facts, w.clock())


def tick(w: World, minutes: float = 0.0) -> Board:
    """What the job does, after so many minutes; the board behind it."""
    w.clock.at += timedelta(minutes=minutes)
    watch(w.store, *picture(w))
    return picture(w)[1]


def rows(board: Board) -> list[tuple[str, str, bool]]:
    return [(row.rule, row.name, row.ended is not None) for row in board.actions]


def opened(w: World, *counters: str, minutes: float = -95, **data: Any) -> None:
    source = data.get("source", "dukcapil")
    w.send(*(w.item("counter.opened", None, minutes, counter=c, **data) for c in counters), source=source)


def steps(w: World) -> list[str]:
    return [row.type for row in w.events() if row.type.startswith("action.")]


def taken(w: World, episode: str, **given: Any) -> str:
    values: dict[str, Any] = {
        "who": "Petugas piket",
        "note": "petugas dalam perjalanan",
        "minutes": 15,
        "id": "one",
    }
    return take(w.store, w.clock(), episode=episode, **(values | given))


def test_two_minutes_in_and_two_out(database_url: str) -> None:
    with world(database_url, alone()) as w:
        opened(w, "1")
        w.send(*w.life("A3-001", -30))
        w.send(*w.life("A3-000", -9, -8, -8))
        shown = [rows(tick(w, 0.5)) for _ in range(5)]
        # Beyond the promise from MORNING on.
        assert [bool(some) for some in shown] == [False, False, False, True, True]
        assert shown[-1] == [("over", "Dukcapil", False)]
        (row,) = tick(w).actions
        assert (row.episode, row.since, row.extension) == ("over/dukcapil/20261123T024000Z", MORNING, "201")
        assert (row.what.over, row.what.number) == (1, "A3-001")
        w.send(w.item("ticket.called", "A3-001", 0, counter="1"))
        after = [tick(w, 0.5) for _ in range(5)]
        assert [rows(board) for board in after[:4]] == [[("over", "Dukcapil", True)]] * 4
        assert after[0].actions[0].what == Condition("over", "dukcapil")
        assert rows(after[4]) == []
        last = after[4].last_action
        assert last is not None
        assert (last.rule, last.name, last.since, last.ended) == (
            "over",
            "Dukcapil",
            MORNING,
            MORNING + timedelta(minutes=3),
        )
        assert steps(w) == ["action.opened", "action.ended"]


def test_rows_are_back_at_once_after_a_restart(database_url: str) -> None:
    with world(database_url, alone()) as w:
        opened(w, "1")
        w.send(*w.life("A3-001", -60))
        assert rows(tick(w)) == [("nobody_serving", "Dukcapil", False)]
        fresh = LiveFacts(w.store)
        assert rows(picture(w, fresh)[1]) == [("nobody_serving", "Dukcapil", False)]


def test_rows_stand_in_their_order(database_url: str) -> None:
    with world(database_url) as w:
        opened(w, "1")
        opened(w, "1", agency="samsat", source="samsat")
        w.send(*w.life("A3-000", -9, -8, -8), *w.life("A3-001", -50))
        w.send(*w.life("A3-P01", -30, priority="lansia"))
        waits = w.life("D1-001", -20, agency="samsat", service="stnk", source="samsat")
        w.send(*waits, source="samsat")
        assert [row.rule for row in tick(w).actions] == ["nobody_serving", "priority", "over"]
        assert [row.name for row in tick(w).actions] == ["Samsat", "Dukcapil", "Dukcapil"]
        w.send(w.item("ticket.called", "A3-P01", 0, counter="2"))
        w.send(
            w.item(
                "ticket.called", "D1-001", 0, counter="1", source="samsat", agency="samsat", service="stnk"
            ),
            source="samsat",
        )
        assert rows(tick(w)) == [
            ("nobody_serving", "Samsat", True),
            ("priority", "Dukcapil", True),
            ("over", "Dukcapil", False),
        ]


def test_what_ended_stands_after_what_holds(database_url: str) -> None:
    with world(database_url) as w:
        opened(w, "1")
        opened(w, "1", agency="samsat", source="samsat")
        w.send(*w.life("A3-001", -50))
        waits = w.life("D1-001", -20, agency="samsat", service="stnk", source="samsat")
        w.send(*waits, source="samsat")
        both = [("nobody_serving", "Dukcapil", False), ("nobody_serving", "Samsat", False)]
        assert rows(tick(w)) == both
        w.send(w.item("ticket.called", "A3-001", 0, counter="1"))
        assert rows(tick(w)) == [("nobody_serving", "Samsat", False), ("nobody_serving", "Dukcapil", True)]


def test_the_most_minutes_beyond_the_promise_lead(database_url: str) -> None:
    with world(database_url, _with_two_promises()) as w:
        for agency, service, waits in (("dukcapil", "kk", (-50,)), ("samsat", "stnk", (-45, -44, -43))):
            given = {"agency": agency, "service": service, "source": agency}
            opened(w, "1", agency=agency, source=agency)
            served = w.life(f"{agency}-0", -9, -8, -8, **given)
            waiting = [i for n, at in enumerate(waits, 1) for i in w.life(f"{agency}-{n}", at, **given)]
            w.send(*served, *waiting, source=agency)
        assert [row.name for row in tick(w).actions] == ["Samsat", "Dukcapil"]


def _with_two_promises() -> Mall:
    mall = small_mall()
    first, second = mall.agencies
    services = tuple(replace(service, wait_s=1800) for service in second.services)
    return replace(mall, agencies=(first, replace(second, services=services)))


def test_taking_a_row(database_url: str) -> None:
    with world(database_url, alone()) as w:
        w.send()
        (row,) = tick(w).actions
        assert (row.rule, row.taken) == ("not_opened", None)
        assert taken(w, row.episode) == "taken"
        w.clock.at += timedelta(seconds=5)
        assert taken(w, row.episode) == "duplicate"
        (row,) = tick(w).actions
        assert row.taken is not None
        assert (row.taken.at, row.taken.until) == (MORNING, MORNING + timedelta(minutes=15))
        assert (row.taken.who, row.taken.note) == ("Petugas piket", "petugas dalam perjalanan")
        taken(w, row.episode, id="two", who=" Bu Ani ", note="dihubungi 0812 3456 7890", minutes=None)
        (row,) = tick(w).actions
        assert row.taken is not None
        assert (row.taken.who, row.taken.note, row.taken.until) == ("Bu Ani", "dihubungi …", None)
        assert "0812" not in str(w.events())


def test_what_cannot_be_taken(database_url: str) -> None:
    with world(database_url, alone()) as w:
        w.send()
        (row,) = tick(w).actions
        taken(w, row.episode)
        before = len(w.events())
        for given in ({"who": " "}, {"who": "a" * 41}, {"note": "a" * 121}, {"minutes": 0}, {"minutes": 481}):
            with pytest.raises(ValueError, match="must be"):
                taken(w, row.episode, **({"id": "three"} | given))
        with pytest.raises(OtherTakingError):
            taken(w, row.episode, note="sudah ditelepon")
        with pytest.raises(UnknownActionError):
            taken(w, "not_opened/samsat/20261123T010000Z", id="four")
        opened(w, "1", minutes=0)
        tick(w)
        with pytest.raises(EndedError):
            taken(w, row.episode, id="five")
        w.clock.at += timedelta(days=1)
        with pytest.raises(UnknownActionError):
            taken(w, row.episode, id="six")
        assert len(w.events()) == before + 2  # the counter, the end


def test_two_watchers_at_once_open_one_episode(database_url: str) -> None:
    with world(database_url, alone()) as w:
        opened(w, "1")
        # One condition whose start the data tells, and one that begins when it is seen.
        w.send(*w.life("A3-001", -60), *(w.item("rating.given", None, -5, score=1) for _ in range(5)))
        others = [Store(create_engine(database_url, **engine_options(database_url))) for _ in range(3)]
        try:
            # Each has its own picture, a second apart, before any of them writes.
            seen = []
            for n, store in enumerate(others):
                facts = LiveFacts(store).read(w.clock() + timedelta(seconds=n))
                assert facts is not None
                seen.append((store, facts, build(facts, facts.at)))
            together = threading.Barrier(len(seen))

            def go(store: Store, facts: Facts, board: Board) -> None:
                together.wait()
                watch(store, facts, board)

            threads = [threading.Thread(target=go, args=one) for one in seen]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            for store in others:
                store.close()
        assert steps(w) == ["action.opened"] * 2
        w.clock.at += timedelta(minutes=3)
        w.send()
        assert sorted(row.rule for row in picture(w)[1].actions) == ["nobody_serving", "ratings"]


def test_an_older_picture_ends_nothing(database_url: str) -> None:
    with world(database_url, alone()) as w:
        w.send()
        old = picture(w)
        w.clock.at += timedelta(seconds=30)
        opened(w, "1", minutes=0)
        w.send(*w.life("A3-001", -60))
        tick(w)
        assert steps(w) == ["action.opened"]
        watch(w.store, *old)
        assert steps(w) == ["action.opened"]


def test_what_was_not_written_whole_was_not_written(database_url: str, monkeypatch: Any) -> None:
    with world(database_url, alone()) as w:
        opened(w, "1")
        w.send(*w.life("A3-001", -60), w.item("rating.given", None, -5, score=1, reasons=["unofficial_fee"]))

        def cut(*_: Any) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr("mpp.store.log._APPEND.run", cut)
            with pytest.raises(KeyboardInterrupt):
                tick(w)
        assert steps(w) == []
        tick(w)
        assert steps(w) == ["action.opened"] * 2


def test_an_integrity_report_is_for_those_who_may_know_of_it(database_url: str) -> None:
    """For others there is neither its row nor its end, nor anything in the answer to a guess."""
    with world(database_url, alone()) as w:
        opened(w, "1")
        before = tick(w, 3)
        w.send(w.item("rating.given", None, -5, score=1, reasons=["unofficial_fee"]))
        with_report = tick(w, 3)
        assert steps(w) == ["action.opened"]
        facts, board = picture(w)
        (kept,) = facts.actions
        assert (kept.rule, kept.agency, kept.shown(w.clock())) == ("integrity", "", True)
        assert [row.rule for row in seen(board, FULL).actions] == ["integrity"]
        for level in (OPEN, STAFF):
            shown = seen(board, level)
            assert (shown.actions, shown.last_action) == ((), None)
        told = [
            (plain(one.totals), [plain(replace(a, data_at=None)) for a in one.agencies])
            for one in (before, with_report)
        ]
        assert told[0] == told[1]
        with pytest.raises(UnknownActionError):
            taken(w, kept.key, id="guess")
        assert steps(w) == ["action.opened"]
        assert taken(w, kept.key, id="manager", confidential=True) == "taken"
        w.clock.at += timedelta(days=1)
        assert tick(w).last_action is None


def test_a_report_hides_no_other_last_action(database_url: str) -> None:
    with world(database_url, alone()) as w:
        opened(w, "1")
        w.send(*w.life("A3-001", -60))
        tick(w)
        w.send(w.item("ticket.called", "A3-001", 0, counter="1"))
        tick(w, 3)
        facts, board = picture(w)
        (over,) = facts.actions
        report = Episode("integrity/mall/x", "integrity", "", "", w.clock(), w.clock() + timedelta(minutes=9))
        rows, last = action_rows(replace(facts, actions=(over, report)), board, ())
        shown = seen(replace(board, actions=rows, last_action=last), STAFF)
        assert (shown.actions, shown.last_action) == action_rows(facts, board, ())
        assert last is not None


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


def taken_of(w: World, episode: str) -> Any:
    facts, _ = picture(w)
    return next(one.taken[-1] for one in facts.actions if one.key == episode)


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


def test_what_nobody_keeps_is_shown_all_the_same(database_url: str) -> None:
    """The jobs stand still: an empty list would say that all is calm."""
    with world(database_url, alone()) as w:
        opened(w, "1")
        w.send(*w.life("A3-000", -9, -8, -8), *w.life("A3-001", -30))
        shown = []
        for _ in range(5):
            w.clock.at += timedelta(minutes=0.9)
            shown.append([(row.rule, row.kept) for row in picture(w)[1].actions])
        assert shown == [[]] * 3 + [[("over", False)]] * 2
        (unkept,) = picture(w)[1].actions
        assert (unkept.name, unkept.since, unkept.what.over) == ("Dukcapil", MORNING, 1)
        with pytest.raises(UnknownActionError):
            taken(w, unkept.episode)
        (kept,) = tick(w).actions
        assert kept == replace(unkept, kept=True)
        # A replay shows what is on record.
        replayed = ReplayFacts(w.store).read(w.clock() - timedelta(seconds=1))
        assert replayed is not None
        assert build(replayed, replayed.at).actions == ()


def test_what_comes_back_unkept_is_the_same_row(database_url: str) -> None:
    with world(database_url, alone()) as w:
        opened(w, "1")
        w.send(*w.life("A3-000", -9, -8, -8), *w.life("A3-001", -50))
        (row,) = tick(w).actions
        taken(w, row.episode)
        facts, board = picture(w)
        (over,) = facts.actions
        facts = replace(facts, actions=(replace(over, ended=board.now),))
        found = board.agencies[0]
        some = of_agency(facts, found, board.services, board.counters, board.now)
        (back,), _ = action_rows(facts, board, some)
        assert (back.episode, back.ended, back.kept, back.taken is None) == (row.episode, None, False, False)


def test_a_report_nobody_keeps_is_for_those_who_may_know_of_it(database_url: str) -> None:
    with world(database_url, alone()) as w:
        opened(w, "1")
        w.send(w.item("rating.given", None, -30, score=1, reasons=["unofficial_fee"]))
        assert seen(picture(w)[1], STAFF).actions == ()


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


def test_over_hidden_by_a_graver_row_comes_back_as_what_it_was(database_url: str) -> None:
    with world(database_url, alone()) as w:
        opened(w, "1")
        w.send(*w.life("A3-000", -50, -40, -40), *w.life("A3-001", -40))
        (row,) = tick(w).actions
        assert row.rule == "over"
        taken(w, row.episode)
        w.send(w.item("ticket.finished", "A3-000", 0, counter="1"))
        w.send(w.item("counter.paused", None, 0.01, counter="1", reason="meeting"))
        tick(w, 1)
        w.send()
        assert [one.rule for one in tick(w, 8).actions] == ["nobody_serving"]
        w.send(w.item("counter.resumed", None, 0, counter="1"), *w.life("A3-002", -9, 0, 0))
        back = [one for one in tick(w).actions if one.ended is None]
        assert [(one.episode, one.taken is None) for one in back] == [(row.episode, False)]


def test_what_goes_over_anew_is_another_episode(database_url: str) -> None:
    with world(database_url, alone()) as w:
        opened(w, "1")
        w.send(*w.life("A3-000", -9, -8, -8), *w.life("A3-001", -40), *w.life("A3-002", -27))
        (row,) = tick(w).actions
        w.send(w.item("ticket.called", "A3-001", 0, counter="1"))
        tick(w)
        # The next one goes over three minutes later, and one minute after that somebody looks.
        w.clock.at += timedelta(minutes=6)
        w.send()
        opens = [one for one in tick(w).actions if one.ended is None]
        assert [one.since for one in opens] == [MORNING + timedelta(minutes=3)]
        assert opens[0].episode != row.episode


def test_an_agency_that_opened_does_not_come_back_as_not_opened(database_url: str) -> None:
    with world(database_url, alone()) as w:
        w.send()
        (row,) = tick(w).actions
        taken(w, row.episode)
        opened(w, "1", minutes=0)
        tick(w)
        w.clock.at += timedelta(hours=4, minutes=30)
        w.send(w.item("counter.closed", None, -1, counter="1"))
        assert tick(w).actions == ()
        assert steps(w) == ["action.opened", "action.taken", "action.ended"]


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


def test_an_action_is_taken_fifty_times_at_most(database_url: str) -> None:
    with world(database_url, alone()) as w:
        w.send()
        (row,) = tick(w).actions
        for n in range(MOST_TAKINGS):
            taken(w, row.episode, id=f"n{n}")
        with pytest.raises(TakenOftenError, match="50 times"):
            taken(w, row.episode, id="more")
        assert taken(w, row.episode, id="n7") == "duplicate"
        assert steps(w).count("action.taken") == MOST_TAKINGS


@contextmanager
def reading() -> Iterator[list[Told]]:
    """What is read of the log meanwhile."""
    read: list[Told] = []

    def noted(told: Told) -> Step:
        read.append(told)
        return _step(told)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("mpp.live.action_log._step", noted)
        yield read


def test_new_takings_are_read_alone(database_url: str) -> None:
    with world(database_url, alone()) as w:
        w.send()
        (row,) = tick(w).actions
        for n in range(20):
            taken(w, row.episode, id=f"n{n}")
        tick(w)
        with reading() as read:
            w.clock.at += timedelta(seconds=1)
            taken(w, row.episode, id="last", who="Bu Ani")
            read.clear()
            (row,) = picture(w)[1].actions
        assert [told.type for told in read] == ["action.taken"]
        assert row.taken is not None
        assert row.taken.who == "Bu Ani"


def test_takings_of_other_actions_are_not_read(database_url: str) -> None:
    with world(database_url) as w:
        w.send()
        w.send(source="samsat")
        one, other = tick(w).actions
        for n in range(20):
            taken(w, one.episode, id=f"n{n}")
        with reading() as read:
            taken(w, other.episode, id="first")
        assert sorted(told.type for told in read) == ["action.opened"] * 2


@pytest.mark.parametrize(
    "text",
    [
        *("a\0b", "a\u202eb", "\u200b", "a\u200bb", "a\ud800", "\ue000a", "a\x07", "---", "…", "\U000f0000a"),
        *("\u3164", "\u115f\u1160", "\uffa0", "a\u034f", "a\u2800", "\u2800"),
        *("123456789012", "0812 3456 7890"),
    ],
)
@pytest.mark.parametrize("name", ["who", "note"])
def test_what_is_not_seen_is_not_kept(sqlite_url: str, name: str, text: str) -> None:
    with world(sqlite_url, alone()) as w:
        w.send()
        (row,) = tick(w).actions
        with pytest.raises(ValueError, match=f"{name} must be a text"):
            taken(w, row.episode, **{name: text})
        assert taken(w, row.episode) == "taken"


def test_blanks_are_one_blank(sqlite_url: str) -> None:
    with world(sqlite_url, alone()) as w:
        w.send()
        (row,) = tick(w).actions
        taken(w, row.episode, who="\tBu \u00a0 Ani\n", note="sudah\r\nditelepon")
        (row,) = tick(w).actions
        assert row.taken is not None
        assert (row.taken.who, row.taken.note) == ("Bu Ani", "sudah ditelepon")


FILLERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0d\uffa0\U000e0100-\U000e01ef]"
)
"""Printable by Unicode and seen by nobody."""


def test_every_character_that_is_not_seen_is_known() -> None:
    hidden = re.compile(f"[{UNSEEN}]")
    for code in range(sys.maxunicode + 1):
        if category(chr(code)) in ("Cc", "Cf", "Co") or FILLERS.match(chr(code)):
            assert hidden.match(chr(code)), hex(code)
        elif chr(code).isprintable() or chr(code).isspace():
            assert not hidden.match(chr(code)), hex(code)
