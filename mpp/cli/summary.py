"""``mpp summary``: the figures of a period."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from datetime import date

import click
from flask.cli import with_appcontext

from mpp.cli.tools import DAY, Tools, say_json, tools
from mpp.i18n import Words
from mpp.live.description import Descriptions
from mpp.live.judge import Judge
from mpp.live.summary import BY, row, summaries
from mpp.measures import PERIOD, Measure, Summary, registry
from mpp.store import legs


@click.command("summary")
@click.option("--from", "first", type=DAY, metavar="DAY", help="First day of issue; the first known without.")
@click.option("--to", "last", type=DAY, metavar="DAY", help="Last day of issue; the last known without.")
@click.option("--by", type=click.Choice(BY), default="agency", show_default=True, help="One row for each.")
@click.option("--agency", metavar="CODE", help="Only this agency's tickets.")
@click.option("--json", "as_json", is_flag=True, help="An array for a script; seconds, unknown is null.")
@with_appcontext
def summary_command(
    first: date | None, last: date | None, by: str, agency: str | None, as_json: bool
) -> None:
    """Print tickets, waits, service time and share within standard of a period."""
    kit = tools()
    if agency is not None:
        _must_be_known(kit, agency)
    start, end = _period(kit, first, last)
    found = _figures(kit, start, end, by, agency) if start and end else {}
    if as_json:
        say_json([row(key, figures) for key, figures in found.items()])
    elif found:
        click.echo(table(found, kit.words))
    elif start and end:
        click.echo(kit.words.text("No tickets were issued from {first} to {last}.", first=start, last=end))
    else:
        click.echo(kit.words.text("There are no tickets yet."))


def _must_be_known(kit: Tools, agency: str) -> None:
    with kit.store.read() as tx:
        versions = Descriptions().versions(tx)
    if versions.first_agency(agency) is None:
        known = ", ".join(sorted(versions.newest.by_code)) if versions else "-"
        raise click.ClickException(
            kit.words.text("There is no agency {agency}; there are: {known}", agency=agency, known=known)
        )


def _period(kit: Tools, first: date | None, last: date | None) -> tuple[date | None, date | None]:
    with kit.store.read() as tx:
        known = legs.days_known(tx)
    start, end = first or known[0], last or known[1]
    if start and end and end < start and first and last:
        raise click.UsageError(kit.words.text("--to must not be before --from."))
    return start, end


def _figures(kit: Tools, first: date, last: date, by: str, agency: str | None) -> Mapping[str, Summary]:
    with kit.store.read() as tx:
        versions = Descriptions().versions(tx)
    if not versions:
        return {}
    return summaries(kit.store, Judge(versions), first, last, by=by, now=kit.now(), agency=agency)


def table(found: Mapping[str, Summary], words: Words) -> str:
    """The figures as an aligned table under the names of the registry."""
    measures = registry(words)
    shown = [measures[key] for key in PERIOD]
    heads = [[""], *(textwrap.wrap(measure.name, 12) for measure in shown)]
    body = [[key, *(_cell(measure, figures, words) for measure in shown)] for key, figures in found.items()]
    height = max(map(len, heads))
    top = [[([""] * (height - len(head)) + head)[line] for head in heads] for line in range(height)]
    widths = [max(map(len, column)) for column in zip(*top, *body, strict=True)]
    return "\n".join(_line(cells, widths) for cells in (*top, *body))


def _cell(measure: Measure, figures: Summary, words: Words) -> str:
    value = getattr(figures, measure.key)
    if measure.unit == "seconds" and value is not None and value >= 60:
        return words.text("{n} min", n=words.number(value / 60, 1))
    if measure.unit == "seconds":
        return words.duration(value)
    return words.percent(value, 1) if measure.unit == "share" else words.number(value)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = (
        cell.rjust(width) if place else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join((first, *rest)).rstrip()
