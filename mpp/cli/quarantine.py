"""``mpp quarantine``: what could not be read, and reading it again."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from mpp.cli.tools import say_json, tools
from mpp.live.retry import drop, retry
from mpp.store import quarantine

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
    for row in rows:
        place = row.place or row.event_id
        click.echo(f"{row.id:>6}  {row.source}  {row.reason}  {place}  ×{row.times}\n        {row.detail}")
    for code, why, count in counts:
        click.echo(f"{code}  {why}: {kit.words.number(count)}", err=True)
    click.echo(
        kit.words.plural("{n} open entry", "{n} open entries", sum(count for _, _, count in counts)), err=True
    )


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
