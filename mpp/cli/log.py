"""``mpp replay`` and ``mpp rebuild``: what the event log is good for."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import click
from flask.cli import with_appcontext

from mpp.cli.tools import ready_to_serve, tools
from mpp.i18n import Words, words
from mpp.live import rebuild
from mpp.live.description import Descriptions
from mpp.live.replay import ReplayFacts
from mpp.now import Now
from mpp.store import Store, legs, log
from mpp.web import server
from mpp.web.configured import spoken
from mpp.web.context import parts_of


@click.command()
@click.option("--from", "first", required=True, metavar="TIME", help="Start, mall time: 1999-02-10T09:00.")
@click.option("--to", "last", required=True, metavar="TIME", help="End, mall time.")
@click.option("--speed", default=60.0, show_default=True, type=click.FloatRange(0.01, 10_000))
@click.option("--host", help="Address to listen on; MPP_HOST without it.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on; MPP_PORT without it.")
def replay(first: str, last: str, speed: float, host: str | None, port: int | None) -> None:
    """Show a recorded or imported stretch as if it were now. Live data are not touched."""
    from mpp import create_app

    try:
        settings = ready_to_serve(host, port)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    w = words(settings.locale)
    app = create_app(settings, mode="replay")
    try:
        start, end = _stretch(parts_of(app).store, first, last, w)
    finally:
        parts_of(app).close()
    now = Now.starting_at(start, speed, end)
    app = create_app(settings, now=now, mode="replay", reader=ReplayFacts)
    click.echo(
        w.text(
            "Replaying {start} to {end}, {speed} times as fast.", start=first, end=last, speed=w.number(speed)
        )
    )
    server.run(app)


def _stretch(store: Store, first: str, last: str, w: Words) -> tuple[datetime, datetime]:
    """Start and end as instants; refused where there is nothing to see between them."""
    with store.read() as tx:
        versions = Descriptions().versions(tx)
        known = legs.days_known(tx)
    if not versions:
        raise click.ClickException(w.text("There is nothing to replay: no mall is described yet."))
    zone = ZoneInfo(versions.newest.zone)
    start, end = (_instant(text, zone) for text in (first, last))
    if end <= start:
        raise click.ClickException(w.text("--to must be later than --from."))
    if known[0] is None:
        raise click.ClickException(w.text("There is nothing to replay: there are no tickets yet."))
    with store.read() as tx:
        days = start.astimezone(zone).date(), end.astimezone(zone).date()
        empty = next(legs.between(tx, *days), None) is None
    if empty:
        raise click.ClickException(
            w.text(
                "There is nothing to replay from {start} to {end}: the days with tickets lie between "
                "{first} and {last}.",
                start=first,
                end=last,
                first=known[0],
                last=known[1],
            )
        )
    return start, end


def _instant(text: str, zone: ZoneInfo) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        w = spoken()
        problem = w.text("{value} is no time: write it like 2026-11-23T09:00", value=repr(text))
        raise click.BadParameter(problem) from None


@click.command("rebuild")
@with_appcontext
def rebuild_command() -> None:
    """Fold every ticket anew from the event log. Changes nothing unless something was wrong."""
    kit = tools()
    with kit.store.read() as tx:
        total = log.count_tickets(tx)
    with click.progressbar(length=total, file=sys.stderr) as bar:
        legs = rebuild.rebuild(kit.store, kit.now(), bar.update)
    click.echo(
        kit.words.text(
            "{tickets} tickets folded, {legs} legs.",
            tickets=kit.words.number(total),
            legs=kit.words.number(legs),
        )
    )
