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
        self.w = notes.w

    def wrong(self, key: str, problem: str, remedy: str) -> None:
        """Note a mistake."""
        self.notes.mistake(tuple(key.split(".")), key, problem, remedy)

    def known(self, section: str, table: Table, keys: Sequence[str]) -> None:
        """Note every key of ``table`` that is none of ``keys``."""
        for key in table:
            if key not in keys:
                homes = [name for name, held in KEYS.items() if key in held]
                shown = f"{section}.{key[:60]}" if section else key[:60]
                self.wrong(shown, self.w.text("is no known key"), guess(key, keys, self.w, homes))

    def table(self, document: Table, name: str, *, needed: bool) -> Table:
        """The table of that name, empty where there is none."""
        w, value = self.w, document.get(name)
        keys = ", ".join(KEYS[name])
        if isinstance(value, dict):
            self.known(name, value, KEYS[name])
            if needed and not value:
                self.wrong(name, w.text("is empty"), w.text("Its keys are {keys}", keys=keys))
            return value
        if value is not None:
            self.wrong(
                name, w.text("must be a table"), w.text("Write [{name}] and its keys below it", name=name)
            )
        elif needed:
            remedy = w.text("Add a table [{name}] with {keys}", name=name, keys=keys)
            self.wrong(name, w.text("is missing"), remedy)
        return {}

    def text(self, table: Table, key: str, *, needed: bool = True) -> str | None:
        """A text of one line. A missing one is not noted where its whole table is missing."""
        name = key.rpartition(".")[2]
        value = table.get(name)
        if value is None:
            if needed and table:
                self.wrong(
                    key, self.w.text("is missing"), self.w.text("Add {example}", example=f'{name} = "..."')
                )
            return None
        if not plain(value):
            problem = self.w.text("{value} is no text of one line", value=show(value))
            self.wrong(key, problem, self.w.text("Write {example}", example=f'{name} = "..."'))
            return None
        return str(value).strip()

    def code(self, table: Table, key: str) -> str | None:
        """A code of the mall's description."""
        value = self.text(table, key)
        if value is not None and not CODE.fullmatch(value):
            remedy = self.w.text('Use a-z, 0-9 and -, such as "{code}"', code="queue-export")
            self.wrong(key, self.w.text("{value} is no code", value=show(value)), remedy)
            return None
        return value

    def zone(self, document: Table) -> str | None:
        """A time zone that is known here."""
        value = self.text(document, "zone", needed=False)
        if value is None:
            if "zone" not in document:
                remedy = self.w.text('Add zone = "Asia/Jakarta", the zone of the file\'s times')
                self.wrong("zone", self.w.text("is missing"), remedy)
            return None
        try:
            ZoneInfo(value)
        except (OSError, ValueError, LookupError):  # unknown, a folder, or no name at all
            remedy = self.w.text('Use an IANA name such as "Asia/Jakarta"')
            self.wrong("zone", self.w.text("{value} is no time zone", value=show(value)), remedy)
            return None
        return value

    def encoding(self, document: Table) -> str:
        """An encoding of text that Python knows."""
        value = self.text(document, "encoding", needed=False) or "utf-8-sig"
        try:
            if "a,1\n".encode(value).decode(value) != "a,1\n":
                raise LookupError(value)
        except (LookupError, ValueError):
            problem = self.w.text("{value} is no encoding", value=show(value))
            self.wrong("encoding", problem, self.w.text('Use "utf-8", "utf-16", "cp1252" ...'))
        return value

    def delimiter(self, document: Table) -> str:
        """The character between columns."""
        value = document.get("delimiter", ",")
        if not isinstance(value, str) or len(value) != 1 or value in '"\r\n\0' or value.isalnum():
            problem = self.w.text("{value} cannot part columns", value=show(value))
            self.wrong("delimiter", problem, self.w.text('Use one character: ",", ";" or "\\t"'))
            return ","
        return value

    def day(self, table: Table, key: str) -> date | None:
        """A date without a time."""
        value = table.get(key.rpartition(".")[2])
        if value is None or type(value) is date:
            return value
        example = self.w.text("{example}, without quotes or time", example="2026-11-23")
        problem = self.w.text("{value} is no date", value=show(value))
        self.wrong(key, problem, self.w.text("Write {example}", example=example))
        return None

    def columns(self, value: Any, key: str, example: str) -> tuple[str, ...]:
        """One column's name or a list of them."""
        listed = [value] if isinstance(value, str) else value
        if isinstance(listed, list) and 1 <= len(listed) <= 20 and all(map(plain, listed)):
            return tuple(column.strip() for column in listed)
        problem = self.w.text("{value} names no columns", value=show(value))
        if value is None:
            problem = self.w.text("is missing")
        self.wrong(key, problem, self.w.text("Write {example}", example=example))
        return ()

    def words(self, value: Any, key: str, fits: Callable[[str], Any], wanted: str) -> dict[str, str]:
        """The file's words and what each means; ``fits`` says whether a meaning may stand here."""
        if not isinstance(value, dict):
            remedy = self.w.text("Write [{key}] and the file's words below it", key=key)
            self.wrong(key, self.w.text("must be a table"), remedy)
            return {}
        good: dict[str, str] = {}
        for word, meaning in value.items():
            if isinstance(meaning, str) and fits(meaning):
                good[word.strip()] = meaning
            else:
                problem = self.w.text("{value} is not allowed here", value=show(meaning))
                self.wrong(f"{key}.{word[:60]}", problem, wanted)
        return good
