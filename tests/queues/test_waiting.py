"""Measures of legs, the promise, percentiles and the histogram."""

from __future__ import annotations

import json
import math
import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queues import events as e
from queues.waiting import Histogram, Times, mean, percentile, times, verdict, waits_from
from tests.queues.build import BreakClock, WallClock, at, event, leg

WALL = WallClock()
ISSUED = event(e.TicketIssued, 0)
CALLED = event(e.Called, 9)
STARTED = event(e.ServiceStarted, 10)
FINISHED = event(e.ServiceFinished, 15)
SERVED = leg(ISSUED, CALLED, STARTED, FINISHED)


def test_a_served_leg():
    noon = BreakClock(at(2), at(6))
    assert times(SERVED, noon) == Times(wait_s=600, wait_work_s=360, service_s=300)


def test_holds_are_no_service():
    held = leg(ISSUED, STARTED, event(e.Held, 11), event(e.Resumed, 13), FINISHED)
    assert times(held, WALL).service_s == 180


@pytest.mark.parametrize(("early_s", "wait"), [(0, 0), (1, 0), (10, 0), (10.001, None), (3600, None)])
def test_a_start_just_before_the_issue_is_a_wait_of_nothing(early_s, wait):
    found = times(leg(event(e.TicketIssued, 10 + early_s / 60), STARTED, FINISHED), WALL)
    assert (found.wait_s, found.wait_work_s, found.service_s) == (wait, wait, 300)


@pytest.mark.parametrize(
    "told",
    [
        leg(CALLED, STARTED),
        leg(event(e.TicketIssued, 0, booked=True), STARTED),
        leg(event(e.TicketIssued, 0, booked=True), event(e.Cancelled, 90)),
    ],
)
def test_a_wait_from_nowhere_is_unknown(told):
    found = times(told, WALL)
    assert waits_from(told) is None
    assert (found.wait_s, found.wait_work_s, found.lost_work_s) == (None, None, None)
    assert verdict(told, found, 60, at(999), WALL) is None


def test_a_service_needs_a_start_and_an_end():
    assert (
        times(leg(ISSUED, CALLED, FINISHED, steps=("issued", "called", "finished")), WALL).service_s is None
    )
    assert times(leg(ISSUED, STARTED, steps=("issued", "started")), WALL).service_s is None
    assert times(leg(ISSUED, FINISHED), WALL).service_s is None
    assert times(leg(ISSUED, STARTED, event(e.Cancelled, 12)), WALL).service_s is None
    assert times(leg(ISSUED, FINISHED, event(e.ServiceStarted, 16)), WALL).service_s is None
    row = event(e.Observed, 60, issued_at=at(0), started_at=at(10), outcome="served")
    assert times(leg(row), WALL) == Times(wait_s=600, wait_work_s=600)


def test_a_wait_that_led_nowhere():
    noon = BreakClock(at(2), at(6))
    assert times(leg(ISSUED, event(e.Cancelled, 20)), noon) == Times(lost_work_s=960)
    assert times(leg(ISSUED, CALLED, event(e.NoShow, 20)), noon) == Times(lost_work_s=300)
    assert times(leg(ISSUED, CALLED), noon) == Times()


