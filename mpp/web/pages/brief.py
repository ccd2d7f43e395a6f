"""The manager's phone (``/ringkas``): five numbers, what needs action, who has not opened; behind
them all agencies, all counters, and what one asks for now and then."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from mpp.i18n import Words
from mpp.live.model import Board
from mpp.live.views import Cell, View, ViewFunction, Views
from mpp.measures import registry
from mpp.web.parts.actions import action_cells, action_list
from mpp.web.parts.address import address
from mpp.web.parts.definitions import definitions
from mpp.web.parts.live import LiveCells, attributes, live_root
from mpp.web.parts.mall import NO_MALL
from mpp.web.parts.phone import figure_cells, figures, flowing, head, head_cells, tabs
from mpp.web.parts.phone_lists import (
    absent_cells,
    agency_cells,
    counter_cells,
    counter_groups,
    source_cells,
)
from mpp.web.parts.take import take_dialog

NAME = "ringkas"
PATH = f"/{NAME}"

SLOTS: Final = 20
"""Rows of *Perlu tindakan*: a phone scrolls."""


@dataclass(frozen=True, slots=True)
class Part:
    """One page of the phone: the view's name, its live cells besides those of the head, its body."""

    name: str
    cells: Callable[[Board, Words], dict[str, Cell]]
    body: Callable[[Board, LiveCells, Words, Mapping[str, str], bool], list[Component]]


def parts() -> Mapping[str, Part]:
    """The pages by their word in the address."""
    return {
        "": Part(NAME, _brief_cells, _brief),
        "gerai": Part(f"{NAME}-gerai", agency_cells, _agencies),
        "loket": Part(f"{NAME}-loket", counter_cells, _counters),
        "lain": Part(f"{NAME}-lain", source_cells, _more),
    }


def register(views: Views) -> None:
    """Make the pages live."""
    for part in parts().values():
        views.register(part.name, _view(part))


def _view(part: Part) -> ViewFunction:
    def view(board: Board, _scope: str, words: Words) -> dict[str, Cell]:
        return cells(board, words, part)

    return view


def cells(board: Board, words: Words, part: Part) -> dict[str, Cell]:
    """Everything on a page that changes."""
    made = head_cells(board, words) | part.cells(board, words)
    return {"layout": Cell(signature(board))} | {key: flowing(cell) for key, cell in made.items()}


def signature(board: Board) -> str:
    """Changes when a page must be drawn anew: another mall, other agencies, counters or sources."""
    what = [board.mall_state if board.mall_state in NO_MALL else "", board.zone, board.mall]
    what += [agency.code for agency in board.agencies]
    what += [f"{floor}.{agency}" for floor, agency in counter_groups(board)]
    what += [source.code for source in board.sources]
    return f"{zlib.crc32(chr(10).join(what).encode()):08x}"


def layout(board: Board, words: Words, query: Mapping[str, str], *, taker: str = "…") -> Component:
    """The page that ``query`` asks for; the first for a word that is none. ``taker``: under which name
    whoever looks takes rows, empty where they may not."""
    known = parts()
    page = query.get("page", "")
    page = page if page in known else ""
    part = known[page]
    made = cells(board, words, part)
    live = LiveCells(made, board.now, words)
    children = [
        *head(board, live, words),
        html.Span(made["layout"].text, hidden=True, **attributes(data_live="layout")),
        html.Div(part.body(board, live, words, query, bool(taker)), className="phone-body"),
        *([take_dialog(words, taker)] if taker and page == "" else ()),
        tabs(query, page, words),
        definitions(words),
    ]
    return live_root(
        View(part.name, "", words.locale),
        children,
        layout=signature(board),
        zone=board.zone,
        words=words,
        query=query,
        class_name="brief",
    )


def _brief_cells(board: Board, words: Words) -> dict[str, Cell]:
    if board.mall_state in NO_MALL:
        return {}
    return (
        figure_cells(board, words)
        | action_cells(board, words, SLOTS, phone=True)
        | absent_cells(board, words)
    )


