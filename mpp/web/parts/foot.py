"""The line at the foot of the wall: its pages, the rotation, theme and language, and the keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from mpp.i18n import LOCALES, Words
from mpp.live.model import Board
from mpp.web.parts.address import address, place
from mpp.web.parts.counters import floor_name, floors, plan_name
from mpp.web.parts.live import attributes

LEAST_TURN_S: Final = 15
"""Seconds a page stays at least: faster cannot be read."""

MOST_TURN_S: Final = 3600

THEMES: Final = ("light", "dark", "auto")


ROOM: Final = "/ruang-kendali"
PLAN: Final = "/denah"


@dataclass(frozen=True, slots=True)
class Stop:
    """One page of the rotation: its name and what its address says."""

    name: str
    page: str = ""
    floor: str = ""
    path: str = ROOM


def stops(board: Board, words: Words) -> tuple[Stop, ...]:
    """The pages, in the order of the number keys and of the rotation."""
    by_floor = [Stop(floor_name(floor, words), "loket", floor) for floor in floors(board)]
    last = [Stop(words.text("Services"), "layanan")] if board.services else []
    plans = [Stop(plan_name(floor, words), floor=floor, path=PLAN) for floor in floors(board)]
    return (Stop(words.text("Overview")), *by_floor, *last, *plans)


def turn_s(query: Mapping[str, str]) -> int | None:
    """Seconds between pages from ``?rotate=``, None without rotation."""
    said = query.get("rotate", "")
    if not (said.isascii() and said.isdigit() and len(said) < 6 and int(said)):
        return None
    return min(MOST_TURN_S, max(LEAST_TURN_S, int(said)))


def theme_of(query: Mapping[str, str]) -> str:
    """The theme that is asked for, light where none is."""
    said = query.get("theme", "")
    return said if said in THEMES else "light"


def foot(
    pages: Sequence[Stop],
    here: Stop | None,
    query: Mapping[str, str],
    words: Words,
    *,
    beside: str = "",
    menu: bool = False,
) -> Component:
    """The line, drawn once per page. ``beside`` names a page that is none of ``pages``: an agency's.
    ``menu``: with the way to everything else that a person may open, which a display has not."""
    links = [
        html.Li(
            dcc.Link(
                [html.Kbd(str(number)), f" {stop.name}"],
                href=stop.path + place(query, page=stop.page, floor=stop.floor),
            ),
            **_marked(stop == here, "page"),
        )
        for number, stop in enumerate(pages, 1)
    ]
    if beside:
        shown = html.Span([html.Kbd("Esc"), f" {beside}"], className="foot-beside")
        links.append(html.Li(shown, **_marked(True, "page")))
    return html.Div(
        [
            html.Nav(html.Ul(links, id="stops"), **attributes(aria_label=words.text("Pages"))),
            _rotation(query, words),
            html.Div(
                [*_menu(words, menu), _theme(query, words), *_languages(query, words), _help(words)],
                className="foot-end",
            ),
        ],
        className="foot",
    )


def _marked(current: bool, as_what: str) -> dict[str, Any]:
    return attributes(aria_current=as_what) if current else {}


def _rotation(query: Mapping[str, str], words: Words) -> Component:
    every = turn_s(query)
    return html.Button(
        None,
        id="rotation",
        className="foot-rotation",
        type="button",
        hidden=every is None,
        **attributes(
            data_every=str(every or 0),
            data_turning=words.text(
                "page {n} of {all} · changes every {s} s", n="{n}", all="{all}", s=words.number(every)
            ),
            data_paused=words.text("page {n} of {all} · paused", n="{n}", all="{all}"),
            data_used=words.text("page {n} of {all} · waits while in use", n="{n}", all="{all}"),
            data_cut=words.text("page {n} of {all} · stays: cut off", n="{n}", all="{all}"),
            data_alarm=words.text("page {n} of {all} · stays: new alarm", n="{n}", all="{all}"),
        ),
    )


def _theme(query: Mapping[str, str], words: Words) -> Component:
    names = {
        "light": lambda: words.text("light"),
        "dark": lambda: words.text("dark"),
        "auto": lambda: words.text("automatic"),
    }
    now = theme_of(query)
    following = THEMES[(THEMES.index(now) + 1) % len(THEMES)]
    text = words.text("Theme: {name}", name=names[now]())
    return html.Span(dcc.Link(text, href=address(query, theme=following)), id="theme")


def _languages(query: Mapping[str, str], words: Words) -> list[Component]:
    """A change of language loads the page anew, so that all of it speaks it and remembers it."""
    names = {"id": "Indonesia", "en": "English"}
    return [
        html.A(
            names[locale],
            href=address(query, lang=locale),
            lang=locale,
            **_marked(locale == words.locale, "true"),
        )
        for locale in LOCALES
    ]


def _menu(words: Words, wanted: bool) -> list[Component]:
    return [html.A(words.text("Menu"), href="/akun")] if wanted else []


def _help(words: Words) -> Component:
    return html.Button([html.Kbd("?"), f" {words.text('Keys')}"], id="keys-open", type="button")


def keys_sheet(words: Words) -> Component:
    """What the keys do; assets/wall.js shows it."""
    rows = (
        ("1 … 9", words.text("go to a page")),
        ("← →", words.text("page before, page after")),
        (words.text("Space"), words.text("pause or go on changing pages")),
        ("T", words.text("light, dark, automatic")),
        ("?", words.text("this list")),
        ("Esc", words.text("close; from an agency back to all")),
    )
    return html.Dialog(
        [
            html.H2(words.text("Keys"), id="keys-title"),
            html.Dl([part for key, what in rows for part in (html.Dt(html.Kbd(key)), html.Dd(what))]),
            html.P(words.text("Press a title or a number to read what it means and what it leaves out.")),
            html.P(
                words.text("For a display: add ?rotate=20 to the address, and theme=auto for a dark evening.")
            ),
            html.Button(words.text("Close"), id="keys-close", type="button"),
        ],
        id="keys",
        className="keys",
        **attributes(aria_labelledby="keys-title"),
    )
