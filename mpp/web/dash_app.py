"""The Dash app: one router over the pages, drawn from the board of the moment."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component
from dash.exceptions import DependencyException
from flask import Flask, abort, request
from sqlalchemy.exc import SQLAlchemyError

from mpp.access import PEOPLE, Actor, may, sight
from mpp.i18n import Words
from mpp.live.agency_read import Readings
from mpp.live.model import Board
from mpp.live.sight import seen
from mpp.live.views import Views
from mpp.store import Store
from mpp.web import styles
from mpp.web.language import LOCALES, locale_of
from mpp.web.markup import to_html
from mpp.web.pages import agency_desk, brief, control_room, floor_plan
from mpp.web.parts.actions import PAST_MODES
from mpp.web.parts.plan_file import NO_PLANS, Plans
from mpp.web.problems import problem

NOT_DASH: Final = r"^4[5-9]-|^(alone|counter|pairing)\.js$"
"""Assets that pages of plain HTML load by themselves."""

CALLBACK: Final = "/_dash-update-component"
INPUTS: Final = [("url", "pathname"), ("url", "search"), ("live-redraw", "n_clicks")]
"""What the router is told: the address, and that it should draw again."""

FONTS: Final = "\n".join(
    f'<link rel="preload" as="font" type="font/woff2" crossorigin'
    f' href="/assets/fonts/atkinson-hyperlegible-next-latin-{weight}-normal.woff2">'
    for weight in (400, 600)
)
"""The letters, asked for before the styles that name them have come."""

INDEX = """<!DOCTYPE html>
<html lang="%(lang)s" data-theme="%(theme)s" data-release="%(release)s"%(device)s>
<head>
{%%metas%%}
{%%fonts%%}
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
class Visit:
    """Somebody opens a page: the board as far as they see it, their words, the address's query, what
    stands for ``<agency>`` in its path, who they are, and where to read what is not live."""

    board: Board
    words: Words
    query: Mapping[str, str]
    values: Mapping[str, str]
    actor: Actor
    readings: Readings | Store | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its path (``<agency>`` stands for a code), its title (an English msgid), the function that
    draws it, None for a page that is not there after all, and the one that makes it live."""

    path: str
    title: Callable[[Words], str]
    draw: Callable[[Visit], Component | None]
    register: Callable[[Views], None]

    def match(self, path: str) -> Mapping[str, str] | None:
        """What stands in the places of the path; None for another page's."""
        wanted, given = self.path.split("/"), path.rstrip("/").split("/")
        if len(wanted) != len(given):
            return None
        found = {}
        for one, other in zip(wanted, given, strict=True):
            if one.startswith("<"):
                found[one[1:-1]] = other
            elif one != other:
                return None
        return found


def has_menu(visit: Visit) -> bool:
    """Whether whoever looks is a person, who may want to go elsewhere."""
    return visit.actor.role in PEOPLE


def taker(visit: Visit) -> str:
    """Under which name whoever looks takes rows of *Perlu tindakan*, empty where they may not."""
    return visit.actor.name if may(visit.actor, "take") and visit.board.mode not in PAST_MODES else ""


def pages(plans: Plans = NO_PLANS) -> tuple[Page, ...]:
    """All pages that Dash draws; ``plans`` are the floors the mall has drawn itself."""
    return (
        Page(
            control_room.PATH,
            lambda words: words.text("Control room"),
            lambda visit: control_room.layout(
                visit.board, visit.words, visit.query, taker=taker(visit), menu=has_menu(visit)
            ),
            control_room.register,
        ),
        Page(
            brief.PATH,
            lambda words: words.text("In brief"),
            lambda visit: brief.layout(visit.board, visit.words, visit.query, taker=taker(visit)),
            brief.register,
        ),
        Page(
            floor_plan.PATH,
            lambda words: words.text("Floor plan"),
            lambda visit: floor_plan.layout(
                visit.board, visit.words, visit.query, menu=has_menu(visit), plans=plans
            ),
            lambda views: floor_plan.register(views, plans),
        ),
        *_agency_pages(),
    )


