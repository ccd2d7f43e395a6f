"""Counters by floor: every loket with its state, the number at it and since when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from dash import dcc, html
from dash.development.base_component import Component
from markupsafe import Markup

from mpp.i18n import Words
from mpp.live.model import AgencyNow, Board, CounterNow
from mpp.live.views import Cell
from mpp.web.parts.address import place
from mpp.web.parts.band import COUNTERS
from mpp.web.parts.definitions import term
from mpp.web.parts.fragment import markup
from mpp.web.parts.live import LiveCells, since
from mpp.web.parts.tile import RESTS, in_break, look, reason

NO_FLOOR: Final = "-"
"""Stands for the counters of a mall without floors."""

MEASURES: Final = (*COUNTERS, "waiting", "desk_elapsed_s")

WIDTHS: Final = ((28, 7), (50, 9), (80, 10))
"""(up to so many counters on a page, places side by side)."""
MOST_COLUMNS: Final = 12
ROWS: Final = 5
"""So many rows have room for four lines in a counter's place, also below the mall's sentence."""


def floor_of(counter: CounterNow) -> str:
    """Its floor as an address says it."""
    return counter.floor or NO_FLOOR


def floors(board: Board) -> tuple[str, ...]:
    """The floors with counters, in the order of their names; each has a page."""
    return tuple(sorted({floor_of(counter) for counter in board.counters}))


def floor_name(floor: str, words: Words) -> str:
    """What a floor's page is called."""
    return words.text("Counters") if floor == NO_FLOOR else words.text("Counters, floor {n}", n=floor)


def plan_name(floor: str, words: Words) -> str:
    """What a floor's plan is called."""
    return words.text("Floor plan") if floor == NO_FLOOR else words.text("Floor plan {n}", n=floor)


def key(counter: CounterNow) -> str:
    """The key of a counter's cell."""
    return f"c.{counter.agency}.{counter.code}"


def counter_cell(counter: CounterNow, words: Words, *, resting: bool = False) -> Cell:
    """One counter in one piece: its number and its time belong together. ``resting``: the mall has its
    break now, and a counter that pauses for it is none to look after."""
    rests = resting and counter.state == "paused" and counter.reason in RESTS
    return Cell(
        state="resting" if rests else counter.state,
        fragment=markup(
            '<span class="desk-name">{}</span><span class="sign"></span><b class="desk-ticket">{}</b>'
            '<span class="desk-word">{}</span>',
            plain(counter.name),
            counter.ticket or "",
            _word(counter, words),
        ),
    )


def plain(name: str) -> str:
    """ "Loket 5" is 5 among counters."""
    head, _, tail = name.rpartition(" ")
    return tail if tail and head.lower() in {"loket", "counter"} else name


def _cause(code: str | None, words: Words) -> str:
    """Why it pauses, in words that fit a small box."""
    short: dict[str, Callable[[], str]] = {
        "central_system": lambda: words.text("central system"),
        "network_power": lambda: words.text("network, power"),
        "quota_used": lambda: words.text("quota used"),
    }
    return short[code]() if code in short else reason(code, words)


def said(counter: CounterNow, words: Words) -> str:
    """What it does, in a word or two."""
    known: dict[str, Callable[[], str]] = {
        "serving": lambda: words.text("serving"),
        "ready": lambda: words.text("ready"),
        "unattended": lambda: words.text("without officer"),
        "paused": lambda: _cause(counter.reason, words) or words.text("paused"),
        "not_opened": lambda: words.text("not opened"),
        "closed": lambda: words.text("closed"),
        "unknown": lambda: words.text("no news"),
    }
    return words.text("calling") if counter.called else known[counter.state]()


def begun(counter: CounterNow) -> datetime | None:
    """Since when it does that; None where that is not known or of no use."""
    if counter.state in {"closed", "unknown", "not_opened"}:
        return None
    return counter.ticket_since if counter.state == "serving" else counter.since


def _word(counter: CounterNow, words: Words) -> Markup:
    word = markup("<span>{}</span>", said(counter, words))
    started = begun(counter)
    return word if started is None else word + markup(" {}", since(started))


def floor_cells(
    board: Board, floor: str, words: Words, cell: Callable[[CounterNow], Cell]
) -> dict[str, Cell]:
    """The live cells of one floor; ``cell`` makes a counter's."""
    here = [counter for counter in board.counters if floor_of(counter) == floor]
    by_code = {agency.code: agency for agency in board.agencies}
    made = {key(counter): cell(counter) for counter in here}
    for code in dict.fromkeys(counter.agency for counter in here):
        made[f"g.{code}"] = group_cell(by_code[code], words, resting=in_break(board))
    return made | {"floor.sum": Cell(summary(here, words))}


