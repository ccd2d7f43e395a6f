"""``mpp import``: history and files of agencies."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click
from flask.cli import AppGroup

from mpp.cli.tools import DAY, say_json, tools
from mpp.i18n import Words
from mpp.sources.map_file import read_map
from mpp.sources.mistakes import ImportStoppedError
from mpp.sources.reasons import reason_text
from mpp.sources.rows import Progress
from mpp.sources.tickets import ImportResult, import_tickets

_FILE = click.Path(path_type=Path)

import_group = AppGroup("import", help="Bring in files: every row once, however often it is run.")


@import_group.command("tickets")
@click.argument("file", type=_FILE)
@click.option("--map", "map_file", required=True, type=_FILE, help="What the file's columns mean (TOML).")
@click.option("--create", is_flag=True, help="Make agencies, services and counters nobody described yet.")
@click.option("--from", "first", type=DAY, metavar="DAY", help="First day expected, else the map's.")
@click.option("--to", "last", type=DAY, metavar="DAY", help="Last day expected, else the map's.")
@click.option("--json", "as_json", is_flag=True, help="What was done, as JSON.")
def import_tickets_command(
    *, file: Path, map_file: Path, create: bool, first: date | None, last: date | None, as_json: bool
) -> None:
    """Import FILE, a table with one row per ticket (CSV, plain or gzip).

    Rows that cannot be taken go to quarantine with their line and a reason. Running it again takes
    only what is new or changed.
    """
    kit = tools()
    try:
        ticket_map = read_map(map_file, kit.words)
        with _bar(kit.words) as progress:
            result = import_tickets(
                kit.store,
                kit.intake,
                file,
                ticket_map,
                create_missing=create,
                period=(first, last),
                progress=progress,
                w=kit.words,
            )
    except ImportStoppedError as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        say_json(asdict(result))
    else:
        click.echo(told(result, kit.words))


@contextmanager
def _bar(words: Words) -> Iterator[Progress]:
    """A progress bar on stderr, only where somebody watches."""
    hidden = not sys.stderr.isatty()
    label = words.text("Reading")
    with click.progressbar(length=1000, label=label, file=sys.stderr, hidden=hidden) as bar:

        def progress(done: int, size: int) -> None:
            bar.update(done * 1000 // max(size, 1) - bar.pos)

        yield progress


def told(result: ImportResult, w: Words) -> str:
    """What an import did, in one line."""
    parts = [
        w.text(
            "{file}: {read} rows read, {new} new, {changed} changed, {unchanged} known already.",
            file=result.file,
            read=w.number(result.read),
            new=w.number(result.new),
            changed=w.number(result.changed),
            unchanged=w.number(result.unchanged + result.repeated),
        ),
        *_left_out(result, w),
    ]
    if result.created:
        parts.append(
            w.text(
                "Created: {agencies} agencies, {services} services, {counters} counters.",
                agencies=w.number(result.created.agencies),
                services=w.number(result.created.services),
                counters=w.number(result.created.counters),
            )
        )
    if result.closed:
        parts.append(
            w.plural("{n} open ticket closed.", "{n} open tickets closed.", result.closed),
        )
    if result.first is not None:
        parts.append(w.text("Days {first} to {last}.", first=result.first, last=result.last))
    return " ".join(parts)


def _left_out(result: ImportResult, w: Words) -> Iterator[str]:
    if result.quarantined:
        reasons = ", ".join(f"{reason_text(why, w)}: {w.number(n)}" for why, n in result.quarantined.items())
        yield w.text(
            "In quarantine: {count} ({reasons}); see: mpp quarantine list --source {source}",
            count=w.number(sum(result.quarantined.values())),
            reasons=reasons,
            source=result.source,
        )
    if result.forbidden:
        yield w.text(
            "Not taken: {count} rows of agencies that source {source} does not list; add them in mpp.toml.",
            count=w.number(result.forbidden),
            source=result.source,
        )
    if result.conflict:
        yield w.text(
            "Not taken: {count} rows that another import changed meanwhile; run it again.",
            count=w.number(result.conflict),
        )
    if result.dropped:
        yield w.text("Columns not in the map, dropped: {columns}.", columns=", ".join(result.dropped))
