"""Views: what a live page shows, as a flat mapping of cells that a function makes from a board.

A view is (page, scope, locale). ``web`` registers one function per page in a :class:`Views`;
the hub calls it for the views somebody looks at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from markupsafe import Markup

from mpp.access import FULL
from mpp.i18n import Words
from mpp.live.model import Board
from mpp.live.sight import seen

#: The words for minutes, hours and days behind a number.
Units = tuple[str, str, str]


class View(NamedTuple):
    """Which picture: the page's name, whose (an agency's code, empty for the mall), which language, and
    how much of the board its viewers see (:func:`mpp.access.sight`)."""

    page: str
    scope: str
    locale: str
    level: str = FULL

    @property
    def key(self) -> str:
        """One word for the view, the same in every process."""
        return "|".join(self)

    @classmethod
    def from_key(cls, key: str) -> View:
        """The view :attr:`key` was made of; ValueError when it is none."""
        page, scope, locale, level = key.split("|")
        return cls(page, scope, locale, level)


@dataclass(frozen=True, slots=True)
class Cell:
    """The value of one cell of a page.

    ``text`` is written as text; None leaves the element's content alone (a cell of state only).
    ``state`` becomes the attribute ``data-state``. ``fragment`` is server-made HTML whose foreign
    parts are escaped (hence Markup, never a plain str) and takes the place of the text. With
    ``since`` the text is a template: ``{ago}`` in it becomes the time passed since that instant,
    counted by the browser, so that time alone sends no frame.
    """

    text: str | None = ""
    state: str | None = None
    fragment: Markup | None = None
    since: datetime | None = None

    def __post_init__(self) -> None:
        if self.fragment is not None and not isinstance(self.fragment, Markup):
            raise TypeError("a fragment must be markupsafe.Markup, so that foreign text in it is escaped")

    def wire(self) -> str | dict[str, Any]:
        """Compact JSON form: text alone as a string, else ``x`` text, ``s`` state, ``h`` fragment,
        ``e`` milliseconds since the epoch from which the elapsed time counts."""
        if self.text is not None and self.state is None and self.fragment is None and self.since is None:
            return self.text
        out: dict[str, Any] = {}
        if self.text is not None and self.fragment is None:
            out["x"] = self.text
        if self.state is not None:
            out["s"] = self.state
        if self.fragment is not None:
            out["h"] = str(self.fragment)
        if self.since is not None:
            out["e"] = round(self.since.timestamp() * 1000)
        return out

    def at(self, now: datetime, units: Units) -> str | None:
        """The text as it reads at ``now``: what a page drawn on the server shows."""
        if self.since is None or self.text is None:
            return self.text
        return self.text.replace("{ago}", ago((now - self.since).total_seconds(), units))


def ago(seconds: float, units: Units) -> str:
    """A time passed, rounded down and never longer than a screen can use: "41 mnt", "3 jam", "2 hari".
    ``live.js`` has the same rule."""
    minutes = max(0, int(seconds // 60))
    if minutes < 120:
        return f"{minutes} {units[0]}"
    if minutes < 48 * 60:
        return f"{minutes // 60} {units[1]}"
    return f"{minutes // (24 * 60)} {units[2]}"


V = TypeVar("V")
ViewFunction = Callable[[Board, str, Words], dict[str, Cell]]

BasisFunction = Callable[[Board, str], object]
"""What a picture of a board and a scope is made of: equal values, equal pictures."""


class Views:
    """The pages that live, by name."""

    def __init__(self, locales: Iterable[str] = ("id", "en")) -> None:
        self._pages: dict[str, tuple[ViewFunction, bool, BasisFunction | None]] = {}
        self._locales = tuple(locales)
        self._cut: tuple[Board | None, dict[str, Board]] = (None, {})

    def register(
        self, page: str, function: ViewFunction, *, scoped: bool = False, basis: BasisFunction | None = None
    ) -> None:
        """Make ``page`` live. ``scoped`` pages exist once per scope (an agency), others once.
        ``function`` is pure and does not look at ``board.now``: a board whose version stands still
        is not drawn again, elapsed times are the browser's (:attr:`Cell.since`). A page with a ``basis``
        is one of many that look alike (an agency's): it gives way to the others, and is not drawn while
        its basis is the same."""
        if page in self._pages:
            raise ValueError(f"page {page!r} is registered twice")
        self._pages[page] = (function, scoped, basis)

    def find(self, page: str, scope: str = "", locale: str = "id") -> View | None:
        """The view at this address, None when there is none."""
        entry = self._pages.get(page)
        if entry is None or locale not in self._locales or "|" in scope or len(scope) > 64:
            return None
        if bool(scope) != entry[1]:
            return None
        return View(page, scope, locale)

    def cells(self, view: View, board: Board, words: Words) -> dict[str, Cell]:
        """The picture of ``view``; KeyError when its page is not registered."""
        return self._pages[view.page][0](self._seen(board, view.level), view.scope, words)

    def basis(self, view: View, board: Board) -> object | None:
        """What the picture of ``view`` is made of, None for a page that does not say."""
        made = self._pages[view.page][2]
        return None if made is None else made(self._seen(board, view.level), view.scope)

    def patient(self, view: View) -> bool:
        """Whether the view gives way to others."""
        return self._pages[view.page][2] is not None

    def _seen(self, board: Board, level: str) -> Board:
        """The board at a level, made once for all views of a tick."""
        last = self._cut
        if last[0] is not board:
            last = self._cut = (board, {})
        if level not in last[1]:
            last[1][level] = seen(board, level)
        return last[1][level]


def diff(old: Mapping[str, V], new: Mapping[str, V]) -> tuple[dict[str, V], list[str]]:
    """What turns ``old`` into ``new``: the cells to set and the keys that are gone."""
    changed = {key: cell for key, cell in new.items() if old.get(key) != cell}
    return changed, [key for key in old if key not in new]
