"""Agencies of the description: their services, counters and hours."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final

from mpp.mall import hours
from mpp.mall.hours import Hours, Schedule
from mpp.mall.keys import FEES
from mpp.mall.model import Agency, Counter, Done, Service
from mpp.mall.table import Table, guess, show
from queues.clock import Calendar

MOST_COUNTERS: Final = 200
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
            table.wrong(key, f'"{value}" is already used by {self.used[mark]}', f"Give each its own {key}")
            return False
        self.used[mark] = table.shown
        return True

    def floor(self, table: Table) -> str | None:
        """The table's ``floor``: one of the mall's, where the mall names its floors."""
        floor = table.place("floor")
        if floor and self.floors and floor not in self.floors:
            table.wrong("floor", f'"{floor}" is no floor of the mall', guess(floor, self.floors))
        return floor


def read_agency(table: Table, context: Context) -> Agency | None:
    """One agency, None when its code is missing, wrong or taken."""
    code = table.code("code")
    known = context.once(table, "code", code)
    name = table.words("name", required=True)
    letter = _pattern(table, "letter", _LETTER, "one or two capital letters")
    context.once(table, "letter", letter)
    services = _services(table, context)
    floor = context.floor(table)
    counters = _counters(table, context, services, floor)
    planned = table.whole("planned", 0, MOST_COUNTERS)
    if planned is not None and counters and planned > len(counters):
        problem = f"{planned} counters are planned, {len(counters)} are described"
        table.wrong("planned", problem, f"Use at most {len(counters)}, or describe the other counters")
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
        share=table.number("share", 0, 100),
        needs=table.names("needs") or (),
    )
    return agency if known else None


def _calendar(table: Table, context: Context) -> Calendar:
    own, schedules, days = hours.read_hours(table), hours.read_schedules(table), hours.read_days(table)
    if not context.hours.open and not own.open:
        if days is not None or schedules or own.breaks or own.prayer:
            remedy = "Add [mall.hours], or hours to the agency"
            table.wrong("days" if days else "", "has days, breaks or ranges but no hours", remedy)
        return replace(context.calendar, week=None, ranges=())
    plans = hours.week([context.hours, own], days)
    for day in sorted(days or ()):
        if plans[day].open is None:
            problem = f"{hours.DAYS[day]} is a service day without hours"
            table.wrong(
                "days", problem, f'Add hours = {{ {hours.DAYS[day]} = "08.00-12.00" }} or drop the day'
            )
    unused = [hours.DAYS[day] for day in sorted(own.open) if days is not None and day not in days]
    if unused:
        problem = f"has hours on {', '.join(unused)}, which are no service days"
        table.odd("hours", problem, "Add the days to days, or drop their hours")
    if own.breaks or own.open:
        for name in hours.outside(plans):
            table.odd("breaks", f"the break of {name} lies outside the hours", "Mend the break or the hours")
    woven = hours.ranges(context.hours, context.schedules, own, schedules, days)
    return replace(context.calendar, week=plans, ranges=woven)


def _services(table: Table, context: Context) -> tuple[Service, ...]:
    found = []
    for item in table.tables("service"):
        code = item.code("code")
        prefix = _pattern(item, "prefix", _PREFIX, "1 to 6 capital letters and digits")
        context.once(item, "prefix", prefix)
        wait, priority, desk = (_minutes(item, key) for key in ("wait", "wait_priority", "desk"))
        fee = item.choice("fee", FEES)
        service = Service(
            code=code or "",
            name=item.words("name", required=True) or "",
            prefix=prefix,
            wait_s=wait,
            wait_priority_s=priority,
            desk_s=desk,
            done=_done(item),
            decree=item.words("decree"),
            quota=item.whole("quota", 0, 100_000),
            fee=fee,
            share=item.number("share", 0, 100),
        )
        if context.once(item, "code", code, f"{table.path}.service"):
            found.append(service)
    return tuple(found)


def _counters(
    table: Table, context: Context, services: tuple[Service, ...], floor: str | None
) -> tuple[Counter, ...]:
    """Counters 1 to ``counters``, with those described one by one in their place or after them."""
    total = table.whole("counters", 0, MOST_COUNTERS) or 0
    found = {str(n): Counter(str(n), f"Loket {n}", floor) for n in range(1, total + 1)}
    codes = [service.code for service in services]
    for item in table.tables("counter"):
        code = item.code("code")
        serves = item.names("services") or ()
        for service in serves:
            if service not in codes:
                item.wrong("services", f"{show(service)} is no service of this agency", guess(service, codes))
        name, place = item.words("name"), item.words("place")
        counter = Counter(code or "", name or f"Loket {code}", context.floor(item) or floor, place, serves)
        if context.once(item, "code", code, f"{table.path}.counter"):
            found[counter.code] = counter
    return tuple(found.values())


def _minutes(table: Table, key: str) -> int | None:
    """Seconds of a promise given in minutes."""
    minutes = table.number(key, 0, 10_080)
    if minutes == 0:
        table.wrong(key, "0 minutes can never be kept", "Leave it out where no standard is set")
    return round(minutes * 60) if minutes else None


def _done(table: Table) -> Done | None:
    value = table.raw("done")
    if value is None:
        return None
    if isinstance(value, dict):
        return _done_table(table)
    match = _DONE.fullmatch(" ".join(value.lower().split())) if isinstance(value, str) else None
    if match is None or not int(match[1]):
        remedy = 'Write "15 menit", "2 jam" or "1 hari kerja"; for "1-3 hari kerja" promise the longest'
        table.wrong("done", f"{show(value)} is no time until done", remedy)
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
        given.wrong("", "needs exactly one of minutes and working_days", "Write done = { working_days = 4 }")
        return None
    return Done(minutes, days)


def _pattern(table: Table, key: str, pattern: re.Pattern[str], wanted: str) -> str | None:
    text = table.words(key, longest=10)
    if text is not None and not pattern.fullmatch(text):
        table.wrong(key, f"{show(text)} does not fit", f"Use {wanted}")
        return None
    return text
