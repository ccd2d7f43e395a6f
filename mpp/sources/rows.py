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

from mpp.i18n import Words, words
from mpp.mall.mistakes import cause
from mpp.sources.mistakes import FileError

LONGEST_LINE: Final = 131_072
"""Characters of one line; beyond that it is no table of tickets."""

_GZIP: Final = b"\x1f\x8b"
_UTF16: Final = ("utf-16", "utf_16", "utf16", "utf-32", "utf_32", "utf32")

Progress = Callable[[int, int], None]
"""Told how many bytes of how many have been read."""


class Rows:
    """The rows of one file, to be used in a ``with`` block.

    ``header`` are its columns. Iterating gives (line, values), the line a row begins on counted
    from 1; empty lines are left out. Bytes that are not in the encoding come as lone surrogates.
    """

    def __init__(
        self,
        path: Path,
        *,
        encoding: str,
        delimiter: str,
        progress: Progress | None = None,
        w: Words | None = None,
    ) -> None:
        self.name = path.name
        self.w = w or words("en")
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
            problem = self.w.text("cannot be read ({cause})", cause=cause(error, self.w))
            raise FileError(str(self._path), problem, self.w.text("Give the path of a file")) from None
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
            remedy = self.w.text("Give a file with a line of column names and its rows")
            raise FileError(self.name, self.w.text("is empty"), remedy)
        self.header = [column.strip() for column in header]

    def _next(self) -> list[str] | None:
        """The next row, None at the end."""
        w = self.w
        try:
            return next(self._reader, None)
        except csv.Error as error:
            problem = w.text("is no readable row ({cause})", cause=error)
            remedy = w.text("Look for an unbalanced quote there")
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            problem = w.text("the gzip data is damaged ({cause})", cause=error)
            remedy = w.text("Fetch the file again")
        except OSError as error:
            problem = w.text("cannot be read on ({cause})", cause=cause(error, w))
            remedy = w.text("Fetch the file again")
        except UnicodeError as error:
            problem = w.text("is not {encoding} ({cause})", encoding=self._encoding, cause=error)
            remedy = w.text("State the file's encoding in the map")
        raise FileError(self.name, problem, remedy, self._reader.line_num + 1)

    def _lines(self) -> Iterator[str]:
        wide = self._encoding.lower().startswith(_UTF16)
        number = 0
        while line := self._text.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                problem = self.w.text("is longer than {most} characters", most=LONGEST_LINE)
                raise FileError(self.name, problem, self._give_a_table(), number)
            if "\0" in line:
                remedy = self._give_a_table() if wide else f"{self._give_a_table()} (UTF-16?)"
                raise FileError(self.name, self.w.text("holds zero bytes: this is no text"), remedy, number)
            yield line

    def _give_a_table(self) -> str:
        return self.w.text("Give a CSV file of tickets, plain or gzip, in the encoding the map states")

    def _told(self, done: int) -> None:
        if self._progress is not None:
            self._progress(done, self._size)
