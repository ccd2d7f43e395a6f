"""``GET /live/<view>``: the stream of a live view, and with ``?since=<boot>-<v>`` its polling form."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from urllib.parse import parse_qs

from a2wsgi.wsgi import Body, build_environ
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from mpp.access import FULL
from mpp.live.push import Hub, NoPictureError
from mpp.live.viewers import Viewer
from mpp.live.views import View
from mpp.web.bodies import Receive, Scope, Send, send_problem

HEADERS = [
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would hold the stream back
    (b"x-content-type-options", b"nosniff"),
]
#: Longest ``since`` that is read: a boot is 8 characters, and int() refuses thousands of digits.
SINCE_LIMIT = 64


class LiveEndpoint:
    """Answers everything under ``/live/``. ``sight`` runs in a request context of
    ``flask_app`` and says how much of a view the sender sees, None for nothing."""

    def __init__(self, hub: Hub, flask_app: Flask, sight: Callable[[View], str | None] | None) -> None:
        self._hub, self._flask, self._sight = hub, flask_app, sight

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET":
            await send_problem(send, 405, "Method Not Allowed", "live views are read", [(b"allow", b"GET")])
            return
        query = parse_qs(scope["query_string"].decode("latin1"), keep_blank_values=True)
        page = scope["path"].removeprefix("/live/")
        view = self._hub.views.find(page, _one(query, "scope"), _one(query, "locale") or "id")
        if view is None:
            await send_problem(
                send, 404, "Not Found", f"there is no live view {page!r} with this scope and locale"
            )
            return
        sight = self._asked(view, scope)
        try:
            level = await self._hub.ask(sight)
        except SQLAlchemyError:
            detail = "the database is busy or down; try again"
            await send_problem(send, 503, "Service Unavailable", detail, [(b"retry-after", b"2")])
            return
        if level is None:
            await send_problem(send, 403, "Forbidden", "this device may not see the view")
            return
        view = view._replace(level=level)
        if "since" in query:
            await self._poll(view, query["since"][0], send)
        else:
            # Who sees more or less than before gets another stream.
            await self._stream(self._hub.connect(view, lambda: sight() == level), receive, send)

    def _asked(self, view: View, scope: Scope) -> Callable[[], str | None]:
        sight, flask_app = self._sight, self._flask
        if sight is None:
            return lambda: FULL

        def ask() -> str | None:
            # The body is never read: the loop and receive of a Body are not needed.
            environ = build_environ(scope, Body(None, None))  # type: ignore[arg-type]
            with flask_app.request_context(environ):  # type: ignore[arg-type]
                return sight(view)

        return ask

    async def _poll(self, view: View, since: str, send: Send) -> None:
        try:
            body = await self._hub.poll(view, *_held(since))
        except NoPictureError:
            await send_problem(send, 503, "Service Unavailable", "no board yet", [(b"retry-after", b"2")])
            return
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            *HEADERS,
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _stream(self, viewer: Viewer, receive: Receive, send: Send) -> None:
        viewer.task = asyncio.current_task()
        gone = asyncio.create_task(_disconnected(receive))
        gone.add_done_callback(lambda _: viewer.close())
        try:
            headers = [(b"content-type", b"text/event-stream; charset=utf-8"), *HEADERS]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            while (messages := await viewer.next()) is not None:
                viewer.sending_since = time.monotonic()
                await send({"type": "http.response.body", "body": messages, "more_body": True})
                viewer.sending_since = None
            await send({"type": "http.response.body", "body": b""})
        finally:
            self._hub.disconnect(viewer)
            gone.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _held(since: str) -> tuple[str, int]:
    """The picture a screen holds, from ``<boot>-<v>``; one nobody has where that cannot be read."""
    boot, _, v = since.rpartition("-")
    return (boot, int(v)) if v.isdecimal() and len(since) <= SINCE_LIMIT else ("0", 0)


def _one(query: dict[str, list[str]], name: str) -> str:
    return query.get(name, [""])[0]