class TestVerdict:
    @staticmethod
    def of(*told, promise=600, now=30):
        found = leg(*told)
        return verdict(found, times(found, WALL), promise, at(now), WALL)

    def test_a_start_is_within_the_promise_or_not(self):
        assert self.of(ISSUED, STARTED) is True
        assert self.of(ISSUED, STARTED, promise=599) is False

    def test_without_a_promise_there_is_none(self):
        assert self.of(ISSUED, STARTED, promise=None) is None

    def test_who_still_waits_counts_once_the_promise_is_over(self):
        assert self.of(ISSUED, now=10) is None
        assert self.of(ISSUED, now=11) is False

    def test_who_was_called_in_time_waited_to_the_call(self):
        assert self.of(ISSUED, CALLED, now=30) is None
        assert self.of(ISSUED, event(e.Called, 11), now=30) is False

    def test_who_gave_up_counts_if_the_promise_was_over(self):
        assert self.of(ISSUED, event(e.Cancelled, 10, reason="left")) is None
        assert self.of(ISSUED, event(e.Cancelled, 11, reason="left")) is False
        assert self.of(ISSUED, event(e.DayClosed, 600), now=900) is False
        assert self.of(ISSUED, CALLED, event(e.NoShow, 20)) is None
        assert self.of(ISSUED, event(e.Called, 11), event(e.NoShow, 20)) is False

    def test_a_transfer_before_the_service_counts_too(self):
        assert self.of(ISSUED, event(e.Transferred, 11, to_service="ktp")) is False

    def test_working_time_decides(self):
        clock = BreakClock(at(1), at(25))
        found = leg(ISSUED)
        assert verdict(found, times(found, clock), 600, at(34), clock) is None
        assert verdict(found, times(found, clock), 600, at(35), clock) is False

    def test_a_start_too_early_to_be_true_is_outside(self):
        assert self.of(event(e.TicketIssued, 12), STARTED) is None


def test_the_example_of_hyndman_and_fan():
    """Type 7 puts rank q (n - 1) between its neighbours."""
    values = [1.0, 2.0, 4.0, 8.0]
    assert [percentile(values, q) for q in (0, 0.5, 0.9, 1)] == [1, 3, pytest.approx(6.8), 8]
    assert percentile([7], 0.9) == 7


def test_nothing_has_no_statistics():
    assert percentile([], 0.5) is None
    assert mean([]) is None
    assert (Histogram().mean, Histogram().quantile(0.5)) == (None, None)


@pytest.mark.parametrize("q", [-0.1, 1.1, 90, math.nan])
def test_a_quantile_lies_between_nothing_and_all(q):
    with pytest.raises(ValueError, match="between 0 and 1"):
        percentile([1.0], q)
    with pytest.raises(ValueError, match="between 0 and 1"):
        Histogram().quantile(q)


seconds = st.floats(0, 1e6)


@settings(max_examples=100)
@given(st.lists(seconds, min_size=1, max_size=50), st.floats(0, 1))
def test_percentiles_are_those_of_numpy(values, q):
    assert percentile(sorted(values), q) == pytest.approx(
        float(np.percentile(values, q * 100)), rel=1e-9, abs=1e-9
    )


@settings(max_examples=100)
@given(st.lists(seconds, min_size=1, max_size=50), st.floats(0, 1))
def test_a_histogram_is_within_one_percent(values, q):
    kept = Histogram()
    for value in values:
        kept.add(value)
    exact = percentile(sorted(values), q)
    assert kept.quantile(q) == pytest.approx(exact, rel=0.0101, abs=1)
    assert kept.mean == pytest.approx(mean(values), abs=0.001)
    assert kept.count == len(values)


@settings(max_examples=100)
@given(st.lists(seconds, max_size=20), st.lists(seconds, max_size=20))
def test_days_add_up_whatever_the_order(one, other):
    def of(values):
        kept = Histogram()
        for value in values:
            kept.add(value)
        return kept

    both = [*one, *other]
    random.Random(1).shuffle(both)
    assert of(one).merge(of(other)) == of(other).merge(of(one)) == of(both)
    assert Histogram.from_dict(json.loads(json.dumps(of(both).to_dict()))) == of(both)


@pytest.mark.parametrize("value", [-0.001, math.nan, math.inf])
def test_only_durations_are_counted(value):
    with pytest.raises(ValueError, match="cannot be counted"):
        Histogram().add(value)


def test_a_damaged_histogram_is_not_read():
    with pytest.raises(ValueError, match="bins hold another number"):
        Histogram.from_dict({"n": 3, "ms": 10, "bins": {"1": 2}})


def test_a_mean_does_not_depend_on_the_order():
    values = [1e16, 1.0, -1e16, 1.0]
    assert mean(values) == mean(reversed(values)) == 0.5


def test_held_longer_than_served_is_unknown():
    assert times(replace(SERVED, held_s=301.0), WALL).service_s is None
