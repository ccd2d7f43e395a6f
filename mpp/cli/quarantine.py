"""``mpp quarantine``: what could not be read, and reading it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

import click
from flask.cli import AppGroup

from mpp.cli.tools import mall_zone, say_json, tools
from mpp.i18n import Words
from mpp.live.retry import drop, retry
from mpp.sources.reasons import reason_text
from mpp.store import quarantine
from mpp.store.quarantine import Quarantined

quarantine_group = AppGroup("quarantine", help="What could not be read, kept with its reason.")


@quarantine_group.command("list")
@click.option("--source", help="Only of this source.")
@click.option("--reason", help="Only with this reason.")
@click.option("--resolved", is_flag=True, help="Those that were settled, instead of the open ones.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--json", "as_json", is_flag=True, help="The list as JSON.")
def listed(source: str | None, reason: str | None, resolved: bool, limit: int, as_json: bool) -> None:
    """List entries, newest first, and count the open ones by source and reason."""
    kit = tools()
    with kit.store.read() as tx:
        rows = quarantine.listed(tx, source=source, reason=reason, resolved=resolved, limit=limit)
        counts = quarantine.counts(tx)
    if as_json:
        say_json(
            [
                {
                    "id": row.id,
                    "source": row.source,
                    "origin": row.origin,
                    "event_id": row.event_id,
                    "agency": row.agency,
                    "reason": row.reason,
                    "detail": row.detail,
                    "place": row.place,
                    "times": row.times,
                    "retryable": row.retryable,
                    "first_received_at": row.first_received_at.isoformat(),
                    "item": row.item,
                }
                for row in rows
            ]
        )
        return
    if rows:
        click.echo(table(rows, mall_zone(kit.store), kit.words))
    for code, why, count in counts:
        click.echo(f"{code}  {why} ({reason_text(why, kit.words)}): {kit.words.number(count)}")
    click.echo(kit.words.plural("{n} open entry", "{n} open entries", sum(count for _, _, count in counts)))


def table(rows: Sequence[Quarantined], zone: tzinfo, w: Words) -> str:
    """The entries under a line of headings, each with its detail below it; times are the mall's."""
    heads = (
        w.text("No."),
        w.text("First received"),
        w.text("Times"),
        w.text("Source"),
        w.text("Reason"),
        w.text("Event, or file and line"),
    )
    cells = [
        (
            str(row.id),
            f"{row.first_received_at.astimezone(zone):%Y-%m-%d %H:%M}",
            w.number(row.times),
            row.source,
            row.reason,
            row.place or row.event_id,
        )
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]

    def line(parts: Sequence[str]) -> str:
        return "  ".join(part.ljust(width) for part, width in zip(parts, widths, strict=True)).rstrip()

    below = " " * (widths[0] + 2)
    listed = (f"{line(parts)}\n{below}{row.detail}" for parts, row in zip(cells, rows, strict=True))
    return "\n".join((line(heads), *listed))


@quarantine_group.command("retry")
@click.option("--source", help="Only of this source.")
@click.option("--reason", help="Only with this reason.")
def again(source: str | None, reason: str | None) -> None:
    """Read open entries again with today's configuration."""
    kit = tools()
    with kit.store.read() as tx:
        rows = quarantine.listed(tx, source=source, reason=reason, limit=quarantine.CAP)
    done = retry(kit.intake, rows)
    click.echo(
        kit.words.text(
            "{tried} entries read again, {resolved} settled, {left} still in quarantine.",
            tried=kit.words.number(len(done.answers)),
            resolved=kit.words.number(done.resolved),
            left=kit.words.number(len(done.answers) - done.resolved),
        )
    )
    if done.left:
        click.echo(
            kit.words.plural(
                "{n} entry left alone: it is a row of a file, or was not kept whole because of personal "
                "data. Import the file again, or let the source send it again.",
                "{n} entries left alone: rows of files, or not kept whole because of personal "
                "data. Import the files again, or let the sources send them again.",
                done.left,
            )
        )


@quarantine_group.command("drop")
@click.argument("ids", nargs=-1, required=True, type=int)
def let_go(ids: tuple[int, ...]) -> None:
    """Settle entries by hand: they are kept, but no longer counted as open."""
    kit = tools()
    dropped = drop(kit.intake, ids)
    click.echo(kit.words.plural("{n} entry settled.", "{n} entries settled.", dropped))
