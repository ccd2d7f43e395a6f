"""The clocks: real, moved, and the living one of the demo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest

from mpp.now import LINGER, LivingNow, Now

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def daily(at):
    """Every day from 8 to 16."""
    day = at.replace(hour=8, minute=0, second=0, microsecond=0)
    while day + 8 * HOUR <= at:
        day += timedelta(days=1)
    return day, day + 8 * HOUR


def at(clock, seconds):
    """What a clock shows so many real seconds after its start."""
    passed = patch("mpp.now.time.monotonic", return_value=clock.anchor + seconds)
    with patch("mpp.now.time.time", return_value=clock.anchor + seconds), passed:
        return clock()


def living(*given, **named):
    """A living clock made 0 seconds after its start."""
    passed = patch("mpp.now.time.monotonic", return_value=given[1])
    with patch("mpp.now.time.time", return_value=given[1]), passed:
        return LivingNow(*given, **named)


def test_the_real_clock_is_not_its_own():
    assert not Now().own
    assert Now.starting_at(NINE).own


def test_a_moved_clock_runs_faster_and_stands_still_at_its_end():
    clock = Now(NINE, 1000.0, 60, NINE + HOUR)
    assert at(clock, 30) == NINE + timedelta(minutes=30)
    assert at(clock, 90) == NINE + HOUR


def test_a_living_clock_goes_on_with_the_next_stretch():
    clock = living(NINE, 1000.0, after=daily)
    assert clock.own
    assert clock.end is None
    assert at(clock, 3600) == NINE + HOUR
    assert at(clock, 7 * 3600) == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert at(clock, 15 * 3600 + 60) == datetime(2026, 11, 25, 8, 1, tzinfo=UTC)


@pytest.mark.parametrize("speed", [1, 60])
def test_two_processes_agree_whatever_they_were_asked_before(speed):
    asked, fresh = (living(NINE, 1000.0, speed, after=daily) for _ in range(2))
    shown = [at(asked, second * 997) for second in range(200)]
    assert shown == sorted(shown)
    assert at(fresh, 199 * 997) == shown[-1]
    assert at(asked, 500) == at(living(NINE, 1000.0, speed, after=daily), 500)
    assert all(8 <= one.hour < 16 for one in shown)


def test_a_clock_that_begins_outside_stays_there_for_a_while():
    begin = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
    clock = living(begin, 1000.0, after=daily)
    assert at(clock, 600) == begin + timedelta(minutes=10)
    assert at(clock, LINGER.total_seconds()) == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def test_without_any_stretch_it_just_runs():
    clock = living(NINE, 1000.0, after=lambda _at: None)
    assert at(clock, 9 * 3600) == NINE + 9 * HOUR


def test_it_never_goes_back_when_the_machines_clock_is_put_back():
    began = 1000.0
    clock = living(NINE, began, after=daily)
    shown = []
    for passed, off in ((60, 0), (120, -86_400), (180, 86_400), (240, 0)):
        passes = patch("mpp.now.time.monotonic", return_value=began + passed)
        with patch("mpp.now.time.time", return_value=began + passed + off), passes:
            shown.append(clock())
    assert shown == [NINE + timedelta(minutes=minutes) for minutes in (1, 2, 3, 4)]


def test_a_later_process_takes_up_the_clock_where_the_machines_clock_has_it():
    passed = patch("mpp.now.time.monotonic", return_value=5.0)
    with patch("mpp.now.time.time", return_value=1600.0), passed:
        assert LivingNow(NINE, 1000.0, after=daily)() == NINE + timedelta(minutes=10)


def test_a_living_clock_needs_its_beginning():
    with pytest.raises(ValueError, match="begins"):
        LivingNow()()
