"""The typical day: which days go in, the medians, and how seldom the database is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from statistics import median
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, insert

from mpp.live.board import build
from mpp.live.facts import LiveFacts
from mpp.live.model import Board, Typical
from mpp.live.replay import ReplayFacts
from mpp.live.typical import (
    DAYS_LEAST,
    DAYS_WANTED,
    WEEKS_BACK,
    TypicalDay,
    complete_days,
    local_quarter,
    own_days,
    same_weekdays,
    typical_day,
)
from mpp.store import legs as store_legs
from mpp.store import sources
from mpp.store.tables import legs
from tests.world import MORNING, WEEK, World, small_mall, world

TODAY = MORNING.date()
JAKARTA = ZoneInfo("Asia/Jakarta")
NINE = 9 * 3600


def ago(weeks: int, day: date = TODAY) -> date:
    return day - timedelta(weeks=weeks)


# The pure part


def test_the_same_weekdays_of_sixteen_weeks_are_looked_at() -> None:
    found = same_weekdays(TODAY)
    assert (found[0], found[-1], len(found)) == (ago(1), ago(WEEKS_BACK), WEEKS_BACK)
    assert {day.weekday() for day in found} == {TODAY.weekday()}


def test_a_day_is_complete_with_three_quarters_of_the_best_days_agencies() -> None:
    agencies = {ago(1): 14, ago(2): 15, ago(3): 20, ago(4): 0, ago(5): 26, ago(6): 20}
    opened = {ago(n) for n in (1, 2, 3, 4, 6)}  # the best day was shut: what it gave is no measure
    assert complete_days(agencies, opened) == (ago(2), ago(3), ago(6))
    assert complete_days({}, opened) == complete_days({ago(1): 0}, opened) == ()


@given(st.dictionaries(st.integers(1, 16).map(ago), st.integers(0, 30)), st.sets(st.integers(1, 16).map(ago)))
def test_complete_days_are_the_newest_good_ones(agencies: dict[date, int], opened: set[date]) -> None:
    found = complete_days(agencies, opened)
    best = max((agencies[day] for day in agencies if day in opened), default=0)
    good = [day for day in sorted(agencies, reverse=True) if day in opened and agencies[day]]
    assert found == tuple(day for day in good if agencies[day] >= 0.75 * best)[:DAYS_WANTED]


def test_medians_of_four_days() -> None:
    days = [
        {NINE: (4, 1), NINE + 900: (2, 0)},
        {NINE: (6, 2)},
        {NINE: (8, 1), NINE + 1800: (7, 7), NINE + 2700: (1, 1)},
        {NINE: (8, 0), NINE + 1800: (3, 5), NINE + 900: (2, 3)},
    ]
    at = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    quarter = timedelta(minutes=15)
    assert typical_day(days, TODAY, JAKARTA) == TypicalDay(
        (
            Typical(at, 7.0, 1.0),
            Typical(at + quarter, 1.0, 0.0),
            Typical(at + 2 * quarter, 1.5, 2.5),
        ),
        4,
    )


def test_a_quiet_quarter_between_busy_ones_is_zero_and_the_edges_are_cut() -> None:
    flow = {NINE: (0, 0), NINE + 900: (1, 0), NINE + 3 * 900: (0, 2), NINE + 4 * 900: (0, 0)}
    found = typical_day([flow] * 4, TODAY, JAKARTA).quarters
    assert [(one.arrived, one.completed) for one in found] == [(1, 0), (0, 0), (0, 2)]


def test_three_days_are_too_few() -> None:
    assert typical_day([{NINE: (4, 1)}] * (DAYS_LEAST - 1), TODAY, JAKARTA) == TypicalDay()
    assert typical_day([{}] * DAYS_LEAST, TODAY, JAKARTA) == TypicalDay((), DAYS_LEAST)


counts = st.tuples(st.integers(0, 9), st.integers(0, 9))
flows = st.dictionaries(st.integers(0, 95).map(lambda n: n * 900), counts)


@given(st.lists(flows, max_size=8), st.randoms())
def test_any_days_in_any_order(days: list[dict[int, tuple[int, int]]], dice: Random) -> None:
    found = typical_day(days, TODAY, JAKARTA)
    mixed = days[:]
    dice.shuffle(mixed)
    assert typical_day(mixed, TODAY, JAKARTA) == found
    assert found.days in (0, len(days))
    for one in found.quarters:
        day, at = local_quarter(one.at, JAKARTA)
        assert day == TODAY
        assert one.arrived == median(flow.get(at, (0, 0))[0] for flow in days)
        assert one.completed == median(flow.get(at, (0, 0))[1] for flow in days)
    if found.quarters:
        assert found.quarters[0].arrived or found.quarters[0].completed
        assert found.quarters[-1].arrived or found.quarters[-1].completed
        gaps = {b.at - a.at for a, b in zip(found.quarters, found.quarters[1:], strict=False)}
        assert gaps <= {timedelta(minutes=15)}


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Asia/Jayapura", "Europe/Warsaw", "Asia/Kathmandu"])
def test_quarters_are_of_the_malls_own_clock(zone: str) -> None:
    there = ZoneInfo(zone)
    at = datetime(2026, 7, 1, 9, 44, 59, tzinfo=there)
    assert local_quarter(at.astimezone(UTC), there) == (date(2026, 7, 1), 9 * 3600 + 1800)
    # A summer's mornings are the same mornings in winter.
    (one,) = typical_day([{9 * 3600: (1, 0)}] * 4, date(2026, 12, 2), there).quarters
    assert one.at == datetime(2026, 12, 2, 9, 0, tzinfo=there)


# From the database


def served(
    w: World,
    day: date,
    clock: str,
    *,
    agency: str = "dukcapil",
    minutes: float = 20,
    outcome: str = "served",
) -> None:
    """A leg that came on that day at that time and ended ``minutes`` later."""
    at = datetime.combine(day, time.fromisoformat(clock), tzinfo=JAKARTA).astimezone(UTC)
    end = at + timedelta(minutes=minutes)
    with w.store.write() as tx:
        source = sources.all_sources(tx)[agency]
        w.sent += 1
        row = {
            "mall": "mpp-uji", "source_id": source.id, "ticket": f"past-{w.sent}", "leg": 1,
            "visit": f"{w.sent}", "agency": agency, "service": "kk" if agency == "dukcapil" else "stnk",
            "state": "ended", "since": end, "day": day, "issued_at": at, "start_at": at, "ended_at": end,
            "outcome": outcome, "calls": 1, "held_s": 0.0,
        }  # fmt: skip
        tx.connection.execute(insert(legs), row)


def usual(w: World, *weeks: int, clock: str = "09:05") -> None:
    """Days on which both agencies served one visitor."""
    for back in weeks:
        served(w, ago(back), clock)
        served(w, ago(back), clock, agency="samsat")


def typical(board: Board) -> list[tuple[str, float, float]]:
    return [(f"{one.at.astimezone(JAKARTA):%H.%M}", one.arrived, one.completed) for one in board.typical]


@contextmanager
def statements(w: World) -> Iterator[list[str]]:
    """What the database is asked."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(w.store.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(w.store.engine, "before_cursor_execute", note)


