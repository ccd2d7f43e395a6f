"""What holds for every set of ticket events."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from queues.events import LEG_STATES, OUTCOMES, Leg
from queues.quality import FINDINGS, findings
from queues.tickets import fold
from queues.waiting import times, verdict
from tests.queues.build import BreakClock
from tests.rules.strategies import (
    MORNING,
    agencies,
    instants,
    plain_events,
    reported_steps,
    rows_of_one_leg,
    ticket_events,
)

MAKASSAR = ZoneInfo("Asia/Makassar")
CLOCK = BreakClock(MORNING + timedelta(minutes=2), MORNING + timedelta(minutes=4))


@settings(max_examples=400)
@given(st.data(), st.lists(ticket_events, max_size=9), reported_steps, agencies, st.none() | instants)
def test_order_and_repetition_change_nothing(data, events, steps, listed, until):
    again = data.draw(st.lists(st.sampled_from(events), max_size=4)) if events else []
    shuffled = data.draw(st.permutations([*events, *again]))
    options = {"ticket": "t", "steps": steps, "agencies": listed, "until": until}
    assert fold(shuffled, **options) == fold(events, **options)


@settings(max_examples=200)
@given(st.data(), st.lists(rows_of_one_leg, min_size=2, max_size=5), st.none() | instants)
def test_one_version_of_a_row_counts_in_any_order(data, rows, until):
    shuffled = data.draw(st.permutations(rows))
    assert fold(shuffled, ticket="t", until=until) == fold(rows, ticket="t", until=until)


@settings(max_examples=400)
@given(st.lists(ticket_events, max_size=9), reported_steps, agencies)
def test_legs_make_sense(events, steps, listed):
    legs = fold(iter(events), ticket="t", steps=steps, agencies=listed)
    assert [leg.leg for leg in legs] == sorted({leg.leg for leg in legs})
    assert bool(legs) == bool(events)
    for leg in legs:
        check(leg)
        measured = times(leg, CLOCK)
        assert all(value is None or value >= 0 for value in (measured.wait_s, measured.wait_work_s))
        assert all(value is None or value >= 0 for value in (measured.service_s, measured.lost_work_s))
        assert measured.wait_s is None or measured.lost_work_s is None
        assert verdict(leg, measured, 1800, MORNING, CLOCK) in (True, False, None)
        assert set(findings(leg, measured, MAKASSAR)) <= set(FINDINGS)


def check(leg: Leg) -> None:
    assert leg.state in LEG_STATES
    ended = leg.state == "ended"
    assert (leg.ended_at is not None, leg.outcome is not None, leg.end_by is not None) == (ended,) * 3
    assert not ended or leg.since == leg.ended_at
    assert leg.outcome is None or leg.outcome in OUTCOMES
    assert leg.result is None or leg.outcome in ("served", "cancelled")
    assert (leg.start_at is None) == (leg.start_by is None)
    assert leg.start_at is None or leg.state in ("serving", "held", "ended")
    assert leg.outcome != "no_show" or leg.start_at is None
    assert leg.held_s >= 0
    assert leg.findings == tuple(sorted(set(leg.findings)))
    assert set(leg.findings) <= set(FINDINGS)


@settings(max_examples=300)
@given(st.lists(plain_events, max_size=9), instants, reported_steps)
def test_until_is_the_fold_of_what_had_happened(events, moment, steps):
    past = [event for event in events if event.at <= moment]
    assert fold(events, ticket="t", steps=steps, until=moment) == fold(past, ticket="t", steps=steps)


@settings(max_examples=200)
@given(st.lists(ticket_events, max_size=9), reported_steps)
def test_until_the_end_of_time_hides_nothing(events, steps):
    last = datetime.max.replace(tzinfo=UTC)
    assert fold(events, ticket="t", steps=steps, until=last) == fold(events, ticket="t", steps=steps)


@settings(max_examples=200)
@given(st.lists(ticket_events, max_size=9), instants)
def test_nothing_of_the_future_shows(events, moment):
    for leg in fold(events, ticket="t", until=moment):
        shown = (leg.issued_at, leg.checked_in_at, leg.called_at, leg.start_at, leg.ended_at, leg.since)
        assert all(instant is None or instant <= moment for instant in shown)


@settings(max_examples=100)
@given(st.lists(ticket_events, max_size=6), st.integers(-20, 20))
def test_a_leg_does_not_depend_on_when_in_history_it_was(events, hours):
    """Moving every instant moves the legs and changes nothing else: no hidden clock."""
    near = [
        event for event in events if all(abs(at - MORNING) < timedelta(hours=1) for at in instants_of(event))
    ]
    by = timedelta(hours=hours)
    assert fold([shift(event, by) for event in near], ticket="t") == tuple(
        shift(leg, by) for leg in fold(near, ticket="t")
    )


def instants_of(value):
    return [
        getattr(value, name) for name in value.__dataclass_fields__ if type(getattr(value, name)) is datetime
    ]


def shift(value, by):
    names = [name for name in value.__dataclass_fields__ if type(getattr(value, name)) is datetime]
    return replace(value, **{name: getattr(value, name) + by for name in names})