def _agency_pages() -> Iterator[Page]:
    """A page for each tab of an agency; all of them show the one view, which the first makes live."""
    for word, path in agency_desk.paths().items():
        name = agency_desk.tabs()[word].name
        draw = partial(agency_desk.draw, tab=word)
        yield Page(path, name, draw, _no_view if word else agency_desk.register)


def _no_view(_views: Views) -> None:
    """A page that shows another one's view."""


def find(known: Sequence[Page], path: str) -> tuple[Page, Mapping[str, str]] | None:
    """The page at an address, with what stands in its places."""
    for page in known:
        values = page.match(path)
        if values is not None:
            return page, values
    return None


@dataclass(frozen=True, slots=True)
class Door:
    """What the pages ask of the gate: who sends the current request, whether they may go to an
    address, and the mark of the paired device they are, empty for none (:mod:`mpp.web.session`)."""

    actor: Callable[[], Actor]
    allowed: Callable[[str], bool]
    device: Callable[[], str] = str


WIDE_OPEN: Final = Door(lambda: Actor("manager", name="manager", login="manager"), lambda _path: True)
"""Everybody sees everything: for trying a page out alone."""


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
        drawing: Drawing,
        one_link: Callable[[str], str],
        **kwargs: Any,
    ) -> None:
        self._release, self._locale, self._words_for, self._night = release, locale, words_for, night
        self._mall, self._drawing, self._one_link = mall, drawing, one_link
        super().__init__(*args, **kwargs)

    def interpolate_index(self, **kwargs: Any) -> str:  # type: ignore[override]
        """Fill the template of this request."""
        asked = request.args.get("theme")
        theme = "dark" if asked == "dark" or (asked == "auto" and self._night()) else "light"
        values = {"lang": locale_of(self._locale), "theme": theme, "release": escape(self._release)}
        mark = self._drawing.door.device()
        page = INDEX % {**values, "device": f' data-device="{mark}"' if mark else ""}
        kwargs["app_entry"] = self._first() + kwargs["app_entry"].replace("Loading...", "…")
        kwargs["fonts"], kwargs["css"] = FONTS, self._one_link(kwargs["css"])
        kwargs["scripts"] = _in_turn(kwargs["scripts"])
        found = find(self._drawing.known, request.path)
        if found is not None:
            title = found[0].title(self._words_for(locale_of(self._locale)))
            kwargs["title"] = escape(f"{title} · {self._mall() or 'MPP'}")
        # One pass: what a name brings is never read as a place to fill.
        return re.sub(r"{%(\w+)%}", lambda place: str(kwargs[place[1]]), page)

    def _first(self) -> str:
        """The page as the server draws it, to be read before Dash's scripts have run (assets/first.js);
        nothing where there is none, or where the database does not answer."""
        try:
            drawn = self._drawing.drawn(request.path, request.query_string.decode("latin1"))
        except (SQLAlchemyError, LookupError):
            return ""
        return "" if drawn is None else f'<main id="drawn">{to_html(drawn)}</main>'


def _in_turn(scripts: str) -> str:
    """The scripts in the order they are needed, after what is to be read: ours make the page live, Dash's
    are ten times as much and would take the line from the styles."""
    told = scripts.replace("<script src=", '<script fetchpriority="low" src=').split("\n")
    return "\n".join(sorted(told, key=lambda line: 'src="/assets/' not in line))


