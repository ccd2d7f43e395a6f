"""The tokens of a source: shown once when made, listed, asked for."""

from __future__ import annotations

from flask import request
from markupsafe import Markup

from mpp.i18n import Words
from mpp.store.sources import TokenRow
from mpp.web.admin.desk import ADMIN, Desk, cell, table
from mpp.web.plain import alert, button, el, field


def shown(token: str, w: Words) -> Markup:
    """A token, the only time it is seen."""
    return el(
        "section",
        el("h2", w.text("The new token")),
        el("p", token, class_="code secret"),
        el(
            "p",
            w.text(
                "Copy it now into the queue system: it is not shown again. It is sent as "
                "Authorization: Bearer with every request."
            ),
        ),
        class_="card once",
        role="status",
    )


def listed_tokens(desk: Desk, code: str, rows: list[TokenRow], wrong: str) -> Markup:
    """Every token there ever was, and the form that makes another."""
    w = desk.w
    heads = (w.text("For"), w.text("Begins with"), w.text("Made"), w.text("State"), "")
    listed = [
        [
            el("td", el("b", row.label or "–")),
            cell(heads[1], f"{row.hint}…"),
            cell(heads[2], desk.when(row.created_at)),
            cell(
                heads[3],
                w.text("revoked {at}", at=desk.when(row.revoked_at)) if row.revoked_at else w.text("works"),
            ),
            el(
                "td",
                row.revoked_at is None
                and el(
                    "form",
                    button(
                        w.text("Revoke"),
                        kind="danger",
                        aria_label=f"{w.text('Revoke')}: {row.label or row.hint}",
                    ),
                    method="post",
                    action=f"{ADMIN}/sumber/{code}/token/{row.id}/cabut",
                ),
            ),
        ]
        for row in reversed(rows)
    ]
    return el(
        "section",
        el("h2", w.text("Tokens")),
        table(w.text("Tokens"), heads, listed, hidden=True)
        if listed
        else el("p", w.text("No token yet: nothing can be sent."), class_="hint"),
        el(
            "form",
            wrong and alert(wrong),
            field(
                w.text("What the token is for"),
                "label",
                value=request.form.get("label", "") if wrong else "",
                hint=w.text("Such as the machine that sends: Server antrean lantai 1"),
                wrong=wrong,
                autocomplete="off",
            ),
            button(w.text("Make a token"), kind="second"),
            method="post",
            action=f"{ADMIN}/sumber/{code}/token",
            class_="inline",
        ),
        class_="card",
    )
