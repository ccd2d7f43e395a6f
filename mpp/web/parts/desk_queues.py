"""An agency's own queues, live: who waits for which service, how long, against which promise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component
from markupsafe import Markup, escape

from mpp.i18n import UNKNOWN, Words
from mpp.live.model import ServiceNow
from mpp.live.views import Cell
from mpp.web.parts.action_words import filled
from mpp.web.parts.bar import bar
from mpp.web.parts.definitions import term
from mpp.web.parts.desk import Desk, card
from mpp.web.parts.fragment import markup
from mpp.web.parts.live import LiveCells, attributes, since
from mpp.web.parts.sentence_words import listed
from mpp.web.parts.services import service_state
from mpp.web.parts.tile import look
from queues.lines import Waiting
from queues.rules import WAITING_STATES

MEASURES: Final = ("waiting", "longest_wait_s", "promise_s", "load", "forgotten")
LAST: Final = datetime.max.replace(tzinfo=UTC)
NAMED: Final = 5
"""So many services without a line are named."""
MOST: Final = 60
"""So many tickets of a line are listed, of more it is said how many."""


def queue_cells(desk: Desk, words: Words) -> dict[str, Cell]:
    """The live cells: a row and the tickets of each service, the whole, and what else to know."""
    shown = look(desk.agency, resting=desk.agency.hours in {"break", "friday_prayer"})
    made = {}
    for service in desk.services:
        state = _state(service, shown)
        made[f"q.{service.code}"] = _row(service, state, words)
        made[f"t.{service.code}"] = Cell(fragment=_tickets(service, desk, words, counts=shown != "silent"))
    return made | {
        "q.sum": Cell(_sum(desk, words)),
        "q.rest": Cell(_empty(desk, words)),
        "q.note": _priority(desk, words),
        "q.more": Cell(_more(desk, words)),
    }


def _state(service: ServiceNow, shown: str) -> str:
    if service.line is not None and not service.line.waiting:
        return "empty"
    return service_state(service, shown)


def _sum(desk: Desk, words: Words) -> str:
    one = desk.agency
    if one.waiting is None:
        return words.text("not known how many wait")
    about = "≈ " if one.estimate else ""
    return words.plural("{about}{n} waiting", "{about}{n} waiting", one.waiting, about=about)


def _empty(desk: Desk, words: Words) -> str:
    """The services without a line, by name: their rows are hidden."""
    names = [s.name for s in desk.services if s.line is not None and not s.line.waiting]
    if not names:
        return ""
    if len(names) == len(desk.services):
        return words.text("Nobody waits for any service.")
    said = "; ".join(names[:NAMED])
    if len(names) > NAMED:
        said = words.text("{names}, and {n} others", names=said, n=words.number(len(names) - NAMED))
    return words.text("Nobody waiting for: {names}.", names=said)


def _priority(desk: Desk, words: Words) -> Cell:
    """Who of a priority class waits longest."""
    lines = [s.line for s in desk.services if s.line is not None and s.line.priority_waiting]
    n = sum(line.priority_waiting for line in lines)
    if not n or desk.agency.state == "silent":
        return Cell("")
    first = min(lines, key=lambda line: line.priority_longest_from or LAST)
    text = words.plural("{n} priority visitor", "{n} priority visitors", n)
    if first.priority_longest_from is None:
        return Cell(f"{text}.")
    number = first.priority_number or words.text("one without a number")
    text = words.text("{text}: {number}, {ago}.", text=text, number=number, ago="{ago}")
    return Cell(text, since=first.priority_longest_from)


def _more(desk: Desk, words: Words) -> str:
    """Tickets of services that the description does not have, and forgotten ones."""
    said = []
    if desk.agency.unknown_numbers:
        n = desk.agency.unknown_numbers
        said.append(
            words.plural(
                "{n} number of a service that is not described is not counted here.",
                "{n} numbers of services that are not described are not counted here.",
                n,
            )
        )
    lost = [number for s in desk.services if s.line for number in s.line.forgotten if number]
    if lost:
        said.append(words.text("Seem forgotten: {numbers}.", numbers=listed(lost, words)))
    return " ".join(said)


def _row(service: ServiceNow, state: str, words: Words) -> Cell:
    line = service.line
    about = "≈" if service.estimate else ""
    waiting = UNKNOWN if line is None else about + words.number(line.waiting)
    drawn, lasts = Markup(""), Markup("")
    if line is not None and line.load is not None and not service.estimate:
        drawn = bar(line.load)
    if line is not None and line.longest_from is not None and state != "silent":
        lasts = since(line.longest_from)
    elif line is not None and line.waiting:
        lasts = escape(UNKNOWN)
    promise = markup(' <span class="visually-hidden">{}</span>', words.text("no standard set"))
    if service.promise_s is not None:
        minutes = words.number(service.promise_s // 60)
        promise = markup(
            ' <span class="visually-hidden">{} </span>/\N{NO-BREAK SPACE}{}', words.text("standard"), minutes
        )
    return Cell(
        fragment=markup(
            '<span class="dk-service"><span class="sign"></span>{}</span>'
            '<span class="dk-n" data-unit=" {}"><span class="visually-hidden">{} </span>{}</span>'
            '<span class="dk-bar">{}</span><span class="dk-long">{}<small>{}</small></span>',
            service.name,
            words.text("waiting"),
            words.text("waiting"),
            waiting,
            drawn,
            lasts,
            promise,
        ),
        state=state,
    )


def _tickets(service: ServiceNow, desk: Desk, words: Words, *, counts: bool) -> Markup:
    """The tickets that wait, in the order in which they are due: priority first, then who came first.
    ``counts`` is off where nobody knows whether they still wait: then only since when is said."""
    waiting = [leg for leg in desk.own.tickets.get(service.code, ()) if leg.state in WAITING_STATES]
    if not waiting:
        text = (
            words.text("No numbers are known.")
            if service.estimate or service.line is None
            else words.text("Nobody waiting.")
        )
        return markup('<p class="dk-note">{}</p>', text)
    forgotten = set(service.line.forgotten) if service.line else set()
    ordered = sorted(
        waiting,
        key=lambda leg: (
            leg.state != "called",
            leg.priority is None,
            leg.wait_from or LAST,
            leg.number or "",
        ),
    )
    rows = Markup("").join(
        _ticket(leg, desk.zone, words, forgotten=leg.number in forgotten, counts=counts)
        for leg in ordered[:MOST]
    )
    rest = len(ordered) - MOST
    more = Markup("")
    if rest > 0:
        more = markup('<p class="dk-note">{}</p>', words.plural("and {n} more", "and {n} more", rest))
    return markup('<ol class="dk-tickets">{}</ol>{}', rows, more)


@lru_cache(maxsize=4096)
def _ticket(leg: Waiting, zone: ZoneInfo, words: Words, *, forgotten: bool, counts: bool) -> Markup:
    number = leg.number or words.text("without a number")
    marks = []
    if leg.state == "called":
        marks.append(words.text("called"))
    if leg.priority is not None:
        marks.append(words.text("priority"))
    if leg.returned:
        marks.append(words.text("came back"))
    if forgotten:
        marks.append(words.text("forgotten"))
    if leg.wait_from is None:
        told: Markup = escape(words.text("since when is not known"))
    elif counts:
        at = words.time(leg.wait_from, zone)
        told = filled(words.text("{ago}, since {time}", ago="{ago}", time=at), ago=since(leg.wait_from))
    else:
        told = escape(words.text("since {time}", time=words.time(leg.wait_from, zone)))
    signs = Markup("").join(markup("<em>{}</em>", mark) for mark in marks)
    return markup(
        "<li{}><b>{}</b>{}<span>{}</span></li>",
        Markup(' class="first"') if leg.priority is not None else "",
        number,
        signs,
        told,
    )


def queues_card(desk: Desk, live: LiveCells, words: Words) -> Component:
    """The card, drawn once: a service opens to its tickets."""
    if not desk.services:
        text = words.text("No services are described for your agency.")
        return card(words.text("Queues by service"), html.P(text, className="dk-note"))
    heads = html.Div(
        [
            html.Span(words.text("Service")),
            html.Span(words.text("Waiting"), className="dk-n"),
            html.Span(words.text("Longest / standard"), className="dk-longest"),
        ],
        className="dk-queue-heads",
        **attributes(aria_hidden="true"),
    )
    rows = [_service(service, live) for service in desk.services]
    return card(
        term(words.text("Queues by service"), MEASURES),
        [
            heads,
            html.Div(rows, className="dk-queues"),
            live.text("q.note", "dk-remark", html.P),
            live.text("q.more", "dk-note", html.P),
            live.text("q.rest", "dk-note", html.P),
        ],
        beside=live.text("q.sum"),
        class_name="dk-lines",
    )


def _service(service: ServiceNow, live: LiveCells) -> Component:
    return html.Details(
        [
            live.text(f"q.{service.code}", "dk-queue", html.Summary),
            live.text(f"t.{service.code}", "dk-waiting", html.Div),
        ]
    )


def names(services: Sequence[ServiceNow]) -> list[str]:
    """What of the services is drawn once: when it changes the page is drawn anew."""
    return [f"{service.code}={service.name}" for service in services]
