"""Signing in and out: ``/masuk``, ``/keluar``."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Flask, Response, redirect, request
from flask_limiter import Limiter
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from mpp.access import FIRST, PEOPLE, PUBLIC, SIGN_IN
from mpp.i18n import Words
from mpp.people import devices
from mpp.people import sign_in as use
from mpp.people.audit import By
from mpp.people.device_checks import for_display
from mpp.store import people
from mpp.web.asked import local
from mpp.web.context import Parts
from mpp.web.known import anybody_known, knows, remember
from mpp.web.language import locale_of
from mpp.web.people import sso
from mpp.web.people.pairing import PERSON, pair_at
from mpp.web.people.sso import SSO
from mpp.web.plain import alert, button, el, field, page
from mpp.web.session import actor_now, become_device, enter, known_now, leave

RATE = "10/minute"
"""So many tries of one login from one address, right or wrong."""
WIDE_RATE = "600/minute"
"""So many of one address whatever the login: a mall's people and visitors may sit behind one."""
DEMO_RATE = "30/minute"

DEMO = SIGN_IN + "/demo"


def register(app: Flask, parts: Parts, limiter: Limiter) -> None:
    """Serve them."""
    door = _Door(parts)
    sso.register(app, parts, limiter, door.ask)

    @app.get(SIGN_IN)
    def sign_in_page() -> AnyResponse:
        if actor_now().role != PUBLIC:
            return redirect(local(request.args.get("next", "")), 303)
        if known_now().lost and PERSON not in request.args:
            return redirect(pair_at(request.args.get("next", "")), 303)
        return door.nobody_yet() or door.ask()

    @app.post(SIGN_IN)
    @limiter.limit(WIDE_RATE)
    @limiter.limit(RATE, key_func=_who)
    def sign_in() -> AnyResponse:
        return door.try_in()

    @app.post(DEMO)
    @limiter.limit(DEMO_RATE)
    def demo() -> AnyResponse:
        return door.demo()

    @app.post("/keluar")
    def sign_out() -> AnyResponse:
        leave()
        return redirect(SIGN_IN, 303)


def _who() -> str:
    login = use.login_of(request.form.get("login", "")[:64])
    return f"{request.remote_addr or 'nobody'} {login}"


def role_words(role: str, w: Words) -> str:
    """A role as people call it."""
    return {
        "administrator": w.text("Administrator"),
        "manager": w.text("Mall manager"),
        "operator": w.text("Control room operator"),
        "agency": w.text("Agency"),
        "officer": w.text("Counter officer"),
        "leadership": w.text("Leadership"),
        "evaluator": w.text("Evaluator"),
        "inspectorate": w.text("Inspectorate"),
        "display": w.text("Wall display"),
        "kiosk": w.text("Kiosk"),
    }[role]


