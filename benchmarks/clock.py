"""Working seconds: how many intervals a second the clock of the example's hours counts."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from time import perf_counter

from queues.clock import Break, Calendar, DateRange, DayPlan, WorkClock

HOUR = 3600
INTERVALS = 300_000


def calendar() -> Calendar:
    """Monday to Friday with breaks, Friday prayer, a Ramadan and ten holidays."""
    day = DayPlan((8 * HOUR, 15 * HOUR), (Break((12 * HOUR, 13 * HOUR)),))
    friday = DayPlan((8 * HOUR, 14 * HOUR + 1800), (Break((11 * HOUR + 1800, 13 * HOUR), "friday_prayer"),))
    ramadan = DateRange(
        date(2026, 2, 18), date(2026, 3, 19), (DayPlan((8 * HOUR, 14 * HOUR)),) * 5 + (DayPlan(),) * 2
    )
    holidays = tuple((date(2026, month, 17), "libur") for month in range(1, 11))
    return Calendar("Asia/Jakarta", (day,) * 4 + (friday, DayPlan(), DayPlan()), (ramadan,), holidays)


def measure(longest: timedelta) -> float:
    """Intervals per second, for intervals of up to ``longest`` spread over a year."""
    rng = random.Random(1)
    year = datetime(2026, 1, 1, tzinfo=UTC)
    starts = [year + timedelta(seconds=rng.random() * 365 * 86_400) for _ in range(INTERVALS)]
    pairs = [(start, start + rng.random() * longest) for start in starts]
    clock = WorkClock(calendar())
    begun = perf_counter()
    for start, end in pairs:
        clock.seconds(start, end)
    return INTERVALS / (perf_counter() - begun)


def main() -> None:
    """Print the figures."""
    for name, longest in (("same day", timedelta(hours=4)), ("few days", timedelta(days=4))):
        print(f"clock: {name:9} {measure(longest):>12,.0f} intervals/s (mark 200,000)")


if __name__ == "__main__":
    main()
