"""What an agency may carry away: its own tickets, figures, counters, ratings and findings as sheets.

Every sheet is of one agency alone. A ticket sent on to another agency says only that it was; where a
ticket came from, its source's key and its visit are left out, because they lead to other agencies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from mpp.i18n import Words
from mpp.live.agency_read import reading
from mpp.live.judge import Judge
from mpp.reports import agency_figures, agency_lists
from mpp.reports.order import Made, Order
from mpp.reports.sheets import Sheet
from mpp.store import sources


@dataclass(frozen=True, slots=True)
class Export:
    """One file an agency can have: what it is called and how it is made."""

    title: Callable[[Words], str]
    about: Callable[[Words], str]
    make: Callable[[Order], Made]


EXPORTS: Final[Mapping[str, Export]] = MappingProxyType(
    {
        "tickets": Export(
            lambda words: words.text("Tickets"),
            lambda words: words.text("Each ticket with its times, outcome and findings."),
            agency_lists.tickets,
        ),
        "days": Export(
            lambda words: words.text("Days"),
            lambda words: words.text("The figures of each day, with how complete its data are."),
            lambda order: agency_figures.figures(order, "day"),
        ),
        "weeks": Export(
            lambda words: words.text("Weeks"),
            lambda words: words.text("The figures of each week."),
            lambda order: agency_figures.figures(order, "week"),
        ),
        "months": Export(
            lambda words: words.text("Months"),
            lambda words: words.text("The figures of each month."),
            lambda order: agency_figures.figures(order, "month"),
        ),
        "counters": Export(
            lambda words: words.text("Counters"),
            lambda words: words.text("Each counter's day: opening, serving, idle, pauses by reason."),
            agency_lists.counters,
        ),
        "ratings": Export(
            lambda words: words.text("Ratings"),
            lambda words: words.text("Faces, reasons and comments by month, in groups of 5 answers."),
            agency_lists.ratings,
        ),
        "quality": Export(
            lambda words: words.text("Data quality"),
            lambda words: words.text("Tickets with something odd, and how to mend it."),
            agency_lists.quality,
        ),
    }
)
"""Name in the address -> the file."""


def sheet(name: str, order: Order) -> Sheet:
    """The sheet of that name. Raises KeyError for a name that is not in EXPORTS, LookupError for an
    agency that is not described."""
    export, w = EXPORTS[name], order.words
    with reading(order.store) as (tx, judge):
        agency = judge.mall.by_code.get(order.agency)
        if agency is None:
            raise LookupError(f"no agency {order.agency} is described")
        known = sources.all_sources(tx)
        ages = _ages(judge, order, {code: row.last_reported for code, row in known.items()})
        zone, mall = judge.zone, judge.mall.name
    columns, rows = export.make(order)
    title = f"{export.title(w)} · {agency.short or agency.name}"
    facts = [
        (w.text("Agency"), agency.name),
        (w.text("Place"), mall),
        (w.text("Period"), w.text("{first} to {last}", first=w.day(order.first), last=w.day(order.last))),
        (w.text("Contents"), export.about(w)),
        (w.text("Made"), _at(order.now, order, judge)),
        (
            w.text("Times of day"),
            w.text("In the mall's zone, {zone}; durations in seconds.", zone=judge.mall.zone),
        ),
        *((w.text("Source"), f"{name}: {age}") for name, age in ages.items()),
    ]
    return Sheet(title, facts, columns, rows(), zone, w.text("Explanation"), w.text("yes"), w.text("no"))


def _ages(judge: Judge, order: Order, reported: Mapping[str, datetime | None]) -> dict[str, str]:
    """What each of the agency's sources last told, by name."""
    w = order.words
    found = {}
    for source in judge.mall.sources:
        if order.agency in source.agencies:
            at = reported.get(source.code)
            never = w.text("has never reported")
            found[source.name] = (
                never if at is None else w.text("last reported {at}", at=_at(at, order, judge))
            )
    return found


def _at(at: datetime, order: Order, judge: Judge) -> str:
    w = order.words
    return f"{w.day(at.astimezone(judge.zone).date())} {w.time(at, judge.zone)}"
