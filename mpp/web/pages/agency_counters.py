"""The tab *Loket*: the day of each counter of an agency, today's or an earlier one's."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from dash import dcc, html
from dash.development.base_component import Component

from mpp.live.agency_read import reading
from mpp.live.counter_days import counter_days
from mpp.web.parts import counter_day
from mpp.web.parts.desk import card
from mpp.web.parts.live import attributes
from mpp.web.parts.past import link

if TYPE_CHECKING:
    from mpp.web.dash_app import Visit

TAB: Final = "loket"
STEP: Final = timedelta(days=1)
FIRST: Final = date(2000, 1, 1)


def counters_tab(visit: Visit) -> Component:
    """What stands under the tabs. The query chooses the day (``hari``, ISO; what it writes wrongly is
    today)."""
    words, code, board = visit.words, visit.values["agency"], visit.board
    day = asked_day(visit.query.get("hari", ""), board.day)
    with reading(visit.readings) as (tx, judge):
        found = counter_days(tx, judge, [code], day, board.now).get(code)
    when = words.date(day)
    if day == board.day:
        when = words.text("{day}, until {time}", day=when, time=words.time(board.now, board.zone))
    if found is None or not found.counters:
        told: list[Component] = [
            html.P(words.text("No counters are known of this day."), className="dk-note")
        ]
    else:
        told = [
            counter_day.counter_days(found, words, board.zone),
            html.P(counter_day.lost_words(found.lost, words), className="dk-lost"),
        ]
    made = card(words.text("The day of each counter"), [_steps(visit, day), *told], beside=when)
    return html.Div(made, className="dk-cards hy-page")


def asked_day(text: str, today: date) -> date:
    """The day a query asks for: none after today, today where it is no day."""
    try:
        return max(FIRST, min(date.fromisoformat(text), today))
    except ValueError:
        return today


def _steps(visit: Visit, day: date) -> Component:
    words, today = visit.words, visit.board.day
    links = [dcc.Link(words.text("Day before"), href=link(visit, TAB, hari=(day - STEP).isoformat()))]
    if day < today:
        later = day + STEP
        where = link(visit, TAB, hari=later.isoformat() if later < today else "")
        links.append(dcc.Link(words.text("Day after"), href=where))
    days = html.Nav(
        html.Ul([html.Li(one) for one in links], className="hy-choices"),
        **attributes(aria_label=words.text("Period")),
    )
    if not visit.actor.owns(visit.values["agency"]):
        return html.Div(days, className="hy-nav")
    # Who wants to press a counter's buttons looks for them under this tab.
    press = html.Div(html.A(words.text("Counter buttons"), href="/loket"), className="hy-choices")
    return html.Div([days, press], className="hy-nav")
