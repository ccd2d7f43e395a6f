"""``/integritas``: what visitors reported of fees beyond the official ones, for manager and inspectorate.

A report shows its day, agency, service and comment: never an hour, ticket, counter or officer, which
would point at a visitor. Who looks is written to the audit log.
"""

from __future__ import annotations

import json
from calendar import monthrange
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode

from flask import Flask, Response, request
from markupsafe import Markup

from mpp.i18n import Words
from mpp.live.described import Combinations
from mpp.mall.model import Mall
from mpp.people.audit import note
from mpp.store import integrity
from mpp.store.integrity import DayCount, Report
from mpp.web.context import Parts
from mpp.web.language import locale_of
from mpp.web.plain import alert, button, el, page, select
from mpp.web.session import actor_now, by_now

PATH: Final = "/integritas"
PAGE: Final = 25
MONTHS: Final = 12
"""So many months are listed."""


def register(app: Flask, parts: Parts) -> None:
    """Serve it."""
    desk = _Integrity(parts)

    @app.get(PATH)
    def integrity_page() -> Response:
        return desk.show()


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to see. ``month`` is its first day, None for all."""

    month: date | None
    agency: str
    page: int

    @property
    def last(self) -> date | None:
        """The month's last day."""
        if self.month is None:
            return None
        return self.month.replace(day=monthrange(self.month.year, self.month.month)[1])

    def told(self) -> dict[str, str | int]:
        """As the audit log and an address have it."""
        found: dict[str, str | int] = {}
        if self.month is not None:
            found["bulan"] = f"{self.month:%Y-%m}"
        if self.agency:
            found["instansi"] = self.agency
        return found | ({"halaman": self.page} if self.page > 1 else {})


def asked(query: Mapping[str, str]) -> Asked:
    """What an address asks for; what cannot be read is not asked for."""
    try:
        month = date.fromisoformat(f"{query.get('bulan', '')}-01")
    except ValueError:
        month = None
    number = query.get("halaman", "1")
    turned = int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 1
    agency = query.get("instansi", "")[:64]
    return Asked(month, agency if agency.isprintable() else "", max(1, turned))


class _Integrity:
    def __init__(self, parts: Parts) -> None:
        self._parts, self._known = parts, Combinations()

    def show(self) -> Response:
        """The page."""
        parts, wanted = self._parts, asked(request.args)
        w = parts.words_for(locale_of(parts.settings.locale))
        if parts.mode == "replay":
            text = w.text("Who reads these reports is written down, and a replay writes nothing.")
            return self._page(w, 409, alert(text))
        with parts.store.read() as tx:
            names = _names(self._known.mall(tx))
        with parts.store.write() as tx:
            note(tx, parts.real(), by_now(), "integrity.seen", "integrity", after=wanted.told())
            counts = integrity.counts(tx)
            skip = (wanted.page - 1) * PAGE
            found = integrity.reports(
                tx, first=wanted.month, last=wanted.last, agency=wanted.agency, skip=skip, limit=PAGE + 1
            )
        if not counts:
            return self._page(w, 200, el("p", w.text("No visitor has reported a fee so far."), class_="card"))
        return self._page(
            w,
            200,
            _filter(wanted, counts, names, w),
            el(
                "div",
                _months(counts, wanted, w),
                el(
                    "div",
                    _list(found[:PAGE], wanted, names, w),
                    _turn(wanted, more=len(found) > PAGE, w=w),
                ),
                class_="reports",
            ),
        )

    def _page(self, w: Words, status: int, *body: Markup) -> Response:
        lead = w.text(
            "Fees beyond the official ones, as visitors reported them. Only the manager and the "
            "inspectorate see this page, and every look at it is written down. Hour, ticket, counter and "
            "officer are not shown, so that nobody finds out who reported."
        )
        return page(
            w.text("Integrity"),
            el("h1", w.text("Integrity reports")),
            el("p", lead, class_="lead"),
            body,
            words=w,
            mall=self._parts.board.latest().mall,
            actor=actor_now(),
            status=status,
        )


