"""What holds for the whole mall: its state in a sentence, whose figures these are, clock and data."""

from __future__ import annotations

from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from mpp.i18n import Words
from mpp.live.model import Board
from mpp.live.views import Cell
from mpp.web.parts.definitions import term
from mpp.web.parts.live import LiveCells, attributes

NO_MALL = ("none", "faulty")

NATIONAL: Final = frozenset(((1, 1), (5, 1), (6, 1), (8, 17), (12, 25)))
"""Month and day of the national holidays that fall on the same date every year. Of the others the
description does not tell whether the nation or the region keeps them."""


def mall_cells(board: Board, words: Words) -> dict[str, Cell]:
    """The live cells of the sentence, the badge, and of what stands under the clock."""
    silent = bool(board.totals.scheduled and not board.totals.heard)
    return {
        "mall": Cell(mall_words(board, words), state="silent" if silent else board.mall_state),
        "mode": Cell(mode_words(board, words), state="example" if board.example else board.mode),
        "date": Cell(words.date(board.day)),
        "data": data_cell(board, words),
        "rated": Cell(_rated(board, words)),
    }


def data_cell(board: Board, words: Words) -> Cell:
    """How many agencies the totals rest on."""
    t = board.totals
    if board.mall_state in NO_MALL:
        return Cell("", state="full")
    heard, scheduled = words.number(t.heard), words.number(t.scheduled)
    text = words.text("Data from {heard} of {scheduled} agencies", heard=heard, scheduled=scheduled)
    return Cell(text, state="part" if t.heard < t.scheduled else "full")


def _rated(board: Board, words: Words) -> str:
    ratings = board.totals.ratings
    if ratings.share is None:
        return ""
    n = words.number(ratings.n)
    return words.text("Satisfied {share} (n {n})", share=words.percent(ratings.share), n=n)


def mode_words(board: Board, words: Words) -> str:
    """What keeps these figures from being the mall's own of this moment."""
    if board.mode == "replay":
        return words.text("Replay of a past day")
    if board.mode == "ended":
        return words.text("The replay is over")
    if board.mode == "demo":
        invented = words.text("DEMO · invented figures")
        return f"{invented} · {words.text('simulated time')}" if board.own_clock else invented
    if board.example:
        return words.text("Example mall: not a real one")
    return ""


def mall_words(board: Board, words: Words) -> str:
    """The state of the whole mall in a sentence; empty while it is simply open."""
    zone = ZoneInfo(board.zone)
    until = words.time(board.mall_until, zone) if board.mall_until is not None else None
    if board.totals.scheduled and not board.totals.heard:
        return words.text("No news from any agency. The totals are not known.")
    if board.mall_state == "before":
        return (
            words.text("Not open yet. Service starts {time}.", time=until)
            if until
            else words.text("Not open yet.")
        )
    if board.mall_state == "break":
        start = words.text("Break until {time}", time=until) if until else words.text("Break")
        return start + _go_on(board, words)
    if board.mall_state == "friday_prayer":
        start = (
            words.text("Break for Friday prayer until {time}", time=until)
            if until
            else words.text("Friday prayer")
        )
        return start + _go_on(board, words)
    if board.mall_state == "last_ticket":
        return _last_ticket(board, zone, words)
    if board.mall_state == "holiday":
        return _holiday(board.day, board.mall_reason, words) + _opens(board, words)
    if board.mall_state in {"closed", "shut"}:
        return words.text("Closed.") + _opens(board, words)
    return ""


def _holiday(day: date, name: str, words: Words) -> str:
    """Whose holiday it is, and which."""
    if (day.month, day.day) in NATIONAL:
        return words.text("National holiday: {name}.", name=name) if name else words.text("National holiday.")
    return words.text("Holiday: {name}.", name=name) if name else words.text("Holiday.")


def _go_on(board: Board, words: Words) -> str:
    """How many agencies serve through the break: by their own calendar, and with a counter that does.
    Who only finishes with its last visitor of the morning does not."""
    serving = sum(a.hours == "open" and a.serving > 0 and a.state != "silent" for a in board.agencies)
    if not serving:
        return "."
    on = words.plural("{n} agency goes on serving.", "{n} agencies go on serving.", serving)
    return f"; {on}"


def _last_ticket(board: Board, zone: ZoneInfo, words: Words) -> str:
    """Who took a number in time is still served: those who wait and those at a counter."""
    at_counters = sum(counter.state == "serving" for counter in board.counters)
    left = (board.totals.waiting or 0) + at_counters
    if board.last_ticket is None:
        closed = words.text("No more numbers are issued")
    else:
        closed = words.text("No more numbers since {time}", time=words.time(board.last_ticket, zone))
    if not left:
        return f"{closed}."
    still = words.plural(
        "{n} person is still being attended to.", "{n} people are still being attended to.", left
    )
    return f"{closed}; {still}"


def _opens(board: Board, words: Words) -> str:
    if board.mall_until is None:
        return ""
    zone = ZoneInfo(board.zone)
    at = board.mall_until.astimezone(zone)
    if at.date() == board.day:
        return " " + words.text("Opens {time}.", time=words.time(board.mall_until, zone))
    near = (at.date() - board.day).days < 7
    day = words.weekday(at.date()) if near else words.date(at.date())
    return " " + words.text("Opens again {day} {time}.", day=day, time=words.time(board.mall_until, zone))


def corner(board: Board, live: LiveCells, words: Words) -> Component:
    """Clock, date, what the figures rest on and what they are."""
    zone = ZoneInfo(board.zone)
    local = board.now.astimezone(zone)
    dot = "." if words.locale == "id" else ":"
    clock = [
        html.Span(
            local.strftime(f"%H{dot}%M"), className="clock-minute", **attributes(data_live_clock="minute")
        ),
        html.Span(
            local.strftime(f"{dot}%S"), className="clock-second", **attributes(data_live_clock="second")
        ),
        html.Span(" " + words.zone_label(board.zone, board.now), className="clock-zone"),
    ]
    return html.Div(
        [
            html.Div(clock, className="clock"),
            html.Div(board.mall, className="mall-name", title=board.mall),
            live.text("date", "date", html.Div),
            html.Div(
                [
                    term(live.text("data", "heard"), ("sources_live", "data_age_s")),
                    html.Span(className="dot"),
                ],
                className="data",
            ),
            term(live.text("rated"), ("satisfied",), "rated"),
            live.text("mode", "mall-mode", html.Div),
        ],
        className="corner",
    )