def test_the_board_tells_the_typical_day(database_url: str) -> None:
    with world(database_url) as w:
        usual(w, 1, 2, 3, 4, 5)
        served(w, ago(1), "10:00", minutes=30)
        served(w, ago(2), "10:14:59", minutes=15)
        served(w, ago(3), "10:00", minutes=15)
        served(w, ago(1) - timedelta(days=1), "09:05")
        board = w.board()
        assert board.typical_days == 5
        assert typical(board) == [
            ("09.00", 2.0, 0.0), ("09.15", 0.0, 2.0), ("09.30", 0.0, 0.0), ("09.45", 0.0, 0.0),
            ("10.00", 1.0, 0.0),
        ]  # fmt: skip


def test_days_that_are_not_like_today_stay_outside(database_url: str) -> None:
    shut = replace(WEEK, holidays=((ago(1), "Libur"),))
    with world(database_url, replace(small_mall(), calendar=shut)) as w:
        usual(w, 1, 3, 4, 5, WEEKS_BACK + 1)  # week 1 was a holiday, the last one is too long ago
        served(w, ago(2), "09:05")  # one agency of two: incomplete
        assert (w.board().typical_days, w.board().typical) == (0, ())
        usual(w, 16, clock="14:50")
        w.clock.at += timedelta(minutes=1)
        board = w.board()
        assert (board.typical_days, typical(board)[0]) == (4, ("09.00", 2.0, 0.0))


def test_what_ended_on_another_day_is_no_completion_of_this_one(database_url: str) -> None:
    with world(database_url) as w:
        for back in range(1, 5):
            served(w, ago(back), "09:05", minutes=24 * 60)
        assert typical(w.board()) == [("09.00", 1.0, 0.0)]


def test_only_who_was_served_is_completed(database_url: str) -> None:
    with world(database_url) as w:
        for back in range(1, 5):
            served(w, ago(back), "09:05", outcome="no_show")
        assert typical(w.board()) == [("09.00", 1.0, 0.0)]


def test_eight_days_are_enough_and_asked_for_once(database_url: str) -> None:
    with world(database_url) as w:
        usual(w, *range(1, 9))
        usual(w, 9, 10, clock="11:00")
        assert (w.board().typical_days, typical(w.board())[0]) == (8, ("09.00", 2.0, 0.0))
        w.clock.at += timedelta(minutes=5)
        served(w, ago(1), "12:00")
        with statements(w) as asked:
            assert w.board().typical_days == 8
        assert not any("GROUP BY" in statement for statement in asked)
        w.clock.at += timedelta(days=7)
        fresh = w.board()
        assert (fresh.typical_days, fresh.typical[0].at) == (8, datetime(2026, 11, 30, 2, 0, tzinfo=UTC))


