"""What every page of an agency has: whose it is, its tabs, the clock; and the sentence of now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from dash import dcc, html
from dash.development.base_component import Component
from markupsafe import Markup, escape

from mpp.i18n import Words
from mpp.live.model import Board, SourceNow
from mpp.live.views import Cell, Units
from mpp.web.parts.desk import Desk, path
from mpp.web.parts.live import LiveCells, attributes, since
from mpp.web.parts.mall import mode_words
from mpp.web.parts.sentence import sentence

SOURCES: Final = 3
"""So many feeds are named in the line below the sentence."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One tab: its word in the address (empty for the first) and its name."""

    word: str
    name: str


def long_units(words: Words) -> Units:
    """Minutes, hours and days as a sentence says them."""
    return words.text("min"), words.text("hours"), words.text("days")


def head_cells(board: Board, desk: Desk, words: Words) -> dict[str, Cell]:
    """The live cells of the head and of the sentence."""
    said = sentence(desk, words)
    return {
        "mode": Cell(mode_words(board, words), state="example" if board.example else board.mode),
        "say": Cell(said.text, since=said.since),
        "say.state": Cell(None, state=said.state),
        "say.word": Cell(_word(said.state if said.word is None else said.word, words)),
        "say.data": _data(desk, words),
        "say.seen": Cell(_seen(desk, words)),
    }


def _word(state: str, words: Words) -> str:
    """A state in a word, read out when it changes; what it is about stands in the sentence. Empty where no
    one word is true of it."""
    known: dict[str, Callable[[], str]] = {
        "over": lambda: words.text("beyond standard"),
        "filling": lambda: words.text("filling up"),
        "calm": lambda: words.text("calm"),
        "paused": lambda: words.text("paused"),
        "resting": lambda: words.text("break"),
        "not_opened": lambda: words.text("not open yet"),
        "quota_used": lambda: words.text("quota used"),
        "silent": lambda: words.text("no news"),
        "closed": lambda: words.text("closed"),
        "unscheduled": lambda: words.text("not scheduled today"),
        "quality": lambda: words.text("data to mend"),
        "unserved": lambda: words.text("no counter serves"),
        "": lambda: "",
    }
    return known[state]()


def _data(desk: Desk, words: Words) -> Cell:
    """Where the figures come from, and how old they are; ``late`` where that is too old."""
    some = [_source(source, desk, words) for source in desk.sources[:SOURCES]]
    if len(desk.sources) > SOURCES:
        n = len(desk.sources) - SOURCES
        some.append(escape(words.plural("{n} more source", "{n} more sources", n)))
    if not some:
        some = [escape(words.text("No source of data is described for your agency."))]
    state = desk.agency.data if desk.agency.data != "live" else None
    return Cell(fragment=Markup("\N{NO-BREAK SPACE}· ").join(some), state=state)


def _source(source: SourceNow, desk: Desk, words: Words) -> Markup:
    if source.last_reported is None:
        return escape(words.text("{source} has never sent data.", source=source.name))
    texts: dict[str, Callable[[], str]] = {
        "late": lambda: words.text("Data from {source} is late: {ago} old.", source=source.name, ago="{ago}"),
        "silent": lambda: words.text("No data from {source} for {ago}.", source=source.name, ago="{ago}"),
        "failing": lambda: words.text(
            "{source} cannot be read; last data {ago} ago.", source=source.name, ago="{ago}"
        ),
        "paused": lambda: words.text(
            "Reading {source} is paused; last data {ago} ago.", source=source.name, ago="{ago}"
        ),
    }
    plain = words.text("Data from {source}, {ago} ago.", source=source.name, ago="{ago}")
    told = texts[source.state]() if source.state in texts else plain
    # The name is in the text already: what looks like a place to fill in it is none.
    before, _, after = told.rpartition("{ago}")
    if desk.mode in {"replay", "ended"}:
        return escape(words.text("Data from {source}.", source=source.name))
    return escape(before) + since(source.last_reported, fine=True) + escape(after)


