"""The control room (``/ruang-kendali``): the five numbers and what needs action on every page, beside
them all agencies, the counters of a floor, the services worst first, or one agency.

A page is drawn once from the board of that moment; from then on its view keeps it current. Each page
is a view of its own, so that a display is sent what it shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from dash import html
from dash.development.base_component import Component

from mpp.i18n import Words
from mpp.live.model import Board
from mpp.live.views import View, Views
from mpp.web.pages.room_cells import ACTION_SLOTS, AGENCY, FLOOR, NAME, SERVICES, Room
from mpp.web.parts.actions import action_list
from mpp.web.parts.agency import agency_page, find
from mpp.web.parts.band import band
from mpp.web.parts.counters import floor_plan, floors
from mpp.web.parts.definitions import definitions
from mpp.web.parts.flow import flow
from mpp.web.parts.foot import Stop, foot, keys_sheet, stops, theme_of
from mpp.web.parts.grid import overview
from mpp.web.parts.live import LiveCells, attributes, live_root
from mpp.web.parts.mall import corner
from mpp.web.parts.services import services
from mpp.web.parts.take import take_dialog
from mpp.web.parts.tile import tiles

PATH = f"/{NAME}"

NO_QUERY: Mapping[str, str] = MappingProxyType({})


def register(views: Views) -> None:
    """Make the pages live."""
    room = Room()
    views.register(NAME, room.overview)
    views.register(FLOOR, room.floor, scoped=True)
    views.register(SERVICES, room.services)
    views.register(AGENCY, room.agency, scoped=True)


@dataclass(frozen=True, slots=True)
class Place:
    """Which page an address means: its view's name and scope; ``notice`` says what was asked for in
    vain."""

    view: str = NAME
    scope: str = ""
    notice: str = ""


def where(board: Board, query: Mapping[str, str], words: Words) -> Place:
    """The page of an address; what is not there becomes the nearest that is."""
    page = query.get("page", "")
    if page == "loket":
        known, asked = floors(board), query.get("floor", "")
        if asked in known:
            return Place(FLOOR, asked)
        if known:
            return Place(
                FLOOR, known[0], words.text("There is no such floor; this is the first one.") if asked else ""
            )
    elif page == "layanan" and board.services:
        return Place(SERVICES)
    elif page == "gerai" and board.agencies:
        code = query.get("agency", "")
        if find(board, code) is not None:
            return Place(AGENCY, code)
        return Place(notice=words.text("There is no such agency; this is the overview."))
    known_page = page in ("", "ikhtisar", "loket", "layanan") or not board.agencies
    return Place(notice="" if known_page else words.text("There is no such page; this is the overview."))


def layout(
    board: Board, words: Words, query: Mapping[str, str] = NO_QUERY, *, taker: str = "…", menu: bool = False
) -> Component:
    """The page the address asks for, drawn from ``board``; ``menu`` as in the foot; ``taker``: under which
    name whoever looks takes rows, empty where they may not."""
    at = where(board, query, words)
    made = Room().cells(at.view, board, at.scope, words)
    live = LiveCells(made, board.now, words)
    pages = stops(board, words)
    here = next((s for s in pages if s.path == PATH and _view_of(s) == (at.view, at.scope)), None)
    left = [action_list(live, words, ACTION_SLOTS, may_take=bool(taker))] if board.agencies else []
    children = [
        html.H1(words.text("Control room") + f" · {board.mall}", className="visually-hidden"),
        html.Span(made["layout"].text, hidden=True, **attributes(data_live="layout")),
        html.Span(hidden=True, **attributes(data_live="alarm")),
        html.Div([*band(live, words), corner(board, live, words)], className="band"),
        html.Div([*left, _stage(at, board, live, words, query)], className="room"),
        foot(pages, here, query, words, beside=_beside(at, board, words), menu=menu),
        keys_sheet(words),
        definitions(words),
        *([take_dialog(words, taker)] if taker else ()),
    ]
    return live_root(
        View(at.view, at.scope, words.locale),
        html.Div(children, id=f"room-{at.view}", className="wall"),
        layout=made["layout"].text or "",
        zone=board.zone,
        words=words,
        query=query,
        class_name=f"wall-{theme_of(query)}",
    )


def _beside(at: Place, board: Board, words: Words) -> str:
    """What the foot calls a page that no number key leads to."""
    agency = find(board, at.scope) if at.view == AGENCY else None
    return words.text("Agency: {name}", name=agency.short or agency.name) if agency else ""


def _view_of(stop: Stop) -> tuple[str, str]:
    return {"": NAME, "loket": FLOOR, "layanan": SERVICES}[stop.page], stop.floor


def _stage(at: Place, board: Board, live: LiveCells, words: Words, query: Mapping[str, str]) -> Component:
    """What is beside the actions: the mall's sentence, or in its place that the screen is cut off, then
    the page's own. The actions keep their height."""
    link = html.Div(id="live-link", className="link", role="status", **attributes(data_live_link=""))
    strip = html.Div(
        [live.text("mall", "mall-state"), html.Span(at.notice, className="notice")], className="strip"
    )
    agency = find(board, at.scope) if at.view == AGENCY else None
    if not board.agencies:
        body = [_nothing(board, words)]
    elif agency is not None:
        body = [agency_page(board, agency, live, words)]
    elif at.view == FLOOR:
        body = [floor_plan(board, at.scope, live, words, query)]
    elif at.view == SERVICES:
        body = [services(live, words)]
    else:
        body = [overview(len(board.agencies), tiles(board.agencies, live, words, query), flow(live, words))]
    return html.Div([link, strip, *body], className="stage")


def _nothing(board: Board, words: Words) -> Component:
    if board.mall_state == "faulty":
        title = words.text("The description of the mall has mistakes.")
        what = words.text("This command names each with its place and remedy; the page follows by itself:")
        command = ".venv/bin/mpp check"
    else:
        title = words.text("There is no description of the mall yet.")
        what = words.text("Describe agencies, services and counters in a file, then this page fills itself:")
        command = ".venv/bin/mpp init\n.venv/bin/mpp check"
    return html.Div(
        [html.P(title, className="nothing-title"), html.P(what), html.Pre(command)], className="nothing"
    )
