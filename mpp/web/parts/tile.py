"""One agency's tile: how many wait, how long, which counters serve, and its state in a word."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from dash import dcc, html
from dash.development.base_component import Component
from markupsafe import escape

from mpp.i18n import UNKNOWN, Words
from mpp.live.model import AgencyNow, Board
from mpp.live.views import Cell
from mpp.web.parts.address import place
from mpp.web.parts.bar import bar
from mpp.web.parts.definitions import term
from mpp.web.parts.fragment import markup
from mpp.web.parts.letters import width
from mpp.web.parts.live import LiveCells, attributes


def key(agency: AgencyNow, part: str = "") -> str:
    """The key of a tile's cell."""
    return f"a.{agency.code}.{part}" if part else f"a.{agency.code}"


def reason(code: str | None, words: Words) -> str:
    """Why counters pause, in words."""
    known: dict[str, Callable[[], str]] = {
        "break": lambda: words.text("break"),
        "prayer": lambda: words.text("prayer"),
        "central_system": lambda: words.text("central system down"),
        "network_power": lambda: words.text("network or power down"),
        "out_of_forms": lambda: words.text("out of forms"),
        "quota_used": lambda: words.text("daily quota used"),
        "no_officer": lambda: words.text("no officer"),
        "meeting": lambda: words.text("meeting"),
    }
    return known[code]() if code in known else ""


def state_word(
    agency: AgencyNow, zone: ZoneInfo, words: Words, day: date | None = None, *, holiday: bool = False
) -> Cell:
    """The state as a word, with the instant or age that belongs to it. ``day`` is the board's: an
    opening on another day is said with that day. ``holiday``: the mall has one today."""
    if agency.state == "silent":
        if agency.data_at is None:
            return Cell(words.text("never heard of"))
        return Cell(words.text("no news for {ago}", ago="{ago}"), since=agency.data_at)
    if agency.state == "paused":
        return Cell(_paused(agency, zone, words))
    if agency.state == "closed" and agency.opens_at is not None:
        return Cell(_opens(agency.opens_at, zone, words, day))
    simple = {
        "unscheduled": lambda: words.text("holiday") if holiday else words.text("not scheduled today"),
        "closed": lambda: words.text("closed"),
        "not_opened": lambda: words.text("not open yet"),
        "quota_used": lambda: words.text("quota used"),
        "over": lambda: words.text("beyond standard"),
        "filling": lambda: words.text("filling up"),
        "calm": lambda: words.text("calm"),
    }
    return Cell(simple[agency.state]())


def _opens(at: datetime, zone: ZoneInfo, words: Words, day: date | None) -> str:
    """When a closed agency opens: later today, on a day of this week, or on a date."""
    time, local = words.time(at, zone), at.astimezone(zone).date()
    if day is None or local == day:
        return words.text("not open yet, {time}", time=time)
    named = words.weekday(local) if (local - day).days < 7 else words.date(local)
    return words.text("opens {day} {time}", day=named, time=time)


def _paused(agency: AgencyNow, zone: ZoneInfo, words: Words) -> str:
    why = reason(agency.reason, words)
    if agency.since is None:
        return words.text("paused") if not why else words.text("paused: {why}", why=why)
    return words.text("paused {time}", time=words.time(agency.since, zone))


def _note(agency: AgencyNow, words: Words, resting: bool, room: float | None) -> Cell:
    """What else one must know to trust the figures. Where ``room`` (in em) is not enough it is said
    shorter, then what ranks last is left out. A silent agency's tile says that it is."""
    if room is not None and agency.state == "silent":
        return Cell("")
    late = agency.data == "late" and agency.data_at is not None
    why = reason(agency.reason, words) if agency.state == "paused" and agency.since is not None else ""
    number = words.number(agency.unknown_numbers)

    def parts(unknown: str) -> list[tuple[int, str]]:
        """In their order, each with its rank."""
        said = (
            (1, why if not resting else ""),
            (2, words.text("{n} forgotten", n=words.number(agency.forgotten)) if agency.forgotten else ""),
            (3, unknown if agency.unknown_numbers else ""),
            (4, words.text("estimate") if agency.estimate else ""),
            (0, words.text("data {ago} old", ago="{ago}") if late else ""),
        )
        return [(rank, part) for rank, part in said if part]

    kept = parts(words.text("+{n} numbers of unknown services", n=number))
    if room is not None and width(_joined(kept)) > room:
        kept = parts(words.text("+{n} unknown", n=number))
        while len(kept) > 1 and width(_joined(kept)) > room:
            kept.remove(max(kept))
    return Cell(_joined(kept), since=agency.data_at, state="late") if late else Cell(_joined(kept))


def _joined(parts: Sequence[tuple[int, str]]) -> str:
    return " · ".join(part for _, part in parts)


