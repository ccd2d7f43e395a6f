"""Request bodies and problems on the ASGI side.

Bodies are read whole before one of the few WSGI threads is taken: bytes are counted whether or not a
length was announced, and Flask sees a body of known length (an unmarked chunked body would arrive
empty there and be lost). A slow or broken-off body costs a coroutine, never a thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


DRAIN_BYTES = 8 * 1024 * 1024
"""How much of a refused body is let pass by unread."""
DRAIN_S = 5.0
"""How many seconds that may take."""


async def send_problem(
    send: Send,
    status: int,
    title: str,
    detail: str,
    headers: Iterable[tuple[bytes, bytes]] = (),
    *,
    more_body: bool = False,
) -> None:
    """Answer with an RFC 9457 problem. ``more_body``: the caller ends the answer."""
    body = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail}).encode()
    own = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *headers,
    ]
    await send({"type": "http.response.start", "status": status, "headers": own})
    await send({"type": "http.response.body", "body": body, "more_body": more_body})


async def refuse_large(receive: Receive, send: Send, detail: str, *, coming: bool) -> None:
    """Answer 413. While more of the body is ``coming``, the connection stays open for it, within
    bounds: most clients read the answer only after they have sent everything, and a connection
    closed before that is a broken pipe to them."""
    close = [(b"connection", b"close")]
    await send_problem(send, 413, "Content Too Large", detail, close, more_body=True)
    if coming:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_S):
                await _drain(receive)
    await send({"type": "http.response.body", "body": b""})


async def _drain(receive: Receive) -> None:
    left = DRAIN_BYTES
    while left > 0:
        message = await receive()
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return
        left -= len(message.get("body", b""))


class TooLargeError(Exception):
    """The body is longer than allowed; ``coming`` says whether there is more of it."""

    def __init__(self, *, coming: bool) -> None:
        super().__init__()
        self.coming = coming


class GoneError(Exception):
    """The client hung up in the middle of its body."""


async def read_body(scope: Scope, receive: Receive, limit: int) -> bytes:
    """The whole body, at most ``limit`` bytes; a longer one raises before it is kept."""
    headers = dict(scope["headers"])
    length = headers.get(b"content-length")
    if length is None and b"transfer-encoding" not in headers:
        return b""
    if length is not None and length.isdigit() and int(length) > limit:
        raise TooLargeError(coming=True)
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise GoneError
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise TooLargeError(coming=message.get("more_body", False))
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def with_length(scope: Scope, body: bytes) -> Scope:
    """The scope of a request whose body is complete: with its length, without chunks."""
    headers = [(k, v) for k, v in scope["headers"] if k not in {b"content-length", b"transfer-encoding"}]
    if body or len(headers) != len(scope["headers"]):
        headers.append((b"content-length", str(len(body)).encode()))
    return {**scope, "headers": headers, "mpp.body": body}


def with_body(wsgi_app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Let the WSGI app read the body from memory instead of asking the event loop for it."""

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["wsgi.input"] = io.BytesIO(environ["asgi.scope"]["mpp.body"])
        environ["wsgi.input_terminated"] = True
        return wsgi_app(environ, start_response)

    return app
