"""*Perlu tindakan*: what needs action now, most urgent first, each row to be taken by somebody.

A list has a fixed number of places; the rows move through them, so that a frame carries changes only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Final
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component
from markupsafe import Markup

from mpp.i18n import Words
from mpp.live.model import ActionNow, Board
from mpp.live.views import Cell
from mpp.web.parts.action_words import APART, handling, lever, rule_words, sentence, who
from mpp.web.parts.definitions import term
from mpp.web.parts.fragment import markup
from mpp.web.parts.letters import width
from mpp.web.parts.live import LiveCells, attributes
from mpp.web.parts.mall import NO_MALL

BREACH: Final = frozenset(("not_opened", "nobody_serving", "system", "over"))
PAST_MODES: Final = frozenset(("replay", "ended"))

ROOM: Final = 68.8
"""Height for the rows on a wall, in hundredths of the screen's height; a row is never cut."""
MORE: Final = 3.7
"""Height of the line under them that tells how many more there are."""
FIRST, SECOND, AROUND = 3.19, 1.995, 1.5
"""Height of a line of a wall's row, first and second, and of what is around both."""
HIGHEST: Final = 17.5
"""The style sheet lets no row become higher."""
FIRST_ROOM, SECOND_ROOM = 16.4, 26.8
"""Width of such a line, in its own em. The first is set closer than its letters are wide."""
BOLD: Final = 1.07
"""So much wider bold letters are."""
NAME, WHO, NOTE = 9.5, 9.0, 17.0
"""Widths in em at which the style sheet cuts a name, who took it and other foreign texts short."""
LONG_NAME: Final = 10.0
"""A name this wide is cut short whatever its letters are."""
NAMED_ROOM: Final = 7.5
"""Room in em for each of several names."""
AGO: Final = "119\N{NO-BREAK SPACE}mnt"
"""The longest time passed that a browser counts."""
PIECE: Final = re.compile(r"<(/?)(\w+)([^>]*)>|([^<]+)")
"""A tag or a text of a row: its slash, name and attributes, or the text."""


def level(action: ActionNow) -> str:
    """How a row looks: breach, attention, silent, inform or over."""
    if action.ended is not None:
        return "over"
    if action.rule in BREACH:
        return "breach"
    return {"silent": "silent", "integrity": "inform"}.get(action.rule, "attention")


def action_cells(board: Board, words: Words, slots: int, *, phone: bool = False) -> dict[str, Cell]:
    """The live cells of the list: ``act.0`` ... rows, ``act.count`` how many are not over, ``act.more``
    how many of those found no place, ``act.calm`` what is said when there is none.

    On a wall fewer than ``slots`` rows show when they are long: none is cut. A ``phone`` scrolls, and
    its rows have a number to dial.
    """
    writer = _Writer(board, words, ZoneInfo(board.zone), phone)
    actions: Sequence[ActionNow] = board.actions
    rows = [writer.row(action) for action in actions[:slots]]
    if not phone:
        rows = rows[: _fitting(rows, more=len(actions) > slots)]
        if len(rows) < len(actions):
            # What is over gives way to what is not.
            actions = [action for action in actions if action.ended is None]
            rows = [writer.row(action) for action in actions[:slots]]
            rows = rows[: _fitting(rows, more=len(actions) > slots)]
    cells = {f"act.{place}": Cell("") for place in range(slots)}
    for place, row in enumerate(rows):
        # Another episode in this place is another state: live.js shows it at once, so that a row that
        # moves is never seen twice or not at all.
        free = "free" if row.action.kept else "unkept"
        taken = "taken" if row.action.taken is not None else free
        state = f"{level(row.action)} {taken} {row.action.episode}"
        cells[f"act.{place}"] = Cell(fragment=writer.fragment(row, place), state=state)
    open_now = sum(action.ended is None for action in actions)
    more = sum(action.ended is None for action in actions[len(rows) :])
    known = board.mall_state not in NO_MALL
    return cells | {
        "act.count": Cell(words.number(open_now) if known and actions else ""),
        "act.more": Cell(words.text("+{n} more", n=words.number(more)) if more else ""),
        "act.calm": Cell("" if actions or not known else _calm(board, words)),
    }


def _calm(board: Board, words: Words) -> str:
    if not board.actions_kept:
        return words.text("No actions were recorded that day.")
    if board.totals.scheduled and not board.totals.heard:
        return words.text("No news from any agency: nobody knows what needs action.")
    if any(agency.state == "silent" for agency in board.agencies):
        calm = words.text("Nothing needs action at the agencies that send news.")
    else:
        calm = words.text("Nothing needs action.")
    last = board.last_action
    if last is None:
        return calm
    name = last.name or rule_words(last.rule, words)
    began, ended = words.time(last.since, board.zone), words.time(last.ended, board.zone)
    told = words.text("Last: {began} ({name}, over at {ended}).", began=began, name=name, ended=ended)
    return f"{calm} {told}"


@dataclass(frozen=True, slots=True)
class _Row:
    """An action with its two lines."""

    action: ActionNow
    first: Markup
    second: Markup

    @property
    def height(self) -> float:
        """About how high it is on a wall, in hundredths of the screen's height."""
        first, second = _lines(self.first, FIRST_ROOM), _lines(self.second, SECOND_ROOM)
        return FIRST * first + SECOND * second + AROUND


def _lines(line: Markup, room: float) -> int:
    """How many lines of so much ``room``, in em, one of a row's two becomes on a wall; rather one too
    many than one too few."""
    lines, used = 1, 0.0
    for word in _widths(line):
        if used and used + width(" ") + word > room:
            lines, used = lines + 1, 0.0
        used += width(" ") * (used > 0) + word
        while used > room:
            lines, used = lines + 1, used - room
    return lines


