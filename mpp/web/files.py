"""Files made on request: into a temporary file first, a few at a time, then handed over to be sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import IO, Final, cast

from flask import Response, request
from werkzeug.wsgi import wrap_file

from mpp.i18n import Words
from mpp.web.sending import BLOCK

AT_ONCE: Final = 2
"""So many files are made at the same time: each takes one of the few threads."""
MOST_OUT: Final = 4
"""So many large files that were made may be on their way to the same owner."""
IN_MEMORY: Final = 1024 * 1024
"""Bytes from which on a file lies on the disk while it is made and sent."""
RETRY_S: Final = 10


class BusyError(Exception):
    """Too many files are being made, or sent to this owner."""


class Turns:
    """Who may have a file made now: one at a time for each owner, AT_ONCE for all."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._making: set[str] = set()
        self._out: Counter[str] = Counter()

    @contextmanager
    def making(self, owner: str) -> Iterator[None]:
        """A turn; raises BusyError where there is none."""
        with self._lock:
            full = owner in self._making or len(self._making) >= AT_ONCE or self._out[owner] >= MOST_OUT
            if full:
                raise BusyError
            self._making.add(owner)
        try:
            yield
        finally:
            with self._lock:
                self._making.discard(owner)

    def answer(self, owner: str, parts: Iterable[bytes], kind: str, name: str) -> Response:
        """The file of these parts as an attachment ``name`` of content type ``kind``. Raises BusyError,
        and what making the parts raises."""
        with self.making(owner):
            # Closed when it was sent, or cannot be.
            file = cast(IO[bytes], SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115
            try:
                for part in parts:
                    file.write(part)
            except BaseException:
                file.close()
                raise
            size = file.tell()
            file.seek(0)
            if size <= IN_MEMORY:
                with file:
                    answer = Response(file.read(), content_type=kind)
            else:
                with self._lock:
                    self._out[owner] += 1
                out = cast(IO[bytes], _Out(file, partial(self._sent, owner)))
                sent = wrap_file(request.environ, out, BLOCK)
                answer = Response(sent, content_type=kind, direct_passthrough=True)
                answer.content_length = size
        answer.headers["Content-Disposition"] = f"attachment; filename={name}"
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _sent(self, owner: str) -> None:
        with self._lock:
            self._out[owner] -= 1


def busy(words: Words) -> Response:
    """The answer to whoever has to wait: 429."""
    text = words.text("Other files are just being made or sent. Try again in {n} seconds.", n=RETRY_S)
    headers = {"Cache-Control": "no-store", "Retry-After": str(RETRY_S)}
    return Response(text + "\n", 429, content_type="text/plain; charset=utf-8", headers=headers)


class _Out:
    """A file on its way; ``done`` is called once, when it is closed."""

    def __init__(self, file: IO[bytes], done: Callable[[], None]) -> None:
        self._file, self._done = file, done

    def read(self, size: int = -1) -> bytes:
        """As of a file, which closes itself at its end."""
        block = b"" if self._file.closed else self._file.read(size)
        if not block:
            self.close()
        return block

    def close(self) -> None:
        """As of a file."""
        if not self._file.closed:
            self._file.close()
            self._done()
