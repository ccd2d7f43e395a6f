"""An agency's own page (``/instansi/<agency>``): the shell with its tabs, and the tab *Sekarang*.

**The form of a tab.** A tab is one pure function ``(visit: Visit) -> Component`` and one row of
:func:`tabs`. The shell draws what all tabs share: the agency's name and place, the row of tabs, the
clock, that the screen is cut off, whose figures these are. The function draws what stands under it:
a list of ``html.Section(..., className="dk-card")`` in one ``html.Div(..., className="dk-cards")``
looks like the rest (``assets/41-desk.css``); :func:`mpp.web.parts.desk.card` makes such a card, and
``dk-table``, ``dk-number``, ``dk-note`` are there for tables, large figures and remarks.

What a function may rely on: ``visit.values["agency"]`` is the code of an agency of the board that
the actor may see (the gate and the shell refuse anything else before); ``visit.board`` is cut to what
the actor may see and has its instant (``board.now``); ``visit.query`` holds the address's query, last
value each; ``visit.readings`` is there for what the board does not hold.
:func:`mpp.web.parts.desk.path` makes the address of a tab of this agency (language and colours stay).
Everything it draws must be of this agency alone, save what is anonymous by construction.

A tab is drawn once per visit. To be live it needs cells: the tab *Sekarang* has them in the view
``instansi``, whose scope is the agency's code; the head's cells are in it, so every tab is a page of
that view and shows by itself when it is cut off. It is drawn anew when the counters or
services of the agency change.

Addresses: :data:`ROOT` ``/instansi/<agency>`` for *Sekarang*, ``/instansi/<agency>/<word>`` else.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dash import html
from dash.development.base_component import Component
from sqlalchemy.exc import SQLAlchemyError

from mpp.i18n import Words
from mpp.live.agency_read import UnreadError, reading
from mpp.live.counter_days import lost
from mpp.live.model import Board
from mpp.live.views import Cell, View, Views
from mpp.web.pages import agency_counters, agency_export, agency_history, agency_quality, agency_ratings
from mpp.web.parts import desk_head
from mpp.web.parts.counter_day import lost_words
from mpp.web.parts.definitions import definitions
from mpp.web.parts.desk import ROOT, Desk, desk_of, path
from mpp.web.parts.desk_basis import basis
from mpp.web.parts.desk_counters import counter_cells, counters_card
from mpp.web.parts.desk_queues import names, queue_cells, queues_card
from mpp.web.parts.desk_ratings import rating_cells, ratings_card
from mpp.web.parts.desk_today import lost_line, today_card, today_cells
from mpp.web.parts.live import LiveCells, attributes, live_root
from mpp.web.parts.standing import standing_card

if TYPE_CHECKING:
    from mpp.web.dash_app import Visit

NAME: Final = "instansi"
AWAY: Final = (UnreadError, SQLAlchemyError)
"""What reading fails with where the database is not there: the live part of the page does not need it."""

MANY: Final = 8
"""So many more counters than services are a column of their own."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: its name (an English msgid) and what it draws below the shell's head."""

    name: Callable[[Words], str]
    draw: Callable[[Visit], Component]


def tabs() -> Mapping[str, Tab]:
    """The tabs by their word in the address, in their order; the first without one."""
    return {
        "": Tab(lambda words: words.text("Now"), now_tab),
        agency_history.TAB: Tab(lambda words: words.text("History"), agency_history.history_tab),
        agency_ratings.TAB: Tab(lambda words: words.text("Ratings"), agency_ratings.ratings_tab),
        agency_quality.TAB: Tab(lambda words: words.text("Data quality"), agency_quality.quality_tab),
        agency_counters.TAB: Tab(lambda words: words.text("Counters"), agency_counters.counters_tab),
        agency_export.TAB: Tab(lambda words: words.text("Download"), agency_export.export_tab),
    }


def paths() -> Mapping[str, str]:
    """Word of a tab -> its path, as the pages of the app are registered."""
    return {word: f"{ROOT}/<agency>" + (f"/{word}" if word else "") for word in tabs()}


