"""``/admin/sumber``: every data source, how it is, its tokens, and what could not be read of it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Final

from flask import Flask, Response, abort, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from mpp.i18n import Words
from mpp.live.described import Described
from mpp.live.model import SourceNow
from mpp.mall.additions import Item
from mpp.mall.model import Source
from mpp.people.audit import note
from mpp.sources.reasons import reason_text
from mpp.store import quarantine, sources
from mpp.web.admin import forms
from mpp.web.admin.desk import (
    ADDED,
    ADMIN,
    FROM_FILE,
    Desk,
    asides,
    badge,
    cell,
    done,
    from_words,
    link,
    of,
    origin,
    table,
)
from mpp.web.admin.kinds import fields
from mpp.web.admin.things import provisioned
from mpp.web.admin.tokens import listed_tokens, shown
from mpp.web.plain import el
from mpp.web.session import by_now

LONGEST_LABEL: Final = 100
HERE: Final = f"{ADMIN}/sumber"


def register(app: Flask, desk: Desk) -> None:
    """Serve them."""

    @app.get(HERE)
    def admin_sources() -> Response:
        return listed(desk)

    @app.get(f"{HERE}/<code>")
    def admin_source(code: str) -> Response:
        return one(desk, code)

    @app.post(f"{HERE}/<code>/token")
    def admin_token(code: str) -> Response:
        return make(desk, code)

    @app.post(f"{HERE}/<code>/token/<int:number>/cabut")
    def admin_revoke(code: str, number: int) -> AnyResponse:
        return revoke(desk, code, number)


def state_words(state: str, w: Words) -> str:
    """How a source is: a sign and a word."""
    return {
        "live": f"● {w.text('sends news')}",
        "late": f"▲ {w.text('late')}",
        "silent": f"▨ {w.text('no news')}",
        "never": f"○ {w.text('never heard of')}",
        "failing": f"■ {w.text('failing')}",
        "paused": f"▲ {w.text('paused')}",
    }.get(state, state)


def _now(desk: Desk) -> Mapping[str, SourceNow]:
    return {one.code: one for one in desk.parts.board.latest().sources}


def listed(desk: Desk) -> Response:
    """Every source in force."""
    w, state, now = desk.w, desk.state(), _now(desk)
    with desk.parts.store.read() as tx:
        tokens = [row.source for row in sources.list_tokens(tx) if row.revoked_at is None]
        bad = _bad(quarantine.counts(tx))
    heads = (
        w.text("Source"),
        w.text("State"),
        w.text("Last heard"),
        w.text("Tokens"),
        w.text("Quarantine"),
        w.text("From"),
    )
    rows = [
        [
            el(
                "td",
                el("a", el("b", source.name), href=f"{HERE}/{source.code}"),
                el("span", _names(source, state), class_="under"),
            ),
            cell(heads[1], state_words(now[source.code].state if source.code in now else "never", w)),
            cell(heads[2], desk.when(now[source.code].last_reported if source.code in now else None)),
            cell(heads[3], w.number(tokens.count(source.code))),
            cell(heads[4], w.number(sum(bad.get(source.code, {}).values()))),
            cell(
                heads[5],
                from_words(Item("source", "", source.code), state, w),
            ),
        ]
        for source in (state.mall.sources if state.mall else ())
    ]
    return desk.page(
        w.text("Data sources"),
        asides(state, w),
        el("p", link(f"{ADMIN}/tambah/sumber", w.text("Add a data source"), kind="first"), class_="tools"),
        el("section", table(w.text("Data sources"), heads, rows, hidden=True), class_="card")
        if rows
        else el("p", w.text("No data source is described yet."), class_="card"),
        back=(ADMIN, w.text("Administration")),
    )


def _bad(counts: list[tuple[str, str, int]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for code, reason, count in counts:
        found.setdefault(code, {})[reason] = count
    return found


def _names(source: Source, state: Described) -> str:
    known = state.mall.by_code if state.mall else {}
    names = [known[code].short for code in source.agencies if code in known]
    return ", ".join(names[:6]) + (f" +{len(names) - 6}" if len(names) > 6 else "")


def _source(desk: Desk, code: str) -> tuple[Described, Source]:
    state = desk.state()
    source = state.mall.sources_by_code.get(code) if state.mall else None
    if source is None:
        abort(404)
    return state, source


def one(desk: Desk, code: str, token: str = "", wrong: str = "") -> Response:
    """One source; ``token`` is shown once, after it was made."""
    w = desk.w
    state, source = _source(desk, code)
    item = Item("source", "", code)
    where = origin(item, state)
    now = _now(desk).get(code)
    with desk.parts.store.read() as tx:
        rows = [row for row in sources.list_tokens(tx) if row.source == code]
        bad = _bad(quarantine.counts(tx)).get(code, {})
    said = (provisioned(item, state) if where == FROM_FILE else state.living.get(item)) or {}
    asked = [one for one in fields(item, state, w) if any(key in said for key in one.keys)]
    error = now.last_error if now else None
    return desk.page(
        source.name,
        token and shown(token, w),
        el(
            "section",
            el(
                "dl",
                [el("dt", w.text("State")), el("dd", state_words(now.state if now else "never", w))],
                [el("dt", w.text("Last heard")), el("dd", desk.when(now.last_reported if now else None))],
                [el("dt", w.text("Last error")), el("dd", error)] if error else None,
                class_="facts",
            ),
            forms.facts(asked, said, w),
            el("p", badge(where, w), " ", w.text("This stands in mpp.toml and is changed there."))
            if where == FROM_FILE
            else el(
                "div",
                link(f"{ADMIN}/ubah/{of(item)}", w.text("Change")),
                where == ADDED and link(f"{ADMIN}/akhiri/{of(item)}", w.text("Remove …")),
                class_="buttons",
            ),
            class_="card",
        ),
        listed_tokens(desk, code, rows, wrong),
        _quarantine(code, bad, w),
        back=(HERE, w.text("Data sources")),
        status=400 if wrong else 200,
    )


def _quarantine(code: str, bad: Mapping[str, int], w: Words) -> Markup:
    heads = (w.text("Reason"), w.text("Entries"))
    rows = [
        [el("td", reason_text(reason, w)), cell(heads[1], w.number(count))] for reason, count in bad.items()
    ]
    return el(
        "section",
        el("h2", w.text("Quarantine")),
        el("p", w.text("What it sent and could not be read, kept until it is mended."), class_="hint"),
        [
            table(w.text("Quarantine"), heads, rows, hidden=True),
            el(
                "p",
                w.text("On the server, these commands show the entries and read them again:"),
                el("code", f"mpp quarantine list --source {code}", class_="command"),
                el("code", "mpp quarantine retry", class_="command"),
            ),
        ]
        if rows
        else el("p", w.text("Nothing is in quarantine.")),
        class_="card",
        id="karantina",
    )


def make(desk: Desk, code: str) -> Response:
    """Make a token and show it, once: the page that answers is kept nowhere."""
    w, parts = desk.w, desk.parts
    _source(desk, code)
    label = " ".join(request.form.get("label", "").split())
    if not 1 <= len(label) <= LONGEST_LABEL or not label.isprintable():
        return one(desk, code, wrong=w.text("A text of 1 to {most} characters", most=LONGEST_LABEL))
    token = "mpp_" + secrets.token_urlsafe(32)
    now = parts.real()
    with parts.store.write() as tx:
        row = sources.all_sources(tx).get(code)
        if row is None:
            abort(404)
        number = sources.add_token(tx, row.id, token, label, now)
        note(tx, now, by_now(), "token.made", f"source:{code}", after={"token": number, "label": label})
    return one(desk, code, token=token)


def revoke(desk: Desk, code: str, number: int) -> AnyResponse:
    """End a token of this source."""
    _source(desk, code)
    parts = desk.parts
    now = parts.real()
    with parts.store.write() as tx:
        mine = [row for row in sources.list_tokens(tx) if row.id == number and row.source == code]
        if mine and sources.revoke_token(tx, number, now):
            before = {"token": number, "label": mine[0].label}
            note(tx, now, by_now(), "token.revoked", f"source:{code}", before=before)
    return redirect(done(f"{HERE}/{code}", "revoke"), 303)
