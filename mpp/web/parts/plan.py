"""The floor plan: its live cells and what stands around the drawing.

Colours, signs and words are those of the counters of the control room (mpp/web/parts/counters.py): what
a state looks like on one screen it looks like on the other.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from markupsafe import Markup

from mpp.i18n import Words
from mpp.live.model import AgencyNow, Board, CounterNow
from mpp.live.views import Cell
from mpp.mall.plans import Plan
from mpp.web.parts.action_words import rule_words
from mpp.web.parts.actions import level
from mpp.web.parts.counters import begun, floor_of, plain, plan_name, said
from mpp.web.parts.fragment import markup
from mpp.web.parts.plan_file import plan_svg
from mpp.web.parts.plan_grid import CARD, NARROW, Block, arranged, fit, largest, svg
from mpp.web.parts.tile import RESTS, look

STATES: Final = ("serving", "ready", "unattended", "paused", "not_opened", "closed", "unknown")
"""In the order of the legend."""

REST: Final = 9.0
"""Width / height of the place for those a plan has no place for."""

MOST_ALARMS: Final = 4
"""So many of what needs action are named above a plan."""

LINE: Final = 11
TICKET: Final = 7
"""So many letters fit on a counter's line, and so many of its number."""


def blocks(board: Board, floor: str) -> tuple[Block, ...]:
    """The agencies with counters on a floor: zone by zone in the order of their names, in a zone as
    described."""
    counters: dict[str, list[CounterNow]] = {}
    for counter in board.counters:
        if floor_of(counter) == floor:
            counters.setdefault(counter.agency, []).append(counter)
    names = {agency.code: agency.short or agency.name for agency in board.agencies}
    made = [
        Block(code, names.get(code, code), tuple(c.code for c in some), _zone(some))
        for code, some in counters.items()
    ]
    return tuple(sorted(made, key=lambda block: block.zone))


def _zone(some: Sequence[CounterNow]) -> str:
    """Where most of an agency's counters are said to be."""
    places = Tally(counter.place for counter in some if counter.place)
    return places.most_common(1)[0][0] or "" if places else ""


def drawing(floor: str, shown: Sequence[Block], words: Words, plan: Plan | None = None) -> Markup:
    """A floor: the mall's own plan with what it has no place for below it; else a grid, wide and narrow
    for phones."""
    label = plan_name(floor, words)
    if plan is None:
        return svg(largest(shown), label, "plan-wide") + svg(arranged(shown, NARROW), label, "plan-narrow")
    rest = [
        replace(block, counters=left, zone="")
        for block in shown
        if (left := tuple(code for code in block.counters if (block.agency, code) not in plan.counters))
    ]
    below = ""
    if rest:
        name = words.text("Not on the plan")
        below = Markup('<h2 class="plan-rest">{}</h2>{}').format(
            name,
            svg(largest(rest, REST), name, "plan-wide plan-left")
            + svg(arranged(rest, NARROW), name, "plan-narrow"),
        )
    return plan_svg(plan, label) + below


def plan_card(counter: CounterNow, words: Words, *, resting: bool = False) -> Cell:
    """One counter as it is drawn. ``resting``: the mall has its break now, and a counter that pauses for
    it is none to look after."""
    rests = resting and counter.state == "paused" and counter.reason in RESTS
    state = "resting" if rests else counter.state
    started = begun(counter)
    elapsed = Markup("")
    if started is not None:
        elapsed = Markup('<text class="pc-since" x="1.1" y="{:g}" data-since="{}"></text>').format(
            CARD[1] - 0.7, round(started.timestamp() * 1000)
        )
    ticket = counter.ticket or "" if counter.state == "serving" else ""
    return Cell(
        text=None,
        state=state,
        fragment=Markup(
            '<title>{}</title><rect class="pc-box" width="{:g}" height="{:g}" rx=".7"/>'
            '<rect class="pc-edge" width=".55" height="{:g}"/>'
            '<text class="pc-name" x="1.1" y="2">{}</text>{}{}{}'
        ).format(
            counter.name,
            *CARD,
            CARD[1],
            fit(plain(counter.name), 6.2, 1.8),
            sign(state),
            _lines(ticket, said(counter, words)),
            elapsed,
        ),
    )


