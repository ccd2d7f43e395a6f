"""The holidays below the form of the mall."""

from __future__ import annotations

from markupsafe import Markup

from mpp.i18n import Words
from mpp.live.changes import Described
from mpp.mall.additions import Item
from mpp.web.admin.desk import ADDED, ADMIN, badge, of, origin
from mpp.web.plain import el


def holidays(state: Described, w: Words) -> Markup:
    days = state.mall.calendar.holidays if state.mall else ()
    rows = []
    for day, name in days:
        item = Item("holiday", "", day.isoformat())
        where = origin(item, state)
        rows.append(
            el(
                "li",
                el("b", w.date(day)),
                name and f" {name}",
                " ",
                badge(where, w)
                or el(
                    "a",
                    w.text("Change"),
                    href=f"{ADMIN}/ubah/{of(item)}",
                    aria_label=f"{w.text('Change')} {item.code}",
                ),
                where == ADDED
                and [
                    " · ",
                    el(
                        "a",
                        w.text("Remove"),
                        href=f"{ADMIN}/akhiri/{of(item)}",
                        aria_label=f"{w.text('Remove')} {item.code}",
                    ),
                ],
            )
        )
    return el(
        "section",
        el("h2", w.text("Holidays")),
        el("ul", rows, class_="days") if rows else el("p", w.text("No holiday is known."), class_="hint"),
        el("p", el("a", w.text("Add a holiday"), href=f"{ADMIN}/tambah/libur", class_="button second")),
        class_="card",
    )
