"""Frames: the numbered changes of one view, each serialised once, and the picture they add up to.

A frame is ``{boot, v, p, t, set, gone}``: ``boot`` names the renderer's life, ``v`` numbers the
picture within it, ``p`` is the picture the change applies to (absent in a whole picture), ``t`` the
product's time in milliseconds, ``set`` the cells (see ``Cell.wire``), ``gone`` the keys dropped.
Who holds picture ``p`` of the same boot may apply the frame; everybody else needs a whole picture.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mpp.live.views import Cell, diff

Wire = str | dict[str, Any]


def encode(value: Any) -> bytes:
    """Compact JSON, UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def sse(data: bytes, *, event: str | None = None, ident: str | None = None) -> bytes:
    """One message of a text/event-stream; ``data`` holds no line break (JSON never does)."""
    head = (f"event: {event}\n" if event else "") + (f"id: {ident}\n" if ident else "")
    return head.encode() + b"data: " + data + b"\n\n"


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame ready to send: ``json`` for other processes and polls, ``message`` for streams."""

    json: bytes
    message: bytes


def make_frame(body: dict[str, Any]) -> Frame:
    """Serialise a frame, once."""
    data = encode(body)
    return Frame(data, sse(data, ident=f"{body['boot']}-{body['v']}"))


class Picture:
    """The present picture of one view with a short history of how it came about.

    Times ``t`` are milliseconds of the product's clock. Not thread-safe: it belongs to the loop.
    """

    def __init__(self, boot: str, v: int, cells: Mapping[str, Wire], *, history: int = 120) -> None:
        self.boot = boot
        self.v = v
        self.cells = dict(cells)
        self._history: deque[tuple[int, int, dict[str, Wire], list[str]]] = deque(maxlen=history)
        self._whole: Frame | None = None

    def whole(self, t: int) -> Frame:
        """The whole picture as a frame; the same bytes as long as nothing changes."""
        if self._whole is None:
            self._whole = make_frame({"boot": self.boot, "v": self.v, "t": t, "set": self.cells, "gone": []})
        return self._whole

    def advance(self, cells: Mapping[str, Wire], v: int, t: int) -> Frame | None:
        """Move to ``cells`` as picture ``v``; None, and still the old number, when nothing changed."""
        changed, gone = diff(self.cells, cells)
        if not changed and not gone:
            return None
        frame = make_frame({"boot": self.boot, "v": v, "p": self.v, "t": t, "set": changed, "gone": gone})
        self.apply(v, changed, gone)
        return frame

    def apply(self, v: int, changed: Mapping[str, Wire], gone: list[str]) -> None:
        """Take over a change that applies to this picture."""
        self._history.append((self.v, v, dict(changed), gone))
        self.cells.update(changed)
        for key in gone:
            self.cells.pop(key, None)
        self.v = v
        self._whole = None

    def since(self, boot: str, v: int) -> tuple[dict[str, Wire], list[str]] | None:
        """All changes after picture ``v`` of ``boot`` in one; None when that is no longer known."""
        if boot != self.boot:
            return None
        if v == self.v:
            return {}, []
        steps = list(self._history)
        first = next((i for i, step in enumerate(steps) if step[0] == v), None)
        if first is None:
            return None
        touched = {key for step in steps[first:] for key in (*step[2], *step[3])}
        return (
            {key: self.cells[key] for key in touched if key in self.cells},
            sorted(key for key in touched if key not in self.cells),
        )


def wire_cells(cells: Mapping[str, Cell]) -> dict[str, Wire]:
    """A view's cells in their wire form."""
    return {key: cell.wire() for key, cell in cells.items()}
