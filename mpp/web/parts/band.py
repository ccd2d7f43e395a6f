"""The top band: the five numbers, in the order in which a head of MPP can act on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from mpp.i18n import UNKNOWN, Words
from mpp.live.model import Board
from mpp.live.views import Cell
from mpp.web.parts.definitions import term
from mpp.web.parts.letters import whole, width
from mpp.web.parts.live import LiveCells

COUNTERS = (
    "counters_serving",
    "counters_planned",
    "counters_paused",
    "counters_unattended",
    "counters_not_opened",
    "counters_unheard",
    "counters_closed",
)

#: Room of one small line in its own em, and how many of them have room under a number.
LINE = 12.8
MOST_LINES = 3

#: Room for one part on two lines: a name too long for the rest of a line moves on.
LINES = 21.0

#: Between parts of a small line: a line ends behind it.
BETWEEN = "\N{NO-BREAK SPACE}· "

#: The least of a name that tells whose it is.
NAME = 7

#: Digits of a number and of what it is a part of that have room side by side.
DIGITS = 5


_Say = Callable[[str], str]


def _names(codes: Sequence[str], board: Board, room: float) -> str:
    """As many names as fit into ``room``, at least the beginning of the first, and how many more there
    are."""
    short = {agency.code: agency.short or agency.name for agency in board.agencies}
    names = [short.get(code, code) for code in codes]
    for shown in range(len(names), 0, -1):
        rest = f", +{len(names) - shown}" if shown < len(names) else ""
        some = ", ".join(names[:shown]) + rest
        if width(some) <= room:
            return some
    rest = f", +{len(names) - 1}" if len(names) > 1 else ""
    return _short(names[0], room - width(rest)) + rest


def _short(name: str, room: float) -> str:
    """So much of a name that what is behind it has room."""
    if width(name) <= room:
        return name
    end = len(name)
    while end > NAME and width(f"{name[:end]}…") > room:
        end -= 1
    return f"{name[:end].rstrip()}…"


def _known(board: Board) -> bool:
    """Whether the totals are known: somebody is heard of, nobody is due today (the calendar knows that,
    whether or not anybody tells), or the day is over and somebody was heard of in it."""
    if board.mall_state in ("none", "faulty"):
        return False
    if board.totals.heard or not board.totals.scheduled:
        return True
    zone = ZoneInfo(board.zone)
    today = any(
        a.data_at is not None and a.data_at.astimezone(zone).date() == board.day for a in board.agencies
    )
    return today and not any(a.state == "silent" for a in board.agencies)


def band_cells(board: Board, words: Words) -> dict[str, Cell]:
    """The live cells of the five numbers. With nobody heard of they are unknown, not zero."""
    t = board.totals
    heard = _known(board)

    def figure(value: int | None, of: int | None = None) -> Cell:
        text = words.number(value if t.scheduled else value or 0) if heard else UNKNOWN
        wide = len(text) + (0 if of is None else len(words.number(of))) > DIGITS - (of is None)
        return Cell(text, state="wide" if wide else None)

    longest, who = Cell(""), ""
    if t.longest_since is not None:
        longest = Cell(words.text("longest {ago}", ago="{ago}"), since=t.longest_since)
        room = LINE - width(f" {t.longest_number or ''}")
        names = _names([t.longest_agency], board, room) if t.longest_agency else ""
        who = " ".join(part for part in (names, t.longest_number) if part)
    return {
        "open": Cell(None, state="over" if t.not_opened else "calm"),
        "open.n": figure(t.open, t.scheduled),
        "open.of": _of(t.scheduled, board, words),
        "open.note": Cell(_absent(board, words, heard)),
        "waiting.n": figure(t.waiting),
        "waiting.note": longest,
        "waiting.who": Cell(who),
        "over": Cell(None, state="over" if (t.over or 0) > t.over_forgotten else "calm"),
        "over.n": figure(t.over),
        "over.note": Cell(_judged(board, words) if heard else ""),
        "serving": Cell(None, state="filling" if t.unattended or t.counters_not_opened else "calm"),
        "serving.n": figure(t.serving, t.planned),
        # Who serves on a day off was planned by nobody: "1 / 0" would be no sentence.
        "serving.of": _of(t.planned, board, words) if t.serving <= t.planned else Cell(""),
        "serving.note": _counters(board, words) if heard else Cell(""),
        "served.n": figure(t.day.served),
        "served.note": Cell(_served(board, words) if heard else ""),
    }


def _absent(board: Board, words: Words, heard: bool) -> str:
    """Who has not opened and who gives no news: a line for each, or both lines for one."""
    t = board.totals
    said = (
        (t.not_opened, lambda names: words.text("not open yet: {names}", names=names)),
        (t.unheard if heard else (), lambda names: words.text("no news: {names}", names=names)),
    )
    some = [(codes, say) for codes, say in said if codes]
    if len(some) == 1:
        codes, say = some[0]
        return say(_names(codes, board, LINES - width(say(""))))
    lines = [say(_names(codes, board, LINE - width(say("") + BETWEEN))) for codes, say in some]
    return BETWEEN.join(whole(line) for line in lines)


def _joined(parts: Sequence[str]) -> str:
    """Parts of a small line. It breaks between parts, before no separator and no number."""
    return BETWEEN.join(whole(part) for part in parts)


def _lines(parts: Sequence[str]) -> int:
    """How many small lines the parts need."""
    lines, used = 1, 0.0
    for place, part in enumerate(parts):
        wide = width(part + BETWEEN[:-1] * (place + 1 < len(parts)))
        if used and used + width(" ") + wide > LINE:
            lines, used = lines + 1, 0.0
        used += width(" ") * (used > 0) + wide
    return lines


def _of(value: int, board: Board, words: Words) -> Cell:
    return Cell("" if board.mall_state in ("none", "faulty") else f"/ {words.number(value)}")


def _judged(board: Board, words: Words) -> str:
    """The share within the standard, and how many of those beyond it now nobody waits for any more."""
    lost = board.totals.over_forgotten
    said = whole(words.text("{n} of them forgotten", n=words.number(lost))) if lost else ""
    return BETWEEN.join(part for part in (_share(board, words), said) if part)


def _share(board: Board, words: Words) -> str:
    share = board.totals.day.share
    if board.services and all(service.promise_s is None for service in board.services):
        return words.text("no standard set")
    if share is None:
        shut = board.mall_state in ("closed", "shut", "holiday")
        return "" if shut else words.text("nothing to judge yet today")
    return words.text("today {share} within standard", share=words.percent(share))


def _counters(board: Board, words: Words) -> Cell:
    """What the counters do that are planned and do not serve: all of them, in shorter words where there
    is no room."""
    t, shut = board.totals, {"silent", "unscheduled"}
    known = t.serving + t.paused + t.unattended + t.counters_not_opened
    rest = max(0, t.planned - known - t.counters_unheard)
    closed = min(rest, sum(a.counters.get("closed", 0) for a in board.agencies if a.state not in shut))
    # Readings tell how many counters serve; of the others nobody tells anything.
    unheard = t.counters_unheard + rest - closed
    parts: tuple[tuple[int, _Say, _Say | None], ...] = (
        (t.paused, lambda n: words.text("paused {n}", n=n), None),
        (
            t.unattended,
            lambda n: words.text("no officer {n}", n=n),
            lambda n: words.text("no staff {n}", n=n),
        ),
        (
            t.counters_not_opened,
            lambda n: words.text("not opened {n}", n=n),
            lambda n: words.text("unopened {n}", n=n),
        ),
        (unheard, lambda n: words.text("no news {n}", n=n), None),
        (closed, lambda n: words.text("closed {n}", n=n), None),
    )
    said = [(words.number(value), say, short or say) for value, say, short in parts if value]
    kept = [say(n) for n, say, _ in said]
    if _lines(kept) > MOST_LINES:
        kept = [short(n) for n, _, short in said]
    return Cell(_joined(kept), state="long" if _lines(kept) >= MOST_LINES else None)


def _served(board: Board, words: Words) -> str:
    day = board.totals.day
    parts = (
        (day.results.get("incomplete", 0), lambda n: words.text("file incomplete {n}", n=n)),
        (day.no_show, lambda n: words.text("no-show {n}", n=n)),
    )
    return _joined([say(words.number(value)) for value, say in parts if value])


def _card(
    title: str, measures: Sequence[str], number: Sequence[Component], notes: Sequence[Component]
) -> list[Component]:
    return [
        html.H2(term(title, measures), className="card-title"),
        html.Div(list(number), className="card-figure"),
        html.Div(list(notes), className="card-notes"),
    ]


def band(live: LiveCells, words: Words) -> list[Component]:
    """The five cards, drawn once. A card's title opens the definitions of all its figures."""
    n, of, note = "card-number", "card-of", "card-note"
    opened = _card(
        words.text("Agencies open"),
        ("agencies_open", "agencies_not_opened"),
        [live.text("open.n", n), live.text("open.of", of)],
        [live.text("open.note", note)],
    )
    waiting = _card(
        words.text("Waiting"),
        ("waiting", "longest_wait_s"),
        [live.text("waiting.n", n)],
        [live.text("waiting.note", note), live.text("waiting.who", note)],
    )
    over = _card(
        words.text("Beyond standard"),
        ("over", "share"),
        [live.text("over.n", n)],
        [live.text("over.note", note)],
    )
    serving = _card(
        words.text("Counters serving"),
        COUNTERS,
        [live.text("serving.n", n), live.text("serving.of", of)],
        [live.text("serving.note", note)],
    )
    served = _card(
        words.text("Served"),
        ("served", "incomplete", "no_show"),
        [live.text("served.n", n)],
        [live.text("served.note", note)],
    )
    return [
        live.around("open", opened, "tally", html.Section),
        html.Section(waiting, className="tally"),
        live.around("over", over, "tally", html.Section),
        live.around("serving", serving, "tally", html.Section),
        html.Section(served, className="tally"),
    ]
