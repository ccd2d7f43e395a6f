"""Reads single values of a map; what is wrong with one is noted and reads as None."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from mpp.mall.created import CODE
from mpp.mall.mistakes import Notes
from mpp.mall.table import guess, show
from mpp.sources.ticket_map import TIMES

KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "": (
        "zone",
        "encoding",
        "delimiter",
        "steps",
        "source",
        "period",
        "ticket",
        "times",
        "outcome",
        "result",
    ),
    "source": ("code", "name"),
    "period": ("first", "last"),
    "ticket": ("key", "number", "agency", "service", "counter", "priority", "visit"),
    "times": ("format", *TIMES),
    "outcome": ("column", "words"),
    "result": ("column", "words"),
}
"""Every key of a map by its table."""

Table = Mapping[str, Any]


def plain(value: Any) -> bool:
    """Whether it is a text of one line."""
    return isinstance(value, str) and 0 < len(value.strip()) <= 200 and value.strip().isprintable()


class Values:
    """Getters for the values of one map. ``key`` is the dotted name of a value in the file."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes

    def wrong(self, key: str, problem: str, remedy: str) -> None:
        """Note a mistake."""
        self.notes.mistake(tuple(key.split(".")), key, problem, remedy)

    def known(self, section: str, table: Table, keys: Sequence[str]) -> None:
        """Note every key of ``table`` that is none of ``keys``."""
        for key in table:
            if key not in keys:
                homes = [name for name, held in KEYS.items() if key in held]
                shown = f"{section}.{key[:60]}" if section else key[:60]
                self.wrong(shown, "is no known key", guess(key, keys, homes))

    def table(self, document: Table, name: str, *, needed: bool) -> Table:
        """The table of that name, empty where there is none."""
        value = document.get(name)
        if isinstance(value, dict):
            self.known(name, value, KEYS[name])
            if needed and not value:
                self.wrong(name, "is empty", f"Its keys are {', '.join(KEYS[name])}")
            return value
        if value is not None:
            self.wrong(name, "must be a table", f"Write [{name}] and its keys below it")
        elif needed:
            self.wrong(name, "is missing", f"Add a table [{name}] with {', '.join(KEYS[name])}")
        return {}

    def text(self, table: Table, key: str, *, needed: bool = True) -> str | None:
        """A text of one line. A missing one is not noted where its whole table is missing."""
        name = key.rpartition(".")[2]
        value = table.get(name)
        if value is None:
            if needed and table:
                self.wrong(key, "is missing", f'Add {name} = "..."')
            return None
        if not plain(value):
            self.wrong(key, f"{show(value)} is no text of one line", f'Write {name} = "..."')
            return None
        return str(value).strip()

    def code(self, table: Table, key: str) -> str | None:
        """A code of the mall's description."""
        value = self.text(table, key)
        if value is not None and not CODE.fullmatch(value):
            self.wrong(key, f"{show(value)} is no code", 'Use a-z, 0-9 and -, such as "queue-export"')
            return None
        return value

    def zone(self, document: Table) -> str | None:
        """A time zone that is known here."""
        value = self.text(document, "zone", needed=False)
        if value is None:
            if "zone" not in document:
                self.wrong("zone", "is missing", 'Add zone = "Asia/Jakarta", the zone of the file\'s times')
            return None
        try:
            ZoneInfo(value)
        except (OSError, ValueError, LookupError):  # unknown, a folder, or no name at all
            self.wrong("zone", f"{show(value)} is no time zone", 'Use an IANA name such as "Asia/Jakarta"')
            return None
        return value

    def encoding(self, document: Table) -> str:
        """An encoding of text that Python knows."""
        value = self.text(document, "encoding", needed=False) or "utf-8-sig"
        try:
            if "a,1\n".encode(value).decode(value) != "a,1\n":
                raise LookupError(value)
        except (LookupError, ValueError):
            self.wrong("encoding", f"{show(value)} is no encoding", 'Use "utf-8", "utf-16", "cp1252" ...')
        return value

    def delimiter(self, document: Table) -> str:
        """The character between columns."""
        value = document.get("delimiter", ",")
        if not isinstance(value, str) or len(value) != 1 or value in '"\r\n\0' or value.isalnum():
            self.wrong(
                "delimiter", f"{show(value)} cannot part columns", 'Use one character: ",", ";" or "\\t"'
            )
            return ","
        return value

    def day(self, table: Table, key: str) -> date | None:
        """A date without a time."""
        value = table.get(key.rpartition(".")[2])
        if value is None or type(value) is date:
            return value
        self.wrong(key, f"{show(value)} is no date", "Write 2026-11-23, without quotes or time")
        return None

    def columns(self, value: Any, key: str, example: str) -> tuple[str, ...]:
        """One column's name or a list of them."""
        listed = [value] if isinstance(value, str) else value
        if isinstance(listed, list) and 1 <= len(listed) <= 20 and all(map(plain, listed)):
            return tuple(column.strip() for column in listed)
        problem = "is missing" if value is None else f"{show(value)} names no columns"
        self.wrong(key, problem, f"Write {example}")
        return ()

    def words(self, value: Any, key: str, fits: Callable[[str], Any], wanted: str) -> dict[str, str]:
        """The file's words and what each means; ``fits`` says whether a meaning may stand here."""
        if not isinstance(value, dict):
            self.wrong(key, "must be a table", f"Write [{key}] and the file's words below it")
            return {}
        good: dict[str, str] = {}
        for word, meaning in value.items():
            if isinstance(meaning, str) and fits(meaning):
                good[word.strip()] = meaning
            else:
                self.wrong(f"{key}.{word[:60]}", f"{show(meaning)} is not allowed here", wanted)
        return good
