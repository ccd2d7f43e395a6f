"""The control room (``/ruang-kendali``): five numbers and one tile per agency, live.

The page is drawn once from the board of that moment; from then on ``cells`` keeps it current.
"""

from __future__ import annotations

import zlib
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from mpp.i18n import Words
from mpp.live.model import Board
from mpp.live.views import Cell, View, Views
from mpp.web.parts.band import band, band_cells
from mpp.web.parts.live import LiveCells, attributes, live_root
from mpp.web.parts.tile import tile, tile_cells

NAME = "ruang-kendali"
PATH = f"/{NAME}"

NO_MALL = ("none", "faulty")

FEW = 8
"""Up to so many agencies tiles are large, and leave the rest of the wall empty."""


def register(views: Views) -> None:
    """Make the page live."""
    views.register(NAME, cells)


def cells(board: Board, _scope: str, words: Words) -> dict[str, Cell]:
    """Everything on the page that changes."""
    zone = ZoneInfo(board.zone)
    made = {
        "layout": Cell(signature(board)),
        "mall": Cell(mall_words(board, words)),
        "mode": Cell(mode_words(board, words), state="example" if board.example else board.mode),
        "date": Cell(words.date(board.day)),
        "data": data_cell(board, words),
    }
    made |= band_cells(board, words)
    for agency in board.agencies:
        made |= tile_cells(agency, zone, words)
    return made


def signature(board: Board) -> str:
    """Changes when the page must be drawn anew: other agencies, names or zone."""
    what = [board.mall_state if board.mall_state in NO_MALL else "", board.zone, board.mall]
    what += [f"{a.code}={a.short or a.name}" for a in board.agencies]
    return f"{zlib.crc32(chr(10).join(what).encode()):08x}"


def data_cell(board: Board, words: Words) -> Cell:
    """How many agencies the totals rest on."""
    t = board.totals
    if board.mall_state in NO_MALL:
        return Cell("", state="full")
    heard, scheduled = words.number(t.heard), words.number(t.scheduled)
    text = words.text("Data from {heard} of {scheduled} agencies", heard=heard, scheduled=scheduled)
    return Cell(text, state="part" if t.heard < t.scheduled else "full")


def mode_words(board: Board, words: Words) -> str:
    """What keeps these figures from being the mall's own of this moment."""
    if board.mode == "replay":
        return words.text("Replay of a past day")
    if board.mode == "ended":
        return words.text("The replay is over")
    if board.mode == "demo":
        return words.text("Demonstration: invented figures")
    if board.example:
        return words.text("Example mall: not a real one")
    return ""


def mall_words(board: Board, words: Words) -> str:
    """The state of the whole mall in a sentence; empty while it is simply open."""
    zone = ZoneInfo(board.zone)
    until = words.time(board.mall_until, zone) if board.mall_until is not None else None
    waiting = words.number(board.totals.waiting)
    if board.totals.scheduled and not board.totals.heard:
        return words.text("No news from any agency. The totals are not known.")
    if board.mall_state == "before":
        return (
            words.text("Not open yet. Service starts {time}.", time=until)
            if until
            else words.text("Not open yet.")
        )
    if board.mall_state == "break":
        return words.text("Break until {time}.", time=until) if until else words.text("Break.")
    if board.mall_state == "friday_prayer":
        return (
            words.text("Break for Friday prayer until {time}.", time=until)
            if until
            else words.text("Friday prayer.")
        )
    if board.mall_state == "last_ticket":
        return words.text("No more numbers are issued; {n} people still wait.", n=waiting)
    if board.mall_state == "holiday":
        name = words.text("Holiday: {name}.", name=board.mall_reason) if board.mall_reason else ""
        return (name or words.text("Holiday.")) + _opens(board, words)
    if board.mall_state in {"closed", "shut"}:
        return words.text("Closed.") + _opens(board, words)
    return ""


def _opens(board: Board, words: Words) -> str:
    if board.mall_until is None:
        return ""
    zone = ZoneInfo(board.zone)
    at = board.mall_until.astimezone(zone)
    if at.date() == board.day:
        return " " + words.text("Opens {time}.", time=words.time(board.mall_until, zone))
    near = (at.date() - board.day).days < 7
    day = words.weekday(at.date()) if near else words.date(at.date())
    return " " + words.text("Opens again {day} {time}.", day=day, time=words.time(board.mall_until, zone))


def layout(board: Board, words: Words) -> Component:
    """The page, drawn from ``board``."""
    made = cells(board, "", words)
    live = LiveCells(made, board.now, words)
    body = _tiles(board, live, words) if board.agencies else _nothing(board, words)
    children = [
        html.H1(words.text("Control room") + f" · {board.mall}", className="visually-hidden"),
        html.Span(made["layout"].text, hidden=True, **attributes(data_live="layout")),
        html.Div([*band(live, words), _corner(board, live, words)], className="band"),
        html.Div(id="live-link", className="link", role="status", **attributes(data_live_link="")),
        html.Div([live.text("mall", "mall-state"), live.text("mode", "mall-mode")], className="strip"),
        body,
    ]
    view = View(NAME, "", words.locale)
    return live_root(view, children, layout=signature(board), zone=board.zone, words=words, class_name="wall")


def _corner(board: Board, live: LiveCells, words: Words) -> Component:
    zone = ZoneInfo(board.zone)
    local = board.now.astimezone(zone)
    dot = "." if words.locale == "id" else ":"
    clock = [
        html.Span(
            local.strftime(f"%H{dot}%M"), className="clock-minute", **attributes(data_live_clock="minute")
        ),
        html.Span(
            local.strftime(f"{dot}%S"), className="clock-second", **attributes(data_live_clock="second")
        ),
        html.Span(" " + words.zone_label(board.zone, board.now), className="clock-zone"),
    ]
    return html.Div(
        [
            html.Div(clock, className="clock"),
            live.text("date", "date", html.Div),
            html.Div([live.text("data", "heard"), html.Span(className="dot")], className="data"),
        ],
        className="corner",
    )


def _tiles(board: Board, live: LiveCells, words: Words) -> Component:
    count = len(board.agencies)
    columns = min(8, max(4, -(-count // 5))) if count > FEW else max(3, -(-count // 2))
    size = " narrow" if columns > 6 else " few" if count <= FEW else ""
    return html.Ul(
        [tile(agency, live, words) for agency in board.agencies],
        className="tiles" + size,
        style={"--columns": str(columns), "--rows": str(-(-count // columns))},
        **attributes(aria_label=words.text("Agencies")),
    )


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
