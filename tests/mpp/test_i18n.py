"""Numbers, times and texts in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from mpp.i18n import LOCALES, UNKNOWN, Words, words

ID, EN = Words("id"), Words("en")
AT = datetime(2026, 11, 23, 2, 40, 12, tzinfo=UTC)


def test_indonesian_is_the_default() -> None:
    assert Words().locale == words().locale == LOCALES[0] == "id"
    assert words("id") is words("id")
    with pytest.raises(ValueError, match="'nl' is not there: use id or en"):
        Words("nl")


def test_texts_and_their_values() -> None:
    assert (ID.text("{n} min", n=41), EN.text("{n} min", n=41)) == ("41 mnt", "41 min")
    assert EN.text("not {translated}") == "not {translated}"
    assert EN.text("{time} stays", time="{time}") == "{time} stays"


def test_plurals() -> None:
    assert [EN.plural("{n} day", "{n} days", n) for n in (1, 2, 1200)] == ["1 day", "2 days", "1,200 days"]
    assert [ID.plural("{n} day", "{n} days", n) for n in (1, 2, 1200)] == ["1 hari", "2 hari", "1.200 hari"]


@pytest.mark.parametrize(
    ("x", "digits", "in_id", "in_en"),
    [
        (1234.5, 1, "1.234,5", "1,234.5"),
        (0, 0, "0", "0"),
        (-0.2, 0, "0", "0"),
        (-1234567.891, 2, "-1.234.567,89", "-1,234,567.89"),
        (999.96, 1, "1.000,0", "1,000.0"),
        (None, 0, UNKNOWN, UNKNOWN),
    ],
)
def test_numbers(x: float | None, digits: int, in_id: str, in_en: str) -> None:
    assert (ID.number(x, digits), EN.number(x, digits)) == (in_id, in_en)


def test_percentages() -> None:
    assert (ID.percent(0.814), EN.percent(0.814)) == ("81 %", "81%")
    assert ID.percent(0.8145, 1) == "81,5 %"
    assert ID.percent(None) == UNKNOWN


def test_times_are_the_zones_own() -> None:
    assert (ID.time(AT, "Asia/Jakarta"), EN.time(AT, ZoneInfo("Asia/Jayapura"))) == ("09.40", "11:40")
    assert (ID.clock(AT, "Asia/Makassar"), EN.clock(AT, "UTC")) == ("10.40.12", "02:40:12")
    assert [
        ID.zone_label(z) for z in ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Europe/Warsaw")
    ] == [
        "WIB",
        "WITA",
        "WIT",
        "Europe/Warsaw",
    ]


def test_dates() -> None:
    day = date(2026, 11, 23)
    assert (ID.date(day), EN.date(day)) == ("Senin, 23 November 2026", "Monday, 23 November 2026")
    assert ID.weekday(day) == "Senin"


@pytest.mark.parametrize(
    ("seconds", "minutes", "duration"),
    [
        (None, UNKNOWN, UNKNOWN),
        (-5, "0 mnt", "0 dtk"),
        (59.9, "0 mnt", "59 dtk"),
        (41 * 60 + 59, "41 mnt", "41 mnt"),
        (3600, "60 mnt", "1 jam"),
        (7500, "125 mnt", "2 jam 5 mnt"),
        (86_399, "1.439 mnt", "23 jam 59 mnt"),
        (86_400, "> 24 jam", "1 hari"),
        (44_715 * 60, "> 24 jam", "31 hari 1 jam"),
    ],
)
def test_lengths_of_time(seconds: float | None, minutes: str, duration: str) -> None:
    assert (ID.minutes(seconds), ID.duration(seconds)) == (
        minutes.replace(" ", "\N{NO-BREAK SPACE}"),
        duration,
    )
