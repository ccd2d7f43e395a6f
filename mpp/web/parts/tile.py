"""One agency's tile: how many wait, how long, which counters serve, and its state in a word."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component
from markupsafe import Markup, escape

from mpp.i18n import UNKNOWN, Words
from mpp.live.model import AgencyNow
from mpp.live.views import Cell
from mpp.web.parts.bar import bar
from mpp.web.parts.live import LiveCells


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


def state_word(agency: AgencyNow, zone: ZoneInfo, words: Words) -> Cell:
    """The state as a word, with the instant or age that belongs to it."""
    if agency.state == "silent":
        if agency.data_at is None:
            return Cell(words.text("never heard of"))
        return Cell(words.text("no news for {ago}", ago="{ago}"), since=agency.data_at)
    if agency.state == "paused":
        return Cell(_paused(agency, zone, words))
    if agency.state == "closed" and agency.opens_at is not None:
        return Cell(words.text("closed, opens {time}", time=words.time(agency.opens_at, zone)))
    simple = {
        "unscheduled": lambda: words.text("not scheduled today"),
        "closed": lambda: words.text("closed"),
        "not_opened": lambda: words.text("not open yet"),
        "quota_used": lambda: words.text("quota used"),
        "over": lambda: words.text("beyond standard"),
        "filling": lambda: words.text("filling up"),
        "calm": lambda: words.text("calm"),
    }
    return Cell(simple[agency.state]())


def _paused(agency: AgencyNow, zone: ZoneInfo, words: Words) -> str:
    why = reason(agency.reason, words)
    if agency.since is None:
        return words.text("paused") if not why else words.text("paused: {why}", why=why)
    return words.text("paused {time}", time=words.time(agency.since, zone))


def _note(agency: AgencyNow, words: Words) -> Cell:
    """What else one must know to trust the figures."""
    parts = []
    why = reason(agency.reason, words) if agency.state == "paused" and agency.since is not None else ""
    if why:
        parts.append(why)
    if agency.unknown_numbers:
        parts.append(words.text("+{n} numbers of unknown services", n=words.number(agency.unknown_numbers)))
    if agency.estimate:
        parts.append(words.text("estimate"))
    if agency.data == "late" and agency.data_at is not None:
        parts.append(words.text("data {ago} old", ago="{ago}"))
        return Cell(" · ".join(parts), since=agency.data_at)
    return Cell(" · ".join(parts))


def _bar(agency: AgencyNow, words: Words) -> Cell:
    if agency.state in {"unscheduled", "closed"}:
        return Cell("")
    if agency.bar is not None:
        return Cell(fragment=bar(agency.bar))
    if not agency.estimate and agency.data != "never":
        return Cell(fragment=Markup("<small>{}</small>").format(escape(words.text("no standard set"))))
    return Cell("")


def tile_cells(agency: AgencyNow, zone: ZoneInfo, words: Words) -> dict[str, Cell]:
    """The live cells of one tile."""
    shut = agency.state in {"unscheduled", "closed"} and not agency.waiting
    plain = "" if shut else words.number(agency.waiting)
    number = Cell(plain)
    if agency.estimate and agency.waiting is not None and plain:
        number = Cell(f"≈{plain}", fragment=Markup('<span class="about">≈</span>{}').format(plain))
    longest = Cell("")
    # Of a silent agency nobody knows whether the longest waiting was called: a growing time would claim it.
    if agency.longest_since is not None and agency.waiting and agency.state != "silent":
        longest = Cell("{ago}", since=agency.longest_since)
    planned = words.number(agency.planned)
    known = agency.counters.keys() - {"unknown"}
    serving = words.number(agency.serving) if known else UNKNOWN
    return {
        key(agency): Cell(None, state=agency.state),
        key(agency, "n"): number,
        key(agency, "word"): state_word(agency, zone, words),
        key(agency, "longest"): longest,
        key(agency, "counters"): Cell("" if shut else f"{serving}/{planned}"),
        key(agency, "bar"): _bar(agency, words),
        key(agency, "note"): Cell("") if shut else _note(agency, words),
    }


def tile(agency: AgencyNow, live: LiveCells, words: Words) -> Component:
    """The tile, drawn once."""
    name = agency.short or agency.name
    return live.around(
        key(agency),
        [
            html.Div(
                [html.H2(name, className="tile-name", title=agency.name), html.Span(className="sign")],
                className="tile-head",
            ),
            html.Div(
                [
                    live.text(key(agency, "n"), "tile-number"),
                    html.Div(
                        [
                            live.text(key(agency, "word"), "tile-word"),
                            html.Span(
                                [
                                    html.Span(words.text("longest") + " ", className="quiet"),
                                    live.text(key(agency, "longest")),
                                ],
                                className="tile-longest",
                            ),
                            html.Span(
                                [
                                    html.Span(words.text("counters") + " ", className="quiet"),
                                    live.text(key(agency, "counters")),
                                ],
                                className="tile-counters",
                            ),
                        ],
                        className="tile-facts",
                    ),
                ],
                className="tile-body",
            ),
            live.text(key(agency, "note"), "tile-note"),
            live.text(key(agency, "bar"), "tile-bar"),
        ],
        class_name="tile" + (" long" if len(name) > 22 else ""),
        tag=html.Li,
    )
