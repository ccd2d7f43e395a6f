"""What people read: texts, numbers and times in their language.

Texts are written in the code in English and looked up in ``mpp/locale/<locale>``; the catalogue is
compiled in memory, so there is no build step. Calls are ``w.text("...")`` and
``w.plural("...", "...", n)`` with literal texts, on a name that is ``w`` or ``words``, so that
``tests/contract/test_catalogues.py`` finds them all.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from typing import Final
from zoneinfo import ZoneInfo

LOCALES: Final = ("id", "en")
"""The first is the default. English needs no catalogue: the texts in the code are English."""

UNKNOWN: Final = "–"
"""What stands where a figure is not known; never 0."""

_INDONESIA: Final = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}
_DAY: Final = 86_400


class Words:
    """The words of one locale. Immutable; share it freely. See :func:`words`."""

    def __init__(self, locale: str = "id") -> None:
        """Raises ValueError for a locale that is not in LOCALES."""
        if locale not in LOCALES:
            raise ValueError(f"locale {locale!r} is not there: use {' or '.join(LOCALES)}")
        self.locale = locale
        self._catalogue = _catalogue(locale)
        self._marks = str.maketrans(",.", ".," if locale == "id" else ",.")
        self._dot = "." if locale == "id" else ":"

    def text(self, msgid: str, /, **values: object) -> str:
        """The text, with ``{name}`` in it replaced by the value of that name."""
        found = self._catalogue.gettext(msgid)
        return found.format(**values) if values else found

    def plural(self, singular: str, plural: str, n: int, /, **values: object) -> str:
        """The text for ``n`` of something; ``{n}`` is the number as it is written."""
        return self._catalogue.ngettext(singular, plural, n).format(n=self.number(n), **values)

    def number(self, x: float | None, digits: int = 0) -> str:
        """A number with ``digits`` after the comma: "1.234,5" in Indonesian."""
        if x is None:
            return UNKNOWN
        plain = f"{x:,.{digits}f}"
        if plain.startswith("-") and not plain.strip("-0.,"):
            plain = plain[1:]
        return plain.translate(self._marks)

    def percent(self, share: float | None, digits: int = 0) -> str:
        """A share of 1 as a percentage: 0.81 is "81 %" in Indonesian, "81%" in English."""
        if share is None:
            return UNKNOWN
        return self.number(share * 100, digits) + (" %" if self.locale == "id" else "%")

    def time(self, at: dt.datetime, zone: str | dt.tzinfo) -> str:
        """The time of day in ``zone`` to the minute: "09.40"."""
        return at.astimezone(_zone(zone)).strftime(f"%H{self._dot}%M")

    def clock(self, at: dt.datetime, zone: str | dt.tzinfo) -> str:
        """The time of day in ``zone`` to the second: "09.40.12"."""
        return at.astimezone(_zone(zone)).strftime(f"%H{self._dot}%M{self._dot}%S")

    def moment(self, at: dt.datetime, zone: str | dt.tzinfo) -> str:
        """Its day and time in ``zone``: "23 Nov 2026, 09.40"."""
        return f"{self.day(at.astimezone(_zone(zone)).date())}, {self.time(at, zone)}"

    def date(self, day: dt.date) -> str:
        """A day in full: "Senin, 23 November 2026"."""
        return self._date(day, "EEEE, d MMMM y")

    def weekday(self, day: dt.date) -> str:
        """Its weekday: "Senin"."""
        return self._date(day, "EEEE")

    def day(self, day: dt.date) -> str:
        """A day in short: "23 Nov 2026"."""
        return self._date(day, "d MMM y")

    def month(self, day: dt.date) -> str:
        """Its month: "November 2026"."""
        return self._date(day, "MMMM y")

    def minutes(self, seconds: float | None) -> str:
        """A wait in whole minutes, rounded down: "41 mnt"; from a day on only "> 24 jam". No line ends
        between a number and its unit."""
        if seconds is None:
            return UNKNOWN
        if seconds >= _DAY:
            told = self.text("> 24 h")
        else:
            told = self.text("{n} min", n=self.number(max(seconds, 0) // 60))
        return told.replace(" ", "\N{NO-BREAK SPACE}")

    def duration(self, seconds: float | None) -> str:
        """A length of time in its two largest units, rounded down: "2 jam 5 mnt", "45 dtk"."""
        if seconds is None:
            return UNKNOWN
        whole = int(max(seconds, 0))
        if whole < 60:
            return self.text("{n} s", n=whole)
        if whole < 3600:
            return self.text("{n} min", n=whole // 60)
        if whole < _DAY:
            large, small = self.text("{n} h", n=whole // 3600), whole % 3600 // 60
            return f"{large} {self.text('{n} min', n=small)}" if small else large
        large, small = self.plural("{n} day", "{n} days", whole // _DAY), whole % _DAY // 3600
        return f"{large} {self.text('{n} h', n=small)}" if small else large

    def zone_label(self, zone: str, at: dt.datetime | None = None) -> str:
        """WIB, WITA or WIT; elsewhere the zone's short name at an instant, or its name."""
        found = _INDONESIA.get(zone)
        if found is None and at is not None:
            found = at.astimezone(ZoneInfo(zone)).tzname()
        return found or zone

    def _date(self, day: dt.date, pattern: str) -> str:
        from babel.dates import format_date

        return format_date(day, pattern, locale=self.locale)


@lru_cache(maxsize=len(LOCALES))
def words(locale: str = "id") -> Words:
    """The words of a locale, made once. Raises ValueError for a locale that is not there."""
    return Words(locale)


@lru_cache(maxsize=len(LOCALES))
def _catalogue(locale: str) -> NullTranslations:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    source = files("mpp") / "locale" / locale / "LC_MESSAGES" / "mpp.po"
    if not source.is_file():
        return NullTranslations()
    with source.open("rb") as file:
        catalogue = read_po(file, locale=locale, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _zone(zone: str | dt.tzinfo) -> dt.tzinfo:
    return ZoneInfo(zone) if isinstance(zone, str) else zone
