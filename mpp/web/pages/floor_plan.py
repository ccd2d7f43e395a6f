"""The floor plan (``/denah``): where every counter stands and what it does now, a page for each floor.

A view of its own, ``denah``, whose scope is the floor. The drawing is one cell, each counter in it
another: a counter's change sends that counter alone (docs/decisions/0006). The wall's rotation and
number keys lead here and on (mpp/web/parts/foot.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from dash import html
from dash.development.base_component import Component

from mpp.i18n import Words
from mpp.live.model import AgencyNow, Board, CounterNow
from mpp.live.views import Cell, View, Views
from mpp.web.pages.room_cells import alarm, signature
from mpp.web.parts.counters import MEASURES, floor_of, floors, key, plan_name, summary
from mpp.web.parts.definitions import definitions, term
from mpp.web.parts.foot import foot, keys_sheet, stops, theme_of
from mpp.web.parts.kept import Kept
from mpp.web.parts.live import LiveCells, attributes, live_root
from mpp.web.parts.mall import corner, mall_cells
from mpp.web.parts.plan import alarms, blocks, drawing, legend, plan_card, waiting_cell
from mpp.web.parts.plan_file import NO_PLANS, Plans
from mpp.web.parts.tile import in_break

NAME: Final = "denah"
PATH: Final = f"/{NAME}"

NO_QUERY: Mapping[str, str] = MappingProxyType({})


class FloorPlan:
    """The view function. Remembers what it drew of counters that stayed the same; not for several
    threads at once, as the hub draws in one."""

    def __init__(self, plans: Plans = NO_PLANS) -> None:
        self._plans, self._kept = plans, Kept()

    def cells(self, board: Board, scope: str, words: Words) -> dict[str, Cell]:
        """The cells of one floor's plan."""
        here = [counter for counter in board.counters if floor_of(counter) == scope]
        resting = in_break(board)
        made = {
            "layout": Cell(signature(board, [scope] if scope else ())),
            "alarm": alarm(board),
        } | mall_cells(board, words)
        made |= {"floor.sum": Cell(summary(here, words)), "plan.legend": legend(words)}
        made["plan.alarms"] = alarms(board, words)
        shown = blocks(board, scope)
        by_code = {(counter.agency, counter.code): counter for counter in here}
        plan = self._plans.of(board.plans, scope, {f"loket-{a}-{c}": (a, c) for a, c in by_code})
        made["plan"] = self._kept.of(
            (words.locale, "plan", scope),
            (shown, plan),
            lambda _: Cell(None, fragment=drawing(scope, shown, words, plan)),
        )

        def card(counter: CounterNow) -> Cell:
            return plan_card(counter, words, resting=resting)

        def waits(agency: AgencyNow) -> Cell:
            return waiting_cell(agency, words, resting=resting)

        for place, counter in by_code.items():
            made[key(counter)] = self._kept.of((words.locale, "card", resting, *place), counter, card)
        present = {block.agency for block in shown}
        for agency in board.agencies:
            if agency.code in present:
                made[f"g.{agency.code}"] = self._kept.of(
                    (words.locale, "waits", resting, agency.code), agency, waits
                )
        return made


def register(views: Views, plans: Plans = NO_PLANS) -> None:
    """Make the page live."""
    views.register(NAME, FloorPlan(plans).cells, scoped=True)


def layout(
    board: Board,
    words: Words,
    query: Mapping[str, str] = NO_QUERY,
    *,
    menu: bool = False,
    plans: Plans = NO_PLANS,
) -> Component:
    """The plan of the floor the address asks for, drawn from ``board``; ``menu`` as in the foot."""
    known, asked = floors(board), query.get("floor", "")
    floor = asked if asked in known else known[0] if known else ""
    notice = (
        words.text("There is no such floor; this is the first one.")
        if asked and asked != floor and known
        else ""
    )
    made = FloorPlan(plans).cells(board, floor, words)
    live = LiveCells(made, board.now, words)
    pages = stops(board, words)
    here = next((stop for stop in pages if stop.path == PATH and stop.floor == floor), None)
    children = [
        html.Span(made["layout"].text, hidden=True, **attributes(data_live="layout")),
        html.Span(hidden=True, **attributes(data_live="alarm")),
        html.Div([_title(floor, live, words), corner(board, live, words)], className="plan-head"),
        html.Div(id="live-link", className="link", role="status", **attributes(data_live_link="")),
        html.Div([live.text("mall", "mall-state"), html.Span(notice, className="notice")], className="strip"),
        _body(bool(known), live, words),
        foot(pages, here, query, words, menu=menu),
        keys_sheet(words),
        definitions(words),
    ]
    return live_root(
        View(NAME, floor, words.locale) if floor else View("ruang-kendali", "", words.locale),
        html.Div(children, id="room-denah", className="wall plan-page"),
        layout=made["layout"].text or "",
        zone=board.zone,
        words=words,
        query=query,
        class_name=f"wall-{theme_of(query)}",
    )


def _title(floor: str, live: LiveCells, words: Words) -> Component:
    return html.Div(
        [
            html.H1(
                term(plan_name(floor, words) if floor else words.text("Floor plan"), MEASURES),
                className="plan-title",
            ),
            live.text("floor.sum", "plan-sum", html.P),
            live.text("plan.legend", "plan-legend", html.Ul),
            live.text("plan.alarms", "plan-alarms", html.P),
        ],
        className="plan-words",
    )


def _body(counters: bool, live: LiveCells, words: Words) -> Component:
    if not counters:
        return html.P(words.text("No counters are described yet."), className="nothing nothing-title")
    return html.Div(
        live.text("plan", "plan-drawing", html.Div),
        className="plan-stage stage-page",
        tabIndex=0,
        role="region",
        **attributes(aria_label=words.text("Floor plan")),
    )