def group_cell(agency: AgencyNow, words: Words, *, resting: bool = False) -> Cell:
    """How many wait there: a shut counter matters where people wait."""
    if agency.state in {"closed", "unscheduled"} and not agency.waiting:
        return Cell("", state=agency.state)
    return Cell(words.number(agency.waiting), state=look(agency, resting))


def summary(here: Sequence[CounterNow], words: Words) -> str:
    """How many counters do what."""

    def count(*states: str) -> int:
        return sum(counter.state in states for counter in here)

    known = len(here) - count("unknown")
    if here and not known:
        return words.text("no news")
    serving = words.number(count("serving", "ready"))
    parts = [words.text("{n} of {all} serving", n=serving, all=words.number(len(here)))]
    said = (
        (count("paused"), lambda n: words.text("paused {n}", n=n)),
        (count("unattended"), lambda n: words.text("no officer {n}", n=n)),
        (count("not_opened"), lambda n: words.text("not opened {n}", n=n)),
        (count("closed"), lambda n: words.text("closed {n}", n=n)),
        (count("unknown"), lambda n: words.text("no news {n}", n=n)),
    )
    return " · ".join([*parts, *(say(words.number(n)) for n, say in said if n)])


def floor_plan(
    board: Board, floor: str, live: LiveCells, words: Words, query: Mapping[str, str]
) -> Component:
    """The counters of a floor by agency, drawn once."""
    here = [counter for counter in board.counters if floor_of(counter) == floor]
    by_code = {agency.code: agency for agency in board.agencies}
    groups = [(code, tuple(some)) for code, some in groupby(here, lambda counter: counter.agency)]
    columns, rows = packed([len(some) for _, some in groups])
    head = html.Div(
        [
            html.H2(term(floor_name(floor, words), MEASURES), className="stage-title"),
            live.text("floor.sum", "stage-sum"),
        ],
        className="stage-head",
    )
    return html.Section(
        [
            head,
            html.Ul(
                [
                    _group(_head(by_code[code], live, words, _link(query, code)), some, columns, live)
                    for code, some in groups
                ],
                className="floor" + (" dense" if rows > ROWS else ""),
                style={"--columns": str(columns), "--rows": str(rows), "--s": f"{_scale(columns, rows):g}"},
            ),
        ],
        className="stage-page",
    )


def _group(head: Component, some: Sequence[CounterNow], columns: int, live: LiveCells) -> Component:
    wide = min(len(some), columns)
    return html.Li(
        [head, desks(some, live, wide)],
        className="desks-group" + (" single" if wide == 1 else ""),
        style={"--wide": str(wide), "--tall": str(-(-len(some) // columns))},
    )


def _link(query: Mapping[str, str], code: str) -> str:
    return place(query, page="gerai", agency=code)


def _head(agency: AgencyNow, live: LiveCells, words: Words, href: str) -> Component:
    label = html.Span(f"{words.text('waiting')} ", className="quiet")
    name = dcc.Link(agency.short or agency.name, href=href, title=agency.name)
    return html.Div(
        [
            html.H3(name, className="desks-name"),
            html.Span([label, live.text(f"g.{agency.code}")], className="desks-waiting"),
        ],
        className="desks-head",
    )


def desks(some: Iterable[CounterNow], live: LiveCells, wide: int) -> Component:
    """Counters side by side, ``wide`` of them in a row."""
    return html.Ul(
        [live.text(key(counter), "desk", html.Li) for counter in some],
        className="desks",
        style={"--wide": str(wide)},
    )


def packed(widths: Sequence[int]) -> tuple[int, int]:
    """Places side by side and rows for groups of so many counters: the usual number of places, or more
    where rows then have room for four lines; else the widest places that make no row more."""
    usual = next((columns for most, columns in WIDTHS if sum(widths) <= most), MOST_COLUMNS)
    tried = [(packed_rows(widths, columns), columns) for columns in range(WIDTHS[0][1], MOST_COLUMNS + 1)]
    fitting = [columns for rows, columns in tried if rows <= ROWS and columns >= usual]
    columns = fitting[0] if fitting else min(tried)[1]
    return columns, packed_rows(widths, columns)


def _scale(columns: int, rows: int) -> float:
    """How much larger than the least what is in a counter's place can be. The sentence of the whole mall
    may come and go: its height is left free."""
    by_width, by_height = (121.6 / columns - 1.0) / 10.5, (60.0 / rows - 3.2) / 8.7
    return round(min(1.4, max(1.0, min(by_width, by_height))), 2)


def packed_rows(widths: Iterable[int], columns: int) -> int:
    """How many rows groups of these widths take where each goes to the first gap it fits in, as the
    style sheet lays them out."""
    free: list[int] = []
    for width in widths:
        tall, wide = -(-width // columns), min(width, columns)
        if tall > 1:
            free += [0] * tall
            continue
        at = next((i for i, room in enumerate(free) if room >= wide), None)
        if at is None:
            free.append(columns - wide)
        else:
            free[at] -= wide
    return max(1, len(free))