def _seen(desk: Desk, words: Words) -> str:
    """Whether the control room has taken the matter."""
    open_ = [action for action in desk.actions if action.ended is None]
    taken = [action.taken for action in open_ if action.taken is not None]
    if taken:
        last = max(one.at for one in taken)
        return words.text(
            "The mall's control room has seen this at {time}.", time=words.time(last, desk.zone)
        )
    if any(not action.kept for action in open_):
        return words.text(
            "The mall's control room sees this, but nobody can answer: its list is not being kept."
        )
    if open_:
        first = min(action.since for action in open_)
        return words.text(
            "On the control room's list since {time}, nobody has taken it yet.",
            time=words.time(first, desk.zone),
        )
    return ""


def head(
    board: Board,
    desk: Desk,
    live: LiveCells,
    words: Words,
    *,
    tabs: Sequence[Stop],
    current: str,
    query: Mapping[str, str],
    own: bool = False,
) -> list[Component]:
    """Name, place, tabs, clock; below them that the page is cut off, and whose figures these are. ``own``:
    whoever looks works there."""
    one = desk.agency
    name = one.short or one.name
    full = one.name if one.name != name else ""
    who = html.Div(
        [
            html.H1(name, className="dk-name"),
            html.Span(" · ".join(part for part in (full, _place(desk, words)) if part), className="dk-full"),
        ],
        className="dk-who",
    )
    links = [html.Li(_tab(stop, one.code, current, query)) for stop in tabs]
    # On to what is not this page's: cases, and by the menu counter buttons and the way out.
    if own:
        links.append(html.Li(html.A(words.text("Cases"), href=f"/berkas/{one.code}", className="dk-tab")))
    links.append(html.Li(html.A(words.text("Menu"), href="/akun", className="dk-tab")))
    nav = html.Nav(html.Ul(links), className="dk-tabs", **attributes(aria_label=words.text("Pages")))
    return [
        html.Header([who, nav, _clock(board, words)], className="dk-top"),
        html.Div(className="dk-cut", role="status", **attributes(data_live_link="")),
        live.text("mode", "dk-mode", html.Div),
    ]


def _tab(stop: Stop, agency: str, current: str, query: Mapping[str, str]) -> Component:
    marks: dict[str, Any] = attributes(aria_current="page") if stop.word == current else {}
    link = dcc.Link(stop.name, href=path(agency, stop.word, query), className="dk-tab")
    return html.Span(link, className="dk-here", **marks) if marks else link


def _place(desk: Desk, words: Words) -> str:
    floor = words.text("Floor {floor}", floor=desk.agency.floor) if desk.agency.floor else ""
    places = {counter.place for counter in desk.counters}
    (alone,) = places if len(places) == 1 else ("",)
    return ", ".join(part for part in (floor, alone) if part)


def _clock(board: Board, words: Words) -> Component:
    local, dot = board.now.astimezone(ZoneInfo(board.zone)), "." if words.locale == "id" else ":"
    return html.Div(
        [
            html.Span(local.strftime(f"%H{dot}%M"), **attributes(data_live_clock="minute")),
            html.Span(local.strftime(f"{dot}%S"), **attributes(data_live_clock="second")),
            html.Span(" " + words.zone_label(board.zone, board.now)),
            html.Span(className="dot"),
        ],
        className="dk-clock",
    )


def say(live: LiveCells, words: Words) -> Component:
    """The sentence in its box, with where its figures come from."""
    text = [
        live.text("say", "dk-sentence", html.P, long=long_units(words)),
        html.P([live.text("say.data", "dk-data"), " ", live.text("say.seen")], className="dk-facts"),
    ]
    word = live.text("say.word", "visually-hidden", html.Div, role="status")
    inner = [html.Span(className="sign"), html.Div([*text, word])]
    box = live.around("say.state", inner, class_name="dk-say", tag=html.Section)
    setattr(box, "aria-label", words.text("How we are doing now"))
    return box
