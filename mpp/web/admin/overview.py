"""``/admin``: what there is to administer, and what waits for somebody."""

from __future__ import annotations

from flask import Flask, Response
from markupsafe import Markup

from mpp.store import devices, people, quarantine
from mpp.web.admin.desk import ADMIN, Desk, asides
from mpp.web.plain import alert, el


def register(app: Flask, desk: Desk) -> None:
    """Serve it."""

    @app.get(ADMIN)
    def admin() -> Response:
        return show(desk)


def show(desk: Desk) -> Response:
    """The doors, each with what stands behind it."""
    w, state, parts = desk.w, desk.state(), desk.parts
    with parts.store.read() as tx:
        persons = [one for one in people.everybody(tx) if one.disabled_at is None]
        paired = [one for one in devices.every(tx) if one.revoked_at is None]
        waiting = devices.waiting(tx, parts.real())
        bad = sum(count for _, _, count in quarantine.counts(tx))
    mall = state.mall
    agencies = len(mall.agencies) if mall else 0
    services = sum(len(one.services) for one in mall.agencies) if mall else 0
    counters = sum(len(one.counters) for one in mall.agencies) if mall else 0
    doors = [
        (f"{ADMIN}/mal", w.text("The mall"), mall.name if mall else w.text("not described yet")),
        (
            f"{ADMIN}/instansi",
            w.text("Agencies, services, counters"),
            w.text(
                "{agencies} agencies, {services} services, {counters} counters",
                agencies=w.number(agencies),
                services=w.number(services),
                counters=w.number(counters),
            ),
        ),
        (f"{ADMIN}/orang", w.text("People"), w.plural("{n} can sign in", "{n} can sign in", len(persons))),
        (
            f"{ADMIN}/perangkat",
            w.text("Devices"),
            w.plural("{n} waits to be confirmed", "{n} wait to be confirmed", len(waiting))
            if waiting
            else w.plural("{n} paired", "{n} paired", len(paired)),
        ),
        (
            f"{ADMIN}/sumber",
            w.text("Data sources"),
            w.plural("{n} item in quarantine", "{n} items in quarantine", bad)
            if bad
            else w.plural("{n} source", "{n} sources", len(mall.sources) if mall else 0),
        ),
        (f"{ADMIN}/jejak", w.text("Audit"), w.text("who changed what, and taking it back")),
    ]
    file = w.text("What mpp.toml says is shown and changed in the file; everything else is changed here.")
    none = w.text("There is no mpp.toml: the mall is described wholly on these pages.")
    return desk.page(
        w.text("Administration"),
        [alert(f"mpp.toml: {told}") for told in parts.description.mistakes if not told.startswith("/admin")],
        asides(state, w),
        el("ul", [_door(*door) for door in doors], class_="doors"),
        lead=file if state.file else none,
    )


def _door(address: str, name: str, behind: str) -> Markup:
    return el("li", el("a", el("b", name), el("span", behind), href=address))