def make_dash(
    server: Flask,
    *,
    board: Callable[[], Board],
    views: Views,
    words_for: Callable[[str], Words],
    release: str,
    assets: Path,
    locale: str = "id",
    door: Door = WIDE_OPEN,
    store: Store | None = None,
    plans: Plans = NO_PLANS,
) -> Dash:
    """Mount the pages on ``server`` and make them live in ``views``.

    ``board`` gives the board a page is drawn from, ``release`` names what the browser has loaded:
    when the server's differs the page reloads itself. ``assets`` is the folder of styles and scripts.
    ``door`` says who comes and what they may see, ``store`` is where pages read what is not live,
    ``plans`` the floors the mall has drawn itself.
    """
    known = pages(plans)
    drawing = Drawing(known, board, words_for, locale, door, None if store is None else Readings(store))
    app = MonitorDash(
        __name__,
        drawing=drawing,
        one_link=styles.register(server, assets, NOT_DASH),
        server=server,
        release=release,
        locale=locale,
        words_for=words_for,
        night=lambda: is_night(board()),
        mall=lambda: board().mall,
        url_base_pathname="/",
        assets_folder=str(assets),
        assets_ignore=NOT_DASH,
        pages_folder="",
        serve_locally=True,
        suppress_callback_exceptions=True,
        title="MPP",
        update_title="",
    )
    for page in known:
        page.register(views)
    app.layout = html.Div(
        [
            dcc.Location(id="url"),
            html.Button(id="live-redraw", hidden=True, n_clicks=0),
            html.Main(id="page"),
        ]
    )
    _route(app, drawing)
    _http(server, known)
    return app


@dataclass(frozen=True, slots=True)
class Drawing:
    """Draws the page of an address for whoever sends the current request."""

    known: Sequence[Page]
    board: Callable[[], Board]
    words_for: Callable[[str], Words]
    locale: str
    door: Door
    readings: Readings | None

    def page(self, pathname: str, search: str) -> Component:
        """The page, or the sentence that there is none: what is another's looks like what is not there."""
        drawn = self.drawn(pathname, search)
        if drawn is None:
            words = self._words(_query(search))
            return html.P(words.text("There is no page at this address."), className="nothing")
        return drawn

    def drawn(self, pathname: str, search: str) -> Component | None:
        """The page, None where there is none for whoever asks."""
        found = find(self.known, pathname)
        if found is None or not self.door.allowed(pathname):
            return None
        page, values = found
        query, actor = _query(search), self.door.actor()
        board = seen(self.board(), sight(actor))
        return page.draw(Visit(board, self._words(query), query, values, actor, self.readings))

    def _words(self, query: Mapping[str, str]) -> Words:
        lang = query.get("lang", "")
        return self.words_for(lang if lang in LOCALES else locale_of(self.locale))


def _query(search: str) -> dict[str, str]:
    """What an address's query says, of each name the last value."""
    return {name: values[-1] for name, values in parse_qs(search.lstrip("?")).items()}


def _route(app: Dash, drawing: Drawing) -> None:
    @app.callback(Output("page", "children"), *(Input(name, key) for name, key in INPUTS))
    def draw(pathname: str | None, search: str | None, _redraws: int | None) -> Component:
        # What came from outside may be anything.
        return drawing.page(str(pathname or "/"), str(search or ""))


def _json() -> Any:
    """The body of this request, None where it is no JSON."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


def _is_call(body: Any) -> bool:
    """Whether this is a call of the one callback there is, as Dash's scripts write it."""
    if not isinstance(body, dict) or body.get("output") != "page.children":
        return False
    given, changed, state = body.get("inputs"), body.get("changedPropIds", []), body.get("state", [])
    return (
        body.get("outputs") == {"id": "page", "property": "children"}
        and isinstance(given, list)
        and [(one.get("id"), one.get("property")) if isinstance(one, dict) else () for one in given] == INPUTS
        and isinstance(changed, list)
        and all(isinstance(one, str) for one in changed)
        and state == []
    )


def _http(server: Flask, known: Sequence[Page]) -> None:
    """Dash answers every path with its index page; what is no page is not found. It takes what it is
    sent for what its own scripts send; anything else is refused before it fails there."""
    server.register_error_handler(DependencyException, lambda _error: problem(404, "no such file"))

    answer = server.view_functions[CALLBACK]

    def only_calls() -> Any:
        if not _is_call(_json()):
            return problem(400, "this is not a call of the pages' own scripts: reload the page")
        return answer()

    server.view_functions[CALLBACK] = only_calls

    @server.before_request
    def only_pages() -> Any:
        rule = request.url_rule
        if rule is not None and rule.rule == "/<path:path>" and find(known, request.path) is None:
            abort(404)
        return None
