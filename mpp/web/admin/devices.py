"""``/admin/perangkat``: every wall and kiosk, and the form that lets one in."""

from __future__ import annotations

from flask import Flask, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from mpp.access import may
from mpp.people import devices as use
from mpp.people.accounts import AccountError
from mpp.store import devices
from mpp.store.devices import Device, Pairing
from mpp.web.admin import forms
from mpp.web.admin.desk import ADMIN, Desk, cell, done, given_now, table
from mpp.web.admin.device_words import about, battery, place_fields, state_of
from mpp.web.admin.fields import Field, Given, Trouble
from mpp.web.people.sign_in import role_words
from mpp.web.plain import button, el, field
from mpp.web.session import actor_now, by_now

HERE = f"{ADMIN}/perangkat"


def register(app: Flask, desk: Desk) -> None:
    """Serve them."""
    here = Devices(desk)

    @app.route(HERE, methods=["GET", "POST"])
    def admin_devices() -> AnyResponse:
        return here.listed()


class Devices:
    """The page of all devices."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def listed(self) -> AnyResponse:
        """All devices, and the form that lets one in."""
        desk, w, parts = self._desk, self._desk.w, self._desk.parts
        given, trouble = given_now(), Trouble()
        if request.method == "POST":
            trouble = self._confirm(given)
            if not trouble:
                return redirect(done(HERE, "add"), 303)
        elif not given:
            given["open"] = "1"
        with parts.store.read() as tx:
            found, waiting = devices.every(tx), devices.waiting(tx, parts.real())
        back = (ADMIN, w.text("Administration")) if may(actor_now(), "admin") else None
        return desk.page(
            w.text("Devices"),
            self._pairing(given, trouble, waiting),
            el("section", el("h2", w.text("Paired")), self._table(found), class_="card"),
            back=back,
            status=400 if trouble else 200,
        )

    def _confirm(self, given: Given) -> Trouble:
        parts, w = self._desk.parts, self._desk.w
        agency, _, counter = given.get("counter", "").partition("/")
        try:
            use.confirm(
                parts.store,
                parts.real(),
                given.get("code", ""),
                by=by_now(),
                w=w,
                name=given.get("name", ""),
                open="open" in given,
                agency=agency or None,
                counter=counter or None,
                agencies=self._desk.state().places,
            )
        except AccountError as error:
            return error.trouble
        return {}

    def _pairing(self, given: Given, trouble: Trouble, waiting: list[Pairing]) -> Markup:
        desk, w = self._desk, self._desk.w
        told = w.text(
            "Open {address} on the device. It shows a code of six letters and digits; type it here.",
            address=f"{request.host_url.rstrip('/')}/pasang",
        )
        asked = [
            Field(key="code", label=w.text("Code on the device")),
            Field(key="name", label=w.text("Name")),
        ]
        now = [
            el(
                "li",
                w.text(
                    "{kind} from {remote}, waiting since {time}",
                    kind=role_words(one.kind, w),
                    remote=one.remote or "–",
                    time=w.time(one.asked_at, desk.zone),
                ),
            )
            for one in waiting[:10]
        ]
        return el(
            "section",
            el("h2", w.text("Let a device in")),
            el("p", told, class_="hint"),
            now and [el("p", w.text("Waiting now:")), el("ul", now, class_="days")],
            el(
                "form",
                forms.summary(asked, trouble, w),
                field(
                    w.text("Code on the device"),
                    "code",
                    value=given.get("code", ""),
                    wrong=trouble.get("code", ""),
                    autocomplete="off",
                    autocapitalize="characters",
                    spellcheck="false",
                    class_="short",
                ),
                field(
                    w.text("Name"),
                    "name",
                    value=given.get("name", ""),
                    hint=w.text("Where it hangs or stands, such as Layar lobi lantai 1"),
                    wrong=trouble.get("name", ""),
                    autocomplete="off",
                ),
                [one.draw(given, trouble.get(one.key, ""), w) for one in place_fields(desk)],
                button(w.text("Let it in")),
                method="post",
                novalidate=True,
            ),
            class_="card form",
        )

    def _table(self, found: list[Device]) -> Markup:
        desk, w = self._desk, self._desk.w
        heads = (
            w.text("Device"),
            w.text("State"),
            w.text("Last heard"),
            w.text("Version"),
            w.text("Battery"),
            w.text("Unsent"),
        )
        rows = [
            [
                el(
                    "td",
                    el("a", el("b", one.name), href=f"{HERE}/{one.id}"),
                    el("span", about(one, w), class_="under"),
                ),
                cell(heads[1], state_of(one, desk.parts.real(), w)),
                cell(heads[2], desk.when(one.seen_at)),
                cell(heads[3], one.release or "–"),
                cell(heads[4], battery(one, w)),
                cell(heads[5], "–" if one.unsent is None else w.number(one.unsent)),
            ]
            for one in found
        ]
        if not rows:
            return el("p", w.text("No device is paired yet."))
        return table(w.text("Paired"), heads, rows, hidden=True)
