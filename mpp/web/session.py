"""Who asks, and whether they may: one gate before every request, Dash's callback and every stream.

The rules are the table in :mod:`mpp.access`. Here are the cookie (a person's session by Flask-Login, or
a device's token), the check of where a request came from, and what is answered to whom may not.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from flask import Flask, current_app, g, redirect, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as AnyResponse

from mpp.access import (
    FIRST,
    NOBODY,
    PAIR,
    SIGN_IN,
    Actor,
    Place,
    may,
    place,
    place_of_view,
    sight,
    verdict,
)
from mpp.live.views import View
from mpp.people import devices, sign_in
from mpp.people.audit import By
from mpp.store.devices import Device
from mpp.store.people import Person
from mpp.web.asked import asked_for, came_from, is_page, local, same_origin
from mpp.web.context import Parts, parts_of
from mpp.web.memory import Memory
from mpp.web.problems import problem, refused_page, replay_page, unavailable_page, unknown_page

KEEP: Final = timedelta(days=400)
"""How long a browser keeps its cookie; browsers keep none longer. Every page renews it. When a session
is over the server decides."""
SAFE: Final = frozenset(("GET", "HEAD", "OPTIONS"))
DEVICE: Final = "device"
PERSON_S, DEVICE_S = 300.0, 3600.0
"""So long who was let in goes on while the database cannot be reached: a wall must not go blank with it."""
ACCOUNT: Final = "/akun"
OWN_THINGS: Final = (FIRST, ACCOUNT)
"""What cannot be sent to in a replay. Who looks has to sign in; other pages have answers of their own."""


class Cookies(SecureCookieSessionInterface):
    """Flask's signed cookie, marked Secure when the browser came by HTTPS."""

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002
        """Whether the browser may send the cookie over HTTPS only."""
        return request.is_secure


class Signed(UserMixin):
    """Somebody who is signed in, as Flask-Login has them; its id is the session's token."""

    def __init__(self, token: str, number: int, person: Person) -> None:
        self.id, self.number, self.person = token, number, person


@dataclass(frozen=True, slots=True)
class Known:
    """Who sent this request: a person in a session, a device, or nobody. ``lost``: a device that was
    let in once and no longer is."""

    actor: Actor = NOBODY
    person: Person | None = None
    session: int = 0
    device: Device | None = None
    lost: bool = False


