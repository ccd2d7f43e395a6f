"""What the tabs about the past have in common: choices of a period as links, bars by period, tables
that become cards on a phone, definitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from mpp.i18n import Words
from mpp.live.agency_history import SPAN, Period, after, before, periods
from mpp.measures import registry
from mpp.web.parts.desk import path
from mpp.web.parts.live import attributes

if TYPE_CHECKING:
    from mpp.web.dash_app import Visit

BY: Final[Mapping[str, str]] = {"hari": "day", "minggu": "week", "bulan": "month"}
"""Word of the address -> kind of period."""


def link(visit: Visit, tab: str, **given: str) -> str:
    """The address of a tab of the visited agency with this query; language and colours stay, what is
    empty is left out."""
    base = path(visit.values["agency"], tab, visit.query)
    said = urlencode({name: value for name, value in given.items() if value})
    return base + (f"{'&' if '?' in base else '?'}{said}" if said else "")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address asks for: the ``kind`` of period, those shown, and whether there are later ones.
    ``word`` is the kind as the address writes it."""

    word: str
    kind: str
    shown: tuple[Period, ...]
    later: bool


def chosen(query: Mapping[str, str], today: date, default: str = "hari") -> Chosen:
    """The periods a query asks for (``per``, ``sampai``); what it writes wrongly counts as not said."""
    word = query.get("per", "")
    word = word if word in BY else default
    kind = BY[word]
    try:
        until = min(date.fromisoformat(query.get("sampai", "")), today)
    except ValueError:
        until = today
    until = max(until, date(2000, 1, 1))
    shown = periods(kind, until, SPAN[kind])
    return Chosen(word, kind, shown, shown[-1].last < today)


def choices(visit: Visit, tab: str, asked: Chosen, kinds: Sequence[str], **kept: str) -> Component:
    """Links to the kinds of period, and to what lies before and after."""
    w = visit.words
    names = {"hari": w.text("By day"), "minggu": w.text("By week"), "bulan": w.text("By month")}
    made = [_choice(names[word], link(visit, tab, per=word, **kept), word == asked.word) for word in kinds]
    per = {"per": asked.word, **kept}
    earlier = before(asked.kind, asked.shown[0].first)
    steps = [dcc.Link(w.text("Earlier"), href=link(visit, tab, sampai=earlier.isoformat(), **per))]
    if asked.later:
        later = asked.shown[-1].last
        for _ in asked.shown:
            later = after(asked.kind, later)
        steps.append(dcc.Link(w.text("Later"), href=link(visit, tab, sampai=later.isoformat(), **per)))
    return html.Nav(
        [html.Ul([html.Li(one) for one in some], className="hy-choices") for some in (made, steps)],
        className="hy-nav",
        **attributes(aria_label=w.text("Period")),
    )


def services(visit: Visit, tab: str, names: Sequence[tuple[str, str]], picked: str, **kept: str) -> Component:
    """Links to the services; ``names`` are (code, name)."""
    w = visit.words
    made = [_choice(w.text("All services"), link(visit, tab, **kept), not picked)]
    made += [_choice(name, link(visit, tab, layanan=code, **kept), code == picked) for code, name in names]
    return html.Nav(
        html.Ul([html.Li(one) for one in made], className="hy-choices"),
        className="hy-nav",
        **attributes(aria_label=w.text("Service")),
    )


def _choice(name: str, href: str, current: bool) -> Component:
    if current:
        return html.A(name, href=href, **attributes(aria_current="true"))
    return dcc.Link(name, href=href)


def period_name(period: Period, kind: str, words: Words) -> str:
    """A period as a table writes it."""
    if kind == "month":
        return words.month(period.first)
    if kind == "week":
        return words.text("{first} to {last}", first=words.day(period.first), last=words.day(period.last))
    return f"{words.weekday(period.first)[:3]} {words.day(period.first)}"


@dataclass(frozen=True, slots=True)
class Bar:
    """One column of a drawing, in the unit of its top: ``value`` (None: not known), and a ``part`` of it
    drawn darker. ``state`` is "", gap or running."""

    label: str
    value: float | None
    part: float | None = None
    state: str = ""


def bars(title: str, top: float, top_name: str, columns: Sequence[Bar], key: Sequence[str] = ()) -> Component:
    """Columns beside each other. The table beside it tells the same, so it is for eyes alone. ``key``
    names the whole column and its darker part."""
    every = max(1, -(-len(columns) // 7))
    made = [
        html.Div(
            [
                html.Div(_bar(one, top), className="hy-plot"),
                html.Div(one.label if place % every == 0 else "", className="hy-tick"),
            ],
            className="hy-column",
            **attributes(data_state=one.state),
        )
        for place, one in enumerate(columns)
    ]
    legend = [html.Span([html.I(className=f"hy-key {kind}"), name])
              for kind, name in zip(("whole", "part"), key, strict=False)]  # fmt: skip
    return html.Div(
        [
            html.Div(
                [html.B(title), *legend, html.Span(top_name, className="hy-top")], className="hy-legend"
            ),
            html.Div(made, className="hy-columns"),
        ],
        className="hy-bars",
        **attributes(aria_hidden="true"),
    )


def _bar(one: Bar, top: float) -> list[Component]:
    if one.value is None or not top:
        return []
    whole = html.Div(className="hy-whole", style={"height": f"{100 * one.value / top:.4g}%"})
    if not one.part:
        return [whole]
    return [whole, html.Div(className="hy-part", style={"height": f"{100 * one.part / top:.4g}%"})]


def table(
    caption: str, heads: Sequence[str], rows: Sequence[tuple[Sequence[Any], str]], class_name: str = ""
) -> Component:
    """A table whose first cell of a row names it; ``rows`` are (cells, state). On a phone each row is a
    card with the heads beside the cells. The roles say what styles take away."""
    head = html.Tr([html.Th(one, scope="col", role="columnheader") for one in heads], role="row")
    body = []
    for cells, state in rows:
        first, *others = cells
        made: list[Component] = [html.Th(first, scope="row", role="rowheader")]
        made += [
            html.Td(html.Span(one, className="hy-value"), role="cell", **attributes(data_label=name))
            for name, one in zip(heads[1:], others, strict=True)
        ]
        body.append(html.Tr(made, role="row", **attributes(data_state=state)))
    return html.Table(
        [
            html.Caption(caption, className="visually-hidden"),
            html.Thead(head, role="rowgroup"),
            html.Tbody(body, role="rowgroup"),
        ],
        className=f"dk-table hy-table {class_name}".strip(),
        role="table",
    )


def meanings(words: Words, keys: Sequence[str]) -> Component:
    """The definitions of figures of the registry, folded up."""
    known = registry(words)
    made: list[Component] = []
    for key in keys:
        measure = known[key]
        left_out = words.text("Leaves out: {what}", what=measure.leaves_out)
        made += [html.Dt(measure.name), html.Dd([measure.formula, html.Br(), left_out])]
    return html.Details(
        [html.Summary(words.text("What the figures mean")), html.Dl(made)], className="hy-meanings"
    )
