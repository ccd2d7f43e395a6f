"""``/admin/instansi``: the agencies, and each with its services and counters."""

from __future__ import annotations

from flask import Flask, Response, abort
from markupsafe import Markup

from mpp.i18n import Words
from mpp.live.described import Described
from mpp.mall.additions import Item
from mpp.mall.model import Agency, Counter, Service
from mpp.web.admin import forms
from mpp.web.admin.desk import (
    ADDED,
    ADMIN,
    FROM_FILE,
    IMPORTED,
    Desk,
    asides,
    badge,
    cell,
    from_words,
    link,
    links,
    of,
    origin,
    table,
)
from mpp.web.admin.kinds import fields
from mpp.web.admin.things import provisioned
from mpp.web.plain import el


def register(app: Flask, desk: Desk) -> None:
    """Serve them."""

    @app.get("/admin/instansi")
    def admin_agencies() -> Response:
        return listed(desk)

    @app.get("/admin/instansi/<code>")
    def admin_agency(code: str) -> Response:
        return one(desk, code)


def listed(desk: Desk) -> Response:
    """Every agency in force."""
    w, state = desk.w, desk.state()
    agencies = state.mall.agencies if state.mall else ()
    heads = (w.text("Agency"), w.text("Floor"), w.text("Services"), w.text("Counters"), w.text("From"))
    rows = [_row(agency, state, heads, w) for agency in agencies]
    nothing = w.text("No agency is described yet.")
    return desk.page(
        w.text("Tenant agencies"),
        asides(state, w),
        el("p", link(f"{ADMIN}/tambah/instansi", w.text("Add an agency"), kind="first"), class_="tools")
        if state.mall
        else el("p", link(f"{ADMIN}/mal", w.text("Describe the mall first"), kind="first"), class_="tools"),
        el("section", table(w.text("Tenant agencies"), heads, rows, hidden=True), class_="card")
        if rows
        else el("p", nothing, class_="card"),
        back=(ADMIN, w.text("Administration")),
    )


def _row(agency: Agency, state: Described, heads: tuple[str, ...], w: Words) -> list[Markup]:
    return [
        el(
            "td",
            el("a", el("b", agency.short), href=f"{ADMIN}/instansi/{agency.code}"),
            agency.name != agency.short and el("span", agency.name, class_="under"),
        ),
        cell(heads[1], agency.floor or "–"),
        cell(heads[2], w.number(len(agency.services))),
        cell(heads[3], w.number(len(agency.counters))),
        cell(heads[4], from_words(Item("agency", "", agency.code), state, w)),
    ]


def one(desk: Desk, code: str) -> Response:
    """One agency: itself, its services, its counters."""
    w, state = desk.w, desk.state()
    agency = state.mall.by_code.get(code) if state.mall else None
    if agency is None or state.mall is None:
        abort(404)
    item = Item("agency", "", code)
    where = origin(item, state)
    fed = [source for source in state.mall.sources if code in source.agencies]
    said = provisioned(item, state) if where == FROM_FILE else state.living.get(item)
    asked = fields(item, state, w)
    known = [field for field in asked if said is not None and any(key in said for key in field.keys)]
    return desk.page(
        agency.short,
        asides(state, w),
        not fed and _unfed(code, w),
        el(
            "section",
            forms.facts(known, said or {}, w) if known else None,
            el(
                "p",
                w.text("Data from: {names}", names=", ".join(source.name for source in fed)) if fed else None,
            ),
            _tools(item, where, w),
            class_="card",
        ),
        _services(agency, state, w),
        _counters(agency, state, w),
        back=(f"{ADMIN}/instansi", w.text("Tenant agencies")),
        lead=agency.name if agency.name != agency.short else "",
    )


def _tools(item: Item, where: str, w: Words) -> Markup:
    if where == FROM_FILE:
        told = w.text(
            "This stands in mpp.toml and is changed there. Services and counters can be added here."
        )
        return el("p", badge(where, w), " ", told)
    change = w.text("Describe it") if where == IMPORTED else w.text("Change")
    return el(
        "div",
        link(f"{ADMIN}/ubah/{of(item)}", change),
        where == ADDED and link(f"{ADMIN}/akhiri/{of(item)}", w.text("Remove …")),
        class_="buttons",
    )


def _unfed(code: str, w: Words) -> Markup:
    return el(
        "p",
        w.text("No data source may write this agency yet: it has no figures."),
        " ",
        el("a", w.text("Add a data source"), href=f"{ADMIN}/tambah/sumber?instansi={code}"),
        class_="card notice",
    )


def _services(agency: Agency, state: Described, w: Words) -> Markup:
    heads = (w.text("Service"), w.text("Number begins with"), w.text("Standard"), w.text("From"), "")
    rows = []
    for service in agency.services:
        item = Item("service", agency.code, service.code)
        rows.append(
            [
                el("td", el("b", service.name), el("span", service.code, class_="under")),
                cell(heads[1], service.prefix or "–"),
                cell(heads[2], _standard(service, w)),
                cell(heads[3], from_words(item, state, w)),
                el("td", _changes(item, service.name, state, w)),
            ]
        )
    return el(
        "section",
        el("h2", w.text("Services")),
        table(w.text("Services"), heads, rows, hidden=True)
        if rows
        else el("p", w.text("No service yet."), class_="hint"),
        el("p", link(f"{ADMIN}/tambah/layanan/{agency.code}", w.text("Add a service")), class_="tools"),
        class_="card",
    )


def _standard(service: Service, w: Words) -> str:
    if service.wait_s is None:
        return w.text("no standard set")
    minutes = service.wait_s / 60
    return w.text("{n} min", n=w.number(minutes, 0 if minutes == int(minutes) else 1))


def _counters(agency: Agency, state: Described, w: Words) -> Markup:
    heads = (w.text("Counter"), w.text("Place"), w.text("Services"), w.text("From"), "")
    names = {service.code: service.name for service in agency.services}
    rows = []
    for counter in agency.counters:
        item = Item("counter", agency.code, counter.code)
        rows.append(
            [
                el(
                    "td",
                    el("b", counter.name),
                    not counter.name.endswith(f" {counter.code}")
                    and el("span", counter.code, class_="under"),
                ),
                cell(heads[1], _place(counter, w)),
                cell(
                    heads[2], ", ".join(names.get(code, code) for code in counter.services) or w.text("all")
                ),
                cell(heads[3], from_words(item, state, w)),
                el("td", _changes(item, counter.name, state, w)),
            ]
        )
    return el(
        "section",
        el("h2", w.text("Counters")),
        table(w.text("Counters"), heads, rows, hidden=True)
        if rows
        else el("p", w.text("No counter yet."), class_="hint"),
        el("p", link(f"{ADMIN}/tambah/loket/{agency.code}", w.text("Add a counter")), class_="tools"),
        class_="card",
    )


def _place(counter: Counter, w: Words) -> str:
    floor = w.text("floor {floor}", floor=counter.floor) if counter.floor else ""
    return ", ".join(part for part in (floor, counter.place) if part) or "–"


def _changes(item: Item, name: str, state: Described, w: Words) -> Markup:
    """The links beside a row; what the file says is only shown."""
    where = origin(item, state)
    first = {FROM_FILE: w.text("Look"), IMPORTED: w.text("Describe it")}.get(where, "")
    return links(item, name, w, first=first, removed=where == ADDED)
