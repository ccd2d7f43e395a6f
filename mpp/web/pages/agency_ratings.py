"""The tab *Penilaian*: what visitors said, in batches that give nobody away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from dash import html
from dash.development.base_component import Component

from counters.ratings import BATCH, GOOD_REASONS, LOW_REASONS, SATISFIED
from counters.told import Month, Opinion, opinion
from mpp.i18n import Words
from mpp.live.agency_history import Period, periods
from mpp.live.agency_ratings import said
from mpp.live.agency_read import reading
from mpp.reports.code_words import face, reason
from mpp.web.parts.desk import card
from mpp.web.parts.live import attributes
from mpp.web.parts.past import Bar, Chosen, bars, choices, chosen, period_name, table

if TYPE_CHECKING:
    from mpp.web.dash_app import Visit

TAB: Final = "penilaian"

COMMENTS_MOST: Final = 200
"""So many comments a page shows."""


def ratings_tab(visit: Visit) -> Component:
    """What stands under the tabs. The query chooses the last month (``sampai``)."""
    w, code = visit.words, visit.values["agency"]
    with reading(visit.readings) as (tx, judge):
        today = judge.day(visit.board.now)
        asked = chosen({**visit.query, "per": "bulan"}, today, "bulan")
        found = said(tx, code, asked.shown[0].first, asked.shown[-1].last)
    made = [
        card(
            w.text("Ratings"),
            [
                choices(visit, TAB, asked, ("bulan",)),
                html.P(_sentence(found, today, w), className="hy-answer"),
                html.P(_rule(w), className="dk-note"),
            ],
        )
    ]
    if found:
        made += [
            *_complete(found, w),
            card(w.text("Course"), _course(found, asked, w)),
            card(w.text("Comments"), _comments(found, w)),
        ]
    return html.Div(made, className="dk-cards hy-page")


def hidden(count: int | None, w: Words) -> str:
    """A count, or that it is not told."""
    return w.text("not shown") if count is None else w.number(count)


def _sentence(found: Sequence[Month], today: date, w: Words) -> str:
    whole = opinion(batch for one in found for batch in one.batches)
    if whole.share is None or whole.interval is None:
        return w.text("There are no ratings to show for these months yet.")
    return w.text(
        "{share} satisfied of {n} answers, {first} to {last} (95 % interval {low} to {high}).",
        share=w.percent(whole.share),
        n=w.number(whole.n),
        first=w.day(found[0].first),
        last=w.day(min(_period(found[-1]).last, today)),
        low=w.percent(whole.interval[0]),
        high=w.percent(whole.interval[1]),
    )


def _rule(w: Words) -> str:
    return w.text(
        "So that nobody can be recognised, answers are shown in groups of {batch}, without number, counter, "
        "officer or hour. Faces and reasons are shown of whole months, once answers of a later month have "
        "come; small counts are not shown. An answer that comes late counts in the month that is then the "
        "newest.",
        batch=BATCH,
    )


def _period(month: Month) -> Period:
    return periods("month", month.first, 1)[0]


def _complete(found: Sequence[Month], w: Words) -> list[Component]:
    """The faces and reasons of the newest complete month: of several months' sum the next picture
    would give one of them away."""
    whole = next((one for one in reversed(found) if one.complete), None)
    if whole is None:
        text = w.text("Shown when the first month is complete.")
        return [card(w.text("Faces and reasons"), html.P(text, className="dk-note"))]
    month = html.P(period_name(_period(whole), "month", w), className="dk-note")
    return [
        card(w.text("Faces"), [month, *_faces(whole.opinion, w)], class_name="hy-half"),
        card(w.text("Reasons"), [month, *_reasons(whole.opinion, w)], class_name="hy-half"),
    ]


def _faces(whole: Opinion, w: Words) -> list[Component]:
    counts = whole.faces()
    top = max((count or 0 for count in counts.values()), default=0)
    return [
        _bars([(face(score, w), counts[score], score not in SATISFIED) for score in (4, 3, 2, 1)], top, w)
    ]


def _reasons(whole: Opinion, w: Words) -> list[Component]:
    made: list[Component] = []
    named = whole.named()
    groups = ((w.text("What was good"), GOOD_REASONS, False), (w.text("What to mend"), LOW_REASONS, True))
    for title, codes, low in groups:
        counted = [(code, named[code]) for code in codes if named.get(code) != 0 and code in named]
        counted.sort(key=lambda one: -(one[1] or 0))
        made.append(html.H3(title, className="hy-strip-title"))
        if not counted:
            made.append(html.P(w.text("None was named."), className="dk-note"))
            continue
        top = max(count or 0 for _, count in counted)
        made.append(_bars([(reason(code, w), count, low) for code, count in counted], top, w))
    return made


def _bars(rows: Sequence[tuple[str, int | None, bool]], top: int, w: Words) -> Component:
    """Names with their counts and a bar each, as a list."""
    made = []
    for name, count, low in rows:
        width = f"{100 * (count or 0) / top:.4g}%" if top else "0%"
        bar = html.I(className="hy-share", style={"width": width}, **attributes(aria_hidden="true"))
        made.append(
            html.Li(
                [
                    html.Span(name, className="hy-name"),
                    html.Span(bar, className="hy-track") if count is not None else html.Span(),
                    html.Span(hidden(count, w), className="hy-count"),
                ],
                **attributes(data_state="unknown" if count is None else "low" if low else ""),
            )
        )
    return html.Ul(made, className="hy-list")


def _course(found: Sequence[Month], asked: Chosen, w: Words) -> list[Component]:
    known = {one.first: one.opinion for one in found}
    shown = [one for one in asked.shown if one.first >= found[0].first]
    columns = [
        Bar(
            f"{one.first.day}/{one.first.month}",
            known[one.first].share if one.first in known else None,
            None,
            "" if one.first in known else "gap",
        )
        for one in shown
    ]
    heads = (w.text("Period"), w.text("Answers"), w.text("Satisfied"), w.text("95 % interval"))
    rows = []
    for one in reversed(found):
        interval = one.opinion.interval
        if interval is None:
            continue
        low, high = (w.percent(end) for end in interval)
        cells = (
            period_name(_period(one), asked.kind, w),
            w.number(one.opinion.n),
            w.percent(one.opinion.share),
            w.text("{low} to {high}", low=low, high=high),
        )
        rows.append((cells, ""))
    return [
        bars(w.text("Satisfied"), 1.0, w.percent(1.0), columns),
        table(w.text("Satisfied visitors by period, the newest first"), heads, rows),
    ]


def _comments(found: Sequence[Month], w: Words) -> list[Component]:
    told = [
        (batch.day, comment)
        for one in reversed(found)
        for batch in reversed(one.batches)
        for comment in batch.comments
    ]
    if not told:
        return [html.P(w.text("No comments were written."), className="dk-note")]
    made = [
        html.Li([html.Q(comment), html.Small(w.text("up to {day}", day=w.day(day)))])
        for day, comment in told[:COMMENTS_MOST]
    ]
    rest: list[Component] = []
    if len(told) > COMMENTS_MOST:
        n = len(told) - COMMENTS_MOST
        rest.append(html.P(w.plural("{n} older one is not shown.", "{n} older ones are not shown.", n)))
    return [html.Ul(made, className="hy-comments"), *rest]
