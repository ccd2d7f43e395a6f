"""One table of the description, read key by key; what is wrong goes to the notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

from mpp.i18n import Words
from mpp.mall.created import CODE, LONGEST_CODE
from mpp.mall.keys import KEYS
from mpp.mall.mistakes import Notes, Path

_SECRET: Final = re.compile(r"token|passw|secret|sandi|api_?key|credential", re.IGNORECASE)
_DURATION: Final = re.compile(r"([+-]?\d{1,6})\s*(s|m|h)?")
_UNIT: Final = {None: 1, "s": 1, "m": 60, "h": 3600}


class Table:
    """A table at ``path``, shown to people as ``shown``, holding the keys of ``section``.

    Every getter returns None for a missing or wrong value; a wrong one is noted.
    """

    def __init__(self, data: dict[str, Any], section: str, path: Path, shown: str, notes: Notes) -> None:
        self.data = data
        self.section = section
        self.path = path
        self.shown = shown
        self.notes = notes
        self.w = notes.w
        self.strange = tuple(key for key in data if key not in KEYS[section])
        self._unknown_keys()

    def raw(self, key: str) -> Any:
        """The value as TOML gave it. Asking for a key the section does not list is a KeyError."""
        if key not in KEYS[self.section]:
            raise KeyError(f"{self.section}.{key} is missing from KEYS")
        return self.data.get(key)

    def wrong(self, key: str, problem: str, remedy: str) -> None:
        """Note a mistake at ``key`` (empty: at the table itself)."""
        self.notes.mistake(self._at(key), self.name(key), problem, remedy)

    def odd(self, key: str, problem: str, remedy: str) -> None:
        """Note a warning at ``key``."""
        self.notes.warning(self._at(key), self.name(key), problem, remedy)

    def missing(self, key: str, example: str) -> None:
        """Note that a key is not there."""
        self.wrong(key, self.w.text("is missing"), self.w.text("Add {example}", example=example))

    def twice(self, key: str, value: object) -> None:
        """Note that a list holds a value twice."""
        problem = self.w.text("{value} is listed twice", value=show(value))
        self.wrong(key, problem, self.w.text("Remove one of them"))

    def name(self, key: str) -> str:
        """How ``key`` of this table is named in a mistake."""
        return ".".join(part for part in (self.shown, key[:60]) if part)

    def words(self, key: str, *, required: bool = False, longest: int = 200) -> str | None:
        """A text of one line."""
        value = self.raw(key)
        if value is None:
            if required:
                self.missing(key, f'{key} = "..."')
            return None
        if not isinstance(value, str):
            self._type(key, value, self.w.text("text"), f'{key} = "..."')
            return None
        text = value.strip()
        if not text or len(text) > longest or not text.isprintable():
            problem = self.w.text("{value} is no text of one line", value=show(value))
            self.wrong(key, problem, self.w.text("Write 1 to {most} visible characters", most=longest))
            return None
        return text

    def place(self, key: str) -> str | None:
        """A floor or the like: a text or a whole number."""
        value = self.raw(key)
        return str(value) if type(value) is int and abs(value) < 1_000 else self.words(key)

    def code(self, key: str, *, required: bool = True) -> str | None:
        """A code: a-z, 0-9 and hyphens. Only a counter's may be written as a number."""
        value = self.raw(key)
        if type(value) is int and self.section == "agency.counter" and 0 <= value < 10**9:
            return str(value)
        text = self.words(key, required=required, longest=LONGEST_CODE)
        if text is not None and not CODE.fullmatch(text):
            better = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
            remedy = self.w.text("Use a-z, 0-9 and -")
            if better:
                remedy = self.w.text('Use a-z, 0-9 and -, such as "{code}"', code=better)
            self.wrong(key, self.w.text("{value} is no code", value=show(text)), remedy)
            return None
        return text

    def whole(self, key: str, low: int, high: int, example: int | None = None) -> int | None:
        """A whole number from ``low`` to ``high``; ``example`` is what a remedy proposes."""
        value = self.raw(key)
        if value is None:
            return None
        if type(value) is not int:
            example = low if example is None else example
            self._type(key, value, self.w.text("a whole number"), f"{key} = {example}")
            return None
        if not low <= value <= high:
            remedy = self.w.text("Use a whole number from {low} to {high}", low=low, high=high)
            self._range(key, value, remedy)
            return None
        return value

    def number(self, key: str, low: float, high: float, example: float | None = None) -> float | None:
        """A number from ``low`` to ``high``; ``example`` is what a remedy proposes."""
        value = self.raw(key)
        if value is None:
            return None
        if type(value) not in {int, float}:
            example = low if example is None else example
            self._type(key, value, self.w.text("a number"), f"{key} = {example:g}")
            return None
        if not low <= value <= high:  # nor is nan
            remedy = self.w.text("Use a number from {low} to {high}", low=f"{low:g}", high=f"{high:g}")
            self._range(key, value, remedy)
            return None
        return float(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self.raw(key)
        if value is None:
            return default
        if type(value) is not bool:
            self._type(key, value, self.w.text("true or false"), f"{key} = {str(default).lower()}")
            return default
        return value

    def day(self, key: str) -> date | None:
        """A date of the years 2000 to 2100."""
        value = self.raw(key)
        if value is None:
            self.missing(key, f"{key} = 2026-12-25")
            return None
        if type(value) is not date:
            example = self.w.text("{example}, without quotes or time", example=f"{key} = 2026-12-25")
            self._type(key, value, self.w.text("a date"), example)
            return None
        if not 2000 <= value.year <= 2100:
            self._range(key, value, self.w.text("Use a date of the years 2000 to 2100"))
            return None
        return value

    def choice(self, key: str, options: Sequence[str]) -> str | None:
        """One of ``options``."""
        text = self.words(key)
        if text is not None and text not in options:
            problem = self.w.text("{value} is not known", value=show(text))
            self.wrong(key, problem, guess(text, options, self.w))
            return None
        return text

    def duration(self, key: str, low: int, high: int) -> int | None:
        """Seconds, from a whole number of seconds or "30s", "5m", "2h"."""
        value = self.raw(key)
        if value is None:
            return None
        match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
        seconds = int(match[1]) * _UNIT[match[2]] if match else value
        if type(seconds) is not int:
            example = self.w.text('{key} = "30s", "5m" or "2h"', key=key)
            self._type(key, value, self.w.text("a duration"), example)
            return None
        if not low <= seconds <= high:
            self._range(key, value, self.w.text("Use {low} to {high} seconds", low=low, high=high))
            return None
        return seconds

    def names(self, key: str) -> tuple[str, ...] | None:
        """A list of texts, each once."""
        value = self.raw(key)
        if value is None:
            return None
        if not isinstance(value, list):
            self._type(key, value, self.w.text("a list of texts"), f'{key} = ["..."]')
            return None
        found: dict[str, None] = {}
        for item in value:
            if type(item) is int:
                item = str(item)  # noqa: PLW2901 floors and counters are often plain numbers
            if not isinstance(item, str) or not item.strip() or len(item) > 200 or not item.isprintable():
                problem = self.w.text("{value} is no text of one line", value=show(item))
                self.wrong(key, problem, self.w.text("Write {example}", example=f'{key} = ["...", "..."]'))
            elif item.strip() in found:
                self.twice(key, item)
            else:
                found[item.strip()] = None
        return tuple(found)

    def table(self, key: str) -> Table | None:
        """A table within this one."""
        value = self.raw(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self._type(key, value, self.w.text("a table"), f"[{self._section(key)}]")
            return None
        return Table(value, self._section(key), self._at(key), self.name(key), self.notes)

    def tables(self, key: str) -> list[Table]:
        """An array of tables; each is shown by its code, else by its place, counted from 1."""
        value = self.raw(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self._type(key, value, self.w.text("a list of tables"), f"[[{self._section(key)}]]")
            return []
        found = []
        for i, item in enumerate(value):
            if not isinstance(item, dict):
                problem = self.w.text("{value} is no table", value=show(item))
                self.wrong(key, problem, self.w.text("Write {example}", example=f"[[{self._section(key)}]]"))
                continue
            code = item.get("code")
            mark = code[:60] if isinstance(code, str) and code.isprintable() else f"#{i + 1}"
            path, shown = (*self._at(key), i), f"{self.name(key)}[{mark}]"
            found.append(Table(item, self._section(key), path, shown, self.notes))
        return found

    def _section(self, key: str) -> str:
        return f"{self.section}.{key}" if self.section else key

    def _at(self, key: str) -> Path:
        return (*self.path, *key.split(".", 1)) if key else self.path

    def _type(self, key: str, value: object, wanted: str, example: str) -> None:
        w = self.w
        kinds = {
            str: w.text("text"),
            bool: w.text("true or false"),
            int: w.text("a number"),
            float: w.text("a number"),
            dict: w.text("a table"),
            list: w.text("a list"),
        }
        found = kinds.get(type(value)) or w.text("a date or time")
        problem = w.text("{wanted} was expected, not {found}", wanted=wanted, found=found)
        self.wrong(key, problem, w.text("Write {example}", example=example))

    def _range(self, key: str, value: object, remedy: str) -> None:
        self.wrong(key, self.w.text("{value} is out of range", value=show(value)), remedy)

    def _unknown_keys(self) -> None:
        w = self.w
        for key in self.strange:
            if _SECRET.search(key):
                problem = w.text("looks like a secret, and there are none in this file")
                remedy = w.text(
                    "Remove it; the token of a source is made by `mpp token create` and stored hashed"
                )
            else:
                problem = w.text("is no known key")
                remedy = guess(key, KEYS[self.section], w, homes(key))
            self.wrong(key, problem, remedy)


def homes(key: str) -> list[str]:
    """The sections that do know ``key``."""
    return [section for section, keys in KEYS.items() if key in keys]


def guess(found: str, options: Iterable[str], w: Words, sections: Sequence[str] = ()) -> str:
    """A remedy: what was probably meant, else what there is to choose from."""
    options = list(options)
    near = get_close_matches(found.lower()[:60], options, 1, 0.7)
    if near:
        return w.text('Did you mean "{near}"?', near=near[0])
    if sections:
        homes = (section or w.text("the top of the file") for section in sections)
        return w.text("It belongs to {places}", places=f" {w.text('or')} ".join(homes))
    if not options:
        return w.text("There is none to choose from yet")
    return w.text("Use one of {options}", options=", ".join(options[:40]))


def show(value: object) -> str:
    """A value as it may stand in a message: short, on one line."""
    try:
        text = str(value) if isinstance(value, date) else repr(value)
    except ValueError:  # a number of thousands of digits
        return "…"
    if isinstance(value, bool):
        text = text.lower()
    return text if len(text) <= 60 else f"{text[:57]}..."