def _lines(ticket: str, word: str) -> Markup:
    """Below the name: the number and what it does, or the state's word in one line or two."""
    if ticket:
        return _line("pc-ticket", 4.15, ticket, TICKET) + _line("pc-word", 5.85, word, LINE)
    first, second = _split(word)
    return _line("pc-word", 4, first, LINE) + (_line("pc-word", 5.75, second, LINE) if second else "")


def _line(class_name: str, y: float, text: str, most: int) -> Markup:
    """A line of a card; a text that is a little too long is drawn narrower."""
    width = Markup(' textLength="8.6" lengthAdjust="spacingAndGlyphs"') if len(text) > most else ""
    return Markup('<text class="{}" x="1.1" y="{:g}"{}>{}</text>').format(class_name, y, width, text)


def _split(word: str) -> tuple[str, str]:
    """A word that is too long for a line in two, where it has a blank."""
    if len(word) <= LINE or " " not in word:
        return word, ""
    middle = min((i for i, letter in enumerate(word) if letter == " "), key=lambda i: abs(i - len(word) / 2))
    return word[:middle], word[middle + 1 :]


_SQUARE: Final = Markup('<rect class="ps-breach" x="7.4" y=".55" width="2" height="2" rx=".3"/>')
_MARK: Final = Markup('<text class="ps-mark" x="8.4" y="2.15">{}</text>')
_SIGNS: Final = {
    "unattended": _SQUARE + _MARK.format("!"),
    "not_opened": Markup('<rect class="ps-hollow" x="7.55" y=".7" width="1.7" height="1.7" rx=".2"/>'),
    "paused": Markup('<path class="ps-attention" d="M8.4 .55L9.5 2.55H7.3Z"/>'),
    "unknown": Markup('<rect class="ps-dashed" x="7.5" y=".65" width="1.8" height="1.8"/>')
    + _MARK.format("?"),
    "resting": Markup('<path class="ps-bars" d="M7.9 .7V2.4M8.9 .7V2.4"/>'),
    "closed": Markup('<path class="ps-bars" d="M7.6 1.55H9.2"/>'),
    "serving": Markup('<circle class="ps-serving" cx="8.4" cy="1.55" r=".75"/>'),
    "ready": Markup('<circle class="ps-ready" cx="8.4" cy="1.55" r=".65"/>'),
}


def sign(state: str) -> Markup:
    """The sign of a state, for whoever does not see its colour."""
    return Markup('<g class="pc-sign">{}</g>').format(_SIGNS.get(state, ""))


def waiting_cell(agency: AgencyNow, words: Words, *, resting: bool = False) -> Cell:
    """How many wait there; of an agency without news how many did, marked as such."""
    if agency.state in {"closed", "unscheduled"} and not agency.waiting:
        return Cell("", state=agency.state)
    label = markup('<tspan class="quiet">{} </tspan>', words.text("waiting"))
    number = words.number(agency.waiting)
    if agency.state == "silent" and agency.waiting is not None:
        number = f"?{number}"
    return Cell(text=None, state=look(agency, resting), fragment=label + number)


def alarms(board: Board, words: Words) -> Cell:
    """What needs action, in a line: a page of the rotation hides no alarm (docs/decisions/0012)."""
    open_now = [action for action in board.actions if action.ended is None]
    if not open_now:
        return Cell("", state="calm")
    named = [
        Markup("<span><b>{}</b> {}</span>").format(action.name, rule_words(action.rule, words))
        for action in open_now[:MOST_ALARMS]
    ]
    more = len(open_now) - len(named)
    if more:
        named.append(Markup("<span>{}</span>").format(words.text("+{n} more", n=words.number(more))))
    title = words.text("Needs action")
    head = Markup('<span class="sign"></span><b>{} {}</b>').format(title, words.number(len(open_now)))
    return Cell(None, fragment=head + Markup("").join(named), state=level(open_now[0]))


def legend(words: Words) -> Cell:
    """What the signs mean."""
    names: dict[str, Callable[[], str]] = {
        "serving": lambda: words.text("serving"),
        "ready": lambda: words.text("ready"),
        "unattended": lambda: words.text("without officer"),
        "paused": lambda: words.text("paused"),
        "not_opened": lambda: words.text("not opened"),
        "closed": lambda: words.text("closed"),
        "unknown": lambda: words.text("no news"),
    }
    item = Markup('<li data-state="{}"><svg viewBox="7 .2 2.9 2.7" aria-hidden="true">{}</svg>{}</li>')
    return Cell(fragment=Markup("").join(item.format(state, sign(state), names[state]()) for state in STATES))
