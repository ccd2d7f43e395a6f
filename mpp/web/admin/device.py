"""``/admin/perangkat/<number>``: one wall or kiosk: named, moved, renewed, replaced, revoked."""

from __future__ import annotations

from flask import Flask, abort, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from mpp.people import devices as use
from mpp.people.accounts import AccountError, ChangedError
from mpp.store import devices
from mpp.store.devices import Device
from mpp.web.admin import forms
from mpp.web.admin.desk import ADMIN, Desk, done, given_now
from mpp.web.admin.device_words import about, battery, place_fields, state_of
from mpp.web.admin.fields import Field, Given, Trouble
from mpp.web.plain import alert, button, el, field
from mpp.web.session import by_now

HERE = f"{ADMIN}/perangkat"


def register(app: Flask, desk: Desk) -> None:
    """Serve it."""
    here = OneDevice(desk)

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


class OneDevice:
    """The page of a device."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

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
            *place_fields(desk),
            Field(key="start", label=w.text("Address it shows"), required=True),
        ]
        if request.method == "POST" and not wrong:
            trouble = self._change(device, given)
            if not trouble:
                return redirect(done(f"{HERE}/{number}", "change"), 303)
            device = self._device(number)
        else:
            # One of an agency and no counter keeps its agency: "dukcapil/".
            counter = f"{device.agency}/{device.counter or ''}" if device.agency else ""
            kept = {"name": device.name, "counter": counter, "open": device.open, "start": device.start}
            given = forms.filled(asked, kept)
        return desk.page(
            device.name,
            forms.draw(asked, given, trouble, w, rev=device.rev, submit=w.text("Save"), back=HERE),
            self._facts(device),
            alert(wrong) if wrong and device.revoked_at is not None else self._renewing(device, wrong),
            device.revoked_at is None and el("p", el("a", w.text("Revoke …"), href=f"{HERE}/{number}/cabut")),
            back=(HERE, w.text("Devices")),
            lead=f"{about(device, w)} · {state_of(device, desk.parts.real(), w)}",
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
                agencies=self._desk.state().places,
                start=given.get("start", ""),
            )
        except AccountError as error:
            return error.trouble
        return {}

    def _facts(self, device: Device) -> Markup:
        desk, w = self._desk, self._desk.w
        facts = [
            (w.text("Last heard"), desk.when(device.seen_at)),
            (w.text("Version"), device.release or "–"),
            (w.text("Battery"), battery(device, w)),
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
