"""One table of the description, read key by key; what is wrong goes to the notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

from mpp.mall.created import CODE, LONGEST_CODE
from mpp.mall.keys import KEYS
from mpp.mall.mistakes import Notes, Path

_SECRET: Final = re.compile(r"token|passw|secret|sandi|api_?key|credential", re.IGNORECASE)
_DURATION: Final = re.compile(r"([+-]?\d{1,6})\s*(s|m|h)?")
_UNIT: Final = {None: 1, "s": 1, "m": 60, "h": 3600}
_KINDS: Final = {str: "text", bool: "true or false", int: "a number", float: "a number", dict: "a table"}


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

    def name(self, key: str) -> str:
        """How ``key`` of this table is named in a mistake."""
        return ".".join(part for part in (self.shown, key[:60]) if part)

    def words(self, key: str, *, required: bool = False, longest: int = 200) -> str | None:
        """A text of one line."""
        value = self.raw(key)
        if value is None:
            if required:
                self.wrong(key, "is missing", f'Add {key} = "..."')
            return None
        if not isinstance(value, str):
            self._type(key, value, "text", f'{key} = "..."')
            return None
        text = value.strip()
        if not text or len(text) > longest or not text.isprintable():
            self.wrong(
                key, f"{show(value)} is no text of one line", f"Write 1 to {longest} visible characters"
            )
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
            remedy = "Use a-z, 0-9 and -" + (f', such as "{better}"' if better else "")
            self.wrong(key, f"{show(text)} is no code", remedy)
            return None
        return text

    def whole(self, key: str, low: int, high: int) -> int | None:
        """A whole number from ``low`` to ``high``."""
        value = self.raw(key)
        if value is None:
            return None
        if type(value) is not int:
            self._type(key, value, "a whole number", f"{key} = {low}")
            return None
        if not low <= value <= high:
            self.wrong(key, f"{show(value)} is out of range", f"Use a whole number from {low} to {high}")
            return None
        return value

    def number(self, key: str, low: float, high: float) -> float | None:
        """A number from ``low`` to ``high``."""
        value = self.raw(key)
        if value is None:
            return None
        if type(value) not in {int, float}:
            self._type(key, value, "a number", f"{key} = {low:g}")
            return None
        if not low <= value <= high:  # nor is nan
            self.wrong(key, f"{show(value)} is out of range", f"Use a number from {low:g} to {high:g}")
            return None
        return float(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self.raw(key)
        if value is None:
            return default
        if type(value) is not bool:
            self._type(key, value, "true or false", f"{key} = {str(default).lower()}")
            return default
        return value

    def day(self, key: str) -> date | None:
        """A date of the years 2000 to 2100."""
        value = self.raw(key)
        if value is None:
            self.wrong(key, "is missing", f"Add {key} = 2026-12-25")
            return None
        if type(value) is not date:
            self._type(key, value, "a date", f"{key} = 2026-12-25, without quotes or time")
            return None
        if not 2000 <= value.year <= 2100:
            self.wrong(key, f"{value} is out of range", "Use a date of the years 2000 to 2100")
            return None
        return value

    def choice(self, key: str, options: Sequence[str]) -> str | None:
        """One of ``options``."""
        text = self.words(key)
        if text is not None and text not in options:
            self.wrong(key, f"{show(text)} is not known", guess(text, options))
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
            self._type(key, value, "a duration", f'{key} = "30s", "5m" or "2h"')
            return None
        if not low <= seconds <= high:
            self.wrong(key, f"{show(value)} is out of range", f"Use {low} to {high} seconds")
            return None
        return seconds

    def names(self, key: str) -> tuple[str, ...] | None:
        """A list of texts, each once."""
        value = self.raw(key)
        if value is None:
            return None
        if not isinstance(value, list):
            self._type(key, value, "a list of texts", f'{key} = ["..."]')
            return None
        found: dict[str, None] = {}
        for item in value:
            if type(item) is int:
                item = str(item)  # noqa: PLW2901 floors and counters are often plain numbers
            if not isinstance(item, str) or not item.strip() or len(item) > 200 or not item.isprintable():
                self.wrong(key, f"{show(item)} is no text of one line", f'Write {key} = ["...", "..."]')
            elif item.strip() in found:
                self.wrong(key, f"{show(item)} is listed twice", "Remove one of them")
            else:
                found[item.strip()] = None
        return tuple(found)

    def table(self, key: str) -> Table | None:
        """A table within this one."""
        value = self.raw(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self._type(key, value, "a table", f"[{self._section(key)}]")
            return None
        return Table(value, self._section(key), self._at(key), self.name(key), self.notes)

    def tables(self, key: str) -> list[Table]:
        """An array of tables; each is shown by its code, else by its place, counted from 1."""
        value = self.raw(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self._type(key, value, "a list of tables", f"[[{self._section(key)}]]")
            return []
        found = []
        for i, item in enumerate(value):
            if not isinstance(item, dict):
                self.wrong(key, f"{show(item)} is no table", f"Write [[{self._section(key)}]]")
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
        found = _KINDS.get(type(value), "a list" if isinstance(value, list) else "a date or time")
        self.wrong(key, f"{wanted} was expected, not {found}", f"Write {example}")

    def _unknown_keys(self) -> None:
        known = KEYS[self.section]
        for key in self.data:
            if key in known:
                continue
            if _SECRET.search(key):
                problem = "looks like a secret, and there are none in this file"
                remedy = "Remove it; the token of a source is made by `mpp token create` and stored hashed"
            else:
                problem, remedy = "is no known key", guess(key, known, homes(key))
            self.wrong(key, problem, remedy)


def homes(key: str) -> list[str]:
    """The sections that do know ``key``."""
    return [section for section, keys in KEYS.items() if key in keys]


def guess(found: str, options: Iterable[str], sections: Sequence[str] = ()) -> str:
    """A remedy: what was probably meant, else what there is to choose from."""
    options = list(options)
    near = get_close_matches(found.lower()[:60], options, 1, 0.7)
    if near:
        return f'Did you mean "{near[0]}"?'
    if sections:
        return f"It belongs to {' or '.join(section or 'the top of the file' for section in sections)}"
    return f"Use one of {', '.join(options[:40])}" if options else "There is none to choose from yet"


def show(value: object) -> str:
    """A value as it may stand in a message: short, on one line."""
    try:
        text = repr(value)
    except ValueError:  # a number of thousands of digits
        return "a very long number"
    return text if len(text) <= 60 else f"{text[:57]}..."
