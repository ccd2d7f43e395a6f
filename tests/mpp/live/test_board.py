"""The board: what it says in each situation, live and replayed."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError

from mpp.live.board import build, empty, moved
from mpp.live.facts import LEGS_A_SECOND, STATISTICS_EVERY, Facts, LiveFacts
from mpp.live.keeper import Keeper
from mpp.live.model import Board
from mpp.live.rebuild import rebuild, refold_since
from mpp.live.replay import ReplayFacts
from mpp.mall.model import Source
from mpp.store import counters
from queues.clock import Calendar, DayPlan
from tests.world import MORNING, WEEK, World, small_mall, without_promise, world


def opened(w: World, *counters: str, minutes: float = -95) -> None:
    w.send(*(w.item("counter.opened", None, minutes, counter=c) for c in counters))


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


def test_readings_show_as_estimates(database_url: str) -> None:
    with world(database_url) as w:
        w.send(
            w.item("queue.reading", None, -2, service="kk", waiting=9, open_counters=2),
            w.item("queue.reading", None, -1, service="kk", waiting=7, open_counters=2),
        )
        found = w.agency()
        assert (found.waiting, found.estimate, found.counters) == (7, True, {"serving": 2})
        assert (found.longest_s, found.over, found.bar) == (None, None, None)


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


def reading(w: World, minutes: float, **said: int) -> None:
    w.send(w.item("queue.reading", None, minutes, service="kk", **said))


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


def figures(board: Board) -> list[object]:
    """What a replay must show exactly as it was: all but the age of the sources."""
    aged = {"data", "data_at"}
    agencies = [
        {f.name: getattr(agency, f.name) for f in fields(agency) if f.name not in aged}
        for agency in board.agencies
    ]
    return [agencies, board.services, board.counters, board.totals, board.quarters, board.mall_state]


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


def test_what_the_day_brought_stays_when_feeds_are_switched_off_after_closing(database_url: str) -> None:
    with world(database_url) as w:
        opened(w, "1")
        w.send(*w.life("A3-001", -60, -50, -50, -40))
        w.clock.at = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
        board = w.board()
        assert (board.totals.heard, board.totals.day.served, board.agencies[0].state) == (0, 1, "closed")


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
