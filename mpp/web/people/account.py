"""One's own account: ``/akun``: who one is, the password, where one is signed in, the way out."""

from __future__ import annotations

from flask import Flask, Response, redirect, request
from flask_limiter import Limiter
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from mpp.i18n import Words
from mpp.people import accounts
from mpp.people.accounts import AccountError
from mpp.people.audit import note
from mpp.people.passwords import LEAST
from mpp.people.sign_in import open_sessions
from mpp.store import people
from mpp.store.people import Person, SessionRow
from mpp.web.context import Parts
from mpp.web.language import locale_of
from mpp.web.people.sign_in import role_words
from mpp.web.plain import alert, button, doors, el, field, page, said
from mpp.web.session import ACCOUNT, Known, by_now, known_now


def register(app: Flask, parts: Parts, limiter: Limiter) -> None:
    """Serve it."""
    desk = _Account(parts)

    @app.get(ACCOUNT)
    def account() -> Response:
        return desk.show()

    @app.post(f"{ACCOUNT}/sandi")
    @limiter.limit("30/minute")
    def password() -> AnyResponse:
        return desk.password()

    @app.post(f"{ACCOUNT}/sesi/<int:number>")
    def end(number: int) -> AnyResponse:
        return desk.end(number)


class _Account:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def _words(self) -> Words:
        return self._parts.words_for(locale_of(self._parts.settings.locale))

    def show(self, status: int = 200, wrong: AccountError | None = None) -> Response:
        """The page."""
        w, known = self._words(), known_now()
        person = _person(known)
        with self._parts.store.read() as tx:
            found = open_sessions(tx, self._parts.real(), person.id)
        first = person.must_change
        told = request.args.get("sandi") == "baru" and said(w.text("The new password holds from now on."))
        return page(
            w.text("My account"),
            el("h1", person.name),
            el("p", self._about(person, w), class_="lead"),
            told,
            first and alert(w.text("This password was given to you. Choose one of your own, then go on.")),
            not first and self._doors(known, w),
            person.password is not None and self._form(w, wrong),
            not first and self._sessions(found, known, w),
            el("form", button(w.text("Sign out"), kind="second"), method="post", action="/keluar"),
            words=w,
            mall=self._parts.board.latest().mall,
            actor=None if first else known.actor,
            status=status,
        )

    def _doors(self, known: Known, w: Words) -> Markup:
        links = [el("li", el("a", el("b", name), href=address)) for address, name in doors(known.actor, w)]
        return el("section", el("h2", w.text("My pages")), el("ul", links, class_="doors"), class_="mine")

    def _about(self, person: Person, w: Words) -> str:
        names = {one.code: one.name for one in self._parts.board.latest().agencies}
        bound = [names.get(code, code) for code in sorted(person.agencies)]
        return " · ".join((person.login, role_words(person.role, w), *bound))

    def _form(self, w: Words, wrong: AccountError | None) -> Markup:
        told = wrong.trouble if wrong else {}
        return el(
            "section",
            el("h2", w.text("Password")),
            wrong is not None and wrong.field not in ("old", "new", "again") and alert(str(wrong)),
            el(
                "form",
                field(
                    w.text("Present password"),
                    "old",
                    kind="password",
                    wrong=told.get("old", ""),
                    autocomplete="current-password",
                    required=True,
                ),
                field(
                    w.text("New password"),
                    "new",
                    kind="password",
                    hint=w.text("At least {n} characters; a short sentence is easy to keep.", n=LEAST),
                    wrong=told.get("new", ""),
                    autocomplete="new-password",
                    required=True,
                ),
                field(
                    w.text("New password once more"),
                    "again",
                    kind="password",
                    wrong=told.get("again", ""),
                    autocomplete="new-password",
                    required=True,
                ),
                button(w.text("Change the password")),
                method="post",
                action=f"{ACCOUNT}/sandi",
            ),
            class_="card",
        )

    def _sessions(self, found: list[SessionRow], known: Known, w: Words) -> Markup:
        zone = self._parts.board.latest().zone
        rows = [
            el(
                "tr",
                el(
                    "td",
                    browser_words(one.browser, w),
                    one.id == known.session and " " + w.text("(this one)"),
                ),
                el("td", one.remote, data_label=w.text("From")),
                el("td", w.moment(one.seen_at, zone), data_label=w.text("Last used")),
                el(
                    "td",
                    one.id != known.session
                    and el(
                        "form",
                        button(w.text("End"), kind="second"),
                        method="post",
                        action=f"{ACCOUNT}/sesi/{one.id}",
                    ),
                ),
            )
            for one in found
        ]
        names = (w.text("Browser"), w.text("From"), w.text("Last used"), "")
        return el(
            "section",
            el(
                "table",
                el("caption", w.text("Signed in here")),
                el("thead", el("tr", [el("th" if name else "td", name) for name in names])),
                el("tbody", rows),
                class_="list rows",
            ),
            class_="card",
        )

    def password(self) -> AnyResponse:
        """The form was sent."""
        w, known, given = self._words(), known_now(), request.form
        person = _person(known)
        try:
            if given.get("new") != given.get("again"):
                raise AccountError("again", w.text("This is not the same as the new password above"))
            accounts.own_password(
                self._parts.store,
                self._parts.real(),
                person,
                old=given.get("old", ""),
                new=given.get("new", ""),
                by=by_now(),
                w=w,
                session_id=known.session,
            )
        except AccountError as error:
            return self.show(400, error)
        return redirect("/" if person.must_change else f"{ACCOUNT}?sandi=baru", 303)

    def end(self, number: int) -> AnyResponse:
        """End another of one's own sessions."""
        person = _person(known_now())
        now = self._parts.real()
        with self._parts.store.write() as tx:
            if people.end(tx, now, session_id=number, person_id=person.id):
                note(tx, now, by_now(), "session.ended", f"person:{person.login}")
        return redirect(ACCOUNT, 303)


def _person(known: Known) -> Person:
    if known.person is None:
        raise TypeError("the gate lets people alone come here")
    return known.person


def browser_words(text: str, w: Words) -> str:
    """A browser as somebody knows it, of what it says of itself."""
    kinds = (
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    )
    places = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    )
    kind = next((name for mark, name in kinds if mark in text), w.text("a browser"))
    where = next((name for mark, name in places if mark in text), "")
    return f"{kind} · {where}" if where else kind
