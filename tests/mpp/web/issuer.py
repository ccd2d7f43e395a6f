"""A small OpenID Connect issuer on loopback, honest unless a test bends it."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "mpp-monitor", "rahasia-klien"


@cache
def honest_key() -> RSAKey:
    """Every issuer's, since making one takes long."""
    return RSAKey.generate_key(2048, {"kid": "1"})


class Issuer:
    """Signs everybody in as ``person`` (claims beside the standard ones). ``bent`` are claims that its
    tokens say instead, ``key`` is what it signs with, ``more`` what it tells of them beside the token."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.known = self.key = honest_key()
        self.person: dict[str, Any] = {"sub": "4711", "email": "budi@nusa.go.id", "email_verified": True}
        self.bent: dict[str, Any] = {}
        self.more: dict[str, Any] = {}
        self.asked: dict[str, dict[str, str]] = {}
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.answer(self, {})

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", "0"))
                issuer.answer(self, flat(self.rfile.read(length).decode()))

            def log_message(self, *_: Any) -> None:
                """Nothing on stderr."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://{host}:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Issuer:
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.down()

    def down(self) -> None:
        """Nobody answers any more."""
        if self.thread.is_alive():
            self.server.shutdown()
            self.thread.join()
        self.server.server_close()

    def answer(self, to: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        path, query = urlsplit(to.path).path, flat(urlsplit(to.path).query)
        if path == "/authorize":
            to.send_response(302)
            to.send_header("Location", self.authorize(query))
            to.end_headers()
            return
        body = {
            "/.well-known/openid-configuration": self.metadata,
            "/jwks": lambda: KeySet([self.known]).as_dict(private=False),
            "/token": lambda: self.token(form, to.headers.get("Authorization", "")),
            "/userinfo": lambda: self.userinfo(to.headers.get("Authorization", "")),
        }[path]()
        raw = json.dumps(body).encode()
        to.send_response(200 if "error" not in body else 400)
        to.send_header("Content-Type", "application/json")
        to.send_header("Content-Length", str(len(raw)))
        to.end_headers()
        to.wfile.write(raw)

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": self.url + "/authorize",
            "token_endpoint": self.url + "/token",
            "jwks_uri": self.url + "/jwks",
            "id_token_signing_alg_values_supported": ["none", "RS256"],
        } | ({"userinfo_endpoint": self.url + "/userinfo"} if self.more else {})

    def userinfo(self, authorization: str) -> dict[str, Any]:
        return self.more if authorization == "Bearer x" else {"error": "invalid_token"}

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.asked[code] = query
        return query["redirect_uri"] + "?" + urlencode({"code": code, "state": query["state"]})

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any]:
        asked = self.asked.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked is None or asked["code_challenge"] != challenge or authorization != basic:
            return {"error": "invalid_grant"}
        now = int(time.time())  # noqa: TID251 the library that reads it asks the real clock
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.person,
            **self.bent,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        signed = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.key)
        return {"access_token": "x", "token_type": "Bearer", "expires_in": 300, "id_token": signed}


def flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
