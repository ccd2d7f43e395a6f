"""What the day has brought an agency so far: figures, and the flow beside its own usual day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from mpp.i18n import UNKNOWN, Words
from mpp.live.model import Quarter
from mpp.live.sums import QUARTER_S
from mpp.live.typical import DAYS_LEAST
from mpp.live.views import Cell
from mpp.web.parts.definitions import term
from mpp.web.parts.desk import Desk, card
from mpp.web.parts.flow import Course, drawing
from mpp.web.parts.live import LiveCells

DAY: Final = timedelta(days=1)

FIGURES: Final = (
    ("served", ("served",)),
    ("share", ("share",)),
    ("incomplete", ("incomplete",)),
    ("no_show", ("no_show",)),
    ("wait", ("wait_p50_s", "wait_p90_s")),
)
"""The figures in their order, and what defines each."""


def today_cells(desk: Desk, words: Words) -> dict[str, Cell]:
    """The live cells: each figure with its small line, the drawing and its legend."""
    told = _figures(desk, words) if known(desk) else {name: (UNKNOWN, "") for name, _ in FIGURES}
    made = {f"d.{name}": Cell(number) for name, (number, _) in told.items()}
    made |= {f"d.{name}.note": Cell(note) for name, (_, note) in told.items()}
    return made | {
        "flow": Cell(fragment=drawing(course(desk, words), words, seen=True)),
        "flow.usual": Cell(_usual(desk, words)),
    }


def known(desk: Desk) -> bool:
    """Whether anything is known of the day's tickets: readings tell none, and that nobody took one is not
    known where news ended."""
    one = desk.agency
    return not one.estimate and desk.told and (bool(one.day.issued) or not desk.stale)


def _figures(desk: Desk, words: Words) -> dict[str, tuple[str, str]]:
    day = desk.agency.day
    served = words.number(day.served), words.text("of {n} tickets", n=words.number(day.issued))
    came_back = words.plural("{n} came back", "{n} came back", day.returned) if day.returned else ""
    return {
        "served": served,
        "share": (words.percent(day.share), _share_note(desk, words)),
        "incomplete": _incomplete(desk, words),
        "no_show": (words.number(day.no_show), came_back),
        "wait": (
            words.minutes(day.wait_p50_s),
            words.text("half; 9 in 10: {m}", m=words.minutes(day.wait_p90_s))
            if day.wait_p90_s is not None
            else "",
        ),
    }


def _share_note(desk: Desk, words: Words) -> str:
    before = desk.own.week_ago
    if before is not None:
        return words.text(
            "last {weekday} {share}", weekday=words.weekday(desk.day), share=words.percent(before)
        )
    if all(service.promise_s is None for service in desk.services):
        return words.text("no standard set")
    if desk.agency.day.share is None:
        return words.text("nothing to judge yet today")
    return words.text("of {n}", n=words.number(desk.agency.day.judged))


def _incomplete(desk: Desk, words: Words) -> tuple[str, str]:
    day = desk.agency.day
    if day.served and not day.results:
        return UNKNOWN, words.text("your system tells no results")
    n = day.results.get("incomplete", 0)
    if not day.served:
        return words.number(n), ""
    return words.number(n), words.text("{share} of those served", share=words.percent(n / day.served))


def course(desk: Desk, words: Words) -> Course:
    """The flow of the day so far, of this agency alone."""
    midnight = datetime.combine(desk.day, datetime.min.time(), tzinfo=desk.zone).astimezone(UTC)
    first, last = int(midnight.timestamp()), int((midnight + DAY).timestamp())
    today = [at for at in desk.own.flow if first <= at < last]
    steps = range(min(today), max(today) + 1, QUARTER_S) if today else ()
    quarters = tuple(Quarter(datetime.fromtimestamp(at, UTC), *desk.own.flow.get(at, (0, 0))) for at in steps)
    over = desk.mode == "ended" or desk.agency.hours in {"closed", "shut", "holiday"}
    free = desk.agency.state == "unscheduled"
    nothing = words.text("Nobody has taken a number yet today.")
    if desk.agency.estimate:
        nothing = words.text("Not known: your system tells no tickets.")
    elif not known(desk):
        nothing = words.text("Not known: no news.")
    elif free:
        nothing = words.text("No service today.")
    return Course(
        quarters,
        () if free or not known(desk) else desk.own.typical,
        desk.own.opens,
        desk.own.closes,
        desk.zone,
        None if over or not quarters else quarters[-1],
        nothing,
    )


def _usual(desk: Desk, words: Words) -> str:
    weekday = words.weekday(desk.day)
    if desk.own.typical:
        return words.text("usual {weekday}", weekday=weekday)
    return words.text(
        "the usual {weekday} is not known yet: it takes {n} of them with data", weekday=weekday, n=DAYS_LEAST
    )


def today_card(desk: Desk, live: LiveCells, words: Words, lost: Component | None) -> Component:
    """The card, drawn once; ``lost`` says what causes outside the agency cost it."""
    titles = {
        "served": words.text("Served"),
        "share": words.text("Within standard"),
        "incomplete": words.text("File incomplete"),
        "no_show": words.text("No-show"),
        "wait": words.text("Waiting time"),
    }
    figures = [
        html.Div(
            [
                html.H3(term(titles[name], measures)),
                live.text(f"d.{name}", "dk-number", html.Div),
                live.text(f"d.{name}.note", "dk-small", html.Div),
            ],
            className="dk-figure",
        )
        for name, measures in FIGURES
    ]
    has_usual = "" if desk.own.typical else " dk-none"
    legend = html.Ul(
        [
            html.Li([html.Span(className="key came"), words.text("came per 15 min")]),
            html.Li([html.Span(className="key done"), words.text("done")]),
            html.Li(
                [html.Span(className=f"key usual{has_usual}"), live.text("flow.usual")],
                className="flow-usual",
            ),
        ],
        className="dk-legend",
    )
    children: list[Component] = [html.Div(figures, className="dk-figures")]
    if lost is not None:
        children.append(lost)
    children += [legend, live.text("flow", "dk-flow", html.Div)]
    title = term(words.text("Today"), ("arrived", "completed", "typical_day"))
    return card(title, children, class_name="dk-today")


def lost_line(text: str, at: str, words: Words) -> Component:
    """What causes outside the agency cost it, as counted when the page was opened."""
    parts: list[Any] = [html.B(words.text("Not your officers' doing:")), f" {text} "]
    return html.P([*parts, html.Small(words.text("counted at {time}", time=at))], className="dk-lost")
