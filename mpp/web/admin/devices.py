"""``/admin/perangkat``: walls and kiosks: let in, named, moved, renewed, revoked."""

from __future__ import annotations

from flask import Flask, abort, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from mpp.access import may
from mpp.i18n import Words
from mpp.people import devices as use
from mpp.people.accounts import AccountError, ChangedError
from mpp.store import devices
from mpp.store.devices import Device, Pairing
from mpp.web.admin import forms
from mpp.web.admin.desk import ADMIN, Desk, cell, done, given_now, table
from mpp.web.admin.fields import Choice, Field, Flag, Given, Trouble
from mpp.web.people.sign_in import role_words
from mpp.web.plain import alert, button, el, field
from mpp.web.session import actor_now, by_now

HERE = f"{ADMIN}/perangkat"
LOW = 20
"""Percent of battery from which on somebody should look for a plug."""


def register(app: Flask, desk: Desk) -> None:
    """Serve them."""
    here = Devices(desk)

    @app.route(HERE, methods=["GET", "POST"])
    def admin_devices() -> AnyResponse:
        return here.listed()

    @app.route(f"{HERE}/<int:number>", methods=["GET", "POST"])
    def admin_device(number: int) -> AnyResponse:
        return here.one(number)

    @app.post(f"{HERE}/<int:number>/perbarui")
    def admin_device_renew(number: int) -> AnyResponse:
        return here.renew(number)

    @app.post(f"{HERE}/<int:number>/ganti")
    def admin_device_replace(number: int) -> AnyResponse:
        return here.replace(number)

    @app.route(f"{HERE}/<int:number>/cabut", methods=["GET", "POST"])
    def admin_device_revoke(number: int) -> AnyResponse:
        return here.revoke(number)


