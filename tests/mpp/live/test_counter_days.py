"""Counters' days read from a database: today's, past ones', and each agency's alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import event as sqlalchemy_event

from counters.lost import LostTime
from mpp.live import counter_days as live
from mpp.live.action_log import append
from mpp.live.counter_days import AgencyCounters
from mpp.live.description import Descriptions
from mpp.live.episodes import OPENED, SILENT, Step
from mpp.live.judge import Judge
from mpp.store import sources
from tests.world import MORNING, World, world

MONDAY = date(2026, 11, 23)


def read(w: World, agency: str = "dukcapil", day: date = MONDAY) -> AgencyCounters:
    with w.store.read() as tx:
        judge = Judge(Descriptions().versions(tx))
        return live.counter_days(tx, judge, [agency], day, w.clock())[agency]


def lost(w: World, agency: str = "dukcapil") -> object:
    with w.store.read() as tx:
        return live.lost(tx, Judge(Descriptions().versions(tx)), agency, MONDAY, w.clock())


def work(w: World) -> None:
    """A morning at dukcapil's counters 1 and 2."""
    w.send(*(w.item("counter.opened", None, -90, counter=c) for c in "12"))
    w.send(*w.life("A3-001", -80, -70, -69, -60), *w.life("A3-002", -75, -58, -57, -50))
    w.send(w.item("counter.paused", None, -40, counter="1", reason="central_system"))
    w.send(w.item("counter.paused", None, -30, counter="2", reason="network_power"))
    w.send(w.item("counter.resumed", None, -20, counter="1"))
    w.send(*w.life("A3-003", -15), w.item("counter.heartbeat", None, -1, counter="2"))


def test_a_morning_read_back_in_figures(database_url: str) -> None:
    with world(database_url) as w:
        work(w)
        found = read(w)
        one, two, three = found.counters
        assert [day.counter for day in found.counters] == ["1", "2", "3"]
        assert found.names["1"] == "Loket 1"
        assert (one.planned_open, one.opened) == (
            MORNING - timedelta(minutes=100),
            MORNING - timedelta(minutes=90),
        )
        assert (one.served, one.serving_s, one.paused) == (2, 18 * 60, {"central_system": 1200})
        assert (one.open_s, one.handovers, one.handover_median_s) == (90 * 60, 1, 120)
        # Ten minutes with A3-001 waiting and fifteen with A3-003; two with A3-002 are too few.
        assert [(odd.code, odd.seconds / 60) for odd in one.findings] == [("open_without_serving", 25)]
        assert (two.paused, two.served) == ({"network_power": 1800}, 0)
        assert (three.known, three.open_s) == (True, 0)
        assert lost(w) == found.lost
        assert found.lost is not None
        assert found.lost.whole == LostTime(40 * 60, 50 * 60)
        assert not any(day.known for day in read(w, "samsat").counters)
        assert (found.off, read(w, day=MONDAY - timedelta(days=1)).off) == (False, True)
        assert lost(w, "samsat") is None
        assert lost(w, "nobody") is None


def test_a_past_day_stays_as_it_was_whatever_today_brings(database_url: str) -> None:
    with world(database_url) as w:
        work(w)
        w.send(w.item("counter.closed", None, 0, counter="1"))
        w.clock.at += timedelta(hours=12)
        whole = read(w)
        w.clock.at += timedelta(hours=12)
        w.send(w.item("counter.opened", None, -1, counter="1"), *w.life("A3-009", -30, -20, -19, -10))
        assert read(w) == whole
        assert whole.counters[0].closed == MORNING
        assert read(w, day=date(2026, 11, 24)).counters[0].served == 1


def test_a_source_without_counter_events_is_inferred_and_says_so(database_url: str) -> None:
    with world(database_url) as w:
        w.send(*w.life("A3-001", -80, -70, -69, -60), *w.life("A3-002", -75, -58, -57, -50))
        w.send(*w.life("A3-003", -50, -9, -8, counter="3"))
        one, two, three = read(w).counters
        assert (one.inferred, one.open_s, one.serving_s, one.idle_s) == (True, 20 * 60, 18 * 60, None)
        assert not two.known
        assert (three.served, three.opened, three.closed) == (0, MORNING - timedelta(minutes=9), None)
        assert read(w).lost is None


def test_tickets_served_without_a_counter_leave_those_of_the_others_unknown(sqlite_url: str) -> None:
    with world(sqlite_url) as w:
        w.send(w.item("counter.opened", None, -90, counter="1"))
        w.send(*w.life("A3-001", -80, -70, -69, -60, counter=None))
        one, two, _ = read(w).counters
        assert (one.known, one.served, one.utilisation) == (True, None, None)
        assert not two.known


