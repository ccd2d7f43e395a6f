"""A counter's state from its events, and the board's word for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest

from counters import events as e
from counters.states import (
    STATES,
    UNATTENDED_S,
    WORDS,
    CounterState,
    Desk,
    apply,
    overtaken,
    presence,
    word,
)

OPENS = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""08.00 WIB on a Monday."""


def at(minutes: float) -> datetime:
    return OPENS + timedelta(minutes=minutes)


def event(kind, minutes, **values):
    return kind(
        **{"id": f"{kind.__name__}-{minutes}", "at": at(minutes), "agency": "pln", "counter": "1", **values}
    )


def told(*events):
    return reduce(apply, events, None)


OPENED = event(e.CounterOpened, 0)
PAUSED = event(e.CounterPaused, 60, reason="prayer")
RESUMED = event(e.CounterResumed, 80)
CLOSED = event(e.CounterClosed, 420)


def test_the_latest_state_event_decides():
    assert told(OPENED) == CounterState("open", at(0), None, at(0), 0, OPENED.id, at(0))
    assert told(OPENED, PAUSED) == CounterState("paused", at(60), "prayer", at(60), 1, PAUSED.id, at(60))
    assert told(OPENED, PAUSED, RESUMED) == CounterState("open", at(80), None, at(80), 2, RESUMED.id, at(80))
    assert told(OPENED, CLOSED) == CounterState(
        "closed", at(420), None, at(420), 3, CLOSED.id, at(0), at(420)
    )
    assert told(OPENED, PAUSED, RESUMED, CLOSED).state == "closed"
    assert told(CLOSED, RESUMED, PAUSED, OPENED).state == "closed"


def test_a_late_event_moves_nothing_but_is_heard():
    found = told(CLOSED, event(e.CounterHeartbeat, 430), PAUSED)
    assert (found.state, found.since, found.last_seen) == ("closed", at(420), at(430))


def test_a_heartbeat_says_only_that_it_is_there():
    beat = event(e.CounterHeartbeat, 5)
    assert told(beat) == CounterState("unknown", None, None, at(5))
    opened = CounterState("open", at(0), None, at(5), 0, OPENED.id, at(0))
    assert told(beat, OPENED) == told(OPENED, beat) == opened


def closed(minutes):
    return event(e.CounterClosed, minutes)


def test_a_closing_that_is_told_again_is_the_same_one():
    found = told(OPENED, closed(100), closed(130), event(e.CounterHeartbeat, 140), closed(160))
    assert (found.state, found.opened, found.begun, found.since) == ("closed", at(0), at(100), at(160))
    assert told(OPENED, closed(160), closed(100)).begun == at(100)
    again = told(OPENED, closed(100), closed(130), RESUMED, event(e.CounterResumed, 150), closed(170))
    assert (again.opened, again.begun) == (at(150), at(170))
    assert told(closed(100), closed(130)).opened is None
    assert told(OPENED, PAUSED).begun == at(60)


def test_who_was_at_work_between_two_closings_is_overtaken():
    events = [closed(10), closed(40), closed(50)]
    late = event(e.CounterOpened, 30)
    found = told(*events)
    assert not any(overtaken(found, other) for other in (OPENED, closed(30), event(e.CounterOpened, 60)))
    assert overtaken(found, late)
    assert not overtaken(None, late)
    found = apply(found, late)
    assert (found.state, found.opened, found.begun) == ("closed", at(30), at(50))
    assert reduce(apply, events, found) == told(*events, late, *events) == told(closed(10), late, *events[1:])


def test_silence_is_age():
    assert presence(None, at(0), 60) == "never"
    assert presence(told(OPENED), at(1), 60) == "live"
    assert presence(told(OPENED), at(1.01), 60) == "silent"
    assert presence(told(OPENED), at(999), None) == "live"


DAY = Desk(day_start=at(-480), opens_at=at(0), closes_at=at(420))


def says(state, minutes, **known):
    return word(state, replace(DAY, **known), at(minutes))


def test_before_opening_and_after_closing_it_is_closed():
    assert says(None, -1) == "closed"
    assert says(None, 0) == "not_opened"
    assert says(None, 420) == "closed"
    assert says(told(OPENED, CLOSED), 425) == "closed"
    assert says(None, 60, opens_at=None) == "closed"


def test_what_was_yesterday_says_nothing_of_today():
    yesterday = event(e.CounterOpened, -1440)
    assert says(told(yesterday), -1) == "closed"
    assert says(told(yesterday), 11) == "not_opened"
    assert says(told(yesterday, event(e.CounterHeartbeat, 1)), 11) == "not_opened"


def test_heard_of_but_never_opened():
    assert says(told(event(e.CounterHeartbeat, 5)), 11) == "unknown"
    assert says(told(event(e.CounterHeartbeat, 5)), -1) == "closed"


def test_no_news_is_unknown_whatever_was_said_last():
    assert says(told(OPENED), 30, silent=True, ticket_since=at(20)) == "unknown"


def test_a_ticket_at_it_is_service_whatever_else_is_missing():
    assert says(told(OPENED), 30, ticket_since=at(20)) == "serving"
    assert says(None, 30, ticket_since=at(20)) == "serving"
    assert says(None, 430, ticket_since=at(415)) == "serving"


def test_a_pause_that_came_after_the_ticket_counts():
    paused = told(OPENED, PAUSED)
    assert says(paused, 65, ticket_since=at(55)) == "paused"
    assert says(paused, 65, ticket_since=at(62)) == "serving"
    assert says(told(OPENED, CLOSED), 425, ticket_since=at(400)) == "closed"


def test_paused_without_an_officer_is_unattended():
    assert says(told(OPENED, PAUSED), 65) == "paused"
    assert says(told(OPENED, replace(PAUSED, reason="no_officer")), 65) == "unattended"


def test_an_open_counter_nobody_waits_for_is_ready():
    assert says(told(OPENED), 300) == "ready"


@pytest.mark.parametrize("known", ["opened", "last_end", "waits_since"])
def test_unattended_after_five_minutes_with_somebody_waiting(known):
    """The minutes count from the last of: it opened, its last ticket ended, somebody began to wait."""
    state = told(event(e.CounterOpened, 100 if known == "opened" else 0))
    last_end = at(100) if known == "last_end" else None
    waits_since = at(100) if known == "waits_since" else at(10)
    assert says(state, 104.9, last_end=last_end, waits_since=waits_since) == "ready"
    assert says(state, 105, last_end=last_end, waits_since=waits_since) == "unattended"
    assert UNATTENDED_S == 300


def test_a_source_without_counter_events_shows_them_by_its_tickets():
    assert says(None, 32, last_end=at(30), waits_since=at(10)) == "ready"
    assert says(None, 36, last_end=at(30), waits_since=at(10)) == "unattended"
    assert says(None, 430, last_end=at(400)) == "closed"
    assert says(None, 36, last_end=at(-700)) == "not_opened"


def test_every_word_is_reachable():
    cases = [
        says(told(OPENED), 30, ticket_since=at(20)),
        says(told(OPENED), 30),
        says(told(OPENED), 30, waits_since=at(1)),
        says(told(OPENED, PAUSED), 65),
        says(None, 30),
        says(None, -1),
        says(None, 30, silent=True),
    ]
    assert tuple(cases) == WORDS
    assert {told(OPENED).state, told(PAUSED).state, told(CLOSED).state, "unknown"} == set(STATES)
