"""The holidays below the form of the mall."""

from __future__ import annotations

from markupsafe import Markup

from mpp.i18n import Words
from mpp.live.described import Described
from mpp.mall.additions import Item
from mpp.web.admin.desk import ADMIN, badge, links, origin
from mpp.web.plain import el


def holidays(state: Described, w: Words) -> Markup:
    days = state.mall.calendar.holidays if state.mall else ()
    rows = []
    for day, name in days:
        item = Item("holiday", "", day.isoformat())
        rows.append(
            el(
                "li",
                el("b", w.date(day)),
                name and f" {name}",
                " ",
                badge(origin(item, state), w) or links(item, item.code, w),
            )
        )
    return el(
        "section",
        el("h2", w.text("Holidays")),
        el("ul", rows, class_="days") if rows else el("p", w.text("No holiday is known."), class_="hint"),
        el("p", el("a", w.text("Add a holiday"), href=f"{ADMIN}/tambah/libur", class_="button second")),
        class_="card",
    )
