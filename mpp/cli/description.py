"""``mpp init`` and ``mpp check``: the mall's description as a file. Neither needs a database."""

from __future__ import annotations

from pathlib import Path

import click

from mpp.cli.tools import say_json
from mpp.i18n import Words, words
from mpp.mall.load import examine
from mpp.mall.texts import example_text, init_text
from mpp.settings import Settings
from mpp.web.configured import configured


def _speaks() -> tuple[Settings, Words]:
    settings = configured()
    return settings, words(settings.locale)


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--example", is_flag=True, help="Write the example mall of 26 agencies instead.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def init(file: Path | None, example: bool, force: bool) -> None:
    """Write a commented description of a mall to FILE (mpp.toml of the installation without it)."""
    settings, w = _speaks()
    file = file or settings.description
    if file.exists() and not force:
        raise click.ClickException(
            w.text("{file} is there already. Choose another name or say --force.", file=file)
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(example_text() if example else init_text(), encoding="utf-8")
    click.echo(w.text("Wrote {file}. Edit it, then run: mpp check {file}", file=file))


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Mistakes as JSON.")
def check(file: Path | None, as_json: bool) -> None:
    """Name every mistake in the description FILE, with its place and remedy."""
    settings, w = _speaks()
    file = file or settings.description
    reading = examine(file, w)
    found = (*reading.mistakes, *reading.warnings)
    if as_json:
        say_json(
            [
                {
                    "file": one.file,
                    "line": one.line,
                    "key": one.key,
                    "problem": one.problem,
                    "remedy": one.remedy,
                    "warning": one.warning,
                }
                for one in found
            ]
        )
    else:
        for one in found:
            click.echo(f"{w.text('Warning')}: {one}" if one.warning else str(one))
        mall = reading.mall
        if mall is None:
            count = len(reading.mistakes)
            click.echo(
                w.plural("{n} mistake; nothing was changed.", "{n} mistakes; nothing was changed.", count)
            )
        else:
            click.echo(
                w.text(
                    "{file} is in order: {agencies} agencies, {services} services, {counters} counters.",
                    file=file,
                    agencies=w.number(len(mall.agencies)),
                    services=w.number(sum(len(a.services) for a in mall.agencies)),
                    counters=w.number(sum(len(a.counters) for a in mall.agencies)),
                )
            )
    if reading.mall is None:
        raise SystemExit(1)
