"""What must not be kept: numbers that name a person, found in text and masked.

A NIK (population number) has 16 digits: 6 of the region (province, regency 01-39 or town 71-79,
district), 6 of the birth date as day, month, year, where a woman's day is 40 higher, and 4 of a
serial number from 0001 (Government Regulation PP 37/2007, article 37). Province codes are those of
the Ministry of Home Affairs; none is 20, so a stamp that begins with its year never reads as a NIK.

A mobile telephone number is 08XY and 7 to 9 more digits, or 62 8XY with the country code; Y is
never 0 (the national numbering plan as generally known; the regulation was not read).

Keys of tickets are built of branch, date and number, so pieces are only taken together where people
break such numbers, and never across a date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

DIGITS: Final = re.compile(r"\d(?:[ .-]{0,3}\d){6,}")
"""Long digit runs, which are masked wherever digits have no meaning of their own."""

_RUN: Final = re.compile(r"\d(?:[ .-]{0,3}\d){9,}")
_PHONE: Final = re.compile(r"08[1235789][1-9]\d{7,9}|628[1235789][1-9]\d{6,9}")
_NIK_GROUPS: Final = frozenset(
    {(16,), (6, 6, 4), (4, 4, 4, 4), (4, 2, 6, 4), (2, 2, 2, 6, 4), (2, 2, 2, 2, 2, 2, 4)}
)
_PHONE_GROUPS: Final = frozenset(
    {(8, 4), (4, 8), (2, 9), (2, 10), (2, 11)}
    | {(4, a, b) for a in (3, 4) for b in (3, 4, 5)}
    | {(2, 3, a, b) for a in (3, 4) for b in (3, 4, 5)}
)
# 20261123, 2026 1123, 08112026 (with a number after it): a date as keys carry it.
_DATE: Final = re.compile(r"20[23]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_DAY_FIRST: Final = re.compile(r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])20[23]\d")
# UUIDs and hashes hold digit runs by chance.
_RANDOM: Final = re.compile(
    r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|[0-9A-Fa-f]{24,})(?![0-9A-Fa-f])"
)
_REGION: Final = re.compile(
    r"(?:1[1-9]|21|3[1-6]|5[1-3]|6[1-5]|7[1-6]|8[12]|9[1-6])(?:0[1-9]|[123]\d|7[1-9])"
)
# A town's NIK, or microseconds since 1970 of some weeks between 2019 and 2035.
_STAMP: Final = re.compile(r"1[5-9]7[1-9]")
_TIME: Final = re.compile(
    r"(?:\d{1,4}[-./]\d{1,2}[-./]\d{1,4}|(?:19|20)\d{6}|\d{4}(?:19|20)\d{2})?[T ]?"
    r"(?:\d{1,2}[:.]?\d{2}(?:[:.]?\d{2}(?:[.,]\d{1,9})?)?)?"
    r" ?(?:[AaPp][Mm]|Z|[+-]\d{2}:?\d{2})?"
)


def has_nik(text: str, *, sure: bool = False) -> bool:
    """Whether the text holds a NIK: 16 digits in one piece that begin with a region (``sure``: that
    read as one to the last digit), or pieces as people break one, which must read as one."""
    for run in _runs(text):
        for pieces in _grouped(run, _NIK_GROUPS):
            digits = "".join(pieces)
            dated = _DATE.fullmatch(digits[4:12]) or _DATE.fullmatch("".join(pieces[1:3]))
            strict = sure or len(pieces) > 1 or _STAMP.match(digits)
            if not dated and (_is_nik(digits) if strict else _REGION.match(digits)):
                return True
    return False


def has_phone(text: str) -> bool:
    """Whether the text holds a mobile telephone number, in one piece or in the pieces people break
    it into, with no letter beside it."""
    for run in _runs(text, alone=True):
        whole = ((piece,) for piece in run if len(piece) >= 11)
        for pieces in (*whole, *_grouped(run, _PHONE_GROUPS)):
            digits = "".join(pieces)
            dated = _DAY_FIRST.match(digits) or any(_DATE.fullmatch(piece) for piece in pieces)
            if _PHONE.fullmatch(digits) and not dated:
                return True
    return False


def names_somebody(text: str) -> str | None:
    """What a key looks like that it must not be, None for a fit one."""
    if len(text) < 10 or not _RUN.search(text):
        return None
    if has_nik(text):
        return "a NIK (16 digits)"
    if has_phone(text):
        return "a telephone number"
    return None


def masked(text: str, most: int = 200) -> str:
    """The text fit to be kept: cut, printable, without long digit runs."""
    return DIGITS.sub("…", "".join(c if c.isprintable() else "�" for c in text[:most]))


def like_a_time(text: str) -> bool:
    """Whether digits in this text are those of a day or a time of day."""
    fits = len(text) <= 40 and text.isascii() and _TIME.fullmatch(text) is not None
    return fits and names_somebody(text) is None


def _is_nik(digits: str) -> bool:
    day = int(digits[6:8])
    return (
        _REGION.match(digits) is not None
        and digits[4:6] != "00"
        and (1 <= day <= 31 or 41 <= day <= 71)
        and 1 <= int(digits[8:10]) <= 12
        and digits[12:] != "0000"
    )


def _runs(text: str, *, alone: bool = False) -> Iterator[list[str]]:
    """The pieces of every digit run of at least 10 digits; ``alone``: not beside a letter."""
    clean = _RANDOM.sub(" / ", text)
    for run in _RUN.finditer(clean):
        beside = clean[max(0, run.start() - 1) : run.start()] + clean[run.end() : run.end() + 1]
        if not (alone and any(c.isalpha() for c in beside)):
            yield re.split(r"[ .-]+", run[0])


def _grouped(pieces: list[str], groups: frozenset[tuple[int, ...]]) -> Iterator[tuple[str, ...]]:
    """Neighbouring pieces whose lengths are one of the groups."""
    lengths = [len(piece) for piece in pieces]
    for first in range(len(pieces)):
        for group in groups:
            if tuple(lengths[first : first + len(group)]) == group:
                yield tuple(pieces[first : first + len(group)])
