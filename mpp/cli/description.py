"""``mpp init`` and ``mpp check``: the mall's description as a file. Neither needs a database; where there
is one, ``check`` knows what was added on the pages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from mpp.cli.tools import say_json
from mpp.i18n import Words, words
from mpp.live.description import told
from mpp.mall.additions import Additions
from mpp.mall.fitting import combine
from mpp.mall.load import Reading, parse_file
from mpp.mall.mistakes import Mistake
from mpp.mall.plans import check_plans
from mpp.mall.texts import example_text, init_text
from mpp.settings import Settings
from mpp.store import Store, additions, migrate
from mpp.store.database import engine_options
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
    """Name every mistake in the description FILE, with its place and remedy.

    What was added on the administrator's pages is laid over it; what no longer fits is a warning.
    """
    settings, w = _speaks()
    file = file or settings.description
    reading, aside = _examined(file, settings, w)
    plans = () if reading.mall is None else check_plans(reading.mall, file.parent, w)
    found = (*reading.mistakes, *reading.warnings, *aside, *plans)
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


def _examined(file: Path, settings: Settings, w: Words) -> tuple[Reading, tuple[Mistake, ...]]:
    """The file with what the pages add to it, and what of that does not fit."""
    parsed = parse_file(file, w)
    added = _added(settings, w)
    if isinstance(parsed, Reading):
        missing = not file.exists() and bool(added)
        combined = combine(None, added, w) if missing else None
        return (combined.reading, told(combined, w)) if combined else (parsed, ())
    combined = combine(parsed, added, w)
    return combined.reading, tuple(replace(one, warning=True) for one in told(combined, w))


def _added(settings: Settings, w: Words) -> Additions:
    """What the pages add; nothing where there is no database yet, or none of this release."""
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and not (url.database and Path(url.database).exists()):
        return {}
    engine = create_engine(url, **engine_options(settings.database))
    try:
        if migrate.current(engine) != migrate.head():
            return {}
        with Store(engine).read() as tx:
            return additions.living(tx)
    except SQLAlchemyError:
        said = w.text("The database does not answer: what was added on the pages is not checked.")
        click.echo(said, err=True)
        return {}
    finally:
        engine.dispose()