def test_with_too_few_days_it_looks_once_a_minute_and_only_counts(database_url: str) -> None:
    with world(database_url) as w:
        usual(w, 1, 2, 3)
        assert w.board().typical_days == 0
        served(w, ago(4), "09:05")
        served(w, ago(4), "09:05", agency="samsat")
        w.clock.at += timedelta(seconds=59)
        with statements(w) as asked:
            assert w.board().typical_days == 0
        assert not any("GROUP BY" in statement for statement in asked)
        w.clock.at += timedelta(seconds=1)
        assert w.board().typical_days == 4
        w.clock.at += timedelta(minutes=2)
        with statements(w) as asked:
            assert w.board().typical_days == 4
        assert len([statement for statement in asked if "GROUP BY" in statement]) == 1


@pytest.mark.parametrize("before", [timedelta(), timedelta(days=1)])
def test_a_question_that_failed_is_asked_again(
    database_url: str, monkeypatch: pytest.MonkeyPatch, before: timedelta
) -> None:
    """At a process's first board, and at a day's."""
    with world(database_url) as w:
        usual(w, *range(1, 9))
        if before:
            w.clock.at -= before
            w.board()
            w.clock.at += before
        with monkeypatch.context() as patched:
            patched.setattr(store_legs, "flow", away)
            with pytest.raises(ConnectionError):
                w.board()
        w.clock.at += timedelta(seconds=1)
        assert (w.board().typical_days, typical(w.board())[0]) == (8, ("09.00", 2.0, 0.0))


def away(*_: object) -> None:
    raise ConnectionError


def test_another_description_is_asked_anew(database_url: str) -> None:
    with world(database_url) as w:
        usual(w, *range(1, 9))
        assert w.board().typical_days == 8
        usual(w, 1, 2, 3, 4, 5, clock="07:00")
        w.describe(replace(small_mall(), name="MPP Lain"))
        assert typical(w.board())[0] == ("07.00", 2.0, 0.0)


def test_a_replay_has_the_typical_day_of_its_own_day(database_url: str) -> None:
    with world(database_url) as w:
        usual(w, 0, 1, 2, 3, 4)
        usual(w, 5, 6, 7, 8, clock="10:00")
        live = LiveFacts(w.store).read(MORNING)
        replayed = ReplayFacts(w.store)
        now, before = replayed.read(MORNING), ReplayFacts(w.store).read(MORNING - timedelta(weeks=4))
        assert live is not None
        assert now is not None
        assert before is not None
        assert build(now, MORNING).typical == build(live, MORNING).typical
        assert (now.past.mall.days, before.past.mall.days) == (8, 4)
        board = build(before, MORNING - timedelta(weeks=4))
        assert board.typical[0].at.date() == ago(4)
        assert typical(board)[0] == ("10.00", 2.0, 0.0)


def test_the_count_needs_no_table(sqlite_url: str) -> None:
    """It is asked every minute where days are missing: the index alone must answer."""
    count = "SELECT day, agency, count(*) FROM legs WHERE day IN ('2026-11-16') GROUP BY day, agency"
    with world(sqlite_url) as w, w.store.read() as tx:
        plan = tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {count}").all()
        assert "COVERING INDEX ix_legs_day_agency" in str(plan)


# An agency's own


def test_an_agencys_own_days_are_those_that_were_not_cut_off() -> None:
    tickets = {ago(1): 40, ago(2): 3, ago(3): 44, ago(4): 0, ago(5): 41, ago(6): 12}
    assert own_days(tickets) == (ago(1), ago(3), ago(5), ago(6))
    assert own_days({}) == own_days({ago(1): 0}) == ()
    assert len(own_days({ago(n): 5 for n in range(1, 13)})) == DAYS_WANTED


def test_an_agency_has_a_usual_day_of_its_own_and_last_weeks_share(sqlite_url: str) -> None:
    with world(sqlite_url) as w:
        usual(w, 1, 2, 3)
        served(w, ago(4), "10:00")
        with w.store.write() as tx:
            mine = (legs.c.agency == "dukcapil") & (legs.c.day == ago(1))
            tx.connection.execute(legs.update().where(mine).values(within=True))
        found = w.board().own
        told = [(f"{one.at.astimezone(JAKARTA):%H.%M}", one.arrived) for one in found["dukcapil"].typical]
        assert (told[0], told[-1]) == (("09.00", 1.0), ("09.15", 0.0))
        assert found["dukcapil"].typical_days == 4
        assert (found["samsat"].typical, found["samsat"].typical_days) == ((), 0), "three days are too few"
        assert (found["dukcapil"].week_ago, found["samsat"].week_ago) == (1.0, None)


def test_what_came_back_and_what_was_told_at_once_is_counted(sqlite_url: str) -> None:
    with world(sqlite_url) as w:
        w.send(*w.life("A3-001", -9, -8, -8, -8), *w.life("A3-002", -20, -15))
        w.send(w.item("ticket.no_show", "A3-002", -12), w.item("ticket.called", "A3-002", -5, counter="1"))
        board = w.board()
        assert (board.agencies[0].day.returned, board.own["dukcapil"].at_once) == (1, 1)
        assert [leg.number for leg in board.own["dukcapil"].tickets["kk"]] == ["A3-002"]
        assert sum(came for came, _ in board.own["dukcapil"].flow.values()) == 2
        assert board.own["samsat"].flow == {}
