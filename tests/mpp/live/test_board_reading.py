"""When the board is read anew: news, time, a replay, a database that is away."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError

from mpp.live.board import build, empty, moved
from mpp.live.facts import LEGS_A_SECOND, Facts, LiveFacts
from mpp.live.keeper import Keeper
from mpp.live.rebuild import rebuild
from mpp.live.replay import ReplayFacts
from tests.mpp.live.board_kit import figures, opened
from tests.world import MORNING, small_mall, world


def test_only_agencies_whose_source_moved_are_read_again(database_url: str) -> None:
    with world(database_url) as w:
        reader = LiveFacts(w.store)
        first = reader.read(w.clock())
        assert first is not None
        assert first.changed is None
        again = reader.read(w.clock())
        assert again is not None
        assert again.changed == frozenset()
        w.send(*w.life("A3-001", -5))
        w.clock.at += timedelta(seconds=3)
        moved_facts = reader.read(w.clock())
        assert moved_facts is not None
        assert moved_facts.changed == frozenset({"dukcapil"})
        assert len(moved_facts.agencies["dukcapil"].lines["kk"].waiting) == 1
        fresh = LiveFacts(w.store).read(w.clock())
        assert fresh is not None
        assert replace(moved_facts, judge=fresh.judge, changed=None) == fresh


def test_day_sums_follow_within_two_seconds(database_url: str) -> None:
    with world(database_url) as w:
        reader = LiveFacts(w.store)
        reader.read(w.clock())
        w.send(*w.life("A3-001", -5))
        soon = reader.read(w.clock() + timedelta(seconds=1))
        later = reader.read(w.clock() + timedelta(seconds=2))
        assert soon is not None
        assert later is not None
        assert soon.agencies["dukcapil"].day.sums == {}
        assert soon.agencies["dukcapil"].lines != {}
        assert later.agencies["dukcapil"].day.sums["kk"].issued == 1


def test_the_day_sums_of_a_long_day_are_read_less_often(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert LEGS_A_SECOND == 100
    monkeypatch.setattr("mpp.live.facts.LEGS_A_SECOND", 1)
    with world(database_url) as w:
        w.send(*(i for n in range(5) for i in w.life(f"A3-{n:03d}", -30)))
        samsat = {"agency": "samsat", "service": "stnk", "source": "samsat"}
        w.send(*w.life("D1-001", -30, **samsat), source="samsat")
        start = w.clock.at
        w.board()
        w.send(*w.life("A3-009", -5))
        w.send(*w.life("D1-002", -5, **samsat), source="samsat")
        issued = []
        for seconds in (1.9, 2, 4.9, 5, 10.9, 11):
            w.clock.at = start + timedelta(seconds=seconds)
            if seconds > 5:
                w.send(*w.life("A3-010", -6))
            issued.append([agency.day.issued for agency in w.board().agencies])
        assert issued == [[5, 1], [5, 2], [5, 2], [6, 2], [6, 2], [7, 2]]


def test_day_sums_go_on_when_the_machines_clock_is_put_back(database_url: str) -> None:
    with world(database_url) as w:
        w.send(*w.life("A3-001", -30, -20, -20, -10))
        assert w.board().totals.day.served == 1
        w.clock.at -= timedelta(minutes=50)
        w.send(*w.life("A3-002", -30, -20, -20, -10))
        assert w.board().totals.day.served == 2


@pytest.mark.parametrize(
    "question",
    [
        "mpp.store.legs.open_legs",
        "mpp.store.counters.all_counters",
        "mpp.store.legs.today_legs",
        "mpp.store.ratings.of_day",
        "mpp.store.legs.counted",
        "mpp.live.action_log.Followed.of",
    ],
)
def test_a_read_that_failed_leaves_nothing_out(
    database_url: str, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    """Whichever question it was, the next read tells all that was written since the last good one."""

    def away(*_: object) -> None:
        raise ConnectionError

    with world(database_url) as w:
        opened(w, "1")
        w.send(*w.life("A3-001", -30, -20, -20, -10), w.item("rating.given", None, -9, score=4))
        w.board()
        w.clock.at += timedelta(seconds=1)
        w.send(*w.life("A3-002", -30, -20, -20, -10))
        assert w.board().totals.day.served == 1
        w.clock.at += timedelta(minutes=2)
        w.send(w.item("ticket.issued", "A3-003", -1), source="dukcapil")
        with monkeypatch.context() as patched:
            patched.setattr(question, away)
            with pytest.raises(ConnectionError):
                w.board()
        w.clock.at += timedelta(seconds=1)
        again, fresh = w.facts.read(w.clock()), LiveFacts(w.store).read(w.clock())
        assert again is not None
        assert fresh is not None
        assert again.changed == frozenset({"dukcapil"})
        assert again.agencies["dukcapil"].day.whole.served == 2
        assert replace(again, judge=fresh.judge, changed=None) == fresh


def test_versions_move_only_when_something_did() -> None:
    old = moved(None, empty(MORNING))
    assert old.version == 1
    same = moved(old, empty(MORNING + timedelta(seconds=1)))
    assert (same.version, same.now) == (1, MORNING + timedelta(seconds=1))
    assert moved(same, replace(empty(MORNING), mall="MPP")).version == 2


class Broken:
    """A reader whose database goes away after its first answer."""

    def __init__(self, facts: Facts) -> None:
        self.facts: Facts | None = facts

    def read(self, now: datetime) -> Facts | None:
        if self.facts is None:
            raise OperationalError("select", {}, Exception("gone"))
        return self.facts


def test_while_the_database_is_away_no_board_passes_for_new(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mpp.live.keeper.FRESH_S", 0.0)
    with world(sqlite_url) as w:
        facts = LiveFacts(w.store).read(w.clock())
        assert facts is not None
        reader = Broken(facts)
        keeper = Keeper(reader, w.clock)
        last = keeper.board()
        reader.facts = None
        w.clock.at += timedelta(seconds=5)
        with pytest.raises(OperationalError):
            keeper.board()
        assert keeper.latest() == last
        reader.facts = facts
        assert keeper.board().now == w.clock.at


def test_a_replay_shows_what_was_shown(database_url: str) -> None:
    """A morning sent minute by minute; each minute's board again from the log alone."""
    with world(database_url) as w:
        start = MORNING - timedelta(minutes=95)
        w.clock.at = start
        items = [w.item("counter.opened", None, 1, counter=c) for c in "123"]
        items += [w.item("counter.opened", None, 2, counter="1", agency="samsat", source="samsat")]
        for n in range(25):
            items += w.life(f"A3-{n:03d}", 3 * n, 3 * n + 20, 3 * n + 21, 3 * n + 30, counter=str(n % 3 + 1))
            steps = (3 * n, 3 * n + 5, 3 * n + 6, 3 * n + 8)
            items += w.life(f"D1-{n:03d}", *steps, agency="samsat", service="stnk", source="samsat")
        items.append(w.item("ticket.no_show", "A3-004", 34, counter="2"))
        items.sort(key=lambda item: item["time"])
        shown = {}
        for minute in range(0, 95, 7):
            w.clock.at = start + timedelta(minutes=minute)
            for source in ("dukcapil", "samsat"):
                due = [i for i in items if i["source"] == source and i["time"] <= w.clock.at.isoformat()]
                w.send(*due, source=source)
            fresh = LiveFacts(w.store).read(w.clock())
            assert fresh is not None
            shown[w.clock.at] = build(fresh, w.clock.at)
        events = len(w.events())
        replayed = ReplayFacts(w.store)
        forward = [*shown]
        for at in [*forward, *reversed(forward)]:
            facts = replayed.read(at)
            assert facts is not None
            assert figures(build(facts, at)) == figures(shown[at])
        assert len(w.events()) == events


