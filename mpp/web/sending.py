"""How answers of the Flask app go out, so that a client that reads slowly or not at all holds none of
the few WSGI threads.

Files leave their thread at once and are sent by the event loop; whatever else comes in parts ends as
soon as its client is gone or takes nothing for a while.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from werkzeug.wsgi import FileWrapper

from mpp.web.bodies import Message, Receive, Send

BLOCK: Final = 64 * 1024
"""Bytes of a file that are sent at a time: as many as uvicorn keeps before it waits for the client."""


class Handed(FileWrapper):
    """A file that the app has handed over to be sent: this server's ``wsgi.file_wrapper`` (PEP 3333)."""


class Line:
    """The way of one answer to its client. ``gone`` is true once the client hung up, or took nothing
    for ``seconds``; what is sent then is dropped."""

    def __init__(self, receive: Receive, send: Send, seconds: float) -> None:
        self.gone = False
        self.file: Handed | None = None
        self._receive, self._send, self._seconds = receive, send, seconds
        self._parts = 0
        self._watch: asyncio.Task[None] | None = None

    async def send(self, message: Message) -> None:
        """ASGI's ``send``. Never raises, because the thread that makes the answer waits for it."""
        last = message["type"] == "http.response.body" and not message.get("more_body", False)
        if self.gone or (last and self.file is not None):
            return
        self._parts += 1
        if self._parts == 3 and not last:  # a head and a second part: a long answer
            self._watch = asyncio.create_task(self._until_gone())
        try:
            async with asyncio.timeout(self._seconds):
                await self._send(message)
        except (TimeoutError, OSError):
            self.gone = True

    async def send_file(self) -> None:
        """Send the file that was handed over, if one was."""
        if (file := self.file) is None:
            return
        while not self.gone and (block := await asyncio.to_thread(file.file.read, BLOCK)):
            await self.send({"type": "http.response.body", "body": block, "more_body": True})
        self.file = None
        file.close()
        await self.send({"type": "http.response.body", "body": b""})

    def close(self) -> None:
        """The answer is over, however it went."""
        self.gone = True
        if self.file is not None:
            self.file.close()
        if self._watch is not None:
            self._watch.cancel()

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.gone = True


def with_line(wsgi_app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Let the line in ``mpp.line`` of the ASGI scope send files, and end answers whose client is gone."""

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        line: Line = environ["asgi.scope"]["mpp.line"]
        environ["wsgi.file_wrapper"] = Handed
        answer = wsgi_app(environ, start_response)
        if isinstance(answer, Handed):
            line.file = answer
            return ()
        return _while_there(answer, line)

    return app


def _while_there(answer: Iterable[bytes], line: Line) -> Iterator[bytes]:
    try:
        for part in answer:
            if line.gone:
                return
            yield part
    finally:
        getattr(answer, "close", lambda: None)()