def _brief(
    board: Board, live: LiveCells, words: Words, _query: Mapping[str, str], may_take: bool
) -> list[Component]:
    if board.mall_state in NO_MALL:
        return _no_mall(board, words)
    return [
        figures(live, words),
        action_list(live, words, SLOTS, may_take=may_take),
        _list(words.text("Not open yet"), "absent", live),
        _list(words.text("No news"), "quiet", live),
    ]


def _no_mall(board: Board, words: Words) -> list[Component]:
    if board.mall_state == "faulty":
        return [html.P(words.text("The description of the mall has mistakes."), className="phone-note")]
    if board.mall_state == "none":
        return [html.P(words.text("There is no description of the mall yet."), className="phone-note")]
    return []


def _list(title: str, key: str, live: LiveCells) -> Component:
    heading = html.Div([html.H2(title), live.text(f"{key}.count", "act-count")], className="phone-heading")
    return html.Section([heading, live.text(key, "phone-list", html.Div)], className="absents")


def _agencies(
    board: Board, live: LiveCells, words: Words, _query: Mapping[str, str], _may_take: bool
) -> list[Component]:
    rows = [live.text(f"g.{agency.code}", "entry", html.Li) for agency in board.agencies]
    return [
        *_no_mall(board, words),
        _heading(words.text("Agencies"), words.text("waiting")),
        html.Ul(rows, className="rows"),
    ]


def _heading(title: str, beside: str = "") -> Component:
    return html.Div([html.H2(title), html.Span(beside)], className="phone-heading")


def _counters(
    board: Board, live: LiveCells, words: Words, _query: Mapping[str, str], _may_take: bool
) -> list[Component]:
    children: list[Component] = _no_mall(board, words)
    for floor, groups in groupby(counter_groups(board), key=lambda group: group[0]):
        title = words.text("Floor {floor}", floor=floor) if floor else words.text("Counters")
        rows = [live.text(f"l.{floor}.{agency}", "counters", html.Li) for _, agency in groups]
        children += [_heading(title), html.Ul(rows, className="counter-groups")]
    return children


def _more(
    board: Board, live: LiveCells, words: Words, query: Mapping[str, str], _may_take: bool
) -> list[Component]:
    rows = [live.text(f"s.{source.code}", "entry", html.Li) for source in board.sources]
    meanings = [
        html.Details(
            [
                html.Summary(measure.name),
                html.P(measure.formula),
                html.P(words.text("Leaves out: {what}", what=measure.leaves_out)),
            ]
        )
        for measure in registry(words).values()
    ]
    return [
        _choices(query, words),
        _heading(words.text("Sources"), words.number(len(board.sources))),
        html.Ul(rows, className="rows"),
        _heading(words.text("What the figures mean")),
        html.Div(meanings, className="meanings"),
    ]


def _choices(query: Mapping[str, str], words: Words) -> Component:
    theme = query.get("theme", "")
    languages = [
        _choice("Indonesia", query, current=words.locale == "id", lang="id"),
        _choice("English", query, current=words.locale == "en", lang="en"),
    ]
    themes = [
        _choice(words.text("Light"), query, current=theme in {"", "light"}, theme="light"),
        _choice(words.text("Dark"), query, current=theme == "dark", theme="dark"),
        _choice(words.text("Automatic"), query, current=theme == "auto", theme="auto"),
    ]
    wall = html.A(
        words.text("Open the wall"), href="/ruang-kendali" + address({}, **_kept(query)), className="choice"
    )
    account = html.A(words.text("My account"), href="/akun", className="choice")
    return html.Div(
        [
            _group(words.text("Language"), languages),
            _group(words.text("Colours"), themes),
            html.Div([wall, account], className="choices"),
        ]
    )


def _kept(query: Mapping[str, str]) -> dict[str, str]:
    return {name: query[name] for name in ("lang", "theme") if name in query}


def _group(title: str, choices: list[Component]) -> Component:
    return html.Section([_heading(title), html.Div(choices, className="choices")])


def _choice(name: str, query: Mapping[str, str], *, current: bool, **given: str) -> Component:
    # A plain link: language and colours belong to the whole document, which must load anew.
    marks: dict[str, Any] = attributes(aria_current="true") if current else {}
    return html.A(name, href=PATH + address(query, page="lain", **given), className="choice", **marks)
