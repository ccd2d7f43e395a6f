"""A table to be written as a file: what stands in it, what its columns mean, where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

KINDS: Final = ("text", "count", "seconds", "share", "day", "instant", "flag")
"""What a column holds: text, a whole number, seconds, a share (0 to 1), a day, an instant (aware), yes
or no."""

Value = str | int | float | bool | date | datetime | None
"""One cell; None is unknown and is written as nothing, never as 0."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its ``name`` stands above it, ``about`` says what it means."""

    name: str
    kind: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table. ``facts`` (name, value) say whose it is, of which days and how old. ``rows`` are made
    while they are written, so a long table never lies in memory; they can be run through once."""

    title: str
    facts: Sequence[tuple[str, str]]
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    zone: ZoneInfo
    about_title: str = "About"
    yes: str = "yes"
    no: str = "no"


FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a text begins with that a spreadsheet may take for a formula (OWASP, "CSV Injection")."""


def harmless(text: str) -> str:
    """The text as a spreadsheet takes it for a text, whatever it begins with."""
    return f"'{text}" if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA[:4]) else text


def local(at: datetime, zone: ZoneInfo) -> datetime:
    """An instant as the mall's wall clock shows it, to the second, without a zone: a cell has none."""
    return at.astimezone(zone).replace(tzinfo=None, microsecond=0)
