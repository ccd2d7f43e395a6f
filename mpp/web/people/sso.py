"""Single sign-on by OpenID Connect: ``/masuk/sso`` and the way back from the issuer.

Authlib asks with PKCE, state and nonce and checks what comes back. What it has to remember meanwhile
lies in a cookie of its own: the session's is SameSite=Strict and does not come along from another site.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from flask_limiter import Limiter
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.urls import iri_to_uri
from werkzeug.wrappers import Response as AnyResponse

from mpp.access import SIGN_IN
from mpp.i18n import Words
from mpp.people import single
from mpp.people.single import Identity
from mpp.settings import Settings
from mpp.web.asked import local
from mpp.web.configured import SettingsError
from mpp.web.context import Parts
from mpp.web.known import remember
from mpp.web.language import locale_of
from mpp.web.plain import el, page
from mpp.web.session import enter

log = logging.getLogger(__name__)

SSO: Final = SIGN_IN + "/sso"
BACK: Final = SSO + "/kembali"
RATE: Final = "30/minute"
TIMEOUT_S: Final = 5
"""An issuer that does not answer within this is down."""
REMEMBER_S: Final = 600
"""So long somebody may take at the issuer."""
LEEWAY_S: Final = 120
"""Clocks of issuer and monitor may differ so much."""
SIGNED: Final = ("RS", "ES", "PS", "Ed")
"""Beginnings of the algorithms that only the issuer can sign with."""

Ask = Callable[[int, str], Response]
"""Makes the sign-in page with a status and what went wrong."""


class IssuerError(Exception):
    """The issuer does not answer as it should, or what it says does not hold."""


def register(app: Flask, parts: Parts, limiter: Limiter, ask: Ask) -> None:
    """Serve it where an issuer is configured. Raises SettingsError."""
    if not parts.settings.sso_issuer:
        return
    door = _Single(app, parts, ask)

    @app.get(SSO)
    @limiter.limit(RATE)
    def sso() -> AnyResponse:
        return door.go()

    @app.get(BACK)
    @limiter.limit(RATE)
    def sso_back() -> AnyResponse:
        return door.back()


class _Single:
    def __init__(self, app: Flask, parts: Parts, ask: Ask) -> None:
        self._parts, self._ask = parts, ask
        self._issuer = parts.settings.sso_issuer.rstrip("/")
        self._cookie = f"mpp-sso-{parts.settings.port}"
        self._signer = URLSafeTimedSerializer(parts.secret, "single sign-on")
        self._client = client(app, parts.settings, parts.words_for(parts.settings.locale))

    def _words(self) -> Words:
        return self._parts.words_for(locale_of(self._parts.settings.locale))

    # -- there -----------------------------------------------------------------------------------

    def go(self) -> AnyResponse:
        """Send somebody to the issuer."""
        try:
            self._known()
            answer: AnyResponse = self._client.authorize_redirect(request.host_url.rstrip("/") + BACK)
        except Exception as error:  # noqa: BLE001 whatever is wrong with the issuer, passwords go on
            return self._failed(error)
        kept = g.pop("mpp_sso") | {"next": local(request.args.get("next", ""))}
        answer.set_cookie(
            self._cookie,
            self._signer.dumps(kept),
            max_age=REMEMBER_S,
            path=SSO,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )
        return answer

    def _known(self) -> Mapping[str, Any]:
        """What the issuer says of itself. Raises IssuerError where it is not the one configured."""
        told: dict[str, Any] = self._client.load_server_metadata()
        if str(told.get("issuer", "")).rstrip("/") != self._issuer:
            raise IssuerError(f"the issuer calls itself {told.get('issuer')!r}, not {self._issuer!r}")
        given = told.get("id_token_signing_alg_values_supported") or ["RS256"]
        told["id_token_signing_alg_values_supported"] = [one for one in given if one.startswith(SIGNED)]
        return told

    # -- and back --------------------------------------------------------------------------------

    def back(self) -> AnyResponse:
        """Somebody comes back from the issuer."""
        w = self._words()
        try:
            g.mpp_sso = kept = self._signer.loads(request.cookies.get(self._cookie, ""), REMEMBER_S)
        except BadSignature:
            answer = self._ask(400, w.text("That took too long, or began in another browser. Sign in again."))
            return self._forgotten(answer)
        try:
            identity = self._identity()
        except Exception as error:  # noqa: BLE001 as above
            return self._forgotten(self._failed(error))
        found = single.sign_in(
            self._parts.store,
            self._parts.real(),
            identity,
            remote=request.remote_addr or "",
            browser=request.headers.get("User-Agent", ""),
        )
        if found is None:
            return self._forgotten(self._nobody(identity, w))
        enter(found)
        answer = self._landing(local(kept["next"]), w)
        remember(self._parts, answer, found.person.login)
        return self._forgotten(answer)

    def _identity(self) -> Identity:
        """Who the issuer says it is."""
        known = self._known()
        claims = {
            "iss": {"essential": True, "values": [known["issuer"]]},
            "aud": {"essential": True, "values": [self._parts.settings.sso_client]},
        }
        token = self._client.authorize_access_token(claims_options=claims, leeway=LEEWAY_S)
        told = token.get("userinfo")
        if not told or not isinstance(told.get("sub"), str):
            raise IssuerError("the issuer sent no id_token")
        if "email" not in told and known.get("userinfo_endpoint"):
            more = self._client.userinfo(token=token)
            told = more if more.get("sub") == told["sub"] else told
        verified = told.get("email_verified") in (True, "true")
        return Identity(self._issuer, told["sub"], str(told.get("email") or "") if verified else "")

    # -- what is answered ------------------------------------------------------------------------

    def _failed(self, error: Exception) -> Response:
        log.warning("single sign-on failed: %s: %s", type(error).__name__, error)
        w = self._words()
        name = self._parts.settings.sso_name
        text = w.text("{name} did not sign you in. Try again, or sign in with your password.", name=name)
        return self._ask(502, text)

    def _nobody(self, identity: Identity, w: Words) -> Response:
        name = self._parts.settings.sso_name
        text = w.text("{name} knows you, but no open account here belongs to you.", name=name)
        return page(
            w.text("No account here"),
            el(
                "section",
                el("h1", w.text("No account here")),
                el("p", text, class_="lead"),
                el("p", w.text("Ask the administrator of this monitor for one, and tell this identity:")),
                el("p", identity.email or identity.key, class_="lead"),
                el("a", w.text("Back to sign-in"), href=SIGN_IN, class_="button first wide"),
                class_="card",
            ),
            words=w,
            mall=self._parts.board.latest().mall,
            status=403,
            main="narrow",
        )

    def _landing(self, onward: str, w: Words) -> Response:
        """A page of this site that leads on: browsers keep the new session's cookie back from an address
        that another site's answer leads to."""
        answer = page(
            w.text("Signed in"),
            el("p", el("a", w.text("Go on"), href=onward, class_="button first wide")),
            words=w,
            main="narrow",
        )
        answer.headers["Refresh"] = f"0; url={iri_to_uri(onward)}"
        return answer

    def _forgotten(self, answer: Response) -> Response:
        answer.delete_cookie(self._cookie, path=SSO, httponly=True, samesite="Lax")
        return answer


