"""One agency in detail: its figures, services and counters, and how old what we know of it is."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component
from markupsafe import escape

from mpp.i18n import UNKNOWN, Words
from mpp.live.model import AgencyNow, Board, SourceNow
from mpp.live.views import Cell
from mpp.web.parts.band import COUNTERS
from mpp.web.parts.counters import MEASURES, counter_cell, desks
from mpp.web.parts.definitions import term
from mpp.web.parts.fragment import markup
from mpp.web.parts.live import LiveCells, since
from mpp.web.parts.services import agency_rows, service_row, table
from mpp.web.parts.tile import in_break, key, look, on_holiday, tile_cells


def find(board: Board, code: str) -> AgencyNow | None:
    """The agency of this code."""
    return next((agency for agency in board.agencies if agency.code == code), None)


def agency_cells(board: Board, code: str, words: Words) -> dict[str, Cell]:
    """The live cells of one agency's page; none when there is no such agency."""
    agency = find(board, code)
    if agency is None:
        return {}
    resting = in_break(board)
    zone, holiday = ZoneInfo(board.zone), on_holiday(board)
    made = tile_cells(agency, zone, words, resting=resting, day=board.day, holiday=holiday)
    del made[key(agency, "bar")]
    made |= _figures(agency, words)
    shown = look(agency, resting)
    made |= agency_rows(board, code, shown, lambda service, state: service_row(service, state, words))
    for counter in board.counters:
        if counter.agency == code:
            made[f"c.{code}.{counter.code}"] = counter_cell(counter, words, resting=resting)
    for source in _sources(board, code):
        made[f"src.{source.code}"] = _source(source, words)
    return made


def _sources(board: Board, code: str) -> list[SourceNow]:
    return [source for source in board.sources if code in source.agencies]


def _figures(agency: AgencyNow, words: Words) -> dict[str, Cell]:
    day = agency.day
    known = agency.waiting is not None
    excess = "" if not agency.excess_s else words.text("{time} beyond", time=words.duration(agency.excess_s))
    number = agency.longest_number if agency.state != "silent" else None
    rated = agency.ratings
    return {
        "fig.number": Cell(number or ""),
        "fig.over": Cell(words.number(agency.over)),
        "fig.excess": Cell(excess),
        "fig.share": Cell(words.percent(day.share)),
        "fig.judged": Cell(words.text("of {n}", n=words.number(day.judged)) if day.judged else ""),
        "fig.served": Cell(words.number(day.served) if known else UNKNOWN),
        "fig.lost": Cell(words.text("no-show {n}", n=words.number(day.no_show)) if day.no_show else ""),
        "fig.rated": Cell(words.percent(rated.share)),
        "fig.ratings": Cell(f"n {words.number(rated.n)}" if rated.share is not None else ""),
    }


def _source(source: SourceNow, words: Words) -> Cell:
    state = {
        "live": lambda: words.text("connected"),
        "late": lambda: words.text("late"),
        "silent": lambda: words.text("no news"),
        "never": lambda: words.text("never heard of"),
        "failing": lambda: words.text("failing"),
        "paused": lambda: words.text("paused"),
    }[source.state]()
    text = markup("<b>{}</b> · {}", source.name, state)
    if source.last_reported is not None:
        told = escape(words.text("last report {ago} ago", ago="{ago}"))
        text += " · " + told.format(ago=since(source.last_reported))
    if source.last_changed is not None:
        told = escape(words.text("last change {ago} ago", ago="{ago}"))
        text += " · " + told.format(ago=since(source.last_changed))
    return Cell(fragment=markup('<span class="sign"></span><span>{}</span>', text), state=source.state)


def agency_page(board: Board, agency: AgencyNow, live: LiveCells, words: Words) -> Component:
    """The page, drawn once."""
    letter = [html.Span(agency.letter, className="letter")] if agency.letter else []
    where = [
        words.text("floor {n}", n=agency.floor) if agency.floor else "",
        words.text("ext. {n}", n=agency.extension) if agency.extension else "",
    ]
    head = live.around(
        key(agency),
        [
            html.Span(className="sign"),
            html.H2([*letter, agency.name], className="stage-title"),
            live.text(key(agency, "word"), "agency-word"),
            live.text(key(agency, "note"), "agency-note"),
            html.Span(" · ".join(part for part in where if part), className="stage-sum"),
        ],
        class_name="stage-head agency-head",
    )
    rows = [live.text(f"s.{s.code}", "", html.Tr) for s in board.services if s.agency == agency.code]
    counters = [counter for counter in board.counters if counter.agency == agency.code]
    sources = [live.text(f"src.{s.code}", "source", html.Li) for s in _sources(board, agency.code)]
    title = words.text("Counters")
    return html.Section(
        [
            head,
            html.Div(_cards(agency, live, words), className="agency-cards"),
            html.Div(table(rows, words, agency=False), className="agency-services"),
            html.Div(
                [html.H3(term(title, MEASURES), className="agency-title"), desks(counters, live, 8)],
                className="agency-counters",
            ),
            html.Ul(sources, className="sources"),
        ],
        className="stage-page agency-page",
    )


def _cards(agency: AgencyNow, live: LiveCells, words: Words) -> list[Component]:
    made = (
        (words.text("Waiting"), ("waiting",), key(agency, "n"), None),
        (words.text("Longest wait"), ("longest_wait_s",), key(agency, "longest"), "fig.number"),
        (words.text("Beyond standard"), ("over", "excess_s"), "fig.over", "fig.excess"),
        (words.text("Counters serving"), COUNTERS, key(agency, "counters"), None),
        (words.text("Within standard today"), ("share",), "fig.share", "fig.judged"),
        (words.text("Served"), ("served", "no_show"), "fig.served", "fig.lost"),
        (words.text("Satisfied"), ("satisfied",), "fig.rated", "fig.ratings"),
    )
    return [
        html.Div(
            [
                html.H3(term(title, measures), className="agency-title"),
                live.text(number, "agency-number", html.Div),
                live.text(note, "agency-small", html.Div) if note else html.Div(className="agency-small"),
            ],
            className="agency-card",
        )
        for title, measures, number, note in made
    ]