class Devices:
    """The pages of devices."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # -- the list, and letting one in ------------------------------------------------------------

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
                agencies=self._mall(),
            )
        except AccountError as error:
            return {error.field: str(error)}
        return {}

    def _mall(self) -> dict[str, list[str]]:
        """The agencies with their counters."""
        mall = self._desk.state().mall
        return {one.code: [c.code for c in one.counters] for one in (mall.agencies if mall else ())}

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
                [one.draw(given, trouble.get(one.key, ""), w) for one in self._fields()],
                button(w.text("Let it in")),
                method="post",
                novalidate=True,
            ),
            class_="card form",
        )

    def _fields(self) -> list[Field]:
        w, state = self._desk.w, self._desk.state()
        counters = [
            (f"{agency.code}/{counter.code}", f"{agency.short}: {counter.name}")
            for agency in (state.mall.agencies if state.mall else ())
            for counter in agency.counters
        ]
        return [
            Choice(
                key="counter",
                label=w.text("Counter (of a kiosk)"),
                hint=w.text("The counter whose visitors use it"),
                options=[("", w.text("none")), *counters],
            ),
            Flag(
                key="open",
                label=w.text("In front of visitors: without names, extensions and integrity reports"),
                default=True,
            ),
        ]

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
                    el("span", self._about(one), class_="under"),
                ),
                cell(heads[1], self._state(one)),
                cell(heads[2], desk.when(one.seen_at)),
                cell(heads[3], one.release or "–"),
                cell(heads[4], _battery(one, w)),
                cell(heads[5], "–" if one.unsent is None else w.number(one.unsent)),
            ]
            for one in found
        ]
        if not rows:
            return el("p", w.text("No device is paired yet."))
        return table(w.text("Paired"), heads, rows, hidden=True)

    def _about(self, device: Device) -> str:
        w = self._desk.w
        place = f"{device.agency}/{device.counter}" if device.counter else device.agency or ""
        said = w.text("in front of visitors") if device.open else w.text("for staff")
        return " · ".join(part for part in (role_words(device.kind, w), said, place) if part)

    def _state(self, device: Device) -> str:
        w, now = self._desk.w, self._desk.parts.real()
        if device.revoked_at is not None:
            return f"■ {w.text('revoked')}"
        if device.seen_at is None:
            return f"○ {w.text('not heard of yet')}"
        if now - device.seen_at > use.SILENT_AFTER:
            return (
                f"▨ {w.text('no news for {time}', time=w.duration((now - device.seen_at).total_seconds()))}"
            )
        return f"● {w.text('there')}"

    # -- one device ------------------------------------------------------------------------------

    def _device(self, number: int) -> Device:
        with self._desk.parts.store.read() as tx:
            found = devices.by_id(tx, number)
        if found is None:
            abort(404)
        return found

    def one(self, number: int, wrong: str = "") -> AnyResponse:
        """Rename, move, show to visitors or not; renew; revoke."""
        desk, w = self._desk, self._desk.w
        device = self._device(number)
        given, trouble = given_now(), Trouble()
        asked = [
            Field(key="name", label=w.text("Name"), hint=w.text("Where it hangs or stands"), required=True),
            *self._fields(),
            Field(key="start", label=w.text("Address it shows"), required=True),
        ]
        if request.method == "POST" and not wrong:
            trouble = self._change(device, given)
            if not trouble:
                return redirect(done(f"{HERE}/{number}", "change"), 303)
            device = self._device(number)
        else:
            counter = f"{device.agency}/{device.counter}" if device.counter else ""
            kept = {"name": device.name, "counter": counter, "open": device.open, "start": device.start}
            given = forms.filled(asked, kept)
        return desk.page(
            device.name,
            forms.draw(asked, given, trouble, w, rev=device.rev, submit=w.text("Save"), back=HERE),
            self._facts(device),
            alert(wrong) if wrong and device.revoked_at is not None else self._renewing(device, wrong),
            device.revoked_at is None and el("p", el("a", w.text("Revoke …"), href=f"{HERE}/{number}/cabut")),
            back=(HERE, w.text("Devices")),
            lead=f"{self._about(device)} · {self._state(device)}",
            status=400 if trouble or wrong else 200,
        )

    def _change(self, device: Device, given: Given) -> Trouble:
        parts, w = self._desk.parts, self._desk.w
        agency, _, counter = given.get("counter", "").partition("/")
        try:
            if given.get("rev") != str(device.rev):
                text = w.text("Somebody else has changed this device meanwhile. Look again.")
                raise ChangedError("", text)
            use.change(
                parts.store,
                parts.real(),
                device,
                by=by_now(),
                w=w,
                name=given.get("name", ""),
                open="open" in given,
                agency=agency or None,
                counter=counter or None,
                agencies=self._mall(),
                start=given.get("start", ""),
            )
        except AccountError as error:
            return {error.field: str(error)}
        return {}

    def _facts(self, device: Device) -> Markup:
        desk, w = self._desk, self._desk.w
        facts = [
            (w.text("Last heard"), desk.when(device.seen_at)),
            (w.text("Version"), device.release or "–"),
            (w.text("Battery"), _battery(device, w)),
            (w.text("Unsent ratings"), "–" if device.unsent is None else w.number(device.unsent)),
            (w.text("Address"), device.remote or "–"),
            (w.text("Paired"), f"{desk.when(device.paired_at)}, {device.paired_by}"),
        ]
        return el(
            "section",
            el("dl", [[el("dt", name), el("dd", value)] for name, value in facts], class_="facts"),
            class_="card",
        )

    def _renewing(self, device: Device, wrong: str) -> Markup | None:
        w = self._desk.w
        if device.revoked_at is not None:
            return None
        token = w.text("The device gets it with its next report; nobody has to go there.")
        box = w.text(
            "The new box shows a code: type it, and it goes on under this name. The old one is locked out."
        )
        return el(
            "section",
            el(
                "form",
                el("h2", w.text("Renew the token")),
                el("p", token, class_="hint"),
                button(w.text("Renew"), kind="second"),
                method="post",
                action=f"{HERE}/{device.id}/perbarui",
            ),
            el(
                "form",
                el("h2", w.text("Put another box in its place")),
                el("p", box, class_="hint"),
                wrong and alert(wrong),
                field(w.text("Code on the device"), "code", wrong=wrong, autocomplete="off", class_="short"),
                button(w.text("Replace"), kind="second"),
                method="post",
                action=f"{HERE}/{device.id}/ganti",
            ),
            class_="card doings",
        )

    def renew(self, number: int) -> AnyResponse:
        """The device gets another token with its next report."""
        parts, w = self._desk.parts, self._desk.w
        try:
            use.renew(parts.store, parts.real(), self._device(number), by=by_now(), w=w)
        except AccountError as error:
            return self.one(number, str(error))
        return redirect(done(f"{HERE}/{number}", "renew"), 303)

    def replace(self, number: int) -> AnyResponse:
        """The device that shows the code takes this one's place."""
        parts, w = self._desk.parts, self._desk.w
        code = request.form.get("code", "")
        try:
            use.replace_box(parts.store, parts.real(), self._device(number), code, by=by_now(), w=w)
        except AccountError as error:
            return self.one(number, str(error))
        return redirect(done(f"{HERE}/{number}", "change"), 303)

    def revoke(self, number: int) -> AnyResponse:
        """Asks once more."""
        desk, w, parts = self._desk, self._desk.w, self._desk.parts
        device, wrong = self._device(number), ""
        if request.method == "POST":
            try:
                use.revoke(parts.store, parts.real(), device, by=by_now(), w=w)
            except AccountError as error:
                wrong = str(error)
            else:
                return redirect(done(HERE, "revoke"), 303)
        unsent = device.unsent or 0
        return desk.page(
            w.text("Revoke {what}?", what=device.name),
            el(
                "form",
                wrong and alert(wrong),
                el(
                    "p",
                    w.text("Within a minute it shows nothing of the mall, only a code to be let in again."),
                ),
                unsent > 0
                and el(
                    "p",
                    w.plural(
                        "{n} rating in it is not sent yet.", "{n} ratings in it are not sent yet.", unsent
                    ),
                ),
                el(
                    "div",
                    button(w.text("Revoke"), kind="danger"),
                    el("a", w.text("Keep it"), href=f"{HERE}/{number}", class_="button second"),
                    class_="buttons",
                ),
                method="post",
                class_="card",
            ),
            back=(f"{HERE}/{number}", w.text("Back")),
        )


def _battery(device: Device, w: Words) -> str:
    if device.battery is None:
        return "–"
    told = w.percent(device.battery / 100)
    return f"▲ {told}, {w.text('low')}" if device.battery < LOW else told
