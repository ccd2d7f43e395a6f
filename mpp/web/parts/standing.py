"""Where an agency stands among the others, who have no names here: a strip with "you are here"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from mpp.i18n import Words
from mpp.live.agency_read import reading
from mpp.live.peers import OPEN_DAYS, monday, told
from mpp.measures.peers import JUDGED_LEAST, PEERS_LEAST, WAIT_MOST, Standing, Strip, standing
from mpp.web.parts.desk import card
from mpp.web.parts.live import attributes

if TYPE_CHECKING:
    from mpp.web.dash_app import Visit


def standing_card(visit: Visit) -> Component:
    """The card for an agency's own page: the same picture all week, whoever looks and whatever happens
    meanwhile (docs/decisions/0014-anonymous-peers.md)."""
    w, code = visit.words, visit.values["agency"]
    with reading(visit.readings) as (tx, judge):
        found = told(tx, judge, visit.board.now)
        since = monday(judge, visit.board.now)
    # Whoever belongs to several agencies knows the figures of each.
    place = standing(found, code, visit.actor.agencies) if found else Standing("not_yet")
    note = w.text(
        "Counted each Monday over the {n} open days before it; here since {day}.",
        n=OPEN_DAYS,
        day=w.day(since),
    )
    return card(
        w.text("Among other agencies, without names"),
        [*_drawn(place, w), html.P(note, className="dk-note")],
        class_name="hy-standing",
    )


def _drawn(place: Standing, w: Words) -> list[Component]:
    if place.share is None:
        return [html.P(_why(place, w), className="hy-answer")]
    strips = [_strip(w.text("Share within standard"), place.share, (0, 100), _higher(place.share, w), w)]
    if place.wait is not None:
        title = w.text("Median wait in hundredths of the standard")
        strips.append(_strip(title, place.wait, (0, WAIT_MOST), _shorter(place.wait, w), w))
    return strips


def _why(place: Standing, w: Words) -> str:
    if place.why == "not_yet":
        return w.text("There is no comparison yet: it is counted on Mondays once enough agencies have data.")
    if place.why == "no_promise":
        return w.text("No tickets of yours could be judged in these days: there is no standard, or no data.")
    if place.why == "few_judged":
        return w.text(
            "{n} of your tickets were judged in these days; at least {least} are compared.",
            n=w.number(place.own.judged if place.own else 0),
            least=JUDGED_LEAST,
        )
    return w.text(
        "Not shown: fewer than {least} other agencies can be compared, so one could be recognised.",
        least=PEERS_LEAST,
    )


def _higher(strip: Strip, w: Words) -> str:
    return w.text(
        "You: {mine}. Of {n} others {above} are higher, {equal} about equal, {below} lower.",
        mine=w.percent(strip.mine / 100),
        n=len(strip.peers),
        above=strip.above,
        equal=strip.equal,
        below=strip.below,
    )


def _shorter(strip: Strip, w: Words) -> str:
    return w.text(
        "You: {mine} of the standard. Of {n} others {below} shorter, {equal} about equal, {above} longer.",
        mine=w.percent(strip.mine / 100),
        n=len(strip.peers),
        above=strip.above,
        equal=strip.equal,
        below=strip.below,
    )


def _strip(title: str, strip: Strip, ends: tuple[int, int], said: str, w: Words) -> Component:
    low, high = ends
    low = min([*strip.peers, strip.rounded]) // 10 * 10 if high == 100 else low

    def at(value: float) -> dict[str, Any]:
        return {"left": f"{100 * (value - low) / ((high - low) or 1):.4g}%"}

    dots: list[Component] = []
    for value, count in sorted(Counter(strip.peers).items()):
        dots += [
            html.I(className="hy-dot", style={**at(value), "bottom": f"{0.2 + 0.62 * place:.3g}rem"})
            for place in range(count)
        ]
    mine = min(max(strip.mine, low), high)
    left = at(mine)["left"]
    here = html.Div(
        [html.I(className="hy-here"), html.B(w.text("You are here"))],
        className="hy-you",
        style={"--at": left},
    )
    tallest = max(Counter(strip.peers).values(), default=1)
    picture = html.Div(
        [
            html.Div(dots, className="hy-dots", style={"height": f"{0.3 + 0.62 * tallest:.3g}rem"}),
            here,
            html.Div([html.Span(_end(low, w)), html.Span(_end(high, w))], className="hy-ends"),
        ],
        className="hy-strip",
        **attributes(aria_hidden="true"),
    )
    return html.Div(
        [
            html.H3(title, className="hy-strip-title"),
            html.P(said, className="hy-said"),
            picture,
            _steps(strip, w),
        ]
    )


def _end(value: int, w: Words) -> str:
    return ("≥ " if value == WAIT_MOST else "") + w.percent(value / 100)


def _steps(strip: Strip, w: Words) -> Component:
    """The strip as a table for whoever does not see it."""
    counted = sorted(Counter(strip.peers).items())
    rows: Sequence[Component] = [
        html.Tr([html.Th(w.percent(value / 100), scope="row"), html.Td(str(count))])
        for value, count in counted
    ]
    head = html.Tr([html.Th(w.text("About"), scope="col"), html.Th(w.text("Other agencies"), scope="col")])
    return html.Table([html.Thead(head), html.Tbody(rows)], className="visually-hidden")
