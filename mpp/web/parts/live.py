"""Live cells as Dash components: drawn once on the server, kept alive by assets/live.js."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component
from markupsafe import Markup

from mpp.i18n import Words
from mpp.live.views import Cell, Units, View, ago
from mpp.web.parts.address import address
from mpp.web.parts.fragment import markup


def units(words: Words) -> Units:
    """The words behind a number of minutes, hours, days."""
    return words.text("{n} min", n="").strip(), words.text("{n} h", n="").strip(), words.text("days")


FIRST: Final = "first_html"
"""Where a component of a cell that is a fragment keeps it, for :func:`mpp.web.markup.to_html`: Dash has
no component that takes HTML, so in what it draws such a cell is empty until the stream fills it."""

_ELAPSED: Final = re.compile(r'(<time data-since="(\d+)"( data-fine)?>)(?=</time>)')


def attributes(**named: str) -> dict[str, Any]:
    """Attributes whose names have dashes: ``data_live`` becomes ``data-live``."""
    return {name.replace("_", "-"): value for name, value in named.items()}


class LiveCells:
    """Makes the components of one page from the cells of its view."""

    def __init__(self, cells: Mapping[str, Cell], now: datetime, words: Words) -> None:
        self._cells, self._now, self._units = cells, now, units(words)
        self._second = words.text("{n} s", n="").strip()

    def text(
        self,
        key: str,
        class_name: str = "",
        tag: Any = html.Span,
        *,
        long: Units | None = None,
        **given: Any,
    ) -> Component:
        """A cell that shows its text (or its fragment, once the stream has brought it). ``long`` are other
        words for minutes, hours and days than the page's, ``given`` further attributes."""
        cell = self._cells[key]
        said = cell.at(self._now, long or self._units)
        own = given | (attributes(data_units="|".join(long)) if long else {})
        made: Component = tag(said or None, className=class_name, **self._attributes(key), **own)
        if cell.fragment is not None:
            setattr(made, FIRST, self._filled(cell.fragment))
        return made

    def _filled(self, fragment: Markup) -> Markup:
        """The fragment with the times passed in it, which else the browser fills in."""

        def told(found: re.Match[str]) -> str:
            seconds = (self._now - datetime.fromtimestamp(int(found[2]) / 1000, UTC)).total_seconds()
            if found[3] and 0 <= seconds < 60:
                return f"{found[1]}{int(seconds)} {self._second}"
            return found[1] + ago(seconds, self._units)

        return Markup(_ELAPSED.sub(told, fragment))  # noqa: S704 was markup before, and only times are added

    def around(self, key: str, children: Any, class_name: str = "", tag: Any = html.Div) -> Component:
        """A cell of state only, around other components."""
        return tag(children, className=class_name, **self._attributes(key))

    def _attributes(self, key: str) -> dict[str, Any]:
        state = self._cells[key].state
        return attributes(data_live=key) | ({} if state is None else attributes(data_state=state))


def live_root(
    view: View,
    children: Any,
    *,
    layout: str,
    zone: str,
    words: Words,
    query: Mapping[str, str],
    class_name: str = "",
) -> Component:
    """The element that says which view the page shows and in which words live.js speaks.

    ``layout`` is the signature of what was drawn: when the view's ``layout`` cell differs, the page
    is drawn anew. ``zone`` is the IANA name of the mall's zone, ``query`` the address's: draw.js sees
    by it whether what is drawn is what the address asks for.
    """
    which = urlencode(
        {key: value for key, value in (("scope", view.scope), ("locale", view.locale)) if value}
    )
    return html.Div(
        children,
        className=class_name,
        **attributes(
            data_live_view=f"/live/{view.page}?{which}",
            data_drawn=address(query),
            data_live_layout=layout,
            data_zone=zone,
            data_dot="." if view.locale == "id" else ":",
            data_units="|".join(units(words)),
            data_second=words.text("{n} s", n="").strip(),
            data_cut=words.text(
                "CUT OFF since {time} — the figures on this screen do not move.", time="{time}"
            ),
            data_cut_unknown=words.text("CUT OFF — the figures on this screen do not move."),
            data_denied=words.text("This screen may no longer see this page. Ask the manager for access."),
        ),
    )


def since(at: datetime, *, fine: bool = False) -> Markup:
    """The time passed since ``at``, inside a fragment: live.js fills it in and keeps it current, so
    that the cell itself does not depend on the present instant. ``fine``: below a minute in seconds."""
    how = Markup(" data-fine") if fine else Markup("")
    return markup('<time data-since="{}"{}></time>', round(at.timestamp() * 1000), how)
