"""A delimited file as rows: gzip or plain, told by its first bytes, read line by line.

What cannot be a table at all raises FileError; what is wrong with one row is left to its reader.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Final, cast

from mpp.sources.mistakes import FileError

LONGEST_LINE: Final = 131_072
"""Characters of one line; beyond that it is no table of tickets."""

_GZIP: Final = b"\x1f\x8b"
_UTF16: Final = ("utf-16", "utf_16", "utf16", "utf-32", "utf_32", "utf32")
_NOT_A_TABLE: Final = "Give a CSV file of tickets, plain or gzip, in the encoding the map states"

Progress = Callable[[int, int], None]
"""Told how many bytes of how many have been read."""


class Rows:
    """The rows of one file, to be used in a ``with`` block.

    ``header`` are its columns. Iterating gives (line, values), the line a row begins on counted
    from 1; empty lines are left out. Bytes that are not in the encoding come as lone surrogates.
    """

    def __init__(
        self, path: Path, *, encoding: str, delimiter: str, progress: Progress | None = None
    ) -> None:
        self.name = path.name
        self._path, self._encoding, self._delimiter = path, encoding, delimiter
        self._progress = progress
        self._stack = ExitStack()
        self.header: list[str] = []

    def __enter__(self) -> Rows:
        try:
            self._open()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Raises FileError where the file cannot be read on."""
        while True:
            line = self._reader.line_num + 1
            values = self._next()
            if values is None:
                self._told(self._size)
                return
            if values:
                yield line, values
            if line % 256 == 0:
                self._told(self._raw.tell())

    def _open(self) -> None:
        try:
            self._raw = self._stack.enter_context(self._path.open("rb"))
            self._size = self._path.stat().st_size
            zipped = self._raw.read(2) == _GZIP
            self._raw.seek(0)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            problem = f"cannot be read ({reason})"
            raise FileError(str(self._path), problem, "Give the path of a file") from None
        source: IO[bytes] = self._raw
        if zipped:
            source = cast(IO[bytes], self._stack.enter_context(gzip.GzipFile(fileobj=self._raw)))
        self._text = io.TextIOWrapper(source, encoding=self._encoding, errors="surrogateescape", newline="")
        self._reader = csv.reader(self._lines(), delimiter=self._delimiter)
        self._read_header()

    def _read_header(self) -> None:
        header = self._next()
        while header == []:
            header = self._next()
        if header is None:
            raise FileError(self.name, "is empty", "Give a file with a line of column names and its rows")
        self.header = [column.strip() for column in header]

    def _next(self) -> list[str] | None:
        """The next row, None at the end."""
        try:
            return next(self._reader, None)
        except csv.Error as error:
            problem, remedy = f"is no readable row ({error})", "Look for an unbalanced quote there"
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            problem, remedy = f"the gzip data is damaged ({error})", "Fetch the file again"
        except OSError as error:
            problem, remedy = f"cannot be read on ({error.strerror or error})", "Fetch the file again"
        except UnicodeError as error:
            problem, remedy = f"is not {self._encoding} ({error})", "State the file's encoding in the map"
        raise FileError(self.name, problem, remedy, self._reader.line_num + 1)

    def _lines(self) -> Iterator[str]:
        wide = self._encoding.lower().startswith(_UTF16)
        number = 0
        while line := self._text.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise FileError(self.name, f"is longer than {LONGEST_LINE} characters", _NOT_A_TABLE, number)
            if "\0" in line:
                hint = _NOT_A_TABLE if wide else f"{_NOT_A_TABLE} (UTF-16?)"
                raise FileError(self.name, "holds zero bytes: this is no text", hint, number)
            yield line

    def _told(self, done: int) -> None:
        if self._progress is not None:
            self._progress(done, self._size)
