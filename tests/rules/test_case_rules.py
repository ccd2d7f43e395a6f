"""Cases hold together whatever their events say, in whatever order and however often."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from counters import completion as c
from queues.clock import Break, Calendar, DayPlan, WorkClock

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
WORKDAY = DayPlan((8 * 3600, 15 * 3600), (Break((12 * 3600, 13 * 3600)),))
CLOCK = WorkClock(Calendar("Asia/Jakarta", (WORKDAY,) * 5 + (DayPlan(),) * 2))

instants = st.integers(0, 6).map(lambda hours: MORNING + timedelta(hours=hours))
words = st.sampled_from([None, "kk", "ktp"])
COMMON: dict[str, Any] = {
    "id": st.sampled_from(["a", "b", "c", "d"]),
    "at": instants,
    "agency": st.just("dukcapil"),
    "service": st.sampled_from(["kk", "ktp"]),
    "number": words,
    "due": st.sampled_from([None, "2026-11-24"]),
}
case_events = st.one_of(
    st.builds(c.CaseReceived, **COMMON),
    st.builds(c.CaseCompleted, **COMMON, result=words),
    st.builds(c.CaseRefused, **COMMON, reason=words),
    st.builds(c.CaseCollected, **COMMON),
    st.builds(c.CaseUndone, **COMMON, undoes=st.sampled_from(["a", "b", "c", "d"])),
)
tickets = st.none() | st.builds(
    c.Accepted, at=instants, agency=st.just("dukcapil"), service=st.just("kk"), number=words, due=words
)


@given(st.lists(case_events, max_size=8), tickets, st.randoms(), st.integers(1, 3))
def test_order_and_repetition_tell_the_same_case(events, ticket, random, times):
    found = c.fold(events, ticket)
    mixed = events * times
    random.shuffle(mixed)
    assert c.fold(mixed, ticket) == found


@given(st.lists(case_events, max_size=8), tickets)
def test_a_case_holds_together(events, ticket):
    found = c.fold(events, ticket)
    if found is None:
        assert ticket is None
        return
    assert found.state in c.STATES
    assert set(found.findings) <= set(c.FINDINGS)
    assert (found.state == "open") == (found.ended_at is None)
    assert found.state != "collected" or found.collected_at is not None
    assert found.reason is None or found.state == "refused"
    if found.ended_at is not None and "ended_early" not in found.findings:
        assert found.ended_at >= found.received_at
    if ticket is not None:
        assert found.received_at == ticket.at


@given(st.lists(case_events, max_size=8), tickets, st.randoms())
def test_what_is_undone_never_was(events, ticket, random):
    """Taking back every press leaves what the ticket alone told."""
    fresh = [
        replace(event, id=f"{n}") for n, event in enumerate(events) if not isinstance(event, c.CaseUndone)
    ]
    undone = [
        c.CaseUndone(id=f"u{event.id}", at=MORNING, agency="dukcapil", service="kk", undoes=event.id)
        for event in fresh
    ]
    mixed = fresh + undone
    random.shuffle(mixed)
    assert c.fold(mixed, ticket) == c.fold([], ticket)


@given(st.integers(0, 40), st.integers(1, 30))
def test_working_days_are_counted_and_counted_back(start, ahead):
    day = date(2026, 11, 23) + timedelta(days=start)
    last = CLOCK.serving_day(day, ahead)
    assert last is not None
    assert CLOCK.open_span(last) is not None
    assert CLOCK.serving_days(day, last) == ahead
    by_hand, left = day, ahead
    while left:
        by_hand += timedelta(days=1)
        left -= by_hand.weekday() < 5
    assert last == by_hand


@given(st.integers(-200, 200), st.integers(0, 60))
def test_one_word_holds_at_every_instant(hours, days):
    due = CLOCK.closing(date(2026, 11, 23) + timedelta(days=days))
    now = due + timedelta(hours=hours, seconds=1)
    found = c.standing("open", None, due, now, CLOCK)
    assert (found.word == "overdue") == (now > due)
    assert found.days is not None
    assert found.days >= 0
    assert found.word != "due_today" or found.days == 0
    assert found.seconds is not None
    assert found.seconds >= 0
