"""The lists on the manager's phone: who has not opened, all agencies, all counters, all sources.

Every entry is one fragment: short, and redrawn as a whole when something in it changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from mpp.i18n import UNKNOWN, Words
from mpp.live.model import AgencyNow, Board, CounterNow, SourceNow
from mpp.live.views import Cell
from mpp.web.parts.action_words import filled
from mpp.web.parts.actions import dial
from mpp.web.parts.counters import counter_cell
from mpp.web.parts.fragment import markup
from mpp.web.parts.live import since
from mpp.web.parts.phone import whole
from mpp.web.parts.tile import in_break, look, on_holiday, state_word

SIGN = Markup('<span class="sign" aria-hidden="true"></span>')


def counted(cell: Cell) -> Markup:
    """A cell's text as part of a fragment, its time passed still counted by the browser."""
    if cell.since is None:
        return escape(cell.text or "")
    return filled(cell.text or "", ago=since(cell.since))


def minute(at: datetime) -> datetime:
    """The minute an instant lies in: an age in minutes needs no more, and changes no cell in between."""
    return at.replace(second=0, microsecond=0)


def absent_cells(board: Board, words: Words) -> dict[str, Cell]:
    """The live cells of who has not opened (``absent``) and who gives no news (``quiet``)."""
    absent = [a for a in board.agencies if a.state == "not_opened"]
    quiet = [a for a in board.agencies if a.state == "silent"]
    return {
        "absent": _people(absent, board, words),
        "absent.count": Cell(words.number(len(absent)) if absent else ""),
        "quiet": _people(quiet, board, words),
        "quiet.count": Cell(words.number(len(quiet)) if quiet else ""),
    }


def _people(agencies: Iterable[AgencyNow], board: Board, words: Words) -> Cell:
    zone = ZoneInfo(board.zone)
    rows = Markup("").join(
        markup(
            '<li class="absent" data-state="{}">{}<div><b>{}</b><small>{}</small></div>{}</li>',
            agency.state,
            SIGN,
            agency.short or agency.name,
            Markup(" · ").join(
                part for part in (_absence(agency, zone, words), _extension(agency, words)) if part
            ),
            dial(agency.short or agency.name, agency.extension, words, board.dial),
        )
        for agency in agencies
    )
    return Cell(fragment=markup("<ul>{}</ul>", rows)) if rows else Cell("")


def _absence(agency: AgencyNow, zone: ZoneInfo, words: Words) -> Markup:
    if agency.state == "not_opened" and agency.since is not None:
        at = words.time(agency.since, zone)
        return filled(
            words.text("not open since {time} ({ago})", time=at, ago="{ago}"), ago=since(agency.since)
        )
    return counted(state_word(agency, zone, words))


def _extension(agency: AgencyNow, words: Words) -> str:
    return words.text("ext. {number}", number=agency.extension) if agency.extension else ""


def agency_cells(board: Board, words: Words) -> dict[str, Cell]:
    """One live cell per agency, ``g.<code>``."""
    zone = ZoneInfo(board.zone)
    resting, holiday = in_break(board), on_holiday(board)
    return {
        f"g.{a.code}": Cell(fragment=_agency(a, zone, words, board.day, holiday), state=look(a, resting))
        for a in board.agencies
    }


def _agency(agency: AgencyNow, zone: ZoneInfo, words: Words, day: date, holiday: bool) -> Markup:
    shut = agency.state in {"unscheduled", "closed"} and not agency.waiting
    facts = []
    # Of a silent agency nobody knows whether the longest waiting was called: no time grows there.
    if agency.longest_since is not None and agency.waiting and agency.state != "silent":
        longest = words.text("longest {ago}", ago="{ago}")
        facts.append(filled(longest, ago=since(agency.longest_since)))
    if not shut:
        serving = words.number(agency.serving) if agency.serving_known else UNKNOWN
        planned = words.number(agency.planned)
        counters = words.text("counters {serving}/{planned}", serving=serving, planned=planned)
        facts.append(escape(whole(counters)))
    about = "≈" if agency.estimate and agency.waiting is not None else ""
    return markup(
        '{}<div class="entry-text"><b>{}</b><small><span class="entry-word">{}</span>{}</small></div>'
        '<span class="entry-number">{}</span>',
        SIGN,
        agency.short or agency.name,
        counted(state_word(agency, zone, words, day, holiday=holiday)),
        Markup("").join(Markup(" · ") + fact for fact in facts),
        "" if shut else about + words.number(agency.waiting),
    )


def counter_groups(board: Board) -> dict[tuple[str, str], list[CounterNow]]:
    """The counters by floor and agency, floors in their order."""
    groups: dict[tuple[str, str], list[CounterNow]] = {}
    for counter in board.counters:
        groups.setdefault((counter.floor or "", counter.agency), []).append(counter)
    order = {agency.code: place for place, agency in enumerate(board.agencies)}
    return dict(sorted(groups.items(), key=lambda item: (item[0][0], order.get(item[0][1], 0))))


def counter_cells(board: Board, words: Words) -> dict[str, Cell]:
    """One live cell per agency on a floor, ``l.<floor>.<agency>``."""
    names, resting = {a.code: a.short or a.name for a in board.agencies}, in_break(board)
    drawn = {
        place: [counter_cell(counter, words, resting=resting) for counter in counters]
        for place, counters in counter_groups(board).items()
    }
    return {
        f"l.{floor}.{agency}": Cell(fragment=_counters(names.get(agency, agency), cells))
        for (floor, agency), cells in drawn.items()
    }


def _counters(name: str, cells: Iterable[Cell]) -> Markup:
    rows = Markup("").join(
        markup('<li class="desk" data-state="{}">{}</li>', cell.state, cell.fragment) for cell in cells
    )
    return markup("<h3>{}</h3><ul>{}</ul>", name, rows)


def source_cells(board: Board, words: Words) -> dict[str, Cell]:
    """One live cell per source, ``s.<code>``."""
    names = {a.code: a.short or a.name for a in board.agencies}
    zone = ZoneInfo(board.zone)
    return {
        f"s.{source.code}": Cell(fragment=_source(source, names, zone, words), state=source.state)
        for source in board.sources
    }


def _source(source: SourceNow, names: dict[str, str], zone: ZoneInfo, words: Words) -> Markup:
    known: dict[str, Callable[[], str]] = {
        "live": lambda: words.text("in time"),
        "late": lambda: words.text("late"),
        "silent": lambda: words.text("no news"),
        "never": lambda: words.text("never heard of"),
        "failing": lambda: words.text("cannot be read"),
        "paused": lambda: words.text("paused"),
    }
    told = escape(known[source.state]())
    if source.last_reported is not None:
        at = minute(source.last_reported)
        told += " · " + filled(
            words.text("last {time}, {ago} ago", time=words.time(at, zone), ago="{ago}"), ago=since(at)
        )
    lists = [names.get(code, code) for code in source.agencies if names.get(code, code) != source.name]
    fed = markup("<small>{}</small>", ", ".join(lists)) if lists else ""
    error = markup("<small>{}</small>", source.last_error) if source.state == "failing" else ""
    return markup(
        '{}<div class="entry-text"><b>{}</b><small>{}</small>{}{}</div>', SIGN, source.name, told, fed, error
    )
