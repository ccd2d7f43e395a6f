"""A line at an instant."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from queues.lines import FORGOTTEN_AFTER, FORGOTTEN_WAIT_S, Called, Line, Waiting, ahead, line
from queues.rules import WAITING_STATES
from tests.queues.build import BreakClock, WallClock, at

WALL = WallClock()


def waits(number, since, state="waiting", **values):
    return Waiting(number, state, at(since), **values)


def now(*legs, minute=60, promise=30, priority=None, worked=WALL, called=()):
    return line(
        legs,
        at(minute),
        promise_s=None if promise is None else promise * 60,
        promise_priority_s=None if priority is None else priority * 60,
        worked=worked,
        called=Called.of(called),
    )


def test_nobody():
    assert now() == Line(over=0, over_priority=0, excess_s=0.0, load=0.0)
    assert now(promise=None) == Line()


def test_a_line():
    found = now(
        waits("1", 20), waits("2", 25), waits("3", 55), waits("4", 10, "called"), waits("5", 5, "serving")
    )
    assert found == Line(
        waiting=4,
        uncalled=3,
        longest_s=2400,
        longest_number="1",
        longest_from=at(20),
        over=2,
        over_priority=0,
        excess_s=600 + 300,
        load=2400 / 1800,
    )


def test_the_promise_stops_at_a_break():
    found = now(waits("1", 20), worked=BreakClock(at(30), at(50)))
    assert (found.longest_s, found.over, found.load) == (2400, 0, 1200 / 1800)


def test_exactly_the_promise_is_kept():
    assert now(waits("1", 30)).over == 0
    assert now(waits("1", 29.9)).over == 1


def test_priority_has_its_own_promise():
    legs = (waits("1", 40), waits("P1", 42, priority="lansia"), waits("P2", 50, priority="hamil"))
    found = now(*legs, priority=15)
    assert (found.priority_waiting, found.over, found.over_priority, found.excess_s) == (2, 1, 1, 180)
    assert found.load == 18 / 15
    assert (found.longest_number, found.longest_from) == ("1", at(40))
    assert (found.priority_number, found.priority_longest_from) == ("P1", at(42))
    assert now(*legs).over == 0
    only = now(*legs, promise=None, priority=15)
    assert (only.over, only.over_priority) == (1, 1)


def test_without_a_promise_nothing_is_beyond_it():
    found = now(waits("1", 0), promise=None)
    assert (found.waiting, found.longest_s) == (1, 3600)
    assert (found.over, found.over_priority, found.excess_s, found.load) == (None, None, None, None)


def test_who_came_back_waits_but_was_called():
    found = now(waits("1", 0, returned=True), waits("2", 50))
    assert (found.waiting, found.uncalled, found.longest_number, found.over) == (2, 1, "2", 0)


def test_an_unknown_beginning_waits_for_nobody_knows_how_long():
    found = now(Waiting("1", "waiting", None), waits("2", 50))
    assert (found.waiting, found.longest_number, found.over) == (2, "2", 0)


def test_a_clock_ahead_of_ours_has_not_waited():
    found = now(waits("1", 61))
    assert (found.longest_s, found.load) == (0, 0)


class TestForgotten:
    LATER = tuple((at(minute), None) for minute in (21, 22, 23, 24, 25))

    def test_overtaken_by_later_numbers(self):
        found = now(waits("1", 20), waits("2", 28), called=self.LATER)
        assert found.forgotten == ("1",)
        assert (found.longest_number, found.load) == ("2", 32 / 30)
        assert (found.waiting, found.uncalled, found.over, found.excess_s) == (2, 2, 2, 120)

    def test_four_are_disorder(self):
        assert now(waits("1", 20), called=self.LATER[:4]).forgotten == ()
        assert len(self.LATER) == FORGOTTEN_AFTER

    def test_the_other_class_may_overtake(self):
        assert now(waits("1", 20), called=[(since, "lansia") for since, _ in self.LATER]).forgotten == ()

    def test_not_within_ten_minutes(self):
        assert now(waits("1", 20), called=self.LATER, minute=29).forgotten == ()
        assert now(waits("1", 20), called=self.LATER, minute=30).forgotten == ("1",)
        assert FORGOTTEN_WAIT_S == 600

    def test_alone_it_leads_nothing(self):
        found = now(waits("1", 20), called=self.LATER)
        assert (found.waiting, found.longest_s, found.load, found.excess_s, found.over) == (1, None, 0, 0, 1)


def test_people_ahead():
    first, second, third = waits("1", 10), waits("2", 20), waits("3", 20)
    old = waits("P1", 30, priority="lansia")
    called = waits("0", 5, "called")
    unknown = Waiting("9", "waiting", None)
    legs = [third, called, old, second, first, unknown]
    assert [ahead(legs, one) for one in (old, first, second, third)] == [0, 1, 2, 3]
    assert ahead(legs, called) is None
    assert ahead(legs, unknown) is None


legs_of_any_kind = st.builds(
    Waiting,
    number=st.sampled_from(["1", "2", "3", None]),
    state=st.sampled_from(["booked", "waiting", "waiting", "called", "serving", "held"]),
    wait_from=st.none() | st.integers(0, 80).map(at),
    priority=st.sampled_from([None, None, "lansia"]),
    returned=st.booleans(),
)


@settings(max_examples=300)
@given(
    st.lists(legs_of_any_kind, max_size=12),
    st.lists(st.tuples(st.integers(0, 80).map(at), st.sampled_from([None, "lansia"])), max_size=12),
    st.none() | st.integers(0, 40),
    st.none() | st.integers(0, 40),
)
def test_a_line_is_what_a_count_one_by_one_gives(legs, called, promise, priority):
    clock = BreakClock(at(20), at(40))
    found = now(*legs, promise=promise, priority=priority, worked=clock, called=called)
    uncalled = [leg for leg in legs if leg.state == "waiting" and not leg.returned]
    timed = [leg for leg in uncalled if leg.wait_from is not None]

    def promised(leg):
        return promise if leg.priority is None or priority is None else priority

    def forgotten(leg):
        later = sum(
            (name is None) == (leg.priority is None) and since > leg.wait_from for since, name in called
        )
        return later >= FORGOTTEN_AFTER and (at(60) - leg.wait_from).total_seconds() >= FORGOTTEN_WAIT_S

    beyond = [
        (leg, clock.seconds(leg.wait_from, at(60)) - promised(leg) * 60)
        for leg in timed
        if promised(leg) is not None and clock.seconds(leg.wait_from, at(60)) > promised(leg) * 60
    ]
    leading = [leg for leg in timed if not forgotten(leg)]
    assert found.waiting == sum(leg.state in WAITING_STATES for leg in legs)
    assert found.uncalled == len(uncalled)
    assert (found.over or 0) == len(beyond)
    assert (found.over_priority or 0) == sum(leg.priority is not None for leg, _ in beyond)
    assert (found.excess_s or 0) == sum(excess for leg, excess in beyond if not forgotten(leg))
    assert found.longest_from == min((leg.wait_from for leg in leading), default=None)
    assert len(found.forgotten) == len(timed) - len(leading)
    assert found.over_forgotten == sum(forgotten(leg) for leg, _ in beyond)
    overtaken = [leg for leg, _ in beyond if forgotten(leg)]
    assert found.over_forgotten_priority == sum(leg.priority is not None for leg in overtaken)
