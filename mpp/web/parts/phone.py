"""The frame of the manager's phone: who and when at the top, the five numbers, the pages at the thumb."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from textwrap import shorten
from typing import Final
from zoneinfo import ZoneInfo

from dash import dcc, html
from dash.development.base_component import Component
from markupsafe import Markup

from mpp.i18n import UNKNOWN, Words
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
NAMES, LETTERS = 2, 24
"""So many names stand under a number, with so many letters; the lists below have them all, in full."""
COLOURED: Final = frozenset(("open", "over", "serving"))
"""Those whose edge says that something is wrong."""


def whole(text: str) -> str:
    """A text that stays on one line."""
    return text.replace(" ", "\N{NO-BREAK SPACE}").replace("-", "\N{NON-BREAKING HYPHEN}")


def flowing(cell: Cell) -> Cell:
    """A cell whose lines end behind a dot between two parts: none begins with it."""
    if cell.fragment is not None:
        return replace(cell, fragment=Markup(_bound(cell.fragment)))  # noqa: S704 was markup before
    return replace(cell, text=cell.text and _bound(cell.text))


def _bound(text: str) -> str:
    return str(text).replace(" · ", "\N{NO-BREAK SPACE}· ")


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
    """The live cells of the five numbers: those of the wall, with other notes under them."""
    wall = band_cells(board, words)
    known = wall["served.n"].text != UNKNOWN
    made = wall | (_notes(board, words) if known else {})
    keys = COLOURED | {f"{name}.{part}" for name, parts, _ in FIGURES for part in parts}
    return {key: cell for key, cell in made.items() if key in keys}


def _notes(board: Board, words: Words) -> dict[str, Cell]:
    """The most pressing part of the wall's small lines, in texts that break where words do: the wall's
    own are measured for its cards."""
    t = board.totals
    short = {agency.code: agency.short or agency.name for agency in board.agencies}
    missing = (
        (t.not_opened, lambda names: words.text("not open yet: {names}", names=names)),
        (t.unheard, lambda names: words.text("no news: {names}", names=names)),
    )
    made = {"open.note": " · ".join(say(_named(codes, short)) for codes, say in missing if codes)}
    if t.longest_since is not None and t.longest_agency:
        name, number = _short(short.get(t.longest_agency, t.longest_agency)), whole(t.longest_number or "")
        made["waiting.who"] = f"{name} {number}".rstrip()
    if t.day.share is not None:
        made["over.note"] = words.text("{share} within standard", share=whole(words.percent(t.day.share)))
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


def _short(name: str) -> str:
    """The whole words of a name that have room; the beginning of a first word that has none."""
    first, _, _ = name.partition(" ")
    if len(name) <= LETTERS:
        return name
    return f"{first[: LETTERS - 1]}…" if len(first) >= LETTERS else shorten(name, LETTERS, placeholder="…")


def _named(codes: Sequence[str], short: Mapping[str, str]) -> str:
    """The first of the agencies by name, and how many more there are."""
    names = ", ".join(_short(short.get(code, code)) for code in codes[:NAMES])
    return f"{names},\N{NO-BREAK SPACE}+{len(codes) - NAMES}" if len(codes) > NAMES else names


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
            html.Div(
                [live.text(f"{name}.{part}", f"figure-{part}") for part in numbers],
                className="figure-numbers",
            ),
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
