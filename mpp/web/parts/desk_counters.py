"""An agency's own counters, live: what each does, since when, for whom, and what it did today."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from dash import html
from dash.development.base_component import Component

from mpp.i18n import UNKNOWN, Words
from mpp.live.model import CounterNow
from mpp.live.views import Cell
from mpp.web.parts.band import COUNTERS
from mpp.web.parts.definitions import term
from mpp.web.parts.desk import Desk, card
from mpp.web.parts.fragment import markup
from mpp.web.parts.live import LiveCells, since
from mpp.web.parts.sentence_words import plain
from mpp.web.parts.sentence_words import since as since_words
from mpp.web.parts.tile import RESTS, reason

MEASURES: Final = (*COUNTERS, "counters_paused", "counters_unattended", "counters_not_opened")
BREAKS: Final = ("break", "friday_prayer")


def counter_cells(desk: Desk, words: Words) -> dict[str, Cell]:
    """The live cells: a row of each counter, and how many serve."""
    resting = desk.agency.hours in BREAKS
    places = {counter.place for counter in desk.counters} | {counter.floor for counter in desk.counters}
    apart = len(places) > 2
    made = {f"c.{c.code}": _row(c, desk, words, resting=resting, apart=apart) for c in desk.counters}
    return made | {"c.sum": Cell(_sum(desk, words))}


def _sum(desk: Desk, words: Words) -> str:
    planned = desk.agency.planned
    known = desk.agency.serving_known
    said = [
        words.text("{n} planned", n=words.number(planned)) if planned is not None else "",
        words.text("{n} serving", n=words.number(desk.serving)) if known else words.text("state not known"),
    ]
    return "\N{NO-BREAK SPACE}· ".join(part for part in said if part)


def _row(counter: CounterNow, desk: Desk, words: Words, *, resting: bool, apart: bool) -> Cell:
    rests = resting and counter.state == "paused" and counter.reason in RESTS
    state = "resting" if rests else counter.state
    # Of a silent agency nobody knows whether it goes on: a growing time would claim it.
    told = desk.agency.state != "silent"
    where = ""
    if apart:
        floor = words.text("floor {n}", n=counter.floor) if counter.floor else ""
        where = ", ".join(part for part in (counter.place, floor) if part)
    name = markup('{}<small class="dk-where">{}</small>', plain(counter) or counter.name, where)
    return Cell(
        fragment=markup(
            '<th scope="row" role="rowheader">{}</th>'
            '<td role="cell" class="dk-state"><span class="sign"></span><span>{}</span></td>'
            '<td role="cell" class="dk-ticket">{}</td><td role="cell" class="n dk-lasts">{}</td>'
            '<td role="cell" class="n dk-served" data-label="{}">{}</td>'
            '<td role="cell" class="n dk-mean" data-label="{}">{}</td>',
            name,
            _word(counter, desk, words),
            counter.ticket or "",
            since(counter.ticket_since) if counter.ticket and counter.ticket_since and told else "",
            words.text("finished today"),
            words.number(counter.served),
            words.text("mean"),
            words.minutes(counter.service_mean_s) if counter.service_mean_s is not None else UNKNOWN,
        ),
        state=state,
    )


def _word(counter: CounterNow, desk: Desk, words: Words) -> str:
    known: dict[str, Callable[[], str]] = {
        "serving": lambda: words.text("serving"),
        "ready": lambda: words.text("ready"),
        "unattended": lambda: words.text("open without officer"),
        "paused": lambda: words.text("paused"),
        "not_opened": lambda: words.text("not opened"),
        "closed": lambda: words.text("closed"),
        "unknown": lambda: words.text("no news"),
    }
    said = words.text("calling") if counter.called else known[counter.state]()
    if counter.state == "paused" and counter.reason:
        said = words.text(
            "{state}: {why}", state=said, why=reason(counter.reason, words) or words.text("other")
        )
    if counter.state in {"serving", "unknown", "not_opened"}:
        return said
    return f"{said},{since_words(counter.since, desk, words)}" if counter.since is not None else said


def counters_card(desk: Desk, live: LiveCells, words: Words) -> Component:
    """The card, drawn once."""
    if not desk.counters:
        body: Component = html.P(
            words.text("No counters are described for your agency."), className="dk-note"
        )
        return card(words.text("My counters"), body)
    heads = [
        html.Th(title, scope="col", role="columnheader", className=name)
        for title, name in (
            (words.text("Counter"), ""),
            (words.text("State"), ""),
            (words.text("Number"), "dk-ticket"),
            (words.text("For"), "n dk-lasts"),
            (words.text("Finished today"), "n"),
            (words.text("Mean"), "n"),
        )
    ]
    rows = [live.text(f"c.{counter.code}", "", html.Tr, role="row") for counter in desk.counters]
    table = html.Table(
        [
            html.Thead(html.Tr(heads, role="row"), role="rowgroup"),
            html.Tbody(rows, role="rowgroup"),
        ],
        className="dk-table dk-desks",
        role="table",
    )
    title = term(words.text("My counters"), MEASURES)
    return card(title, table, beside=live.text("c.sum"), class_name="dk-counters")
