"""Who has the last word on a weekday's hours."""

from __future__ import annotations

from datetime import date

import pytest

from mpp.mall import Mall
from mpp.mall.load import examine_bytes
from queues.clock import Break, Calendar, DayPlan, WorkClock

MALL = """
[mall]
code = "m"
name = "Mal"
zone = "WITA"
friday_prayer = "11.30-13.00"
hours = { mon_thu = "08.00-15.00", fri = "08:00 – 14:30" }
breaks = { mon-thu = ["10.00-10.15", "12.00-13.00"] }
[[mall.schedule]]
from = 2027-02-08
to = 2027-03-09
reason = "Ramadan"
hours = { mon-thu = "08.00-14.00" }
[[mall.schedule]]
from = 2026-08-18
to = 2026-08-18
hours = { mon-fri = "tutup" }
[[holiday]]
day = 2026-12-25
name = "Natal"
"""


def read(text: str = "") -> Mall:
    reading = examine_bytes((MALL + text).encode(), "mpp.toml")
    assert reading.mall is not None, reading.mistakes
    return reading.mall


def agency(text: str) -> Calendar:
    return read(f'[[agency]]\ncode = "a"\nname = "A"\n{text}\n').agencies[0].calendar


def plan(calendar: Calendar, day: str) -> DayPlan:
    return calendar.plan(date.fromisoformat(day))


def hm(first: str, last: str) -> tuple[int, int]:
    a, b = (int(t[:2]) * 3600 + int(t[3:]) * 60 for t in (first, last))
    return a, b


NOON = Break(hm("12.00", "13.00"))
MORNING = Break(hm("10.00", "10.15"))
PRAYER = Break(hm("11.30", "13.00"), "friday_prayer")
MONDAY, FRIDAY, SATURDAY = "2026-11-23", "2026-11-27", "2026-11-28"
RAMADAN_MONDAY, RAMADAN_FRIDAY = "2027-02-15", "2027-02-19"


def test_the_mall() -> None:
    calendar = read().calendar
    assert calendar.zone == "Asia/Makassar"
    assert plan(calendar, MONDAY) == DayPlan(hm("08.00", "15.00"), (MORNING, NOON))
    assert plan(calendar, FRIDAY) == DayPlan(hm("08.00", "14.30"), (PRAYER,))
    assert plan(calendar, SATURDAY) == DayPlan()
    assert calendar.holidays == ((date(2026, 12, 25), "Natal"),)
    assert plan(calendar, "2026-12-25") == DayPlan()


def test_a_date_range_keeps_what_it_does_not_say() -> None:
    calendar = read().calendar
    assert plan(calendar, RAMADAN_MONDAY) == DayPlan(hm("08.00", "14.00"), (MORNING, NOON))
    assert plan(calendar, RAMADAN_FRIDAY) == plan(calendar, FRIDAY)
    assert plan(calendar, "2026-08-18") == DayPlan()
    assert calendar.ranges[1].reason == "Ramadan"


def test_an_agency_without_a_word_follows_the_mall() -> None:
    assert agency("") == read().calendar


def test_days_cut_the_week_and_the_ranges() -> None:
    calendar = agency('days = ["tue", "thu-fri"]')
    assert plan(calendar, MONDAY) == plan(calendar, RAMADAN_MONDAY) == DayPlan()
    assert plan(calendar, FRIDAY) == plan(read().calendar, FRIDAY)
    assert plan(calendar, "2027-02-16").open == hm("08.00", "14.00")


@pytest.mark.parametrize(
    ("indonesian", "english"),
    [
        ('days = "senin,kamis"', 'days = "mon,thu"'),
        ('days = ["Selasa", "rabu - jumat"]', 'days = "tue,wed-fri"'),
        ('days = "sen-rab,kam,jum"', 'days = "mon-fri"'),
        ('hours = { senin-rabu = "09.00-12.00" }', 'hours = { mon-wed = "09.00-12.00" }'),
        (
            'days = "sel_sab"\nhours = { sabtu = "08.00-10.00", min = "tutup" }',
            'days = "tue-sat"\nhours = { sat = "08.00-10.00", sun = "tutup" }',
        ),
        ('breaks = { sel-kam = "12.00-12.30" }', 'breaks = { tue-thu = "12.00-12.30" }'),
    ],
)
def test_weekdays_may_be_written_in_indonesian(indonesian: str, english: str) -> None:
    assert agency(indonesian) == agency(english)


def test_a_weekday_said_in_both_languages_is_said_twice() -> None:
    hours = 'hours = { mon = "08.00-09.00", senin = "08.00-09.00" }'
    text = f'{MALL}[[agency]]\ncode = "a"\nname = "A"\n{hours}\n'
    assert [m.problem for m in examine_bytes(text.encode(), "m").mistakes] == ["says mon a second time"]


def test_own_hours_hold_also_in_the_malls_ranges() -> None:
    calendar = agency('hours = { mon = "09.00-12.00", sat = "08.00-12.00" }')
    assert plan(calendar, MONDAY).open == plan(calendar, RAMADAN_MONDAY).open == hm("09.00", "12.00")
    assert plan(calendar, "2026-11-24") == plan(read().calendar, "2026-11-24")
    assert plan(calendar, SATURDAY) == DayPlan(hm("08.00", "12.00"))


def test_officers_taking_turns_leave_the_friday_prayer() -> None:
    calendar = agency('breaks = "bergantian"')
    assert plan(calendar, MONDAY).breaks == plan(calendar, RAMADAN_MONDAY).breaks == ()
    assert plan(calendar, FRIDAY).breaks == (PRAYER,)
    assert plan(agency('friday_prayer = "none"'), FRIDAY).breaks == ()
    later = agency('breaks = "none"\nfriday_prayer = "12.00-13.00"')
    assert plan(later, FRIDAY).breaks == (Break(hm("12.00", "13.00"), "friday_prayer"),)


def test_an_agencys_range_is_woven_into_the_malls() -> None:
    dates = "from = 2027-03-08\nto = 2027-03-12\n"
    calendar = agency(f'[[agency.schedule]]\n{dates}reason = "Pindahan"\nhours = {{ mon = "tutup" }}')
    assert [(r.first, r.last, r.reason) for r in calendar.ranges] == [
        (date(2026, 8, 18), date(2026, 8, 18), ""),
        (date(2027, 2, 8), date(2027, 3, 7), "Ramadan"),
        (date(2027, 3, 8), date(2027, 3, 9), "Pindahan"),
        (date(2027, 3, 10), date(2027, 3, 12), "Pindahan"),
    ]
    assert plan(calendar, "2027-03-08") == DayPlan()
    assert plan(calendar, "2027-03-09").open == hm("08.00", "14.00")
    assert plan(calendar, "2027-03-11").open == hm("08.00", "15.00")


def test_without_hours_there_is_no_week() -> None:
    text = '[mall]\ncode = "m"\nname = "Mal"\nzone = "Asia/Jerusalem"\n[[holiday]]\nday = 2026-12-25\n'
    reading = examine_bytes((text + '[[agency]]\ncode = "a"\nname = "A"\n').encode(), "mpp.toml")
    assert reading.mall is not None
    assert reading.mall.calendar.week is None
    assert (
        WorkClock(reading.mall.agencies[0].calendar)
        .state(WorkClock(reading.mall.calendar).closing(date(2026, 11, 23)))
        .name
        == "open"
    )
    wrong = examine_bytes((text + '[[agency]]\ncode = "a"\nname = "A"\ndays = "mon"\n').encode(), "mpp.toml")
    assert [m.key for m in wrong.mistakes] == ["agency[a].days"]