def test_a_forgotten_number_keeps_nobody_waiting_for_a_counter(database_url: str) -> None:
    """Who took a number and left would else make every free minute of the day a finding."""
    with world(database_url) as w:
        w.send(w.item("counter.opened", None, -95, counter="1"), *w.life("A3-000", -90))
        for n in range(1, 6):
            w.send(*w.life(f"A3-00{n}", -89 + n, -84 + 2 * n, -84 + 2 * n, -83 + 2 * n))
        served_until = -83 + 2 * 5
        found = read(w).counters[0]
        assert found.idle_s is not None
        assert found.idle_s > 60 * -served_until
        # Overtaken by the fifth later number: from then on nobody waits.
        assert [odd.code for odd in found.findings if odd.seconds > 15 * 60] == []


def test_a_silent_feed_makes_no_idle_counter(sqlite_url: str) -> None:
    with world(sqlite_url) as w:
        w.send(w.item("counter.opened", None, -95, counter="1"))
        w.send(*w.life("A3-001", -80, -70, -69, -60), *w.life("A3-002", -30))
        w.clock.at += timedelta(hours=4)
        with w.store.write() as tx:
            own = sources.lock_own(tx, "mpp-uji", w.clock())
            step = Step("s", OPENED, "silent/dukcapil", w.clock(), SILENT, "dukcapil", "", MORNING)
            append(tx, own, MONDAY, [step])
        today = read(w)
        w.clock.at += timedelta(days=1)
        for found in (today, read(w)):
            one, two, _ = found.counters
            assert (one.open_s, one.serving_s) == (95 * 60, 10 * 60)
            assert (one.idle_s, one.utilisation, two.known) == (None, None, False)
            # Until the feed fell silent A3-002 waited for 30 minutes, A3-001 for ten before its call.
            assert [(odd.code, odd.seconds / 60) for odd in one.findings] == [("open_without_serving", 40)]


def test_who_did_not_come_and_is_called_again_is_not_served_in_between(sqlite_url: str) -> None:
    with world(sqlite_url) as w:
        w.send(w.item("counter.opened", None, -95, counter="1"), *w.life("A3-001", -80, -70))
        w.send(w.item("ticket.no_show", "A3-001", -65, counter="1"))
        w.send(w.item("ticket.called", "A3-001", -10, counter="1"))
        assert read(w).counters[0].serving_s == 10 * 60
        w.send(w.item("ticket.no_show", "A3-001", -5, counter="1"))
        assert read(w).counters[0].serving_s == 0


def test_a_hold_leaves_the_use_of_both_its_counters_unknown(sqlite_url: str) -> None:
    with world(sqlite_url) as w:
        w.send(*(w.item("counter.opened", None, -95, counter=c) for c in "123"))
        w.send(*w.life("A3-001", -80, -70, -69))
        w.send(w.item("ticket.held", "A3-001", -65, counter="1"))
        w.send(w.item("ticket.resumed", "A3-001", -10, counter="2"))
        w.send(w.item("ticket.finished", "A3-001", -5, counter="2"))
        assert [(c.serving_s, c.utilisation) for c in read(w).counters] == [(None, None)] * 2 + [(0, 0)]


def test_what_is_usual_comes_from_the_days_before_and_of_this_service_alone(database_url: str) -> None:
    with world(database_url) as w:
        for n in range(30):
            w.send(*w.life(f"A3-{n:03d}", -60, -50, -50, -45))
        w.clock.at += timedelta(days=1)
        w.send(*w.life("A3-900", -60, -50, -50, -45), *w.life("A3-901", -44, -43, -42, -10))
        w.send(*w.life("A1-902", -44, -43, -42, -10, counter="2", service="ktp"))
        one, two, *_ = read(w, day=date(2026, 11, 24)).counters
        assert [(odd.code, odd.numbers) for odd in one.findings] == [("long_service", ("A3-901",))]
        assert two.findings == ()


def test_a_day_is_read_without_the_log_of_other_days(sqlite_url: str) -> None:
    asked: list[tuple[str, Any]] = []
    with world(sqlite_url) as w:
        work(w)
        sqlalchemy_event.listen(
            w.store.engine,
            "before_cursor_execute",
            lambda c, _cursor, sql, parameters, _context, _many: asked.append((sql, parameters)),
        )
        read(w)
        with w.store.read() as tx:
            plans = {
                str(step[3])
                for sql, parameters in list(asked)
                if "FROM events" in sql or "FROM legs" in sql
                for step in tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)
            }
    assert len(plans) >= 2
    assert not [plan for plan in plans if plan.startswith("SCAN")]
    assert any("ix_events_at" in plan for plan in plans), (
        "a day by its instants, not by a counter's whole past"
    )
