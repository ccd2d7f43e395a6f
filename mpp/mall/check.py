"""From the parsed document to a Mall, naming every mistake on the way."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import PurePosixPath
from typing import Any, Final
from zoneinfo import available_timezones

from mpp.mall import hours
from mpp.mall.agencies import Context, read_agency
from mpp.mall.keys import KINDS
from mpp.mall.mistakes import Notes
from mpp.mall.model import Agency, Mall, Source
from mpp.mall.table import Table, guess, show
from queues.clock import Calendar
from queues.events import STEPS

INDONESIA: Final = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
OWN: Final = "mpp"
"""CloudEvents sources that begin with this code are the monitor's own."""
WEEK_S: Final = 7 * 86_400
SPACED: Final = re.compile(r"[ .()-]")
DIAL: Final = re.compile(r"(?:\+[1-9]|0[1-9])[0-9]{5,13},{0,9}")


def build(document: dict[str, Any], notes: Notes) -> Mall | None:
    """The description, None without a [mall]. Use it only when the notes hold no mistake."""
    top = Table(document, "", (), "", notes)
    head = top.table("mall")
    if head is None:
        if top.raw("mall") is None:
            remedy = top.w.text("Begin the file with [mall], code, name and zone")
            top.wrong("mall", top.w.text("is missing"), remedy)
        return None
    zone = _zone(head)
    floors = head.names("floors") or ()
    context = _context(head, Calendar(zone, holidays=_holidays(top)), floors)
    tables = top.tables("agency")
    read = [(table, read_agency(table, context)) for table in tables]
    agencies = tuple(agency for _, agency in read if agency is not None)
    sources = _sources(top, [agency.code for agency in agencies], context)
    _all_have_a_source(read, sources)
    last_ticket = head.whole("last_ticket_before_close_min", 0, 600, 30)
    grace = head.whole("grace_min", 0, 1_440, 60)
    return Mall(
        code=head.code("code") or "",
        name=head.words("name", required=True) or "",
        zone=zone,
        calendar=context.calendar,
        agencies=agencies,
        sources=sources,
        grace_s=3600 if grace is None else grace * 60,
        last_ticket_s=None if last_ticket is None else last_ticket * 60,
        example=head.flag("example", default=False),
        floors=floors,
        dial=_dial(head),
        plans=_plans(top, context),
    )


def _plans(top: Table, context: Context) -> tuple[tuple[str, str], ...]:
    """The floors with a plan of their own, and its file. The files themselves are looked at by ``mpp
    check`` and by the page: one that is wrong keeps nobody from the rest."""
    found: dict[str, str] = {}
    for item in top.tables("plan"):
        floor, name = context.floor(item), item.words("file", required=True)
        if floor is None:
            if item.raw("floor") is None:
                item.missing("floor", 'floor = "1"')
            continue
        if floor in found:
            item.twice("floor", floor)
        elif name is not None:
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or "\\" in name or path.suffix.lower() != ".svg":
                problem = item.w.text("{value} is no SVG file beside the description", value=show(name))
                item.wrong(
                    "file", problem, item.w.text("Write {example}", example='file = "plans/lantai-1.svg"')
                )
            found[floor] = name
    return tuple(found.items())


def _dial(head: Table) -> str | None:
    """What is dialled before an extension, as a telephone dials it. An extension alone would reach
    another number, 110, 112 and 119 the emergency services; so a number of the mall must begin it."""
    text = head.words("dial", longest=40)
    if text is None:
        return None
    number = SPACED.sub("", text)
    if not DIAL.fullmatch(number):
        problem = head.w.text("{value} is not dialled before an extension", value=show(text))
        remedy = head.w.text(
            'Write the mall\'s number with its area code, and a comma for each pause: "+62 361 555000,,"'
        )
        head.wrong("dial", problem, remedy)
        return None
    return number


