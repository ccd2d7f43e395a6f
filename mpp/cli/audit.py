"""``mpp audit``: who did what, when and from where."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, time, timedelta, tzinfo

import click
from flask.cli import with_appcontext

from mpp.cli.lines import table
from mpp.cli.tools import DAY, mall_zone, say_json, tools
from mpp.i18n import Words
from mpp.store import audit
from mpp.store.audit import Entry


@click.command("audit")
@click.option("--who", default="", help="Only what this login did; console for the command line.")
@click.option("--what", default="", help="Only about what begins so: person:budi, device:, integrity.")
@click.option("--action", default="", help="Only this action, such as device.paired.")
@click.option("--since", type=DAY, metavar="DAY", help="From this day on, the mall's days.")
@click.option("--until", type=DAY, metavar="DAY", help="Up to this day, included.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--json", "as_json", is_flag=True, help="The entries as JSON.")
@with_appcontext
def audit_command(
    *, who: str, what: str, action: str, since: date | None, until: date | None, limit: int, as_json: bool
) -> None:
    """List the audit log, newest first: who did what, when, from where. It is never changed."""
    kit = tools()
    zone = mall_zone(kit.store)
    with kit.store.read() as tx:
        found = audit.entries(
            tx,
            who=who,
            what=what,
            action=action,
            since=_begin(since, zone),
            until=None if until is None else _begin(until + timedelta(days=1), zone),
            limit=limit,
        )
    if as_json:
        say_json([asdict(entry) | {"at": entry.at.isoformat()} for entry in found])
        return
    if found:
        click.echo(_table(found, zone, kit.words))
    click.echo(kit.words.plural("{n} entry", "{n} entries", len(found)), err=True)


def _begin(day: date | None, zone: tzinfo) -> datetime | None:
    return None if day is None else datetime.combine(day, time(0), zone)


def _table(found: list[Entry], zone: tzinfo, w: Words) -> str:
    heads = (
        w.text("No."),
        w.text("When"),
        w.text("Who"),
        w.text("From"),
        w.text("What was done"),
        w.text("To what"),
        w.text("What changed"),
    )
    cells = [
        (
            str(one.id),
            f"{one.at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
            one.who,
            one.remote or "–",
            one.action,
            one.what,
            changed(one),
        )
        for one in found
    ]
    return table(heads, cells)


def changed(entry: Entry) -> str:
    """What an entry changed, field by field: ``role: officer → agency``."""
    before, after = entry.before or {}, entry.after or {}
    names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    told = [
        f"{name}: {_plain(before[name])} → {_plain(after.get(name))}"
        if name in before and entry.after is not None
        else f"{name}: {_plain({**before, **after}[name])}"
        for name in names
    ]
    return "; ".join(told)


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value is None or value == "" else str(value)
