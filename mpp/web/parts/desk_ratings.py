"""What visitors answered an agency today, in whole batches: how many are satisfied, how sure."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component
from markupsafe import Markup

from counters.ratings import BATCH
from counters.told import Opinion
from mpp.i18n import Words
from mpp.live.views import Cell
from mpp.web.parts.definitions import term
from mpp.web.parts.desk import Desk, card
from mpp.web.parts.fragment import markup
from mpp.web.parts.live import LiveCells


def rating_cells(desk: Desk, words: Words) -> dict[str, Cell]:
    """The live cells: the share with how sure it is, and two bars."""
    rated = desk.agency.ratings
    # Which of the two faces of either kind it was the board does not tell.
    given = Opinion(rated.n, {4: rated.satisfied, 1: rated.n - rated.satisfied}, {})
    return {
        "r.share": Cell(words.percent(given.share)),
        "r.sum": Cell(_sum(given, words)),
        "r": Cell(fragment=_bars(given, words)),
    }


def _sum(given: Opinion, words: Words) -> str:
    if given.interval is None:
        return words.text("No group of {n} answers is complete today; fewer are not shown.", n=BATCH)
    low, high = given.interval
    return words.text(
        "n {n} · 95 % range: {low}–{high}",
        n=words.number(given.n),
        low=words.number(low * 100),
        high=words.percent(high),
    )


def _bars(given: Opinion, words: Words) -> Markup:
    """Satisfied and not, which the share tells anyway. The four faces are told by month alone: of two
    pictures of a day the difference would be one visitor's face."""
    if not given.n:
        return Markup("")
    counts = (
        (words.text("Satisfied"), given.satisfied),
        (words.text("Not satisfied"), given.n - given.satisfied),
    )
    rows = Markup("").join(
        markup(
            '<li><span>{}</span><span class="dk-rate"><i style="width:{}%"></i></span><b>{}</b></li>',
            name,
            f"{100 * count / given.n:.4g}",
            words.number(count),
        )
        for name, count in counts
    )
    return markup('<ul class="dk-rates">{}</ul>', rows)


def ratings_card(live: LiveCells, words: Words, more: str) -> Component:
    """The card, drawn once; ``more`` is the address where reasons and comments are."""
    number = html.Div([live.text("r.share", "dk-number"), " ", words.text("satisfied")])
    return card(
        term(words.text("Ratings today"), ("satisfied",)),
        [
            html.Div([number, live.text("r.sum", "dk-small", html.P)], className="dk-rated"),
            live.text("r", "", html.Div),
            html.P(html.A(words.text("Reasons and comments"), href=more), className="dk-more"),
        ],
        class_name="dk-ratings",
    )
