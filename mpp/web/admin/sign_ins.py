"""Where a person is signed in now."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from mpp.people.sign_in import open_sessions
from mpp.store.people import Person, SessionRow
from mpp.web.admin.desk import ADMIN, Desk, cell, table
from mpp.web.people.account import browser_words
from mpp.web.plain import button, el
from mpp.web.session import known_now


def sign_ins(desk: Desk, person: Person) -> Markup:
    """Each with a button that ends it, and one for all."""
    w = desk.w
    with desk.parts.store.read() as tx:
        found = open_sessions(tx, desk.parts.real(), person.id)
    heads = (w.text("Browser"), w.text("From"), w.text("Since"), w.text("Last used"), "")
    mine = known_now().session
    rows = [_row(desk, row, heads, mine) for row in found]
    return el(
        "section",
        el("h2", w.text("Signed in now")),
        [
            table(w.text("Signed in now"), heads, rows, hidden=True),
            el(
                "form",
                button(w.text("End all sign-ins"), kind="danger"),
                method="post",
                action=f"{ADMIN}/orang/{person.id}/keluarkan",
                class_="tools",
            ),
        ]
        if rows
        else el("p", w.text("Nowhere.")),
        class_="card",
    )


def _row(desk: Desk, row: SessionRow, heads: Sequence[str], mine: int) -> list[Markup]:
    w = desk.w
    browser = browser_words(row.browser, w)
    return [
        el("td", browser, row.id == mine and f" {w.text('(this one)')}"),
        cell(heads[1], row.remote),
        cell(heads[2], desk.when(row.created_at)),
        cell(heads[3], desk.when(row.seen_at)),
        el(
            "td",
            el(
                "form",
                button(w.text("End"), kind="second", aria_label=f"{w.text('End')}: {browser}, {row.remote}"),
                method="post",
                action=f"{ADMIN}/orang/{row.person_id}/sesi/{row.id}",
            ),
        ),
    ]
