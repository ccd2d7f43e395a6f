"""Numbers that name a person are found, and those that name a ticket are let through."""

from __future__ import annotations

import random
import re
import uuid
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpp.live.personal import has_nik, has_phone, like_a_time, masked, names_somebody


@pytest.mark.parametrize(
    "text",
    [
        "3201234101900001",  # a woman born on 1 January 1990
        "3302150112870003",
        "9604015509010012",
        "33-11-12-04-11-87-0003",
        "3515 1405 0868 0001",
        "3515.14.050868.0001",
        "3515 - 1405 - 0868 - 0001",
        "nik3201234101900001",
        "3276011234567890",  # made up: the birth date is none
        "ticket/3201234101900001/1",
        "loket 3 3201 2341 0190 0001",
    ],
)
def test_a_nik_is_found_in_one_piece_and_in_several(text: str) -> None:
    assert has_nik(text)
    assert names_somebody(text) == "a NIK (16 digits)"
    assert not re.search(r"\d{4}", masked(text)[-8:])


@pytest.mark.parametrize(
    "text",
    [
        "2026112309140001",  # no province is 20
        "20261123-0914-0542",
        "3200234101900001",  # no regency is 00
        "320123-320190-0001",  # in pieces: no day is 32
        "320123-411390-0001",  # no month is 13
        "320123-410190-0000",  # serial numbers begin with 0001
        "3201202611230042",  # branch, date, number
        "4101234101900001",  # no province is 41
        "13201234101900001",  # 17 digits
        "320123410190000",
        str(uuid.UUID(int=0x32012341_0190_0001_3201_234101900001)),
        "3201234101900001" * 2,
    ],
)
def test_other_digits_are_no_nik(text: str) -> None:
    assert not has_nik(text)


@pytest.mark.parametrize(
    "text",
    [
        "081234567890",
        "0812-3456-7890",
        "0812 3456 789",
        "08123456789",
        "+6281234567890",
        "+62 812-3456-7890",
        "62 8111234567",
        "ticket/0857.1234.5678",
        "ticket/20261123/0896-1234-56789",
        "A-12 081234567890",
        "0812-3456-7890-001",
    ],
)
def test_a_telephone_number_is_found(text: str) -> None:
    assert has_phone(text)
    assert names_somebody(text) == "a telephone number"


@pytest.mark.parametrize(
    "text",
    [
        "ticket/20261123-A3-042",
        "20261123042",
        "2026-11-23-12345678",
        "dukcapil/2026-11-23/A3-042",
        "08112026042",  # number 042 of 8 November
        "08-11-2026-0042",
        "08-20261123-042",
        "6220261123042",
        "1763862845",
        "1763862845123",
        "A3-042",
        "9007199254740991234",
        "a0812345678f",
        "018f2d3c-7c1a-7000-8123-456789012345",
        "5e884898da28047151d0e56f8dc6292773603d0d",
        "0274-512345",
    ],
)
def test_keys_of_tickets_are_let_through(text: str) -> None:
    assert names_somebody(text) is None


@pytest.mark.parametrize("year", [2026, 2027, 2029])
@pytest.mark.parametrize(
    "form", ["3201-{d}-0042", "ticket/3171-{d}-0042", "3201-{y}-{m}{t}-0042", "{d}0914{t}01", "{d}-0812"]
)
def test_keys_of_branch_and_date_are_let_through_every_day(form: str, year: int) -> None:
    for number in range(365):
        day = date(year, 1, 1) + timedelta(days=number)
        key = form.format(d=f"{day:%Y%m%d}", y=f"{day:%Y}", m=f"{day:%m}", t=f"{day:%d}")
        assert names_somebody(key) is None, key


@pytest.mark.parametrize(
    "text", ["081126-0042", "081512-0042", "0813-20261123-1", "1201-2026-11-23-0042", "0811260042"]
)
def test_days_and_times_are_no_telephone_numbers(text: str) -> None:
    assert names_somebody(text) is None


def test_stamps_of_this_autumn_are_let_through() -> None:
    for second in range(1_790_000_000, 1_800_000_000, 9_973):
        assert names_somebody(f"{second}123456") is None
        assert names_somebody(f"{second}123-042") is None


def test_random_names_are_let_through() -> None:
    dice = random.Random(7)
    for _ in range(20_000):
        assert names_somebody(str(uuid.UUID(int=dice.getrandbits(128), version=4))) is None
        assert names_somebody(f"{dice.getrandbits(128):032x}") is None


@given(st.text(), st.integers(0, 300))
def test_masking_leaves_no_long_run_and_is_done_once(text: str, most: int) -> None:
    once = masked(text, most)
    assert masked(once, most) == once
    assert once.isprintable() or not once
    assert not re.search(r"\d{7}", once)


@given(st.text(alphabet="0123456789+- ./:TZabc", max_size=45))
def test_what_reads_as_somebody_is_no_time_and_nothing_raises(text: str) -> None:
    if names_somebody(text):
        assert not like_a_time(text)


@pytest.mark.parametrize(
    ("text", "is_time"),
    [
        ("2026-11-23T09:14:05+07:00", True),
        ("23.11.2026 09.14", True),
        ("20261123091405", True),
        ("23112026", True),
        ("09:14:05.123", True),
        ("2026-02-30 9:14 PM", True),
        ("081234567890", False),
        ("08123456-7890", False),
        ("3201234101900001", False),
        ("Budi 3201", False),
    ],
)
def test_what_looks_like_a_time(text: str, is_time: bool) -> None:
    assert like_a_time(text) is is_time
