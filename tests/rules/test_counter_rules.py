"""What holds for every set of counter events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import reduce

from hypothesis import given, settings
from hypothesis import strategies as st

from counters import events as e
from counters.states import STATES, WORDS, Desk, apply, merge, word
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


@settings(max_examples=300)
@given(st.data(), st.lists(counter_events, min_size=1, max_size=8))
def test_order_and_repetition_change_nothing(data, events):
    again = data.draw(st.lists(st.sampled_from(events), max_size=4))
    shuffled = data.draw(st.permutations([*events, *again]))
    state = reduce(apply, events, None)
    assert reduce(apply, shuffled, None) == state
    assert state is not None
    assert state.state in STATES
    assert state.last_seen == max(event.at for event in events)
    told = [event.at for event in events if type(event) is not e.CounterHeartbeat]
    assert state.since == max(told, default=None)


@settings(max_examples=200)
@given(st.lists(counter_events, min_size=1, max_size=5), st.lists(counter_events, min_size=1, max_size=5))
def test_two_sources_say_together_what_one_would_have_said(one, other):
    both = reduce(apply, [*one, *other], None)
    first, second = reduce(apply, one, None), reduce(apply, other, None)
    assert first is not None
    assert second is not None
    assert merge(first, second) == both
    assert merge(second, first) == both


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
