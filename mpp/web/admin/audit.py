"""``/admin/jejak``: who did what, when, from where; as a list, as CSV, and back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Flask, Response, abort, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from mpp.i18n import Words
from mpp.store import audit
from mpp.store.audit import Entry
from mpp.web.admin.audit_words import (
    KINDS,
    action_words,
    difference,
    kind_words,
    labels,
    role_or_none,
    what_words,
)
from mpp.web.admin.desk import ADMIN, Desk, cell, done, table
from mpp.web.admin.undoing import UNDOABLE, NotUndoneError, undo
from mpp.web.files import BusyError, Turns, busy
from mpp.web.numbers import number_of
from mpp.web.plain import alert, button, el, field, select

HERE = f"{ADMIN}/jejak"
PAGE: Final = 50
CHUNK: Final = 1_000


def register(app: Flask, desk: Desk) -> None:
    """Serve it."""
    turns = Turns()

    @app.get(HERE)
    def admin_audit() -> Response:
        return listed(desk)

    @app.get(f"{HERE}.csv")
    def admin_audit_csv() -> Response:
        return as_csv(desk, turns)

    @app.post(f"{HERE}/<int:number>/urungkan")
    def admin_undo(number: int) -> AnyResponse:
        return take_back(desk, number)


def _asked(desk: Desk) -> dict[str, Any]:
    """The filter of this request. A day that is none is no filter."""
    zone = ZoneInfo(desk.zone)
    given: dict[str, Any] = {}
    who = request.args.get("siapa", "").strip()
    if who and who.isprintable():  # a database knows no others
        given["who"] = who
    if request.args.get("apa") in KINDS:
        given["what"] = f"{request.args['apa']}:"
    try:
        day = date.fromisoformat(request.args.get("hari", ""))
    except ValueError:
        return given
    if not 2000 <= day.year <= 2999:
        return given
    given["since"] = datetime.combine(day, time(0), zone)
    given["until"] = datetime.combine(day + timedelta(days=1), time(0), zone)
    return given


def listed(desk: Desk, wrong: str = "") -> Response:
    """A page of the log, the newest first."""
    w = desk.w
    before = number_of(request.args.get("sebelum", ""))
    with desk.parts.store.read() as tx:
        found = audit.entries(tx, **_asked(desk), before_id=before, limit=PAGE + 1)
        back = audit.taken_back(tx, [entry.id for entry in found])
    shown = found[:PAGE]
    heads = (w.text("When"), w.text("Who"), w.text("What"), w.text("Before and after"), "")
    known = labels(desk)
    rows = [_row(desk, entry, entry.id in back, heads, known) for entry in shown]
    kept = {name: value for name, value in request.args.items() if name in ("siapa", "apa", "hari") and value}
    return desk.page(
        w.text("Audit"),
        wrong and alert(wrong),
        _filter(w, kept),
        el("section", table(w.text("Audit"), heads, rows, hidden=True), class_="card audit")
        if rows
        else el("p", w.text("Nothing was recorded that fits."), class_="card"),
        len(found) > PAGE
        and el(
            "p",
            el(
                "a",
                w.text("Older entries"),
                href=f"{HERE}?{urlencode(kept | {'sebelum': str(shown[-1].id)})}",
                class_="button second",
            ),
        ),
        back=(ADMIN, w.text("Administration")),
        lead=w.text("Everything that was changed, by whom and from where."),
        status=409 if wrong else 200,
    )


def _filter(w: Words, kept: Mapping[str, str]) -> Markup:
    kinds = [("", w.text("everything")), *((kind, kind_words(kind, w)) for kind in KINDS)]
    return el(
        "form",
        field(w.text("Who (login)"), "siapa", value=kept.get("siapa", ""), autocomplete="off"),
        select(w.text("About what"), "apa", kinds, value=kept.get("apa", "")),
        field(w.text("Day"), "hari", kind="date", value=kept.get("hari", "")),
        el(
            "div",
            button(w.text("Show"), kind="second"),
            el(
                "a",
                w.text("Download as CSV"),
                href=f"{HERE}.csv" + (f"?{urlencode(kept)}" if kept else ""),
                class_="button second",
            ),
            class_="buttons",
        ),
        method="get",
        action=HERE,
        class_="card filter",
    )


def _row(
    desk: Desk, entry: Entry, back: bool, heads: tuple[str, ...], known: Mapping[str, str]
) -> list[Markup]:
    w = desk.w
    what = what_words(entry.what, w)
    return [
        el("td", el("span", desk.when(entry.at)), el("span", entry.remote, class_="under")),
        cell(heads[1], entry.who, el("span", role_or_none(entry.role, w), class_="under")),
        cell(heads[2], el("b", what), el("span", action_words(entry.action, w), class_="under")),
        cell(heads[3], difference(entry, known, w)),
        el("td", el("span", w.text("taken back"), class_="badge") if back else _undo(entry, what, w)),
    ]


def _undo(entry: Entry, what: str, w: Words) -> Markup | None:
    if entry.action not in UNDOABLE:
        return None
    return el(
        "form",
        button(w.text("Undo"), kind="second", aria_label=f"{w.text('Undo')}: {what}, {entry.id}"),
        method="post",
        action=f"{HERE}/{entry.id}/urungkan",
    )


def take_back(desk: Desk, number: int) -> AnyResponse:
    """Undo an entry."""
    with desk.parts.store.read() as tx:
        entry = audit.one(tx, number)
    if entry is None:
        abort(404)
    try:
        undo(desk.parts, entry, desk.w)
    except NotUndoneError as error:
        return listed(desk, str(error))
    return redirect(done(HERE, "undo"), 303)


def as_csv(desk: Desk, turns: Turns) -> Response:
    """All entries that fit, the newest first. Semicolons and a byte order mark: Excel in Indonesian
    opens it by itself."""
    given, zone = _asked(desk), ZoneInfo(desk.zone)

    def lines() -> Iterator[str]:
        yield "\N{BYTE ORDER MARK}" + _line(
            ["id", "at", "who", "role", "action", "what", "before", "after", "remote", "undoes"]
        )
        last: int | None = None
        while True:
            with desk.parts.store.read() as tx:
                found = audit.entries(tx, **given, before_id=last, limit=CHUNK)
            for entry in found:
                yield _line(
                    [
                        str(entry.id),
                        entry.at.astimezone(zone).isoformat(timespec="seconds"),
                        entry.who,
                        entry.role,
                        entry.action,
                        entry.what,
                        _plain(entry.before),
                        _plain(entry.after),
                        entry.remote,
                        "" if entry.undoes is None else str(entry.undoes),
                    ]
                )
            if len(found) < CHUNK:
                return
            last = found[-1].id

    try:
        parts = (line.encode() for line in lines())
        return turns.answer("", parts, "text/csv; charset=utf-8", "jejak.csv")
    except BusyError:
        return busy(desk.w)


def _plain(value: Mapping[str, Any] | None) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _line(cells: list[str]) -> str:
    """A line of CSV. A cell that a spreadsheet would take for a formula gets an apostrophe."""
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerow([f"'{one}" if one[:1] in "=+-@\t" else one for one in cells])
    return out.getvalue()