class Gate:
    """Lets requests pass or not."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._people, self._devices = Memory(PERSON_S), Memory(DEVICE_S)
        self._metrics = parts.settings.metrics_token.get_secret_value()

    # -- who -------------------------------------------------------------------------------------

    def known(self) -> Known:
        """Who sent the current request; asked once per request."""
        found: Known | None = g.get("mpp_known")
        if found is None:
            found = g.mpp_known = self._look()
        return found

    def _look(self) -> Known:
        if self._metrics and self._shows(self._metrics):
            return Known()  # nobody to look up: Prometheus asks while the database is away as well
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return self._device(token.strip())
        if "_user_id" in session and current_user.is_authenticated:
            user: Signed = current_user
            return Known(sign_in.actor_of(user.person), user.person, user.number)
        if DEVICE in session:
            return self._device(str(session[DEVICE]))
        return Known()

    def _device(self, token: str) -> Known:
        found = self._devices.ask(token, lambda: devices.of_token(self._parts.store, token))
        if found is None or found.revoked_at is not None:
            return Known(lost=True)
        return Known(devices.actor_of(found), device=found)

    def load(self, token: str) -> Signed | None:
        """Flask-Login's question: whose session has this token?"""
        parts = self._parts
        found = self._people.ask(token, lambda: sign_in.who_is(parts.store, token, parts.real()))
        return None if found is None else Signed(token, *found)

    # -- whether ---------------------------------------------------------------------------------

    def verdict(self, to: Place) -> str:
        """What :func:`mpp.access.verdict` says of the current request's sender."""
        if to.area in ("anybody", "source"):
            return "pass"
        if to.area == "metrics" and self._metrics and self._shows(self._metrics):
            return "pass"
        return verdict(self.known().actor, to)

    def allowed(self, path: str) -> bool:
        """Whether the sender may go to an address of this site."""
        return self.verdict(place(path)) == "pass"

    def sight(self, view: View) -> str | None:
        """How much of a live view the sender sees; None where they may not look at all."""
        known = self.known()
        to = place_of_view(view.page, view.scope)
        if not may(known.actor, to.area, to.agency) or self._must_change(known):
            return None
        return sight(known.actor)

    def _shows(self, token: str) -> bool:
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        return kind.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())

    @staticmethod
    def _must_change(known: Known) -> bool:
        return known.person is not None and known.person.must_change

    # -- the gate --------------------------------------------------------------------------------

    def guard(self) -> AnyResponse | None:
        """Before every request: an answer that ends it, or None to let it pass."""
        to = place(request.path)
        looks = request.method in SAFE and is_page(request)
        if looks and len(request.path) > 1 and request.path.endswith("/"):
            return redirect(local(asked_for().replace(request.path, request.path.rstrip("/"), 1)), 308)
        if request.method not in SAFE and to.area != "source" and not same_origin(request):
            return problem(403, "a page of another site sent this")
        if (
            self._parts.mode == "replay"
            and request.method not in SAFE
            and request.path.startswith(OWN_THINGS)
        ):
            return replay_page()
        try:
            found = self.verdict(to)
            once = found == "pass" and to.area not in ("anybody", "source", "account")
            if once and self._must_change(self.known()):
                return self._change_first()
        except SQLAlchemyError as error:
            current_app.logger.warning("the database does not answer: %s", str(error).splitlines()[0])
            if is_page(request):
                return unavailable_page()
            return problem(503, "the database is busy or down; try again", {"Retry-After": "5"})
        return None if found == "pass" else self._refuse(found)

    def _change_first(self) -> AnyResponse:
        if is_page(request):
            return redirect(ACCOUNT, 303)
        return problem(403, "choose a password of your own first, at /akun")

    def _refuse(self, found: str) -> AnyResponse:
        if found == "sign_in":
            if not is_page(request):
                return problem(401, "sign in first", {"WWW-Authenticate": 'Bearer realm="mpp"'})
            # A display that was let in once never meets a page that asks for a password.
            lead = PAIR if self.known().lost else SIGN_IN
            onward = asked_for() if request.method in SAFE else came_from()
            return redirect(lead + "?" + urlencode({"next": onward}), 303)
        if found == "absent":
            return unknown_page() if is_page(request) else problem(404, "there is nothing at this address")
        return refused_page() if is_page(request) else problem(403, "your role may not do this")


def register(app: Flask, parts: Parts) -> Gate:
    """Put the gate before every request of the app."""
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
    manager = LoginManager()
    # Phones change their addresses; a session is bound to its token alone, which nobody else has.
    manager.session_protection = None
    manager.user_loader(gate.load)
    manager.init_app(app)
    app.before_request(gate.guard)
    app.extensions["mpp.gate"] = gate
    return gate


def gate_of(app: Flask | None = None) -> Gate:
    """The gate that :func:`register` put before an app, of the current one without an argument."""
    found: Gate = (app or current_app).extensions["mpp.gate"]
    return found


def known_now() -> Known:
    """Who sent the current request."""
    return gate_of().known()


def actor_now() -> Actor:
    """Who sent the current request, as the table of rights knows them."""
    return known_now().actor


def by_now() -> By:
    """Who sent the current request, as the audit log knows them."""
    return By.of(actor_now(), request.remote_addr)


def enter(found: sign_in.SignedIn) -> None:
    """Sign this browser in as a person; what it was before ends."""
    known = known_now()
    if known.session:
        parts = parts_of()
        sign_in.sign_out(parts.store, parts.real(), known.session, by_now())
    session.clear()
    session.permanent = True
    login_user(Signed(found.token, 0, found.person))
    g.pop("mpp_known", None)


def leave() -> None:
    """Sign this browser out."""
    known = known_now()
    if known.session:
        parts = parts_of()
        sign_in.sign_out(parts.store, parts.real(), known.session, by_now())
    logout_user()
    session.clear()
    g.pop("mpp_known", None)


def device_mark() -> str:
    """What the page of a device carries (:func:`mpp.people.devices.mark`), empty for anybody else's."""
    device = known_now().device
    return "" if device is None else devices.mark(device)


def become_device(token: str) -> None:
    """This browser is a device from now on; whoever was signed in here no longer is."""
    if known_now().session:
        leave()
    session.clear()
    session.permanent = True
    session[DEVICE] = token
    g.pop("mpp_known", None)