def client(app: Flask, settings: Settings, w: Words) -> Any:
    """Authlib's client of the configured issuer; asks nothing of it yet. Raises SettingsError."""
    _usable(settings, w)
    try:
        from authlib.integrations.flask_client import FlaskIntegration, OAuth
    except ImportError:
        text = w.text("MPP_SSO_ISSUER needs Authlib, which is not installed: pip install 'mpp[sso]'")
        raise SettingsError(text) from None

    class Remembered(FlaskIntegration):
        """Keeps what Authlib has to remember in ``g.mpp_sso``, one sign-in of a browser at a time."""

        def set_state_data(self, session: Any, state: str, data: Any) -> None:  # noqa: ARG002
            g.mpp_sso = {"state": state, "data": data}

        def get_state_data(self, session: Any, state: str | None) -> Any:  # noqa: ARG002
            kept = g.get("mpp_sso") or {}
            same = hmac.compare_digest(str(kept.get("state", "")).encode(), str(state or "").encode())
            return kept.get("data") if same else None

        def clear_state_data(self, session: Any, state: str | None) -> None:  # noqa: ARG002
            g.pop("mpp_sso", None)

    class Single(OAuth):
        framework_integration_cls = Remembered

    return Single(app).register(
        "sso",
        server_metadata_url=settings.sso_issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_id=settings.sso_client,
        client_secret=settings.sso_secret.get_secret_value() or None,
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT_S,
        },
    )


def _usable(settings: Settings, w: Words) -> None:
    address = urlsplit(settings.sso_issuer)
    here = address.scheme == "http" and address.hostname in ("localhost", "127.0.0.1", "::1")
    if not (here or address.scheme == "https") or not address.hostname:
        raise SettingsError(w.text("MPP_SSO_ISSUER: must be an https:// address"))
    if not settings.sso_client:
        raise SettingsError(w.text("MPP_SSO_CLIENT: single sign-on needs the client id at the issuer"))
