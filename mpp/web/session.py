"""The view token: who knows it may look. One cookie per browser, checked on every page and stream.

The rule itself is the table in :mod:`mpp.access`; here are the cookie, the sign-in page and the
checks of where a request came from.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from flask import Flask, Request, Response, redirect, render_template_string, request, session
from flask.sessions import SecureCookieSessionInterface
from werkzeug.wrappers import Response as AnyResponse

from mpp.access import SIGN_IN, Visitor, area, may
from mpp.live.views import View
from mpp.web.context import Parts
from mpp.web.limits import Attempts
from mpp.web.problems import problem

KEEP = timedelta(days=400)
"""How long a browser stays signed in; browsers keep no cookie longer. Every page renews it."""
SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
PARAMETER = "view_token"
PAUSE_S = 1.0
"""How long each try waits from an address that guessed too often."""


class Cookies(SecureCookieSessionInterface):
    """Flask's signed cookie, marked Secure when the browser came by HTTPS."""

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002
        """Whether the browser may send the cookie over HTTPS only."""
        return request.is_secure


class Gate:
    """Lets requests pass or not."""

    def __init__(self, parts: Parts) -> None:
        self._token = parts.settings.view_token.get_secret_value()
        self._mark = hmac.new(parts.secret, self._token.encode(), hashlib.sha256).hexdigest()
        self._attempts = Attempts()
        self._slow = threading.Lock()
        self._words_for, self._locale = parts.words_for, parts.settings.locale
        self._board = parts.board

    def allowed(self, area_name: str) -> bool:
        """Whether the current request's sender may use an area."""
        guarded = bool(self._token)
        visitor = Visitor(guarded and self._known(), request.remote_addr, request.host)
        return may(visitor, area_name, guarded=guarded)

    def show(self, token: str) -> bool | None:
        """Whether this is the view token; None for a wrong one when this address guessed too often.

        Only wrong tries count, and who knows the token gets in from such an address too (a proxy may
        give everybody the same one). But there a try waits, one at a time over all addresses, and
        what comes meanwhile is refused unseen: guessing stays slow and takes one worker at most.
        """
        who = request.remote_addr or "nobody"
        if self._attempts.left(who):
            right = self._is(token)
            if not right:
                self._attempts.wrong(who)
            return right
        if not self._slow.acquire(blocking=False):
            return None
        try:
            time.sleep(PAUSE_S)
            return self._is(token) or None
        finally:
            self._slow.release()

    def _is(self, token: str) -> bool:
        return bool(self._token) and hmac.compare_digest(token.encode(), self._token.encode())

    def remember(self) -> None:
        """Sign this browser in."""
        session.permanent = True
        session["view"] = self._mark

    def guard(self) -> AnyResponse | None:
        """Before every request: an answer that ends it, or None to let it pass."""
        here = area(request.path)
        if request.method not in SAFE and here != "events" and not same_origin(request):
            return problem(403, "a page of another site sent this")
        if here == "page" and self._token and request.method == "GET" and PARAMETER in request.args:
            return self._by_address()
        if self.allowed(here):
            return None
        if not self._token:
            detail = (
                "without MPP_VIEW_TOKEN only this machine may look, at http://localhost or http://127.0.0.1"
            )
            return problem(403, detail)
        if here == "page" and request.method == "GET" and not request.path.startswith("/_"):
            return self.ask(401)
        return problem(401, "show the view token", {"WWW-Authenticate": 'Bearer realm="mpp view"'})

    def ask(self, status: int, wrong: str = "") -> Response:
        """The sign-in page."""
        where = without_token() if request.path != SIGN_IN else local(request.values.get("next", ""))
        words = self._words_for(self._locale)
        page = render_template_string(
            PAGE,
            lang=self._locale,
            title=words.text("Sign in"),
            product=words.text("Service monitor"),
            mall=self._mall(),
            label=words.text("Display password"),
            button=words.text("Open"),
            next=where,
            wrong=wrong,
            action=SIGN_IN,
        )
        return Response(page, status, headers={"Cache-Control": "no-store"})

    def _mall(self) -> str:
        return self._board.latest().mall

    def _known(self) -> bool:
        if hmac.compare_digest(str(session.get("view", "")).encode(), self._mark.encode()):
            return True
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        return kind.lower() == "bearer" and bool(self.show(token.strip()))

    def _by_address(self) -> AnyResponse:
        """A display box signs in by its start address, which then loses the token."""
        right = self.show(request.args[PARAMETER])
        if not right:
            return self._refuse(right)
        self.remember()
        return redirect(without_token(), 303)

    def sign_in(self) -> AnyResponse:
        """The form was sent."""
        right = self.show(request.form.get("token", ""))
        if not right:
            return self._refuse(right)
        self.remember()
        return redirect(local(request.form.get("next", "")), 303)

    def _refuse(self, right: bool | None) -> Response:
        words = self._words_for(self._locale)
        if right is None:
            return self.ask(429, words.text("Too many attempts. Wait a minute, then try again."))
        return self.ask(401, words.text("That is not the password."))


