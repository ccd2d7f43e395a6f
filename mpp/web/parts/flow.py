"""The flow of today: arrivals and completions by quarter hour beside the typical day, as a drawing made
on the server and as a table for whoever cannot see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component
from markupsafe import Markup

from mpp.i18n import Words
from mpp.live.model import Board, Quarter, Typical
from mpp.live.views import Cell
from mpp.web.parts.definitions import term
from mpp.web.parts.fragment import markup
from mpp.web.parts.live import LiveCells

QUARTER: Final = timedelta(minutes=15)
HOUR: Final = timedelta(hours=1)
WIDTH, HEIGHT = 1000, 100
ROUND: Final = (10, 20, 30, 40, 50, 60, 80, 100, 120, 150, 200, 250, 300, 400, 500, 600, 800, 1000)


@dataclass(frozen=True, slots=True)
class Course:
    """What is drawn: a day's quarter hours beside those of its typical day, its hours, the last quarter
    that still counts (``running``), and what is said where nothing is to be drawn."""

    quarters: tuple[Quarter, ...]
    typical: tuple[Typical, ...]
    opens: datetime | None
    closes: datetime | None
    zone: ZoneInfo
    running: Quarter | None
    nothing: str = ""


def flow_cells(board: Board, words: Words) -> dict[str, Cell]:
    """The drawing with its table, and the words of its legend that depend on the day."""
    usual = ""
    if usual_day(board):
        usual = words.text("usual {weekday}", weekday=words.weekday(board.day))
    course = Course(
        board.quarters,
        usual_day(board),
        board.opens,
        board.closes,
        ZoneInfo(board.zone),
        running(board),
        _nothing(board, words),
    )
    return {
        "flow": Cell(fragment=drawing(course, words)),
        "flow.usual": Cell(usual),
        "flow.without": Cell(_without(board, words)),
    }


def _without(board: Board, words: Words) -> str:
    """Whose tickets are missing now. Which quarter hours lack them is not kept."""
    n = len(board.totals.unheard)
    if not n or not board.totals.heard:
        return ""
    return words.plural("without {n} agency that gives no news", "without {n} agencies that give no news", n)


def free(board: Board) -> bool:
    """Whether the mall does not serve today."""
    return board.mall_state in {"shut", "holiday"}


def usual_day(board: Board) -> tuple[Typical, ...]:
    """What a typical day of this weekday brings; nothing on a day that is none of them."""
    return () if free(board) else board.typical


def day_over(board: Board) -> bool:
    """Whether nothing more is to come today."""
    return board.mode == "ended" or board.mall_state == "closed" or free(board)


def running(board: Board) -> Quarter | None:
    """The quarter hour that still counts: the last with a sign of life. The clock is not asked, so it
    stays so until somebody comes or is done in the next one."""
    return None if day_over(board) or not board.quarters else board.quarters[-1]


def _nothing(board: Board, words: Words) -> str:
    if board.totals.scheduled and not board.totals.heard:
        return words.text("Not known: no agency has reported yet today.")
    if free(board):
        return words.text("No service today.")
    return words.text("Nobody has taken a number yet today.")


@lru_cache(maxsize=128)
def drawing(course: Course, words: Words, *, seen: bool = False) -> Markup:
    """The picture and its table; ``seen``: the table can be opened under it, else only read out."""
    span = _span(course)
    if span is None:
        return markup('<p class="flow-none">{}</p>', course.nothing)
    told = _table(course, words, class_name="flow-table" if seen else "visually-hidden")
    if seen:
        told = markup("<details><summary>{}</summary>{}</details>", words.text("The same as a table"), told)
    return _svg(course, span, words) + told


def _span(course: Course) -> tuple[datetime, datetime] | None:
    """From opening to closing in whole hours, longer where somebody came earlier or left later."""
    starts = [q.at for q in course.quarters] + [t.at for t in course.typical]
    if not starts:
        return None
    first = min([*starts, course.opens or starts[0]])
    last = max([*(at + QUARTER for at in starts), course.closes or starts[0]])
    local = first.astimezone(course.zone)
    begin = first - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return begin, begin + max(1, -((begin - last) // HOUR)) * HOUR


def _svg(course: Course, span: tuple[datetime, datetime], words: Words) -> Markup:
    begin, end = span
    tallest = max(
        [q.arrived for q in course.quarters]
        + [q.completed for q in course.quarters]
        + [t.arrived for t in course.typical]
    )
    top = next((step for step in ROUND if step >= tallest), tallest)
    step = WIDTH / ((end - begin) / QUARTER)

    def x(at: datetime) -> float:
        return (at - begin) / QUARTER * step

    def bars(values: Sequence[tuple[datetime, int]], offset: float) -> Markup:
        width = step * 0.38
        made = (
            f"M{x(at) + offset * step:.4g} {HEIGHT}v-{value * HEIGHT / top:.4g}h{width:.4g}V{HEIGHT}z"
            for at, value in values
            if value
        )
        return Markup(" ").join(made)

    last = course.running
    whole = [q for q in course.quarters if q is not last]
    came = bars([(q.at, q.arrived) for q in whole], 0.08)
    done = bars([(q.at, q.completed) for q in whole], 0.5)
    part_came, part_done = Markup(""), Markup("")
    if last is not None:
        part_came, part_done = bars([(last.at, last.arrived)], 0.08), bars([(last.at, last.completed)], 0.5)
    usual = " ".join(
        f"{x(t.at) + step / 2:.4g},{HEIGHT - t.arrived * HEIGHT / top:.4g}" for t in course.typical
    )
    hours = round((end - begin) / HOUR)
    lines = " ".join(f"M{hour * WIDTH / hours:.4g} 0V{HEIGHT}" for hour in range(hours + 1))
    return markup(
        '<svg class="flow-lines" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">'
        '<path class="hours" d="{}"/><path class="came" d="{}"/><path class="done" d="{}"/>'
        '<path class="came part" d="{}"/><path class="done part" d="{}"/>'
        '<polyline class="usual" points="{}"/></svg>'
        '<svg class="flow-words" aria-hidden="true"><text class="top" x="0" y=".8em">{}</text>{}</svg>',
        WIDTH,
        HEIGHT,
        lines,
        came,
        done,
        part_came,
        part_done,
        usual,
        words.number(top),
        _ticks(course, begin, hours, words),
    )


def _ticks(course: Course, begin: datetime, hours: int, words: Words) -> Markup:
    every = 1 if hours <= 10 else 2
    return Markup("").join(
        markup(
            '<text x="{}%" y="100%" dy="-.25em">{}</text>',
            f"{100 * hour / hours:.4g}",
            words.time(begin + hour * HOUR, course.zone),
        )
        for hour in range(0, hours, every)
    )


def _table(course: Course, words: Words, class_name: str) -> Markup:
    """By the hour: a table of quarter hours is read out for minutes."""
    zone = course.zone

    def hour(at: datetime) -> str:
        return words.time(at.astimezone(zone).replace(minute=0), zone)

    usual = {at: sum(t.arrived for t in some) for at, some in groupby(course.typical, lambda t: hour(t.at))}
    rows, last = Markup(""), course.running
    for at, some in groupby(course.quarters, lambda q: hour(q.at)):
        quarters = tuple(some)
        rows += markup(
            "<tr><th scope=row>{}</th><td>{}</td><td>{}</td><td>{}</td></tr>",
            words.text("{hour} so far", hour=at) if quarters[-1] is last else at,
            words.number(sum(q.arrived for q in quarters)),
            words.number(sum(q.completed for q in quarters)),
            words.number(usual.get(at)),
        )
    return markup(
        '<table class="{}"><caption>{}</caption><thead><tr><th scope=col>{}</th>'
        "<th scope=col>{}</th><th scope=col>{}</th><th scope=col>{}</th></tr></thead>"
        "<tbody>{}</tbody></table>",
        class_name,
        words.text("Flow today by the hour"),
        words.text("hour"),
        words.text("came"),
        words.text("done"),
        words.text("usually came"),
        rows,
    )


def flow(live: LiveCells, words: Words) -> Component:
    """Title, legend and drawing, drawn once."""
    legend = [
        html.Li([html.Span(className="key came"), words.text("came per 15 min")]),
        html.Li([html.Span(className="key done"), words.text("done")]),
        html.Li([html.Span(className="key usual"), live.text("flow.usual")], className="flow-usual"),
        html.Li(live.text("flow.without"), className="flow-without"),
    ]
    title = term(words.text("Flow today"), ("arrived", "completed", "typical_day"))
    return html.Section(
        [
            html.Div([html.H2(title, className="flow-title"), html.Ul(legend)], className="flow-legend"),
            live.text("flow", "flow-chart", html.Div),
        ],
        className="flow",
    )
