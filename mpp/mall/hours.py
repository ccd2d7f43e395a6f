"""Hours, breaks and date ranges of the description, resolved into Calendars.

What is said about a weekday holds over what is said further out; the order, from the weakest:
the mall, the mall's date range, the agency, the agency's date range. What nobody says of a
weekday is taken from the next weaker one; a weekday without hours is shut.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from difflib import get_close_matches
from itertools import pairwise
from types import MappingProxyType
from typing import Final, TypeVar

from mpp.i18n import Words
from mpp.mall.table import Table, show
from queues.clock import Break, DateRange, DayPlan, Span

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HARI: Final = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
FRIDAY: Final = 4
SHUT: Final = ("tutup", "closed")
NO_BREAK: Final = ("bergantian", "none")
"""A break nobody notices, because officers take turns, is none."""

_SPAN: Final = re.compile(r"(\d{1,2})[.:](\d{2})\s*[-–]\s*(\d{1,2})[.:](\d{2})")
_DAYS: Final = re.compile(r"([a-z]{3,6})(?:\s*[-_]\s*([a-z]{3,6}))?")
_NUMBER: Final = MappingProxyType(
    {name: n for names in (DAYS, HARI, [hari[:3] for hari in HARI]) for n, name in enumerate(names)}
)
"""Weekdays by name: mon, senin or sen is 0."""
_V = TypeVar("_V")
_EXAMPLE: Final = '"08.00-15.00"'


@dataclass(slots=True)
class Hours:
    """What one table says. ``open``: hours by weekday (None: shut); ``breaks`` by weekday;
    ``prayer``: Friday prayer, None where nothing is said, () where there is none; ``faulty``: a part
    of it could not be read, so what is missing here says nothing."""

    open: dict[int, Span | None] = field(default_factory=dict)
    breaks: dict[int, tuple[Span, ...]] = field(default_factory=dict)
    prayer: tuple[Span, ...] | None = None
    faulty: bool = False


@dataclass(slots=True)
class Schedule:
    """A date range (both ends included) and what it says."""

    first: date
    last: date
    reason: str
    hours: Hours


def read_hours(table: Table) -> Hours:
    """``hours``, ``breaks`` and ``friday_prayer`` of a table."""

    def opening(key: str, item: object) -> Span | None:
        return None if item in SHUT else _span(table, key, item)

    def stops(key: str, item: object) -> tuple[Span, ...]:
        many = item if isinstance(item, list) else [item]
        spans = (_span(table, key, one) for one in many if one not in NO_BREAK)
        return tuple(span for span in spans if span)

    before = table.notes.count()
    found = Hours(open=_by_day(table, "hours", opening))
    if table.raw("breaks") in NO_BREAK:
        found.breaks = dict.fromkeys(range(7), ())
    else:
        found.breaks = _by_day(table, "breaks", stops)
    if table.raw("friday_prayer") is not None:
        found.prayer = stops("friday_prayer", table.raw("friday_prayer"))
    found.faulty = table.notes.count() > before or _misspelt(table)
    return found


def day_names(w: Words) -> tuple[str, ...]:
    """The weekdays as the reader may write them in the file."""
    return HARI if w.locale == "id" else DAYS


def _misspelt(table: Table) -> bool:
    """Whether the table has no ``hours`` but an unknown key that may well be them."""
    return "hours" not in table.data and any(
        isinstance(table.data[key], dict) or get_close_matches(key.lower()[:60], ["hours"], 1, 0.7)
        for key in table.strange
    )


def read_schedules(table: Table) -> list[Schedule]:
    """The date ranges of a table, oldest first; two that overlap are a mistake."""
    found: list[tuple[Schedule, Table]] = []
    for item in table.tables("schedule"):
        first, last = item.day("from"), item.day("to")
        hours, reason = read_hours(item), item.words("reason") or ""
        if first is None or last is None:
            continue
        if last < first:
            problem = item.w.text("{last} is before {first}", last=last, first=first)
            item.wrong("to", problem, item.w.text("Write the first day as from, the last as to"))
            continue
        found.append((Schedule(first, last, reason, hours), item))
    found.sort(key=lambda pair: pair[0].first)
    for (one, _), (other, item) in pairwise(found):
        if other.first <= one.last:
            problem = item.w.text("overlaps the range {first} to {last}", first=one.first, last=one.last)
            item.wrong("from", problem, item.w.text("Let each day belong to one range"))
    return [schedule for schedule, _ in found]


def read_days(table: Table) -> frozenset[int] | None:
    """``days`` of an agency: "mon-fri", "tue,thu" or a list of such. None where nothing is said or
    where it is wrong."""
    value = table.raw("days")
    if value is None:
        return None
    texts = [value] if isinstance(value, str) else table.names("days")
    if texts is None:
        return None
    before = table.notes.count()
    found = {day for text in texts for day in _weekdays(table, "days", text)}
    if not found and table.notes.count() == before:
        table.wrong("days", table.w.text("names no weekday"), _use_days(table.w))
    return frozenset(found) if table.notes.count() == before else None


def week(layers: Sequence[Hours], days: frozenset[int] | None = None) -> tuple[DayPlan, ...]:
    """Seven plans from layers, the strongest last, cut to ``days`` (None: all)."""
    plans = []
    for day in range(7):
        hours = next((layer.open[day] for layer in reversed(layers) if day in layer.open), None)
        if hours is None or (days is not None and day not in days):
            plans.append(DayPlan())
            continue
        spans = next((layer.breaks[day] for layer in reversed(layers) if day in layer.breaks), ())
        stops = [Break(span) for span in spans]
        if day == FRIDAY:
            prayer = next((layer.prayer for layer in reversed(layers) if layer.prayer is not None), ())
            stops += [Break(span, "friday_prayer") for span in prayer]
        plans.append(DayPlan(hours, tuple(stops)))
    return tuple(plans)


def ranges(
    mall: Hours,
    mall_schedules: Sequence[Schedule],
    agency: Hours | None = None,
    agency_schedules: Sequence[Schedule] = (),
    days: frozenset[int] | None = None,
) -> tuple[DateRange, ...]:
    """Date ranges of the mall (no ``agency``) or of an agency, where those of both are woven."""
    both = (*mall_schedules, *agency_schedules)
    edges = sorted({s.first for s in both} | {s.last + timedelta(days=1) for s in both})
    found = []
    for first, after in pairwise(edges):
        of_mall = next((s for s in mall_schedules if s.first <= first <= s.last), None)
        of_agency = next((s for s in agency_schedules if s.first <= first <= s.last), None)
        if of_mall is None and of_agency is None:
            continue
        layers = [mall]
        layers += [of_mall.hours] if of_mall else []
        layers += [agency] if agency else []
        layers += [of_agency.hours] if of_agency else []
        reason = (of_agency and of_agency.reason) or (of_mall and of_mall.reason) or ""
        plans = week(layers, days)
        found.append(DateRange(first, after - timedelta(days=1), plans, reason))
    return tuple(found)


def outside(table: Table, plans: Sequence[DayPlan]) -> None:
    """Warn of weekdays with a break that lies outside the hours altogether."""
    names = day_names(table.w)
    for day, plan in enumerate(plans):
        span = plan.open
        if span and any(b.span[1] <= span[0] or b.span[0] >= span[1] for b in plan.breaks):
            problem = table.w.text("the break of {day} lies outside the hours", day=names[day])
            table.odd("breaks", problem, table.w.text("Mend the break or the hours"))


def _by_day(table: Table, key: str, read: Callable[[str, object], _V]) -> dict[int, _V]:
    """The values of a table keyed by weekdays, each read once by ``read(key, value)``."""
    value = table.raw(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        names = day_names(table.w)
        example = f"{key} = {{ {names[0]}-{names[3]} = {_EXAMPLE} }}"
        if key == "breaks":
            example += f' {table.w.text("or")} "{NO_BREAK[0]}"'
        problem = table.w.text("hours by weekday were expected, not {value}", value=show(value))
        table.wrong(key, problem, table.w.text("Write {example}", example=example))
        return {}
    found: dict[int, _V] = {}
    for name, item in value.items():
        days = _weekdays(table, f"{key}.{name}", name)
        again = [day_names(table.w)[day] for day in days if day in found]
        if again:
            problem = table.w.text("says {days} a second time", days=", ".join(again))
            table.wrong(f"{key}.{name}", problem, table.w.text("Let each weekday stand once"))
        found.update(dict.fromkeys(days, read(f"{key}.{name}", item)))
    return found


def _weekdays(table: Table, key: str, text: str) -> list[int]:
    found: list[int] = []
    for part in text.lower().split(","):
        match = _DAYS.fullmatch(part.strip())
        first, last = (_NUMBER.get(match[1]), _NUMBER.get(match[2] or match[1])) if match else (None, None)
        if first is None or last is None:
            problem = table.w.text("{value} is no weekday", value=show(part.strip()))
            table.wrong(key, problem, _use_days(table.w))
        elif last < first:
            problem = table.w.text("{value} runs backwards", value=show(part.strip()))
            names = day_names(table.w)
            remedy = table.w.text("The week begins with {day}: split it with a comma", day=names[0])
            table.wrong(key, problem, remedy)
        else:
            found += range(first, last + 1)
    return found


def _use_days(w: Words) -> str:
    names = day_names(w)
    return w.text(
        "Use {names}, ranges such as {range}, or lists such as {list}",
        names=", ".join(names),
        range=f"{names[0]}-{names[3]}",
        list=f"{names[1]},{names[3]}",
    )


def _span(table: Table, key: str, text: object) -> Span | None:
    match = _SPAN.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        problem = table.w.text("{value} are no hours", value=show(text))
        table.wrong(key, problem, table.w.text("Write {example}, 24-hour clock", example=_EXAMPLE))
        return None
    first, last = (int(match[i]) * 3600 + int(match[i + 1]) * 60 for i in (1, 3))
    if int(match[2]) > 59 or int(match[4]) > 59 or max(first, last) > 24 * 3600:
        problem = table.w.text("{value} is on no clock", value=show(text))
        table.wrong(key, problem, table.w.text("Use 00.00 to 24.00"))
        return None
    if last <= first:
        problem = table.w.text("{value} ends before it begins", value=show(text))
        table.wrong(key, problem, table.w.text("Write the earlier time first"))
        return None
    return first, last
