"""The tab *Unduh*, and the files behind it: ``/instansi/<agency>/unduh/<name>.<csv or xlsx>``.

The gate has let pass only whom the agency's pages are for (:mod:`mpp.access`); what is asked for wrongly
is answered in words.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from dash import dcc, html
from dash.development.base_component import Component
from flask import Flask, Response, abort, request
from flask_limiter import Limiter

from mpp.i18n import Words
from mpp.live.agency_history import MOST_DAYS, start_of
from mpp.live.agency_read import reading
from mpp.reports import csv_file, xlsx_file
from mpp.reports.agency import EXPORTS, sheet
from mpp.reports.order import Order
from mpp.reports.sheets import Sheet
from mpp.web.api.rates import within
from mpp.web.context import Parts
from mpp.web.files import BusyError, Turns, busy
from mpp.web.language import locale_of
from mpp.web.parts.desk import card, path
from mpp.web.parts.live import attributes
from mpp.web.sending import BLOCK

if TYPE_CHECKING:
    from mpp.web.dash_app import Visit

TAB: Final = "unduh"

RATE: Final = "30/minute"
"""Files per address and minute: a click is quick, and a script that fetches everything again and again is
slowed down."""

TYPES: Final = {"csv": csv_file.TYPE, "xlsx": xlsx_file.TYPE}


class PeriodError(ValueError):
    """Days that no file can be made of; the text is for the person who asked."""


def export_tab(visit: Visit) -> Component:
    """What stands under the tabs: a choice of days, and each file in both forms."""
    w, code = visit.words, visit.values["agency"]
    with reading(visit.readings) as (_, judge):
        today = judge.day(visit.board.now)
    wrong = ""
    try:
        first, last = period(visit.query.get("from", ""), visit.query.get("to", ""), today, w)
    except PeriodError as error:
        wrong, (first, last) = str(error), period("", "", today, w)
    days = f"from={first.isoformat()}&to={last.isoformat()}"
    made = []
    for name, export in EXPORTS.items():
        base = f"{path(code, TAB)}/{name}"
        title = export.title(w)
        links = [
            html.A(
                kind.upper(),
                href=f"{base}.{kind}?{days}{_lang(visit)}",
                className="hy-file",
                download="",
                **attributes(aria_label=f"{title}, {kind.upper()}"),
            )
            for kind in TYPES
        ]
        made.append(
            html.Li([html.Div([html.B(title), html.Span(export.about(w))], className="hy-what"), *links])
        )
    return html.Div(
        [
            card(
                w.text("Download"),
                [
                    _shortcuts(visit, today),
                    _form(visit, first, last),
                    *([html.P(wrong, className="hy-wrong", role="alert")] if wrong else []),
                    html.P(
                        w.text(
                            "Files for {first} to {last}. They hold this agency alone; each says what its "
                            "columns mean and how old its sources are.",
                            first=w.day(first),
                            last=w.day(last),
                        ),
                        className="hy-answer",
                    ),
                    html.Ul(made, className="hy-files"),
                    html.P(
                        w.text(
                            "CSV opens in any spreadsheet, however many rows; XLSX holds at most {n} rows.",
                            n=w.number(xlsx_file.ROWS_MOST),
                        ),
                        className="dk-note",
                    ),
                ],
            )
        ],
        className="dk-cards hy-page",
    )


def _lang(visit: Visit) -> str:
    return f"&lang={visit.words.locale}"


def _shortcuts(visit: Visit, today: date) -> Component:
    w = visit.words
    month = start_of("month", today)
    before = start_of("month", month - timedelta(days=1))
    spans = (
        (w.text("Last 28 days"), today - timedelta(days=27), today),
        (w.text("This month"), month, today),
        (w.text("Last month"), before, month - timedelta(days=1)),
        (w.text("Last 12 months"), start_of("month", today - timedelta(days=334)), today),
    )
    base = path(visit.values["agency"], TAB, visit.query)
    join = "&" if "?" in base else "?"
    links = [
        html.Li(html.A(name, href=f"{base}{join}from={first.isoformat()}&to={last.isoformat()}"))
        for name, first, last in spans
    ]
    return html.Nav(
        html.Ul(links, className="hy-choices"), className="hy-nav", **attributes(aria_label=w.text("Period"))
    )


def _form(visit: Visit, first: date, last: date) -> Component:
    """Two days and a button; a plain form, answered with this page."""
    w = visit.words
    kept = [
        dcc.Input(type="hidden", name=name, value=visit.query[name])
        for name in ("lang", "theme")
        if visit.query.get(name)
    ]
    return html.Form(
        [
            *kept,
            html.Label([w.text("From"), _day("from", first)]),
            html.Label([w.text("To"), _day("to", last)]),
            html.Button(w.text("Choose"), type="submit"),
        ],
        action=path(visit.values["agency"], TAB),
        method="get",
        className="hy-form",
    )


def _day(name: str, day: date) -> Component:
    return dcc.Input(
        type="text",
        name=name,
        value=day.isoformat(),
        placeholder="2026-11-23",
        maxLength=10,
        autoComplete="off",
    )


def period(first: str, last: str, today: date, w: Words) -> tuple[date, date]:
    """The days asked for, the last 28 where neither is given. Raises PeriodError."""
    end = _read(last, today, w)
    begin = _read(first, end - timedelta(days=27), w)
    if end < begin:
        raise PeriodError(
            w.text(
                "The first day, {first}, lies after the last, {last}.", first=w.day(begin), last=w.day(end)
            )
        )
    if begin > today:
        raise PeriodError(w.text("{first} is still to come.", first=w.day(begin)))
    days = (end - begin).days + 1
    if days > MOST_DAYS:
        raise PeriodError(
            w.text("These are {n} days; a file holds at most {most}.", n=w.number(days), most=MOST_DAYS)
        )
    return begin, min(end, today)


def _read(given: str, default: date, w: Words) -> date:
    if not given:
        return default
    try:
        found = date.fromisoformat(given)
    except ValueError:
        found = None
    if found is None or not 2000 <= found.year <= 2999:
        # What was sent is not shown again: anything may stand in an address.
        raise PeriodError(w.text("A day is written like 2026-11-23: year, month, day."))
    return found


def register(app: Flask, parts: Parts, limiter: Limiter) -> None:
    """Serve the files. ``limiter`` counts them by address; few are made at a time."""
    turns = Turns()

    @limiter.limit(RATE)
    def counted() -> None:
        """Nothing: the limiter does it."""

    @app.get("/instansi/<agency>/unduh/<name>.<kind>")
    def agency_file(agency: str, name: str, kind: str) -> Response:
        if name not in EXPORTS or kind not in TYPES:
            abort(404)
        words = parts.words_for(locale_of(parts.settings.locale))
        within(counted, limiter, "files a minute")
        return _answer(parts, words, agency, (name, kind), turns)


def _answer(parts: Parts, words: Words, agency: str, wanted: tuple[str, str], turns: Turns) -> Response:
    (name, kind), now = wanted, parts.now()
    try:
        with reading(parts.store) as (_, judge):
            today = judge.day(now)
        asked = request.args
        first, last = period(asked.get("from", ""), asked.get("to", ""), today, words)
        made = sheet(name, Order(parts.store, agency, first, last, now, words))
    except PeriodError as error:
        return _said(str(error), 400)
    except LookupError:
        abort(404)
    file = f"{agency}-{name}-{first.isoformat()}-{last.isoformat()}.{kind}"
    content = _bytes(made, words) if kind == "csv" else _workbook(made)
    try:
        return turns.answer(agency, content, TYPES[kind], file)
    except BusyError:
        return busy(words)
    except xlsx_file.TooManyRowsError:
        most = words.number(xlsx_file.ROWS_MOST)
        return _said(words.text("More than {n} rows: choose fewer days, or CSV.", n=most), 413)


def _bytes(made: Sheet, words: Words) -> Iterator[bytes]:
    comma = "," if words.locale == "id" else "."
    for text in csv_file.csv_text(made, comma=comma):
        yield text.encode()


def _workbook(made: Sheet) -> Iterator[bytes]:
    """The workbook, made in a file row by row. Raises TooManyRowsError."""
    with TemporaryDirectory(prefix="mpp-") as folder:
        place = Path(folder) / "sheet.xlsx"
        xlsx_file.write_xlsx(made, place)
        with place.open("rb") as file:
            while block := file.read(BLOCK):
                yield block


def _said(text: str, status: int) -> Response:
    return Response(
        text + "\n", status, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"}
    )
