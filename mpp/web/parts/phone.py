"""The frame of the manager's phone: who and when at the top, the five numbers, the pages at the thumb."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

from dash import dcc, html
from dash.development.base_component import Component

from mpp.i18n import Words
from mpp.live.model import Board
from mpp.live.views import Cell
from mpp.web.parts.address import place
from mpp.web.parts.band import band_cells
from mpp.web.parts.definitions import term
from mpp.web.parts.live import LiveCells, attributes
from mpp.web.parts.mall import mall_cells

PAGES: Final = ("", "gerai", "loket", "lain")
"""The pages by their word in the address, the first without one."""

HEAD: Final = frozenset(("mall", "mode", "date", "data"))
"""What the head shows of the cells of the whole mall."""

FIGURES: Final = (
    ("open", ("n", "of", "note"), ("agencies_open",)),
    ("waiting", ("n", "note", "who"), ("waiting", "longest_wait_s")),
    ("over", ("n", "note"), ("over", "share")),
    ("serving", ("n", "of", "note"), ("counters_serving",)),
    ("served", ("n", "note"), ("served",)),
)
"""The five numbers, the parts of each and what defines them."""
COLOURED: Final = frozenset(("open", "over", "serving"))
"""Those whose edge says that something is wrong."""


def head_cells(board: Board, words: Words) -> dict[str, Cell]:
    """The live cells of the head."""
    return {key: cell for key, cell in mall_cells(board, words).items() if key in HEAD}


def head(board: Board, live: LiveCells, words: Words) -> list[Component]:
    """Name, date and clock, whether the figures are alive, and what holds for the whole mall."""
    local, dot = board.now.astimezone(ZoneInfo(board.zone)), "." if words.locale == "id" else ":"
    clock = [
        html.Span(local.strftime(f"%H{dot}%M"), **attributes(data_live_clock="minute")),
        html.Span(local.strftime(f"{dot}%S"), **attributes(data_live_clock="second")),
        html.Span(" " + words.zone_label(board.zone, board.now)),
    ]
    return [
        html.Header(
            [
                html.H1(board.mall or words.text("In brief")),
                html.Div(
                    [html.Span(clock, className="phone-clock"), html.Span(className="dot")],
                    className="phone-time",
                ),
                html.Div(
                    [
                        live.text("date", "phone-date"),
                        live.text("data", "heard"),
                    ],
                    className="phone-facts",
                ),
            ],
            className="phone-head",
        ),
        html.Div(className="phone-link", role="status", **attributes(data_live_link="")),
        html.Div(
            [live.text("mode", "phone-mode"), live.text("mall", "phone-state")], className="phone-strip"
        ),
    ]


def figure_cells(board: Board, words: Words) -> dict[str, Cell]:
    """The live cells of the five numbers: those of the wall, with less under them."""
    made = band_cells(board, words) | _short_notes(board, words)
    keys = COLOURED | {f"{name}.{part}" for name, parts, _ in FIGURES for part in parts}
    return {key: cell for key, cell in made.items() if key in keys}


def _short_notes(board: Board, words: Words) -> dict[str, Cell]:
    """What fits under three numbers side by side: the most pressing part of the wall's small lines."""
    t, made = board.totals, {}
    if not t.heard:
        return {}
    if t.day.share is not None:
        made["over.note"] = words.text("{share} within standard", share=words.percent(t.day.share))
    counters = (
        (t.unattended, lambda n: words.text("{n} without officer", n=n)),
        (t.counters_not_opened, lambda n: words.text("{n} not opened", n=n)),
        (t.paused, lambda n: words.text("{n} paused", n=n)),
    )
    made["serving.note"] = next((say(words.number(n)) for n, say in counters if n), "")
    people = (
        (t.day.results.get("incomplete", 0), lambda n: words.text("{n} files incomplete", n=n)),
        (t.day.no_show, lambda n: words.text("{n} did not come", n=n)),
    )
    made["served.note"] = next((say(words.number(n)) for n, say in people if n), "")
    return {key: Cell(text) for key, text in made.items()}


def figures(live: LiveCells, words: Words) -> Component:
    """The five numbers, two and three in a row."""
    titles = {
        "open": words.text("Agencies open"),
        "waiting": words.text("Waiting"),
        "over": words.text("Beyond standard"),
        "serving": words.text("Counters"),
        "served": words.text("Served"),
    }
    made: list[Component] = []
    for name, parts, measures in FIGURES:
        numbers = [part for part in parts if part in {"n", "of"}]
        notes = [part for part in parts if part not in {"n", "of"}]
        children = [
            html.H2(term(titles[name], measures), className="figure-title"),
            html.Div([live.text(f"{name}.{part}", f"figure-{part}") for part in numbers]),
            *(live.text(f"{name}.{part}", "figure-note") for part in notes),
        ]
        if name in COLOURED:
            made.append(live.around(name, children, "figure", html.Section))
        else:
            made.append(html.Section(children, className="figure"))
    return html.Div(made, className="figures")


def tabs(query: Mapping[str, str], current: str, words: Words) -> Component:
    """The pages, where the thumb is."""
    names = {
        "": words.text("In brief"),
        "gerai": words.text("Agencies"),
        "loket": words.text("Counters"),
        "lain": words.text("More"),
    }
    made: list[Component] = []
    for page in PAGES:
        inner = [html.Span(className=f"tab-icon {page or 'ringkas'}"), html.Span(names[page])]
        target = "/ringkas" + place(query, page=page)
        if page == current:
            made.append(html.A(inner, href=target, className="tab", **attributes(aria_current="page")))
        else:
            made.append(dcc.Link(inner, href=target, className="tab"))
    return html.Nav(made, className="tabs", **attributes(aria_label=words.text("Pages")))