def _widths(line: Markup) -> Iterator[float]:
    """How wide each word is that a line does not break: long foreign texts as much as stays of them,
    times passed at their longest."""
    word = 0.0
    inside: list[tuple[str, str]] = []
    for closes, tag, attributes_of, text in PIECE.findall(str(line)):
        if closes:
            inside.pop()
        elif tag:
            inside.append((tag, attributes_of))
            if tag == "time":
                word += width(AGO)
        else:
            bold = any(tag == "b" for tag, _ in inside)
            most = next((_most(given) for _, given in inside if ' cut"' in given), None)
            stays = most is not None or any(tag == "b" and "act-name" not in given for tag, given in inside)
            for place, part in enumerate([text] if stays else text.split(" ")):
                if place:
                    yield word
                    word = 0.0
                wide = width(unescape(part)) * (BOLD if bold else 1)
                word += wide if most is None else min(wide, most)
    yield word


def _most(given: str) -> float:
    """At which width a text with these attributes is cut short."""
    return NAME if "act-name" in given else WHO if "act-who" in given else NOTE


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the rows of one list."""

    board: Board
    words: Words
    zone: ZoneInfo
    phone: bool

    def row(self, action: ActionNow) -> _Row:
        """The two lines of an action."""
        name = Markup("")
        if action.name:
            cut = " cut" if width(action.name) > LONG_NAME else ""
            # What is cut short ends in a gap of its own.
            dash = "— " if cut and not self.phone else " — "
            name = markup('<b class="act-name{}">{}</b>{}', cut, action.name, dash)
        lead = lever(action, self.board, self.words)
        # A phone has a button for the number; it is written where nothing else stands.
        button = self.phone and dialled(action.extension, self.board.dial)
        call = "" if lead and button else who(action, self.words, lead)
        what = name + sentence(action, self.zone, self.words, None if self.phone else NAMED_ROOM)
        done = handling(action, self.zone, self.words)
        row = _Row(action, what, APART.join(part for part in (lead, call, done) if part))
        if lead and not self.phone and row.height > HIGHEST:
            # What can be done stands on the agency's tile as well; who does what stands here alone.
            told = (who(action, self.words), done)
            row = _Row(action, what, APART.join(part for part in told if part))
        return row

    def fragment(self, row: _Row, place: int) -> Markup:
        """A row as HTML; one that can be taken names its episode."""
        action, episode = row.action, Markup("")
        if action.kept and action.ended is None and self.board.mode not in PAST_MODES:
            episode = markup(' data-episode="{}"', action.episode)
        return markup(
            '<span class="act-sign" aria-hidden="true"></span>'
            '<div class="act-text"{}><p class="act-what" id="act-{}-what">{}</p>'
            '<p class="act-second">{}</p></div>{}',
            episode,
            place,
            row.first,
            row.second,
            self._dial(action),
        )

    def _dial(self, action: ActionNow) -> Markup:
        if not self.phone or action.ended is not None:
            return Markup("")
        return dial(action.name, action.extension, self.words, self.board.dial)


def dialled(extension: str | None, before: str) -> str:
    """An extension as a telephone anywhere dials it, the first of several, after what is dialled
    ``before`` it. Empty where it has no digit, and where nobody said what to dial before: alone it
    reaches another number, and 110, 112 and 119 the emergency services."""
    number = re.sub(r"[^0-9*]", "", re.split(r"[/,;]", extension or "")[0])
    return before + number if before and number else ""


def dial(name: str, extension: str | None, words: Words, before: str) -> Markup:
    """A link that calls an agency; empty where there is nothing to dial."""
    number = dialled(extension, before)
    if not number:
        return Markup("")
    label = words.text("Call {name}, ext. {number}", name=name, number=extension)
    return markup(
        '<a class="act-call" href="tel:{}" aria-label="{}">{}</a>', number, label, words.text("Call")
    )


def _fitting(rows: Sequence[_Row], *, more: bool) -> int:
    """How many rows fit on a wall; at least one. Without ``more`` rows than these, all of them may take
    the room of the line that tells how many there are."""
    if not more and sum(row.height for row in rows) <= ROOM + MORE:
        return len(rows)
    used = 0.0
    for place, row in enumerate(rows):
        used += row.height
        if used > ROOM and place:
            return place
    return len(rows)


def action_list(live: LiveCells, words: Words, slots: int, *, may_take: bool = True) -> Component:
    """The list, drawn once. Its buttons are no part of the rows that change: a focus stays where it is.
    Who may not take rows has none."""
    head = html.Div(
        [
            html.H2(term(words.text("Needs action"), ("actions",)), id="acts-title"),
            live.text("act.count", "act-count"),
        ],
        className="acts-head",
    )
    return html.Section(
        [
            head,
            live.text("act.calm", "act-calm", html.P),
            html.Ol(
                [_place(live, words, place, may_take=may_take) for place in range(slots)],
                className="acts-rows",
            ),
            live.text("act.more", "act-more", html.P),
        ],
        className="acts",
        **attributes(aria_labelledby="acts-title"),
    )


def _place(live: LiveCells, words: Words, place: int, *, may_take: bool) -> Component:
    row = live.text(f"act.{place}", "act-row", html.Div)
    if not may_take:
        return html.Li(row, className="act still")
    button = html.Button(
        words.text("I take it"),
        id=f"act-{place}-take",
        className="act-take",
        type="button",
        **attributes(aria_labelledby=f"act-{place}-take act-{place}-what", aria_haspopup="dialog"),
    )
    return html.Li([button, row], className="act")
