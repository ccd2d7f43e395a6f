"""From the parsed document to a Mall, naming every mistake on the way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from zoneinfo import available_timezones

from mpp.mall import hours
from mpp.mall.agencies import MallHours, read_agency
from mpp.mall.keys import KINDS
from mpp.mall.mistakes import Notes
from mpp.mall.model import Agency, Mall, Source
from mpp.mall.table import Table, guess, show
from queues.clock import Calendar
from queues.events import STEPS

INDONESIA: Final = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
WEEK_S: Final = 7 * 86_400


def build(document: dict[str, Any], notes: Notes) -> Mall:
    """The description. Only worth using when the notes hold no mistake afterwards."""
    top = Table(document, "", (), "", notes)
    head = top.table("mall")
    if head is None:
        if "mall" not in document:
            top.wrong("mall", "is missing", "Begin the file with [mall], code, name and zone")
        head = Table({"code": "mall", "name": "-", "zone": "WIB"}, "mall", ("mall",), "mall", notes)
    zone = _zone(head)
    times = _mall_hours(head)
    calendar = Calendar(
        zone,
        hours.week([times.hours]) if times.hours.open else None,
        hours.ranges(times.hours, times.schedules),
        _holidays(top),
    )
    tables = top.tables("agency")
    agencies = tuple(read_agency(table, calendar, times) for table in tables)
    for table, agency in zip(tables, agencies, strict=True):
        _floor_is_known(head, table, agency)
    _twice(tables, "code")
    _twice(tables, "letter")
    _twice([s for table in tables for s in table.tables_again("service")], "prefix")
    last_ticket = head.whole("last_ticket_before_close_min", 0, 600)
    grace = head.whole("grace_min", 0, 1_440)
    return Mall(
        code=head.code("code") or "mall",
        name=head.words("name", required=True) or "",
        zone=zone,
        calendar=calendar,
        agencies=agencies,
        sources=_sources(top, agencies, tables),
        grace_s=3600 if grace is None else grace * 60,
        last_ticket_s=None if last_ticket is None else last_ticket * 60,
        example=head.flag("example", default=False),
        floors=head.names("floors") or (),
    )
