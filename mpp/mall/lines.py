"""On which line each key of a TOML text stands (tomllib does not tell)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mpp.mall.mistakes import Path

_PIECE = re.compile(
    r'"""(?:\\.|[^\\])*?"""'
    r"|'''.*?'''"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[A-Za-z0-9_-]+"
    r"|[^\S\n]+"
    r"|.",
    re.DOTALL,
)


def line_index(text: str) -> dict[Path, int]:
    """Line (from 1) of every key and array item found. ``text`` is TOML that tomllib reads; what
    is written in a way this does not follow is missing, and nothing raises."""
    scan = _Scan()
    line = 1
    for piece in _PIECE.findall(text):
        scan.take(piece, line)
        line += piece.count("\n")
    return scan.found


@dataclass(slots=True)
class _Frame:
    """An open array or inline table at ``path``; ``item`` counts an array's items."""

    path: Path
    array: bool
    item: int = 0


@dataclass(slots=True)
class _Scan:
    found: dict[Path, int] = field(default_factory=dict)
    base: Path = ()
    tables: dict[Path, int] = field(default_factory=dict)
    stack: list[_Frame] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    header: int = 0
    value: Path | None = None

    def take(self, piece: str, line: int) -> None:
        if piece.isspace():
            if "\n" in piece and not self.stack:
                self.parts, self.header, self.value = [], 0, None
        elif piece[0] == "#" or piece == ".":
            pass
        elif not self.stack and self.value is None:
            self._statement(piece, line)
        else:
            self._inside(piece, line)

    def _statement(self, piece: str, line: int) -> None:
        """Outside any value: a header's brackets, a key's parts or the = after them."""
        if piece == "[":
            self.header += 1
        elif piece == "]":
            if self.header and self.parts:
                self._open_table(line)
        elif piece == "=":
            self.value, self.parts = self._key(self.base, line), []
        else:
            self.parts.append(_bare(piece))

    def _inside(self, piece: str, line: int) -> None:
        """Within a value: only brackets, keys of inline tables and commas matter."""
        top = self.stack[-1] if self.stack else None
        here = self.value
        if here is None and top is not None and top.array:
            here = (*top.path, top.item)
        if piece in "[{" and here is not None:
            self.stack.append(_Frame(self._note(here, line), array=piece == "["))
            self.value, self.parts = None, []
        elif piece in "]}":
            if self.stack:
                self.stack.pop()
            self.value = () if not self.stack else None
        elif top is None:
            pass
        elif piece == ",":
            top.item += 1
            self.value, self.parts = None, []
        elif piece == "=":
            self.value, self.parts = self._key(top.path, line), []
        elif self.value is None and not top.array:
            self.parts.append(_bare(piece))

    def _open_table(self, line: int) -> None:
        path: Path = ()
        for part in self.parts[:-1]:
            path = (*path, part)
            if path in self.tables:
                path = (*path, self.tables[path])
        path = (*path, self.parts[-1])
        if self.header >= 2:
            self.tables[path] = self.tables.get(path, -1) + 1
            self._note(path, line)
            path = (*path, self.tables[path])
        self.base = self._note(path, line)
        self.parts, self.header = [], 0

    def _key(self, base: Path, line: int) -> Path:
        """Note a dotted key, and the tables it names on the way."""
        path = base
        for part in self.parts:
            path = self._note((*path, part), line)
        return path

    def _note(self, path: Path, line: int) -> Path:
        self.found.setdefault(path, line)
        return path


def _bare(piece: str) -> str:
    return piece[1:-1] if piece[0] in "\"'" and len(piece) > 1 else piece
