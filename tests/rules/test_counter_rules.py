"""What holds for every set of counter events."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce

from hypothesis import given, settings
from hypothesis import strategies as st

from counters import events as e
from counters.states import STATES, WORDS, Desk, apply, merge, overtaken, word
from tests.rules.strategies import ids, instants

KINDS = (e.CounterOpened, e.CounterPaused, e.CounterResumed, e.CounterClosed, e.CounterHeartbeat)
counter_events = st.one_of(
    [
        st.builds(
            kind,
            id=ids,
            at=instants,
            agency=st.just("pln"),
            counter=st.just("1"),
            **({"reason": st.sampled_from([*e.PAUSE_REASONS, ""])} if kind is e.CounterPaused else {}),
        )
        for kind in KINDS
    ]
)


def folded(events):
    """As the intake does: from where a counter was overtaken, its events are applied once more."""
    state, again = None, []
    for event in events:
        if overtaken(state, event):
            again.append(event.at)
        state = apply(state, event)
    return reduce(apply, [event for event in events if again and event.at >= min(again)], state)


@settings(max_examples=300)
@given(st.data(), st.lists(counter_events, min_size=1, max_size=8))
def test_order_and_repetition_change_nothing(data, events):
    again = data.draw(st.lists(st.sampled_from(events), max_size=4))
    shuffled = data.draw(st.permutations([*events, *again]))
    state = folded(events)
    assert folded(shuffled) == state
    assert state is not None
    assert state.state in STATES
    assert state.last_seen == max(event.at for event in events)
    told = [event.at for event in events if type(event) is not e.CounterHeartbeat]
    assert state.since == max(told, default=None)
    at_work = [event.at for event in events if type(event) not in (e.CounterHeartbeat, e.CounterClosed)]
    assert state.opened == max(at_work, default=None)
    closings = [event.at for event in events if type(event) is e.CounterClosed]
    since = [at for at in closings if state.opened is None or at >= state.opened]
    assert state.closed_from == min(since, default=None)


@settings(max_examples=200)
@given(st.lists(counter_events, min_size=1, max_size=5), st.lists(counter_events, min_size=1, max_size=5))
def test_two_sources_say_together_what_one_would_have_said(one, other):
    both = folded([*one, *other])
    first, second = folded(one), folded(other)
    assert both is not None
    assert first is not None
    assert second is not None
    merged = merge(first, second)
    assert merge(second, first) == merged
    assert replace(merged, closed_from=both.closed_from) == both
    if merged.closed_from != both.closed_from:
        # One was at work between two closings of the other.
        assert both.opened is not None
        assert both.closed_from is not None
        assert any(
            s.closed_from and s.closed_from < both.opened < (s.since or s.last_seen) for s in (first, second)
        )
        assert both.closed_from < merged.closed_from <= both.since


@settings(max_examples=200)
@given(
    st.lists(counter_events, max_size=5),
    st.builds(
        Desk,
        day_start=instants,
        opens_at=st.none() | instants,
        closes_at=st.none() | instants,
        ticket_since=st.none() | instants,
        waits_since=st.none() | instants,
        last_end=st.none() | instants,
        silent=st.booleans(),
    ),
    instants,
)
def test_there_is_a_word_for_everything(events, desk, now):
    assert word(reduce(apply, events, None), desk, now) in WORDS


def test_the_edges_of_time_are_instants_like_any_other():
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    opened = e.CounterOpened(id="a", at=first, agency="pln", counter="1")
    state = apply(None, opened)
    desk = Desk(day_start=first, opens_at=first, waits_since=first)
    assert (word(state, desk, first), word(state, desk, first + timedelta(minutes=5))) == (
        "ready",
        "unattended",
    )
    assert word(state, desk, last) == "unattended"