def _names(mall: Mall | None) -> dict[str, str]:
    """What codes are called: ``agency`` and ``agency/service``."""
    agencies = mall.agencies if mall else ()
    named = {one.code: one.name for one in agencies}
    return named | {f"{one.code}/{kind.code}": kind.name for one in agencies for kind in one.services}


def _filter(wanted: Asked, counts: list[DayCount], names: Mapping[str, str], w: Words) -> Markup:
    # What is chosen stands there even where no report fits it, by a bookmark.
    chosen = [wanted.month] if wanted.month else []
    months = sorted({one.day.replace(day=1) for one in counts}.union(chosen), reverse=True)
    codes = {one.agency for one in counts}.union([wanted.agency] if wanted.agency else [])
    agencies = sorted(codes, key=lambda code: names.get(code, code))
    return el(
        "form",
        select(
            w.text("Month"),
            "bulan",
            [("", w.text("All months")), *((f"{one:%Y-%m}", w.month(one)) for one in months)],
            value=f"{wanted.month:%Y-%m}" if wanted.month else "",
        ),
        select(
            w.text("Agency"),
            "instansi",
            [("", w.text("All agencies")), *((code, names.get(code, code)) for code in agencies)],
            value=wanted.agency,
        ),
        button(w.text("Show"), kind="second"),
        method="get",
        action=PATH,
        class_="card choose",
    )


def _list(found: list[Report], wanted: Asked, names: Mapping[str, str], w: Words) -> Markup:
    if not found:
        return el("p", w.text("No report here."), class_="card")
    rows = [
        el(
            "tr",
            el("td", w.day(one.day), data_label=w.text("Day"), class_="day"),
            el("td", names.get(one.agency, one.agency), data_label=w.text("Agency")),
            el("td", _service(one, names), data_label=w.text("Service")),
            el("td", _comment(one, w), data_label=w.text("What the visitor wrote")),
        )
        for one in found
    ]
    heads = (w.text("Day"), w.text("Agency"), w.text("Service"), w.text("What the visitor wrote"))
    title = w.text("Reports, page {n}", n=wanted.page) if wanted.page > 1 else w.text("Reports")
    return el(
        "section",
        el(
            "table",
            el("caption", title),
            el("thead", el("tr", [el("th", head, scope="col") for head in heads])),
            el("tbody", rows),
            class_="list rows",
        ),
        class_="card",
    )


def _service(report: Report, names: Mapping[str, str]) -> str:
    if report.service is None:
        return "–"
    return names.get(f"{report.agency}/{report.service}", report.service)


def _comment(report: Report, w: Words) -> Markup | str:
    said = str(json.loads(report.data).get("comment") or "").strip()
    return said or el("span", w.text("without a comment"), class_="hint")


def _turn(wanted: Asked, *, more: bool, w: Words) -> Markup:
    def to(number: int, text: str) -> Markup:
        query = urlencode(Asked(wanted.month, wanted.agency, number).told())
        return el("a", text, href=f"{PATH}?{query}" if query else PATH, class_="button second")

    before = wanted.page > 1 and to(wanted.page - 1, w.text("Newer"))
    links = [one for one in (before, more and to(wanted.page + 1, w.text("Older"))) if one]
    return el("nav", links, class_="buttons", aria_label=w.text("Pages of reports")) if links else Markup("")


def _months(counts: list[DayCount], wanted: Asked, w: Words) -> Markup:
    found: Counter[date] = Counter()
    for one in counts:
        if not wanted.agency or one.agency == wanted.agency:
            found[one.day.replace(day=1)] += one.n
    rows = [
        el(
            "tr",
            el("td", el("a", w.month(month), href=f"{PATH}?{_query(month, wanted)}")),
            el("td", w.number(count), class_="number"),
        )
        for month, count in sorted(found.items(), reverse=True)[:MONTHS]
    ]
    return el(
        "section",
        el(
            "table",
            el("caption", w.text("Reports per month")),
            el(
                "thead",
                el(
                    "tr",
                    el("th", w.text("Month"), scope="col"),
                    el("th", w.text("Reports"), scope="col", class_="number"),
                ),
            ),
            el("tbody", rows),
            class_="list",
        ),
        class_="card",
    )


def _query(month: date, wanted: Asked) -> str:
    return urlencode(Asked(month, wanted.agency, 1).told())
