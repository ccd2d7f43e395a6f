"""Services, worst first: a list of lines that need a look, not of agencies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from dash import html
from dash.development.base_component import Component
from markupsafe import Markup

from mpp.i18n import UNKNOWN, Words
from mpp.live.model import Board, Day, ServiceNow
from mpp.live.views import Cell
from mpp.web.parts.definitions import term
from mpp.web.parts.fragment import markup
from mpp.web.parts.letters import whole
from mpp.web.parts.live import LiveCells, since
from mpp.web.parts.tile import in_break, look

ROWS: Final = 16
"""So many rows of two lines have room, also below the mall's sentence."""
FILLING: Final = 0.75
UNHEARD: Final = frozenset(("silent",))


def worst_first(board: Board) -> list[ServiceNow]:
    """Beyond the promise by the minutes beyond it, then by the highest load, then by who waits; of an
    agency without news last. The description's order decides where nothing else does."""
    silent = {agency.code for agency in board.agencies if agency.state in UNHEARD}

    def rank(service: ServiceNow) -> tuple[bool, float, float, int]:
        line = service.line
        if line is None:
            return True, 0.0, 0.0, 0
        return service.agency in silent, -(line.excess_s or 0.0), -(line.load or 0.0), -line.waiting

    return sorted(board.services, key=rank)


def service_state(service: ServiceNow, agency_state: str) -> str:
    """The state of one service's line, in the words of a tile; ``agency_state`` is how the agency looks."""
    line = service.line
    if agency_state in {"silent", "closed", "unscheduled"}:
        return agency_state
    if line is None:
        return "calm"
    if agency_state in {"not_opened", "paused", "resting"} and line.waiting:
        return agency_state
    if line.over and line.over > line.over_forgotten:
        return "over"
    return "filling" if line.load is not None and line.load >= FILLING else "calm"


def service_row(service: ServiceNow, state: str, words: Words, agency: str | None = None) -> Cell:
    """One service in one piece, as the cells of a table's row; ``agency`` is named where it is not
    plain from the page."""
    line, day = service.line, service.day
    shown = service.prefix or ""
    name = markup(
        '<th scope="row" title="{}"><span class="service"><span class="sign"></span>'
        '<span class="service-name"><span class="visually-hidden">{}</span><i class="prefix">{}</i> {}</span>'
        "</span></th>",
        service.name,
        _state_word(state, words),
        shown,
        service.name,
    )
    where = Markup("") if agency is None else markup('<td class="where">{}</td>', agency)
    waiting = UNKNOWN if line is None else ("≈" if service.estimate else "") + words.number(line.waiting)
    over = UNKNOWN if line is None or line.over is None else words.number(line.over)
    numbers = (
        ("n", waiting),
        ("longest", _longest(service, state)),
        ("n", over if service.promise_s is not None else ""),
        ("standard", _promise(service, words)),
        ("half", _half(day, words)),
        ("share", words.percent(day.share) if day.share is not None else ""),
        ("results", _results(service, words)),
    )
    cells = Markup("").join(markup('<td class="{}">{}</td>', name, text) for name, text in numbers)
    return Cell(fragment=name + where + cells, state=state)


def _results(service: ServiceNow, words: Words) -> str:
    """What became of the day's tickets; not known before the first word of a day, and of readings."""
    day = service.day
    if service.estimate or (service.line is None and not day.issued):
        return UNKNOWN
    return f"{words.number(day.served)} / {words.number(day.no_show)} / {words.number(day.left)}"


def _state_word(state: str, words: Words) -> str:
    """For who cannot see the sign."""
    known: dict[str, Callable[[], str]] = {
        "over": lambda: words.text("beyond standard"),
        "filling": lambda: words.text("filling up"),
        "paused": lambda: words.text("paused"),
        "resting": lambda: words.text("break"),
        "not_opened": lambda: words.text("not open yet"),
        "silent": lambda: words.text("no news"),
        "closed": lambda: words.text("closed"),
    }
    return known[state]() + " " if state in known else ""


def _half(day: Day, words: Words) -> str:
    if day.wait_p50_s is None or day.wait_p90_s is None:
        return ""
    return f"{words.number(day.wait_p50_s // 60)} / {words.minutes(day.wait_p90_s)}"


def _promise(service: ServiceNow, words: Words) -> str:
    if service.promise_s is None:
        return words.text("no standard set")
    return words.minutes(service.promise_s)


def _longest(service: ServiceNow, state: str) -> Markup | str:
    line = service.line
    # Of a silent agency nobody knows whether the longest waiting was called: a growing time would claim it.
    if line is None or line.longest_from is None or state == "silent":
        return ""
    return since(line.longest_from) + markup(" <i>{}</i>", line.longest_number or "")


def services_cells(
    board: Board, words: Words, row: Callable[[ServiceNow, str, str], Cell]
) -> dict[str, Cell]:
    """The live cells of the list: ``row.0`` ... and how many are left out. ``row`` makes one of a
    service, its state and its agency's name."""
    agencies = {agency.code: agency for agency in board.agencies}
    ranked, resting = worst_first(board), in_break(board)
    made = {f"row.{place}": Cell("") for place in range(ROWS)}
    for place, service in enumerate(ranked[:ROWS]):
        agency = agencies[service.agency]
        state = service_state(service, look(agency, resting))
        made[f"row.{place}"] = row(service, state, agency.short or agency.name)
    more = max(0, len(ranked) - ROWS)
    text = words.plural("+{n} more service", "+{n} more services", more) if more else ""
    return made | {"row.more": Cell(text)}


def table(
    rows: Sequence[Component], words: Words, *, agency: bool = True, class_name: str = "services"
) -> Component:
    """The table around live rows, drawn once; its heads open the definitions."""
    heads: list[tuple[str, Sequence[str]]] = [
        (words.text("waiting"), ("waiting",)),
        (words.text("longest"), ("longest_wait_s",)),
        (words.text("beyond"), ("over", "excess_s")),
        (words.text("standard"), ("promise_s",)),
        # A column without figures is as wide as its head's longer part.
        (
            whole(words.text("half / 9 in 10")).replace("/\N{NO-BREAK SPACE}", "/ "),
            ("wait_p50_s", "wait_p90_s"),
        ),
        (words.text("within"), ("share",)),
        (
            words.text("served / no-show / left").replace("-", "\N{NON-BREAKING HYPHEN}"),
            ("served", "no_show", "left"),
        ),
    ]
    first = [html.Th(words.text("service"), scope="col")]
    if agency:
        first.append(html.Th(words.text("agency"), scope="col"))
    return html.Table(
        [
            html.Thead(
                html.Tr([*first, *(html.Th(term(title, keys), scope="col") for title, keys in heads)])
            ),
            html.Tbody(list(rows)),
        ],
        className=class_name,
    )


def services(live: LiveCells, words: Words) -> Component:
    """The list, drawn once."""
    head = html.Div(
        [
            html.H2(words.text("Services that need a look first"), className="stage-title"),
            live.text("row.more", "stage-sum"),
        ],
        className="stage-head",
    )
    rows = [live.text(f"row.{place}", "", html.Tr) for place in range(ROWS)]
    return html.Section([head, table(rows, words)], className="stage-page")


def agency_rows(
    board: Board, code: str, state: str, row: Callable[[ServiceNow, str], Cell]
) -> Mapping[str, Cell]:
    """The live rows of one agency's services, in the description's order."""
    return {
        f"s.{service.code}": row(service, service_state(service, state))
        for service in board.services
        if service.agency == code
    }
