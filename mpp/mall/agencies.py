"""Agencies of the description: their services, counters and hours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from mpp.mall import hours
from mpp.mall.hours import Hours, Schedule
from mpp.mall.keys import FEES
from mpp.mall.model import Agency, Counter, Done, Service
from mpp.mall.table import Table, guess, show
from queues.clock import Calendar, DayPlan

MOST_COUNTERS: Final = 200
LEAST_MINUTES: Final = 0.1
_DONE: Final = re.compile(r"(\d{1,6})\s*(menit|jam|hari kerja)")
_LETTER: Final = re.compile(r"[A-Z]{1,2}")
_PREFIX: Final = re.compile(r"[A-Z0-9]{1,6}")


@dataclass(slots=True)
class Context:
    """What agencies are read against: the mall's hours, date ranges, calendar and floors; and
    what was already ``used``, by kind and value, with the place that used it."""

    hours: Hours
    schedules: list[Schedule]
    calendar: Calendar
    floors: tuple[str, ...]
    used: dict[tuple[str, str], str] = field(default_factory=dict)

    def once(self, table: Table, key: str, value: str | None, scope: str = "") -> bool:
        """Whether ``value`` is the first of its kind within ``scope``; a second is a mistake."""
        if value is None:
            return False
        mark = (f"{scope}.{key}", value)
        if mark in self.used:
            w = table.w
            problem = w.text('"{value}" is already used by {place}', value=value, place=self.used[mark])
            table.wrong(key, problem, w.text("Give each its own {key}", key=key))
            return False
        self.used[mark] = table.shown
        return True

    def floor(self, table: Table) -> str | None:
        """The table's ``floor``: one of the mall's, where the mall names its floors."""
        floor = table.place("floor")
        if floor and self.floors and floor not in self.floors:
            problem = table.w.text('"{floor}" is no floor of the mall', floor=floor)
            table.wrong("floor", problem, guess(floor, self.floors, table.w))
        return floor


def read_agency(table: Table, context: Context) -> Agency | None:
    """One agency, None when its code is missing, wrong or taken."""
    code = table.code("code")
    known = context.once(table, "code", code)
    name = table.words("name", required=True)
    letter = _pattern(table, "letter", _LETTER, table.w.text("Use one or two capital letters"))
    context.once(table, "letter", letter)
    services = _services(table, context)
    floor = context.floor(table)
    counters = _counters(table, context, services, floor)
    planned = table.whole("planned", 0, MOST_COUNTERS, 3)
    if planned is not None and counters and planned > len(counters):
        w, there = table.w, len(counters)
        problem = w.text("{n} counters are planned, {there} are described", n=planned, there=there)
        table.odd("planned", problem, w.text("Use at most {n}, or describe the other counters", n=there))
        planned = there
    agency = Agency(
        code=code or "",
        name=name or "",
        short=table.words("short", longest=40) or name or "",
        calendar=_calendar(table, context),
        services=services,
        counters=counters,
        letter=letter,
        kind=table.words("kind"),
        floor=floor,
        zone=table.words("zone"),
        extension=table.place("extension"),
        planned=planned if planned is not None else (len(counters) or None),
        share=table.number("share", 0, 100, 10),
        needs=table.names("needs") or (),
    )
    return agency if known else None


def _calendar(table: Table, context: Context) -> Calendar:
    own, schedules, days = hours.read_hours(table), hours.read_schedules(table), hours.read_days(table)
    # What only follows from hours that are faulty themselves is no further mistake.
    told = context.hours.faulty or own.faulty
    if not context.hours.open and not own.open:
        if not told and (days is not None or schedules or own.breaks or own.prayer):
            problem = table.w.text("has days, breaks or ranges but no hours")
            remedy = table.w.text("Add [mall.hours], or hours to the agency")
            table.wrong("days" if days else "", problem, remedy)
        return replace(context.calendar, week=None, ranges=())
    plans = hours.week([context.hours, own], days)
    if not told:
        _compare(table, own, days, plans)
    woven = hours.ranges(context.hours, context.schedules, own, schedules, days)
    return replace(context.calendar, week=plans, ranges=woven)


def _compare(table: Table, own: Hours, days: frozenset[int] | None, plans: Sequence[DayPlan]) -> None:
    """Note service days without hours, hours without service days and breaks outside the hours."""
    w, names = table.w, hours.day_names(table.w)
    for day in sorted(days or ()):
        if plans[day].open is None:
            problem = w.text("{day} is a service day without hours", day=names[day])
            example = f'hours = {{ {names[day]} = "08.00-12.00" }}'
            table.wrong("days", problem, w.text("Add {example} or drop the day", example=example))
    unused = [names[day] for day in sorted(own.open) if days is not None and day not in days]
    if unused:
        problem = w.text("has hours on {days}, which are no service days", days=", ".join(unused))
        table.odd("hours", problem, w.text("Add the days to days, or drop their hours"))
    if own.breaks or own.open:
        hours.outside(table, plans)


def _services(table: Table, context: Context) -> tuple[Service, ...]:
    found = []
    for item in table.tables("service"):
        code = item.code("code")
        prefix = _pattern(item, "prefix", _PREFIX, item.w.text("Use 1 to 6 capital letters and digits"))
        context.once(item, "prefix", prefix)
        wait, priority = _minutes(item, "wait", 30), _minutes(item, "wait_priority", 15)
        fee = item.choice("fee", FEES)
        service = Service(
            code=code or "",
            name=item.words("name", required=True) or "",
            prefix=prefix,
            wait_s=wait,
            wait_priority_s=priority,
            desk_s=_minutes(item, "desk", 10),
            done=_done(item),
            decree=item.words("decree"),
            quota=item.whole("quota", 0, 100_000, 150),
            fee=fee,
            share=item.number("share", 0, 100, 10),
        )
        if context.once(item, "code", code, f"{table.path}.service"):
            found.append(service)
    return tuple(found)


def _counters(
    table: Table, context: Context, services: tuple[Service, ...], floor: str | None
) -> tuple[Counter, ...]:
    """Counters 1 to ``counters``, with those described one by one in their place or after them."""
    total = table.whole("counters", 0, MOST_COUNTERS, 3) or 0
    found = {str(n): Counter(str(n), f"Loket {n}", floor) for n in range(1, total + 1)}
    codes = [service.code for service in services]
    for item in table.tables("counter"):
        code = item.code("code")
        serves = item.names("services") or ()
        for service in serves:
            if service not in codes:
                problem = item.w.text("{value} is no service of this agency", value=show(service))
                item.wrong("services", problem, guess(service, codes, item.w))
        name, place = item.words("name"), item.words("place")
        counter = Counter(code or "", name or f"Loket {code}", context.floor(item) or floor, place, serves)
        if context.once(item, "code", code, f"{table.path}.counter"):
            found[counter.code] = counter
    return tuple(found.values())


def _minutes(table: Table, key: str, example: int) -> int | None:
    """Seconds of a promise given in minutes."""
    value = table.raw(key)
    if type(value) in {int, float} and value == 0:
        remedy = table.w.text("Leave it out where no standard is set")
        table.wrong(key, table.w.text("0 minutes can never be kept"), remedy)
        return None
    minutes = table.number(key, LEAST_MINUTES, 10_080, example)
    return round(minutes * 60) if minutes else None


def _done(table: Table) -> Done | None:
    value = table.raw("done")
    if value is None:
        return None
    if isinstance(value, dict):
        return _done_table(table)
    match = _DONE.fullmatch(" ".join(value.lower().split())) if isinstance(value, str) else None
    if match is None or not int(match[1]):
        remedy = table.w.text(
            'Write "15 menit", "2 jam" or "1 hari kerja"; for "1-3 hari kerja" promise the longest'
        )
        table.wrong("done", table.w.text("{value} is no time until done", value=show(value)), remedy)
        return None
    number = int(match[1])
    if match[2] == "hari kerja":
        return Done(working_days=number)
    return Done(minutes=number * 60 if match[2] == "jam" else number)


def _done_table(table: Table) -> Done | None:
    given = table.table("done")
    if given is None:
        return None
    minutes, days = given.whole("minutes", 1, 1_000_000), given.whole("working_days", 1, 10_000)
    if len(given.data) != 1 or (minutes is None) == (days is None):
        problem = given.w.text("needs exactly one of minutes and working_days")
        given.wrong("", problem, given.w.text("Write {example}", example="done = { working_days = 4 }"))
        return None
    return Done(minutes, days)


def _pattern(table: Table, key: str, pattern: re.Pattern[str], remedy: str) -> str | None:
    text = table.words(key, longest=10)
    if text is not None and not pattern.fullmatch(text):
        table.wrong(key, table.w.text("{value} does not fit", value=show(text)), remedy)
        return None
    return text
