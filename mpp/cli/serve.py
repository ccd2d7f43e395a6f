"""``mpp serve``: the product in one process, with its live streams."""

from __future__ import annotations

from pathlib import Path

import click

from mpp import create_app
from mpp.cli.tools import ready_to_serve
from mpp.i18n import words as words_of
from mpp.settings import Settings
from mpp.web import server


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
