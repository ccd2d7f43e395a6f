"""The clock against a count made minute by minute, and the words it has for the day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from queues.clock import Break, Calendar, DateRange, DayPlan, DayState, WorkClock, segments

HOUR = 3600
MINUTE = timedelta(minutes=1)
ZONES = (
    "Asia/Jakarta",
    "Asia/Makassar",
    "Asia/Jayapura",
    "Europe/Warsaw",
    "Asia/Jerusalem",
    "America/Sao_Paulo",
)
# Around these days the clocks change in one of the zones above (Sao Paulo's at midnight).
DST_DAYS = (date(2026, 3, 27), date(2026, 3, 29), date(2026, 10, 25), date(2018, 11, 4), date(2018, 2, 18))
# What the clock remembers is cut into blocks; here one ends and the next begins.
BLOCK_EDGE = date(1970, 1, 1) + timedelta(days=32 * 640)

WEEKDAY = DayPlan((8 * HOUR, 15 * HOUR), (Break((12 * HOUR, 13 * HOUR)),))
FRIDAY = DayPlan((8 * HOUR, 14 * HOUR + 1800), (Break((11 * HOUR + 1800, 13 * HOUR), "friday_prayer"),))
SHUT = DayPlan()
RAMADAN = DateRange(
    date(2027, 2, 8), date(2027, 3, 9), (DayPlan((8 * HOUR, 14 * HOUR)),) * 5 + (SHUT,) * 2, "Ramadan"
)
JAKARTA = Calendar(
    "Asia/Jakarta",
    (WEEKDAY, WEEKDAY, WEEKDAY, WEEKDAY, FRIDAY, SHUT, SHUT),
    (
        DateRange(
            date(2027, 2, 8), date(2027, 3, 9), (DayPlan((8 * HOUR, 14 * HOUR)),) * 5 + (SHUT,) * 2, "Ramadan"
        ),
    ),
    ((date(2026, 12, 25), "Natal"),),
)


def at(text: str, zone: str = "Asia/Jakarta") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


# --- the count to compare with: does the zone's clock, never turned back, show a working minute?


@cache
def minutes_shown(zone: str, start: datetime, minutes: int) -> tuple[datetime, ...]:
    """What a clock shows at each minute from ``start`` when it waits instead of going back."""
    shown: list[datetime] = []
    local = ZoneInfo(zone)
    for minute in range(minutes):
        now = (start + minute * MINUTE).astimezone(local).replace(tzinfo=None)
        shown.append(max(now, shown[-1]) if shown else now)
    return tuple(shown)


def works(calendar: Calendar, shown: datetime) -> bool:
    day, second = shown.date(), shown.hour * HOUR + shown.minute * 60
    assert calendar.week is not None
    if any(held == day for held, _ in calendar.holidays):
        return False
    plan = calendar.week[day.weekday()]
    for held in calendar.ranges:
        if held.first <= day <= held.last:
            plan = held.week[day.weekday()]
    if plan.open is None or not plan.open[0] <= second < plan.open[1]:
        return False
    return not any(stop.span[0] <= second < stop.span[1] for stop in plan.breaks)


def counted(calendar: Calendar, start: datetime, end: datetime) -> float:
    """Working seconds by looking at every minute from a day before ``start``."""
    origin = start.replace(second=0, microsecond=0) - timedelta(days=1)
    minutes = int((end - origin) / MINUTE) + 1
    total = timedelta()
    for index, shown in enumerate(minutes_shown(calendar.zone, origin, minutes)):
        first, last = max(origin + index * MINUTE, start), min(origin + (index + 1) * MINUTE, end)
        if first < last and works(calendar, shown):
            total += last - first
    return total.total_seconds()


minute_of_day = st.integers(0, 24 * 60).map(lambda minute: minute * 60)
spans = st.tuples(minute_of_day, minute_of_day)
plans = st.builds(
    DayPlan,
    st.none() | spans | st.just((0, 24 * HOUR)),
    st.lists(st.builds(Break, spans, st.sampled_from(("break", "friday_prayer"))), max_size=3).map(tuple),
)
weeks = st.tuples(*[plans] * 7)
days = st.sampled_from((*DST_DAYS, BLOCK_EDGE, BLOCK_EDGE)).flatmap(
    lambda d: st.integers(-5, 5).map(lambda n: d + timedelta(days=n))
)
ranges = st.builds(
    lambda first, length, week: DateRange(first, first + timedelta(days=length), week),
    days,
    st.integers(0, 6),
    weeks,
)
calendars = st.builds(
    Calendar,
    st.sampled_from(ZONES),
    weeks,
    st.lists(ranges, max_size=2).map(tuple),
    st.lists(st.tuples(days, st.just("")), max_size=2).map(tuple),
)
instants = st.builds(
    lambda day, second, us: (
        datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=second, microseconds=us)
    ),
    days,
    st.integers(0, 86_399),
    st.integers(0, 999_999),
)
lengths = st.integers(0, 120) | st.integers(0, 2 * 86_400) | st.integers(0, 16 * 86_400)
ALL_DAY = Calendar("Europe/Warsaw", (DayPlan((0, 24 * HOUR)),) * 7)


@settings(max_examples=120, deadline=None)
@given(calendars, instants, lengths)
@example(ALL_DAY, at("2026-03-29T00:00:00", "Europe/Warsaw"), 86_400)
@example(ALL_DAY, at("2026-10-25T00:00:00", "Europe/Warsaw"), 2 * 86_400)
def test_as_many_seconds_as_counted_by_the_minute(calendar: Calendar, start: datetime, length: int) -> None:
    end = start + timedelta(seconds=length)
    assert WorkClock(calendar).seconds(start, end) == pytest.approx(counted(calendar, start, end), abs=1e-6)


@settings(max_examples=200, deadline=None)
@given(calendars, instants, st.floats(0.001, 30 * 86_400))
def test_add_is_the_first_instant_it_is_done(calendar: Calendar, start: datetime, work: float) -> None:
    clock = WorkClock(calendar)
    end = clock.add(start, work)
    if end is None:
        assert clock.seconds(start, start + timedelta(days=3_600)) < work
    else:
        assert clock.seconds(start, end) == pytest.approx(work, abs=1e-6)
        assert clock.seconds(start, end - timedelta(microseconds=2)) < clock.seconds(start, end)


@settings(max_examples=100, deadline=None)
@given(calendars, instants, lengths, lengths)
def test_intervals_add_up(calendar: Calendar, start: datetime, first: int, second: int) -> None:
    clock = WorkClock(calendar)
    middle = start + timedelta(seconds=first)
    end = middle + timedelta(seconds=second)
    assert clock.seconds(start, middle) + clock.seconds(middle, end) == pytest.approx(
        clock.seconds(start, end)
    )


@settings(max_examples=100, deadline=None)
@given(calendars, instants)
def test_a_state_holds_until_it_changes_and_only_open_works(calendar: Calendar, instant: datetime) -> None:
    clock = WorkClock(calendar)
    state = clock.state(instant)
    assert state.until is not None
    assert instant < state.until
    just_before = clock.state(state.until - timedelta(microseconds=1))
    assert just_before.name == state.name
    work = clock.seconds(instant, state.until)
    assert work == (pytest.approx((state.until - instant).total_seconds()) if state.name == "open" else 0)


# --- worked by hand


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("2026-11-23T09:00:00", "2026-11-23T09:41:00", 41 * 60),
        ("2026-11-23T11:50:00", "2026-11-23T13:10:00", 20 * 60),  # over the break
        ("2026-11-23T07:30:00", "2026-11-23T08:05:00", 5 * 60),  # before opening
        ("2026-11-23T14:55:00", "2026-11-23T19:00:00", 5 * 60),  # past closing
        ("2026-11-27T11:00:00", "2026-11-27T13:30:00", HOUR),  # Friday prayer
        ("2026-11-27T14:00:00", "2026-11-30T08:30:00", HOUR),  # over the weekend
        ("2026-12-25T08:00:00", "2026-12-25T15:00:00", 0),  # Christmas
        ("2027-02-08T12:00:00", "2027-02-08T15:00:00", 2 * HOUR),  # Ramadan: no break, until 14.00
        ("2026-11-23T10:00:00", "2026-11-23T09:00:00", 0),  # backwards
    ],
)
def test_by_hand(start: str, end: str, seconds: int) -> None:
    assert WorkClock(JAKARTA).seconds(at(start), at(end)) == seconds


def test_parts_of_a_second_are_kept() -> None:
    start = at("2026-11-23T11:59:59.250000")
    assert WorkClock(JAKARTA).seconds(start, start + timedelta(hours=1, seconds=2)) == 2.0
    assert WorkClock(JAKARTA).seconds(start, start + timedelta(seconds=5)) == 0.75
    assert WorkClock(JAKARTA).add(start, 0.75) == at("2026-11-23T12:00:00")


def test_without_hours_working_time_is_wall_time() -> None:
    clock = WorkClock(Calendar("Asia/Jerusalem"))
    start = at("2026-02-10T23:00:00.5", "Asia/Jerusalem")
    assert clock.seconds(start, start + timedelta(hours=9, milliseconds=5)) == 9 * HOUR + 0.005
    assert clock.add(start, 60) == start + MINUTE
    assert clock.closing(date(2026, 2, 10)) == at("2026-02-11T00:00:00", "Asia/Jerusalem")
    assert clock.open_span(date(2026, 2, 10)) == (
        at("2026-02-10T00:00:00", "Asia/Jerusalem"),
        at("2026-02-11T00:00:00", "Asia/Jerusalem"),
    )
    assert clock.state(start) == DayState("open")
    assert clock.next_opening(start) is None


def test_the_day_is_the_zones_own() -> None:
    assert WorkClock(JAKARTA).day_of(datetime(2026, 11, 23, 17, 30, tzinfo=UTC)) == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("instant", "name", "until", "opening"),
    [
        ("2026-11-23T07:59:59", "before", "2026-11-23T08:00:00", "2026-11-23T08:00:00"),
        ("2026-11-23T08:00:00", "open", "2026-11-23T12:00:00", "2026-11-24T08:00:00"),
        ("2026-11-23T12:30:00", "break", "2026-11-23T13:00:00", "2026-11-24T08:00:00"),
        ("2026-11-23T15:00:00", "closed", "2026-11-24T00:00:00", "2026-11-24T08:00:00"),
        ("2026-11-27T12:00:00", "friday_prayer", "2026-11-27T13:00:00", "2026-11-30T08:00:00"),
        ("2026-11-28T10:00:00", "shut", "2026-11-29T00:00:00", "2026-11-30T08:00:00"),
        ("2026-12-25T10:00:00", "holiday", "2026-12-26T00:00:00", "2026-12-28T08:00:00"),
    ],
)
def test_states_of_a_day(instant: str, name: str, until: str, opening: str) -> None:
    clock = WorkClock(JAKARTA)
    state = clock.state(at(instant))
    assert (state.name, state.until) == (name, at(until))
    assert clock.next_opening(at(instant)) == at(opening)


@pytest.mark.parametrize(
    ("instant", "begun"),
    [
        ("2026-11-23 07:59:59", None),
        ("2026-11-23 08:00:00", "2026-11-23 08:00:00"),
        ("2026-11-23 11:59:59", "2026-11-23 08:00:00"),
        ("2026-11-23 12:00:00", "2026-11-23 12:00:00"),
        ("2026-11-23 13:00:00", "2026-11-23 13:00:00"),
        ("2026-11-23 14:59:59", "2026-11-23 13:00:00"),
        ("2026-11-23 15:00:00", None),
        ("2026-11-28 10:00:00", None),
    ],
)
def test_when_a_stretch_began(instant, begun):
    assert WorkClock(JAKARTA).begun(at(instant)) == (None if begun is None else at(begun))


def test_without_hours_no_stretch_begins():
    assert WorkClock(Calendar("Asia/Jakarta")).begun(at("2026-11-23 10:00")) is None


def test_reasons() -> None:
    clock = WorkClock(JAKARTA)
    assert clock.state(at("2026-12-25T10:00:00")).reason == "Natal"
    assert clock.state(at("2027-02-10T10:00:00")).reason == "Ramadan"
    assert clock.open_span(date(2026, 12, 25)) is None
    assert clock.closing(date(2026, 12, 25)) == at("2026-12-26T00:00:00")


def test_the_last_of_two_ranges_wins() -> None:
    day = date(2027, 2, 10)
    shut = DateRange(day, day, (SHUT,) * 7, "Pindahan")
    calendar = Calendar("Asia/Jakarta", JAKARTA.week, (RAMADAN, shut))
    assert WorkClock(calendar).open_span(day) is None
    assert WorkClock(calendar).state(at("2027-02-10T10:00:00")).reason == "Pindahan"


def test_every_hour_around_a_blocks_edge_is_counted() -> None:
    for zone in ZONES:
        clock = WorkClock(Calendar(zone, (DayPlan((0, 24 * HOUR)),) * 7))
        edge = datetime(BLOCK_EDGE.year, BLOCK_EDGE.month, BLOCK_EDGE.day, tzinfo=UTC)
        for hour in range(-48, 48):
            assert clock.seconds(edge + timedelta(hours=hour), edge + timedelta(hours=hour + 1)) == HOUR


def test_a_place_that_never_opens() -> None:
    clock = WorkClock(Calendar("Asia/Jakarta", (SHUT,) * 7))
    noon = at("2026-11-23T12:00:00")
    assert clock.seconds(noon, noon + timedelta(days=30)) == 0
    assert clock.add(noon, 1) is None
    assert clock.next_opening(noon) is None


def test_breaks_overlap_and_stick_out() -> None:
    plan = DayPlan(
        (8 * HOUR, 15 * HOUR),
        (
            Break((7 * HOUR, 9 * HOUR)),
            Break((11 * HOUR, 13 * HOUR)),
            Break((12 * HOUR, 13 * HOUR), "friday_prayer"),
            Break((14 * HOUR, 13 * HOUR)),
            Break((14 * HOUR, 16 * HOUR)),
        ),
    )
    assert segments(plan) == (
        (8 * HOUR, 9 * HOUR, "break"),
        (9 * HOUR, 11 * HOUR, "open"),
        (11 * HOUR, 12 * HOUR, "break"),
        (12 * HOUR, 13 * HOUR, "friday_prayer"),
        (13 * HOUR, 14 * HOUR, "open"),
        (14 * HOUR, 15 * HOUR, "break"),
    )


def test_hours_that_begin_in_a_skipped_hour_begin_at_the_change() -> None:
    warsaw = Calendar("Europe/Warsaw", (DayPlan((2 * HOUR + 1800, 4 * HOUR)),) * 7)
    assert WorkClock(warsaw).open_span(date(2026, 3, 29)) == (
        datetime(2026, 3, 29, 1, tzinfo=UTC),
        datetime(2026, 3, 29, 2, tzinfo=UTC),
    )


def test_far_ends_of_the_calendar_do_no_harm() -> None:
    clock = WorkClock(JAKARTA)
    late = datetime(9999, 12, 31, 23, tzinfo=UTC)
    assert clock.seconds(late, datetime.max.replace(tzinfo=UTC)) == 0
    assert clock.add(late, 10**9) is None
    assert WorkClock(Calendar("Asia/Jakarta")).add(late, 10**9) is None
    early = datetime.min.replace(tzinfo=UTC)
    assert clock.seconds(early, early + MINUTE) == 0


def test_a_naive_instant_is_refused() -> None:
    naive = datetime(2026, 11, 23, 9)  # noqa: DTZ001
    with pytest.raises(TypeError):
        WorkClock(JAKARTA).seconds(naive, naive)


def test_threads_share_one_clock() -> None:
    clock = WorkClock(JAKARTA)
    start = at("2026-01-01T00:00:00")
    ends = [start + timedelta(hours=7 * n) for n in range(1_000)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda end: clock.seconds(start, end), ends))
    alone = WorkClock(JAKARTA)
    assert together == [alone.seconds(start, end) for end in ends]
