"""The Dash app: one router over the pages, drawn from the board of the moment."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component
from flask import Flask, Response, abort, redirect, request

from mpp.i18n import Words
from mpp.live.model import Board
from mpp.live.views import Views
from mpp.web.pages import brief, control_room

LOCALES = ("id", "en")
COOKIE = "mpp_lang"

INDEX = """<!DOCTYPE html>
<html lang="%(lang)s" data-theme="%(theme)s" data-release="%(release)s">
<head>
{%%metas%%}
<title>{%%title%%}</title>
{%%favicon%%}
{%%css%%}
</head>
<body>
{%%app_entry%%}
<footer>{%%config%%}{%%scripts%%}{%%renderer%%}</footer>
</body>
</html>"""


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its path, its title (an English msgid), the function that draws it from the board and
    the address's query, and the one that makes it live."""

    path: str
    title: Callable[[Words], str]
    layout: Callable[[Board, Words, Mapping[str, str]], Component]
    register: Callable[[Views], None]


def pages() -> Mapping[str, Page]:
    """The pages by path."""
    room = Page(
        control_room.PATH,
        lambda words: words.text("Control room"),
        control_room.layout,
        control_room.register,
    )
    phone = Page(brief.PATH, lambda words: words.text("In brief"), brief.layout, brief.register)
    return {page.path: page for page in (room, phone)}


def locale_of(default: str) -> str:
    """The language of this request: ``?lang=``, else the cookie, else ``default``."""
    for choice in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if choice in LOCALES:
            return choice
    return default


def is_night(board: Board) -> bool:
    """Whether an automatic theme is dark: from 18.00 to 06.00 by the product's clock in the mall's
    zone. assets/theme.js has the same rule."""
    return not 6 <= board.now.astimezone(ZoneInfo(board.zone)).hour < 18


class MonitorDash(Dash):
    """Dash whose index page knows the request's language and theme, the mall's name, and the release it
    belongs to."""

    def __init__(
        self,
        *args: Any,
        release: str,
        locale: str,
        words_for: Callable[[str], Words],
        night: Callable[[], bool],
        mall: Callable[[], str],
        **kwargs: Any,
    ) -> None:
        self._release, self._locale, self._words_for, self._night = release, locale, words_for, night
        self._mall = mall
        super().__init__(*args, **kwargs)

    def interpolate_index(self, **kwargs: Any) -> str:  # type: ignore[override]
        """Fill the template of this request."""
        asked = request.args.get("theme")
        theme = "dark" if asked == "dark" or (asked == "auto" and self._night()) else "light"
        values = {"lang": locale_of(self._locale), "theme": theme, "release": escape(self._release)}
        page = INDEX % values
        kwargs["app_entry"] = kwargs["app_entry"].replace("Loading...", "…")
        known = pages().get(request.path.rstrip("/"))
        if known is not None:
            title = known.title(self._words_for(locale_of(self._locale)))
            kwargs["title"] = escape(f"{title} · {self._mall() or 'MPP'}")
        # One pass: what a name brings is never read as a place to fill.
        return re.sub(r"{%(\w+)%}", lambda place: str(kwargs[place[1]]), page)


def make_dash(
    server: Flask,
    *,
    board: Callable[[], Board],
    views: Views,
    words_for: Callable[[str], Words],
    release: str,
    assets: Path,
    locale: str = "id",
) -> Dash:
    """Mount the pages on ``server`` and make them live in ``views``.

    ``board`` gives the board a page is drawn from, ``release`` names what the browser has loaded:
    when the server's differs the page reloads itself. ``assets`` is the folder of styles and scripts.
    """
    app = MonitorDash(
        __name__,
        server=server,
        release=release,
        locale=locale,
        words_for=words_for,
        night=lambda: is_night(board()),
        mall=lambda: board().mall,
        url_base_pathname="/",
        assets_folder=str(assets),
        pages_folder="",
        serve_locally=True,
        suppress_callback_exceptions=True,
        title="MPP",
        update_title="",
    )
    by_path = pages()
    for page in by_path.values():
        page.register(views)
    app.layout = html.Div(
        [
            dcc.Location(id="url"),
            html.Button(id="live-redraw", hidden=True, n_clicks=0),
            html.Main(id="page"),
        ]
    )
    _route(app, by_path, board, words_for, locale)
    _http(server, by_path)
    return app


def _route(
    app: Dash,
    by_path: Mapping[str, Page],
    board: Callable[[], Board],
    words_for: Callable[[str], Words],
    locale: str,
) -> None:
    @app.callback(
        Output("page", "children"),
        Input("url", "pathname"),
        Input("url", "search"),
        Input("live-redraw", "n_clicks"),
    )
    def draw(pathname: str | None, search: str | None, _redraws: int | None) -> Component:
        query = {name: values[-1] for name, values in parse_qs((search or "").lstrip("?")).items()}
        lang = query.get("lang", "")
        words = words_for(lang if lang in LOCALES else locale_of(locale))
        page = by_path.get((pathname or "/").rstrip("/"), by_path[control_room.PATH])
        return page.layout(board(), words, query)


def _http(server: Flask, by_path: Mapping[str, Page]) -> None:
    """Dash answers every path with its index page; what is no page is not found."""

    @server.before_request
    def only_pages() -> Any:
        if request.path == "/":
            query = request.query_string.decode("latin1")
            return redirect(control_room.PATH + (f"?{query}" if query else ""))
        rule = request.url_rule
        if rule is not None and rule.rule == "/<path:path>" and request.path.rstrip("/") not in by_path:
            abort(404)
        return None

    @server.after_request
    def remember_language(response: Response) -> Response:
        lang = request.args.get("lang")
        if lang in LOCALES and response.mimetype == "text/html":
            response.set_cookie(COOKIE, lang, max_age=365 * 86400, samesite="Lax", httponly=True)
        return response