def _zone(head: Table) -> str:
    """The mall's IANA zone; UTC stands in for a wrong one, so that the rest can be read."""
    text = head.words("zone", required=True)
    if text is None:
        return "UTC"
    zone = INDONESIA.get(text.upper(), text)
    if zone not in _zones():
        remedy = head.w.text("Use WIB, WITA or WIT, or an IANA name such as Asia/Jakarta")
        head.wrong("zone", head.w.text("{value} is no zone", value=show(text)), remedy)
        return "UTC"
    return zone


@cache
def _zones() -> frozenset[str]:
    """Looking through the folders of all zones takes longer than reading a whole description."""
    return frozenset(available_timezones())


def _context(head: Table, bare: Calendar, floors: tuple[str, ...]) -> Context:
    """The mall's own hours, and its calendar made of them."""
    said, schedules = hours.read_hours(head), hours.read_schedules(head)
    if not said.open:
        if not said.faulty and (schedules or said.breaks or said.prayer):
            problem = head.w.text("has breaks or date ranges but no hours")
            head.wrong("", problem, head.w.text("Add {example}", example="[mall.hours]"))
        return Context(said, schedules, bare, floors)
    plans = hours.week([said])
    if not said.faulty:
        hours.outside(head, plans)
    calendar = Calendar(bare.zone, plans, hours.ranges(said, schedules), bare.holidays)
    return Context(said, schedules, calendar, floors)


def _holidays(top: Table) -> tuple[tuple[date, str], ...]:
    found: dict[date, str] = {}
    for item in top.tables("holiday"):
        day, name = item.day("day"), item.words("name") or ""
        if day in found:
            item.twice("day", day)
        elif day is not None:
            found[day] = name
    return tuple(sorted(found.items()))


def _sources(top: Table, agencies: list[str], context: Context) -> tuple[Source, ...]:
    found = []
    for table in top.tables("source"):
        code, name, kind = table.code("code"), table.words("name"), table.choice("kind", KINDS) or "api"
        if code == OWN:
            problem = table.w.text('"{code}" is kept for events of the monitor itself', code=OWN)
            table.wrong("code", problem, table.w.text("Choose another code"))
        source = Source(
            code=code or "",
            name=name or code or "",
            agencies=_agencies(table, agencies),
            kind=kind,
            expected_every_s=table.duration("expected_every", 1, WEEK_S),
            steps=_steps(table, kind),
            clock_offset_s=table.duration("clock_offset", -WEEK_S, WEEK_S) or 0,
            required=table.flag("required", default=True),
        )
        if context.once(table, "code", code, "source"):
            found.append(source)
    return tuple(found)


def _agencies(table: Table, known: list[str]) -> tuple[str, ...]:
    """The agencies a source may write: a list of codes, or "all"."""
    if table.raw("agencies") == "all":
        return tuple(known)
    codes = table.names("agencies")
    if codes is None:
        if table.raw("agencies") is None:
            remedy = table.w.text('List the agencies it may write, or write agencies = "all"')
            table.wrong("agencies", table.w.text("is missing"), remedy)
        return ()
    for code in codes:
        if code not in known:
            problem = table.w.text("{value} is no agency of this file", value=show(code))
            table.wrong("agencies", problem, guess(code, known, table.w))
    return codes


def _steps(table: Table, kind: str) -> tuple[str, ...]:
    """The steps a source reports, in their order; a source of readings reports none."""
    given = table.names("steps")
    if given is None:
        return () if kind == "readings" else STEPS
    for step in given:
        if step not in STEPS:
            problem = table.w.text("{value} is no step", value=show(step))
            table.wrong("steps", problem, guess(step, STEPS, table.w))
    return tuple(step for step in STEPS if step in given)


def _all_have_a_source(read: list[tuple[Table, Agency | None]], sources: tuple[Source, ...]) -> None:
    """Warn of agencies nobody may write, unless a mistake elsewhere may be the reason."""
    fed = {code for source in sources for code in source.agencies}
    for table, agency in read:
        if agency is not None and agency.code not in fed and not table.notes.mistakes:
            problem = table.w.text("no source may write this agency")
            table.odd("", problem, table.w.text("Add it to the agencies of a [[source]]"))