def register(app: Flask, parts: Parts) -> Gate:
    """Put the gate before every request of the app and serve the sign-in page."""
    gate = Gate(parts)
    app.session_interface = Cookies()
    app.secret_key = parts.secret
    app.config.update(
        # Browsers share cookies between the ports of one host: the demo must not sign the mall out.
        SESSION_COOKIE_NAME=f"mpp-{parts.settings.port}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        PERMANENT_SESSION_LIFETIME=KEEP,
    )
    app.before_request(gate.guard)
    app.extensions["mpp.gate"] = gate

    @app.get(SIGN_IN)
    def sign_in_page() -> AnyResponse:
        return redirect(local(request.args.get("next", "")), 303) if gate.allowed("page") else gate.ask(200)

    @app.post(SIGN_IN)
    def sign_in() -> AnyResponse:
        return gate.sign_in()

    return gate


def gate_of(app: Flask) -> Gate:
    """The gate that :func:`register` put before an app."""
    found: Gate = app.extensions["mpp.gate"]
    return found


def live_check(gate: Gate) -> Callable[[View], bool]:
    """What the live hub asks at connect and again while a stream lasts, in a request context."""

    def allowed(_view: View) -> bool:
        return gate.allowed("live")

    return allowed


def same_origin(asked: Request) -> bool:
    """Whether a request that changes something was sent by a page of this site, or by no page."""
    if asked.headers.get("Sec-Fetch-Site", "same-origin") in ("cross-site", "same-site"):
        return False
    origin = asked.headers.get("Origin")
    if origin == "null" and asked.headers.get("Sec-Fetch-Site") == "same-origin":
        return True  # a browser that hides where a form stood, but not that it stood here
    return origin is None or urlsplit(origin).netloc == asked.host


def local(target: str) -> str:
    """A path of this site to go on to, / for anything else."""
    parts = urlsplit(target)
    fits = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if fits and not parts.scheme and not parts.netloc else "/"


def without_token() -> str:
    """The present address without the view token in it."""
    rest = urlencode([(k, v) for k, v in request.args.items(multi=True) if k != PARAMETER])
    return local(request.path + ("?" + rest if rest else ""))


PAGE = """<!doctype html>
<html lang="{{ lang }}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}{% if mall %} · {{ mall }}{% endif %}</title>
<link rel="stylesheet" href="/assets/20-tokens.css">
<style>
  body { display: grid; place-items: center; font-size: 1.15rem; line-height: 1.45 }
  form { box-sizing: border-box; width: min(26rem, 92vw); padding: 2rem; border-radius: .9rem;
         background: var(--card); border-top: .5rem solid var(--inform) }
  h1 { font-size: 1.5rem; font-weight: 700; line-height: 1.2; overflow-wrap: anywhere }
  h1 + p { margin-bottom: 1.4rem; color: var(--ink-2) }
  label, input, button { display: block; width: 100%; box-sizing: border-box; font: inherit }
  label { font-weight: 600 }
  input { min-height: 3rem; margin: .3rem 0 1.2rem; padding: .5rem .8rem; color: var(--ink);
          background: var(--card); border: 2px solid var(--ink-3); border-radius: .6rem }
  button { min-height: 3rem; padding: .5rem; border: 0; border-radius: .6rem; font-weight: 700;
           color: var(--card); background: var(--ink); cursor: pointer }
  :is(input, button):focus-visible { outline: 3px solid var(--inform); outline-offset: 2px }
  .wrong { margin-bottom: 1rem; padding: .5rem .8rem; border-radius: .4rem; font-weight: 600;
           background: var(--breach-soft); border-left: .4rem solid var(--breach) }
</style>
<main>
<form method="post" action="{{ action }}">
  <h1>{{ mall or product }}</h1>
  <p>{{ product if mall else title }}</p>
  {% if wrong %}<p class="wrong" role="alert">{{ wrong }}</p>{% endif %}
  <input type="hidden" name="next" value="{{ next }}">
  <label for="token">{{ label }}</label>
  <input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
  <button>{{ button }}</button>
</form>
</main>
</html>
"""
