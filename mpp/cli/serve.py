"""``mpp serve`` and ``mpp demo``: the product in one process, with its live streams."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask

from mpp import create_app
from mpp.cli.tools import ready_to_serve
from mpp.i18n import words as words_of
from mpp.jobs import Job
from mpp.mall.load import read
from mpp.mall.texts import example_text
from mpp.now import Now
from mpp.settings import Settings
from mpp.simulate import Feed, demo_start
from mpp.web import server
from mpp.web.context import parts_of


@click.command()
@click.option("--host", help="Address to listen on; MPP_HOST without it.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on; MPP_PORT without it.")
def serve(host: str | None, port: int | None) -> None:
    """Serve the mall: pages, live streams and the API."""
    try:
        settings = ready_to_serve(host, port)
        _must_be_there(settings.config, settings)
        app = create_app(settings)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    server.run(app)


def _must_be_there(file: Path | None, settings: Settings) -> None:
    """A description somebody named must be there; the one in the instance folder may come later."""
    if file is not None and not file.is_file():
        words = words_of(settings.locale)
        raise click.ClickException(
            words.text("MPP_CONFIG: there is no file {file}. Write it: mpp init {file}", file=file)
        )


@click.command()
@click.option("--host", help="Address to listen on; MPP_HOST without it.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on; MPP_PORT without it.")
@click.option("--seed", default=1, show_default=True, help="Another number, another day.")
def demo(host: str | None, port: int | None, seed: int) -> None:
    """Show the example mall with an invented day, in a database of its own."""
    try:
        settings = ready_to_serve(host, port)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    app = demo_app(settings, seed)
    words = parts_of(app).words_for(settings.locale)
    click.echo(words.text("This is a DEMO: an example mall and an invented day."))
    server.run(app)


def demo_app(settings: Settings, seed: int) -> Flask:
    """The app of the demo: a fresh database and description in the instance folder's ``demo``."""
    folder = settings.instance / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("demo.sqlite*"):
        old.unlink()
    description = folder / "mpp.toml"
    description.write_text(example_text(), encoding="utf-8")
    own = settings.model_copy(
        update={
            "instance": folder,
            "config": description,
            "database_url": f"sqlite:///{(folder / 'demo.sqlite').absolute()}",
            "redis_url": "",
        }
    )
    mall = read(description)
    now = Now.starting_at(demo_start(mall, Now()()))
    app = create_app(own, now=now, mode="demo")
    parts = parts_of(app)
    feed = Feed(parts.intake, mall, seed)
    feed.run(now())
    parts.jobs.jobs = (*parts.jobs.jobs, Job("feed", 1.0, feed.run))
    return app
