"""Actions from the log to the board and back: opened, taken, ended, replayed."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine

from mpp.access import FULL, OPEN, STAFF
from mpp.live.action_rows import action_rows
from mpp.live.actions import (
    UnknownActionError,
    watch,
)
from mpp.live.board import build
from mpp.live.episodes import Episode
from mpp.live.facts import Facts, LiveFacts
from mpp.live.model import Board, Condition
from mpp.live.sight import seen
from mpp.mall.model import Mall
from mpp.store import Store
from mpp.store.database import engine_options
from mpp.web.api.board import plain
from tests.mpp.live.action_kit import opened, picture, rows, steps, taken, tick
from tests.world import MORNING, alone, small_mall, world


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
