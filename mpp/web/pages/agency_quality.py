"""The tab *Mutu data*: what is odd in the agency's own data, which tickets, and how to mend it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from dash import dcc, html
from dash.development.base_component import Component

from mpp.i18n import UNKNOWN, Words
from mpp.live.agency_quality import Quality, quality
from mpp.live.agency_read import reading
from mpp.mall.model import Agency
from mpp.reports.finding_words import advice, finding, mending
from mpp.sources.reasons import reason_text
from mpp.store.agency_legs import ToldLeg
from mpp.web.numbers import number_of
from mpp.web.parts.desk import card
from mpp.web.parts.live import attributes
from mpp.web.parts.past import link, table

if TYPE_CHECKING:
    from mpp.web.dash_app import Visit

TAB: Final = "mutu"

DAYS: Final = 28
"""So many days, today among them, are looked at."""

PAGE: Final = 50
"""So many tickets stand on a page."""


def quality_tab(visit: Visit) -> Component:
    """What stands under the tabs. The query chooses ``hal``, the page of the list of tickets."""
    w, code = visit.words, visit.values["agency"]
    asked = number_of(visit.query.get("hal", ""))
    page = asked if asked is not None and 0 < asked < 10_000 else 1
    with reading(visit.readings) as (tx, judge):
        today = judge.day(visit.board.now)
        days = [today - timedelta(days=n) for n in range(DAYS)]
        found = quality(tx, judge, code, days, skip=(page - 1) * PAGE, most=PAGE)
        agency = judge.mall.by_code.get(code)
        zone = judge.zone
    made = [
        card(
            w.text("Data quality"),
            [html.P(_sentence(found, w), className="hy-answer"), _sources(found, w)],
        )
    ]
    if found.unknown or found.unread:
        made.append(card(w.text("Could not be read"), _unread(found, zone, w)))
    if found.total:
        made += [
            card(w.text("What is odd"), _kinds(found, w)),
            card(
                w.text("Tickets to mend"),
                [_tickets(found.legs, agency, zone, w), _pages(visit, found, page)],
                beside=w.plural("{n} ticket", "{n} tickets", found.total),
            ),
            card(w.text("By day"), _days(found, w)),
        ]
    return html.Div(made, className="dk-cards hy-page")


def _sentence(found: Quality, w: Words) -> str:
    legs = sum(one.legs for one in found.days)
    faulty = sum(one.faulty for one in found.days)
    if not legs:
        return w.text("In the last {n} days no tickets of yours reached the monitor.", n=DAYS)
    if not faulty:
        return w.text("All {legs} tickets of the last {n} days are in order.", legs=w.number(legs), n=DAYS)
    return w.text(
        "{faulty} of {legs} tickets of the last {n} days have something to mend; {share} are in order.",
        faulty=w.number(faulty),
        legs=w.number(legs),
        n=DAYS,
        share=w.percent(1 - faulty / legs, 1),
    )


def _sources(found: Quality, w: Words) -> Component:
    heads = (w.text("Source"), w.text("Tickets"), w.text("To mend"), w.text("In order"))
    rows = [
        ((one.name, w.number(one.legs), w.number(one.faulty), w.percent(one.score, 1)), "")
        for one in found.sources
    ]
    return table(w.text("Quality by source"), heads, rows)


def _unread(found: Quality, zone: ZoneInfo, w: Words) -> list[Component]:
    made: list[Component] = []
    if found.unknown:
        names = {"service": w.text("Service"), "counter": w.text("Counter")}
        heads = (w.text("Unknown code"), w.text("Kind"), w.text("Events"), w.text("Numbers"))
        rows = [
            ((one.code, names[one.kind], w.number(one.items), ", ".join(one.numbers) or UNKNOWN), "")
            for one in found.unknown
        ]
        made.append(table(w.text("Codes that the mall's description does not have"), heads, rows, "hy-words"))
    why = (w.text("Reason"), w.text("Events"), w.text("Last"), w.text("Where"), w.text("What would be right"))
    rows5 = [
        (
            (
                reason_text(one.reason, w),
                w.number(one.items),
                f"{w.day(one.last.astimezone(zone).date())} {w.time(one.last, zone)}",
                ", ".join(one.places) or UNKNOWN,
                advice(one.reason, w),
            ),
            "",
        )
        for one in found.unread
    ]
    made.append(table(w.text("What could not be read, and why"), why, rows5, "hy-words"))
    if found.more:
        made.append(html.P(w.text("There is more: only the newest were counted."), className="dk-note"))
    return made


def _kinds(found: Quality, w: Words) -> Component:
    counted: Counter[str] = Counter()
    for day in found.days:
        counted.update(dict(day.findings))
    heads = (w.text("What is odd"), w.text("Tickets"), w.text("What would be right"))
    rows = [
        ((finding(code, w), w.number(count), mending(code, w)), "") for code, count in counted.most_common()
    ]
    return table(w.text("Findings, the most frequent first"), heads, rows, "hy-words")


def _tickets(legs: tuple[ToldLeg, ...], agency: Agency | None, zone: ZoneInfo, w: Words) -> Component:
    names = {one.code: one.name for one in agency.services} if agency else {}
    heads = (
        w.text("Number"),
        w.text("Taken"),
        w.text("Service"),
        w.text("Counter"),
        w.text("What is odd"),
        w.text("What would be right"),
    )
    rows = []
    for leg in legs:
        codes = leg.findings.split()
        what = [html.Div(finding(one, w)) for one in codes]
        right = [html.Div(text) for text in dict.fromkeys(mending(one, w) for one in codes) if text]
        taken = f"{w.day(leg.issued_at.astimezone(zone).date())} {w.time(leg.issued_at, zone)}"
        service = names.get(leg.service, leg.service)
        rows.append(
            ((leg.number or UNKNOWN, taken, service, leg.counter or UNKNOWN, what, right or UNKNOWN), "")
        )
    return table(w.text("Tickets with something odd, the newest first"), heads, rows, "hy-words")


def _pages(visit: Visit, found: Quality, page: int) -> Component:
    w, last = visit.words, -(-found.total // PAGE)
    steps: list[Component] = []
    if page > 1:
        steps.append(dcc.Link(w.text("Newer"), href=link(visit, TAB, hal=str(min(page, last + 1) - 1))))
    if page < last:
        steps.append(dcc.Link(w.text("Older"), href=link(visit, TAB, hal=str(page + 1))))
    where = html.Span(w.text("Page {page} of {last}", page=page, last=last))
    return html.Nav(
        html.Ul([html.Li(one) for one in (where, *steps)], className="hy-choices"),
        className="hy-nav",
        **attributes(aria_label=w.text("Pages of the list")),
    )


def _days(found: Quality, w: Words) -> Component:
    heads = (w.text("Day"), w.text("Tickets"), w.text("To mend"), w.text("In order"))
    rows = [
        (
            (
                f"{w.weekday(one.day)[:3]} {w.day(one.day)}",
                w.number(one.legs),
                w.number(one.faulty),
                w.percent(1 - one.faulty / one.legs if one.legs else None, 1),
            ),
            "",
        )
        for one in found.days
    ]
    return table(w.text("Quality by day, the newest first"), heads, rows)
