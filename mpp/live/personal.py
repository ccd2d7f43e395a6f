"""What must not be kept: numbers that name a person, found in text and masked.

A NIK (population number) has 16 digits: 6 of the region (province, regency, district), 6 of the
birth date as day, month, year, where a woman's day is 40 higher, and 4 of a serial number from
0001 (Government Regulation PP 37/2007, article 37). Province codes are those of the Ministry of
Home Affairs; none is 20, so a stamp that begins with its year never reads as a NIK.

A mobile telephone number is 08XY and 6 to 9 more digits, or 62 8XY with the country code; Y is
never 0 (the national numbering plan as generally known; the regulation was not read).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

DIGITS: Final = re.compile(r"\d(?:[ .-]{0,3}\d){6,}")
"""Long digit runs, which are masked wherever digits have no meaning of their own."""

_PLAIN: Final = re.compile(r"(?<!\d)\d{16}(?!\d)")
_RUN: Final = re.compile(r"\d(?:[ .-]{0,3}\d){9,}")
_PHONE: Final = re.compile(r"(?:0|62)8[1235789][1-9]\d{6,9}")
# 08112026042 is number 042 of 8 November 2026.
_DAY_FIRST: Final = re.compile(r"081[12]20[23]\d")
# UUIDs and hashes hold digit runs by chance.
_RANDOM: Final = re.compile(
    r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|[0-9A-Fa-f]{24,})(?![0-9A-Fa-f])"
)
_PROVINCES: Final = re.compile(r"1[1-9]|21|3[1-6]|5[1-3]|6[1-5]|7[1-6]|8[12]|9[1-6]")
_TIME: Final = re.compile(
    r"(?:\d{1,4}[-./]\d{1,2}[-./]\d{1,4}|(?:19|20)\d{6}|\d{4}(?:19|20)\d{2})?[T ]?"
    r"(?:\d{1,2}[:.]?\d{2}(?:[:.]?\d{2}(?:[.,]\d{1,9})?)?)?"
    r" ?(?:[AaPp][Mm]|Z|[+-]\d{2}:?\d{2})?"
)


def has_nik(text: str) -> bool:
    """Whether the text holds 16 digits that read as a NIK, in one piece or in pieces with blanks,
    dots or dashes between."""
    if len(text) < 16 or not _RUN.search(text):
        return False
    return any(
        len(digits) == 16 and _is_nik(digits) for pieces in _runs(text) for _, _, digits in _spans(pieces)
    )


def has_phone(text: str) -> bool:
    """Whether the text holds a mobile telephone number: one piece of a digit run, or its first
    pieces together, with no letter beside it."""
    for pieces in _runs(text, alone=True):
        for first, last, digits in _spans(pieces):
            if first in (0, last) and _PHONE.fullmatch(digits) and not _DAY_FIRST.match(digits):
                return True
    return False


def names_somebody(text: str) -> str | None:
    """What a key looks like that it must not be, None for a fit one. Beside what reads as a NIK,
    any 16 digits in one piece count as one."""
    if len(text) < 10 or not _RUN.search(text):
        return None
    if (_PLAIN.search(text) and _PLAIN.search(_RANDOM.sub(" / ", text))) or has_nik(text):
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
        _PROVINCES.match(digits) is not None
        and digits[2:4] != "00"
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


def _spans(pieces: list[str]) -> Iterator[tuple[int, int, str]]:
    """Neighbouring pieces together, as (first, last, digits), up to 16 digits."""
    for first in range(len(pieces)):
        digits = ""
        for last in range(first, len(pieces)):
            digits += pieces[last]
            if len(digits) > 16:
                break
            yield first, last, digits
