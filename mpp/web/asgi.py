"""The ASGI app under uvicorn: live streams here, everything else to the Flask app through a2wsgi.

The hub of the live views starts and stops with the server.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from types import FrameType

from a2wsgi import WSGIMiddleware
from flask import Flask

from mpp.live.push import Hub
from mpp.live.views import View
from mpp.web.bodies import (
    GoneError,
    Receive,
    Scope,
    Send,
    TooLargeError,
    read_body,
    refuse_large,
    send_problem,
    with_body,
    with_length,
)
from mpp.web.sending import Line, with_line
from mpp.web.stream import LiveEndpoint

log = logging.getLogger(__name__)

ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

MIB = 1024 * 1024
#: Largest body of ``POST /api/v1/events`` (design.md section 4).
EVENTS_LIMIT = MIB


def build_asgi(
    flask_app: Flask,
    hub: Hub,
    *,
    sight: Callable[[View], str | None] | None = None,
    body_limits: Mapping[str, int] | None = None,
    body_limit: int = 2 * MIB,
    body_seconds: float = 60.0,
    send_seconds: float = 30.0,
    workers: int = 10,
) -> ASGIApp:
    """Join the Flask app and the hub.

    ``sight(view)`` says, inside a request context of the stream's own request, how much of ``view`` its
    sender sees (:func:`mpp.access.sight`), None for nothing; it is asked at connect and again while the
    stream lasts. ``body_limits`` gives
    the largest body in bytes per path, ``body_limit`` that of all others; a body must be complete
    within ``body_seconds``. Over the limit: 413, too slow: 408, as problems. A client that takes
    nothing of its answer for ``send_seconds`` is given up.
    """
    limits = {"/api/v1/events": EVENTS_LIMIT} | dict(body_limits or {})
    wsgi = WSGIMiddleware(with_line(with_body(flask_app.wsgi_app)), workers=workers)
    live = LiveEndpoint(hub, flask_app, sight)

    async def http(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path.startswith("/live/"):
            await live(scope, receive, send)
            return
        limit = limits.get(path, body_limit)
        try:
            async with asyncio.timeout(body_seconds):
                body = await read_body(scope, receive, limit)
        except TooLargeError as error:
            detail = f"the body of {path} may have at most {limit} bytes; send it in parts"
            await refuse_large(receive, send, detail, coming=error.coming)
            return
        except TimeoutError:
            detail = f"the body was not complete after {body_seconds:g} seconds"
            await send_problem(send, 408, "Request Timeout", detail, [(b"connection", b"close")])
            return
        except GoneError:
            return
        line = Line(receive, send, send_seconds)
        try:
            await wsgi({**with_length(scope, body), "mpp.line": line}, receive, line.send)  # type: ignore[arg-type]
            await line.send_file()
        finally:
            line.close()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(hub, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})
        else:
            await http(scope, receive, send)

    return app


async def _lifespan(hub: Hub, receive: Receive, send: Send) -> None:
    """Start the hub with the server and stop it with it."""
    await receive()
    try:
        await hub.start()
    except Exception as error:
        log.exception("the live hub could not start")
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        return
    with _streams_end_on_signals(hub):
        await send({"type": "lifespan.startup.complete"})
        await receive()
    await hub.stop()
    await send({"type": "lifespan.shutdown.complete"})


@contextlib.contextmanager
def _streams_end_on_signals(hub: Hub) -> Iterator[None]:
    """uvicorn waits for open responses before it says that it stops, and a stream never ends by
    itself: end the streams when the signal comes, so that stopping takes milliseconds, not the
    whole ``timeout_graceful_shutdown``."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def handle(number: int, frame: FrameType | None) -> None:
        hub.end("restart")
        old = before[signal.Signals(number)]
        if callable(old):
            old(number, frame)

    ours = [number for number, old in before.items() if callable(old)]
    for number in ours:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number in ours:
            if signal.getsignal(number) is handle:
                signal.signal(number, before[number])
