"""Serving an app: settings checked, streams joined, one process under uvicorn."""

from __future__ import annotations

import gc
import sys
from contextlib import suppress
from socket import SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, getaddrinfo, socket
from typing import Any

import click
import uvicorn
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from mpp.access import FIRST
from mpp.i18n import words as words_of
from mpp.mall.mistakes import cause
from mpp.people.first import first_code
from mpp.settings import Settings
from mpp.store import people
from mpp.web.asgi import ASGIApp, build_asgi
from mpp.web.configured import configured
from mpp.web.context import Parts, parts_of
from mpp.web.session import gate_of

STOP_S = 3
"""Seconds open requests get to end when the server is told to stop."""


def checked(**overrides: Any) -> Settings:
    """The settings from the environment; ``overrides`` that are not None stand before them.

    Raises SettingsError, its text made for the person at the console, for settings that cannot be
    used.
    """
    return configured(**overrides)


def must_be_free(settings: Settings) -> None:
    """Raises ValueError, its text made for the person at the console, when nobody can listen at the
    address: it is taken, or it is none of this machine."""
    try:
        kind, _, _, _, place = getaddrinfo(settings.host, settings.port, type=SOCK_STREAM)[0]
        with socket(kind, SOCK_STREAM) as probe:
            probe.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        words = words_of(settings.locale)
        values = {"host": settings.host, "port": settings.port, "cause": cause(error, words)}
        raise ValueError(
            words.text(
                "Cannot listen on {host} port {port}: {cause}. Choose another: MPP_PORT=8051", **values
            )
        ) from None


def asgi_of(app: Flask) -> ASGIApp:
    """The app with its live streams; its jobs run while it is served."""
    parts = parts_of(app)
    inner = build_asgi(app, parts.hub, sight=gate_of(app).sight)

    async def asgi(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await inner(scope, receive, send)
            return
        if parts.mode != "replay":
            parts.jobs.start()
        tell_first(parts)
        try:
            await inner(scope, receive, send)
        finally:
            parts.close()

    return asgi


def tell_first(parts: Parts) -> None:
    """Say how to become the first administrator, while there is none; a replay would keep nobody."""
    if parts.mode == "replay":
        return
    try:
        with parts.store.read() as tx:
            if people.any_at_all(tx):
                return
    except SQLAlchemyError:
        return
    words = parts.words_for(parts.settings.locale)
    text = words.text(
        "Nobody can sign in yet. Open {address} and become the first administrator with the code {code}",
        address=address(parts.settings) + FIRST,
        code=first_code(parts.secret, parts.real()),
    )
    click.echo(text)


def run(app: Flask, asgi: ASGIApp | None = None) -> None:
    """Serve until told to stop (SIGTERM, SIGINT). Says where when a browser can go there."""
    parts = parts_of(app)
    config = uvicorn.Config(
        asgi or asgi_of(app),
        host=parts.settings.host,
        port=parts.settings.port,
        timeout_graceful_shutdown=STOP_S,
        access_log=False,
        log_config=None,
        server_header=False,
    )
    server = _Server(config, parts)
    # What is loaded now stays: looking through it again and again would stall frames by tens of ms.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)  # a batch of events makes thousands of values that die with it
    with suppress(KeyboardInterrupt):  # Ctrl-C has ended it cleanly by then
        server.run()
    if not server.started:
        sys.exit(1)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, parts: Parts) -> None:
        super().__init__(config)
        self._parts = parts

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            words = self._parts.words_for(self._parts.settings.locale)
            click.echo(words.text("The monitor is at {address}", address=address(self._parts.settings)))


def address(settings: Settings) -> str:
    """Where a browser on this machine finds it."""
    everywhere = ("0.0.0.0", "::", "127.0.0.1")  # noqa: S104 it is only shown; nothing is bound here
    host = "localhost" if settings.host in everywhere else settings.host
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"