def _bar(agency: AgencyNow, words: Words) -> Cell:
    if agency.state in {"unscheduled", "closed"}:
        return Cell("")
    if agency.bar is not None:
        return Cell(fragment=bar(agency.bar))
    if not agency.estimate and agency.waiting is not None:
        return Cell(fragment=markup("<small>{}</small>", escape(words.text("no standard set"))))
    return Cell("")


RESTS: Final = frozenset(("break", "prayer"))
"""Reasons of a pause that the mall's own break has."""


def in_break(board: Board) -> bool:
    """Whether the whole mall rests now."""
    return board.mall_state in {"break", "friday_prayer"}


def on_holiday(board: Board) -> bool:
    """Whether the whole mall has a holiday today."""
    return board.mall_state == "holiday"


def look(agency: AgencyNow, resting: bool) -> str:
    """How an agency looks: its state, but a break at its time, or with nobody waiting, is no alarm."""
    rests = agency.state == "paused" and agency.reason in RESTS
    return "resting" if rests and (resting or not agency.waiting) else agency.state


def _room(number: str) -> str | None:
    """Numbers of more than two digits need a smaller size."""
    return None if len(number) < 3 else "wide" if len(number) < 5 else "wider"


def tile_cells(
    agency: AgencyNow,
    zone: ZoneInfo,
    words: Words,
    *,
    resting: bool = False,
    day: date | None = None,
    holiday: bool = False,
    room: float | None = None,
) -> dict[str, Cell]:
    """The live cells of one tile. ``resting``: the mall has its break now; ``day`` is the board's;
    ``holiday``: the mall has one today; ``room`` is that of a note in its own em, None: enough."""
    shown = look(agency, resting)
    shut = agency.state in {"unscheduled", "closed"} and not agency.waiting
    plain = "" if shut else words.number(agency.waiting)
    number = Cell(plain, state=_room(plain))
    if agency.estimate and agency.waiting is not None and plain:
        about = markup('<span class="about">≈</span>{}', plain)
        number = Cell(
            f"≈{plain}", fragment=about, state=_room(f"00{plain}" if len(plain) > 2 else f"0{plain}")
        )
    longest = Cell("")
    # Of a silent agency nobody knows whether the longest waiting was called: a growing time would claim it.
    if agency.longest_since is not None and agency.waiting and agency.state != "silent":
        longest = Cell("{ago}", since=agency.longest_since)
    planned = words.number(agency.planned)
    serving = words.number(agency.serving) if agency.serving_known else UNKNOWN
    return {
        key(agency): Cell(None, state=shown),
        key(agency, "n"): number,
        key(agency, "word"): state_word(agency, zone, words, day, holiday=holiday),
        key(agency, "longest"): longest,
        key(agency, "counters"): Cell("" if shut else f"{serving}/{planned}"),
        key(agency, "bar"): _bar(agency, words),
        key(agency, "note"): Cell("") if shut else _note(agency, words, shown == "resting", room),
    }


MEASURES: Final = ("waiting", "longest_wait_s", "counters_serving", "load", "forgotten", "unknown_numbers")
"""The figures of a tile: its number opens their definitions."""


def tile(agency: AgencyNow, live: LiveCells, words: Words, href: str) -> Component:
    """The tile, drawn once; ``href`` is the agency's own page."""
    name = agency.short or agency.name
    letter = [html.Span(agency.letter, className="letter")] if agency.letter else []
    head = [
        html.H2(dcc.Link([*letter, html.Span(name)], href=href, title=agency.name), className="tile-name"),
        html.Span(className="sign"),
    ]
    number = term(
        [html.Span(words.text("Waiting"), className="visually-hidden"), live.text(key(agency, "n"))],
        MEASURES,
        "tile-number",
    )
    facts = [
        live.text(key(agency, "word"), "tile-word"),
        _fact(words.text("longest"), live.text(key(agency, "longest")), "tile-longest"),
        _fact(words.text("counters"), live.text(key(agency, "counters")), "tile-counters"),
    ]
    return live.around(
        key(agency),
        [
            html.Div(head, className="tile-head"),
            html.Div([number, html.Div(facts, className="tile-facts")], className="tile-body"),
            live.text(key(agency, "note"), "tile-note"),
            live.text(key(agency, "bar"), "tile-bar"),
        ],
        class_name="tile" + _length(name),
        tag=html.Li,
    )


def _length(name: str) -> str:
    """Long names are set closer: beside a sign and a letter, or in two lines."""
    return " longest" if len(name) > 14 else " long" if len(name) > 12 else ""


def _fact(label: str, value: Component, class_name: str) -> Component:
    return html.Span([html.Span(f"{label} ", className="quiet"), value], className=class_name)


def tiles(
    agencies: Sequence[AgencyNow], live: LiveCells, words: Words, query: Mapping[str, str]
) -> Component:
    """All agencies in the description's order: a manager learns places, and nobody is ranked."""
    return html.Ul(
        [tile(a, live, words, place(query, page="gerai", agency=a.code)) for a in agencies],
        className="tiles",
        **attributes(aria_label=words.text("Agencies")),
    )