def register(views: Views) -> None:
    """Make the page live: one view, its scope is the agency."""
    views.register(NAME, cells, scoped=True, basis=basis)


def cells(board: Board, scope: str, words: Words) -> dict[str, Cell]:
    """Everything of an agency's page that changes, made of its own part of the board alone."""
    desk = desk_of(board, scope)
    if desk is None:
        return {"layout": Cell("none")}
    return {
        "layout": Cell(signature(board, desk)),
        **desk_head.head_cells(board, desk, words),
        **counter_cells(desk, words),
        **queue_cells(desk, words),
        **today_cells(desk, words),
        **rating_cells(desk, words),
    }


def signature(board: Board, desk: Desk) -> str:
    """Changes when the page must be drawn anew: other counters, services, names, zone."""
    one = desk.agency
    what = [board.zone, one.name, one.short, one.floor or "", str(bool(desk.own.typical))]
    what += [f"{c.code}={c.name}={c.place}={c.floor}" for c in desk.counters]
    what += names(desk.services)
    return f"{zlib.crc32(chr(10).join(what).encode()):08x}"


def draw(visit: Visit, tab: str) -> Component | None:
    """A page of an agency; None where the board has no such agency."""
    board, words, code = visit.board, visit.words, visit.values["agency"]
    desk, known = desk_of(board, code), tabs()
    if desk is None:
        return None
    made = cells(board, code, words)
    live = LiveCells(made, board.now, words)
    stops = [desk_head.Stop(word, one.name(words)) for word, one in known.items()]
    children = [
        *desk_head.head(
            board, desk, live, words, tabs=stops, current=tab, query=visit.query, own=visit.actor.owns(code)
        ),
        html.Span(made["layout"].text, hidden=True, **attributes(data_live="layout")),
        html.Div(known[tab].draw(visit), className="dk-body"),
        definitions(words),
    ]
    return live_root(
        View(NAME, code, words.locale),
        children,
        layout=made["layout"].text or "",
        zone=board.zone,
        words=words,
        query=visit.query,
        class_name="dk",
    )


def now_tab(visit: Visit) -> Component:
    """The tab *Sekarang*: the sentence, then counters, queues, the day and what visitors said."""
    board, words, code = visit.board, visit.words, visit.values["agency"]
    desk = desk_of(board, code)
    if desk is None:
        raise LookupError(f"the board has no agency {code!r}")
    live = LiveCells(cells(board, code, words), board.now, words)
    counters, queues = counters_card(desk, live, words), queues_card(desk, live, words)
    today = today_card(desk, live, words, _lost(visit))
    ratings = ratings_card(live, words, path(code, agency_ratings.TAB, visit.query))
    return html.Div(
        [
            desk_head.say(live, words),
            html.Div(
                _placed(desk, counters, queues, today, [ratings, *_standing(visit)]),
                className="dk-cards",
            ),
        ]
    )


def _placed(
    desk: Desk, counters: Component, queues: Component, today: Component, others: Sequence[Component]
) -> list[Component]:
    """The cards in the order they are read. At a desk they float into two columns, in which one that comes
    later in the page is never higher; beside many counters all others stand in the second."""
    many = len(desk.counters) > len(desk.services) + MANY
    return [
        html.Div(counters, className="dk-left"),
        html.Div(queues, className="dk-right"),
        html.Div(today, className="dk-right" if many else "dk-left"),
        *(html.Div(one, className="dk-right") for one in others),
    ]


def _lost(visit: Visit) -> Component | None:
    """What causes outside the agency cost it, as of now; nothing where the database is not there."""
    board, words = visit.board, visit.words
    with suppress(*AWAY), reading(visit.readings) as (tx, judge):
        found = lost(tx, judge, visit.values["agency"], board.day, board.now)
        return lost_line(lost_words(found, words), words.time(board.now, board.zone), words)
    return None


def _standing(visit: Visit) -> list[Component]:
    with suppress(*AWAY):
        return [standing_card(visit)]
    return []
