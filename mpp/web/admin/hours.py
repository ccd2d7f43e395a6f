"""The hours editor: a row per weekday, the Friday prayer, service days and date ranges."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from mpp.i18n import UNKNOWN, Words
from mpp.mall.hours import DAYS
from mpp.web.admin.fields import Checks, Field, Given, Trouble, box, group
from mpp.web.plain import el, field

_TIME: Final = re.compile(r"(\d{1,2})(?:[.:](\d{1,2}))?")
_PARTS: Final = ("open", "close", "from", "to")
RANGES: Final = 12
"""Date ranges a form takes."""


def weekday(number: int, w: Words) -> str:
    """A weekday's name, 0 is Monday."""
    return (
        w.text("Monday"),
        w.text("Tuesday"),
        w.text("Wednesday"),
        w.text("Thursday"),
        w.text("Friday"),
        w.text("Saturday"),
        w.text("Sunday"),
    )[number]


def tidy(text: str) -> str:
    """A time as the description writes it: "8" and "8:00" are "08.00"; what is none stays as it is."""
    text = text.strip()
    found = _TIME.fullmatch(text)
    return f"{int(found[1]):02}.{found[2] or '00':0>2}" if found else text


def span(first: str, last: str) -> str | None:
    """Two times as a span, None where neither was typed."""
    first, last = tidy(first), tidy(last)
    return f"{first}-{last}" if first or last else None


