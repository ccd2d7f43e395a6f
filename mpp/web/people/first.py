"""The first administrator: ``/mulai``, with the code from the server's log."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, Response, redirect, request
from flask_limiter import Limiter
from werkzeug.wrappers import Response as AnyResponse

from mpp.access import FIRST, PUBLIC, SIGN_IN
from mpp.i18n import Words
from mpp.people import accounts, first
from mpp.people import sign_in as use
from mpp.people.accounts import AccountError, Wish
from mpp.people.audit import By
from mpp.people.passwords import LEAST
from mpp.store import people
from mpp.web.context import Parts
from mpp.web.known import remember
from mpp.web.language import locale_of
from mpp.web.plain import alert, button, el, field, page
from mpp.web.problems import replay_page
from mpp.web.session import enter


def register(app: Flask, parts: Parts, limiter: Limiter) -> None:
    """Serve it."""
    door = _First(parts)

    @app.get(FIRST)
    def first_page() -> AnyResponse:
        return door.shut() or door.ask()

    @app.post(FIRST)
    @limiter.limit("10/minute")
    def first_sent() -> AnyResponse:
        return door.shut() or door.become_first()


class _First:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def _words(self) -> Words:
        return self._parts.words_for(locale_of(self._parts.settings.locale))

    def shut(self) -> AnyResponse | None:
        """Where to go when there is somebody already; what to say in a replay, which keeps nobody."""
        with self._parts.store.read() as tx:
            if people.any_at_all(tx):
                return redirect(SIGN_IN, 303)
        return replay_page() if self._parts.mode == "replay" else None

    def ask(self, status: int = 200, wrong: AccountError | None = None) -> Response:
        """The page of the first administrator."""
        w, given = self._words(), request.form

        told = wrong.trouble if wrong else {}
        here: Sequence[str] = ("code", "login", "name", "password")
        form = el(
            "form",
            wrong is not None and wrong.field not in here and alert(str(wrong)),
            field(
                w.text("Code"),
                "code",
                value=given.get("code", ""),
                hint=w.text("In the server's log, printed at its start; start it again for another."),
                wrong=told.get("code", ""),
                autocomplete="one-time-code",
                required=True,
            ),
            field(
                w.text("Login"),
                "login",
                value=given.get("login", ""),
                hint=w.text("2 to 64 small letters, digits and . _ @ -, such as budi.santoso"),
                wrong=told.get("login", ""),
                autocomplete="username",
                autocapitalize="none",
                required=True,
            ),
            field(
                w.text("Name"),
                "name",
                value=given.get("name", ""),
                hint=w.text("Others read it beside what you do."),
                wrong=told.get("name", ""),
                autocomplete="name",
                required=True,
            ),
            field(
                w.text("Password"),
                "password",
                kind="password",
                hint=w.text("At least {n} characters; a short sentence is easy to keep.", n=LEAST),
                wrong=told.get("password", ""),
                autocomplete="new-password",
                required=True,
            ),
            button(w.text("Become the administrator"), kind="first wide"),
            method="post",
            action=FIRST,
        )
        return page(
            w.text("First administrator"),
            el(
                "section",
                el("h1", w.text("First administrator")),
                el("p", w.text("Nobody has an account yet. The first one may do everything."), class_="lead"),
                form,
                class_="card",
            ),
            words=w,
            mall=self._parts.board.latest().mall,
            status=status,
            main="narrow",
        )

    def become_first(self) -> AnyResponse:
        """The form of the first administrator was sent."""
        parts, w, given = self._parts, self._words(), request.form
        wish = Wish(given.get("login", ""), given.get("name", ""), "administrator")
        now, by = parts.real(), By("?", PUBLIC, request.remote_addr or "")
        try:
            made = accounts.checked(wish, {}, w)
            person = first.become_first(
                parts.store,
                now,
                secret=parts.secret,
                code=given.get("code", ""),
                wish=made,
                password=given.get("password", ""),
                by=By(made.login, "administrator", by.remote),
                w=w,
            )
        except AccountError as error:
            return self.ask(400, error)
        with parts.store.write() as tx:
            found = use.begin(tx, now, person, by, request.headers.get("User-Agent", ""))
        enter(found)
        answer = redirect("/admin", 303)
        remember(parts, answer, person.login)
        return answer