def test_time_alone_does_not_make_another_board_every_second(sqlite_url: str) -> None:
    with world(sqlite_url) as w:
        opened(w, "1")
        w.send(*w.life("A3-001", -5))
        board = moved(None, w.board())
        for _ in range(30):
            w.clock.at += timedelta(seconds=1)
            board = moved(board, w.board())
        # Thirty seconds are two hundredths of the promise on the bar.
        assert board.version == 3


def test_a_running_replay_equals_a_fresh_one(database_url: str) -> None:
    with world(database_url) as w:
        w.send(*(w.item("counter.opened", None, -90 + n, counter=str(n % 3 + 1)) for n in range(6)))
        early, late = MORNING - timedelta(minutes=60), MORNING - timedelta(minutes=10)
        row = {"issued_at": early.isoformat(), "called_at": (early + timedelta(minutes=5)).isoformat()}
        w.send(w.item("ticket.observed", "7", -20, revision=1, outcome="no_show", counter="1", **row))
        running = ReplayFacts(w.store)
        for at in (early - timedelta(minutes=20), early, early + timedelta(minutes=6), late):
            facts, fresh = running.read(at), ReplayFacts(w.store).read(at)
            assert facts is not None
            assert fresh is not None
            shown = build(facts, at)
            assert shown == build(fresh, at)
        assert shown.agencies[0].day.no_show == 1
        before = running.read(early - timedelta(minutes=20))
        assert before is not None
        assert build(before, early - timedelta(minutes=20)).agencies[0].state == "calm"


def test_a_rebuild_beside_a_new_description_judges_by_it(database_url: str) -> None:
    with world(database_url) as w:
        for start in range(0, 200, 100):
            w.send(*(i for n in range(start, start + 100) for i in w.life(f"A{n:03d}", -60, -20, -20, -10)))
        mall = small_mall()
        first = mall.agencies[0]
        strict = replace(first, services=tuple(replace(s, wait_s=60) for s in first.services))

        def between(_: int) -> None:
            w.describe(replace(mall, agencies=(strict, mall.agencies[1])))

        rebuild(w.store, w.clock(), between)
        assert {leg["promise_s"] for leg in w.legs()[150:]} == {60}
