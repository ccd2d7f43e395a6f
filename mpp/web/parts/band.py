"""The top band: the five numbers, in the order in which a head of MPP can act on them."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from mpp.i18n import UNKNOWN, Words
from mpp.live.model import Board
from mpp.live.views import Cell
from mpp.web.parts.live import LiveCells

#: Names listed under a number before "+n".
NAMES = 3


def _names(codes: Sequence[str], board: Board) -> str:
    short = {agency.code: agency.short or agency.name for agency in board.agencies}
    shown = ", ".join(short.get(code, code) for code in codes[:NAMES])
    return shown if len(codes) <= NAMES else f"{shown}, +{len(codes) - NAMES}"


def band_cells(board: Board, words: Words) -> dict[str, Cell]:
    """The live cells of the five numbers. With nobody heard of they are unknown, not zero."""
    t = board.totals
    heard = t.heard > 0 or (t.scheduled == 0 and not board.mall_state.startswith(("none", "faulty")))

    def figure(value: int | None) -> Cell:
        return Cell(words.number(value) if heard else UNKNOWN)

    longest, who = Cell(""), ""
    if t.longest_since is not None:
        longest = Cell(words.text("longest {ago}", ago="{ago}"), since=t.longest_since)
        names = _names([t.longest_agency], board) if t.longest_agency else ""
        who = " ".join(part for part in (names, t.longest_number) if part)
    absent = []
    if t.not_opened:
        absent.append(words.text("not open yet: {names}", names=_names(t.not_opened, board)))
    if t.unheard and heard:
        absent.append(words.text("no news: {names}", names=_names(t.unheard, board)))
    return {
        "open": Cell(None, state="over" if t.not_opened else "calm"),
        "open.n": figure(t.open),
        "open.of": _of(t.scheduled, board, words),
        "open.note": Cell(_joined(absent)),
        "waiting.n": figure(t.waiting),
        "waiting.note": longest,
        "waiting.who": Cell(who),
        "over": Cell(None, state="over" if t.over else "calm"),
        "over.n": figure(t.over),
        "over.note": Cell(_share(board, words) if heard else ""),
        "serving": Cell(None, state="filling" if t.unattended or t.counters_not_opened else "calm"),
        "serving.n": figure(t.serving),
        "serving.of": _of(t.planned, board, words),
        "serving.note": Cell(_counters(board, words) if heard else ""),
        "served.n": figure(t.day.served),
        "served.note": Cell(_served(board, words) if heard else ""),
    }


def _joined(parts: Sequence[str]) -> str:
    """Parts of a small line: a line breaks between parts, before no separator and no number."""
    return "\N{NO-BREAK SPACE}· ".join(_together(part) for part in parts)


def _together(part: str) -> str:
    label, colon, names = part.partition(":")
    if colon:
        return label.replace(" ", "\N{NO-BREAK SPACE}") + colon + names
    head, _, tail = part.rpartition(" ")
    return f"{head}\N{NO-BREAK SPACE}{tail}" if head and tail.isdigit() else part


def _of(value: int, board: Board, words: Words) -> Cell:
    return Cell("" if board.mall_state in ("none", "faulty") else f"/ {words.number(value)}")


def _share(board: Board, words: Words) -> str:
    share = board.totals.day.share
    if share is None and board.totals.over is None:
        return words.text("no standard set")
    if share is None:
        return words.text("nothing to judge yet today")
    return words.text("today {share} within standard", share=words.percent(share))


def _counters(board: Board, words: Words) -> str:
    t = board.totals
    parts = (
        (t.paused, lambda n: words.text("paused {n}", n=n)),
        (t.unattended, lambda n: words.text("no officer {n}", n=n)),
        (t.counters_not_opened, lambda n: words.text("not opened {n}", n=n)),
        (t.counters_unheard, lambda n: words.text("no news {n}", n=n)),
    )
    return _joined([say(words.number(value)) for value, say in parts if value])


def _served(board: Board, words: Words) -> str:
    day = board.totals.day
    parts = (
        (day.results.get("incomplete", 0), lambda n: words.text("file incomplete {n}", n=n)),
        (day.no_show, lambda n: words.text("no-show {n}", n=n)),
    )
    return _joined([say(words.number(value)) for value, say in parts if value])


def _card(title: str, number: Sequence[Component], notes: Sequence[Component]) -> list[Component]:
    return [
        html.H2(title, className="card-title"),
        html.Div(list(number), className="card-figure"),
        html.Div(list(notes), className="card-notes"),
    ]


def band(live: LiveCells, words: Words) -> list[Component]:
    """The five cards, drawn once."""
    n, of, note = "card-number", "card-of", "card-note"
    opened = _card(
        words.text("Agencies open"),
        [live.text("open.n", n), live.text("open.of", of)],
        [live.text("open.note", note)],
    )
    waiting = _card(
        words.text("Waiting"),
        [live.text("waiting.n", n)],
        [live.text("waiting.note", note), live.text("waiting.who", note)],
    )
    over = _card(words.text("Beyond standard"), [live.text("over.n", n)], [live.text("over.note", note)])
    serving = _card(
        words.text("Counters serving"),
        [live.text("serving.n", n), live.text("serving.of", of)],
        [live.text("serving.note", note)],
    )
    served = _card(words.text("Served"), [live.text("served.n", n)], [live.text("served.note", note)])
    return [
        live.around("open", opened, "tally", html.Section),
        html.Section(waiting, className="tally"),
        live.around("over", over, "tally", html.Section),
        live.around("serving", serving, "tally", html.Section),
        html.Section(served, className="tally"),
    ]
