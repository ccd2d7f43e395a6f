"""``/admin/orang``: who may sign in, with which role, and where they are signed in now."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response, abort, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from mpp.people import accounts
from mpp.people.accounts import AccountError, ChangedError
from mpp.people.sign_in import ran_out
from mpp.store import people
from mpp.store.people import Person
from mpp.web.admin import forms
from mpp.web.admin.desk import ADMIN, Desk, cell, done, given_now, link, table
from mpp.web.admin.fields import Given, Trouble
from mpp.web.admin.person_form import person_fields, wish_of
from mpp.web.admin.sign_ins import sign_ins
from mpp.web.people.sign_in import role_words
from mpp.web.plain import alert, button, el
from mpp.web.session import by_now

HERE = f"{ADMIN}/orang"


def register(app: Flask, desk: Desk) -> None:
    """Serve them."""
    here = People(desk)

    @app.get(HERE)
    def admin_people() -> Response:
        return here.listed()

    @app.route("/admin/tambah/orang", methods=["GET", "POST"])
    def admin_add_person() -> Response:
        return here.add()

    @app.route(f"{HERE}/<int:number>", methods=["GET", "POST"])
    def admin_person(number: int) -> AnyResponse:
        return here.one(number)

    @app.post(f"{HERE}/<int:number>/<what>")
    def admin_person_do(number: int, what: str) -> AnyResponse:
        return here.do(number, what)

    @app.post(f"{HERE}/<int:number>/sesi/<int:session>")
    def admin_person_session(number: int, session: int) -> AnyResponse:
        return here.end(number, session)


class People:
    """The pages of people."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # -- the list --------------------------------------------------------------------------------

    def listed(self) -> Response:
        """Everybody, those who may no longer sign in last."""
        desk, w = self._desk, self._desk.w
        with desk.parts.store.read() as tx:
            everybody = sorted(people.everybody(tx), key=lambda one: one.disabled_at is not None)
            used = people.last_used(tx)
        heads = (
            w.text("Name"),
            w.text("Role"),
            w.text("Tenant agencies"),
            w.text("Last used"),
            w.text("State"),
        )
        rows = [
            [
                el(
                    "td",
                    el("a", el("b", one.name), href=f"{HERE}/{one.id}"),
                    el("span", one.login, class_="under"),
                ),
                cell(heads[1], role_words(one.role, w)),
                cell(heads[2], self._agencies(one) or "–"),
                cell(heads[3], desk.when(used.get(one.id))),
                cell(heads[4], self._state(one)),
            ]
            for one in everybody
        ]
        return desk.page(
            w.text("People"),
            el("p", link(f"{ADMIN}/tambah/orang", w.text("Add a person"), kind="first"), class_="tools"),
            el("section", table(w.text("People"), heads, rows, hidden=True), class_="card"),
            back=(ADMIN, w.text("Administration")),
        )

    def _agencies(self, person: Person) -> str:
        names = {one.code: one.short for one in self._desk.parts.board.latest().agencies}
        return ", ".join(names.get(code, code) for code in sorted(person.agencies))

    def _state(self, person: Person) -> str:
        w = self._desk.w
        if person.disabled_at is not None:
            return f"■ {w.text('disabled')}"
        if ran_out(person, self._desk.parts.real()):
            return f"▲ {w.text('the one-time password ran out')}"
        if person.must_change:
            return f"○ {w.text('has the one-time password')}"
        return f"● {w.text('can sign in')}"

    # -- the form --------------------------------------------------------------------------------

    def add(self) -> Response:
        """A form for a new account; its answer shows the one-time password, once."""
        desk, w = self._desk, self._desk.w
        given, trouble = given_now(), Trouble()
        if request.method == "POST":
            try:
                person, once = accounts.create(
                    desk.parts.store, desk.parts.real(), wish_of(given, desk.state(), w), by_now(), w=w
                )
            except AccountError as error:
                trouble = error.trouble
            else:
                return self._once(person, once)
        return desk.page(
            w.text("Add a person"),
            forms.draw(
                person_fields(desk.state(), w), given, trouble, w, rev=0, submit=w.text("Add"), back=HERE
            ),
            back=(HERE, w.text("People")),
            status=400 if trouble else 200,
        )

    def _once(self, person: Person, once: str) -> Response:
        w = self._desk.w
        return self._desk.page(
            person.name,
            el(
                "section",
                el("h2", w.text("One-time password")),
                el("p", once, class_="code secret"),
                el(
                    "p",
                    w.text(
                        "Hand it to {name} or note it now: it is not shown again, not by loading this page "
                        "anew either. The login is {login}; at the first sign-in a password of one's own is "
                        "chosen.",
                        name=person.name,
                        login=person.login,
                    ),
                ),
                el(
                    "form",
                    button(w.text("Make another"), kind="second"),
                    method="post",
                    action=f"{HERE}/{person.id}/sandi",
                    class_="tools",
                ),
                class_="card once",
                role="status",
            ),
            el("p", link(HERE, w.text("People"))),
        )

    def one(self, number: int) -> AnyResponse:
        """One account: its form, what else can be done, where it is signed in."""
        desk, w = self._desk, self._desk.w
        person = self._person(number)
        asked = person_fields(desk.state(), w)
        given, trouble = given_now(), Trouble()
        if request.method == "POST":
            trouble = self._change(person, given)
            if not trouble:
                return redirect(done(f"{HERE}/{number}", "change"), 303)
            person = self._person(number)
        else:
            kept = {
                "name": person.name,
                "login": person.login,
                "role": person.role,
                "agencies": sorted(person.agencies),
                "counters": sorted(f"{agency}/{counter}" for agency, counter in person.counters),
            }
            given = forms.filled(asked, kept | ({"subject": person.subject} if person.subject else {}))
        return desk.page(
            person.name,
            self._notice(person),
            forms.draw(asked, given, trouble, w, rev=person.rev, submit=w.text("Save"), back=HERE),
            self._doings(person),
            sign_ins(desk, person),
            back=(HERE, w.text("People")),
            lead=f"{person.login} · {role_words(person.role, w)}",
            status=400 if trouble else 200,
        )

    def _change(self, person: Person, given: Given) -> Trouble:
        desk, w = self._desk, self._desk.w
        rev = given.get("rev", "")
        try:
            if rev != str(person.rev):
                text = w.text("Somebody else changed this account meanwhile. Save again to replace that.")
                raise ChangedError("", text)
            accounts.change(
                desk.parts.store, desk.parts.real(), person, wish_of(given, desk.state(), w), by=by_now(), w=w
            )
        except AccountError as error:
            return error.trouble
        return {}

    def _person(self, number: int) -> Person:
        with self._desk.parts.store.read() as tx:
            found = people.by_id(tx, number)
        if found is None:
            abort(404)
        return found

    # -- what else can be done -------------------------------------------------------------------

    def _notice(self, person: Person) -> Markup | None:
        desk, w = self._desk, self._desk.w
        until = accounts.waits_until(desk.parts.store, desk.parts.real(), person)
        if person.disabled_at is not None:
            return el(
                "p", w.text("Disabled since {at}.", at=desk.when(person.disabled_at)), class_="card notice"
            )
        if until is not None:
            text = w.text(
                "Too many wrong passwords came from one address: there the next is looked at from {time} on.",
                time=w.clock(until, desk.zone),
            )
            return el(
                "form",
                el("p", text),
                button(w.text("Let in now"), kind="second"),
                method="post",
                action=f"{HERE}/{person.id}/buka",
                class_="card notice",
            )
        return None

    def _doings(self, person: Person) -> Markup:
        w = self._desk.w
        off = person.disabled_at is not None

        def do(what: str, text: str, hint: str, kind: str = "second") -> Markup:
            return el(
                "form",
                el("p", hint, class_="hint"),
                button(text, kind=kind),
                method="post",
                action=f"{HERE}/{person.id}/{what}",
            )

        reset = w.text("The present password and every sign-in end; a new one-time password is shown once.")
        return el(
            "section",
            do("sandi", w.text("New one-time password"), reset),
            do("aktifkan", w.text("Enable"), w.text("The person may sign in again."))
            if off
            else do(
                "nonaktifkan",
                w.text("Disable"),
                w.text(
                    "The person can no longer sign in, and is signed out everywhere. The history keeps "
                    "the name."
                ),
                "danger",
            ),
            class_="card doings",
        )

    def end(self, number: int, session: int) -> AnyResponse:
        """End one sign-in of this person."""
        parts, person = self._desk.parts, self._person(number)
        accounts.end_sessions(parts.store, parts.real(), person, by=by_now(), session_id=session)
        return redirect(done(f"{HERE}/{number}", "session"), 303)

    def do(self, number: int, what: str) -> AnyResponse:
        """One press: a new password, disable, enable, let in, sign out everywhere."""
        desk, w = self._desk, self._desk.w
        person, store, now, by = self._person(number), desk.parts.store, desk.parts.real(), by_now()
        doings: dict[str, Callable[[], object]] = {
            "sandi": lambda: self._once(person, accounts.reset(store, now, person, by=by, w=w)),
            "nonaktifkan": lambda: accounts.disable(store, now, person, by=by, w=w),
            "aktifkan": lambda: accounts.disable(store, now, person, by=by, w=w, disabled=False),
            "buka": lambda: accounts.unlock(store, now, person, by=by),
            "keluarkan": lambda: accounts.end_sessions(store, now, person, by=by),
        }
        if what not in doings:
            abort(404)
        try:
            shown = doings[what]()
        except AccountError as error:
            back = (f"{HERE}/{number}", w.text("Back"))
            return desk.page(person.name, alert(str(error)), back=back, status=409)
        if isinstance(shown, Response):
            return shown
        return redirect(done(f"{HERE}/{number}", "change"), 303)
