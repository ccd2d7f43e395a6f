"""What needs action, rule by rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mpp.live.board import build
from mpp.live.conditions import conditions
from mpp.live.facts import LiveFacts
from mpp.live.model import RULES, Condition
from mpp.mall.model import Source
from tests.world import MORNING, World, alone, small_mall, world


def holding(w: World) -> list[Condition]:
    facts = LiveFacts(w.store).read(w.clock())
    assert facts is not None
    found = conditions(facts, build(facts, w.clock()))
    assert {one.rule for one in found} <= set(RULES)
    return sorted(found, key=lambda one: RULES.index(one.rule))


def rules(w: World) -> list[str]:
    return [one.rule for one in holding(w)]


def only(w: World) -> Condition:
    (found,) = holding(w)
    return found


def at(minutes: float) -> datetime:
    return MORNING + timedelta(minutes=minutes)


def opened(w: World, *counters: str, minutes: float = -95) -> None:
    w.send(*(w.item("counter.opened", None, minutes, counter=c) for c in counters))


@pytest.fixture
def w(sqlite_url):
    with world(sqlite_url, alone()) as made:
        yield made


def test_feeds_never_heard_of_are_one_condition(sqlite_url):
    opening = MORNING - timedelta(minutes=100)
    with world(sqlite_url) as w:
        both = ("Dukcapil", "Samsat")
        assert only(w) == Condition("silent", since=opening, waiting=2, names=both)
        w.clock.at = opening + timedelta(minutes=9)
        assert holding(w) == []
        w.clock.at = opening + timedelta(minutes=10)
        assert only(w).names == both
        w.send()
        assert [(one.rule, one.names) for one in holding(w)] == [("not_opened", ()), ("silent", ("Samsat",))]
        facts = LiveFacts(w.store).read(w.clock())
        assert facts is not None
        # A replay cannot tell who spoke on days before its own.
        past = replace(facts, mode="replay")
        assert {one.names for one in conditions(past, build(past, w.clock()))} == {()}
        w.clock.at = opening + timedelta(hours=8)
        assert holding(w) == []


@pytest.mark.parametrize("given", [{"kind": "file"}, {"required": False}])
def test_what_is_imported_or_not_required_is_not_waited_for(sqlite_url, given):
    feeds = tuple(replace(source, **given) for source in small_mall().sources)
    with world(sqlite_url, small_mall(sources=feeds)) as w:
        assert ([one.state for one in w.board().agencies], holding(w)) == (["silent"] * 2, [])


def test_all_calm(w):
    opened(w, "1")
    w.send(*w.life("A3-001", -5), *w.life("A3-002", -6, -2, -2, counter="1"))
    assert holding(w) == []


def test_not_opened_heads_the_list_with_nobody_waiting(w):
    w.send()
    opening = MORNING - timedelta(minutes=100)
    assert only(w) == Condition("not_opened", "dukcapil", since=opening, due=opening, waiting=0)
    w.send(*w.life("A3-001", -60))
    assert rules(w) == ["not_opened"]
    w.clock.at = opening + timedelta(minutes=9)
    assert holding(w) == []


def test_who_opened_and_closed_again_has_opened(w):
    opened(w, "1", "2", "3")
    w.send(*w.life("A3-001", -90, -80, -80, -70, counter="1"))
    w.send(*(w.item("counter.closed", None, -15, counter=c) for c in "123"))
    board = w.board()
    one = board.agencies[0]
    assert (one.state, one.since, board.totals.not_opened, board.totals.open) == ("closed", at(-15), (), 0)
    assert holding(w) == []
    w.send(*w.life("A3-002", -9))
    assert (w.agency().state, w.agency().reason) == ("filling", "nobody_serving")
    assert only(w) == Condition("nobody_serving", "dukcapil", since=at(-9), waiting=1)
    w.send(*w.life("A3-003", -40))
    assert w.agency().state == "over"
    assert rules(w) == ["nobody_serving"]


def test_who_closed_without_having_served_has_opened(w):
    opened(w, "1", minutes=-50)
    w.send(w.item("counter.closed", None, -1, counter="1"))
    assert (w.agency().state, holding(w)) == ("closed", [])


def test_a_counter_that_closed_before_the_opening_has_not_opened(w):
    opened(w, "1", minutes=-120)
    w.send(w.item("counter.closed", None, -110, counter="1"))
    assert rules(w) == ["not_opened"]


def test_the_quota_is_used_and_all_closed(sqlite_url):
    mall = alone()
    first = mall.agencies[0]
    first = replace(first, services=tuple(replace(s, quota=1) for s in first.services))
    with world(sqlite_url, replace(mall, agencies=(first, mall.agencies[1]))) as w:
        opened(w, "1", "2", "3")
        w.send(*w.life("A3-001", -90, -80, -80, -70), *w.life("A1-001", -80, -70, -70, -60, service="ktp"))
        assert w.agency().state == "quota_used"
        w.send(*(w.item("counter.closed", None, -15, counter=c) for c in "123"))
        assert (w.agency().state, w.board().totals.not_opened, holding(w)) == ("quota_used", (), [])


@pytest.mark.parametrize("counters", [2, None])
def test_readings_never_say_which_counter_has_not_opened(w, counters):
    w.send(w.item("queue.reading", None, -1, service="kk", waiting=4, open_counters=counters))
    board = w.board()
    assert {c.state for c in board.counters if c.agency == "dukcapil"} == {"unknown"}
    assert board.totals.counters_not_opened == 0
    assert (board.agencies[0].state, rules(w)) == ("calm", [])


def test_nobody_serves_since_the_last_one_stopped(w):
    opened(w, "1", "2")
    w.send(*w.life("A3-001", -60, -50, -50, -30, counter="1"), *w.life("A3-002", -59), *w.life("A3-003", -9))
    assert rules(w) == ["nobody_serving"]
    assert only(w) == Condition("nobody_serving", "dukcapil", since=at(-30), waiting=2)
    w.send(w.item("counter.closed", None, -12, counter="2"))
    assert only(w).since == at(-12)
    w.send(*w.life("A3-004", -20, -1, counter="1"))
    assert rules(w) == ["over"]


def test_nobody_serves_since_the_first_came_where_that_was_later(w):
    opened(w, "1")
    w.send(*w.life("A3-001", -7))
    assert only(w).since == at(-7)


@pytest.mark.parametrize("reason", ["break", "meeting", "no_officer", "other", "quota_used"])
def test_a_pause_outside_the_hours_break_while_people_wait(w, reason):
    opened(w, "1")
    w.send(w.item("counter.paused", None, -6, counter="1", reason=reason), *w.life("A3-001", -20))
    found = only(w)
    # An officer who is away shows at the counter, not as a pause of the whole agency.
    told = None if reason == "no_officer" else reason
    assert (found.rule, found.since, found.reason) == ("nobody_serving", at(-6), told)


def test_nobody_waits_nobody_is_missed(w):
    opened(w, "1")
    w.send(w.item("counter.paused", None, -6, counter="1", reason="meeting"))
    assert holding(w) == []


def test_in_the_break_nobody_need_serve(w):
    opened(w, "1")
    w.clock.at = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
    w.send(w.item("counter.paused", None, -20, counter="1", reason="break"), *w.life("A3-001", -40))
    assert holding(w) == []
    w.clock.at += timedelta(minutes=31)
    w.send()
    found = only(w)
    assert (found.rule, found.since) == ("nobody_serving", datetime(2026, 11, 23, 6, 0, tzinfo=UTC))


def test_a_feed_that_tells_no_counters_tells_not_that_nobody_serves(w):
    calls = [w.item("ticket.called", "A3-001", -50), w.item("ticket.started", "A3-001", -50)]
    w.send(w.item("ticket.issued", "A3-001", -60), *calls, *w.life("A3-002", -3))
    assert (w.agency().state, w.agency().reason) == ("calm", None)
    assert w.agency().counters == {"unknown": 3}
    told = [
        w.item("counter.opened", None, -80, counter="1"),
        w.item("counter.closed", None, -55, counter="1"),
    ]
    w.send(*told)  # whom nobody places came after it closed
    assert w.agency().counters == {"closed": 1, "unknown": 2}
    assert holding(w) == []


def test_readings_tell_that_nobody_serves(w):
    w.send(w.item("queue.reading", None, -9, service="kk", waiting=4, open_counters=2))
    w.send(w.item("queue.reading", None, -1, service="kk", waiting=4, open_counters=0))
    assert only(w) == Condition("nobody_serving", "dukcapil", waiting=4)


@pytest.mark.parametrize("reason", ["central_system", "network_power", "out_of_forms"])
def test_a_broken_system_is_one_row(w, reason):
    opened(w, "1", "2")
    w.send(*w.life("A3-001", -60), *w.life("A3-P01", -40, priority="lansia"))
    w.send(*(w.item("counter.paused", None, -28, counter=c, reason=reason) for c in "12"))
    assert only(w) == Condition("system", "dukcapil", since=at(-28), waiting=2, reason=reason)


def test_priority_since_it_went_beyond_its_promise(w):
    opened(w, "1", "2", "3")
    w.send(*w.life("A3-009", -9, -8, -8, counter="1"))
    w.send(*w.life("A3-P01", -15, priority="lansia"))
    assert holding(w) == []
    w.send(*w.life("A3-P02", -24, priority="hamil"), *w.life("A1-P03", -40, priority="lansia", service="ktp"))
    found = only(w)
    # KTP has one promise for all (30 minutes): beyond since 10 minutes; KK's since 9.
    assert found == Condition(
        "priority", "dukcapil", since=at(-10), over=2, promise_s=1800, longest_since=at(-40), number="A1-P03"
    )


def test_a_forgotten_priority_ticket_opens_nothing(w):
    opened(w, "1")
    w.send(*w.life("A3-P01", -50, priority="lansia"))
    later = (w.life(f"A3-P1{n}", -40, -30, -30, -29 + n, priority="lansia") for n in range(6))
    w.send(*(item for life in later for item in life), *w.life("A3-030", -3, -2, -2))
    w.send(*w.life("A3-P30", -9, priority="lansia"))
    assert w.agency().over == 1
    assert holding(w) == []


def test_over_with_its_lever(w):
    opened(w, "1")
    w.send(w.item("counter.paused", None, -20, counter="2", reason="no_officer"))
    w.send(*w.life("A3-000", -9, -8, -8, counter="1"))
    w.send(
        *w.life("A3-001", -41),
        *w.life("A3-002", -35),
        *w.life("A3-003", -30),
        *w.life("A1-1", -32, service="ktp"),
    )
    assert only(w) == Condition(
        "over",
        "dukcapil",
        since=at(-11),
        over=3,
        excess_s=(11 + 5 + 2) * 60.0,
        promise_s=1800,
        longest_since=at(-41),
        number="A3-001",
        serving=1,
        planned=3,
        unattended=("Loket 2",),
        shut=("Loket 3",),
    )


def test_over_with_several_promises_names_none(sqlite_url):
    mall = alone()
    kk, ktp = mall.agencies[0].services
    first = replace(mall.agencies[0], services=(kk, replace(ktp, wait_s=600)))
    with world(sqlite_url, replace(mall, agencies=(first, mall.agencies[1]))) as w:
        opened(w, "1")
        w.send(*w.life("A3-000", -9, -8, -8), *w.life("A3-001", -41), *w.life("A1-1", -15, service="ktp"))
        found = only(w)
        assert (found.over, found.promise_s, found.since) == (2, None, at(-11))


def forgotten(w: World) -> None:
    """One counter that opened, one ticket that ten later ones overtook."""
    opened(w, "1", minutes=-150)
    w.send(*w.life("A3-001", -140))
    for n in range(2, 12):
        w.send(*w.life(f"A3-{n:03d}", -130 + n, -120 + 5 * n, -120 + 5 * n, -117 + 5 * n))


@pytest.mark.parametrize(
    ("kind", "data", "rule"),
    [
        ("counter.closed", {}, "nobody_serving"),
        ("counter.paused", {"reason": "meeting"}, "nobody_serving"),
        ("counter.paused", {"reason": "central_system"}, "system"),
    ],
)
def test_for_a_forgotten_ticket_alone_nobody_is_missed(w, kind, data, rule):
    w.clock.at = MORNING + timedelta(hours=1)
    forgotten(w)
    w.send(w.item(kind, None, -20, counter="1", **data))
    assert holding(w) == []
    w.send(*w.life("A3-020", -9))
    found = only(w)
    assert (found.rule, found.waiting) == (rule, 1)


def test_one_forgotten_ticket_opens_nothing(w):
    opened(w, "1")
    w.send(*w.life("A3-001", -60))
    later = (w.life(f"A3-1{n}", -40, -30, -30, -29 + n) for n in range(6))
    w.send(*(item for life in later for item in life), *w.life("A3-030", -3, -2, -2))
    w.send(*w.life("A3-031", -9))
    assert (w.agency().over, w.agency().state) == (1, "calm")
    assert holding(w) == []


def test_priority_alone_is_said_once_and_beside_others_twice(w):
    opened(w, "1")
    w.send(*w.life("A3-000", -9, -8, -8), *w.life("A3-P01", -50, priority="lansia"))
    assert rules(w) == ["priority"]
    w.send(*w.life("A3-001", -33))
    priority, over = holding(w)
    assert (priority.over, over.over, over.since, over.number) == (1, 1, at(-3), "A3-001")


def test_over_counts_whom_its_promise_is_for(w):
    opened(w, "1", "2", "3")
    w.send(*w.life("A3-001", -90, -1, -1), *w.life("A3-100", -32))
    w.send(*w.life("A3-P01", -17, priority="lansia"), *w.life("A3-P02", -17, priority="lansia"))
    priority, over = holding(w)
    assert (priority.over, priority.promise_s, priority.number) == (2, 900, "A3-P01")
    assert (over.over, over.promise_s, over.number, over.excess_s) == (1, 1800, "A3-100", 120.0)
    assert w.agency().over == 3


def test_priority_visitors_of_one_promise_for_all_count_with_everybody(w):
    opened(w, "1")
    w.send(*w.life("A3-000", -9, -8, -8), *w.life("A1-001", -35, service="ktp"))
    w.send(*w.life("A1-P01", -40, priority="lansia", service="ktp"))
    priority, over = holding(w)
    assert (priority.over, over.over, over.promise_s, over.number) == (1, 2, 1800, "A1-P01")


def test_over_leaves_forgotten_tickets_out(w):
    opened(w, "1", "2")
    w.send(*w.life("A3-001", -90), *w.life("A3-002", -89))
    for n in range(3, 13):
        w.send(*w.life(f"A3-{n:03d}", -88 + n * 5, -80 + n * 5, -80 + n * 5, -78 + n * 5, counter="2"))
    w.send(*w.life("A3-030", -2, -1, -1), *w.life("A3-020", -35))
    found = only(w)
    assert (found.rule, found.over, found.number, found.excess_s) == ("over", 1, "A3-020", 300.0)
    assert w.agency().over == 3


def afternoon(w: World, served: int, waiting: int) -> None:
    """At 14.00: services of ten minutes each, one counter, closing at 15.00."""
    w.clock.at = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    opened(w, "1")
    for n in range(served):
        w.send(*w.life(f"A3-{n:03d}", -90, -60 - n, -60 - n, -50 - n))
    w.send(*w.life("A3-900", -29, -1, -1))
    w.send(*(i for n in range(waiting) for i in w.life(f"A3-9{n + 1:02d}", -9)))


def test_unfinished_before_closing(w):
    afternoon(w, 5, 8)
    closing = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert only(w) == Condition(
        "unfinished",
        "dukcapil",
        waiting=8,
        serving=1,
        planned=3,
        due=closing + timedelta(minutes=20),
        closes_at=closing,
    )
    w.clock.at -= timedelta(minutes=61)  # 12.59
    w.send()
    assert "unfinished" not in rules(w)


def test_forgotten_tickets_do_not_delay_the_end(w):
    afternoon(w, 5, 7)
    w.send(*w.life("A3-800", -200), *w.life("A3-801", -200), *w.life("A3-802", -200))
    assert w.agency().waiting == 10
    assert holding(w) == []


@pytest.mark.parametrize(("served", "waiting"), [(4, 8), (5, 7), (5, 0)])
def test_not_foretold_from_little_or_for_the_usual_end(w, served, waiting):
    afternoon(w, served, waiting)
    assert holding(w) == []


def test_the_expected_end_does_not_move_every_second(w):
    afternoon(w, 6, 9)
    ends = set()
    for _ in range(60):
        w.clock.at += timedelta(seconds=1)
        ends.add(only(w).due)
    assert len(ends) == 1


def rated(w: World, *scores: int, minutes: float = -5, **data) -> None:
    w.send(*(w.item("rating.given", None, minutes - n / 60, score=s, **data) for n, s in enumerate(scores)))


def test_ratings_that_turn_bad(w):
    opened(w, "1")
    rated(w, 4, 4, 1, 2)
    rated(w, 3, minutes=-20)
    assert holding(w) == []  # nothing to compare with
    rated(w, 4, 4, 4, 4, 4, minutes=-70)
    assert only(w) == Condition("ratings", "dukcapil", waiting=5, over=2)
    rated(w, 4, 4, 4, 4, minutes=-30)
    assert rules(w) == ["ratings"]
    rated(w, 4, minutes=-30)
    assert holding(w) == []


@pytest.mark.parametrize(("low", "rows"), [(2, 0), (3, 0), (4, 1), (5, 1)])
def test_the_first_answers_of_a_day_are_many_low_ones_or_no_news(w, low, rows):
    opened(w, "1")
    rated(w, *[1] * low, *[4] * (5 - low))
    assert rules(w) == ["ratings"] * rows


def test_a_row_about_ratings_never_tells_one_answer(w):
    """Row and figures move with whole batches, at whichever answer somebody looks."""
    opened(w, "1")
    seen = []
    for n, score in enumerate((1, 1, 4, 2, 1, 1, 4, 1, 2, 1, 1, 1)):
        rated(w, score, minutes=n / 60)
        seen.append([(found.waiting, found.over) for found in holding(w)])
    assert seen == [[]] * 4 + [[(5, 4)]] * 5 + [[(10, 8)]] * 3
    w.send()
    w.clock.at += timedelta(minutes=56)
    w.send()
    assert [(found.waiting, found.over) for found in holding(w)] == [(10, 8)]
    w.clock.at += timedelta(minutes=5)
    w.send()
    assert "ratings" not in rules(w)


def test_ratings_as_bad_as_all_day_are_no_news(w):
    opened(w, "1")
    rated(w, 1, 1, 1, 4, 4)
    rated(w, 1, 4, 4, 4, minutes=-70)
    assert rules(w) == []
    rated(w, 4, minutes=-65)
    assert rules(w) == ["ratings"]  # 60 % after 20 %
    rated(w, 1, 1, 1, 4, 4, minutes=-75)
    assert rules(w) == []  # and after 40 %


def test_ratings_that_were_bad_already_and_are_worse_now(w):
    opened(w, "1")
    rated(w, 1, 1, 1, 1, 1, 1, 4, 4, 4, 4, minutes=-70)
    rated(w, 1, 1, 1, 4, 4)
    assert rules(w) == []
    rated(w, 1, 1, 1, 1, 4, minutes=-20)  # 7 of 10, where twice the usual 60 % could never be
    assert rules(w) == ["ratings"]


def test_reports_of_fees_are_one_condition_that_names_nobody(w):
    opened(w, "1")
    rated(w, 1, minutes=-70, reasons=["unofficial_fee"])
    rated(w, 2, reasons=["unofficial_fee", "unfriendly"])
    assert only(w) == Condition("integrity", since=at(-70), over=2)


def test_a_silent_agency_has_no_other_row(w):
    opened(w, "1")
    w.send(*w.life("A3-001", -60))
    w.clock.at += timedelta(minutes=11)
    assert only(w) == Condition("silent", "dukcapil", since=MORNING, waiting=1)
    w.send()
    assert rules(w) == ["nobody_serving"]


def test_one_feed_of_many_agencies_is_silent_once(sqlite_url):
    both = Source("lobi", "Antrean lobi", ("dukcapil", "samsat"), expected_every_s=60)
    with world(sqlite_url, replace(small_mall(), sources=(both,))) as w:
        w.intake.accept("lobi", [])
        w.clock.at += timedelta(minutes=11)
        assert only(w) == Condition("silent", source="lobi", since=MORNING, waiting=2)


def test_a_feed_may_begin_the_day_a_little_late_and_a_file_is_no_feed(sqlite_url):
    with world(sqlite_url, alone()) as w:
        w.send()
        w.clock.at = MORNING + timedelta(days=1, minutes=-91)  # 08.09 of the next day
        assert holding(w) == []
        w.clock.at += timedelta(minutes=1)
        assert only(w) == Condition("silent", "dukcapil", since=MORNING, waiting=1)
        w.clock.at += timedelta(hours=7)
        assert holding(w) == []
    file = Source("dukcapil", "Berkas", ("dukcapil",), kind="file")
    with world(sqlite_url, replace(small_mall(), sources=(file,))) as w:
        w.send(*w.life("A3-001", -60, -50, -50, -40))
        assert (w.agency().state, holding(w)) == ("silent", [])


@pytest.mark.parametrize("hour", [0, 9, 12])
def test_outside_the_hours_nothing_holds(w, hour):
    opened(w, "1")
    w.send(*w.life("A3-001", -60))
    w.clock.at = datetime(2026, 11, 23, hour, 30, tzinfo=UTC)
    w.send()
    assert holding(w) == []
