"""Live cells as Dash components: drawn once on the server, kept alive by assets/live.js."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component
from markupsafe import Markup

from mpp.i18n import Words
from mpp.live.views import Cell, Units, View
from mpp.web.parts.address import address


def units(words: Words) -> Units:
    """The words behind a number of minutes, hours, days."""
    return words.text("{n} min", n="").strip(), words.text("{n} h", n="").strip(), words.text("days")


def attributes(**named: str) -> dict[str, Any]:
    """Attributes whose names have dashes: ``data_live`` becomes ``data-live``."""
    return {name.replace("_", "-"): value for name, value in named.items()}


class LiveCells:
    """Makes the components of one page from the cells of its view."""

    def __init__(self, cells: Mapping[str, Cell], now: datetime, words: Words) -> None:
        self._cells, self._now, self._units = cells, now, units(words)

    def text(self, key: str, class_name: str = "", tag: Any = html.Span) -> Component:
        """A cell that shows its text (or its fragment, once the stream has brought it)."""
        cell = self._cells[key]
        return tag(cell.at(self._now, self._units) or None, className=class_name, **self._attributes(key))

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
            data_cut=words.text(
                "CUT OFF since {time} — the figures on this screen do not move.", time="{time}"
            ),
            data_cut_unknown=words.text("CUT OFF — the figures on this screen do not move."),
            data_denied=words.text("This screen may no longer see this page. Ask the manager for access."),
        ),
    )


def since(at: datetime) -> Markup:
    """The time passed since ``at``, inside a fragment: live.js fills it in and keeps it current, so
    that the cell itself does not depend on the present instant."""
    return Markup('<time data-since="{}"></time>').format(round(at.timestamp() * 1000))
