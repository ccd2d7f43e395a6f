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
from itertools import pairwise
from typing import Final, TypeVar

from mpp.mall.table import Table, show
from queues.clock import Break, DateRange, DayPlan, Span

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FRIDAY: Final = 4
SHUT: Final = ("tutup", "closed")
NO_BREAK: Final = ("bergantian", "none")
"""A break nobody notices, because officers take turns, is none."""

_SPAN: Final = re.compile(r"(\d{1,2})[.:](\d{2})\s*[-–]\s*(\d{1,2})[.:](\d{2})")
_DAYS: Final = re.compile(r"([a-z]{3})(?:[-_]([a-z]{3}))?")
_V = TypeVar("_V")
_EXAMPLE: Final = '"08.00-15.00"'


@dataclass(slots=True)
class Hours:
    """What one table says. ``open``: hours by weekday (None: shut); ``breaks`` by weekday;
    ``prayer``: Friday prayer, None where nothing is said, () where there is none."""

    open: dict[int, Span | None] = field(default_factory=dict)
    breaks: dict[int, tuple[Span, ...]] = field(default_factory=dict)
    prayer: tuple[Span, ...] | None = None


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

    found = Hours(open=_by_day(table, "hours", opening))
    if table.raw("breaks") in NO_BREAK:
        found.breaks = dict.fromkeys(range(7), ())
    else:
        found.breaks = _by_day(table, "breaks", stops)
    if table.raw("friday_prayer") is not None:
        found.prayer = stops("friday_prayer", table.raw("friday_prayer"))
    return found


def read_schedules(table: Table) -> list[Schedule]:
    """The date ranges of a table, oldest first; two that overlap are a mistake."""
    found: list[tuple[Schedule, Table]] = []
    for item in table.tables("schedule"):
        first, last = item.day("from"), item.day("to")
        hours, reason = read_hours(item), item.words("reason") or ""
        if first is None or last is None:
            continue
        if last < first:
            item.wrong("to", f"{last} is before {first}", "Write the first day as from, the last as to")
            continue
        found.append((Schedule(first, last, reason, hours), item))
    found.sort(key=lambda pair: pair[0].first)
    for (one, _), (other, item) in pairwise(found):
        if other.first <= one.last:
            problem = f"overlaps the range {one.first} to {one.last}"
            item.wrong("from", problem, "Let each day belong to one range")
    return [schedule for schedule, _ in found]


def read_days(table: Table) -> frozenset[int] | None:
    """``days`` of an agency: "mon-fri", "tue,thu" or a list of such."""
    value = table.raw("days")
    if value is None:
        return None
    texts = [value] if isinstance(value, str) else table.names("days")
    if texts is None:
        return None
    found: set[int] = set()
    for text in texts:
        found.update(_weekdays(table, "days", text))
    if not found:
        table.wrong("days", "names no weekday", f"Use {', '.join(DAYS)} or ranges such as mon-fri")
    return frozenset(found)


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


def outside(plans: Sequence[DayPlan]) -> list[str]:
    """Weekdays with a break that lies outside the hours altogether."""
    return [
        DAYS[day]
        for day, plan in enumerate(plans)
        if plan.open and any(b.span[1] <= plan.open[0] or b.span[0] >= plan.open[1] for b in plan.breaks)
    ]


def _by_day(table: Table, key: str, read: Callable[[str, object], _V]) -> dict[int, _V]:
    """The values of a table keyed by weekdays, each read once by ``read(key, value)``."""
    value = table.raw(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        no_break = f' or "{NO_BREAK[0]}"' if key == "breaks" else ""
        remedy = f"Write {key} = {{ mon-thu = {_EXAMPLE} }}{no_break}"
        table.wrong(key, f"hours by weekday were expected, not {show(value)}", remedy)
        return {}
    found: dict[int, _V] = {}
    for name, item in value.items():
        days = _weekdays(table, f"{key}.{name}", name)
        again = [DAYS[day] for day in days if day in found]
        if again:
            problem = f"says {', '.join(again)} a second time"
            table.wrong(f"{key}.{name}", problem, "Let each weekday stand once")
        found.update(dict.fromkeys(days, read(f"{key}.{name}", item)))
    return found


def _weekdays(table: Table, key: str, text: str) -> list[int]:
    found: list[int] = []
    for part in text.lower().split(","):
        match = _DAYS.fullmatch(part.strip())
        first, last = (match[1], match[2] or match[1]) if match else ("", "")
        if first not in DAYS or last not in DAYS:
            remedy = f"Use {', '.join(DAYS)}, ranges such as mon-thu, or lists such as tue,thu"
            table.wrong(key, f"{show(part.strip())} is no weekday", remedy)
        elif DAYS.index(last) < DAYS.index(first):
            remedy = "The week begins with mon: split it with a comma"
            table.wrong(key, f"{show(part.strip())} runs backwards", remedy)
        else:
            found += range(DAYS.index(first), DAYS.index(last) + 1)
    return found


def _span(table: Table, key: str, text: object) -> Span | None:
    match = _SPAN.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        table.wrong(key, f"{show(text)} are no hours", f"Write {_EXAMPLE}, 24-hour clock")
        return None
    first, last = (int(match[i]) * 3600 + int(match[i + 1]) * 60 for i in (1, 3))
    if int(match[2]) > 59 or int(match[4]) > 59 or max(first, last) > 24 * 3600:
        table.wrong(key, f"{show(text)} is on no clock", "Use 00.00 to 24.00")
        return None
    if last <= first:
        table.wrong(key, f"{show(text)} ends before it begins", "Write the earlier time first")
        return None
    return first, last
