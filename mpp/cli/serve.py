"""``mpp serve``: the product in one process, with its live streams."""

from __future__ import annotations

import click

from mpp import create_app
from mpp.web import logs, server


@click.command()
@click.option("--host", help="Address to listen on; MPP_HOST without it.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on; MPP_PORT without it.")
def serve(host: str | None, port: int | None) -> None:
    """Serve the mall: pages, live streams and the API."""
    try:
        settings = server.checked(host=host, port=port)
        logs.configure(settings)
        app = create_app(settings)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    server.run(app)