def parts(text: object) -> tuple[str, str]:
    """A span's two times."""
    first, _, last = str(text).partition("-")
    return first.strip(), last.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Week(Field):
    """Opening hours and one break by weekday. Additions keep a key per weekday ("mon")."""

    breaks: str = ""
    """What no break at all is called: "none", or "bergantian" where officers take turns."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Hours and breaks stand in one table of inputs."""
        return ("hours", "breaks")

    def fill(self, table: Mapping[str, Any], given: Given) -> None:
        """Times into their boxes."""
        hours, breaks = _by_day(table.get("hours")), _by_day(table.get("breaks"))
        for day in DAYS:
            given[f"{day}-open"], given[f"{day}-close"] = parts(hours.get(day, ""))
            given[f"{day}-from"], given[f"{day}-to"] = parts(breaks.get(day, ""))
        if isinstance(table.get("breaks"), str):
            given["no-break"] = "1"

    def read(self, given: Given, table: dict[str, Any], trouble: Trouble, w: Words) -> None:  # noqa: ARG002
        """Times from their boxes."""
        hours = {day: span(given.get(f"{day}-open", ""), given.get(f"{day}-close", "")) for day in DAYS}
        breaks = {day: span(given.get(f"{day}-from", ""), given.get(f"{day}-to", "")) for day in DAYS}
        said = {day: text for day, text in hours.items() if text}
        if said:
            table["hours"] = said
        stops = {day: text for day, text in breaks.items() if text}
        if "no-break" in given:
            table["breaks"] = self.breaks
        elif stops:
            table["breaks"] = stops

    def draw(self, given: Given, wrong: str, w: Words) -> Markup:
        """A row per weekday."""
        names = {
            "open": w.text("Opens"),
            "close": w.text("Closes"),
            "from": w.text("Break from"),
            "to": w.text("Break to"),
        }
        rows = [
            el(
                "tr",
                el("th", weekday(number, w), scope="row"),
                [
                    el("td", _time(f"{day}-{part}", f"{weekday(number, w)}: {names[part]}", given))
                    for part in _PARTS
                ],
            )
            for number, day in enumerate(DAYS)
        ]
        head = el("tr", el("td"), [el("th", names[part], scope="col") for part in _PARTS])
        return group(
            self,
            wrong,
            el("table", el("thead", head), el("tbody", rows), class_="week"),
            self.breaks
            and box("no-break", "1", w.text("No break: officers take turns"), "no-break" in given),
        )

    def told(self, table: Mapping[str, Any], w: Words) -> str:
        """The hours, and the breaks after them."""
        said = [_told(table.get("hours"), w)]
        if table.get("breaks"):
            said.append(w.text("break {times}", times=_told(table["breaks"], w)))
        return "; ".join(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prayer(Field):
    """The break for the Friday prayer. ``follows``: an agency may do as the mall or stay open."""

    follows: bool = False

    def fill(self, table: Mapping[str, Any], given: Given) -> None:
        """Two times, or that there is none."""
        value = table.get(self.key, "")
        if value in ("none", "bergantian"):
            given[f"{self.key}-none"] = "1"
        elif isinstance(value, str):
            given[f"{self.key}-from"], given[f"{self.key}-to"] = parts(value)

    def read(self, given: Given, table: dict[str, Any], trouble: Trouble, w: Words) -> None:  # noqa: ARG002
        """Two times, or that there is none."""
        said = span(given.get(f"{self.key}-from", ""), given.get(f"{self.key}-to", ""))
        if f"{self.key}-none" in given:
            table[self.key] = "none"
        elif said:
            table[self.key] = said

    def draw(self, given: Given, wrong: str, w: Words) -> Markup:
        """Two times, and a box where an agency may stay open."""
        none = f"{self.key}-none"
        return group(
            self,
            wrong,
            el(
                "div",
                _time(f"{self.key}-from", w.text("From"), given, shown=True),
                _time(f"{self.key}-to", w.text("To"), given, shown=True),
                class_="times",
            ),
            self.follows and box(none, "1", w.text("Stays open during the Friday prayer"), none in given),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranges(Field):
    """Date ranges with other hours; one empty place more than there are."""

    def fill(self, table: Mapping[str, Any], given: Given) -> None:
        """Each range into its place; hours as lines."""
        for place, one in enumerate(table.get(self.key, ())):
            for key in ("from", "to", "reason"):
                given[f"{self.key}-{place}-{key}"] = str(one.get(key, ""))
            lines = [f"{day} {text}" for day, text in one.get("hours", {}).items()]
            given[f"{self.key}-{place}-hours"] = "\n".join(lines)

    def read(self, given: Given, table: dict[str, Any], trouble: Trouble, w: Words) -> None:
        """The places in which something was typed."""
        found: list[dict[str, Any]] = []
        for place in range(RANGES):
            typed = {
                key: given.get(f"{self.key}-{place}-{key}", "").strip()
                for key in ("from", "to", "reason", "hours")
            }
            if any(typed.values()):
                found.append(_range(typed, len(found), self.key, trouble, w))
        if found:
            table[self.key] = found

    def draw(self, given: Given, wrong: str, w: Words) -> Markup:
        """A box per range."""
        used = [
            p for p in range(RANGES) if any(k.startswith(f"{self.key}-{p}-") and v for k, v in given.items())
        ]
        places = [*used, next((p for p in range(RANGES) if p not in used), RANGES - 1)]
        drawn = [self._place(place, given, w) for place in dict.fromkeys(places)]
        return group(self, wrong, *drawn, label=f"{self.label} ({w.text('optional')})")

    def _place(self, place: int, given: Given, w: Words) -> Markup:
        def asked(key: str, label: str, kind: str = "text") -> Markup:
            name = f"{self.key}-{place}-{key}"
            return field(label, name, kind=kind, value=given.get(name, ""))

        name = f"{self.key}-{place}-hours"
        return el(
            "div",
            asked("from", w.text("First day"), "date"),
            asked("to", w.text("Last day"), "date"),
            asked("reason", w.text("Reason, such as Ramadan")),
            el(
                "div",
                el("label", w.text("Hours, a line each: senin-kamis 08.00-14.00"), for_=name),
                el("textarea", given.get(name, ""), id=name, name=name, rows="3"),
                class_="field wide",
            ),
            class_="range",
        )

    def told(self, table: Mapping[str, Any], w: Words) -> str:  # noqa: ARG002 as every field
        """Each range with its reason."""
        found = table.get(self.key) or ()
        return (
            "; ".join(f"{one.get('reason') or ''} {one['from']}–{one['to']}".strip() for one in found)
            or UNKNOWN
        )


def _range(typed: Mapping[str, str], place: int, key: str, trouble: Trouble, w: Words) -> dict[str, Any]:
    made: dict[str, Any] = {name: typed[name] for name in ("from", "to", "reason") if typed[name]}
    hours = {}
    for line in typed["hours"].splitlines():
        day, _, times = line.strip().partition(" ")
        if day and not times:
            trouble[f"{key}[#{place + 1}].hours"] = w.text(
                "{line}: write a weekday and its hours, such as jumat 08.00-14.30", line=day
            )
        elif day:
            hours[day.rstrip(":")] = times.strip()
    if hours:
        made["hours"] = hours
    return made


def _by_day(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _told(value: object, w: Words) -> str:
    if not isinstance(value, dict):
        return UNKNOWN if value is None else str(value)
    said = [f"{days_words(day, w)} {_joined(times)}" for day, times in value.items()]
    return ", ".join(said) or UNKNOWN


def days_words(text: str, w: Words) -> str:
    """Weekdays of the file in words: "mon-thu" is "Senin-Kamis"."""
    names = {day: weekday(number, w) for number, day in enumerate(DAYS)}
    return re.sub(r"[a-z]+", lambda found: names.get(found[0], found[0].capitalize()), text.lower())


def _joined(times: object) -> str:
    return ", ".join(times) if isinstance(times, list) else str(times)


def _time(name: str, label: str, given: Given, *, shown: bool = False) -> Markup:
    made = el(
        "input",
        id=name,
        name=name,
        value=given.get(name, ""),
        aria_label=None if shown else label,
        placeholder="–",
        inputmode="decimal",
        autocomplete="off",
        maxlength="5",
        class_="time",
    )
    return el("div", el("label", label, for_=name), made, class_="field") if shown else made


class Days(Checks):
    """Service days to tick; the file may say "mon-fri"."""

    def _text(self, value: str, w: Words) -> str:
        return days_words(value, w)


def day_options(w: Words) -> Sequence[tuple[str, str]]:
    """The weekdays to choose service days from."""
    return [(day, weekday(number, w)) for number, day in enumerate(DAYS)]