class _Door:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def _words(self) -> Words:
        return self._parts.words_for(locale_of(self._parts.settings.locale))

    def nobody_yet(self) -> AnyResponse | None:
        """Where to go while nobody has an account."""
        with self._parts.store.read() as tx:
            return None if people.any_at_all(tx) else redirect(FIRST, 303)

    # -- the form --------------------------------------------------------------------------------

    def ask(self, status: int = 200, wrong: str = "", login: str = "") -> Response:
        """The sign-in page."""
        w, settings = self._words(), self._parts.settings
        onward = request.values.get("next", "")
        demo = self._parts.mode == "demo"
        form = el(
            "form",
            wrong and alert(wrong),
            el("input", type="hidden", name="next", value=local(onward) if onward else ""),
            field(
                w.text("Login"),
                "login",
                value=login,
                autocomplete="username",
                autocapitalize="none",
                spellcheck="false",
                maxlength=64,
                required=True,
                autofocus=not demo,
            ),
            field(
                w.text("Password"),
                "password",
                kind="password",
                autocomplete="current-password",
                maxlength=200,
                required=True,
            ),
            button(w.text("Sign in"), kind="first wide"),
            method="post",
            action=SIGN_IN,
        )
        # A link: a form that ends at another site is what the content security policy forbids.
        single = el(
            "p",
            el(
                "a",
                w.text("Sign in with {name}", name=settings.sso_name),
                href=SSO + ("?" + urlencode({"next": local(onward)}) if onward else ""),
                class_="button second wide",
            ),
            class_="buttons",
        )
        # A wall that lost its cookie waits here for nobody: it goes on by itself (assets/alone.js). Neither a
        # tab that somebody forgot nor a telephone may: they would ask for codes for ever.
        waits = request.method == "GET" and self._parts.mode == "live" and PERSON not in request.args
        hung = for_display(onward) and not onward.startswith("/ringkas")
        alone = waits and hung and not anybody_known(self._parts)
        display = el(
            "p",
            w.text("A screen or kiosk without a person?"),
            " ",
            el("a", w.text("Pair this device"), href=pair_at(onward), data_alone=alone),
            class_="hint",
        )
        mall = self._parts.board.latest().mall
        return page(
            w.text("Sign in"),
            demo and self._roles(w),
            el(
                "section",
                el("h1", mall or w.text("Service monitor")),
                el("p", w.text("Sign in to see your page."), class_="lead"),
                form,
                settings.sso_issuer and single,
                class_="card",
            ),
            display,
            words=w,
            mall=mall,
            status=status,
            main="narrow",
            scripts=("alone.js",) if alone else (),
        )

    def _roles(self, w: Words) -> Markup:
        """The demo's way in: one press per role."""
        made = [
            button(role_words(role, w), kind="second wide", name="role", value=role)
            for role in (*PEOPLE, "display")
        ]
        onward = request.values.get("next", "")
        return el(
            "section",
            el("h2", w.text("This is a demo")),
            el(
                "p",
                w.text("Everything in it is invented. Choose a role; one press signs you in, no password."),
                class_="lead",
            ),
            el(
                "form",
                el("input", type="hidden", name="next", value=local(onward) if onward else ""),
                el("div", made, class_="roles"),
                method="post",
                action=DEMO,
            ),
            class_="card",
        )

    # -- what was sent ---------------------------------------------------------------------------

    def try_in(self) -> AnyResponse:
        """The form was sent."""
        w = self._words()
        login, password = request.form.get("login", ""), request.form.get("password", "")
        found = use.sign_in(
            self._parts.store,
            self._parts.real(),
            login[:64],
            password,
            remote=request.remote_addr or "",
            browser=request.headers.get("User-Agent", ""),
            known=knows(self._parts, login),
        )
        if isinstance(found, use.SignedIn):
            enter(found)
            answer = redirect(self._onward(), 303)
            remember(self._parts, answer, login)
            return answer
        if found.wait_s:
            text = w.text(
                "Too many wrong passwords. Wait {time}, then try again.", time=_span(found.wait_s, w)
            )
            answer = self.ask(429, text, login)
            answer.headers["Retry-After"] = str(found.wait_s)
            return answer
        return self.ask(401, w.text("Login and password do not fit together."), login)

    def _onward(self) -> str:
        onward = request.form.get("next", "")
        return local(onward) if onward else "/"

    def demo(self) -> AnyResponse:
        """One of the demo's buttons was pressed."""
        parts, role = self._parts, request.form.get("role", "")
        if parts.mode != "demo" or role not in (*PEOPLE, "display"):
            return redirect(SIGN_IN, 303)
        now, by = parts.real(), By("demo", PUBLIC, request.remote_addr or "")
        if role == "display":
            token, code = devices.ask(parts.store, now, "display", "demo")
            devices.confirm(
                parts.store,
                now,
                code,
                by=by,
                w=self._words(),
                name=self._words().text("Demo wall"),
                open=False,
            )
            become_device(token)
            return redirect(self._onward(), 303)
        with parts.store.write() as tx:
            person = people.by_login(tx, role)
            found = None
            if person is not None:
                found = use.begin(tx, now, person, by, request.headers.get("User-Agent", ""))
        if found is not None:
            enter(found)
        return redirect(self._onward(), 303)


def _span(seconds: int, w: Words) -> str:
    """A wait as somebody would say it."""
    if seconds < 60:
        return w.plural("{n} second", "{n} seconds", seconds)
    return w.plural("{n} minute", "{n} minutes", -(-seconds // 60))
