"""From the parsed document to a Mall, naming every mistake on the way."""

from __future__ import annotations

from datetime import date
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


def build(document: dict[str, Any], notes: Notes) -> Mall | None:
    """The description, None without a [mall]. Use it only when the notes hold no mistake."""
    top = Table(document, "", (), "", notes)
    head = top.table("mall")
    if head is None:
        if top.raw("mall") is None:
            top.wrong("mall", "is missing", "Begin the file with [mall], code, name and zone")
        return None
    zone = _zone(head)
    floors = head.names("floors") or ()
    context = _context(head, Calendar(zone, holidays=_holidays(top)), floors)
    tables = top.tables("agency")
    read = [(table, read_agency(table, context)) for table in tables]
    agencies = tuple(agency for _, agency in read if agency is not None)
    sources = _sources(top, [agency.code for agency in agencies], context)
    _all_have_a_source(read, sources)
    last_ticket = head.whole("last_ticket_before_close_min", 0, 600)
    grace = head.whole("grace_min", 0, 1_440)
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
    )


def _zone(head: Table) -> str:
    """The mall's IANA zone; UTC stands in for a wrong one, so that the rest can be read."""
    text = head.words("zone", required=True)
    if text is None:
        return "UTC"
    zone = INDONESIA.get(text.upper(), text)
    known = available_timezones()
    if zone not in known:
        remedy = "Use WIB, WITA or WIT, or an IANA name such as Asia/Jakarta"
        head.wrong("zone", f"{show(text)} is no zone", remedy)
        return "UTC"
    return zone


def _context(head: Table, bare: Calendar, floors: tuple[str, ...]) -> Context:
    """The mall's own hours, and its calendar made of them."""
    said, schedules = hours.read_hours(head), hours.read_schedules(head)
    if not said.open:
        if schedules or said.breaks or said.prayer:
            head.wrong("", "has breaks or date ranges but no hours", "Add [mall.hours]")
        return Context(said, schedules, bare, floors)
    plans = hours.week([said])
    for name in hours.outside(plans):
        head.odd("breaks", f"the break of {name} lies outside the hours", "Mend the break or the hours")
    calendar = Calendar(bare.zone, plans, hours.ranges(said, schedules), bare.holidays)
    return Context(said, schedules, calendar, floors)


def _holidays(top: Table) -> tuple[tuple[date, str], ...]:
    found: dict[date, str] = {}
    for item in top.tables("holiday"):
        day, name = item.day("day"), item.words("name") or ""
        if day in found:
            item.wrong("day", f"{day} is listed twice", "Remove one of them")
        elif day is not None:
            found[day] = name
    return tuple(sorted(found.items()))


def _sources(top: Table, agencies: list[str], context: Context) -> tuple[Source, ...]:
    found = []
    for table in top.tables("source"):
        code, name, kind = table.code("code"), table.words("name"), table.choice("kind", KINDS) or "api"
        if code == OWN:
            table.wrong("code", f'"{OWN}" is kept for events of the monitor itself', "Choose another code")
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
            table.wrong("agencies", "is missing", 'List the agencies it may write, or write agencies = "all"')
        return ()
    for code in codes:
        if code not in known:
            table.wrong("agencies", f"{show(code)} is no agency of this file", guess(code, known))
    return codes


def _steps(table: Table, kind: str) -> tuple[str, ...]:
    """The steps a source reports, in their order; a source of readings reports none."""
    given = table.names("steps")
    if given is None:
        return () if kind == "readings" else STEPS
    for step in given:
        if step not in STEPS:
            table.wrong("steps", f"{show(step)} is no step", guess(step, STEPS))
    return tuple(step for step in STEPS if step in given)


def _all_have_a_source(read: list[tuple[Table, Agency | None]], sources: tuple[Source, ...]) -> None:
    fed = {code for source in sources for code in source.agencies}
    for table, agency in read:
        if agency is not None and agency.code not in fed:
            table.odd("", "no source may write this agency", "Add it to the agencies of a [[source]]")
