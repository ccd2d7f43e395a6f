"""What the table of an agency's counters says of one of which nothing was heard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from counters.day import CounterDay
from mpp.i18n import words
from mpp.live.counter_days import AgencyCounters
from mpp.web.parts.counter_day import counter_days

OPENS = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("off", "planned", "told"),
    [(True, False, "tidak terjadwal"), (False, True, "tanpa kabar"), (False, False, "tanpa kabar")],
)
def test_hours_nobody_described_are_not_a_day_off(off: bool, planned: bool, told: str) -> None:
    opens, closes = (OPENS, OPENS + timedelta(hours=7)) if planned else (None, None)
    days = (CounterDay("1", known=False, planned_open=opens, planned_close=closes),)
    found = AgencyCounters("dukcapil", OPENS.date(), days, (), None, {"1": "Loket 1"}, off=off)
    assert told in str(counter_days(found, words("id"), ZoneInfo("Asia/Jakarta")))
