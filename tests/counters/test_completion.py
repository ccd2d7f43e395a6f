"""Cases, one sentence each; what holds for all of them is in tests/rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from counters.completion import (
    Accepted,
    CaseCollected,
    CaseCompleted,
    CaseReceived,
    CaseRefused,
    CaseUndone,
    due_at,
    fold,
    on_time_share,
    promised_at,
    promised_day,
    standing,
)
from queues.clock import Calendar, WorkClock
from tests.world import WEEK

CLOCK = WorkClock(WEEK)
MONDAY = datetime(2026, 11, 23, 2, 40, tzinfo=UTC)  # 09.40 WIB


def at(hours: float = 0) -> datetime:
    return MONDAY + timedelta(hours=hours)


def event(kind: Any, hours: float, **given: Any) -> Any:
    given = {"id": f"{kind.__name__}{hours}", "agency": "dukcapil", "service": "kk"} | given
    return kind(at=at(hours), **given)


TICKET = Accepted(at=MONDAY, agency="dukcapil", service="kk", number="A3-001", due="2026-11-24")


def test_a_case_goes_from_receipt_to_collection():
    told = fold([event(CaseReceived, 0, number="B-1", due="2026-11-25"), event(CaseCompleted, 20)])
    assert told is not None
    assert (told.state, told.received_at, told.ended_at, told.due) == (
        "completed",
        at(),
        at(20),
        "2026-11-25",
    )
    more = [event(CaseReceived, 0), event(CaseCompleted, 20), event(CaseCollected, 30)]
    collected = fold(more)
    assert collected is not None
    assert (collected.state, collected.ended_at, collected.collected_at) == ("collected", at(20), at(30))


def test_a_ticket_opens_a_case_and_events_go_on_with_it():
    alone = fold([], TICKET)
    assert alone is not None
    assert (alone.state, alone.number, alone.due, alone.told) == ("open", "A3-001", "2026-11-24", False)
    told = fold([event(CaseReceived, 0.01), event(CaseCompleted, 5)], TICKET)
    assert told is not None
    assert (told.received_at, told.number, told.due, told.told) == (at(), "A3-001", "2026-11-24", True)
    assert told.findings == ()


@pytest.mark.parametrize(
    ("events", "state", "finding"),
    [
        ([(CaseCompleted, 1)], "completed", "receipt_missing"),
        ([(CaseReceived, 0), (CaseCollected, 1)], "collected", "completion_missing"),
        ([(CaseReceived, 0), (CaseCollected, 1), (CaseCompleted, 2)], "collected", "collected_early"),
        ([(CaseCompleted, -1), (CaseReceived, 0)], "completed", "ended_early"),
        ([(CaseReceived, 0), (CaseCompleted, 1), (CaseRefused, 2)], "refused", "answered_twice"),
        ([(CaseReceived, 0), (CaseReceived, 1)], "open", "received_again"),
    ],
)
def test_what_cannot_be_is_a_finding(events, state, finding):
    told = fold([event(kind, hours) for kind, hours in events])
    assert told is not None
    assert (told.state, told.findings) == (state, (finding,))


def test_a_refused_case_stays_refused_when_its_papers_are_fetched():
    told = fold([event(CaseReceived, 0), event(CaseRefused, 1, reason="mismatch"), event(CaseCollected, 2)])
    assert told is not None
    assert (told.state, told.reason, told.collected_at) == ("refused", "mismatch", at(2))


def test_a_slip_is_taken_back():
    received, done = event(CaseReceived, 0), event(CaseCompleted, 1)
    told = fold([received, done, event(CaseUndone, 2, undoes=done.id)])
    assert told is not None
    assert told.state == "open"
    assert fold([received, event(CaseUndone, 2, undoes=received.id)]) is None


def test_a_day_means_its_closing_and_an_instant_itself():
    assert due_at("2026-11-23", CLOCK) == datetime(2026, 11, 23, 8, tzinfo=UTC)  # 15.00 WIB
    assert due_at("2026-11-22", CLOCK) == datetime(2026, 11, 22, 17, tzinfo=UTC)  # a Sunday: 24.00
    assert due_at("2026-11-23T11:00:00+07:00", CLOCK) == datetime(2026, 11, 23, 4, tzinfo=UTC)
    with pytest.raises(ValueError, match="no zone"):
        due_at("2026-11-23T11:00:00", CLOCK)


def test_promises_run_in_working_time():
    friday = datetime(2026, 11, 27, 7, tzinfo=UTC)  # 14.00 WIB
    assert promised_day(friday, 3, CLOCK) == date(2026, 12, 2)
    assert promised_at(friday, 120, CLOCK) == datetime(2026, 11, 30, 2, tzinfo=UTC)  # Monday 09.00


def test_how_a_case_stands():
    due = due_at("2026-11-25", CLOCK)
    running = standing("open", None, due, MONDAY, CLOCK)
    assert (running.word, running.days) == ("running", 2)
    today = standing("open", None, due, due - timedelta(hours=2), CLOCK)
    assert (today.word, today.days, today.seconds) == ("due_today", 0, 7200)
    late = standing("open", None, due, due + timedelta(days=5), CLOCK)  # Monday, the weekend between
    assert (late.word, late.days) == ("overdue", 3)
    assert standing("open", None, None, MONDAY, CLOCK).word == "no_due"
    assert standing("completed", due, due, MONDAY, CLOCK).on_time is True
    assert standing("completed", due + timedelta(seconds=1), due, MONDAY, CLOCK).on_time is False
    assert standing("completed", due, None, MONDAY, CLOCK).on_time is None
    assert standing("refused", due, due, MONDAY, CLOCK).on_time is None


def test_the_due_is_what_was_told_last_with_a_receipt():
    first = event(CaseReceived, 0, id="z", due="2026-11-24", arrived=1)
    mended = event(CaseReceived, 0, id="a", due="2026-11-26", arrived=2)
    late = event(CaseCompleted, 99, due="2027-01-01", arrived=3)
    for told in ([first, mended, late], [late, mended, first]):
        found = fold(told)
        assert found is not None
        assert (found.due, found.findings) == ("2026-11-26", ())
    beside = fold([late], TICKET)
    assert beside is not None
    assert beside.due == TICKET.due


def test_what_was_only_told_as_collected_late_is_not_judged():
    due = due_at("2026-11-25", CLOCK)
    after = due + timedelta(days=1)
    assert standing("collected", after, due, after, CLOCK, completion_missing=True).on_time is None
    assert standing("collected", due, due, after, CLOCK, completion_missing=True).on_time is True
    assert standing("collected", after, due, after, CLOCK).on_time is False


def test_due_at_midnight_is_due_on_the_day_before():
    always = WorkClock(Calendar("Asia/Jakarta"))
    due = due_at("2026-11-23", always)
    assert standing("open", None, due, MONDAY, always).word == "due_today"


def test_what_lies_late_counts_as_late():
    assert on_time_share(3, 3, 0) == 1
    assert on_time_share(3, 3, 1) == 0.75
    assert on_time_share(0, 0, 0) is None
